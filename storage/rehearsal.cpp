#include "storage/rehearsal.hpp"

#include <algorithm>
#include <iterator>

namespace gochron::storage {
namespace {

const statement begin{"rehearsal_begin", "BEGIN"};
const statement wait_briefly{"rehearsal_lock_timeout", "SET LOCAL lock_timeout = 2000"};
const statement roll_back{"rehearsal_rollback", "ROLLBACK"};

sql_result<result<void>> run_and_roll_back(connection& db, const write_unit& x) {
  std::vector<command> all{{&begin, {}}, {&wait_briefly, {}}};
  std::ranges::copy(x.commands, std::back_inserter(all));
  auto answers = db.pipeline(all);
  if (auto undone = db.run(roll_back); !undone)
    return sql_fail(undone.error());
  if (answers) {
    x.done(std::span<const rows>{*answers}.subspan(2));
    return result<void>{};
  }
  const auto& why = answers.error().error;
  if (why.remedy != remedy::reject)
    return sql_fail(why); // the pool tries again, or says that the database is away
  x.done(fail(to_error(why)));
  return result<void>{};
}

} // namespace

void rehearse(read_pool& on, write_unit x) {
  auto unit = std::make_shared<const write_unit>(std::move(x));
  auto refused = [unit](status s) {
    if (!s)
      unit->done(fail(std::move(s.error())));
  };
  on.read<void>(reply_to<void>{std::move(refused)}, [unit](connection& db) { return run_and_roll_back(db, *unit); });
}

void submit(const repository_deps& deps, const uuid& entity, write_unit x, bool dry) {
  dry && !deps.joint ? rehearse(*deps.reads, std::move(x)) : deps.writers->submit(entity, std::move(x));
}

} // namespace gochron::storage
