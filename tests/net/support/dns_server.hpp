#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/asio.hpp"

#include <boost/asio/ip/udp.hpp>

namespace gochron::testing {

/// What a test's name server says to one question.
struct dns_reply {
  enum class kind { answer, nxdomain, servfail, refused, silence } what = kind::answer;
  std::vector<std::string> addresses; ///< none: the name exists without such records
  unsigned ttl = 60;
};

/// A name server on a UDP port of 127.0.0.1, in a thread of its own. `answer` sees the name and whether AAAA is asked.
class dns_server {
public:
  using handler = std::function<dns_reply(const std::string& name, bool v6)>;
  explicit dns_server(handler answer);
  ~dns_server();

  std::string address() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }
  int questions() const { return questions_; }

private:
  void receive();

  handler answer_;
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint from_;
  std::array<char, 1500> buffer_{};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

} // namespace gochron::testing
