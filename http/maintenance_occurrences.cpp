#include <algorithm>

#include "core/maintenance/book.hpp"
#include "core/schema/maintenance.hpp"
#include "http/maintenance_operations.hpp"

namespace gochron::http {
namespace {

constexpr std::chrono::days usual_range{30};
constexpr std::size_t most = 1'000;

const std::vector<parameter>& range_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "The beginning; now when absent. What is under way then is there as a whole."),
      time_parameter("to", "The end, exclusive: at most 366 days later; 30 days later when absent.")};
  return all;
}

// All on one page.
void answer_occurrences(const call& c, const std::vector<maintenance_occurrence>& found, timestamp now,
                        std::string_view to) {
  if (found.size() > most)
    return c.refuse({errc::invalid,
                     "There are too many occurrences in that time.",
                     {{std::string{to}, "out_of_range", "More than 1,000 occurrences: ask for less time."}},
                     {},
                     {}});
  page<core::listed_occurrence> all;
  for (const auto& x : found)
    all.rows.push_back({x, core::state_of(x, now)});
  answer_page(c, *core::listed_occurrence_schema(), all);
}

struct time_range {
  timestamp from{}, to{};
};

// What somebody ended before its time is shown as it was.
void answer_window(const call& c, const maintenance_window_record& w, time_range range, timestamp now) {
  if (!w.spec.enabled)
    return answer_occurrences(c, {}, now, "to");
  auto planned = core::occurrences_between(w.spec, range.from, range.to);
  if (planned.empty() || planned.front().from > now)
    return answer_occurrences(c, planned, now, "to");
  auto first = planned.front().from, last = planned.back().to;
  auto happened = [c, planned = std::move(planned), ended = w.ended_until, range,
                   now](const result<std::vector<maintenance_stretch>>& x) {
    if (!x)
      return c.refuse(x.error());
    answer_occurrences(c, core::as_they_were(planned, *x, ended, range.from, now), now, "to");
  };
  c.with().queries.stretches(c.org(), w.id, first, last,
                             reply_to<std::vector<maintenance_stretch>>{std::move(happened)});
}

void list_occurrences(call c) {
  query_reader q{c};
  auto now = c.with().clock.now();
  auto from = q.time("from").value_or(now);
  auto to = q.time("to").value_or(from + usual_range);
  for (auto& x : core::maintenance_range_faults(from, to))
    q.wrong(x.pointer, x.code, x.detail);
  if (auto e = q.problem(range_parameters()))
    return c.refuse(*e);
  auto id = c.id<window_id>();
  if (!id)
    return;
  auto found = [c, from, to, now](result<maintenance_window_view> x) {
    x ? answer_window(c, x->record, {from, to}, now) : c.refuse(x.error());
  };
  c.with().engine.tell(get_window{c.org(), *id, reply_to<maintenance_window_view>{std::move(found)}});
}

// What is wrong with the window in the body, as pointers into the body.
result<maintenance_window_spec> read_window(const core::json_value& body, timestamp now) {
  auto spec = core::create<maintenance_window_spec>(body, now);
  if (spec)
    return spec;
  auto e = std::move(spec.error());
  for (auto& x : e.violations)
    x.pointer.insert(0, "/window");
  return fail(std::move(e));
}

// Calls `then` when all monitors that the window names are there.
template <class F>
void with_known_monitors(const call& c, const std::vector<monitor_id>& ids, F then) {
  if (ids.empty())
    return then();
  auto found = [c, ids, then](const result<std::vector<monitor_view>>& rows) {
    if (!rows)
      return c.refuse(rows.error());
    error refused{errc::invalid, "The maintenance window names what is not there.", {}, {}, {}};
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (std::ranges::none_of(*rows, [&](const monitor_view& x) { return x.record.id == ids[i]; }))
        refused.violations.push_back({"/window/monitor_ids/" + std::to_string(i), "unknown_id", "No such id."});
    refused.violations.empty() ? then() : c.refuse(refused);
  };
  c.with().queries.monitor_rows(c.org(), ids, reply_to<std::vector<monitor_view>>{std::move(found)});
}

void preview(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::maintenance_preview_request_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  auto now = c.with().clock.now();
  auto from = wanted->from.value_or(now);
  auto to = wanted->to.value_or(from + usual_range);
  auto spec = read_window(*wanted->window, now);
  auto faults = core::maintenance_range_faults(from, to);
  for (auto& x : faults)
    x.pointer.insert(0, "/");
  if (!spec)
    faults.insert(faults.end(), spec.error().violations.begin(), spec.error().violations.end());
  if (!faults.empty())
    return c.refuse({errc::invalid, "The request body is not valid.", std::move(faults), {}, {}});
  with_known_monitors(c, spec->monitor_ids, [c, spec = *spec, from, to, now] {
    answer_occurrences(c, core::occurrences_between(spec, from, to), now, "/to");
  });
}

void end_now(call c) {
  with_target<window_id>(c, [&](window_id id, std::optional<std::int64_t> version) {
    auto [by, reply] = c.write<maintenance_window_view>([c](const maintenance_window_view& x) {
      return c.shown(x, *core::maintenance_window_schema(), x.record.version);
    });
    c.with().engine.tell(end_window{c.org(), id, version, std::move(by), std::move(reply)});
  });
}

} // namespace

void add_maintenance_occurrences(operation_table& add) {
  auto window = core::maintenance_window_schema()->info();
  success found{200, "The occurrences, oldest first, on one page.", core::listed_occurrence_schema()->info(), true};
  add("GET", "/{id}/occurrences", "listMaintenanceOccurrences", false, "List occurrences",
      "When it is, as it is configured now. What was ended before its time ends when it was ended. Occurrences that "
      "touch are one. None while it is not enabled.",
      found, list_occurrences)
      .query = range_parameters();
  add("POST", "/preview", "previewMaintenanceWindow", false, "Preview a maintenance window",
      "The occurrences that a window would have. Nothing is stored.", found, preview)
      .body = body_spec{core::maintenance_preview_info(), core::schema_use::request,
                        R"({"from":"2026-03-01T00:00:00.000Z","to":"2026-04-01T00:00:00.000Z","window":)"
                        R"({"name":"Upgrade","cron":{"expression":"0 2 * * sun","duration_seconds":3600}}})",
                        true};
  auto& end = add("POST", "/{id}/end", "endMaintenanceWindow", true, "End an occurrence",
                  "The occurrence under way ends now; those after it stay. 409 when none is under way.",
                  {200, "As it is now.", window, false, true}, end_now);
  end.problems = {409};
}

} // namespace gochron::http
