#include "http/server/acceptor.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "http/problem.hpp"
#include "http/server/request_id.hpp"

namespace gochron::http {
namespace {

// Of one listening socket before the others get their turn.
constexpr int accepts_in_a_row = 64;

descriptor open_spare() {
  return descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

descriptor open_wake() {
  descriptor fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  if (!fd)
    throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

// One attempt to say why; the socket buffer of a new connection takes it.
void turn_away(int fd) {
  std::string bytes;
  auto id = make_request_id();
  error full{errc::busy, "There are too many connections.", {}, std::chrono::seconds{1}, {}};
  append_reply(bytes, problem_response(full, {}, id), {id, false, false});
  [[maybe_unused]] auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
}

} // namespace

acceptor::acceptor(std::vector<listening_socket> sockets, std::vector<reply_port*> reactors,
                   const trusted_proxies& proxies, admission& admitted, counters& counts)
  : sockets_(std::move(sockets)), reactors_(std::move(reactors)), proxies_(proxies), admitted_(admitted),
    counts_(counts), wake_(open_wake()), spare_(open_spare()), thread_([this] { run(); }) {}

acceptor::~acceptor() {
  stop();
}

void acceptor::stop() {
  if (!thread_.joinable())
    return;
  std::uint64_t one = 1;
  [[maybe_unused]] auto n = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
  sockets_.clear();
}

void acceptor::run() {
  ::pthread_setname_np(::pthread_self(), "http-accept");
  std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
  for (const auto& s : sockets_)
    watched.push_back({s.fd(), POLLIN, 0});
  while (watched.front().revents == 0) {
    if (::poll(watched.data(), watched.size(), -1) <= 0)
      continue;
    for (std::size_t i = 1; i < watched.size(); ++i)
      if (watched[i].revents != 0)
        accept_some(watched[i].fd);
  }
}

void acceptor::accept_some(int listening) {
  for (int i = 0; i < accepts_in_a_row; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    descriptor fd{::accept4(listening, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (fd)
      take(std::move(fd), from);
    else if (errno == EMFILE || errno == ENFILE)
      return shed_without_descriptor(listening);
    else if (errno != ECONNABORTED && errno != EINTR)
      return;
  }
}

void acceptor::take(descriptor fd, const sockaddr_storage& from) {
  ++counts_.accepted;
  newcomer x{fd.get(), proxies_.identify(from)};
  if (!admitted_.enter(x.from)) {
    ++counts_.shed_full;
    turn_away(fd.get());
    return;
  }
  if (reactors_[next_++ % reactors_.size()]->send(x))
    fd.release();
  else
    admitted_.leave(x.from);
}

// Without this the client stays in the backlog, poll returns at once, and the thread spins.
void acceptor::shed_without_descriptor(int listening) {
  spare_.reset();
  descriptor let_go{::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC)};
  let_go.reset();
  spare_ = open_spare();
  ++counts_.shed_no_fds;
  tell_of_shedding();
  if (!spare_) { // another thread was quicker: give descriptors time to come back
    pollfd stop{wake_.get(), POLLIN, 0};
    ::poll(&stop, 1, 10);
  }
}

void acceptor::tell_of_shedding() {
  auto now = std::chrono::steady_clock::now();
  if (told_ != std::chrono::steady_clock::time_point{} && now - told_ < std::chrono::minutes{1})
    return;
  told_ = now;
  spdlog::error("out of file descriptors: new connections are closed at once (said at most once a minute)");
}

} // namespace gochron::http
