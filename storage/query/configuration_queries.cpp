#include "storage/channel/channel_rows.hpp"
#include "storage/organization/organization_repository.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/token/token_repository.hpp"
#include "storage/user/user_repository.hpp"

namespace gochron::storage {
namespace {

constexpr auto by_created = [](const auto& x) { return keyset{time_key(x.created_at), x.id.value}; };

const paged_statement& list_rules() {
  static const paged_statement s{
      "list_rules",
      "list_rules_next",
      "SELECT" + rule_columns() +
          "FROM alert_rules r WHERE r.org_id = $1 AND ($2::uuid[] IS NULL OR r.id = ANY($2::uuid[]))",
      "r.created_at",
      "r.id",
      "timestamptz",
      false,
      3};
  return s;
}

const paged_statement& list_channels() {
  static const paged_statement s{
      "list_channels",
      "list_channels_next",
      "SELECT" + channel_columns() +
          "FROM channels c WHERE c.org_id = $1 AND ($2::uuid[] IS NULL OR c.id = ANY($2::uuid[]))",
      "c.created_at",
      "c.id",
      "timestamptz",
      false,
      3};
  return s;
}

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

void query_repository::rules(org_id org, std::vector<rule_id> ids, page_request p,
                             reply_to<page<alert_rule_record>> done) {
  auto filter = params{} << org << unless_empty(std::move(ids));
  read_page(*deps_.reads, list_rules(), filter, p, std::move(done), rule_from_row, by_created);
}

void query_repository::channels(org_id org, std::vector<channel_id> ids, page_request p,
                                reply_to<page<channel_record>> done) {
  auto filter = params{} << org << unless_empty(std::move(ids));
  auto from_row = [sealer = deps_.sealer](row_reader& in) { return channel_from_row(in, *sealer); };
  read_page(*deps_.reads, list_channels(), filter, p, std::move(done), from_row, by_created);
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
