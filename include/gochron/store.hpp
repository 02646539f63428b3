#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gochron/configuration.hpp"
#include "gochron/incident.hpp"
#include "gochron/incident_documents.hpp"
#include "gochron/maintenance.hpp"
#include "gochron/organization.hpp"
#include "gochron/people.hpp"
#include "gochron/reply.hpp"
#include "gochron/schedule.hpp"
#include "gochron/token.hpp"
#include "gochron/user.hpp"

/// What the rooms above ask of Postgres. Every call returns at once; the answer comes later on a thread of the store
/// (it must not block there). Every statement is scoped by `org`: a row of another organisation is `not_found`.
///
/// Writes: the answer comes after COMMIT. Errors: `conflict` (unique key), `stale` (version guard), `not_found`,
/// `invalid` (a value that Postgres refuses), `busy` (the bounded queue is full), `unavailable` (no connection within
/// the write deadline, and certainly nothing written). A commit in doubt is resolved by reading, never repeated.
///
/// What is asked for through the API comes with a `write_note`: its entry in the audit log and the answer to keep are
/// written in the same transaction, and only if the write takes effect. A dry one is rolled back, answered as if it had
/// been written.
namespace gochron {

/// A place in a keyset-ordered list: the sort key of the last row as text, and its id.
struct keyset {
  std::string key;
  uuid id;
};

struct page_request {
  std::uint32_t limit = 50;
  std::optional<keyset> after;
};

template <class T>
struct page {
  std::vector<T> rows;
  std::optional<keyset> next; ///< unset on the last page
};

enum class list_sort : std::uint8_t { created_at, created_at_desc, name, name_desc, updated_at, updated_at_desc };

/// What every list of configured things can be asked.
template <class Id>
struct list_query {
  std::vector<Id> ids;
  std::optional<std::string> q; ///< substring of what the noun is searched by, case-insensitive
  std::optional<std::string> key;
  std::optional<timestamp> updated_since;
  list_sort sort = list_sort::created_at;
};

/// `q`: name, description or url.
struct monitor_query : list_query<monitor_id> {
  std::vector<monitor_type> types;
  std::vector<monitor_status> statuses;
  std::vector<std::string> tags; ///< all of them
  std::optional<bool> paused;
};

/// `q`: name or target.
struct channel_query : list_query<channel_id> {
  std::vector<channel_type> types;
  std::optional<bool> enabled;
};

/// `q`: name or target.
struct contact_method_query : list_query<contact_method_id> {
  std::vector<channel_type> types;
  std::optional<bool> enabled, verified;
  std::optional<user_id> user;
};

struct notification_rule_query : list_query<notification_rule_id> {
  std::optional<user_id> user;
  std::optional<contact_method_id> contact_method;
  std::vector<urgency> urgencies;
};

/// `q`: name or description.
struct team_query : list_query<team_id> {
  std::optional<user_id> user; ///< a member
};

/// `q`: name.
struct rule_query : list_query<rule_id> {
  std::optional<bool> enabled;
};

/// `q`: name.
struct schedule_query : list_query<schedule_id> {
  std::optional<std::string> time_zone;
};

struct override_query {
  schedule_id of;
  std::optional<timestamp> from, to; ///< those that are in force at some time in there, half-open
};

/// `q`: name or description.
struct policy_query : list_query<policy_id> {};

/// `q`: name or description.
struct window_query : list_query<window_id> {
  std::optional<bool> enabled;
  std::vector<maintenance_mode> modes;
};

struct result_query {
  monitor_id monitor;
  std::optional<timestamp> from, to; ///< half-open, of round_at
  std::vector<verdict> verdicts;
};

struct incident_query {
  std::vector<incident_id> ids;
  std::vector<incident_state> states;
  std::vector<severity> severities;
  std::optional<monitor_id> monitor;
  std::optional<policy_id> policy = {}; ///< that it climbs, or climbed
  std::optional<std::string> dedup_key = {};
  std::optional<std::string> acknowledged_by = {}; ///< an actor
  std::optional<std::string> part = {};            ///< of the title, whatever the case
  std::optional<timestamp> from, to;               ///< half-open, of opened_at
  std::optional<timestamp> horizon;                ///< without those that were resolved before
};

struct delivery_query {
  std::optional<channel_id> channel;
  std::optional<incident_id> incident;
  std::vector<delivery_state> states;
};

/// A count of monitors for each status.
struct monitor_summary {
  std::vector<std::pair<monitor_status, std::int64_t>> by_status;
  std::int64_t total = 0;
  std::int64_t open_incidents = 0;
};

/// A stretch in which the engine was not watching: [from, to).
struct observation_gap {
  timestamp from{}, to{};
};

/// Of a change of status, what availability is made of. Small: a monitor that flaps keeps a day of them.
struct status_step {
  timestamp at{};
  monitor_status from = monitor_status::pending;
  monitor_status to = monitor_status::pending;
};

/// The inputs of core's availability arithmetic over [from, to).
struct status_history {
  monitor_status before = monitor_status::pending; ///< in force at `from`
  std::vector<status_step> changes;                ///< inside, oldest first
  std::vector<observation_gap> gaps;
  std::vector<observation_gap> planned = {}; ///< maintenance that is left out, whatever was observed
};

struct response_time_query {
  monitor_id monitor;
  timestamp from{}, to{};          ///< half-open, of round_at
  std::vector<double> percentiles; ///< above 0, at most 100
};

/// How fast the good checks (`up` and `degraded`) of a stretch were; exact, from each of them.
struct response_times {
  timestamp from{}, to{};
  std::int64_t checks = 0;
  std::optional<milliseconds> min, mean, max;               ///< unset without checks
  std::vector<std::pair<double, milliseconds>> percentiles; ///< in the order asked for; empty without checks
};

/// All that a monitor actor starts from.
struct loaded_monitor {
  monitor_record record;
  monitor_runtime runtime;
  std::vector<incident> open_incidents; ///< those of it that are not resolved, oldest first
  std::vector<status_step> last_24h;    ///< oldest first
};

/// What came of an expiry.
struct expiry {
  bool done = false;
  std::vector<alert_rule_record> named_by; ///< otherwise: the rules that name the monitor, as they are
  std::vector<monitor_id> dependents = {}; ///< and monitors that depend on it, not all of them if there are many
};

/// What a monitor actor and its shard need.
class monitor_store {
public:
  virtual ~monitor_store() = default;
  /// `invalid` with a pointer for each monitor that it depends on and that this organisation has not.
  virtual void create(monitor_record x, write_note note, reply_to<monitor_record> done) = 0;
  /// Replaces the spec where the version is `x.version - 1`; `step`, if any, in the same transaction. `invalid` also
  /// for each monitor that it depends on and that would depend on it.
  virtual void update(monitor_record x, std::optional<transition> step, write_note note,
                      reply_to<monitor_record> done) = 0;
  /// Deletes the monitor, its results and state; its incidents stay. `step` resolves what was open. `conflict` with
  /// `blocked_by` while a rule names it or a monitor depends on it.
  virtual void remove(org_id org, monitor_id id, std::optional<transition> step, write_note note,
                      reply_to<void> done) = 0;
  /// As `remove`, for a monitor whose time is over: no rule is in the way. The rules that name it are replaced by those
  /// in `forgetful`, each the next version of what it is, in the same transaction. Where other rules name it, or other
  /// versions of them, nothing is done; nor while a monitor depends on it.
  virtual void expire(org_id org, monitor_id id, transition step, std::vector<alert_rule_record> forgetful,
                      write_note note, reply_to<expiry> done) = 0;
  virtual void commit(transition step, reply_to<void> done) = 0;
  /// As `commit`, while that incident of the organisation is open: `conflict`, with nothing written, when it is not.
  /// Nobody can close it between that look and the commit.
  virtual void commit_if_open(transition step, incident_id other, reply_to<void> done) = 0;
  virtual void load(monitor_id id, reply_to<loaded_monitor> done) = 0;
  /// An incident of this monitor, open or past, as it was last written.
  virtual void load(org_id org, monitor_id of, incident_id id, reply_to<incident> done) = 0;
  /// Lagging by at most a second, never answered: a result and the runtime after it. Bounded: while the database is
  /// away a result is kept at the cost of the oldest one (false says so), and of a monitor's runtimes only the latest.
  virtual bool note(check_result x) = 0;
  virtual bool note(monitor_id id, org_id org, const monitor_runtime& x) = 0;
};

/// One attempt and all that follows from it.
struct attempt_outcome {
  delivery_attempt attempt;
  delivery_state state = delivery_state::pending;
  std::optional<timestamp> next_attempt_at;
  channel_health health; ///< after the attempt
  std::vector<timeline_entry> timeline;
  std::vector<event> events;        ///< `channel.disabled`, when this attempt disabled the channel
  std::vector<delivery> deliveries; ///< of those events, to other channels
};

struct due_deliveries {
  std::vector<delivery> rows;
  std::optional<timestamp> next_due; ///< of the earliest pending delivery that is not yet due, if any
};

/// What a channel actor and its shard need.
class channel_store {
public:
  virtual ~channel_store() = default;
  virtual void create(channel_record x, write_note note, reply_to<channel_record> done) = 0;
  /// Of a contact method: `invalid` without its user, `limit_exceeded` when that has most_contact_methods already.
  /// Replaces spec, secret, proof and health where the version is `x.version - 1`. A channel that is not enabled, or
  /// whose health says disabled, has its pending deliveries canceled in the same transaction.
  virtual void update(channel_record x, write_note note, reply_to<channel_record> done) = 0;
  /// `conflict` with `blocked_by` while a rule, an escalation policy, a schedule or a notification rule names it.
  virtual void remove(org_id org, channel_id id, write_note note, reply_to<void> done) = 0;
  virtual void load(channel_id id, reply_to<channel_record> done) = 0;
  /// What may be tried now: of each incident only the oldest pending delivery (by sequence), so that order within an
  /// incident holds and no incident waits for another; due at or before `now`, ids in `except` (in flight) left out,
  /// ordered by next_attempt_at, at most `limit`. Of a grouped one that is due all of its group follow that may go with
  /// it, due or not, several of an incident in their order.
  virtual void due(org_id org, channel_id id, timestamp now, std::uint32_t limit, std::vector<delivery_id> except,
                   reply_to<due_deliveries> done) = 0;
  /// Attempts at different deliveries of one channel, in the order of their outcomes, in one transaction. The channel's
  /// health becomes that of the last; where it says disabled, the channel's other pending deliveries are canceled.
  virtual void record(std::vector<attempt_outcome> xs, reply_to<void> done) = 0;
  /// An event outside any incident (`channel.test`) and its deliveries.
  virtual void enqueue(event e, std::vector<delivery> ds, reply_to<void> done) = 0;
  /// Replaces the proof of a contact method, whatever its version.
  virtual void prove(channel_record x, write_note note, reply_to<void> done) = 0;
  /// Back to pending, due at `now`, its retry schedule begun anew (attempts_base = attempts). `not_found`, or
  /// `conflict` while it is pending, or when it was tried since it had that many `attempts`.
  virtual void redeliver(org_id org, delivery_id id, std::int32_t attempts, timestamp now, write_note note,
                         reply_to<delivery> done) = 0;
};

class rule_store {
public:
  virtual ~rule_store() = default;
  /// `invalid` with a pointer for each channel, monitor or escalation policy id that this organisation has not.
  virtual void create(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) = 0;
  virtual void update(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) = 0;
  /// `stale` unless it has the version `if_version`, where that is set; so of all that follow.
  virtual void remove(org_id org, rule_id id, std::optional<std::int64_t> if_version, write_note note,
                      reply_to<void> done) = 0;
};

/// What becomes of a schedule's hand-off messages.
struct handoff_step {
  org_id org;
  schedule_id schedule;
  std::optional<std::vector<user_id>> told_before, told; ///< schedule_record::told
  std::vector<event> events;                             ///< at most one
  std::vector<delivery> deliveries = {};                 ///< of that
};

/// A schedule that tells of hand-offs, or has told.
struct handoff_teller {
  schedule_id id;
  org_id org;
};

class schedule_store {
public:
  virtual ~schedule_store() = default;
  /// With its first revision. `invalid` with a pointer for each user and channel that this organisation has not;
  /// `limit_exceeded` when it has `most_schedules` already.
  virtual void create(schedule_record x, write_note note, reply_to<schedule_record> done) = 0;
  /// `revised`: `x.present` is a new revision.
  virtual void update(schedule_record x, bool revised, write_note note, reply_to<schedule_record> done) = 0;
  /// `conflict` with `blocked_by` while another one's override names it.
  virtual void remove(org_id org, schedule_id id, std::optional<std::int64_t> if_version, write_note note,
                      reply_to<void> done) = 0;
  virtual void load(org_id org, schedule_id id, reply_to<schedule_record> done) = 0;
  /// `not_found` without its schedule. `limit_exceeded` when `most_overrides` of it are not over.
  virtual void create(schedule_override x, write_note note, reply_to<schedule_override> done) = 0;
  virtual void load(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) = 0;
  /// Replaces what is still `was`; `past`, if any, is written beside it in the same transaction. `stale` when it is not
  /// `was` any longer, `invalid` with a pointer for whatever it names that is not there.
  virtual void update(schedule_override was, schedule_override x, std::optional<schedule_override> past,
                      write_note note, reply_to<schedule_override> done) = 0;
  /// Ends it at `now`, or removes it when it begins later. `conflict` when it is over.
  virtual void end(org_id org, schedule_id of, override_id id, timestamp now, write_note note, reply_to<void> done) = 0;
  /// The digest of the feed's secret. Unset: it has none any more, and `not_found` when it had none before.
  virtual void set_feed(org_id org, schedule_id id, std::optional<sha256_digest> digest, timestamp now, write_note note,
                        reply_to<void> done) = 0;
  /// `stale`, with nothing written, when the schedule's `told` is another; `not_found` without it.
  virtual void record(handoff_step step, reply_to<void> done) = 0;
  /// Of all organisations, by id, those behind `after`.
  virtual void handoff_tellers(schedule_id after, std::uint32_t limit, reply_to<std::vector<handoff_teller>> done) = 0;

