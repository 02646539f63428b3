#include "core/channels/kind.hpp"
#include "core/schema/common.hpp"
#include "core/schema/json_schema.hpp"
#include "core/schema/monitor_types.hpp"
#include "core/schema/read_models.hpp"

/// What the server says of itself.
namespace gochron::core {
namespace {

using how = const write_options&;

/// JSON that is one already.
class raw_object final : public type<std::string> {
public:
  raw_object() : type({.kind = json_kind::object}) {}
  void read(const json_value& from, std::string&, reader& r) const override { fail_type(r, "nothing", from); }
  void write(const std::string& x, json_writer& w, const write_options&) const override { w.raw(x); }
};

// A document of its own: what it refers to is inside.
std::string standalone(const type_info& x) {
  schema_book book{"#/$defs/"};
  json_writer own, parts, w;
  book.write(own, x, schema_use::request);
  book.write_components(parts);
  w.begin_object();
  w.key("$schema");
  w.text("https://json-schema.org/draft/2020-12/schema");
  w.key("$ref");
  w.text("#/$defs/" + schema_book::component_name(x, schema_use::request));
  w.key("$defs");
  w.raw(parts.view());
  w.end_object();
  return w.str();
}

struct percentile_row {
  double percentile = 0;
  milliseconds value{0};
};

object_ptr<percentile_row> percentile_schema() {
  auto s = std::make_shared<object_schema<percentile_row>>("Percentile", "A response time that so many do not exceed.");
  s->property("percentile", &percentile_row::percentile, number(),
              {.doc = "Percent of the checks.", .example = "95", .read_only = true});
  s->property("response_time_ms", &percentile_row::value, count<milliseconds>(),
              {.doc = "The slowest of them.", .example = "120", .read_only = true});
  return s;
}

std::vector<percentile_row> rows_of(const response_times& x) {
  std::vector<percentile_row> all;
  for (auto& [percentile, value] : x.percentiles)
    all.push_back({percentile, value});
  return all;
}

} // namespace

object_ptr<response_times> response_times_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<response_times>>("ResponseTimes", "How fast good checks were.");
    s->property("from", &response_times::from, instant(), {.doc = "The beginning.", .read_only = true});
    s->property("to", &response_times::to, instant(), {.doc = "The end, exclusive.", .read_only = true});
    s->property("checks", &response_times::checks, count<std::int64_t>(),
                {.doc = "Checks that were `up` or `degraded`.", .example = "1440", .read_only = true});
    auto ms = count<milliseconds>();
    s->property("min_ms", &response_times::min, ms,
                {.doc = "The fastest; null without checks.", .example = "12", .read_only = true});
    s->property("mean_ms", &response_times::mean, ms,
                {.doc = "The mean, rounded.", .example = "31", .read_only = true});
    s->property("max_ms", &response_times::max, ms, {.doc = "The slowest.", .example = "410", .read_only = true});
    s->computed<std::vector<percentile_row>>(
        "percentiles", array_of<percentile_row>(percentile_schema(), {.max = 10}),
        {.doc = "In the order asked for, each an observed time; empty without checks."},
        [](const response_times& x, how) { return rows_of(x); });
    return s;
  }();
  return schema;
}

object_ptr<monitor_type_row> monitor_type_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<monitor_type_row>>("MonitorTypeDescription", "A kind of monitor.");
    s->property("type", &monitor_type_row::type, enumeration<monitor_type>(),
                {.doc = "The value of `type`, and the name of the object.", .example = R"("http")", .read_only = true});
    s->property("schema", &monitor_type_row::schema, std::make_shared<raw_object>(),
                {.doc = "JSON Schema 2020-12 of that object in a request.", .read_only = true});
    return s;
  }();
  return schema;
}

std::vector<monitor_type_row> monitor_types() {
  return {{monitor_type::http, standalone(*http_check_schema()->info())},
          {monitor_type::tcp, standalone(*tcp_check_schema()->info())},
          {monitor_type::heartbeat, standalone(*heartbeat_check_schema()->info())},
          {monitor_type::manual, standalone(*manual_check_schema()->info())}};
}

object_ptr<channel_type_row> channel_type_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<channel_type_row>>("ChannelTypeDescription", "A kind of receiver.");
    s->property(
        "type", &channel_type_row::type, enumeration<channel_type>(),
        {.doc = "The value of `type`, and the name of the object.", .example = R"("webhook")", .read_only = true});
    s->property("schema", &channel_type_row::schema, std::make_shared<raw_object>(),
                {.doc = "JSON Schema 2020-12 of that object in a request.", .read_only = true});
    return s;
  }();
  return schema;
}

std::vector<channel_type_row> channel_types() {
  std::vector<channel_type_row> all;
  for (const auto* kind : channel_kinds())
    all.push_back({kind->type(), standalone(*kind->info())});
  return all;
}

object_ptr<server_meta> server_meta_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<server_meta>>("Meta", "What this server is.");
    s->property("version", &server_meta::version, any_text(),
                {.doc = "Of the server.", .example = R"("0.2.0")", .read_only = true});
    s->property("egress_addresses", &server_meta::egress_addresses, array_of(any_text(), {.max = 1000}),
                {.doc = "Where checks and webhooks come from, as configured: what a firewall should let in.",
                 .example = R"(["192.0.2.7"])",
                 .read_only = true});
    s->computed("event_version", count<std::int64_t>(), {.doc = "The format of webhook bodies.", .example = "1"},
                [](const server_meta&, how) { return std::int64_t{1}; });
    s->computed("regions", array_of(any_text(), {.max = 100}),
                {.doc = "Where checks can be made from.", .example = R"(["local"])"},
                [](const server_meta&, how) { return std::vector<std::string>{"local"}; });
    return s;
  }();
  return schema;
}

} // namespace gochron::core
