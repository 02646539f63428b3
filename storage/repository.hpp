#pragma once
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/sealer.hpp"
#include "gochron/store.hpp"
#include "storage/feed/feed_log.hpp"
#include "storage/postgres/read_pool.hpp"
#include "storage/postgres/writer.hpp"

/// What the repositories of all nouns share.
namespace gochron::storage {

/// The writers: what somebody asked for and waits for has connections of its own, beside what the engine has to write,
/// however much that is. A row's writes of one kind keep their order because its id chooses the writer; its owner has
/// one of them under way at a time, so there is none to keep between the kinds (ADR 86).
class writer_group {
public:
  /// `count` writers of each kind.
  writer_group(const writer_options& options, std::size_t count, const wall_clock& clock);
  void submit(const uuid& entity, write_unit x);
  /// Calls `then` on a writer's thread when all that was submitted for the entity before is written or refused;
  /// with an error when nobody can say.
  void after_writes(const uuid& entity, std::function<void(status)> then);
  void stop();
  const std::vector<std::unique_ptr<writer>>& all() const { return writers_; }

private:
  writer& of(const uuid& entity, bool patient);

  std::vector<std::unique_ptr<writer>> writers_; ///< the engine's own in the second half
};

struct repository_deps {
  writer_group* writers = nullptr;
  read_pool* reads = nullptr;
  const core::sealer* sealer = nullptr;
  const wall_clock* clock = nullptr;
  feed_log* feed = nullptr;
};

/// One command, answered through `judge(const rows&) -> result<T>`.
template <class T, class Judge>
write_unit one_command(command c, reply_to<T> done, Judge judge, bool patient = false) {
  write_unit unit;
  unit.commands.push_back(std::move(c));
  unit.patient = patient;
  unit.done = [done = std::move(done), judge = std::move(judge)](result<std::span<const rows>> answers) {
    if (answers)
      done(judge((*answers)[0]));
    else
      done(fail(answers.error()));
  };
  return unit;
}

/// `limit + 1` rows were asked for: what is beyond the limit only says that there is a next page.
template <class T, class Key>
page<T> make_page(std::vector<T> found, std::uint32_t limit, Key key_of) {
  page<T> p;
  p.rows = std::move(found);
  if (p.rows.size() > limit) {
    p.rows.erase(p.rows.begin() + limit, p.rows.end());
    p.next = key_of(p.rows.back());
  }
  return p;
}

/// Rows whose mapping may fail (a sealed value of another key): the first error, or all values.
template <class T>
result<std::vector<T>> all_or_first_error(std::vector<result<T>> xs) {
  std::vector<T> values;
  values.reserve(xs.size());
  for (auto& x : xs) {
    if (!x)
      return fail(std::move(x.error()));
    values.push_back(std::move(*x));
  }
  return values;
}

/// A time as the key of a keyset.
inline std::string time_key(timestamp x) {
  return std::to_string(x.time_since_epoch().count());
}

/// Where a page starts: the key as a time, and the id.
struct time_position {
  timestamp at;
  uuid id;
};

/// `malformed` for a key that time_key() cannot have written.
result<std::optional<time_position>> time_position_of(const page_request& p);

/// Earlier and later than any time of ours, for open ends of a range.
constexpr timestamp distant_past{milliseconds{-62135596800000}};
constexpr timestamp distant_future{milliseconds{253402300799000}};

/// Null instead of an empty list: "no such filter".
template <class T>
std::optional<std::vector<T>> unless_empty(std::vector<T> xs) {
  return xs.empty() ? std::nullopt : std::optional{std::move(xs)};
}

template <class Enum>
std::optional<std::vector<std::string>> names_unless_empty(const std::vector<Enum>& xs) {
  std::vector<std::string> names;
  for (auto x : xs)
    names.emplace_back(core::name_of(x));
  return unless_empty(std::move(names));
}

/// An empty text for what must not be null in a unique column.
inline std::optional<std::string> unless_blank(const std::string& x) {
  return x.empty() ? std::nullopt : std::optional{x};
}

/// `sealed` is null when there is nothing secret.
std::optional<std::string> seal(const core::sealer& with, const std::string& secret, const std::string& purpose);

/// `internal` when the installation's key does not open it.
result<std::string> unseal(const core::sealer& with, const std::string& sealed, const std::string& purpose);

} // namespace gochron::storage
