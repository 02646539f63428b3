#include "actors/maintenance_registry.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace gochron::actors {

template <class F>
void maintenance_registry::change(org_id org, F f) {
  std::unique_lock lock{mutex_};
  auto& book = books_[org];
  auto next = book ? std::make_shared<core::maintenance_book>(*book) : std::make_shared<core::maintenance_book>();
  f(*next);
  book = std::move(next);
}

maintenance_registry::snapshot maintenance_registry::of(org_id org) const {
  static const auto nothing = std::make_shared<const core::maintenance_book>();
  std::shared_lock lock{mutex_};
  auto it = books_.find(org);
  return it == books_.end() ? nothing : it->second;
}

void maintenance_registry::put(core::known_window x) {
  change(x.record->org, [&](core::maintenance_book& book) {
    auto it = std::ranges::find(book.windows, x.record->id, [](const auto& w) { return w.record->id; });
    it == book.windows.end() ? void(book.windows.push_back(x)) : void(*it = x);
  });
}

void maintenance_registry::erase(org_id org, window_id id) {
  change(org, [id](core::maintenance_book& book) {
    std::erase_if(book.windows, [id](const auto& w) { return w.record->id == id; });
  });
}

void maintenance_registry::put(maintenance_stretch x, timestamp now) {
  change(x.org, [&](core::maintenance_book& book) {
    std::erase_if(book.recent, [&](const auto& old) {
      return old.id == x.id || (!old.open && old.to < now - std::chrono::hours{24});
    });
    book.recent.push_back(x);
  });
}

} // namespace gochron::actors
