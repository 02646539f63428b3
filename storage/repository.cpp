#include "storage/repository.hpp"

namespace gochron::storage {

writer_group::writer_group(const writer_options& options, std::size_t count, const wall_clock& clock) {
  for (std::size_t i = 0; i < count; ++i)
    writers_.push_back(std::make_unique<writer>(options, clock));
}

void writer_group::submit(const uuid& entity, write_unit x) {
  x.entity = entity;
  writers_[std::hash<uuid>{}(entity) % writers_.size()]->submit(std::move(x));
}

void writer_group::after_writes(const uuid& entity, std::function<void(status)> then) {
  write_unit nothing;
  nothing.patient = true;
  nothing.done = [then = std::move(then)](result<std::span<const rows>> x) {
    then(x ? status{} : status{fail(x.error())});
  };
  submit(entity, std::move(nothing));
}

void writer_group::stop() {
  for (auto& w : writers_)
    w->stop();
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
