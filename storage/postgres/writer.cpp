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
  pending p{std::move(x), steady_clock::now() + options_.write_deadline, 0, {}, {}, false};
  p.bytes = size_of(p.unit);
  {
    std::lock_guard lock{mutex_};
    bool full = queue_.size() >= options_.max_units || queued_bytes_ + p.bytes > options_.max_bytes;
    bool hopeless = stopping_ || (!p.unit.patient && struggles());
    if (!full && !hopeless) {
      queued_bytes_ += p.bytes;
      queue_.push_back(std::move(p));
      stats_.queued_units = queue_.size();
      stats_.queued_bytes = queued_bytes_;
      if (queue_.size() == 1 || queue_.size() == options_.batch_units)
        wake_.notify_one();
      return;
    }
    p.failure = hopeless ? away() : error{errc::busy, "The write queue is full.", {}, std::chrono::seconds{1}, {}};
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
  for (;;) {
    auto next = collect_aside();
    if (!next)
      next = collect();
    if (!next)
      break;
    write(*next);
  }
  abandon_aside();
  connection_.reset();
  stats_.connected = false;
}

std::optional<writer::batch> writer::collect() {
  std::unique_lock lock{mutex_};
  auto ready = [&] { return stopping_ || !queue_.empty(); };
  if (aside_.empty())
    wake_.wait(lock, ready);
  else if (!wake_.wait_until(lock, next_aside(), ready))
    return batch{}; // something that was set aside is due
  if (queue_.empty())
    return std::nullopt;
  // A single client would only wait for himself. Company shows by gathering while a batch is written.
  if (company_)
    wake_.wait_for(lock, options_.linger, [&] { return stopping_ || queue_.size() >= options_.batch_units; });
  company_ = queue_.size() > 1;
  batch next;
  std::size_t bytes = 0;
  while (!queue_.empty() && next.units.size() < options_.batch_units &&
         (next.units.empty() || bytes + queue_.front().bytes <= options_.batch_bytes)) {
    bytes += queue_.front().bytes;
    if (!joins_aside(queue_.front()))
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
  if (x.units.empty())
    return;
  backoff wait;
  auto started = steady_clock::now();
  begin_struggle(true);
  for (;;) {
    if (connect() && attempt(x) == outcome::finished)
      break;
    ++stats_.retries;
    expire(x);
    expire_queue();
    if (x.units.empty() || give_up(x, wait))
      return begin_struggle(false);
  }
  begin_struggle(false);
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

void writer::begin_struggle(bool begun) {
  std::lock_guard lock{mutex_};
  struggling_since_ = begun ? std::optional{steady_clock::now()} : std::nullopt;
}

// With the mutex held. A batch that gets nowhere for this long means that the database is away or as good as.
bool writer::struggles() const {
  return struggling_since_ && steady_clock::now() - *struggling_since_ > options_.patience;
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
  bool hopeless = [&] {
    std::lock_guard lock{mutex_};
    return struggles();
  }();
  std::erase_if(x.units, [&](pending& p) {
    if (p.unit.patient || (p.deadline > now && !hopeless))
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
      bool late = !p.unit.patient && (p.deadline <= now || struggles());
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
  set_aside(x);
  ++stats_.batches;
  stats_.units += x.units.size();
  for (auto& p : x.units) {
    stats_.rejected += p.failure ? 1 : 0;
    answer(p);
  }
}

} // namespace gochron::storage
