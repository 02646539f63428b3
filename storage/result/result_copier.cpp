#include "storage/result/result_copier.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "storage/postgres/backoff.hpp"

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

std::size_t size_of(const check_result& x) {
  std::size_t n = sizeof x + x.ping_body.size() + x.outcome.message.size();
  if (x.outcome.http) {
    n += x.outcome.http->body_excerpt.size();
    for (const auto& [name, value] : x.outcome.http->headers)
      n += name.size() + value.size() + 64;
  }
  return n;
}

} // namespace

result_copier::result_copier(copier_options options, const wall_clock& clock)
  : options_(std::move(options)), clock_(clock) {
  thread_ = std::thread{[this] { loop(); }};
}

result_copier::~result_copier() {
  stop();
}

bool result_copier::note(check_result x) {
  std::lock_guard lock{mutex_};
  if (stopping_)
    return false;
  bool kept_all = true;
  queued_bytes_ += size_of(x);
  queue_.push_back(std::move(x));
  ++noted_;
  while (queue_.size() > options_.max_rows || queued_bytes_ > options_.max_bytes) {
    queued_bytes_ -= size_of(queue_.front());
    queue_.pop_front();
    ++settled_;
    ++stats_.dropped;
    kept_all = false;
  }
  stats_.waiting = queue_.size();
  if (queue_.size() == 1 || queue_.size() == options_.batch_rows)
    wake_.notify_one();
  return kept_all;
}

bool result_copier::flush(std::chrono::milliseconds deadline) {
  std::unique_lock lock{mutex_};
  auto target = noted_;
  flush_now_ = true;
  wake_.notify_all();
  return idle_.wait_for(lock, deadline, [&] { return settled_ >= target; });
}

void result_copier::stop() {
  {
    std::lock_guard lock{mutex_};
    if (!stopping_)
      stop_deadline_ = steady_clock::now() + options_.stop_grace;
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void result_copier::loop() {
  for (;;) {
    auto next = take();
    if (next.empty())
      return;
    write(std::move(next));
  }
}

// Waits for rows, then for more of them. Empty: we are stopping and nothing is left.
std::vector<check_result> result_copier::take() {
  std::unique_lock lock{mutex_};
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  wake_.wait_for(lock, options_.interval,
                 [&] { return stopping_ || flush_now_ || queue_.size() >= options_.batch_rows; });
  auto count = std::min(queue_.size(), options_.batch_rows);
  std::vector<check_result> next(std::make_move_iterator(queue_.begin()),
                                 std::make_move_iterator(queue_.begin() + static_cast<std::ptrdiff_t>(count)));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  for (const auto& x : next)
    queued_bytes_ -= size_of(x);
  flush_now_ = flush_now_ && !queue_.empty();
  stats_.waiting = queue_.size();
  return next;
}

void result_copier::settle(std::size_t count) {
  {
    std::lock_guard lock{mutex_};
    settled_ += count;
  }
  idle_.notify_all();
}

bool result_copier::may_wait(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  if (!stop_deadline_)
    wake_.wait_for(lock, time, [&] { return stopping_; });
  else
    wake_.wait_for(lock, std::chrono::milliseconds{50}, [] { return false; });
  return !stop_deadline_ || steady_clock::now() < *stop_deadline_;
}

// Pieces that are refused are halved until the guilty row is alone.
void result_copier::write(std::vector<check_result> xs) {
  std::vector<std::span<const check_result>> pieces{std::span<const check_result>{xs}};
  while (!pieces.empty()) {
    auto piece = pieces.back();
    pieces.pop_back();
    if (write_piece(piece))
      continue;
    if (piece.size() == 1) {
      ++stats_.refused;
      continue;
    }
    auto half = piece.size() / 2;
    pieces.push_back(piece.subspan(half));
    pieces.push_back(piece.first(half));
  }
  ++stats_.flushes;
  settle(xs.size());
}

// False when the rows are refused; they stay unwritten.
bool result_copier::write_piece(std::span<const check_result> xs) {
  auto batch = make_uuid(clock_.now());
  backoff wait;
  for (int refusals = 0;;) {
    auto done = connect().and_then([&] { return attempt(xs, batch); });
    if (done) {
      stats_.copied += xs.size();
      return true;
    }
    const auto& why = done.error();
    spdlog::warn("results are not written: {} {}", why.sqlstate, why.message);
    if (why.remedy == remedy::reconnect)
      connection_.reset();
    bool transient = why.remedy != remedy::reject && why.remedy != remedy::defect;
    // The first refusal may only mean that a partition was dropped since we saw it.
    partitions_.clear();
    if (!transient && ++refusals > 1)
      return false;
    if (transient && !may_wait(wait.next())) {
      stats_.dropped += xs.size();
      return true;
    }
  }
}

sql_status result_copier::connect() {
  if (connection_ && connection_->alive())
    return {};
  auto opened = connection::open(options_.conninfo, options_.session);
  if (!opened)
    return sql_fail(opened.error());
  connection_ = std::move(*opened);
  return {};
}

} // namespace gochron::storage
