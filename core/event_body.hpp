#pragma once
#include <string>
#include <string_view>

#include "core/on_call/handoff.hpp"
#include "core/schema/object.hpp"
#include "gochron/channel.hpp"
#include "gochron/incident.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/people.hpp"

/// The body that every receiver of an event gets, byte for byte the same:
/// `{id, type, version, timestamp, sequence, data{incident, monitor, result, oncall, channel, contact_method,
/// maintenance_window, schedule}, links{...}}`.
/// Deterministic in its arguments; nothing sealed is in it. `base_url` is without a trailing slash.
namespace gochron::core {

/// Of the format of bodies; a change that breaks receivers makes it grow.
inline constexpr int event_body_version = 1;

/// An event of an incident. `evidence` may be null: then `data.result` is. `paged`: who is told by this event; null:
/// nobody in particular. `by`: who did it, as said(); empty: the engine itself.
std::string render_event(const event& e, const incident& about, const monitor_record& monitor,
                         const monitor_runtime& runtime, const check_result* evidence, std::string_view base_url,
                         const std::vector<paged_user>* paged = nullptr, std::string_view by = {});

/// `monitor.expired`: of `data` only the monitor, and no `sequence`.
std::string render_monitor_event(const event& e, const monitor_record& monitor, const monitor_runtime& runtime,
                                 std::string_view base_url);

/// `channel.disabled` and `channel.test`: `incident`, `monitor`, `result` and `sequence` are null. An empty
/// `disabled_reason` is null. Of a contact method `contact_method` is there and `channel` is null.
std::string render_channel_event(const event& e, const channel_record& channel, std::string_view disabled_reason,
                                 std::string_view base_url);

/// `maintenance.started` and `maintenance.ended`: of `data` only the window, with the occurrence that it is about as
/// `current`.
std::string render_maintenance_event(const event& e, const maintenance_window_view& window, std::string_view base_url);
/// `on_call.changed`: of `data` only the schedule.
std::string render_handoff_event(const event& e, const handoff_news& x, std::string_view base_url);
/// `contact_method.verification`. An empty `code` is null: so it is kept and shown, to all but the address.
std::string render_verification(const event& e, const channel_record& method, std::string_view code,
                                std::string_view base_url);

/// What the body is rendered from; the pointers may be null as said above.
struct event_facts {
  const gochron::event* event = nullptr;
  const gochron::incident* incident = nullptr;
  const monitor_record* monitor = nullptr;
  const monitor_runtime* runtime = nullptr;
  const check_result* result = nullptr;
  const channel_record* channel = nullptr;
  std::string_view disabled_reason = {};
  const maintenance_window_view* window = nullptr;
  const channel_record* method = nullptr; ///< a contact method
  std::string_view code = {};
  const std::vector<paged_user>* paged = nullptr;
  std::string_view by = {};
  const handoff_news* handoff = nullptr;
};

/// The body's property table, for the documentation.
object_ptr<event_facts> event_body_schema();

} // namespace gochron::core
