#include <catch2/catch.hpp>

#include "http/server/response.hpp"

using namespace gochron::http;

namespace {

std::string sent(const response& r, const reply_context& c = {"id-1", false, true}) {
  std::string out;
  append_reply(out, r, c);
  auto date = out.find("Date: ");
  if (date != std::string::npos)
    out.erase(date, out.find("\r\n", date) + 2 - date);
  return out;
}

} // namespace

TEST_CASE("an answer is sent with its length, its request id and an explicit decision about the connection") {
  response r{201, "application/json", {{"Location", "/api/x"}, {"ETag", "\"1\""}}, "{}", false};
  CHECK(sent(r) ==
        "HTTP/1.1 201 Created\r\nX-Request-Id: id-1\r\nContent-Type: application/json\r\nLocation: /api/x\r\n"
        "ETag: \"1\"\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}");
  CHECK(sent(r, {"id-1", true, false}).ends_with("Content-Length: 2\r\nConnection: close\r\n\r\n"));
}

TEST_CASE("204 and 304 have neither body nor length") {
  for (unsigned status : {204U, 304U}) {
    auto bytes = sent({status, "", {{"ETag", "\"1\""}}, "must not leave", false});
    CHECK(bytes.find("Content-Length") == std::string::npos);
    CHECK(bytes.ends_with("Connection: keep-alive\r\n\r\n"));
  }
}

TEST_CASE("the date is that of HTTP") {
  std::string out;
  append_reply(out, {}, {"id", false, true});
  auto date = out.substr(out.find("Date: ") + 6, 29);
  CHECK(date.ends_with(" GMT"));
  CHECK(date[3] == ',');
  CHECK(date[16] == ' ');
}

TEST_CASE("an answer that could break out of its head, or lies about it, is not sent") {
  auto with = [](std::string name, std::string value) {
    return sent({200, "text/plain", {{std::move(name), std::move(value)}}, "x", false});
  };
  CHECK_FALSE(with("X", "tab\tand caf\xc3\xa9").empty());
  for (auto value : {"a\r\nb", "a\n", "\r", "\x01", "\x7f"})
    CHECK(with("X", value).empty());
  CHECK(with("X", std::string(1, '\0')).empty());
  for (auto name : {"", "X Y", "X:", "X\r\n", "caf\xc3\xa9", "Content-Length", "connection", "Transfer-Encoding",
                    "DATE", "X-Request-Id"})
    CHECK(with(name, "1").empty());
  CHECK(sent({200, "text/plain\r\nX: 1", {}, "", false}).empty());
  for (unsigned status : {0U, 100U, 199U, 600U})
    CHECK(sent({status, "", {}, "", false}).empty());
}