  static constexpr std::int64_t most_schedules = 1'000, most_overrides = 500;
};

class policy_store {
public:
  virtual ~policy_store() = default;
  /// `invalid` with a pointer for each target that this organisation has not.
  virtual void create(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) = 0;
  virtual void update(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) = 0;
  /// `conflict` with `blocked_by` while a rule names it or an open incident escalates by it.
  virtual void remove(org_id org, policy_id id, write_note note, reply_to<void> done) = 0;
  virtual void load(policy_id id, reply_to<escalation_policy_record> done) = 0;
  /// Its escalations that may still do something by themselves.
  virtual void live(policy_id id, reply_to<std::vector<escalation>> done) = 0;
};

/// What begins and ends of a maintenance window, with the events that say so.
struct maintenance_step {
  org_id org;
  window_id window;
  std::vector<maintenance_stretch> stretches; ///< inserted, or their `to` and `open` replaced
  std::vector<event> events;
  /// Each of one of `events`. Those that a rule asks for are written where it is about a monitor that the stretch of
  /// the event is for; of several for one channel the first.
  std::vector<delivery> deliveries = {};
  std::vector<std::pair<event_id, uuid>> event_stretches = {}; ///< of which of `stretches` each event is
  std::optional<timestamp> ended_until = {};                   ///< of the window from here on; unset: as it was
};

struct loaded_window {
  maintenance_window_record record;
  std::vector<maintenance_stretch> open; ///< at most one
};

class maintenance_store {
public:
  virtual ~maintenance_store() = default;
  /// `invalid` with a pointer for each monitor that this organisation has not.
  virtual void create(maintenance_window_record x, write_note note, reply_to<maintenance_window_record> done) = 0;
  /// A monitor that is named already may be gone.
  virtual void update(maintenance_window_record x, write_note note, reply_to<maintenance_window_record> done) = 0;
  virtual void remove(maintenance_step step, write_note note, reply_to<void> done) = 0;
  /// `not_found` without its window.
  virtual void record(maintenance_step step, write_note note, reply_to<void> done) = 0;
  /// As it is once everything given to this store before is written.
  virtual void load(window_id id, reply_to<loaded_window> done) = 0;
};

/// Notification rules and teams.
class people_store {
public:
  virtual ~people_store() = default;
  /// `invalid` with a pointer for whatever it names that is not there; `conflict` where there is one for the same user,
  /// urgency, contact method and delay; `limit_exceeded` when its user has most_notification_rules.
  virtual void create(notification_rule_record x, write_note note, reply_to<notification_rule_record> done) = 0;
  virtual void update(notification_rule_record x, write_note note, reply_to<notification_rule_record> done) = 0;
  virtual void remove(org_id org, notification_rule_id id, std::optional<std::int64_t> if_version, write_note note,
                      reply_to<void> done) = 0;
  /// `invalid` with a pointer for each user that is not there.
  virtual void create(team_record x, write_note note, reply_to<team_record> done) = 0;
  virtual void update(team_record x, write_note note, reply_to<team_record> done) = 0;
  /// `conflict` with `blocked_by` while an escalation policy names it.
  virtual void remove(org_id org, team_id id, std::optional<std::int64_t> if_version, write_note note,
                      reply_to<void> done) = 0;
};

class token_store {
public:
  virtual ~token_store() = default;
  virtual void create(token_record x, write_note note, reply_to<token_record> done) = 0;
  /// Replaces what can change (name, expiry, digests) where the version is `x.version - 1`.
  virtual void update(token_record x, write_note note, reply_to<token_record> done) = 0;
  /// Where the version is `version`.
  virtual void remove(org_id org, token_id id, std::int64_t version, write_note note, reply_to<void> done) = 0;
  virtual void load(org_id org, token_id id, reply_to<token_record> done) = 0;
  /// All of a user's, in any order.
  virtual void of_user(org_id org, user_id user, reply_to<std::vector<token_record>> done) = 0;
  /// By its digest or the one before; whether either is in force is for the caller to say.
  virtual void find(sha256_digest digest, reply_to<token_record> done) = 0;
  /// Written at most once a minute a token, by the caller's care. Never answered.
  virtual void touch(token_id id, timestamp at, std::string ip) = 0;
};

/// What people write about incidents.
class incident_document_store {
public:
  virtual ~incident_document_store() = default;
  /// With its line in the timeline. `limit_exceeded` when the incident has `most_notes` already.
  virtual void create(incident_note x, write_note note, reply_to<incident_note> done) = 0;
  /// Replaces its text; answers the whole row.
  virtual void update(incident_note x, write_note note, reply_to<incident_note> done) = 0;
  virtual void remove(org_id org, incident_id of, note_id id, write_note note, reply_to<void> done) = 0;
  virtual void load(org_id org, incident_id of, note_id id, reply_to<incident_note> done) = 0;
  /// Makes or replaces it; answers the whole row, with the time it was first made.
  virtual void put(postmortem x, write_note note, reply_to<postmortem> done) = 0;
  virtual void remove(org_id org, incident_id of, write_note note, reply_to<void> done) = 0;
  /// `not_found` without the incident; an incident without one answers nothing.
  virtual void load(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) = 0;

