#include "http/server/reply_port.hpp"

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace gochron::http {
namespace {

struct duty {
  const reply_port* port = nullptr;
  letter_desk* desk = nullptr;
};
thread_local duty duty_here;

} // namespace

reply_port& reply_port::open() {
  static std::mutex all_mutex;
  // Leaked on purpose: a ticket may be used while static objects are being destroyed.
  static auto& all = *new std::vector<std::unique_ptr<reply_port>>;
  int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
  std::lock_guard all_guard(all_mutex);
  for (const auto& port : all) {
    std::lock_guard guard(port->mutex_);
    if (!port->open_) {
      port->open_ = true;
      port->event_fd_ = fd;
      return *port;
    }
  }
  all.emplace_back(new reply_port);
  all.back()->open_ = true;
  all.back()->event_fd_ = fd;
  return *all.back();
}

void reply_port::ring() const {
  std::uint64_t one = 1;
  // It can only fail when the counter is full, and then the reactor has been woken already.
  [[maybe_unused]] auto n = ::write(event_fd_, &one, sizeof one);
}

void reply_port::send(letter x) {
  if (duty_here.port == this)
    return duty_here.desk->take(std::move(x));
  std::lock_guard guard(mutex_);
  if (!open_) {
    dropped_ += std::holds_alternative<knock>(x.what) ? 0 : 1;
    return;
  }
  bool wake = is_quiet();
  waiting_.letters.push_back(std::move(x));
  if (wake)
    ring();
}

bool reply_port::send(const newcomer& x) {
  std::lock_guard guard(mutex_);
  if (!open_)
    return false;
  bool wake = is_quiet();
  waiting_.newcomers.push_back(x);
  if (wake)
    ring();
  return true;
}

void reply_port::send_drain() {
  std::lock_guard guard(mutex_);
  if (!open_)
    return;
  waiting_.drain = true;
  ring();
}

reply_port::batch reply_port::collect() {
  std::uint64_t n = 0;
  [[maybe_unused]] auto got = ::read(event_fd_, &n, sizeof n);
  std::lock_guard guard(mutex_);
  return std::exchange(waiting_, {});
}

reply_port::batch reply_port::close() {
  std::lock_guard guard(mutex_);
  open_ = false;
  ::close(std::exchange(event_fd_, -1));
  dropped_ += waiting_.letters.size();
  return std::exchange(waiting_, {});
}

reply_port::on_duty::on_duty(const reply_port& port, letter_desk& desk) {
  duty_here = {&port, &desk};
}
reply_port::on_duty::~on_duty() {
  duty_here = {};
}

void reply(const ticket& to, response r) {
  if (to.port)
    to.port->send({to, std::move(r)});
}

void extend_deadline(const ticket& of, std::chrono::milliseconds from_now) {
  if (of.port)
    of.port->send({of, from_now});
}

} // namespace gochron::http
