#pragma once
#include "core/channels/kind.hpp"
#include "core/schema/object.hpp"

namespace gochron::core {

/// A channel type as one row of facts. `Settings` has `static constexpr channel_type type` and can be compared.
template <class Settings>
struct provider_facts {
  std::string_view doc;
  object_ptr<Settings> schema;
  result<outgoing> (*render)(const Settings& to, const letter& x);
  receipt (*judge)(const delivery_attempt& x);
  bool is_signed = false;
};

template <class Settings>
class provider final : public channel_kind {
public:
  explicit provider(provider_facts<Settings> facts) : facts_(std::move(facts)) {}

  channel_type type() const override { return Settings::type; }
  std::string_view doc() const override { return facts_.doc; }
  bool is_signed() const override { return facts_.is_signed; }
  const type_info_ptr& info() const override { return facts_.schema->info(); }
  channel_target fresh() const override { return Settings{}; }
  void read(const json_value& from, channel_target& x, reader& r) const override {
    auto settings = x.as<Settings>();
    facts_.schema->read(from, settings, r);
    x = std::move(settings);
  }
  void write(const channel_target& x, json_writer& w, const write_options& o) const override {
    facts_.schema->write(x.as<Settings>(), w, o);
  }
  result<outgoing> render(const letter& x) const override {
    return facts_.render(x.channel.spec.target.as<Settings>(), x);
  }
  receipt judge(const delivery_attempt& x) const override { return facts_.judge(x); }

private:
  provider_facts<Settings> facts_;
};

} // namespace gochron::core
