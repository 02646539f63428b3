#include "storage/postgres/writer.hpp"

#include <spdlog/spdlog.h>

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

std::size_t size_of(const write_unit& x) {
  std::size_t n = sizeof x;
  for (const auto& c : x.commands)
    n += c.values.bytes() + sizeof c;
  return n;
}

error away() {
  return {errc::unavailable, "The database is away.", {}, std::chrono::seconds{1}, {}};
}

} // namespace

writer::writer(writer_options options, const wall_clock& clock) : options_(std::move(options)), clock_(clock) {
  thread_ = std::thread{[this] { loop(); }};
}

writer::~writer() {
  stop();
}

void writer::submit(write_unit x) {
  pending p{std::move(x), steady_clock::now() + options_.write_deadline, 0, {}, {}};
  p.bytes = size_of(p.unit);
  {
    std::lock_guard lock{mutex_};
    bool full = queue_.size() >= options_.max_units || queued_bytes_ + p.bytes > options_.max_bytes;
    if (!full && !stopping_) {
      queued_bytes_ += p.bytes;
      queue_.push_back(std::move(p));
      stats_.queued_units = queue_.size();
      stats_.queued_bytes = queued_bytes_;
      if (queue_.size() == 1 || queue_.size() == options_.batch_units)
        wake_.notify_one();
      return;
    }
    p.failure = stopping_ ? away() : error{errc::busy, "The write queue is full.", {}, std::chrono::seconds{1}, {}};
  }
  answer(p);
}

void writer::stop() {
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

void writer::loop() {
  while (auto next = collect())
    write(*next);
  connection_.reset();
  stats_.connected = false;
}

std::optional<writer::batch> writer::collect() {
  std::unique_lock lock{mutex_};
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  if (queue_.empty())
    return std::nullopt;
  wake_.wait_for(lock, options_.linger, [&] { return stopping_ || queue_.size() >= options_.batch_units; });
  batch next;
  std::size_t bytes = 0;
  while (!queue_.empty() && next.units.size() < options_.batch_units &&
         (next.units.empty() || bytes + queue_.front().bytes <= options_.batch_bytes)) {
    bytes += queue_.front().bytes;
    next.units.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  stats_.queued_units = queue_.size();
  stats_.queued_bytes = queued_bytes_;
  next.at = clock_.now();
  next.id = make_uuid(next.at);
  return next;
}

// Returns when every unit of the batch has its answer.
void writer::write(batch& x) {
  backoff wait;
  auto started = steady_clock::now();
  for (;;) {
    if (connect() && attempt(x) == outcome::finished)
      break;
    ++stats_.retries;
    expire(x);
    expire_queue();
    if (x.units.empty() || give_up(x, wait))
      return;
  }
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  stats_.commit_microseconds += static_cast<std::uint64_t>(took.count());
  finish(x);
}

// Waits before the next attempt. True when we are stopping and the grace is over.
bool writer::give_up(batch& x, backoff& wait) {
  std::unique_lock lock{mutex_};
  if (!stop_deadline_)
    wake_.wait_for(lock, wait.next(), [&] { return stopping_; });
  else if (steady_clock::now() < *stop_deadline_)
    wake_.wait_for(lock, std::chrono::milliseconds{50});
  if (!stop_deadline_ || steady_clock::now() < *stop_deadline_)
    return false;
  lock.unlock();
  for (auto& p : x.units) {
    p.failure = x.in_doubt ? error{errc::timed_out, "Whether it was written is not known.", {}, {}, {}} : away();
    answer(p);
  }
  return true;
}

bool writer::connect() {
  if (connection_ && connection_->alive())
    return true;
  auto opened = connection::open(options_.conninfo, options_.session);
  stats_.connected = opened.has_value();
  if (!opened) {
    spdlog::warn("the writer cannot reach the database: {}", opened.error().message);
    return false;
  }
  connection_ = std::move(*opened);
  return true;
}

// An API write that waited too long is given up, unless it may have been written.
void writer::expire(batch& x) {
  if (x.in_doubt)
    return;
  auto now = steady_clock::now();
  std::erase_if(x.units, [&](pending& p) {
    if (p.unit.patient || p.deadline > now)
      return false;
    ++stats_.expired;
    p.failure = away();
    answer(p);
    return true;
  });
}

void writer::expire_queue() {
  std::vector<pending> expired;
  {
    std::lock_guard lock{mutex_};
    auto now = steady_clock::now();
    std::deque<pending> kept;
    for (auto& p : queue_) {
      bool late = !p.unit.patient && p.deadline <= now;
      queued_bytes_ -= late ? p.bytes : 0;
      if (late)
        expired.push_back(std::move(p));
      else
        kept.push_back(std::move(p));
    }
    queue_.swap(kept);
    stats_.queued_units = queue_.size();
    stats_.queued_bytes = queued_bytes_;
  }
  for (auto& p : expired) {
    ++stats_.expired;
    p.failure = away();
    answer(p);
  }
}

void writer::answer(pending& x) {
  auto done = std::move(x.unit.done);
  if (!done)
    return;
  if (x.failure)
    done(fail(std::move(*x.failure)));
  else
    done(std::span<const rows>{x.answers});
}

void writer::finish(batch& x) {
  ++stats_.batches;
  stats_.units += x.units.size();
  for (auto& p : x.units) {
    stats_.rejected += p.failure ? 1 : 0;
    answer(p);
  }
}

} // namespace gochron::storage
