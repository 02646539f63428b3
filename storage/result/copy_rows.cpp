#include "storage/result/copy_rows.hpp"

#include <algorithm>
#include <limits>

#include "storage/json.hpp"

namespace gochron::storage {
namespace {

constexpr std::int16_t column_count = 24;

std::int32_t small(std::int64_t x) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(x, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

void put_null(std::string& to) {
  put_int32(to, -1);
}

void put_time(std::string& to, timestamp x) {
  put_int32(to, 8);
  put_int64(to, to_postgres(x));
}

void put_uuid(std::string& to, const uuid& x) {
  put_int32(to, 16);
  to.append(reinterpret_cast<const char*>(x.bytes.data()), x.bytes.size());
}

void put_integer(std::string& to, std::int64_t x) {
  put_int32(to, 4);
  put_int32(to, small(x));
}

void put_small(std::string& to, std::int64_t x) {
  put_int32(to, 2);
  put_int16(to, static_cast<std::int16_t>(x));
}

void put_duration(std::string& to, const std::optional<milliseconds>& x) {
  if (x)
    put_integer(to, x->count());
  else
    put_null(to);
}

void put_bytes(std::string& to, std::string_view x) {
  put_int32(to, static_cast<std::int32_t>(x.size()));
  to += x;
}

void put_text(std::string& to, std::string_view x) {
  if (x.empty())
    put_null(to);
  else
    put_bytes(to, clean_text(x));
}

void put_details(std::string& to, const check_outcome& x) {
  if (!x.http || (x.http->headers.empty() && x.http->body_excerpt.empty()))
    return put_null(to);
  json_writer json;
  json.begin_object()("headers", x.http->headers)("body", x.http->body_excerpt).end_object();
  put_bytes(to, '\1' + std::string{json.text()}); // the version of jsonb's binary form
}

} // namespace

const char* const copy_results_sql =
    "COPY check_results (round_at, scheduled_at, started_at, monitor_id, org_id, lag_ms, response_time_ms, dns_ms, "
    "connect_ms, tls_ms, first_byte_ms, transfer_ms, remote_port, attempt, trigger, verdict, reason, http_status, "
    "http_version, remote_ip, message, ping_kind, ping_body, details) FROM STDIN (FORMAT binary)";

std::string copy_header() {
  std::string bytes{"PGCOPY\n\377\r\n\0", 11};
  put_int32(bytes, 0); // flags
  put_int32(bytes, 0); // length of the extension
  return bytes;
}

void append_copy_trailer(std::string& to) {
  put_int16(to, -1);
}

void append_row(std::string& to, const check_result& x) {
  const auto& o = x.outcome;
  put_int16(to, column_count);
  put_time(to, x.round_at);
  put_time(to, x.scheduled_at);
  put_time(to, o.started_at);
  put_uuid(to, x.monitor.value);
  put_uuid(to, x.org.value);
  put_integer(to, x.lag.count());
  put_integer(to, o.response_time.count());
  for (const auto* phase :
       {&o.timings.dns, &o.timings.connect, &o.timings.tls, &o.timings.first_byte, &o.timings.transfer})
    put_duration(to, *phase);
  put_integer(to, o.remote_port);
  put_small(to, x.attempt);
  put_small(to, static_cast<std::int64_t>(x.trigger));
  put_small(to, static_cast<std::int64_t>(o.verdict));
  put_small(to, static_cast<std::int64_t>(o.reason));
  if (o.http)
    put_integer(to, o.http->status);
  else
    put_null(to);
  put_text(to, o.http ? std::string_view{o.http->version} : std::string_view{});
  put_text(to, o.remote_ip);
  put_text(to, o.message);
  put_text(to, x.ping_kind);
  if (x.ping_body.empty())
    put_null(to);
  else
    put_bytes(to, x.ping_body);
  put_details(to, o);
}

} // namespace gochron::storage
