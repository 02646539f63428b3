#include "net/support/dns_server.hpp"

namespace gochron::testing {

namespace {

using boost::asio::ip::udp;

void put16(std::string& out, unsigned x) {
  out.append({static_cast<char>(x >> 8), static_cast<char>(x & 0xff)});
}

struct question {
  std::string name;
  bool v6 = false;
  std::size_t end = 12; ///< where the question ends in the packet
};

question read_question(const std::string& packet) {
  question q;
  while (q.end < packet.size() && packet[q.end] != 0) {
    const auto n = static_cast<std::size_t>(packet[q.end]);
    q.name.append(q.name.empty() ? "" : ".").append(packet, q.end + 1, n);
    q.end += n + 1;
  }
  q.v6 = packet.at(q.end + 2) == 28;
  q.end += 5;
  return q;
}

void put_record(std::string& out, const std::string& address, bool v6, unsigned ttl) {
  put16(out, 0xc00c); // the name of the question
  put16(out, v6 ? 28 : 1);
  put16(out, 1);
  put16(out, ttl >> 16);
  put16(out, ttl & 0xffff);
  const auto x = boost::asio::ip::make_address(address);
  const auto append = [&](const auto& bytes) {
    put16(out, static_cast<unsigned>(bytes.size()));
    out.append(bytes.begin(), bytes.end());
  };
  if (v6)
    append(x.to_v6().to_bytes());
  else
    append(x.to_v4().to_bytes());
}

std::string packet_for(const std::string& query, const question& q, const dns_reply& r) {
  using kind = dns_reply::kind;
  const unsigned code = r.what == kind::nxdomain ? 3 : r.what == kind::servfail ? 2 : r.what == kind::refused ? 5 : 0;
  std::string out = query.substr(0, 2);
  put16(out, 0x8180 | code);
  put16(out, 1);
  put16(out, code == 0 ? static_cast<unsigned>(r.addresses.size()) : 0);
  put16(out, 0);
  put16(out, 0);
  out.append(query, 12, q.end - 12);
  if (code == 0)
    for (const auto& a : r.addresses)
      put_record(out, a, q.v6, r.ttl);
  return out;
}

} // namespace

dns_server::dns_server(handler answer)
  : answer_(std::move(answer)), socket_(io_, udp::endpoint{boost::asio::ip::address_v4::loopback(), 0}) {
  receive();
  thread_ = std::thread{[this] { io_.run(); }};
}

dns_server::~dns_server() {
  io_.stop();
  thread_.join();
}

void dns_server::receive() {
  socket_.async_receive_from(boost::asio::buffer(buffer_), from_, [this](boost::system::error_code ec, std::size_t n) {
    if (ec)
      return;
    ++questions_;
    const std::string query{buffer_.data(), n};
    const auto q = read_question(query);
    const auto reply = answer_(q.name, q.v6);
    if (reply.what != dns_reply::kind::silence) {
      boost::system::error_code ignored;
      socket_.send_to(boost::asio::buffer(packet_for(query, q, reply)), from_, 0, ignored);
    }
    receive();
  });
}

} // namespace gochron::testing
