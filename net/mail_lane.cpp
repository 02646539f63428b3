#include "net/mail_lane.hpp"

#include <algorithm>
#include <stdexcept>

#include "net/mail_transfer.hpp"

namespace gochron::net {

struct mail_lane::shared_curl {
  shared_curl() {
    // Once a process; it is not undone, since others may use libcurl, too.
    static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
    if (!multi)
      throw std::runtime_error("libcurl cannot be set up");
  }
  ~shared_curl() { curl_multi_cleanup(multi); }
  CURLM* multi = nullptr;
};

mail_lane::mail_lane(smtp_options options, std::shared_ptr<const wall_clock> clock,
                     std::shared_ptr<const egress_guard> guard)
  : options_(std::move(options)), clock_(std::move(clock)), guard_(std::move(guard)),
    curl_(std::make_unique<shared_curl>()) {}

mail_lane::~mail_lane() {
  stop();
}

void mail_lane::start() {
  thread_ = std::thread{[this] { run(); }};
}

void mail_lane::stop() {
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
  }
  curl_multi_wakeup(curl_->multi);
  if (thread_.joinable())
    thread_.join();
  else
    take_in(); // it was never started
  for (auto& x : waiting_)
    refuse(std::move(x), "The sender has stopped.");
  waiting_.clear();
}

void mail_lane::mail(mail_post x, std::function<void(delivery_attempt)> done) {
  auto one = std::make_unique<transfer>(std::move(x), std::move(done));
  const char* why = "The sender has stopped.";
  {
    std::lock_guard lock{mutex_};
    if (!closed_ && queued_ < most_queued) {
      ++queued_;
      inbox_.push_back(std::move(one));
    } else if (!closed_)
      why = "Too much mail is waiting to be sent.";
  }
  one ? refuse(std::move(one), why) : static_cast<void>(curl_multi_wakeup(curl_->multi));
}

mail_stats mail_lane::stats() const {
  return {in_flight_, queued_};
}

void mail_lane::run() {
  while (take_in()) {
    start_some();
    int running = 0;
    curl_multi_perform(curl_->multi, &running);
    finish_some();
    if (next() == waiting_.end())
      curl_multi_poll(curl_->multi, nullptr, 0, 1000, nullptr);
  }
  for (auto& x : std::exchange(under_way_, {})) {
    x->abandon();
    curl_multi_remove_handle(curl_->multi, x->easy);
    refuse(std::move(x), "The sender has stopped.");
  }
  in_flight_ = 0;
}

// False when it is time to end.
bool mail_lane::take_in() {
  std::lock_guard lock{mutex_};
  std::ranges::move(inbox_, std::back_inserter(waiting_));
  inbox_.clear();
  return !closed_;
}

// The first in the queue that may begin, or has waited too long.
std::deque<mail_lane::transfer_ptr>::iterator mail_lane::next() {
  auto now = std::chrono::steady_clock::now();
  return std::ranges::find_if(waiting_, [&](const transfer_ptr& x) {
    if (x->give_up <= now)
      return true;
    if (under_way_.size() >= most_in_flight)
      return false;
    auto same = [&](const transfer_ptr& y) { return x->post.relay && x->post.relay->url == y->post.relay->url; };
    return !x->post.relay || static_cast<std::size_t>(std::ranges::count_if(under_way_, same)) < most_of_one;
  });
}

void mail_lane::start_some() {
  for (auto it = next(); it != waiting_.end(); it = next()) {
    auto x = std::move(*it);
    waiting_.erase(it);
    --queued_;
    x->started_at = clock_->now();
    if (x->give_up <= std::chrono::steady_clock::now())
      refuse(std::move(x), "It waited too long for its turn.");
    else if (x->prepare(options_, guard_) != CURLE_OK || curl_multi_add_handle(curl_->multi, x->easy) != CURLM_OK)
      refuse(std::move(x), "libcurl could not take it.");
    else
      under_way_.push_back(std::move(x));
  }
  in_flight_ = under_way_.size();
}

void mail_lane::finish_some() {
  int left = 0;
  while (auto* message = curl_multi_info_read(curl_->multi, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    auto how = message->data.result; // the message does not outlive the handle's removal
    auto* easy = message->easy_handle;
    auto it = std::ranges::find_if(under_way_, [&](const auto& x) { return x->easy == easy; });
    auto x = std::move(*it);
    under_way_.erase(it);
    auto attempt = x->conclude(how);
    curl_multi_remove_handle(curl_->multi, easy);
    x->done(std::move(attempt));
  }
  in_flight_ = under_way_.size();
}

void mail_lane::refuse(transfer_ptr x, const char* why) {
  delivery_attempt out;
  out.started_at = clock_->now();
  out.error = reason::probe_error;
  out.message = why;
  x->done(std::move(out));
}

} // namespace gochron::net
