#include <algorithm>
#include <iterator>

#include <spdlog/spdlog.h>

#include "storage/postgres/folding.hpp"
#include "storage/postgres/writer.hpp"

namespace gochron::storage {
namespace {

const statement begin{"begin", "BEGIN"};
const statement commit_work{"commit", "COMMIT"};
const statement roll_back{"rollback", "ROLLBACK"};
const statement save{"savepoint", "SAVEPOINT unit"};
const statement release{"release_savepoint", "RELEASE SAVEPOINT unit"};
const statement wait_for_no_lock{"wait_for_no_lock", "SET LOCAL lock_timeout = 200"};
const statement roll_back_unit{"rollback_to_savepoint", "ROLLBACK TO SAVEPOINT unit"};

// More than this in one batch and the units are not to blame.
constexpr std::size_t most_deferred = 8;

// Waits for a transaction of the same id that is still running in a backend we lost, then says by its row count
// whether that one was committed.
const statement claim_batch{"claim_batch",
                            "INSERT INTO write_batches (id, written_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

params claim_of(const uuid& id, timestamp at) {
  params p;
  p << id << at;
  return p;
}

bool is_duplicate(const rows& claim) {
  return claim.command_tag() == "INSERT 0 0";
}

} // namespace

writer::outcome writer::failed(const sql_error& why) {
  spdlog::warn("a batch is to be written again: {} {}", why.sqlstate, why.message);
  if (why.remedy == remedy::reconnect || !connection_->alive() || !connection_->run(roll_back))
    connection_.reset();
  stats_.connected = connection_ != nullptr;
  return outcome::again;
}

writer::outcome writer::attempt(batch& x) {
  if (x.in_doubt && resolve_doubt(x) == outcome::again)
    return outcome::again;
  if (x.in_doubt)
    return outcome::finished;
  expire(x);
  if (x.units.empty())
    return outcome::finished;
  bool apart = std::any_of(x.units.begin(), x.units.end(), [](const pending& p) { return p.unit.whole; });
  return apart ? one_by_one(x) : pipelined(x);
}

// Afterwards `in_doubt` still set means: it had been committed, and the answers we hold are the true ones.
writer::outcome writer::resolve_doubt(batch& x) {
  auto begun = connection_->run(begin);
  if (!begun)
    return failed(begun.error());
  auto claim = connection_->run(claim_batch, claim_of(x.id, x.at));
  if (!claim)
    return failed(claim.error());
  if (auto undone = connection_->run(roll_back); !undone)
    return failed(undone.error());
  x.in_doubt = is_duplicate(*claim);
  return outcome::finished;
}

writer::outcome writer::pipelined(batch& x) {
  std::vector<command> all;
  all.push_back({&begin, {}});
  all.push_back({&claim_batch, claim_of(x.id, x.at)});
  if (x.gentle)
    all.push_back({&wait_for_no_lock, {}});
  auto before_units = all.size();
  folding folded;
  for (auto& p : x.units) {
    p.failure.reset();
    p.deferred = false;
    for (const auto& c : p.unit.commands)
      folded.add(c, p.unit.entity);
  }
  std::ranges::move(folded.commands(), std::back_inserter(all));
  auto answers = connection_->pipeline(all);
  if (!answers) {
    const auto& why = answers.error().error;
    if (why.remedy == remedy::retry || why.remedy == remedy::reconnect)
      return failed(why);
    if (auto undone = connection_->run(roll_back); !undone)
      return failed(undone.error());
    if (why.remedy == remedy::defer && x.gentle)
      return all_deferred(x, why);
    return one_by_one(x);
  }
  auto of_units = std::span<const rows>{*answers}.subspan(before_units);
  std::size_t next = 0;
  for (auto& p : x.units) {
    p.answers.clear();
    for (std::size_t i = 0; i < p.unit.commands.size(); ++i)
      p.answers.push_back(folded.answer(next++, of_units));
  }
  return commit(x);
}

// A unit's values were refused, or it met a lock. Each unit behind its own savepoint: only the guilty ones fail.
writer::outcome writer::one_by_one(batch& x) {
  auto begun = connection_->run(begin);
  if (!begun)
    return failed(begun.error());
  if (auto claim = connection_->run(claim_batch, claim_of(x.id, x.at)); !claim)
    return failed(claim.error());
  std::vector<uuid> deferred;
  for (auto& p : x.units) {
    bool behind =
        !p.unit.entity.is_nil() && std::find(deferred.begin(), deferred.end(), p.unit.entity) != deferred.end();
    p.deferred = behind && p.unit.patient;
    if (!p.deferred && run_apart(p) == outcome::again)
      return outcome::again;
    if (p.deferred)
      deferred.push_back(p.unit.entity);
    if (deferred.size() > most_deferred)
      return failed({remedy::retry, "", "too many of its writes meet a lock or run out of time"});
  }
  return commit(x);
}

writer::outcome writer::all_deferred(batch& x, const sql_error& why) {
  spdlog::warn("a write that was set aside still waits: {} {}", why.sqlstate, why.message);
  for (auto& p : x.units)
    p.deferred = true;
  return outcome::finished;
}

writer::outcome writer::run_apart(pending& x) {
  x.answers.clear();
  x.failure.reset();
  x.deferred = false;
  if (auto saved = connection_->run(save); !saved)
    return failed(saved.error());
  auto answers = connection_->pipeline(x.unit.commands);
  if (answers) {
    x.answers = std::move(*answers);
    bool refused = x.unit.whole && x.unit.accepts && !x.unit.accepts(x.answers);
    auto closed = connection_->run(refused ? roll_back_unit : release);
    return closed ? outcome::finished : failed(closed.error());
  }
  const auto& why = answers.error().error;
  if (why.remedy == remedy::retry || why.remedy == remedy::reconnect)
    return failed(why);
  spdlog::warn("a write was refused: {} {}", why.sqlstate, why.message);
  x.deferred = why.remedy == remedy::defer && x.unit.patient;
  if (!x.deferred)
    x.failure = to_error(why);
  auto undone = connection_->run(roll_back_unit);
  return undone ? outcome::finished : failed(undone.error());
}

writer::outcome writer::commit(batch& x) {
  auto done = connection_->run(commit_work);
  if (done && done->command_tag() == "COMMIT")
    return outcome::finished;
  auto why = done ? sql_error{remedy::retry, "", "COMMIT became ROLLBACK"} : done.error();
  if (why.remedy == remedy::reconnect) {
    x.in_doubt = true;
    ++stats_.in_doubt;
  }
  return failed(why);
}

} // namespace gochron::storage
