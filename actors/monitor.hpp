#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/incident_steps.hpp"
#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/open_incidents.hpp"
#include "actors/write_lane.hpp"
#include "core/heartbeat_machine.hpp"
#include "gochron/boxed.hpp"

namespace gochron::actors {

/// One round in progress: up to 1 + retry.count attempts.
struct round_in_progress {
  std::uint32_t serial = 0; ///< answers of an abandoned round carry another one
  timestamp at{};           ///< the slot
  timestamp scheduled_at{}; ///< of the present attempt
  std::uint8_t attempt = 1;
  check_trigger trigger = check_trigger::schedule;
  std::vector<reply_to<check_result>> waiting;
};

/// Somebody waits for a status.
struct waiter {
  wait_for_status wanted;
  timestamp begun{}, until{};
  std::optional<timestamp> steady_since; ///< of the good round that ended an unconfirmed failure
  bool checked = false;                  ///< a check that began after the wait has counted
};

/// What a monitor remembers for the conditions of rules.
struct rule_watch {
  struct streak {
    std::uint32_t rounds = 0; ///< in a row, in which the conditions held
    timestamp since{};        ///< the first of them
  };
  core::condition_facts facts;   ///< of the last round that was judged
  bool judged = false;           ///< false: of what outlived a restart, and no more
  alert_registry::snapshot book; ///< that `checks` was made from, for the record `of`
  std::shared_ptr<const monitor_record> of;
  std::vector<std::size_t> checks; ///< the rules that look at each round, as places in the book
  std::unordered_map<rule_id, streak> streaks;
};

/// What few of a million monitors have at any time.
struct occasional {
  std::optional<transition> unsaved; ///< refused by the store, tried again in a second
  std::vector<waiter> waiters;
  std::optional<timestamp> wake_at;     ///< for the waiters; armed
  std::optional<timestamp> announce_at; ///< for rules that may not tell yet; armed
  std::optional<timestamp> failing_at;  ///< of a monitor that depends on others: its last failing round
  std::optional<timestamp> seen_at;     ///< of one that others depend on: its last round with a verdict
  std::optional<timestamp> repeat_at;   ///< for what nobody has taken; armed as `announce_at`
  boxed<rule_watch> watch;              ///< while an incident is open, or rules look at each round
};

/// What the outside is told of a runtime: as it was last committed.
struct committed_runtime {
  monitor_status status = monitor_status::pending;
  timestamp since{};
  std::optional<incident_id> open_incident;
  status_reason cause;

  explicit committed_runtime(const monitor_runtime& x)
    : status(x.state.status), since(x.status_since), open_incident(x.open_incident), cause(x.cause) {}
};

struct signal_work; ///< monitor_signals.cpp

/// One monitor. Memory is the living copy; Postgres is the truth: what is shown and told is what was committed.
struct monitor_state {
  static inline const char* name = "monitor";
  monitor_actor::stateful_pointer<monitor_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  leaf_address where;

  std::shared_ptr<const monitor_record> record;
  monitor_runtime runtime;         ///< of the last round
  boxed<committed_runtime> shown;  ///< only while steps of it are being written
  open_incidents open;             ///< that of runtime.open_incident, and others
  std::vector<status_step> recent; ///< of the last 24 hours, committed
  write_lane lane;
  bool unnoted = false; ///< memory went on while a step waited for its commit
  boxed<occasional> rare;
  std::unique_ptr<round_in_progress> round;
  std::uint32_t serial = 0;
  std::uint32_t timer_epoch = 0;       ///< timers armed before the last edit are ignored
  std::optional<timestamp> next_round; ///< or the next deadline of a heartbeat
  std::optional<timestamp> armed_for;  ///< of a heartbeat: its timer; never later than the deadline
  timestamp armed_since{};             ///< pings are listened to under this configuration since then
  bool editing = false;                ///< a pause is being written: no rounds meanwhile
  bool merging = false;                ///< what a check says waits until it is known whether an incident is merged
  bool gone = false;                   ///< deleted: only says so, until its shard knows

  // monitor.cpp: life and views
  void start(loaded_monitor x);
  void arm(std::optional<timestamp> after = {});
  void on_timer(std::uint32_t token);
  void on(const clock_jumped& x);
  monitor_view view() const;
  void on(const get_monitor& x);
  void adopt_record(monitor_record x);
  bool is_heartbeat() const { return record->spec.type() == monitor_type::heartbeat; }
  bool is_manual() const { return record->spec.type() == monitor_type::manual; }
  bool makes_rounds() const { return !is_heartbeat() && !is_manual(); }
  timestamp now() const { return deps->clock.now(); }

