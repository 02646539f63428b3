#pragma once
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include <boost/asio/steady_timer.hpp>

#include "net/connection.hpp"

namespace gochron::net {

/// A connection that outlives the attempt it was opened for.
struct kept_connection {
  kept_connection(services& s, const attempt& a) : use(a), link(s, use) {}
  /// Takes it up for another attempt.
  void begin(const attempt& a);

  attempt use; ///< the present one
  connection link;
  monotonic_time opened = std::chrono::steady_clock::now();
  monotonic_time resting_since{};
};

/// Connections of one loop that wait for their next request, by whom they lead to. Bounded in number and age: closed
/// after four seconds of rest (many servers close after five), and not taken up again when they are a minute old, so
/// that a name which now leads elsewhere, or an address no longer permitted, is noticed. Loop's thread only.
class idle_connections {
public:
  explicit idle_connections(asio::io_context& io) : sweep_(io) {}

  /// The one that rested last, if it is still good; null: open another.
  std::unique_ptr<kept_connection> take(const std::string& key);
  /// Closes it instead when there are too many.
  void keep(const std::string& key, std::unique_ptr<kept_connection> x);
  /// Closes all, and whatever is kept from now on.
  void close();

private:
  using resting = std::deque<std::unique_ptr<kept_connection>>; ///< the longest resting first
  void arm();
  void sweep();

  std::unordered_map<std::string, resting> all_;
  std::size_t count_ = 0;
  asio::steady_timer sweep_;
  bool armed_ = false;
  bool closed_ = false;
};

} // namespace gochron::net
