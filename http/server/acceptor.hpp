#pragma once
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "http/server/admission.hpp"
#include "http/server/counters.hpp"
#include "http/server/peer.hpp"
#include "http/server/reply_port.hpp"
#include "http/server/socket.hpp"

namespace gochron::http {

/// The accept thread: takes connections from the listening sockets, turns away what is over a limit, deals the rest out
/// to the reactors in turn.
class acceptor {
public:
  acceptor(std::vector<listening_socket> sockets, std::vector<reply_port*> reactors, const trusted_proxies& proxies,
           admission& admitted, counters& counts);
  /// Stops.
  ~acceptor();

  /// Closes the listening sockets. Returns when the thread has ended.
  void stop();

private:
  void run();
  void accept_some(int listening);
  void take(descriptor fd, const sockaddr_storage& from);
  void shed_without_descriptor(int listening);
  void tell_of_shedding();

  std::vector<listening_socket> sockets_;
  std::vector<reply_port*> reactors_;
  const trusted_proxies& proxies_;
  admission& admitted_;
  counters& counts_;
  std::size_t next_ = 0;
  descriptor wake_;
  std::chrono::steady_clock::time_point told_{}; ///< when the log last heard of a lack of descriptors
  descriptor spare_; ///< given up to accept and close one client when there are no descriptors left
  std::thread thread_;
};

} // namespace gochron::http
