#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "gochron/audit.hpp"
#include "gochron/store.hpp"

/// Writes of several owners that take effect together or not at all. Each owner works as ever: it holds its place,
/// computes what it wants written, hands that to a store and waits for the answer. Only the store is another one: it
/// gathers, and answers when everything is written or nothing.
namespace gochron {

/// In place of the stores, for one owner's part.
class write_part {
public:
  virtual ~write_part() = default;
  virtual monitor_store& monitors() = 0;
  virtual channel_store& channels() = 0;
  virtual rule_store& rules() = 0;
  virtual schedule_store& schedules() = 0;
  virtual answer_store& answers() = 0;
  virtual policy_store& policies() = 0;
  virtual maintenance_store& windows() = 0;
  virtual people_store& people() = 0;
};

/// Thread-safe. What is neither written nor abandoned when the last reference goes is abandoned.
class joint_write {
public:
  virtual ~joint_write() = default;
  /// The nth part. `arrived` is called, on the owner's thread, when its write has been handed in.
  virtual std::shared_ptr<write_part> part(std::size_t n, std::function<void()> arrived) = 0;
  /// Writes what has been handed in, in the order of the parts, in one transaction. When a guard of one part is not
  /// met, its owner is told that, all others `not_applied()`, and nothing is written. `dry`: so in any case, except
  /// that the others are told what they would be told.
  virtual void write(bool dry) = 0;
  /// Writes nothing; whoever has handed in or will is told `why`.
  virtual void abandon(error why) = 0;
};

class joint_store {
public:
  virtual ~joint_store() = default;
  virtual std::shared_ptr<joint_write> join(std::size_t parts) = 0;
};

/// What a part is told because of another one.
inline error not_applied() {
  return {errc::conflict,
          "Not applied, since another of these writes was refused.",
          {{"", "not_applied", "Another of these writes was refused."}},
          {},
          {}};
}

inline bool is_not_applied(const error& e) {
  return !e.violations.empty() && e.violations.front().code == "not_applied";
}

/// Asks the engine for writes that take effect together or not at all.
struct write_together {
  struct step {
    uuid target; ///< whose place is held; nil for what is to be created
    /// Sends the owner its message, with the part in it. `ended` is to be called with the owner's answer.
    std::function<void(std::shared_ptr<write_part>, std::function<void(status)> ended)> start;
  };
  std::vector<step> steps;           ///< in the order in which they are written; each target once
  bool dry = false;                  ///< all checks, no effect
  std::function<kept_answer()> keep; ///< the answer to keep in the transaction, once all have handed in; may be empty
  reply_to<void> reply;              ///< when every owner has answered, or too late: `not_applied` or the first error
};

} // namespace gochron
