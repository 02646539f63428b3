#include "http/server/session.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include <spdlog/spdlog.h>

#include "http/problem.hpp"

/// The half of a session that answers: order, output buffer, deadlines, the end.
namespace gochron::http {

bool session::deliver(std::uint32_t slot, response r, instant now, std::shared_ptr<stream_sink> stream) {
  if (!replies_.answer(slot, std::move(r), std::move(stream)))
    return false;
  if (!advancing_) {
    pump(now);
    flush(now);
  }
  return true;
}

void session::resume(instant now) {
  if (stream_ && !dead_ && stream_->has_news())
    return flush(now);
  if (paused_ && !advancing_ && !closing_ && !dead_)
    advance(now);
}

void session::emit(const reply_queue::entry& e) {
  bool last = closing_ && replies_.empty();
  reply_context context{e.request_id, e.head, e.keep && !e.answer->close && !e.stream && !last, e.stream != nullptr};
  auto status = e.answer->status;
  if (!append_reply(output_, *e.answer, context)) {
    spdlog::error("http handler made an answer that must not be sent, request_id={}", e.request_id);
    auto instead = problem_response(500, {}, {}, e.request_id);
    status = instead.status;
    context.stream = false;
    append_reply(output_, instead, context);
  }
  ++shared_.counts.replies[status / 100];
  if (!context.keep) {
    closing_ = true;
    replies_.clear();
  }
  if (context.stream && !e.head) {
    stream_ = e.stream;
    input_.forget();
    if (draining_)
      stream_->close();
  }
}

// Moves the answers whose turn it is to the output.
void session::pump(instant now) {
  bool was_empty = !wants_write();
  while (!dead_) {
    auto e = replies_.pop();
    if (!e)
      break;
    emit(*e);
    if (phase_ == framer::phase::idle)
      phase_since_ = now; // the client's turn begins with the answer, however long that took
  }
  if (replies_.empty() && !closing_ && input_.take_continue())
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  if (was_empty)
    progress_at_ = now;
}

void session::flush(instant now) {
  while (!dead_ && has_output()) {
    auto n = ::send(self_.fd, output_.data() + written_, output_.size() - written_, MSG_NOSIGNAL);
    if (n > 0) {
      written_ += static_cast<std::size_t>(n);
      progress_at_ = now;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      dead_ = true;
    }
  }
  if (dead_)
    return;
  if (!has_output()) {
    stream_ ? flush_stream(now) : finish_writing(now);
  } else if (output_.size() - written_ + replies_.held() > shared_.opts.limits.output) {
    ++shared_.counts.dropped_slow;
    dead_ = true;
  } else if (written_ > output_high_water) {
    output_.erase(0, written_);
    written_ = 0;
  }
}

void session::flush_stream(instant now) {
  std::string{}.swap(output_); // a stream is to cost little while nothing happens
  written_ = 0;
  bool was_empty = !stream_->pending();
  stream_->collect();
  if (was_empty)
    progress_at_ = now;
  std::array<iovec, 64> parts;
  while (stream_->pending()) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = stream_->view(parts);
    auto n = ::sendmsg(self_.fd, &message, MSG_NOSIGNAL);
    if (n > 0) {
      stream_->written(static_cast<std::size_t>(n));
      progress_at_ = now;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR) {
      dead_ = true;
      return;
    }
  }
  if (stream_->is_over()) {
    stream_.reset();
    finish_writing(now);
  }
}

void session::finish_writing(instant now) {
  if (output_.capacity() > output_high_water)
    std::string{}.swap(output_);
  output_.clear();
  written_ = 0;
  if (!closing_ || !replies_.empty() || lingering_)
    return;
  if (at_end_) {
    dead_ = true;
    return;
  }
  // Closing with unread bytes would send a reset, which can destroy the answer on its way.
  ::shutdown(self_.fd, SHUT_WR);
  lingering_ = true;
  linger_until_ = now + shared_.opts.deadlines.linger;
}

void session::sweep(instant now) {
  const auto& d = shared_.opts.deadlines;
  if (lingering_) {
    dead_ = dead_ || now >= linger_until_;
    return;
  }
  if (wants_write() && now - progress_at_ >= d.write) {
    ++shared_.counts.timeout_write;
    dead_ = true;
    return;
  }
  auto overdue = replies_.overdue(now);
  for (auto slot : overdue) {
    ++shared_.counts.timeout_handler;
    error late{errc::timed_out, "The answer was not ready in time.", {}, std::chrono::seconds{1}, {}};
    replies_.answer(slot, problem_response(late, {}, replies_.request_id(slot)));
  }
  if (!overdue.empty()) {
    pump(now);
    flush(now);
  }
  if (!dead_ && !closing_ && !paused_)
    sweep_input(now);
}

void session::sweep_input(instant now) {
  const auto& d = shared_.opts.deadlines;
  auto age = now - phase_since_;
  if (phase_ == framer::phase::idle) {
    if (replies_.empty() && !wants_write() && age >= (fresh_ ? d.head : d.idle)) {
      ++(fresh_ ? shared_.counts.timeout_head : shared_.counts.timeout_idle);
      dead_ = true;
    }
    return;
  }
  bool in_head = phase_ == framer::phase::head;
  if (age < (in_head ? d.head : d.body))
    return;
  ++(in_head ? shared_.counts.timeout_head : shared_.counts.timeout_body);
  refuse({408, in_head ? "The head of the request took too long." : "The body of the request took too long."}, now);
  pump(now);
  flush(now);
}

void session::drain(instant now) {
  draining_ = true;
  if (stream_) {
    stream_->close();
    return flush(now);
  }
  if (closing_ || phase_ != framer::phase::idle || paused_)
    return;
  closing_ = true;
  if (replies_.empty() && !wants_write())
    dead_ = true;
  else
    flush(now);
}

} // namespace gochron::http