  // monitor_rounds.cpp: checks
  void on_round();
  bool slept_through(timestamp slot);
  void begin_round(timestamp at, check_trigger trigger);
  void attempt();
  void on_outcome(std::uint32_t round_serial, check_outcome outcome);
  void conclude(check_result result);
  void abandon_round(const char* why);
  void on(const run_monitor& x);

  // monitor_heartbeat.cpp: pings and deadlines
  void on(const ping_monitor& x);
  void resume_by(const ping_monitor& x);
  void take_ping(const ping_monitor& x);
  bool apply(const ping& x, check_result* result); ///< likewise
  void catch_up();
  void arm_deadline();
  void listen();
  core::heartbeat_context heartbeat() const;
  void on_deadline();

  // monitor_steps.cpp: from an observation to a transaction
  core::check_policy policy(timestamp at) const;
  void keep_shown();
  bool observe(const core::observation& seen, const check_result* evidence); ///< whether a step is being written now
  void note_runtime();
  void take(transition step);
  void commit(transition step);
  void retry_commit();
  step_context context() const;
  void committed(const transition& step);

  // monitor_incidents.cpp: what people and policies do to open incidents
  void on(const handle_incident& x);
  void write_handling(const handle_incident& x, const incident& before, const std::vector<escalation>& rows);
  transition handling_step(const handle_incident& x, const incident& before, const std::vector<escalation>& rows);
  void write_merge(const handle_incident& x);
  void on(const escalate_incident& x);
  void resolve_all(transition& step, const step_context& c, const actor_name& who, const char* why) const;
  bool is_muted(const escalation& x) const;
  turn_taker turns() const;

  // monitor_edits.cpp
  void on(const edit_monitor& x);
  void write_edit(const edit_monitor& x);
  void rehearse_edit(const edit_monitor& x, monitor_record next, audit_entry entry);
  monitor_view view_after(const monitor_record& next, const std::optional<transition>& step) const;
  void write_removal(const remove_monitor& x);
  std::optional<transition> pause_step(const monitor_record& next, const change_origin& by);
  void on(const remove_monitor& x);

  // monitor_end.cpp: deleted by somebody, or by time
  std::optional<transition> closing_step(const change_origin& by, const char* why);
  void leave(const std::optional<transition>& step);
  void arm_expiry(milliseconds at_least = milliseconds{0});
  void on_expiry(std::uint32_t token);
  /// `named_by`: the rules that name this monitor, where the store has just said so.
  void write_expiry(std::optional<std::vector<alert_rule_record>> named_by = {});
  std::vector<alert_rule_record> forgetful(const std::vector<alert_rule_record>& rules, write_note& note) const;
  void on(const reset_monitor& x);

  // monitor_url.cpp: the capability in its URL
  void on(const rotate_url& x);
  void write_rotation(const rotate_url& x);
  void adopt_url(monitor_record x);

  // monitor_announcements.cpp: rules that may not tell of an opening yet
  void on(const rules_changed& x);
  void announce();
  void write_announcement(const incident& x, const core::overdue_alerts& due);
  void look_again_at(timestamp next);
  void write_hold(const incident& x, const core::opening_hold& why);

  // monitor_dependencies.cpp: what it depends on, and who depends on it
  const std::vector<monitor_id>& parents() const;
  void name_parents(const std::vector<monitor_id>& before);
  void publish(std::optional<timestamp> seen_at = {});
  void note_verdict(const core::observation& seen);
  void leave_family();
  std::optional<core::opening_hold> held_by_parents(timestamp started_at) const;
  std::optional<core::opening_hold> held(timestamp started_at, timestamp opened_at, bool of_failure);
  void on(const look_for_child& x);
  void dismiss_children(const std::vector<monitor_id>& children) const;
  void note_hushed();

