#pragma once
#include <memory>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/desk.hpp"
#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/monitor_tests.hpp"
#include "actors/open_waits.hpp"
#include "gochron/engine.hpp"

namespace gochron::actors {

/// The stores, the network and the clock that the tree works with. They outlive it.
struct engine_world {
  monitor_store& monitors;
  channel_store& channels;
  rule_store& rules;
  schedule_store& schedules;
  token_store& tokens;
  user_store& users;
  organization_store& organizations;
  joint_store& joint;
  prober& checks;
  message_sender& senders;
  const wall_clock& clock; ///< see leaf_deps
  const wall_clock& host;
  gap_log& gaps;
  policy_store& policies;
  maintenance_store& windows;
  people_store& people;
  on_call_reader on_call; ///< read for each step that names a schedule
  incident_document_store& documents;
};

struct engine_options {
  std::uint32_t shards = 8;  ///< each tick costs each of them a message: few is cheap
  std::uint32_t threads = 2; ///< of the actors; not counting wheel, store and network
  std::string base_url;
  seconds tenancy_refresh{60};   ///< how often plans and organisations are read anew, while anybody asks anything
  core::sending_options sending; ///< what the operator has set for channels
  core::rate_policy ping_rate;   ///< of each heartbeat; without a quota: no limit
};

/// The tree and everything that its leaves share, in one process.
///
/// Use: `load` through `startup()`, then `start()`; `stop()` before the stores and the network are stopped.
class local_engine final : public engine {
public:
  local_engine(engine_world world, engine_options options);
  ~local_engine() override;

  /// Receives what the database holds. One call at a time, on whatever thread, before start(). Monitors come to life as
  /// they arrive; their timers wait for start().
  startup_visitor startup();

  /// Timers run from here on. Returns when every shard has taken over what was loaded.
  void start();

  /// There is a new gap in the log: whatever waits for a wall time is to look again. Thread-safe.
  void clock_jumped();

  /// Answers everyone who waits for a status, and from here on those who come, that the engine stops. Thread-safe.
  void end_waits() { waits_.end(); }

  /// Ends rounds and timers, then leaves, then shards; waits for all of them (at most ten seconds). Idempotent.
  void stop();

