#include "http/server/socket.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace gochron::http {
namespace {
namespace ip = boost::asio::ip;

constexpr int kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

tl::unexpected<error> refused_by_system(std::string_view what) {
  int code = errno;
  return fail(code == EADDRINUSE ? errc::conflict : errc::unavailable,
              fmt::format("{}: {}", what, std::strerror(code)));
}

struct tcp_address {
  sockaddr_storage address{};
  socklen_t size = 0;
};

result<tcp_address> parse_tcp(std::string_view where) {
  auto wrong = [&] {
    return fail(errc::invalid, fmt::format("`{}` is not host:port, [v6]:port or unix:/path.", where));
  };
  auto colon = where.rfind(':');
  if (colon == std::string_view::npos)
    return wrong();
  auto host = where.substr(0, colon);
  std::uint16_t port = 0;
  auto end = where.data() + where.size();
  auto [at, ec] = std::from_chars(where.data() + colon + 1, end, port);
  if (ec != std::errc{} || at != end || colon + 1 == where.size())
    return wrong();
  bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  boost::system::error_code not_numeric;
  auto a = ip::make_address(host == "localhost" ? std::string_view{"127.0.0.1"} : host, not_numeric);
  if (not_numeric || a.is_v6() != bracketed)
    return wrong();
  tcp_address out;
  if (a.is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    auto bytes = a.to_v6().to_bytes();
    std::memcpy(v6.sin6_addr.s6_addr, bytes.data(), bytes.size());
    out.size = sizeof v6;
    std::memcpy(&out.address, &v6, sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(a.to_v4().to_uint());
    out.size = sizeof v4;
    std::memcpy(&out.address, &v4, sizeof v4);
  }
  return out;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage a{};
  socklen_t size = sizeof a;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size);
  sockaddr_in v4{}; // the port lies at the same place in both families
  std::memcpy(&v4, &a, sizeof v4);
  return ntohs(v4.sin_port);
}

// A file that a killed server left behind: it is a socket, and nobody answers.
bool is_stale(const sockaddr_un& at) {
  struct stat info {};
  if (::lstat(at.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
    return false;
  descriptor probe{::socket(AF_UNIX, kind, 0)};
  return probe && ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 &&
         errno == ECONNREFUSED;
}

} // namespace

descriptor::~descriptor() {
  reset();
}
descriptor::descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void descriptor::reset() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

listening_socket::listening_socket(descriptor fd, std::string address, std::string path)
  : fd_(std::move(fd)), address_(std::move(address)), path_(std::move(path)) {}

listening_socket::~listening_socket() {
  if (fd_ && !path_.empty())
    ::unlink(path_.c_str());
}

result<listening_socket> listening_socket::open(std::string_view where, int backlog) {
  constexpr std::string_view unix_scheme = "unix:";
  if (where.starts_with(unix_scheme))
    return open_unix(where.substr(unix_scheme.size()), backlog);
  return open_tcp(where, backlog);
}

result<listening_socket> listening_socket::open_unix(std::string_view path, int backlog) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof at.sun_path || path.find('\0') != std::string_view::npos)
    return fail(errc::invalid, fmt::format("A socket's path has 1 to {} bytes.", sizeof at.sun_path - 1));
  std::memcpy(at.sun_path, path.data(), path.size());
  auto where = fmt::format("unix:{}", path);
  descriptor fd{::socket(AF_UNIX, kind, 0)};
  if (!fd)
    return refused_by_system(where);
  if (is_stale(at))
    ::unlink(at.sun_path);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    return refused_by_system(where);
  if (::listen(fd.get(), backlog) != 0)
    return refused_by_system(where);
  return listening_socket{std::move(fd), std::move(where), std::string{path}};
}

result<listening_socket> listening_socket::open_tcp(std::string_view where, int backlog) {
  auto at = parse_tcp(where);
  if (!at)
    return fail(at.error());
  descriptor fd{::socket(at->address.ss_family, kind, 0)};
  if (!fd)
    return refused_by_system(where);
  int on = 1, off = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at->address.ss_family == AF_INET6)
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at->address), at->size) != 0)
    return refused_by_system(where);
  if (::listen(fd.get(), backlog) != 0)
    return refused_by_system(where);
  auto address = fmt::format("http://{}:{}", where.substr(0, where.rfind(':')), bound_port(fd.get()));
  return listening_socket{std::move(fd), std::move(address), {}};
}

} // namespace gochron::http
