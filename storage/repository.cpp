#include "storage/repository.hpp"

#include <thread>

namespace gochron::storage {

writer_group::writer_group(const writer_options& options, std::size_t count, const wall_clock& clock) {
  for (std::size_t i = 0; i < 2 * count; ++i)
    writers_.push_back(std::make_unique<writer>(options, clock));
}

writer& writer_group::of(const uuid& entity, bool patient) {
  auto count = writers_.size() / 2;
  return *writers_[std::hash<uuid>{}(entity) % count + (patient ? count : 0)];
}

void writer_group::submit(const uuid& entity, write_unit x) {
  x.entity = entity;
  of(entity, x.patient).submit(std::move(x));
}

void writer_group::after_writes(const uuid& entity, std::function<void(status)> then) {
  auto nothing = [&entity](std::function<void(status)> next) {
    write_unit x;
    x.patient = true;
    x.entity = entity;
    x.done = [next = std::move(next)](result<std::span<const rows>> done) {
      next(done ? status{} : status{fail(done.error())});
    };
    return x;
  };
  // Through the writers that may hold something of the entity, one after the other.
  auto before = [&](writer& first, std::function<void(status)> next) {
    return [&first, unit = std::make_shared<write_unit>(nothing(next)), next](status s) {
      s ? first.submit(std::move(*unit)) : next(s);
    };
  };
  auto own = before(of(entity, false), before(of(entity, true), then));
  of({}, false).submit(nothing(own));
}

// All at once: each may take its whole grace.
void writer_group::stop() {
  std::vector<std::jthread> stopping;
  for (auto& w : writers_)
    stopping.emplace_back([&w] { w->stop(); });
}

result<std::optional<time_position>> time_position_of(const page_request& p) {
  if (!p.after)
    return std::optional<time_position>{};
  std::int64_t ms = 0;
  const auto& key = p.after->key;
  auto [end, bad] = std::from_chars(key.data(), key.data() + key.size(), ms);
  if (bad != std::errc{} || end != key.data() + key.size())
    return fail(errc::malformed, "The cursor is not one of ours.");
  return std::optional{time_position{timestamp{milliseconds{ms}}, p.after->id}};
}

std::optional<std::string> pattern_of(const std::optional<std::string>& text) {
  if (!text)
    return std::nullopt;
  std::string pattern = "%";
  for (auto c : *text) {
    if (c == '%' || c == '_' || c == '\\')
      pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

std::optional<std::string> seal(const core::sealer& with, const std::string& secret, const std::string& purpose) {
  if (secret.empty())
    return std::nullopt;
  return with.seal(secret, purpose);
}

result<std::string> unseal(const core::sealer& with, const std::string& sealed, const std::string& purpose) {
  if (sealed.empty())
    return std::string{};
  auto plain = with.open(sealed, purpose);
  if (!plain)
    return fail(errc::internal, "A sealed value does not open: it was sealed with another key (" + purpose + ").");
  return *plain;
}

} // namespace gochron::storage
