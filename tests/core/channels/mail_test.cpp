#include "core/bytes.hpp"
#include "core/channels/mime.hpp"
#include "support.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

mail_post mailed(story& x) {
  return std::get<mail_post>(x.sent());
}

// The header's value with its folding undone.
std::string header_in(const std::string& mail, const std::string& name) {
  auto at = ("\r\n" + mail).find("\r\n" + name + ":");
  if (at == std::string::npos)
    return {};
  auto rest = mail.substr(at + name.size() + 1);
  std::string out;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\r' && rest[i + 1] == '\n') {
      if (rest[i + 2] != ' ')
        break;
      i += 1;
      continue;
    }
    out += rest[i];
  }
  return out.substr(out.find_first_not_of(' '));
}

// Its part for those who read no HTML.
std::string text_in(const mail_post& post) {
  const auto& mail = *post.content;
  auto begin = mail.find("\r\n\r\n", mail.find("text/plain")) + 4;
  auto coded = mail.substr(begin, mail.find("\r\n--", begin) - begin);
  std::erase_if(coded, [](char c) { return c == '\r' || c == '\n'; });
  auto bytes = from_base64(coded);
  REQUIRE(bytes);
  return {bytes->begin(), bytes->end()};
}

} // namespace

TEST_CASE("short ASCII is written as it is, all else as encoded words of whole characters") {
  CHECK(text_header("Subject", "API is down") == "Subject: API is down\r\n");
  CHECK(text_header("Subject", "") == "Subject: \r\n");
  CHECK(text_header("Subject", "Größe") == "Subject: =?UTF-8?B?R3LDtsOfZQ==?=\r\n");
  CHECK(text_header("Subject", "=?x?=") == "Subject: =?UTF-8?B?PT94Pz0=?=\r\n");
  auto long_one = text_header("Subject", many("😀", 40));
  std::size_t begin = 0;
  for (auto end = long_one.find("\r\n"); end != std::string::npos; end = long_one.find("\r\n", begin)) {
    CHECK(end - begin <= 76 + 8); // the first line has the name, too
    auto word = long_one.substr(begin, end - begin);
    auto text = word.substr(word.find("?B?") + 3);
    auto bytes = from_base64(text.substr(0, text.size() - 2));
    REQUIRE(bytes);
    CHECK(bytes->size() % 4 == 0); // of 44 bytes: eleven faces, none of them cut
    begin = end + 2;
  }
}

TEST_CASE("no text begins a header of its own") {
  auto one = text_header("Subject", "x\r\nBcc: all@example.com\nX: y\0z");
  CHECK(one == "Subject: x  Bcc: all@example.com X: y\r\n");
  story x{"email", R"({"to":["a@example.com"]})"};
  x.about.title = "down\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>";
  auto mail = *mailed(x).content;
  CHECK(header_in(mail, "Bcc").empty());
  CHECK(header_in(mail, "Subject") == "down  Bcc: all@example.com    <script>alert(1)</script>");
}

