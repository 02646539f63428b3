#include "net/engine.hpp"

#include <algorithm>
#include <csignal>

namespace gochron::net {

namespace {
constexpr milliseconds sweep_interval{100};
constexpr milliseconds intake_delay{1};
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
  io_.run();
}

void engine::begin_stop() {
  services_.stopping = true;
  take_in();
  for (auto& t : std::exchange(waiting_, {})) {
    --queued_;
    t.refuse(stopping_text);
  }
  dns_.close();
  idle_.close();
  sockets_.close();
  sweep_.cancel();
  intake_.cancel();
  alive_.reset();
}

void engine::enqueue(ticket t) {
  bool first = false;
  {
    std::unique_lock lock{mutex_};
    if (closed_) {
      lock.unlock();
      return t.refuse(stopping_text);
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
    asio::post(io_, [t = std::move(t)] { t.refuse("Too many attempts are waiting already."); });
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
  std::vector<ticket> taken;
  {
    std::lock_guard lock{mutex_};
    taken.swap(inbox_);
  }
  std::move(taken.begin(), taken.end(), std::back_inserter(waiting_));
  if (!services_.stopping)
    start_waiting();
}

void engine::start_waiting() {
  while (!waiting_.empty() && in_flight_ < options_.limits.in_flight) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    --queued_;
    ++in_flight_;
    next.start();
  }
  if (!waiting_.empty() && !sweeping_)
    refuse_impatient();
}

void engine::refuse_impatient() {
  const auto now = std::chrono::steady_clock::now();
  const auto keep =
      std::stable_partition(waiting_.begin(), waiting_.end(), [&](const ticket& t) { return now < t.give_up; });
  std::vector<ticket> late{std::make_move_iterator(keep), std::make_move_iterator(waiting_.end())};
  waiting_.erase(keep, waiting_.end());
  queued_ -= late.size();
  for (auto& t : late)
    t.refuse("The attempt waited too long for its turn.");
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
  if (!services_.stopping)
    start_waiting();
}

engine_stats engine::stats() const {
  engine_stats out;
  out.in_flight = in_flight_;
  out.queued = queued_;
  std::copy(done_.begin(), done_.end(), out.done.begin());
  return out;
}

} // namespace gochron::net
