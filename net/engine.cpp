#include "net/engine.hpp"

#include <algorithm>
#include <csignal>

#include <sys/resource.h>
#include <unistd.h>

namespace gochron::net {

namespace {
constexpr milliseconds sweep_interval{100};
constexpr milliseconds intake_delay{1};
constexpr int starts_a_pass = 16;
constexpr int niceness = 5; // a third of the weight of a thread that does not yield
constexpr const char* stopping_text = "The engine is stopping.";
} // namespace

engine::engine(engine_options options)
  : options_(std::move(options)), alive_(io_.get_executor()), guard_(options_.egress), tls_(options_.extra_ca_file),
    sockets_(io_), dns_(io_, options_.dns), services_{io_, sockets_, dns_, tls_, guard_, *options_.clock, false},
    idle_(io_), intake_(io_), sweep_(io_) {
  services_.idle = &idle_;
}

engine::~engine() {
  stop();
}

void engine::start() {
  if (!thread_.joinable())
    thread_ = std::thread{[this] { run(); }};
}

void engine::stop() {
  {
    std::lock_guard lock{mutex_};
    if (closed_)
      return;
    closed_ = true;
  }
  asio::post(io_, [this] { begin_stop(); });
  if (thread_.joinable())
    thread_.join();
  else
    run();
}

// OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that has gone must not end the process.
void engine::run() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  if (options_.yields)
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness); // on Linux: of this thread alone
  io_.run();
}

void engine::begin_stop() {
  services_.stopping = true;
  take_in();
  for (auto& t : std::exchange(waiting_, {})) {
    --queued_;
    t->refuse(*this, stopping_text);
  }
  dns_.close();
  idle_.close();
  sockets_.close();
  sweep_.cancel();
  intake_.cancel();
  alive_.reset();
}

void engine::enqueue(ticket_ptr t) {
  bool first = false;
  {
    std::unique_lock lock{mutex_};
    if (closed_) {
      lock.unlock();
      return t->refuse(*this, stopping_text);
    }
    if (queued_ < options_.limits.queued) {
      ++queued_;
      first = inbox_.empty();
      inbox_.push_back(std::move(t));
      if (!first)
        return;
    }
  }
  if (first)
    asio::post(io_, [this] { await_more(); });
  else
    asio::post(io_, [this, t = std::move(t)] { t->refuse(*this, "Too many attempts are waiting already."); });
}

// Rounds come in swarms. Waking up for each would cost more than many of them do.
void engine::await_more() {
  intake_.expires_after(intake_delay);
  intake_.async_wait([this](error_code ec) {
    if (!ec)
      take_in();
  });
}

void engine::take_in() {
  std::vector<ticket_ptr> taken;
  {
    std::lock_guard lock{mutex_};
    taken.swap(inbox_);
  }
  for (auto& t : taken)
    impatient_ = impatient_ || t->give_up != monotonic_time::max();
  std::move(taken.begin(), taken.end(), std::back_inserter(waiting_));
  start_some();
}

// A few, and before the next few the loop takes a turn: everything that has become ready meanwhile is served first. So
// there are never more under way than the core keeps up with, whatever waits.
void engine::start_some() {
  if (std::exchange(starting_, true) || services_.stopping)
    return;
  for (int i = 0; i < starts_a_pass && may_start(); ++i) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    --queued_;
    ++in_flight_;
    auto& x = *next;
    x.start(std::move(next), *this);
  }
  starting_ = may_start();
  if (starting_)
    asio::post(io_, [this] {
      starting_ = false;
      start_some();
    });
  if (impatient_ && !waiting_.empty() && !sweeping_)
    refuse_impatient();
}

bool engine::may_start() const {
  return !waiting_.empty() && in_flight_ < options_.limits.in_flight;
}

void engine::refuse_impatient() {
  const auto now = std::chrono::steady_clock::now();
  const auto keep =
      std::stable_partition(waiting_.begin(), waiting_.end(), [&](const auto& t) { return now < t->give_up; });
  std::vector<ticket_ptr> late{std::make_move_iterator(keep), std::make_move_iterator(waiting_.end())};
  waiting_.erase(keep, waiting_.end());
  queued_ -= late.size();
  for (auto& t : late)
    t->refuse(*this, "The attempt waited too long for its turn.");
  sweeping_ = !waiting_.empty();
  if (!sweeping_)
    return;
  sweep_.expires_after(sweep_interval);
  sweep_.async_wait([this](error_code ec) {
    if (!ec && !services_.stopping)
      refuse_impatient();
  });
}

void engine::ended(verdict v) {
  count(v);
  --in_flight_;
  start_some();
}

engine_stats engine::stats() const {
  engine_stats out;
  out.in_flight = in_flight_;
  out.queued = queued_;
  std::copy(done_.begin(), done_.end(), out.done.begin());
  return out;
}

} // namespace gochron::net
