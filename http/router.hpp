#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gochron::http {

/// `GET`, `/api/monitors/{id}/pause`.
struct route {
  std::string method;
  std::string pattern;
};

/// Where a request goes.
struct route_match {
  enum class outcome {
    found,
    not_found,
    method_not_allowed, ///< 405 with `allow`
    options             ///< 204 with `allow`
  };
  outcome what = outcome::not_found;
  std::size_t index = 0; ///< of the route, in the table that the router was made of
  std::vector<std::pair<std::string_view, std::string>> params; ///< names point into the router
  std::string allow;                                            ///< value of the Allow header: `GET, HEAD, OPTIONS`
};

/// A trie over path segments. Immutable, so thread-safe. A literal segment beats a parameter; HEAD is answered by GET,
/// OPTIONS by the router, unless a route says otherwise. An empty segment matches nothing: `/a/` is not `/a`.
class router {
public:
  /// Throws std::invalid_argument for a pattern that is not `/literal/{name}...` and for two routes that are the same.
  explicit router(const std::vector<route>& table);

  /// `path` as in `request::path`.
  route_match find(std::string_view method, const std::vector<std::string>& path) const;

private:
  struct leaf {
    std::size_t index;
    std::vector<std::string> params; ///< names, in the order of the path
  };
  struct node {
    std::map<std::string, std::unique_ptr<node>, std::less<>> literals;
    std::unique_ptr<node> parameter;
    std::map<std::string, leaf, std::less<>> methods;
  };
  using captured = std::vector<std::string_view>;

  void add(const route& r, std::size_t index);
  static const node* walk(const node& from, const std::vector<std::string>& path, std::size_t depth, captured& found);
  static std::string allow_of(const node& n);

  node root_;
};

} // namespace gochron::http
