#include "core/maintenance/book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/alert_matching.hpp"
#include "core/maintenance/timetable.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

void take_longer(std::optional<maintenance_in_force>& now, const maintenance_in_force& x) {
  if (!now || now->to < x.to)
    now = x;
}

bool concerns(const maintenance_stretch& x, const monitor_id& id, const monitor_spec& monitor) {
  return is_about(x.monitor_ids, x.selector, id, monitor);
}

} // namespace

std::optional<maintenance_occurrence> occurrence_at_or_after(const maintenance_window_record& x, timestamp t) {
  auto when = maintenance_timetable::of(x.spec);
  if (!x.spec.enabled || !when) // a zone that the system has lost has no clock
    return std::nullopt;
  return when->at_or_after(std::max(t, x.ended_until.value_or(t)));
}

std::vector<maintenance_occurrence> occurrences_between(const maintenance_window_spec& x, timestamp from,
                                                        timestamp to) {
  auto when = maintenance_timetable::of(x);
  return when ? when->between(from, to) : std::vector<maintenance_occurrence>{};
}

std::vector<maintenance_occurrence> as_they_were(std::vector<maintenance_occurrence> planned,
                                                 const std::vector<maintenance_stretch>& stretches,
                                                 std::optional<timestamp> ended_until, timestamp from, timestamp now) {
  for (auto& x : planned) {
    if (x.from > now || (x.to > now && (!ended_until || *ended_until < x.to)))
      continue;
    std::optional<timestamp> last;
    for (const auto& s : stretches)
      if (s.from < x.to && s.to > x.from)
        last = std::max(s.open ? x.to : s.to, last.value_or(x.from));
    x.to = std::min(x.to, last.value_or(x.to));
  }
  std::erase_if(planned, [from](const maintenance_occurrence& x) { return x.to <= from; });
  return planned;
}

maintenance_state state_of(const maintenance_occurrence& x, timestamp now) {
  if (x.to <= now)
    return maintenance_state::past;
  return x.from <= now ? maintenance_state::active : maintenance_state::upcoming;
}

maintenance_window_view view_of(maintenance_window_record x, timestamp now) {
  maintenance_window_view v;
  auto found = occurrence_at_or_after(x, now);
  if (found && found->from <= now)
    v.current = found;
  v.next = v.current ? occurrence_at_or_after(x, v.current->to) : found;
  v.state = !x.spec.enabled ? maintenance_state::disabled
            : v.current     ? maintenance_state::active
            : v.next        ? maintenance_state::upcoming
                            : maintenance_state::past;
  v.record = std::move(x);
  return v;
}

monitor_maintenance maintenance_of(const maintenance_book& book, const monitor_id& id, const monitor_spec& monitor,
                                   timestamp t) {
  monitor_maintenance x;
  for (const auto& w : book.windows) {
    if (!w.occurrence || t < w.occurrence->from || t >= w.occurrence->to)
      continue;
    const auto& spec = w.record->spec;
    if (!is_about(spec.monitor_ids, spec.selector, id, monitor))
      continue;
    maintenance_in_force found{w.occurrence->from, w.occurrence->to, spec.name, w.record->id};
    take_longer(x.quiet, found);
    if (spec.mode == maintenance_mode::pause_checks)
      take_longer(x.pause, found);
  }
  return x;
}

std::vector<observation_gap> planned_for(const maintenance_book& book, const monitor_id& id,
                                         const monitor_spec& monitor) {
  std::vector<observation_gap> all;
  for (const auto& x : book.recent)
    if (x.exclude_from_uptime && concerns(x, id, monitor))
      all.push_back({x.from, x.to});
  return all;
}

std::optional<timestamp> last_pause_end(const maintenance_book& book, const monitor_id& id, const monitor_spec& monitor,
                                        timestamp now) {
  std::optional<timestamp> last;
  for (const auto& x : book.recent)
    if (x.mode == maintenance_mode::pause_checks && x.to <= now && concerns(x, id, monitor))
      last = std::max(x.to, last.value_or(x.to));
  return last;
}

maintenance_stretch stretch_of(const maintenance_window_record& w, const maintenance_occurrence& x, timestamp now) {
  return {make_uuid(now),
          w.org,
          w.id,
          w.spec.name,
          x.from,
          x.to,
          true,
          w.spec.mode,
          w.spec.exclude_from_uptime,
          w.spec.monitor_ids,
          w.spec.selector};
}

bool same_effect(const maintenance_stretch& x, const maintenance_window_spec& w) {
  return x.mode == w.mode && x.exclude_from_uptime == w.exclude_from_uptime && x.monitor_ids == w.monitor_ids &&
         x.selector == w.selector;
}

std::string maintenance_message(std::string_view rule_name, const maintenance_in_force& x) {
  return fmt::format("Rule {} tells nobody: maintenance window {} until {}.", rule_name, x.name, to_rfc3339(x.to));
}

} // namespace gochron::core
