#include "net/dns_channel.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <netdb.h>

namespace gochron::net {

namespace {

using ares_wait = asio::posix::stream_descriptor::wait_type;

dns_status status_of(int code) {
  switch (code) {
  case ARES_SUCCESS:
    return dns_status::ok;
  case ARES_ENOTFOUND:
    return dns_status::nxdomain;
  case ARES_ENODATA:
    return dns_status::no_data;
  case ARES_EBADNAME:
    return dns_status::nxdomain;
  case ARES_ETIMEOUT:
    return dns_status::timeout;
  case ARES_ECANCELLED:
  case ARES_EDESTRUCTION:
    return dns_status::closed;
  case ARES_ESERVFAIL:
  case ARES_EFORMERR:
  case ARES_ENOTIMP:
  case ARES_EBADRESP:
    return dns_status::servfail;
  default:
    return dns_status::unusable;
  }
}

template <class Record, class Parse, class Convert>
int collect(Parse parse, const unsigned char* bytes, int size, dns_answer& out, Convert convert) {
  std::array<Record, 32> records{};
  int count = static_cast<int>(records.size());
  const int code = parse(bytes, size, nullptr, records.data(), &count);
  if (code != ARES_SUCCESS)
    return code;
  int ttl = count > 0 ? records[0].ttl : 0;
  for (int i = 0; i < count; ++i) {
    const auto& r = records[static_cast<std::size_t>(i)];
    ttl = std::min(ttl, r.ttl);
    out.addresses.push_back(convert(r));
  }
  out.ttl = seconds{std::max(ttl, 0)};
  return count > 0 ? ARES_SUCCESS : ARES_ENODATA;
}

ip_address v4_of(const ares_addrttl& r) {
  return asio::ip::address_v4{ntohl(r.ipaddr.s_addr)};
}

ip_address v6_of(const ares_addr6ttl& r) {
  asio::ip::address_v6::bytes_type b{};
  std::copy_n(std::begin(r.ip6addr._S6_un._S6_u8), b.size(), b.begin());
  return asio::ip::address_v6{b};
}

struct pending_query {
  bool v6;
  dns_channel::callback done;
};

void on_answer(void* arg, int code, int, unsigned char* bytes, int size) {
  std::unique_ptr<pending_query> q{static_cast<pending_query*>(arg)};
  dns_answer out;
  constexpr unsigned char cut = 0x02; // RFC 1035, 4.1.1: TC
  out.truncated = bytes && size > 2 && (bytes[2] & cut) != 0;
  if (code == ARES_SUCCESS)
    code = q->v6 ? collect<ares_addr6ttl>(ares_parse_aaaa_reply, bytes, size, out, v6_of)
                 : collect<ares_addrttl>(ares_parse_a_reply, bytes, size, out, v4_of);
  out.status = status_of(code);
  q->done(std::move(out));
}

} // namespace

struct dns_channel::watched {
  asio::posix::stream_descriptor descriptor;
  bool read = false;
  bool write = false;
  bool waiting_read = false;
  bool waiting_write = false;
};

dns_channel::dns_channel(asio::io_context& io, const dns_options& options, transport over) : io_(io), timer_(io) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options o{};
  // NOCHECKRESP: a SERVFAIL is an answer to tell, not a reason to say that no server could be reached.
  // IGNTC: c-ares fails every question to a server once that server ends an idle TCP connection, so TCP is apart.
  o.flags = ARES_FLAG_NOCHECKRESP | (over == transport::tcp ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC);
  o.timeout = static_cast<int>(options.query_timeout.count());
  o.tries = options.tries;
  o.sock_state_cb = &on_socket_state;
  o.sock_state_cb_data = this;
  constexpr int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (library != ARES_SUCCESS || ares_init_options(&channel_, &o, mask) != ARES_SUCCESS)
    throw std::runtime_error("c-ares could not be started");
  std::string servers;
  for (const auto& x : options.nameservers)
    servers += (servers.empty() ? "" : ",") + x;
  if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS) {
    ares_destroy(channel_);
    throw std::runtime_error("not a list of name servers: " + servers);
  }
}

