#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

/// HashiCorp's configuration language, as `terraform fmt` writes it.
namespace gochron::core {

/// A quoted template that means exactly `text` (valid UTF-8): nothing in it is an interpolation or a directive.
std::string hcl_text(std::string_view text);

/// Gives names that are identifiers, each once: lower-case letters, digits and underscores, a letter first, at most 64
/// characters. What is given depends on what was asked before, in that order, and on nothing else.
class hcl_names {
public:
  /// Made of `wanted`, which may be any text; of `otherwise` when no letter or digit of it can be used.
  std::string pick(std::string_view wanted, std::string_view otherwise);

private:
  std::unordered_set<std::string> taken_;
};

/// What stands between braces: arguments in the order in which they were put, aligned as they have to be.
class hcl_body {
public:
  void put(std::string name, std::string value);
  bool empty() const { return lines_.empty(); }
  /// The lines, each ended, `indent` spaces before them. Values that have several lines are indented already.
  std::string at(std::size_t indent) const;
  /// The same with braces around, for an object that stands in a line `indent` deep.
  std::string in_braces(std::size_t indent) const;

private:
  struct line {
    std::string name, value;
    bool is_tall() const { return value.find('\n') != std::string::npos; }
  };
  std::vector<line> lines_;
};

} // namespace gochron::core
