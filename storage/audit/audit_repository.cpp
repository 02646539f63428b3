#include "storage/audit/audit_repository.hpp"

#include "storage/audit/audit_rows.hpp"
#include "storage/query/paging.hpp"

namespace gochron::storage {
namespace {

const std::string& selected() {
  static const std::string text = "SELECT" + audit_columns() + R"(
FROM audit_log a
WHERE a.org_id = $1 AND a.at >= $2 AND a.at < $3 AND ($4::text IS NULL OR a.actor = $4::text)
  AND ($5::uuid IS NULL OR a.token_id = $5::uuid) AND ($6::text[] IS NULL OR a.action = ANY($6::text[]))
  AND ($7::text[] IS NULL OR a.resource_type = ANY($7::text[]))
  AND ($8::text IS NULL OR a.resource_id = $8::text))";
  return text;
}

const paged_statement& list_audit(bool oldest_first) {
  static const paged_statement newest{"list_audit", "list_audit_next", selected(), "a.at",
                                      "a.id",       "timestamptz",     true,       9};
  static const paged_statement oldest{
      "list_audit_oldest", "list_audit_oldest_next", selected(), "a.at", "a.id", "timestamptz", false, 9};
  return oldest_first ? oldest : newest;
}

const statement find_audit_entry{"find_audit_entry",
                                 "SELECT" + audit_columns() + "FROM audit_log a WHERE a.id = $2 AND a.org_id = $1"};

} // namespace

void audit_repository::entries(org_id org, audit_query q, page_request p, reply_to<page<audit_entry>> done) {
  params filter;
  filter << org << q.from.value_or(distant_past) << q.to.value_or(distant_future) << q.actor << q.token;
  filter << names_unless_empty(q.actions) << names_unless_empty(q.types) << q.resource;
  read_page(*deps_.reads, list_audit(q.oldest_first), filter, p, std::move(done), audit_entry_from_row,
            [](const audit_entry& x) {
              return keyset{time_key(x.at), x.id.value};
            });
}

void audit_repository::entry(org_id org, audit_id id, reply_to<audit_entry> done) {
  deps_.reads->read<audit_entry>(std::move(done), [org, id](connection& db) -> sql_result<result<audit_entry>> {
    auto found = db.run(find_audit_entry, params{} << org << id);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<audit_entry>{fail(errc::not_found, "No such entry.")};
    row_reader in{*found, 0};
    return result<audit_entry>{audit_entry_from_row(in)};
  });
}

} // namespace gochron::storage