  void tell(create_monitor x) override;
  void tell(get_monitor x) override { pass_on(&get_monitor::id, std::move(x)); }
  void tell(edit_monitor x) override { pass_on(&edit_monitor::id, std::move(x)); }
  void tell(remove_monitor x) override { pass_on(&remove_monitor::id, std::move(x)); }
  void tell(run_monitor x) override { pass_on(&run_monitor::id, std::move(x)); }
  void tell(test_monitor x) override;
  void tell(reset_monitor x) override { pass_on(&reset_monitor::id, std::move(x)); }
  void tell(rotate_url x) override { pass_on(&rotate_url::id, std::move(x)); }
  void tell(wait_for_status x) override;
  void tell(handle_incident x) override { pass_on(&handle_incident::monitor, std::move(x)); }
  void tell(create_channel x) override;
  void tell(get_channel x) override { pass_on(&get_channel::id, std::move(x)); }
  void tell(edit_channel x) override { pass_on(&edit_channel::id, std::move(x)); }
  void tell(remove_channel x) override { pass_on(&remove_channel::id, std::move(x)); }
  void tell(roll_secret x) override { pass_on(&roll_secret::id, std::move(x)); }
  void tell(test_channel x) override { pass_on(&test_channel::id, std::move(x)); }
  void tell(redeliver x) override { pass_on(&redeliver::channel, std::move(x)); }
  void tell(create_rule x) override { to_desk(std::move(x)); }
  void tell(get_rule x) override { to_desk(std::move(x)); }
  void tell(edit_rule x) override { to_desk(std::move(x)); }
  void tell(remove_rule x) override { to_desk(std::move(x)); }
  void tell(create_schedule x) override { to_desk(std::move(x)); }
  void tell(get_schedule x) override { to_desk(std::move(x)); }
  void tell(edit_schedule x) override { to_desk(std::move(x)); }
  void tell(remove_schedule x) override { to_desk(std::move(x)); }
  void tell(create_override x) override { to_desk(std::move(x)); }
  void tell(edit_override x) override { to_desk(std::move(x)); }
  void tell(remove_override x) override { to_desk(std::move(x)); }
  void tell(rotate_feed x) override { to_desk(std::move(x)); }
  void tell(revoke_feed x) override { to_desk(std::move(x)); }
  void tell(rotate_user_feed x) override { to_desk(std::move(x)); }
  void tell(revoke_user_feed x) override { to_desk(std::move(x)); }
  void tell(create_token x) override { to_desk(std::move(x)); }
  void tell(edit_token x) override { to_desk(std::move(x)); }
  void tell(rotate_token x) override { to_desk(std::move(x)); }
  void tell(remove_token x) override { to_desk(std::move(x)); }
  void tell(write_together x) override;
  void tell(create_user x) override { to_desk(std::move(x)); }
  void tell(edit_user x) override { to_desk(std::move(x)); }
  void tell(remove_user x) override { to_desk(std::move(x)); }
  void tell(create_note x) override { to_desk(std::move(x)); }
  void tell(edit_note x) override { to_desk(std::move(x)); }
  void tell(remove_note x) override { to_desk(std::move(x)); }
  void tell(write_postmortem x) override { to_desk(std::move(x)); }
  void tell(remove_postmortem x) override { to_desk(std::move(x)); }
  void tell(signal_incidents x) override { pass_on(&signal_incidents::monitor, std::move(x)); }
  void tell(create_policy x) override;
  void tell(get_policy x) override { pass_on(&get_policy::id, std::move(x)); }
  void tell(edit_policy x) override { pass_on(&edit_policy::id, std::move(x)); }
  void tell(remove_policy x) override { pass_on(&remove_policy::id, std::move(x)); }
  void tell(forecast_policy x) override { pass_on(&forecast_policy::id, std::move(x)); }
  void tell(create_window x) override;
  void tell(get_window x) override { pass_on(&get_window::id, std::move(x)); }
  void tell(edit_window x) override { pass_on(&edit_window::id, std::move(x)); }
  void tell(remove_window x) override { pass_on(&remove_window::id, std::move(x)); }
  void tell(end_window x) override { pass_on(&end_window::id, std::move(x)); }
  std::vector<maintenance_window_view> windows(org_id org) const override;
  void tell(send_code x) override { pass_on(&send_code::id, std::move(x)); }
  void tell(verify_code x) override { pass_on(&verify_code::id, std::move(x)); }
  void tell(create_notification_rule x) override { to_desk(std::move(x)); }
  void tell(get_notification_rule x) override { to_desk(std::move(x)); }
  void tell(edit_notification_rule x) override { to_desk(std::move(x)); }
  void tell(remove_notification_rule x) override { to_desk(std::move(x)); }
  void tell(create_team x) override { to_desk(std::move(x)); }
  void tell(get_team x) override { to_desk(std::move(x)); }
  void tell(edit_team x) override { to_desk(std::move(x)); }
  void tell(remove_team x) override { to_desk(std::move(x)); }
  void tell(create_organization x) override { to_desk(std::move(x)); }
  std::optional<user_record> user(org_id org, user_id id) const override { return users_.find(org, id); }
  std::optional<organization_limits> limits(org_id org) const override { return usage_.limits(org); }

  void receive(std::string_view token, ping x, reply_to<void> reply) override;
  void receive(std::string_view key, std::vector<incident_signal> signals,
               reply_to<std::vector<signal_answer>> reply) override;
  void authenticate(const sha256_digest& digest, std::string_view remote_ip, bool only_known,
                    reply_to<token_record> reply) override;
  engine_stats stats() const override;

private:
  struct tree;
  void let_in(token_record x, const sha256_digest& digest, const std::string& remote_ip,
              const reply_to<token_record>& reply);
  void look_up(const sha256_digest& digest, const std::string& remote_ip, const reply_to<token_record>& reply);
  void refresh_tenancy(std::function<void(status)> then);
  void raise();
  void maintenance_changed(org_id org, const std::vector<monitor_id>& ids);
  void hand_over(std::uint32_t number);
  template <class Message>
  void to_shard(const uuid& id, Message m);
  /// To the shard of the leaf whose id is in that member.
  template <class Message, class Id>
  void pass_on(Id Message::*whose, Message m) {
    auto id = (m.*whose).value;
    to_shard(id, std::move(m));
  }
  template <class Message>
  void to_desk(Message m);
  std::uint32_t shard_of(const uuid& id) const;

  engine_world world_;
  engine_options options_;
  alert_registry alerts_;
  incident_numbers numbers_;
  hushed_monitors hushed_;
  policy_turns turns_;
  dependency_board dependencies_;
  maintenance_registry windows_;
  ping_index pings_;
  token_cache tokens_;
  user_directory users_;
  usage_ledger usage_;
  std::atomic<std::int64_t> tenancy_read_at_{0}; ///< in milliseconds, when the last reading began
  counters counts_;
  open_waits waits_;
  std::shared_ptr<monitor_tests> tests_ = std::make_shared<monitor_tests>();
  std::atomic<int> lookups_{0};
  std::shared_ptr<std::atomic<int>> joined_ = std::make_shared<std::atomic<int>>(0); ///< writes of several, under way
  std::vector<adopt> loaded_; ///< a shard each: what it is not yet told of
  std::unique_ptr<tree> tree_;
};

} // namespace gochron::actors