  static constexpr std::int64_t most_notes = 1'000;
};

class user_store {
public:
  virtual ~user_store() = default;
  /// `conflict` when another user of the organisation has the email.
  virtual void create(user_record x, write_note note, reply_to<user_record> done) = 0;
  /// Where the version is `x.version - 1`. Also `conflict` when no owner would be left.
  virtual void update(user_record x, write_note note, reply_to<user_record> done) = 0;
  /// With their contact methods, their notification rules, and their tokens, which are `tokens`: `stale` when they are
  /// others, or other versions. `conflict` when no owner would be left, or with `blocked_by` while a schedule, a team
  /// or a policy names them.
  virtual void remove(org_id org, user_id id, std::optional<std::int64_t> if_version, std::vector<token_record> tokens,
                      write_note note, reply_to<void> done) = 0;
  /// The digest of the secret of their calendar feed. Unset: it has none any more, and `not_found` when it had none.
  virtual void set_feed(org_id org, user_id id, std::optional<sha256_digest> digest, timestamp now, write_note note,
                        reply_to<void> done) = 0;
};

class organization_store {
public:
  virtual ~organization_store() = default;
  /// With its first token. `invalid` when there is no such plan.
  virtual void create(organization x, token_record owner, write_note note, reply_to<organization> done) = 0;
  virtual void snapshot(reply_to<tenancy_snapshot> done) = 0;
};

/// Reads for the API, on the read pool.
class query_store {
public:
  virtual ~query_store() = default;
  /// Which monitors are on the page, in its order. What they are each of them says itself.
  virtual void monitors(org_id org, monitor_query q, page_request p, reply_to<page<monitor_id>> done) = 0;
  /// The rows of those that cannot answer for themselves, in any order; without those that are gone.
  virtual void monitor_rows(org_id org, std::vector<monitor_id> ids, reply_to<std::vector<monitor_view>> done) = 0;
  virtual void summary(org_id org, reply_to<monitor_summary> done) = 0;
  virtual void results(org_id org, result_query q, page_request p, reply_to<page<check_result>> done) = 0;
  virtual void status_changes(org_id org, monitor_id id, std::optional<timestamp> from, std::optional<timestamp> to,
                              page_request p, reply_to<page<status_change>> done) = 0;
  /// `not_found` for a monitor that this organisation has not.
  virtual void history(org_id org, monitor_id id, timestamp from, timestamp to, reply_to<status_history> done) = 0;
  /// Likewise.
  virtual void response_times(org_id org, response_time_query q, reply_to<gochron::response_times> done) = 0;
  virtual void rules(org_id org, rule_query q, page_request p, reply_to<page<alert_rule_record>> done) = 0;
  virtual void channels(org_id org, channel_query q, page_request p, reply_to<page<channel_record>> done) = 0;
  virtual void schedules(org_id org, schedule_query q, page_request p, reply_to<page<schedule_record>> done) = 0;
  /// By their beginning.
  virtual void overrides(org_id org, override_query q, page_request p, reply_to<page<schedule_override>> done) = 0;
  virtual void override_by_id(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) = 0;
  /// All that decides who is on call by these schedules in [from, to), in any order; without those that are not there.
  /// `invalid` when there are too many revisions or overrides in that time.
  virtual void on_call(org_id org, std::vector<schedule_id> ids, timestamp from, timestamp to,
                       reply_to<std::vector<on_call_books>> done) = 0;
  /// Whose feed has a secret with this digest. Of all organisations: who has the secret may read.
  virtual void owner_of_feed(sha256_digest digest, reply_to<feed_owner> done) = 0;
  /// Since when a user has a calendar feed; unset: they have none. `not_found` for a user that this organisation has
  /// not.
  virtual void user_feed(org_id org, user_id id, reply_to<std::optional<timestamp>> done) = 0;
  /// The schedules by which this user may be on call at some time in [from, to): their revisions and overrides of that
  /// time name the user, or an override names a schedule that does. Oldest first.
  virtual void schedules_naming(org_id org, user_id user, timestamp from, timestamp to,
                                reply_to<std::vector<schedule_id>> done) = 0;
  virtual void policies(org_id org, policy_query q, page_request p, reply_to<page<escalation_policy_record>> done) = 0;
  virtual void windows(org_id org, window_query q, page_request p, reply_to<page<maintenance_window_record>> done) = 0;
  /// What of a window happened, or is happening, at some time in [from, to), oldest first; none of one that is gone.
  virtual void stretches(org_id org, window_id of, timestamp from, timestamp to,
                         reply_to<std::vector<maintenance_stretch>> done) = 0;
  virtual void contact_methods(org_id org, contact_method_query q, page_request p,
                               reply_to<page<contact_method_record>> done) = 0;
  virtual void notification_rules(org_id org, notification_rule_query q, page_request p,
                                  reply_to<page<notification_rule_record>> done) = 0;
  virtual void teams(org_id org, team_query q, page_request p, reply_to<page<team_record>> done) = 0;
  /// Whose these keys are, in the order of `keys`; nil where nobody has it.
  virtual void ids_by_key(org_id org, keyed_noun noun, std::vector<std::string> keys,
                          reply_to<std::vector<uuid>> done) = 0;
  /// Everything at one moment. `invalid` when it is more than configuration::most.
  virtual void configured(org_id org, reply_to<configuration> done) = 0;
  virtual void incidents(org_id org, incident_query q, page_request p, reply_to<page<incident>> done) = 0;
  virtual void timeline(org_id org, incident_id id, page_request p, reply_to<page<timeline_entry>> done) = 0;
  /// Oldest first.
  virtual void notes(org_id org, incident_id of, page_request p, reply_to<page<incident_note>> done) = 0;
  /// `not_found` without the incident; one without a post-mortem answers nothing.
  virtual void postmortem_of(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) = 0;
  /// `invalid` when there are too many incidents in that time.
  virtual void response_metrics(org_id org, response_metrics_query q, reply_to<gochron::response_metrics> done) = 0;
  virtual void deliveries(org_id org, delivery_query q, page_request p, reply_to<page<delivery>> done) = 0;
  virtual void delivery_by_id(org_id org, delivery_id id, reply_to<delivery> done) = 0;
  virtual void attempts(org_id org, delivery_id id, page_request p, reply_to<page<delivery_attempt>> done) = 0;
  virtual void tokens(org_id org, std::vector<token_id> ids, page_request p, reply_to<page<token_record>> done) = 0;
  /// `q`: a part of the email or the name, case-insensitive.
  virtual void users(org_id org, std::vector<user_id> ids, std::optional<std::string> q, page_request p,
                     reply_to<page<user_record>> done) = 0;
  /// All of the installation: for its operator only.
  virtual void organizations(std::vector<org_id> ids, page_request p, reply_to<page<organization>> done) = 0;
};

/// The whole of what is loaded when the engine starts, in pieces, in the order of these members; the pieces of one
/// member come in any order. One call at a time.
struct startup_visitor {
  std::function<void(tenancy_snapshot)> tenancy; ///< once
  std::function<void(user_record)> user;
  std::function<void(observation_gap)> gap; ///< oldest first, the one just ended by this start included
  std::function<void(org_id, std::int64_t)> last_incident_number;
  std::function<void(alert_rule_record)> rule;
  std::function<void(channel_record)> channel;
  std::function<void(notification_rule_record)> notification_rule;
  std::function<void(team_record)> team;
  std::function<void(escalation_policy_record, std::int64_t)> policy; ///< with the last turn that was taken
  std::function<void(loaded_window)> window;
  std::function<void(maintenance_stretch)> stretch; ///< that has ended within a day
  std::function<void(loaded_monitor)> monitor;
};

} // namespace gochron
