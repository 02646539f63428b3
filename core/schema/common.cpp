#include "core/schema/common.hpp"

#include "core/schema/containers.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

class header_pairs_writer final : public type<header_pairs> {
public:
  header_pairs_writer() : type({.kind = json_kind::array, .items = describe_item()}) {}
  void read(const json_value& from, header_pairs&, reader& r) const override { fail_type(r, "nothing", from); }
  void write(const header_pairs& x, json_writer& w, const write_options&) const override {
    w.begin_array();
    for (const auto& [name, value] : x) {
      w.begin_object();
      w.key("name");
      w.text(name);
      w.key("value");
      w.text(value);
      w.end_object();
    }
    w.end_array();
  }

private:
  static type_info_ptr describe_item() {
    type_info item;
    item.kind = json_kind::object;
    item.properties = {{"name", {.doc = "The field name.", .read_only = true}, any_text()->info(), {}, {}, {}},
                       {"value", {.doc = "The field value.", .read_only = true}, any_text()->info(), {}, {}, {}}};
    return std::make_shared<type_info>(std::move(item));
  }
};

} // namespace

type_ptr<std::string> any_text() {
  static const auto one = text({.max = std::size_t{1} << 20});
  return one;
}

type_ptr<std::string> secret_text() {
  static const auto one = text({.max = std::size_t{1} << 20, .format = "password"});
  return one;
}

type_ptr<std::string> key_text() {
  static const auto one = text({.min = 1, .max = 100, .pattern = "^[a-z0-9._-]{1,100}$"});
  return one;
}

bool is_key(std::string_view x) {
  return !x.empty() && x.size() <= 100 && x.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == x.npos;
}

type_ptr<header_pairs> header_pairs_type() {
  static const auto one = std::make_shared<header_pairs_writer>();
  return one;
}

object_ptr<status_reason> status_reason_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<status_reason>>("StatusReason", "Why something is not up.");
    s->property("code", &status_reason::code, enumeration<reason>(),
                {.doc = "A stable word.", .example = R"("connect_refused")", .read_only = true});
    s->property("message", &status_reason::message, any_text(),
                {.doc = "A sentence for people.", .example = R"("Connection refused.")", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<phase_timings> timings_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<phase_timings>>("Timings", "Milliseconds a phase; null: it did not happen.");
    auto ms = count<milliseconds>();
    s->property("dns", &phase_timings::dns, ms, {.doc = "Resolving the name.", .example = "3", .read_only = true});
    s->property("connect", &phase_timings::connect, ms, {.doc = "TCP.", .example = "12", .read_only = true});
    s->property("tls", &phase_timings::tls, ms, {.doc = "The TLS handshake.", .example = "25", .read_only = true});
    s->property("first_byte", &phase_timings::first_byte, ms,
                {.doc = "From the request to the first byte of the answer.", .example = "40", .read_only = true});
    s->property("transfer", &phase_timings::transfer, ms,
                {.doc = "From the first byte to the last.", .example = "1", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<remote_endpoint> remote_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<remote_endpoint>>("Remote", "Whom we were connected to.");
    s->property("ip", &remote_endpoint::ip, any_text(),
                {.doc = "The address.", .example = R"("192.0.2.7")", .read_only = true});
    s->property("port", &remote_endpoint::port, integer<std::uint16_t>(0, 65535),
                {.doc = "The port.", .example = "443", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
