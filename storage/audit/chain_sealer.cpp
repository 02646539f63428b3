#include "storage/audit/chain_sealer.hpp"

#include <map>

#include <spdlog/spdlog.h>

#include "core/audit_chain.hpp"
#include "storage/audit/audit_rows.hpp"
#include "storage/json.hpp"

namespace gochron::storage {
namespace {

constexpr std::int64_t piece = 500;
constexpr int most_pieces = 200; // in a row, before anybody asks whether to stop

const statement begin{"chain_begin", "BEGIN"};
const statement commit{"chain_commit", "COMMIT"};
const statement roll_back{"chain_rollback", "ROLLBACK"};
const statement alone{"chain_lock", "SELECT pg_try_advisory_xact_lock(7462007)"};

const statement unsealed{"chain_unsealed", "SELECT" + audit_columns() + R"(
FROM audit_log a WHERE a.sequence IS NULL ORDER BY a.org_id, a.at, a.id LIMIT $1::bigint)"};

const statement heads{"chain_heads", "SELECT org_id, sequence, hash FROM audit_heads WHERE org_id = ANY($1::uuid[])"};

const statement seal_entries{"chain_seal", R"(
UPDATE audit_log a SET sequence = x.sequence, previous_hash = x.previous_hash, hash = x.hash
FROM jsonb_populate_recordset(NULL::audit_log, $1::jsonb) x
WHERE a.id = x.id AND a.org_id = x.org_id AND a.sequence IS NULL)"};

const statement move_heads{"chain_move_heads", R"(
INSERT INTO audit_heads SELECT x.* FROM jsonb_populate_recordset(NULL::audit_heads, $1::jsonb) x
ON CONFLICT (org_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash)"};

struct chain_end {
  std::int64_t sequence = 0;
  sha256_digest hash{};
};

binary bytes_of(const sha256_digest& x) {
  return {{reinterpret_cast<const char*>(x.data()), x.size()}};
}

sql_result<std::map<org_id, chain_end>> read_heads(connection& db, const std::vector<audit_entry>& entries) {
  std::vector<org_id> orgs;
  for (const auto& x : entries)
    if (orgs.empty() || orgs.back() != x.org)
      orgs.push_back(x.org);
  auto found = db.run(heads, params{} << orgs);
  if (!found)
    return sql_fail(found.error());
  std::map<org_id, chain_end> ends;
  for (int i = 0; i < found->size(); ++i) {
    org_id org;
    chain_end end;
    std::string hash;
    row_reader{*found, i} >> org >> end.sequence >> hash;
    end.hash = digest_of(hash);
    ends.emplace(org, end);
  }
  return ends;
}

std::string chain(std::vector<audit_entry>& entries, std::map<org_id, chain_end>& ends) {
  json_writer to;
  to.begin_array();
  for (auto& x : entries) {
    auto& end = ends[x.org];
    x.sequence = ++end.sequence;
    x.previous_hash = end.hash;
    end.hash = core::chained_hash(end.hash, x);
    to.begin_object();
    to("id", x.id)("org_id", x.org)("sequence", x.sequence)("previous_hash", bytes_of(*x.previous_hash));
    to("hash", bytes_of(end.hash));
    to.end_object();
  }
  to.end_array();
  return std::string{to.text()};
}

std::string heads_document(const std::map<org_id, chain_end>& ends) {
  json_writer to;
  to.begin_array();
  for (const auto& [org, end] : ends) {
    to.begin_object();
    to("org_id", org)("sequence", end.sequence)("hash", bytes_of(end.hash));
    to.end_object();
  }
  to.end_array();
  return std::string{to.text()};
}

// Inside a transaction. Zero also when somebody else is at it.
sql_result<std::size_t> seal_piece(connection& db) {
  auto locked = db.run(alone);
  if (!locked)
    return sql_fail(locked.error());
  bool ours = false;
  row_reader{*locked, 0} >> ours;
  if (!ours)
    return std::size_t{0};
  auto found = db.run(unsealed, params{} << piece);
  if (!found)
    return sql_fail(found.error());
  auto entries = map_rows(*found, audit_entry_from_row);
  if (entries.empty())
    return std::size_t{0};
  auto ends = read_heads(db, entries);
  if (!ends)
    return sql_fail(ends.error());
  auto sealed = db.run(seal_entries, params{} << chain(entries, *ends));
  if (!sealed)
    return sql_fail(sealed.error());
  if (sealed->command_tag() != "UPDATE " + std::to_string(entries.size()))
    return sql_fail({remedy::retry, "", "entries changed while they were sealed"});
  if (auto moved = db.run(move_heads, params{} << heads_document(*ends)); !moved)
    return sql_fail(moved.error());
  return entries.size();
}

} // namespace

sql_result<std::size_t> seal_next(connection& db) {
  if (auto begun = db.run(begin); !begun)
    return sql_fail(begun.error());
  auto sealed = seal_piece(db);
  auto ended = db.run(sealed && *sealed > 0 ? commit : roll_back);
  if (sealed && !ended)
    return sql_fail(ended.error());
  return sealed;
}

chain_sealer::chain_sealer(chain_sealer_options options) : options_(std::move(options)) {
  thread_ = std::thread{[this] { loop(); }};
}

chain_sealer::~chain_sealer() {
  stop();
}

void chain_sealer::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void chain_sealer::loop() {
  for (bool last = false; !last;) {
    {
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, options_.interval, [&] { return stopping_; });
      last = stopping_;
    }
    seal_all();
  }
}

void chain_sealer::seal_all() {
  if (!connection_ || !connection_->alive()) {
    auto opened = connection::open(options_.conninfo, options_.session);
    if (!opened)
      return; // the pulse says that the database is away
    connection_ = std::move(*opened);
  }
  for (int i = 0; i < most_pieces; ++i) {
    auto sealed = seal_next(*connection_);
    if (!sealed) {
      spdlog::warn("sealing the audit log: {} {}", sealed.error().sqlstate, sealed.error().message);
      if (sealed.error().remedy == remedy::reconnect)
        connection_.reset();
      return;
    }
    if (*sealed < static_cast<std::size_t>(piece))
      return;
  }
}

} // namespace gochron::storage
