/// Request bodies of every kind: create, replace and merge, and the documents that are stored.
#include "core/documents.hpp"
#include "core/schema/json_writer.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/schedule.hpp"
#include "fuzz/fuzz.hpp"

using namespace gochron;
using namespace gochron::core;
using fuzz::must;

namespace {

template <class Spec>
std::string written(const object_schema<Spec>& schema, const Spec& x) {
  json_writer w;
  schema.write(x, w, {.to = audience::whole});
  return w.str();
}

template <class Spec>
using parse_document = result<Spec> (*)(std::string_view, std::string_view);

template <class Spec>
void hold(const object_schema<Spec>& schema, const result<Spec>& read, parse_document<Spec> parse) {
  if (!read) {
    must(read.error().code != errc::invalid || !read.error().violations.empty(), "an invalid body has violations");
    return;
  }
  auto again = create<Spec>(written(schema, *read));
  must(again && *again == *read, "what is written is read back as the same");
  auto same = merge<Spec>(*read, "{}");
  must(same && *same == *read, "an empty patch changes nothing");
  auto document = to_document(*read);
  auto stored = parse(document.plain, document.secret);
  must(stored && *stored == *read, "what is stored is loaded as the same");
}

template <class Spec>
void all_ways(const object_ptr<Spec>& schema, const Spec& current, parse_document<Spec> parse, std::string_view body) {
  hold(*schema, create<Spec>(body), parse);
  hold(*schema, replace<Spec>(current, body), parse);
  hold(*schema, merge<Spec>(current, body), parse);
  parse(body, {});
  parse("{}", body);
}

// Merge needs something to merge into: one of each type of check.
const monitor_spec& present_monitor(int which) {
  static const monitor_spec all[] = {
      create<monitor_spec>(R"({"name":"a","type":"http","http":{"url":"http://a.example/","auth":{"type":"basic",)"
                           R"("username":"u","password":"p"},"headers":[{"name":"A","value":"b"}]}})")
          .value(),
      create<monitor_spec>(R"({"name":"a","type":"tcp","tcp":{"host":"a.example","port":25}})").value(),
      create<monitor_spec>(R"({"name":"a","type":"heartbeat","heartbeat":{"period_seconds":60,"grace_seconds":9}})")
          .value()};
  return all[which];
}

void small_bodies(std::string_view body) {
  static const auto token = token_schema();
  static const auto roll = roll_request_schema();
  static const auto action = incident_action_schema();
  read_body(*token, body);
  read_body(*roll, body);
  read_body(*action, body);
  read_body(*override_request_schema(), body);
  read_body(*preview_request_schema(), body);
  if (auto schedule = create<schedule_spec>(body))
    all_ways(schedule_spec_schema(), *schedule, &schedule_spec_of, body);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = fuzz::text_of(data, size);
  auto choice = fuzz::take_choice(body) % 6;
  static const auto channel =
      create<channel_spec>(R"({"name":"a","type":"webhook","webhook":{"url":"http://a.example/"}})").value();
  static const auto rule =
      create<alert_rule_spec>(R"({"name":"a","selector":{"tags":["b"]},"channel_ids":[]})").value_or(alert_rule_spec{});
  if (choice < 3)
    all_ways(monitor_spec_schema(), present_monitor(choice), &monitor_spec_of, body);
  else if (choice == 3)
    all_ways(channel_spec_schema(), channel, &channel_spec_of, body);
  else if (choice == 4)
    all_ways(alert_rule_spec_schema(), rule, &alert_rule_spec_of, body);
  else
    small_bodies(body);
  return 0;
}