  // monitor_rules.cpp: rules with conditions, and incidents that they open
  void note_facts(const core::observation& seen, const check_result* evidence, bool opens);
  void seed_facts();
  void age_facts();
  void follow_rules(const core::observation& seen, const check_result* evidence);
  void follow(const core::alert_book& book, const alert_rule_record& rule, const core::observation& seen,
              const check_result* evidence);
  void end_incident(const incident& x, const std::string& why, std::optional<timestamp> recovered_at,
                    const check_result* evidence);
  bool end_what_is_over();
  bool repeat_what_is_due(timestamp t);
  std::optional<timestamp> next_repeat(timestamp t);
  core::occurrence opening_of(const step_context& c, const incident& x) const;
  // monitor_maintenance.cpp: windows that pause checks, or keep it quiet
  core::monitor_maintenance maintenance(timestamp t) const;
  bool in_maintenance() const { return runtime.state.status == monitor_status::maintenance; }
  bool is_kept_from_checks(timestamp t) const;
  void look_at_windows();
  void enter_maintenance(const core::maintenance_in_force& x, timestamp t);
  void leave_maintenance(timestamp t);
  void leave_quarantine();
  void take_status(monitor_status from, timestamp at);
  void arm_window_end();
  // monitor_signals.cpp: incidents that somebody opens, and the status of a monitor that has nothing else
  void on(const signal_incidents& x);
  void write_signals(const signal_incidents& x);
  std::optional<signal_answer> apply(signal_work& w, const incident_signal& s);
  std::optional<monitor_status> settle(std::size_t open_then, const incident* of, timestamp at);
  void come_up();

  // monitor_reopening.cpp: what wakes by itself, and what was over
  void tend();
  bool is_over(const incident& x, timestamp at) const;
  std::optional<timestamp> wakes_at(const incident& x) const;
  void reopen(const handle_incident& x);
  void write_reopening(const handle_incident& x, const result<incident>& was);
  std::optional<error> not_reopened(const incident& x, timestamp at) const;

  // monitor_waits.cpp
  void on(const wait_for_status& x);
  std::optional<timestamp> held_since(const waiter& w) const;
  std::optional<timestamp> satisfied_at(const waiter& w) const;
  void answer(const waiter& w, bool satisfied) const;
  void look_after_waiters();
  void note_for_waiters(const check_result& result);
  void dismiss_waiters();

  /// Everything that is asked of the monitor comes through here.
  template <class Request>
  void receive(const Request& x) {
    if (!gone)
      on(x);
    else if constexpr (requires { x.reply; })
      x.reply(no_longer<Request>());
  }

  /// What is asked of a monitor that is gone is answered like what is asked of one that never was.
  template <class Request>
  static tl::unexpected<error> no_longer() {
    constexpr bool is_ping = std::is_same_v<Request, ping_monitor>;
    constexpr bool is_incident = std::is_same_v<Request, handle_incident>;
    return fail(errc::not_found, is_ping       ? "No such ping URL."
                                 : is_incident ? "No such incident."
                                               : "No such monitor.");
  }

  /// Unset when the request is of this version, or of any.
  template <class Request>
  std::optional<error> outdated(const Request& x) const {
    if (!x.if_version || *x.if_version == record->version)
      return std::nullopt;
    return error{
        errc::stale, "The monitor has changed: its version is " + std::to_string(record->version) + ".", {}, {}, {}};
  }

  /// For what must not change a state that a failed edit would take back.
  template <class Request>
  void behind_the_edit(const Request& x) {
    lane.push([this, x] {
      receive(x);
      lane.done();
    });
  }

  /// Behind the steps in the lane: who hears of it also finds its consequences.
  template <class Request, class Answer>
  void answer_in_turn(const reply_to<Answer>& reply, result<Answer> x) {
    lane.push([this, reply, x = std::move(x)] {
      gone ? reply(no_longer<Request>()) : reply(x);
      lane.done();
    });
  }

  /// For a request whose turn in the lane comes too late.
  template <class Reply>
  auto give_up(Reply reply) {
    return [this, reply = std::move(reply)] {
      reply(not_taken());
      lane.done();
    };
  }

  /// Wraps what must happen to this actor once something outside has answered.
  template <class F>
  auto later(F f) {
    return [to = monitor_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, answer...] { f(answer...); }});
    };
  }
};

/// `where` is the leaf's place for timers; `x` what it starts from. The actor ends by itself only when it is removed.
monitor_actor::behavior_type monitor(monitor_actor::stateful_pointer<monitor_state> self, const leaf_deps* deps,
                                     leaf_address where, loaded_monitor x);

} // namespace gochron::actors
