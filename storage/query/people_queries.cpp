#include "storage/channel/channel_rows.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/query/sorted_list.hpp"

namespace gochron::storage {
namespace {

constexpr auto id_of = [](const auto& x) { return x.id.value; };

const sorted_list& list_contact_methods() {
  static const sorted_list all{
      {"contact_methods", channel_columns(), "channels c", "c",
       " FROM channels c" + common_filters("c") +
           " AND c.user_id IS NOT NULL AND ($6::boolean IS NULL OR c.enabled = $6::boolean) AND ($7::text[] IS NULL OR "
           "c.spec->>'type' = ANY($7::text[])) AND ($8::boolean IS NULL OR (c.verified_at IS NOT NULL) = $8::boolean) "
           "AND ($9::uuid IS NULL OR c.user_id = $9::uuid)",
       9, " AND c.user_id IS NOT NULL"}};
  return all;
}

const sorted_list& list_notification_rules() {
  static const sorted_list all{
      {"notification_rules", notification_rule_columns(), "notification_rules n", "n",
       " FROM notification_rules n" + common_filters("n") +
           " AND ($6::uuid IS NULL OR n.user_id = $6::uuid) AND ($7::uuid IS NULL OR n.channel_id = $7::uuid) "
           "AND ($8::text[] IS NULL OR n.urgency = ANY($8::text[]))",
       8}};
  return all;
}

const sorted_list& list_teams() {
  static const sorted_list all{{"teams", team_columns(), "teams t", "t",
                                " FROM teams t" + common_filters("t") +
                                    " AND ($6::uuid IS NULL OR EXISTS (SELECT FROM team_users m WHERE m.team_id = t.id "
                                    "AND m.user_id = $6::uuid))",
                                6}};
  return all;
}

} // namespace

void query_repository::contact_methods(org_id org, contact_method_query q, page_request p,
                                       reply_to<page<contact_method_record>> done) {
  auto filtered = is_filtered(q) || q.enabled || q.verified || q.user || !q.types.empty();
  auto values = filtered ? common_filter(org, q) << q.enabled << names_unless_empty(q.types) << q.verified << q.user
                         : params{} << org;
  auto from_row = [sealer = deps_.sealer](row_reader& in) {
    return channel_from_row(in, *sealer).map([](const channel_record& x) { return contact_method_of(x); });
  };
  read_sorted(*deps_.reads, list_contact_methods(), q.sort, filtered, std::move(values), p, std::move(done), from_row,
              id_of);
}

void query_repository::notification_rules(org_id org, notification_rule_query q, page_request p,
                                          reply_to<page<notification_rule_record>> done) {
  auto filtered = is_filtered(q) || q.user || q.contact_method || !q.urgencies.empty();
  auto values = filtered ? common_filter(org, q) << q.user << q.contact_method << names_unless_empty(q.urgencies)
                         : params{} << org;
  read_sorted(*deps_.reads, list_notification_rules(), q.sort, filtered, std::move(values), p, std::move(done),
              notification_rule_from_row, id_of);
}

void query_repository::teams(org_id org, team_query q, page_request p, reply_to<page<team_record>> done) {
  auto filtered = is_filtered(q) || q.user;
  auto values = filtered ? common_filter(org, q) << q.user : params{} << org;
  read_sorted(*deps_.reads, list_teams(), q.sort, filtered, std::move(values), p, std::move(done), team_from_row,
              id_of);
}

} // namespace gochron::storage
