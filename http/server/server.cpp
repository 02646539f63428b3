#include "http/server/server.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <pistache/reactor.h>

#include "http/server/acceptor.hpp"
#include "http/server/admission.hpp"
#include "http/server/socket.hpp"
#include "http/server/transport.hpp"

namespace gochron::http {

namespace {

// Pistache 0.0.5 makes its pollers without EPOLL_CLOEXEC and keeps them private. No child of ours has use for one.
void close_pollers_on_exec() {
  std::error_code gone; // entries may vanish while we look
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", gone)) {
    auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone && target == "anon_inode:[eventpoll]")
      ::fcntl(std::stoi(entry.path().filename()), F_SETFD, FD_CLOEXEC);
  }
}

} // namespace

// Members are destroyed in the reverse order: threads first, then what they use.
struct server::parts {
  parts(options o, handler h) : opts(std::move(o)), handle(std::move(h)) {}

  const options opts;
  const handler handle;
  const trusted_proxies proxies{opts.trusted_proxies};
  counters counts;
  admission admitted{opts.limits};
  const session_context shared{opts, proxies, handle, counts};
  std::vector<listening_socket> sockets;
  std::vector<std::shared_ptr<transport>> transports;
  std::unique_ptr<Pistache::Aio::Reactor> reactor;
  std::unique_ptr<acceptor> accepting;
};

server::server(options o, handler h) {
  if (o.reactors < 1 || o.reactors > 16 || o.limits.pipeline < 1 || !h)
    throw std::invalid_argument("http server: 1 to 16 reactors, a pipeline of at least 1, and a handler");
  parts_ = std::make_unique<parts>(std::move(o), std::move(h));
}

server::~server() {
  stop();
}

result<std::string> server::listen(std::string_view where) {
  auto socket = listening_socket::open(where, parts_->opts.backlog);
  if (!socket)
    return fail(socket.error());
  auto address = socket->address();
  parts_->sockets.push_back(std::move(*socket));
  return address;
}

void server::start() {
  auto& p = *parts_;
  p.reactor = std::make_unique<Pistache::Aio::Reactor>();
  p.reactor->init(Pistache::Aio::AsyncContext(p.opts.reactors, "http"));
  close_pollers_on_exec();
  auto key = p.reactor->addHandler(std::make_shared<transport>(p.shared, p.admitted));
  std::vector<reply_port*> ports;
  for (const auto& h : p.reactor->handlers(key)) {
    p.transports.push_back(std::static_pointer_cast<transport>(h));
    ports.push_back(&p.transports.back()->port());
  }
  p.reactor->run();
  p.accepting = std::make_unique<acceptor>(std::move(p.sockets), std::move(ports), p.proxies, p.admitted, p.counts);
}

bool server::drain(std::chrono::milliseconds deadline) {
  auto until = std::chrono::steady_clock::now() + deadline;
  if (parts_->accepting)
    parts_->accepting->stop();
  for (const auto& t : parts_->transports)
    t->port().send_drain();
  return parts_->admitted.wait_until_empty(until);
}

void server::stop() {
  auto& p = *parts_;
  p.accepting.reset();
  if (p.reactor)
    p.reactor->shutdown();
  p.reactor.reset(); // joins
  for (const auto& t : p.transports)
    t->close_all();
  p.transports.clear();
  p.sockets.clear();
}

http::stats server::stats() const {
  auto s = parts_->counts.snapshot();
  s.connections = parts_->admitted.open();
  return s;
}

} // namespace gochron::http
