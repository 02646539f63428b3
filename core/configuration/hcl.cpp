#include "core/configuration/hcl.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gochron::core {
namespace {

constexpr std::size_t longest_name = 64;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What begins a template is `$` or `%` before a brace. It is doubled; those before it in a row are written by number,
// for three of them could be read in two ways.
std::size_t write_marks(std::string& to, std::string_view text, std::size_t at) {
  auto end = std::min(text.find_first_not_of(text[at], at), text.size());
  auto count = end - at;
  bool opens = end < text.size() && text[end] == '{';
  if (!opens) {
    to.append(text.substr(at, count));
    return end;
  }
  for (std::size_t i = 1; i < count; ++i)
    to += text[at] == '$' ? "\\u0024" : "\\u0025";
  to.append(2, text[at]);
  return end;
}

void write_character(std::string& to, char c) {
  if (c == '"' || c == '\\')
    (to += '\\') += c;
  else if (c == '\n')
    to += "\\n";
  else if (c == '\r')
    to += "\\r";
  else if (c == '\t')
    to += "\\t";
  else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
    to += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
  else
    to += c;
}

// Anything else is an underscore, several in a row are one, and none is at an end.
std::string words_of(std::string_view text) {
  std::string out;
  for (auto raw : text) {
    auto c = lower(raw);
    if (is_letter(c) || is_digit(c))
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
    if (out.size() == longest_name)
      break;
  }
  while (out.ends_with('_'))
    out.pop_back();
  return out;
}

} // namespace

std::string hcl_text(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '$' || text[i] == '%')
      i = write_marks(out, text, i);
    else
      write_character(out, text[i++]);
  }
  return out += '"';
}

std::string hcl_names::pick(std::string_view wanted, std::string_view otherwise) {
  auto base = words_of(wanted);
  if (base.empty())
    base = words_of(otherwise);
  if (base.empty() || !is_letter(base.front()))
    base = ("_" + base).substr(0, longest_name);
  auto name = base;
  for (std::size_t n = 2; !taken_.insert(name).second; ++n) {
    auto suffix = fmt::format("_{}", n);
    name = base.substr(0, longest_name - suffix.size()) + suffix;
  }
  return name;
}

void hcl_body::put(std::string name, std::string value) {
  lines_.push_back({std::move(name), std::move(value)});
}

std::string hcl_body::at(std::size_t indent) const {
  std::string out;
  for (auto from = lines_.begin(); from != lines_.end();) {
    // The signs of neighbours that have one line each stand below each other.
    auto to = std::find_if(from, lines_.end(), [](const line& x) { return x.is_tall(); });
    std::size_t width = 0;
    for (auto it = from; it != to; ++it)
      width = std::max(width, it->name.size());
    for (; from != to; ++from)
      out.append(indent, ' ').append(fmt::format("{:{}} = {}\n", from->name, width, from->value));
    if (from == lines_.end())
      break;
    out.append(indent, ' ').append(from->name).append(" = ").append(from->value).append("\n");
    ++from;
  }
  return out;
}

std::string hcl_body::in_braces(std::size_t indent) const {
  return lines_.empty() ? "{}" : "{\n" + at(indent + 2) + std::string(indent, ' ') + "}";
}

} // namespace gochron::core
