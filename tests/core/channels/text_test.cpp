#include "core/channels/text.hpp"

#include "support.hpp"

using namespace gochron::testing;

TEST_CASE("a text within its limit stays as it is, a longer one ends in an ellipsis within it") {
  for (auto unit : {text_unit::code_points, text_unit::utf16, text_unit::bytes}) {
    CHECK(shortened("abcd", 4, unit) == "abcd");
    CHECK(shortened("", 0, unit).empty());
  }
  CHECK(shortened("abcde", 4, text_unit::code_points) == "abc…");
  CHECK(shortened("abcde", 4, text_unit::bytes) == "a…");
  CHECK(shortened("abcde", 2, text_unit::bytes).empty()); // there is no room even for the ellipsis
}

TEST_CASE("no character is cut in half at the edge") {
  // Of one, two, three and four bytes; the last takes two units of UTF-16.
  const std::string text = "aé€😀";
  CHECK(shortened(text, 4, text_unit::code_points) == text);
  CHECK(shortened(text, 3, text_unit::code_points) == "aé…");
  CHECK(shortened(text, 5, text_unit::utf16) == text);
  CHECK(shortened(text, 4, text_unit::utf16) == "aé€…");
  CHECK(shortened(text, 10, text_unit::bytes) == text);
  CHECK(shortened(text, 9, text_unit::bytes) == "aé€…");
  CHECK(shortened(text, 8, text_unit::bytes) == "aé…");
  CHECK(shortened("😀😀😀", 5, text_unit::utf16) == "😀😀…");
  CHECK(shortened("😀😀😀", 4, text_unit::utf16) == "😀…");
}

TEST_CASE("what is cut is the text, never its markup") {
  CHECK(shortened("a<b", 6, text_unit::utf16, html_escaped) == "a&lt;b");
  CHECK(shortened("a<b", 5, text_unit::utf16, html_escaped) == "a…");
  CHECK(shortened("<<<", 9, text_unit::utf16, html_escaped) == "&lt;&lt;…");
  CHECK(shortened("**", 3, text_unit::utf16, markdown_escaped) == "\\*…");
  CHECK(shortened("é&é", 8, text_unit::bytes, slack_escaped) == "é…");
}

TEST_CASE("markup is escaped as each receiver needs it") {
  CHECK(html_escaped(R"(<a href="x">&)") == "&lt;a href=&quot;x&quot;&gt;&amp;");
  CHECK(slack_escaped(R"(<!channel> & "you")") == "&lt;!channel&gt; &amp; \"you\"");
  CHECK(markdown_escaped("**x** [a](b) `c` @here") == "\\*\\*x\\*\\* \\[a\\](b) \\`c\\` @here");
}

TEST_CASE("forms, paths and credentials are encoded") {
  CHECK(form({{"To", "+1 555"}, {"Body", "a&b=c\n…~"}}) == "To=%2B1+555&Body=a%26b%3Dc%0A%E2%80%A6%7E");
  CHECK(percent_encoded("a b/ü~-._") == "a%20b%2F%C3%BC~-._");
  CHECK(basic_authorization("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); // RFC 7617, 2
}

TEST_CASE("of a URL that is a secret only its origin is shown") {
  CHECK(masked_url("https://hooks.slack.com/services/T/B/X") == "https://hooks.slack.com/***");
  CHECK(masked_url("https://chat.example?key=k") == "https://chat.example/***");
  CHECK(masked_url("nonsense") == "***");
}
