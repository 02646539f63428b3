#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// Texts for receivers with limits and markup of their own. All of it is UTF-8 in and out.
namespace gochron::core {

/// How a provider counts.
enum class text_unit : std::uint8_t { code_points, utf16, bytes };

/// `x` if it is no longer than `limit`; otherwise as much of it as fits with an ellipsis behind. No character is cut in
/// half.
std::string shortened(std::string_view x, std::size_t limit, text_unit unit);

/// The same of a text that is marked up as it is written: what is cut is the text, never its markup.
std::string shortened(std::string_view x, std::size_t limit, text_unit unit, std::string (*escape)(std::string_view));

/// `&`, `<` and `>`, and quotation marks, as HTML needs them.
std::string html_escaped(std::string_view x);

/// As Slack needs them: only `&`, `<` and `>`.
std::string slack_escaped(std::string_view x);

/// A backslash before what Markdown of chats takes for markup.
std::string markdown_escaped(std::string_view x);

/// `application/x-www-form-urlencoded`, in the order given.
std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

/// RFC 3986: all but the unreserved characters.
std::string percent_encoded(std::string_view x);

/// RFC 7617, the value of an Authorization header.
std::string basic_authorization(std::string_view user, std::string_view password);

/// Scheme and authority of a URL whose rest is a secret.
std::string masked_url(std::string_view url);

/// Without a slash at its end.
std::string_view without_slash(std::string_view url);

} // namespace gochron::core
