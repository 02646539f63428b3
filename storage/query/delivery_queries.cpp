#include "storage/channel/channel_rows.hpp"
#include "storage/json_reader.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

const paged_statement& list_deliveries() {
  static const paged_statement s{"list_deliveries",
                                 "list_deliveries_next",
                                 "SELECT" + delivery_columns() + R"(
FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.org_id = $1 AND ($2::uuid IS NULL OR d.channel_id = $2::uuid)
  AND ($3::uuid IS NULL OR d.incident_id = $3::uuid) AND ($4::text[] IS NULL OR d.state = ANY($4::text[])))",
                                 "d.created_at",
                                 "d.id",
                                 "timestamptz",
                                 true,
                                 5};
  return s;
}

const paged_statement& list_attempts() {
  static const paged_statement s{"list_attempts", "list_attempts_next", R"(
SELECT a.id, a.delivery_id, a.org_id, a.channel_id, a.number, a.started_at, a.duration_ms, a.dns_ms, a.connect_ms,
       a.tls_ms, a.first_byte_ms, a.transfer_ms, a.remote_ip, a.status, a.response_headers, a.response_body, a.error,
       a.message, (SELECT d.user_id FROM deliveries d WHERE d.id = a.delivery_id)
FROM delivery_attempts a
WHERE a.org_id = $1 AND a.delivery_id = $2)",   "a.started_at",
                                 "a.id",          "timestamptz",        false, 3};
  return s;
}

const statement get_delivery{"get_delivery", "SELECT" + delivery_columns() + R"(
FROM deliveries d JOIN events e ON e.id = d.event_id WHERE d.org_id = $1 AND d.id = $2)"};

delivery_attempt attempt_from_row(row_reader& in) {
  delivery_attempt x;
  std::string headers;
  in >> x.id >> x.delivery >> x.org >> x.channel >> x.number >> x.started_at >> x.duration >> x.timings.dns >>
      x.timings.connect >> x.timings.tls >> x.timings.first_byte >> x.timings.transfer >> x.remote_ip >> x.status >>
      headers >> x.response_body >> x.error >> x.message >> x.user;
  x.response_headers = read_pairs(headers);
  return x;
}

} // namespace

void query_repository::deliveries(org_id org, delivery_query q, page_request p, reply_to<page<delivery>> done) {
  params filter;
  filter << org << q.channel << q.incident << names_unless_empty(q.states);
  read_page(*deps_.reads, list_deliveries(), filter, p, std::move(done), delivery_from_row, [](const delivery& x) {
    return keyset{time_key(x.created_at), x.id.value};
  });
}

void query_repository::delivery_by_id(org_id org, delivery_id id, reply_to<delivery> done) {
  deps_.reads->read<delivery>(std::move(done), [=](connection& db) -> sql_result<result<delivery>> {
    auto found = db.run(get_delivery, params{} << org << id);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<delivery>{fail(errc::not_found, "No such delivery.")};
    row_reader in{*found, 0};
    return result<delivery>{delivery_from_row(in)};
  });
}

void query_repository::attempts(org_id org, delivery_id id, page_request p, reply_to<page<delivery_attempt>> done) {
  auto filter = params{} << org << id;
  read_page(*deps_.reads, list_attempts(), filter, p, std::move(done), attempt_from_row, [](const delivery_attempt& x) {
    return keyset{time_key(x.started_at), x.id.value};
  });
}

} // namespace gochron::storage
