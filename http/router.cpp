#include "http/router.hpp"

#include <set>
#include <stdexcept>

namespace gochron::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view pattern) {
  if (!pattern.starts_with('/'))
    throw std::invalid_argument("a route's pattern starts with a slash: " + std::string{pattern});
  std::vector<std::string_view> segments;
  while (pattern.size() > 1) {
    auto end = pattern.find('/', 1);
    auto segment = pattern.substr(1, end == std::string_view::npos ? end : end - 1);
    if (segment.empty() || end == pattern.size() - 1)
      throw std::invalid_argument("a route's pattern has no empty segment");
    segments.push_back(segment);
    pattern = end == std::string_view::npos ? std::string_view{} : pattern.substr(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  bool braces = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
  if (!braces && segment.find_first_of("{}") != std::string_view::npos)
    throw std::invalid_argument("a parameter is a whole segment: " + std::string{segment});
  return braces;
}

} // namespace

router::router(const std::vector<route>& table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    add(table[i], i);
}

void router::add(const route& r, std::size_t index) {
  auto* at = &root_;
  leaf end{index, {}};
  for (auto segment : segments_of(r.pattern)) {
    bool parameter = is_parameter(segment);
    if (parameter)
      end.params.emplace_back(segment.substr(1, segment.size() - 2));
    auto& next = parameter ? at->parameter : at->literals[std::string{segment}];
    if (!next)
      next = std::make_unique<node>();
    at = next.get();
  }
  if (!at->methods.emplace(r.method, std::move(end)).second)
    throw std::invalid_argument("two routes for " + r.method + ' ' + r.pattern);
}

// As deep as the deepest pattern, whatever the length of the path.
const router::node* router::walk(const node& from, const std::vector<std::string>& path, std::size_t depth,
                                 captured& found) {
  if (depth == path.size())
    return from.methods.empty() ? nullptr : &from;
  const auto& segment = path[depth];
  if (auto it = from.literals.find(segment); it != from.literals.end())
    if (const auto* end = walk(*it->second, path, depth + 1, found))
      return end;
  if (!from.parameter || segment.empty())
    return nullptr;
  found.push_back(segment);
  if (const auto* end = walk(*from.parameter, path, depth + 1, found))
    return end;
  found.pop_back();
  return nullptr;
}

std::string router::allow_of(const node& n) {
  std::set<std::string_view> methods{"OPTIONS"};
  for (const auto& [method, end] : n.methods)
    methods.insert(method);
  if (methods.contains("GET"))
    methods.insert("HEAD");
  std::string text;
  for (auto method : methods)
    text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

route_match router::find(std::string_view method, const std::vector<std::string>& path) const {
  route_match m;
  captured found;
  const auto* at = walk(root_, path, 0, found);
  if (!at)
    return m;
  auto it = at->methods.find(method);
  if (it == at->methods.end() && method == "HEAD")
    it = at->methods.find(std::string_view{"GET"});
  if (it == at->methods.end()) {
    m.what = method == "OPTIONS" ? route_match::outcome::options : route_match::outcome::method_not_allowed;
    m.allow = allow_of(*at);
    return m;
  }
  m.what = route_match::outcome::found;
  m.index = it->second.index;
  for (std::size_t i = 0; i < found.size(); ++i)
    m.params.emplace_back(it->second.params[i], found[i]);
  return m;
}

} // namespace gochron::http
