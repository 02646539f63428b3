#include "storage/postgres/read_pool.hpp"

#include <spdlog/spdlog.h>

#include "storage/postgres/backoff.hpp"

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

error away() {
  return {errc::unavailable, "The database is away.", {}, std::chrono::seconds{1}, {}};
}

} // namespace

read_pool::read_pool(read_pool_options options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.threads; ++i)
    threads_.emplace_back([this] { loop(); });
}

read_pool::~read_pool() {
  stop();
}

void read_pool::push(job x) {
  x.deadline = steady_clock::now() + options_.deadline;
  {
    std::lock_guard lock{mutex_};
    if (!stopping_ && queue_.size() < options_.max_waiting) {
      queue_.push_back(std::move(x));
      stats_.waiting = queue_.size();
      wake_.notify_one();
      return;
    }
  }
  ++stats_.failed;
  x.refuse({errc::busy, "The read queue is full.", {}, std::chrono::seconds{1}, {}});
}

void read_pool::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& t : threads_)
    if (t.joinable())
      t.join();
  for (auto& x : std::exchange(queue_, {}))
    x.refuse(away());
}

void read_pool::loop() {
  std::unique_ptr<connection> db;
  for (;;) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_)
      return;
    auto next = std::move(queue_.front());
    queue_.pop_front();
    stats_.waiting = queue_.size();
    lock.unlock();
    serve(next, db);
  }
}

sql_status read_pool::connect(std::unique_ptr<connection>& db) const {
  if (db && db->alive())
    return {};
  auto opened = connection::open(options_.conninfo, options_.session);
  if (!opened)
    return sql_fail(opened.error());
  db = std::move(*opened);
  return {};
}

void read_pool::serve(job& x, std::unique_ptr<connection>& db) {
  backoff wait;
  sql_error why;
  do {
    auto answered = connect(db).and_then([&] { return x.run(*db); });
    if (answered) {
      ++stats_.reads;
      return;
    }
    why = answered.error();
    if (why.remedy == remedy::reconnect)
      db.reset();
    if (why.remedy == remedy::reject || why.remedy == remedy::defect)
      break;
  } while (pause(wait.next(), x.deadline));
  ++stats_.failed;
  spdlog::warn("a read failed: {} {}", why.sqlstate, why.message);
  x.refuse(to_error(why));
}

// False when there is no time for another attempt.
bool read_pool::pause(std::chrono::milliseconds wait, monotonic_time deadline) {
  std::unique_lock lock{mutex_};
  if (stopping_ || steady_clock::now() + wait > deadline)
    return false;
  return !wake_.wait_for(lock, wait, [&] { return stopping_; });
}

} // namespace gochron::storage