TEST_CASE("dates are those of RFC 5322") {
  CHECK(mail_date(timestamp{1'700'000'000'000ms}) == "Tue, 14 Nov 2023 22:13:20 +0000");
  CHECK(mail_date(timestamp{951'782'400'999ms}) == "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST_CASE("a mail is text and HTML, in the thread of its incident") {
  story x{"email", R"({"to":["a@example.com","b+c@example.org"]})"};
  auto post = mailed(x);
  CHECK(post.from == "alerts@gochron.example");
  CHECK(post.to == std::vector<std::string>{"a@example.com", "b+c@example.org"});
  const auto& mail = *post.content;
  CHECK(header_in(mail, "From") == "gochron <alerts@gochron.example>");
  CHECK(header_in(mail, "To") == "a@example.com, b+c@example.org");
  CHECK(header_in(mail, "Subject") == "API is down: connection refused");
  CHECK(header_in(mail, "Date") == "Tue, 14 Nov 2023 22:13:21 +0000");
  CHECK(header_in(mail, "Message-ID") == "<dlv_01h455vb4pex5vsknk084sn02v@gochron.example>");
  CHECK(header_in(mail, "References") == "<inc_01h455vb4pex5vsknk084sn02r@gochron.example>");
  CHECK(header_in(mail, "In-Reply-To") == header_in(mail, "References"));
  CHECK(header_in(mail, "List-Unsubscribe") ==
        "<mailto:alerts@gochron.example?subject=unsubscribe%20chn_01h455vb4pex5vsknk084sn02t>");
  CHECK(header_in(mail, "Auto-Submitted") == "auto-generated");
  CHECK(header_in(mail, "Content-Type").starts_with("multipart/alternative; boundary="));
  CHECK(mail.find("text/plain") < mail.find("text/html"));
  story later{"email", R"({"to":["a@example.com"]})"};
  later.owed.id = *delivery_id::parse("dlv_01h455vb4pex5vsknk084sn02w");
  auto second = *mailed(later.resolved()).content;
  CHECK(header_in(second, "References") == header_in(mail, "References"));
  CHECK(header_in(second, "Message-ID") != header_in(mail, "Message-ID"));
}

TEST_CASE("a mail says what is new of its incident, which monitor it is about, and who did it, as people say it") {
  story back{"email", R"({"to":["a@example.com"]})"};
  back.happened.type = event_type::incident_unacknowledged;
  CHECK(header_in(*mailed(back).content, "Subject") == "Triggered again: API is down: connection refused");
  CHECK(text_in(mailed(back)).find("Monitor:") == std::string::npos); // the title says so
  story named{"email", R"({"to":["a@example.com"]})"};
  named.about.title = "Nobody can pay";
  named.acknowledged().about.acknowledged_by = "user:Ada";
  auto text = text_in(mailed(named));
  INFO(text);
  CHECK(text.find("Monitor: API\r\n") != std::string::npos);
  CHECK(text.find("By: Ada\r\n") != std::string::npos);
}

TEST_CASE("a mail calls a token that is nobody's by its name, and the engine by none") {
  story named{"email", R"({"to":["a@example.com"]})"};
  named.by = "token \"ci\"";
  CHECK(text_in(mailed(named.acknowledged())).find("By: token \"ci\"\r\n") != std::string::npos);
  story over{"email", R"({"to":["a@example.com"]})"};
  CHECK(text_in(mailed(over.resolved())).find("By:") == std::string::npos);
}

TEST_CASE("a mail to a person names the contact method as the API does") {
  story x{"email", R"({"to":["a@example.com"]})"};
  x.channel.spec.user = user_id::make(timestamp{1s});
  CHECK(header_in(*mailed(x).content, "List-Unsubscribe").find("unsubscribe%20cm_01h455vb4pex5vsknk084sn02t") !=
        std::string::npos);
}

TEST_CASE("every line of a mail is short and ends with CRLF, and all of it is ASCII") {
  story x{"email", R"({"to":["a@example.com"]})"};
  x.about.title = many("é", 3000);
  x.about.cause.message = "a <b> & \"c\" .\n.\r\n" + many("long ", 4000);
  auto mail = *mailed(x).content;
  for (std::size_t i = 0, column = 0; i < mail.size(); ++i) {
    REQUIRE(static_cast<unsigned char>(mail[i]) < 0x80);
    if (mail[i] == '\n') {
      REQUIRE(mail[i - 1] == '\r');
      column = 0;
    } else
      REQUIRE(++column <= 120);
  }
}

TEST_CASE("4yz of a relay is tried again, 5yz is not, its own settings are not the receiver's fault") {
  using enum delivery_outcome;
  CHECK(judged(channel_type::email, 250).outcome == succeeded);
  CHECK(judged(channel_type::email, 451).outcome == retry);
  CHECK(judged(channel_type::email, 550).outcome == refused);
  CHECK(judged(channel_type::email, 554).outcome == refused);
  CHECK(judged(channel_type::email, 535).outcome == retry);
  CHECK(judged(channel_type::email, 530).outcome == retry);
  CHECK(judged(channel_type::email, 0).outcome == retry);
  auto cut = answered(250);
  cut.error = reason::connect_reset;
  CHECK(kind_of(channel_type::email).judge(cut).outcome == retry);
}

TEST_CASE("without a relay a mail says so") {
  story x{"email", R"({"to":["a@example.com"]})"};
  x.options.mail_from.clear();
  x.owed.event.body = std::make_shared<const std::string>("{}");
  auto out = kind_of(x.channel).render({x.owed, x.channel, x.happened.at, x.options, nullptr});
  REQUIRE_FALSE(out);
  CHECK(out.error().code == errc::unavailable);
}
