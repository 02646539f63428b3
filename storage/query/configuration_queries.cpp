#include <array>

#include "storage/channel/channel_rows.hpp"
#include "storage/escalation/policy_repository.hpp"
#include "storage/maintenance/window_rows.hpp"
#include "storage/organization/organization_repository.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/query/sorted_list.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/token/token_repository.hpp"
#include "storage/user/user_repository.hpp"

namespace gochron::storage {
namespace {

constexpr auto by_created = [](const auto& x) { return keyset{time_key(x.created_at), x.id.value}; };
constexpr auto id_of = [](const auto& x) { return x.id.value; };

const sorted_list& list_rules() {
  static const sorted_list all{
      {"rules", rule_columns(), "alert_rules r", "r",
       " FROM alert_rules r" + common_filters("r") + " AND ($6::boolean IS NULL OR r.enabled = $6::boolean)", 6}};
  return all;
}

const sorted_list& list_channels() {
  static const sorted_list all{{"channels", channel_columns(), "channels c", "c",
                                " FROM channels c" + common_filters("c") +
                                    " AND c.user_id IS NULL AND ($6::boolean IS NULL OR c.enabled = $6::boolean) AND "
                                    "($7::text[] IS NULL OR c.spec->>'type' = "
                                    "ANY($7::text[]))",
                                7, " AND c.user_id IS NULL"}};
  return all;
}

const sorted_list& list_policies() {
  static const sorted_list all{{"policies", policy_columns(), "escalation_policies p", "p",
                                " FROM escalation_policies p" + common_filters("p"), 5}};
  return all;
}

const sorted_list& list_windows() {
  static const sorted_list all{
      {"windows", window_columns(), "maintenance_windows w", "w",
       " FROM maintenance_windows w" + common_filters("w") +
           " AND ($6::boolean IS NULL OR w.enabled = $6::boolean) AND ($7::text[] IS NULL OR w.spec->>'mode' = "
           "ANY($7::text[]))",
       7}};
  return all;
}

// $2 the keys; an answer for each, in their order.
std::string keys_of(const char* table, const char* which = "") {
  return "SELECT x.id FROM unnest($2::text[]) WITH ORDINALITY k (key, n) LEFT JOIN " + std::string{table} +
         " x ON x.org_id = $1 AND x.key = k.key" + which + " ORDER BY k.n";
}

// In the order of keyed_noun.
const std::array<statement, 9> ids_of_keys{
    {{"monitors_of_keys", keys_of("monitors")},
     {"channels_of_keys", keys_of("channels", " AND x.user_id IS NULL")},
     {"rules_of_keys", keys_of("alert_rules")},
     {"schedules_of_keys", keys_of("schedules")},
     {"policies_of_keys", keys_of("escalation_policies")},
     {"windows_of_keys", keys_of("maintenance_windows")},
     {"contact_methods_of_keys", keys_of("channels", " AND x.user_id IS NOT NULL")},
     {"notification_rules_of_keys", keys_of("notification_rules")},
     {"teams_of_keys", keys_of("teams")}}};

const paged_statement& list_tokens() {
  static const paged_statement s{
      "list_tokens",
      "list_tokens_next",
      "SELECT" + token_columns() +
          "FROM api_tokens t WHERE t.org_id = $1 AND ($2::uuid[] IS NULL OR t.id = ANY($2::uuid[]))",
      "t.created_at",
      "t.id",
      "timestamptz",
      false,
      3};
  return s;
}

const paged_statement& list_users() {
  static const paged_statement s{
      "list_users",
      "list_users_next",
      "SELECT" + user_columns() +
          "FROM users u WHERE u.org_id = $1 AND ($2::uuid[] IS NULL OR u.id = ANY($2::uuid[])) "
          "AND ($3::text IS NULL OR position(lower($3::text) IN lower(u.email || E'\n' || u.name)) > 0)",
      "u.created_at",
      "u.id",
      "timestamptz",
      false,
      4};
  return s;
}

const paged_statement& list_organizations() {
  static const paged_statement s{"list_organizations",
                                 "list_organizations_next",
                                 "SELECT" + organization_columns() +
                                     "FROM organizations o WHERE ($1::uuid[] IS NULL OR o.id = ANY($1::uuid[]))",
                                 "o.created_at",
                                 "o.id",
                                 "timestamptz",
                                 false,
                                 2};
  return s;
}

} // namespace

void query_repository::rules(org_id org, rule_query q, page_request p, reply_to<page<alert_rule_record>> done) {
  auto filtered = is_filtered(q) || q.enabled;
  auto values = filtered ? common_filter(org, q) << q.enabled : params{} << org;
  read_sorted(*deps_.reads, list_rules(), q.sort, filtered, std::move(values), p, std::move(done), rule_from_row,
              id_of);
}

void query_repository::channels(org_id org, channel_query q, page_request p, reply_to<page<channel_record>> done) {
  auto filtered = is_filtered(q) || q.enabled || !q.types.empty();
  auto values = filtered ? common_filter(org, q) << q.enabled << names_unless_empty(q.types) : params{} << org;
  auto from_row = [sealer = deps_.sealer](row_reader& in) { return channel_from_row(in, *sealer); };
  read_sorted(*deps_.reads, list_channels(), q.sort, filtered, std::move(values), p, std::move(done), from_row, id_of);
}

void query_repository::policies(org_id org, policy_query q, page_request p,
                                reply_to<page<escalation_policy_record>> done) {
  auto filtered = is_filtered(q);
  auto values = filtered ? common_filter(org, q) : params{} << org;
  read_sorted(*deps_.reads, list_policies(), q.sort, filtered, std::move(values), p, std::move(done), policy_from_row,
              id_of);
}

void query_repository::windows(org_id org, window_query q, page_request p,
                               reply_to<page<maintenance_window_record>> done) {
  auto filtered = is_filtered(q) || q.enabled || !q.modes.empty();
  auto values = filtered ? common_filter(org, q) << q.enabled << names_unless_empty(q.modes) : params{} << org;
  read_sorted(*deps_.reads, list_windows(), q.sort, filtered, std::move(values), p, std::move(done), window_from_row,
              id_of);
}

void query_repository::ids_by_key(org_id org, keyed_noun noun, std::vector<std::string> keys,
                                  reply_to<std::vector<uuid>> done) {
  const auto& what = ids_of_keys[static_cast<std::size_t>(noun)];
  auto body = [=, &what](connection& db) -> sql_result<result<std::vector<uuid>>> {
    auto found = db.run(what, params{} << org << keys);
    if (!found)
      return sql_fail(found.error());
    return result<std::vector<uuid>>{map_rows(*found, [](row_reader& in) {
      std::optional<uuid> id;
      in >> id;
      return id.value_or(uuid{});
    })};
  };
  deps_.reads->read<std::vector<uuid>>(std::move(done), std::move(body));
}

void query_repository::tokens(org_id org, std::vector<token_id> ids, page_request p,
                              reply_to<page<token_record>> done) {
  auto filter = params{} << org << unless_empty(std::move(ids));
  read_page(*deps_.reads, list_tokens(), filter, p, std::move(done), token_from_row, by_created);
}

void query_repository::users(org_id org, std::vector<user_id> ids, std::optional<std::string> q, page_request p,
                             reply_to<page<user_record>> done) {
  auto filter = params{} << org << unless_empty(std::move(ids)) << q;
  read_page(*deps_.reads, list_users(), filter, p, std::move(done), user_from_row, by_created);
}

void query_repository::organizations(std::vector<org_id> ids, page_request p, reply_to<page<organization>> done) {
  auto filter = params{} << unless_empty(std::move(ids));
  read_page(*deps_.reads, list_organizations(), filter, p, std::move(done), organization_from_row, by_created);
}

} // namespace gochron::storage
