#include "core/audit_chain.hpp"
#include "storage/audit/audit_repository.hpp"
#include "storage/audit/audit_rows.hpp"

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t piece = 1000;
constexpr std::chrono::seconds most_time{5}; ///< below any deadline of a request

const statement chain_begin{"audit_chain_begin", R"(
SELECT (SELECT sequence FROM audit_heads WHERE org_id = $1), (SELECT hash FROM audit_heads WHERE org_id = $1),
  (SELECT count(*) FROM audit_log WHERE org_id = $1 AND sequence IS NULL),
  (SELECT max(sequence) FROM audit_log WHERE org_id = $1 AND sequence IS NOT NULL),
  (SELECT hash FROM audit_log WHERE org_id = $1 AND sequence = $2))"};

const statement chain_piece{"audit_chain_piece", "SELECT" + audit_columns() + R"(
FROM audit_log a WHERE a.org_id = $1 AND a.sequence > $2 AND a.sequence <= $3
ORDER BY a.sequence LIMIT $4::bigint)"};

/// A walk along a chain: a piece a read, so that no thread of the pool is held and no more than a piece is in memory.
struct walk : std::enable_shared_from_this<walk> {
  read_pool& reads;
  org_id org;
  reply_to<audit_verdict> done;
  audit_verdict found;
  std::int64_t end = 0; ///< what the head said when the walk began
  std::optional<sha256_digest> head;
  sha256_digest previous{};
  steady_clock::time_point until = steady_clock::now() + most_time;

  walk(read_pool& from, org_id of, reply_to<audit_verdict> to) : reads(from), org(of), done(std::move(to)) {}

  void begin(std::int64_t after) {
    found.last_sequence = after;
    auto next = [self = shared_from_this()](const status& s) {
      if (!s)
        return self->refuse(s.error());
      self->found.valid && self->found.last_sequence > self->end ? self->refuse(self->beyond()) : self->go_on();
    };
    reads.read<void>(reply_to<void>{next}, [self = shared_from_this()](connection& db) -> sql_result<result<void>> {
      auto answer = db.run(chain_begin, params{} << self->org << self->found.last_sequence);
      if (!answer)
        return sql_fail(answer.error());
      self->read_begin(*answer);
      return result<void>{};
    });
  }

  void read_begin(const rows& answer) {
    std::optional<std::int64_t> head_sequence, last;
    std::optional<std::string> head_hash, before;
    row_reader{answer, 0} >> head_sequence >> head_hash >> found.unsealed >> last >> before;
    end = head_sequence.value_or(0);
    if (head_hash)
      head = digest_of(*head_hash);
    if (found.last_sequence > 0 && before)
      previous = digest_of(*before);
    else if (found.last_sequence > 0 && found.last_sequence <= end)
      breaks_at(found.last_sequence);
    if (last.value_or(0) > 0 && !head_sequence)
      breaks_at(1); // somebody took the head
  }

  error beyond() const {
    error e{errc::invalid, "The query parameters are not valid.", {}, {}, {}};
    e.violations.push_back({"after", "out_of_range", "The chain ends at " + std::to_string(end) + "."});
    return e;
  }

  void refuse(const error& why) const {
    // Apart, to spare GCC 12 a temporary that it takes for unset.
    auto answer = std::make_unique<const result<audit_verdict>>(fail(why));
    done(*answer);
  }

  void breaks_at(std::int64_t sequence) {
    found.valid = false;
    found.first_broken = sequence;
  }

  void go_on() {
    if (!found.valid || found.last_sequence >= end)
      return finish();
    if (steady_clock::now() > until) {
      found.complete = false;
      return finish();
    }
    auto next = [self = shared_from_this()](const status& s) { s ? self->go_on() : self->refuse(s.error()); };
    reads.read<void>(reply_to<void>{next}, [self = shared_from_this()](connection& db) -> sql_result<result<void>> {
      params p;
      p << self->org << self->found.last_sequence << self->end << piece;
      auto entries = db.run(chain_piece, p);
      if (!entries)
        return sql_fail(entries.error());
      self->check(map_rows(*entries, audit_entry_from_row));
      return result<void>{};
    });
  }

  void check(const std::vector<audit_entry>& entries) {
    for (const auto& x : entries) {
      auto expected = found.last_sequence + 1;
      bool holds = x.sequence == expected && x.previous_hash == previous && x.hash == core::chained_hash(previous, x);
      if (!holds)
        return breaks_at(expected);
      previous = *x.hash;
      ++found.last_sequence;
      ++found.entries;
    }
    bool cut = entries.size() < static_cast<std::size_t>(piece) && found.last_sequence < end;
    bool at_end = found.last_sequence == end;
    if (cut)
      breaks_at(found.last_sequence + 1);
    else if (at_end && head != previous)
      breaks_at(end);
  }

  void finish() {
    if (found.last_sequence > 0)
      found.head = previous;
    auto answer = std::make_unique<const result<audit_verdict>>(found); // as above
    done(*answer);
  }
};

} // namespace

void audit_repository::verify(org_id org, std::int64_t after, reply_to<audit_verdict> done) {
  std::make_shared<walk>(*deps_.reads, org, std::move(done))->begin(after);
}

} // namespace gochron::storage
