#include "core/schema/reader.hpp"

#include <algorithm>

#include "core/schema/json.hpp"

namespace gochron::core {
namespace {

std::string below(const std::string& place, std::string_view member) {
  auto pointer = place + '/';
  append_pointer_token(pointer, member);
  return pointer;
}

} // namespace

void reader::fail(std::string_view code, std::string detail, std::string_view child) {
  if (violations_.size() >= max_violations)
    return;
  auto pointer = child.empty() ? path_ : below(path_, child);
  violations_.push_back({std::move(pointer), std::string{code}, std::move(detail)});
}

bool reader::spoiled_at(std::string_view member) const {
  auto place = below(path_, member);
  return std::any_of(violations_.begin(), violations_.end(), [&](const violation& x) {
    return x.pointer.starts_with(place) && (x.pointer.size() == place.size() || x.pointer[place.size()] == '/');
  });
}

bool reader::spoiled(std::initializer_list<std::string_view> members) const {
  return std::any_of(members.begin(), members.end(), [&](std::string_view m) { return spoiled_at(m); });
}

bool reader::spoiled(const std::vector<std::string>& members) const {
  return std::any_of(members.begin(), members.end(), [&](const std::string& m) { return spoiled_at(m); });
}

error reader::take_error() {
  auto detail = violations_.size() == 1 ? std::string{"One property is not acceptable."}
                                        : std::to_string(violations_.size()) + " properties are not acceptable.";
  return {errc::invalid, std::move(detail), std::move(violations_), {}, {}};
}

reader::step::step(reader& r, std::string_view name) : reader_(r), length_(r.path_.size()) {
  append_pointer_token(r.path_ += '/', name);
}

reader::step::step(reader& r, std::size_t index) : step(r, std::to_string(index)) {}

} // namespace gochron::core
