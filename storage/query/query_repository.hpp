#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

/// Every list and count of the API. One source file a noun: monitor_queries.cpp, result_queries.cpp, ...
class query_repository final : public query_store {
public:
  explicit query_repository(repository_deps deps) : deps_(deps) {}

  void monitors(org_id org, monitor_query q, page_request p, reply_to<page<monitor_id>> done) override;
  void monitor_rows(org_id org, std::vector<monitor_id> ids, reply_to<std::vector<monitor_view>> done) override;
  void summary(org_id org, reply_to<monitor_summary> done) override;
  void results(org_id org, result_query q, page_request p, reply_to<page<check_result>> done) override;
  void status_changes(org_id org, monitor_id id, std::optional<timestamp> from, std::optional<timestamp> to,
                      page_request p, reply_to<page<status_change>> done) override;
  void history(org_id org, monitor_id id, timestamp from, timestamp to, reply_to<status_history> done) override;
  void response_times(org_id org, response_time_query q, reply_to<gochron::response_times> done) override;
  void rules(org_id org, rule_query q, page_request p, reply_to<page<alert_rule_record>> done) override;
  void channels(org_id org, channel_query q, page_request p, reply_to<page<channel_record>> done) override;
  void schedules(org_id org, schedule_query q, page_request p, reply_to<page<schedule_record>> done) override;
  void overrides(org_id org, override_query q, page_request p, reply_to<page<schedule_override>> done) override;
  void override_by_id(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) override;
  void on_call(org_id org, std::vector<schedule_id> ids, timestamp from, timestamp to,
               reply_to<std::vector<on_call_books>> done) override;
  void owner_of_feed(sha256_digest digest, reply_to<feed_owner> done) override;
  void user_feed(org_id org, user_id id, reply_to<std::optional<timestamp>> done) override;
  void schedules_naming(org_id org, user_id user, timestamp from, timestamp to,
                        reply_to<std::vector<schedule_id>> done) override;
  void policies(org_id org, policy_query q, page_request p, reply_to<page<escalation_policy_record>> done) override;
  void windows(org_id org, window_query q, page_request p, reply_to<page<maintenance_window_record>> done) override;
  void stretches(org_id org, window_id of, timestamp from, timestamp to,
                 reply_to<std::vector<maintenance_stretch>> done) override;
  void contact_methods(org_id org, contact_method_query q, page_request p,
                       reply_to<page<contact_method_record>> done) override;
  void notification_rules(org_id org, notification_rule_query q, page_request p,
                          reply_to<page<notification_rule_record>> done) override;
  void teams(org_id org, team_query q, page_request p, reply_to<page<team_record>> done) override;
  void ids_by_key(org_id org, keyed_noun noun, std::vector<std::string> keys,
                  reply_to<std::vector<uuid>> done) override;
  void configured(org_id org, reply_to<configuration> done) override;
  void incidents(org_id org, incident_query q, page_request p, reply_to<page<incident>> done) override;
  void timeline(org_id org, incident_id id, page_request p, reply_to<page<timeline_entry>> done) override;
  void notes(org_id org, incident_id of, page_request p, reply_to<page<incident_note>> done) override;
  void postmortem_of(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) override;
  void response_metrics(org_id org, response_metrics_query q, reply_to<gochron::response_metrics> done) override;
  void deliveries(org_id org, delivery_query q, page_request p, reply_to<page<delivery>> done) override;
  void delivery_by_id(org_id org, delivery_id id, reply_to<delivery> done) override;
  void attempts(org_id org, delivery_id id, page_request p, reply_to<page<delivery_attempt>> done) override;
  void tokens(org_id org, std::vector<token_id> ids, page_request p, reply_to<page<token_record>> done) override;
  void users(org_id org, std::vector<user_id> ids, std::optional<std::string> q, page_request p,
             reply_to<page<user_record>> done) override;
  void organizations(std::vector<org_id> ids, page_request p, reply_to<page<organization>> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