dns_channel::~dns_channel() {
  close();
}

void dns_channel::close() {
  if (channel_)
    ares_destroy(std::exchange(channel_, nullptr));
  sockets_.clear();
  timer_.cancel();
}

void dns_channel::query(const std::string& host, bool v6, callback done) {
  if (!channel_)
    return done({});
  constexpr int type_a = 1;
  constexpr int type_aaaa = 28;
  constexpr int class_in = 1;
  auto q = std::make_unique<pending_query>(pending_query{v6, std::move(done)});
  ares_query(channel_, host.c_str(), class_in, v6 ? type_aaaa : type_a, &on_answer, q.release());
  arm_timer();
}

std::vector<std::string> dns_channel::servers() const {
  std::vector<std::string> out;
  ares_addr_port_node* first = nullptr;
  if (!channel_ || ares_get_servers_ports(channel_, &first) != ARES_SUCCESS)
    return out;
  for (auto* x = first; x; x = x->next) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ares_inet_ntop(x->family, &x->addr, text.data(), text.size());
    auto host = x->family == AF_INET6 ? '[' + std::string{text.data()} + ']' : std::string{text.data()};
    out.push_back(x->udp_port > 0 ? host + ':' + std::to_string(x->udp_port) : host);
  }
  ares_free_data(first);
  return out;
}

std::vector<ip_address> dns_channel::from_hosts_file(const std::string& host, bool v6) {
  std::vector<ip_address> out;
  hostent* found = nullptr;
  if (!channel_ || ares_gethostbyname_file(channel_, host.c_str(), v6 ? AF_INET6 : AF_INET, &found) != ARES_SUCCESS)
    return out;
  for (char** p = found->h_addr_list; *p; ++p) {
    if (v6) {
      asio::ip::address_v6::bytes_type b{};
      std::copy_n(reinterpret_cast<const unsigned char*>(*p), b.size(), b.begin());
      out.emplace_back(asio::ip::address_v6{b});
    } else {
      asio::ip::address_v4::bytes_type b{};
      std::copy_n(reinterpret_cast<const unsigned char*>(*p), b.size(), b.begin());
      out.emplace_back(asio::ip::address_v4{b});
    }
  }
  ares_free_hostent(found);
  return out;
}

void dns_channel::on_socket_state(void* self_ptr, ares_socket_t fd, int readable, int writable) {
  auto& self = *static_cast<dns_channel*>(self_ptr);
  auto at = self.sockets_.find(fd);
  if (!readable && !writable) {
    if (at != self.sockets_.end()) {
      at->second->descriptor.release(); // c-ares closes it
      self.sockets_.erase(at);
    }
    return;
  }
  if (at == self.sockets_.end()) {
    auto w = std::make_shared<watched>(watched{asio::posix::stream_descriptor{self.io_, fd}});
    at = self.sockets_.emplace(fd, std::move(w)).first;
  }
  auto w = at->second;
  w->read = readable != 0;
  w->write = writable != 0;
  self.watch(w, false);
  self.watch(w, true);
}

void dns_channel::watch(const std::shared_ptr<watched>& w, bool write) {
  bool& waiting = write ? w->waiting_write : w->waiting_read;
  if (waiting || !(write ? w->write : w->read))
    return;
  waiting = true;
  w->descriptor.async_wait(write ? ares_wait::wait_write : ares_wait::wait_read, [this, w, write](error_code ec) {
    (write ? w->waiting_write : w->waiting_read) = false;
    if (ec || !w->descriptor.is_open())
      return; // released: this channel may be gone
    const auto fd = w->descriptor.native_handle();
    ares_process_fd(channel_, write ? ARES_SOCKET_BAD : fd, write ? fd : ARES_SOCKET_BAD);
    if (w->descriptor.is_open())
      watch(w, write);
    arm_timer();
  });
}

void dns_channel::arm_timer() {
  timeval left{};
  if (!channel_ || !ares_timeout(channel_, nullptr, &left))
    return;
  timer_.expires_after(seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec});
  timer_.async_wait([this](error_code ec) {
    if (ec || !channel_)
      return;
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer();
  });
}

} // namespace gochron::net
