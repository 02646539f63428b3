#include <algorithm>

#include "core/alert_matching.hpp"
#include "core/maintenance/book.hpp"
#include "http/maintenance_operations.hpp"
#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

/// What the database knows, and what the engine does.
struct window_list_query : window_query {
  std::vector<maintenance_state> states;
  std::optional<monitor_id> monitor;
};

struct windows {
  using id = window_id;
  using spec = maintenance_window_spec;
  using shown = maintenance_window_view;
  using query = window_list_query;
  static constexpr auto keyed = keyed_noun::maintenance_window;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Database upgrade","selector":{"tags":["env:prod"]},"mode":"suppress_alerts",)"
      R"("time_zone":"Europe/Paris","weekly":{"weekdays":["sunday"],"start":"02:00","duration_seconds":7200}})";
  static constexpr auto patch_example = R"({"enabled":false})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::maintenance_window_schema(); }
  static const maintenance_window_record& record_of(const shown& x) { return x.record; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) {
    to.enabled = q.boolean("enabled");
    to.modes = q.names<maintenance_mode>("mode");
    to.states = q.names<maintenance_state>("state");
    to.monitor = q.id<monitor_id>("monitor_id");
  }
  static void list(const call& c, query wanted, const page_request& p);
  static create_window create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_window get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_window edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                          written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_window remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                              part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<windows>;

void read_list(const call& c, const window_list_query& wanted, const page_request& p) {
  auto shown = [c, now = c.with().clock.now()](result<page<maintenance_window_record>> rows) {
    if (!rows)
      return c.refuse(rows.error());
    page<maintenance_window_view> views{{}, rows->next};
    for (auto& x : rows->rows)
      views.rows.push_back(core::view_of(std::move(x), now));
    answer_page(c, *windows::schema(), views);
  };
  c.with().queries.windows(c.org(), wanted, p, reply_to<page<maintenance_window_record>>{std::move(shown)});
}

// An organisation has few windows: those that are meant go as ids into the list. `monitor`: the one that is asked
// about.
void narrow_list(const call& c, window_list_query wanted, const page_request& p,
                 const std::optional<monitor_record>& monitor) {
  auto all = c.with().engine.windows(c.org());
  std::erase_if(all, [&](const maintenance_window_view& x) {
    const auto& spec = x.record.spec;
    auto in = [](const auto& xs, const auto& one) { return xs.empty() || std::ranges::find(xs, one) != xs.end(); };
    bool about =
        !wanted.monitor || (monitor && core::is_about(spec.monitor_ids, spec.selector, monitor->id, monitor->spec));
    return !about || !in(wanted.states, x.state) || !in(wanted.ids, x.record.id);
  });
  wanted.ids.clear();
  for (const auto& x : all)
    wanted.ids.push_back(x.record.id);
  if (wanted.ids.empty())
    wanted.ids.push_back({}); // nobody's
  read_list(c, wanted, p);
}

void windows::list(const call& c, query wanted, const page_request& p) {
  if (!wanted.monitor)
    return wanted.states.empty() ? read_list(c, wanted, p) : narrow_list(c, std::move(wanted), p, std::nullopt);
  auto id = *wanted.monitor;
  auto found = [c, wanted = std::move(wanted), p](result<monitor_view> x) {
    if (!x && x.error().code != errc::not_found)
      return c.refuse(x.error());
    narrow_list(c, wanted, p, x ? std::optional{std::move(x->record)} : std::nullopt);
  };
  c.with().engine.tell(get_monitor{c.org(), id, reply_to<monitor_view>{std::move(found)}});
}

const noun& windows::names() {
  static const noun all{
      "/api/maintenance-windows", "Maintenance windows", "maintenance-windows", "a maintenance window",
      "maintenance windows",      "MaintenanceWindow",   "MaintenanceWindows",  "mw"};
  return all;
}

const noun_texts& windows::texts() {
  static const noun_texts all{
      "A page of the windows that meet every given filter.",
      "In force at once where its time has come. Exactly one of the schedules is given; monitors that it names must "
      "exist.",
      "The window, with its `Location`.",
      "The window as configured, and what it does.",
      "The body is the whole window: what is absent takes its default. In force at once, also of an occurrence under "
      "way.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default. For another kind of schedule the "
      "present one is set to null.",
      "An occurrence under way ends. What was stays in the history of the monitors."};
  return all;
}

const std::vector<parameter>& windows::filters() {
  static const auto all =
      configured_parameters(names(), "name or description",
                            {{"enabled", "Only enabled ones, or only others.", R"({"type":"boolean"})"},
                             enum_parameter<maintenance_mode>("mode", "Only those of these modes."),
                             enum_parameter<maintenance_state>("state", "Only those in these states."),
                             id_parameter<monitor_id>("monitor_id", "Only those that this monitor is meant by.")});
  return all;
}

} // namespace

operations maintenance_operations() {
  operation_table add{windows::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  add_maintenance_occurrences(add);
  return std::move(add.all);
}

} // namespace gochron::http
