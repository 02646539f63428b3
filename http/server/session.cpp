#include "http/server/session.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include <spdlog/spdlog.h>

#include "http/problem.hpp"
#include "http/server/request_id.hpp"
#include "http/server/target.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

std::string forwarded_for(const request& r) {
  std::string all;
  for (const auto& h : r.headers)
    if (iequals(h.name, "x-forwarded-for"))
      all.append(all.empty() ? "" : ",").append(h.value);
  return all;
}

} // namespace

session::session(const session_context& shared, ticket self, peer from, instant now)
  : shared_(shared), self_(self), from_(std::move(from)), input_(shared.opts), phase_since_(now), progress_at_(now) {}

// One read a wake-up: polling is level-triggered, so whatever is left, bytes or the end of the stream, wakes us again.
void session::readable(instant now) {
  thread_local std::array<char, 64 * 1024> buffer;
  auto n = ::recv(self_.fd, buffer.data(), buffer.size(), 0);
  if (n < 0) {
    dead_ = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    return;
  }
  if (n == 0) {
    at_end_ = closing_ = true;
    // Who has a stream and closes has left: there is nothing more to ask for.
    if (lingering_ || stream_ || (replies_.empty() && !wants_write()))
      dead_ = true;
    return;
  }
  if (lingering_ || closing_)
    return;
  fresh_ = false;
  input_.append({buffer.data(), static_cast<std::size_t>(n)});
  advance(now);
}

// True when one more request may be taken into work.
bool session::has_room() const {
  return replies_.size() < shared_.opts.limits.pipeline && output_.size() - written_ < output_high_water &&
         replies_.held() <= shared_.opts.limits.body;
}

// True while the request that is `ready` has to wait. RFC 9112 9.3.2: only safe ones of a pipeline run side by side.
bool session::must_wait() const {
  return !replies_.empty() && !(input_.is_safe() && replies_.all_safe());
}

void session::advance(instant now) {
  advancing_ = true;
  do {
    take_requests(now);
    start_phase(now);
    pump(now);
    flush(now);
  } while (paused_ && !dead_ && !closing_ && has_room() && !(input_.at() == framer::phase::ready && must_wait()));
  advancing_ = false;
}

void session::take_requests(instant now) {
  paused_ = false;
  while (!dead_ && !closing_) {
    pump(now);
    if (!has_room()) {
      paused_ = true;
      return;
    }
    auto step = input_.advance();
    if (step == framer::step::hungry)
      return;
    if (step == framer::step::refused)
      return refuse(input_.why(), now);
    if (must_wait()) {
      paused_ = true;
      return;
    }
    dispatch(now);
  }
}

void session::start_phase(instant now) {
  if (input_.at() != phase_) {
    phase_ = input_.at();
    phase_since_ = now;
  }
}

std::uint32_t session::add_slot(std::string request_id, bool head, bool keep, bool safe, std::size_t body_size,
                                instant now) {
  reply_queue::entry e;
  e.request_id = std::move(request_id);
  e.head = head;
  e.keep = keep;
  e.safe = safe;
  e.body_size = body_size;
  e.due = now + shared_.opts.deadlines.handler;
  return replies_.add(std::move(e));
}

void session::dispatch(instant now) {
  bool safe = input_.is_safe();
  bool keep = input_.keeps_alive() && !draining_;
  auto r = input_.take();
  phase_ = framer::phase::idle;
  phase_since_ = now;
  closing_ = !keep;
  r.request_id = take_request_id(r.header("x-request-id"));
  r.peer_ip = shared_.proxies.client_of(from_, from_.trusted ? forwarded_for(r) : std::string{});
  auto to = self_;
  to.head = r.method == "HEAD";
  to.keep = keep;
  to.slot = add_slot(r.request_id, to.head, keep, safe, r.body->size(), now);
  auto decoded = decode_target(r.target);
  if (!decoded)
    return answer_problem(to.slot, 400, "The request target has a bad escape, or is not UTF-8.");
  r.path = std::move(decoded->path);
  r.query = std::move(decoded->query);
  ++shared_.counts.requests;
  try {
    shared_.handle(std::move(r), to);
  } catch (const std::exception& e) {
    answer_crash(to.slot, e.what());
  } catch (...) {
    answer_crash(to.slot, "something that is no std::exception");
  }
}

void session::answer_crash(std::uint32_t slot, std::string_view what) {
  spdlog::error("http handler threw: {} request_id={}", what, replies_.request_id(slot));
  answer_problem(slot, 500, {});
}

void session::answer_problem(std::uint32_t slot, unsigned status, std::string_view detail) {
  replies_.answer(slot, problem_response(status, detail, {}, replies_.request_id(slot)));
}

void session::refuse(const refusal& why, instant now) {
  ++shared_.counts.refused;
  closing_ = true;
  answer_problem(add_slot(make_request_id(), input_.is_head(), false, true, 0, now), why.status, why.detail);
}

} // namespace gochron::http
