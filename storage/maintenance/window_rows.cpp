#include "storage/maintenance/window_rows.hpp"

#include "core/documents.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/json.hpp"

namespace gochron::storage {
namespace {

std::vector<std::string> names_of_types(const std::vector<monitor_type>& xs) {
  std::vector<std::string> names;
  for (auto x : xs)
    names.emplace_back(core::name_of(x));
  return names;
}

} // namespace

const std::string& window_columns() {
  static const std::string text = " w.id, w.org_id, w.version, w.created_at, w.updated_at, w.spec, w.ended_until ";
  return text;
}

result<maintenance_window_record> window_from_row(row_reader& in) {
  maintenance_window_record x;
  std::string plain;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain >> x.ended_until;
  auto spec = core::maintenance_window_spec_of(plain, {});
  if (!spec)
    return fail(errc::internal,
                "The stored maintenance window " + x.id.str() + " does not read: " + spec.error().detail);
  x.spec = std::move(*spec);
  return x;
}

const std::string& stretch_columns() {
  static const std::string text = " x.id, x.org_id, x.window_id, x.name, x.from_at, x.to_at, x.open, x.mode, "
                                  "x.exclude_from_uptime, x.monitor_ids, x.tags, x.types ";
  return text;
}

maintenance_stretch stretch_from_row(row_reader& in) {
  maintenance_stretch x;
  std::vector<std::string> types;
  in >> x.id >> x.org >> x.window >> x.name >> x.from >> x.to >> x.open >> x.mode >> x.exclude_from_uptime >>
      x.monitor_ids >> x.selector.tags >> types;
  for (const auto& name : types)
    if (auto type = core::parse_name<monitor_type>(name))
      x.selector.types.push_back(*type);
  return x;
}

std::string step_document(const maintenance_step& step) {
  json_writer to;
  to.begin_object();
  to.key("stretches").begin_array();
  for (const auto& x : step.stretches) {
    to.begin_object();
    to("id", x.id)("org_id", x.org)("window_id", x.window)("name", x.name)("from_at", x.from)("to_at", x.to);
    to("open", x.open)("mode", x.mode)("exclude_from_uptime", x.exclude_from_uptime)("monitor_ids", x.monitor_ids);
    to("tags", x.selector.tags)("types", names_of_types(x.selector.types));
    to.end_object();
  }
  to.end_array();
  write_events(to, step.events);
  write_deliveries(to, step.deliveries);
  to.key("event_stretches").begin_array();
  for (const auto& [event, stretch] : step.event_stretches) {
    to.begin_object();
    to("event_id", event)("stretch_id", stretch);
    to.end_object();
  }
  to.end_array();
  to.end_object();
  return std::string{to.text()};
}

} // namespace gochron::storage
