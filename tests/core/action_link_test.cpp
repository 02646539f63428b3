#include <set>

#include <catch2/catch.hpp>

#include "core/action_link.hpp"
#include "core/url_safe.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

const std::string key(32, 'k');
const action_link sample{*delivery_id::parse("dlv_01h455vb4pex5vsknk084sn02q"), link_verb::resolve,
                         timestamp{std::chrono::minutes{29'000'000}}};

} // namespace

TEST_CASE("a link is read as it was written, and fits a text message") {
  for (auto verb : {link_verb::acknowledge, link_verb::resolve, link_verb::read}) {
    auto wanted = sample;
    wanted.verb = verb;
    auto token = write_action_token(key, wanted);
    CHECK(token.size() == 44);
    CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(read_action_token(key, token) == wanted);
  }
}

TEST_CASE("its end is kept in whole minutes, and never later than it was meant") {
  auto wanted = sample;
  wanted.expires_at += 59s;
  CHECK(read_action_token(key, write_action_token(key, wanted)) == sample);
}

TEST_CASE("no other delivery, verb or end has the same signature") {
  std::set<std::string> macs;
  auto other = [&](auto change) {
    auto x = sample;
    change(x);
    macs.insert(write_action_token(key, x).substr(28)); // from byte 21 on it is signature alone
  };
  other([](action_link&) {});
  other([](action_link& x) { x.verb = link_verb::acknowledge; });
  other([](action_link& x) { x.expires_at += 1min; });
  other([](action_link& x) { x.delivery.value.bytes[15] ^= 1; });
  CHECK(macs.size() == 4);
}

TEST_CASE("whatever is changed in a link, it is none") {
  auto token = write_action_token(key, sample);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t i = 0; i < token.size(); ++i)
    for (char c : alphabet)
      if (c != token[i]) {
        auto forged = token;
        forged[i] = c;
        CHECK_FALSE(read_action_token(key, forged));
      }
  for (const auto& text : {std::string{}, token.substr(1), token.substr(0, 43), token + "A", token + "=",
                           std::string(5'000, 'A'), std::string{"\xff\xfe"}})
    CHECK_FALSE(read_action_token(key, text));
}

TEST_CASE("a link of another server is none") {
  CHECK_FALSE(read_action_token(std::string(32, 'l'), write_action_token(key, sample)));
}

TEST_CASE("url-safe base64 is read in one spelling alone") {
  for (std::string_view bytes : {"", "a", "ab", "abc", "\xff\xef\xbe\xfb"}) {
    auto text = to_url_safe(bytes);
    CHECK(text.find_first_of("+/=") == std::string::npos);
    CHECK(from_url_safe(text) == std::string{bytes});
  }
  for (std::string_view bad : {"Y", "YQ==", "YR", "+w", "/w", "a b", "YWJj\n"})
    CHECK_FALSE(from_url_safe(bad));
}
