#include "net/mail_transfer.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/address.hpp"
#include "net/text.hpp"

namespace gochron::net {
namespace {

constexpr std::size_t most_kept = 16 * 1024;

std::size_t give_content(char* to, std::size_t size, std::size_t count, void* of) {
  auto& x = *static_cast<mail_lane::transfer*>(of);
  auto n = std::min(size * count, x.post.content->size() - x.sent);
  std::memcpy(to, x.post.content->data() + x.sent, n);
  x.sent += n;
  return n;
}

std::size_t take_reply(char* text, std::size_t size, std::size_t count, void* of) {
  auto& x = *static_cast<mail_lane::transfer*>(of);
  auto n = size * count;
  x.replies.append(text, std::min(n, most_kept - std::min(most_kept, x.replies.size())));
  return n;
}

int note_opened(void* of, curl_socket_t socket, curlsocktype) {
  static_cast<mail_lane::transfer*>(of)->sockets.push_back(socket);
  return CURL_SOCKOPT_OK;
}

// The address that the guard sees is the one that is connected to.
std::optional<ip_address> address_of(const curl_sockaddr& x) {
  if (x.family == AF_INET && x.addrlen >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, &x.addr, sizeof in);
    return ip_address{asio::ip::address_v4{ntohl(in.sin_addr.s_addr)}};
  }
  if (x.family != AF_INET6 || x.addrlen < sizeof(sockaddr_in6))
    return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &x.addr, std::min<std::size_t>(sizeof in, x.addrlen));
  asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  return canonical(ip_address{asio::ip::address_v6{bytes, in.sin6_scope_id}});
}

curl_socket_t open_permitted(void* of, curlsocktype, curl_sockaddr* to) {
  auto& x = *static_cast<mail_lane::transfer*>(of);
  auto address = address_of(*to);
  if (x.guard && (!address || !x.guard->permits(*address))) {
    x.denied = address ? std::string{name_of(classify(*address))} : "unknown";
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

int close_noted(void* of, curl_socket_t socket) {
  std::erase(static_cast<mail_lane::transfer*>(of)->sockets, socket);
  return ::close(socket);
}

milliseconds since_begin(CURL* easy, CURLINFO what) {
  curl_off_t us = 0;
  curl_easy_getinfo(easy, what, &us);
  return milliseconds{us / 1000};
}

phase_timings timings_of(CURL* easy) {
  phase_timings out;
  auto dns = since_begin(easy, CURLINFO_NAMELOOKUP_TIME_T), connected = since_begin(easy, CURLINFO_CONNECT_TIME_T);
  auto total = since_begin(easy, CURLINFO_TOTAL_TIME_T);
  if (connected <= milliseconds{0})
    return out;
  out.dns = dns;
  out.connect = connected - dns;
  out.transfer = total - connected;
  return out;
}

// An address of our own end is known once there is a connection.
bool is_connected(CURL* easy) {
  char* ip = nullptr;
  return curl_easy_getinfo(easy, CURLINFO_LOCAL_IP, &ip) == CURLE_OK && ip && *ip;
}

bool says(const char* text, std::string_view what) {
  return std::string_view{text}.find(what) != std::string_view::npos;
}

reason reason_of(CURLcode how, const mail_lane::transfer& x) {
  switch (how) {
  case CURLE_COULDNT_RESOLVE_HOST:
    return reason::dns_nxdomain;
  case CURLE_COULDNT_CONNECT:
    return reason::connect_refused;
  case CURLE_OPERATION_TIMEDOUT:
    if (!x.replies.empty())
      return reason::read_timeout;
    return is_connected(x.easy) ? reason::first_byte_timeout : reason::connect_timeout;
  case CURLE_PEER_FAILED_VERIFICATION:
    return says(x.trouble, "expired")   ? reason::tls_expired
           : says(x.trouble, "subject") ? reason::tls_hostname
                                        : reason::tls_untrusted;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_USE_SSL_FAILED:
    return reason::tls_protocol;
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_GOT_NOTHING:
    return reason::connect_reset;
  default:
    return reason::protocol_error;
  }
}

} // namespace

std::string reply_of(const std::string& replies, long code) {
  auto wanted = std::to_string(code);
  auto at = ('\n' + replies).rfind('\n' + wanted);
  if (at == std::string::npos)
    return wanted;
  return replies.substr(at, replies.find_first_of("\r\n", at) - at);
}

mail_lane::transfer::transfer(mail_post x, std::function<void(delivery_attempt)> f)
  : post(std::move(x)), done(std::move(f)), give_up(std::chrono::steady_clock::now() + post.timeout) {}

mail_lane::transfer::~transfer() {
  curl_easy_cleanup(easy);
  curl_slist_free_all(recipients);
}

CURLcode mail_lane::transfer::prepare(const smtp_options& of_the_operator,
                                      std::shared_ptr<const egress_guard> permitted) {
  guard = std::move(permitted);
  auto to = of_the_operator;
  if (post.relay) {
    to.url = post.relay->url;
    to.user = post.relay->user;
    to.password = post.relay->password;
    to.require_tls = post.relay->require_tls;
  }
  easy = curl_easy_init();
  if (!easy)
    return CURLE_OUT_OF_MEMORY;
  for (const auto& one : post.to) {
    auto longer = curl_slist_append(recipients, ('<' + one + '>').c_str());
    if (!longer)
      return CURLE_OUT_OF_MEMORY;
    recipients = longer;
  }
  auto worst = CURLE_OK;
  auto set = [&](CURLoption what, auto value) {
    if (auto code = curl_easy_setopt(easy, what, value); code != CURLE_OK && worst == CURLE_OK)
      worst = code;
  };
  set(CURLOPT_URL, to.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, ""); // whatever the environment says
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FORBID_REUSE, 1L); // what an idle connection costs in doubt is more than a new one
  set(CURLOPT_ERRORBUFFER, trouble);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds{post.timeout}.count()));
  set(CURLOPT_USE_SSL, static_cast<long>(to.require_tls || !to.user.empty() ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!to.extra_ca_file.empty()) { // beside the system's
    set(CURLOPT_CAINFO, to.extra_ca_file.c_str());
    set(CURLOPT_CAPATH, "/etc/ssl/certs");
  }
  if (!to.user.empty()) {
    set(CURLOPT_USERNAME, to.user.c_str());
    set(CURLOPT_PASSWORD, to.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, ('<' + post.from + '>').c_str());
  set(CURLOPT_MAIL_RCPT, recipients);
  set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); // an address that is wrong keeps the mail from nobody else
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, give_content);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, take_reply);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, take_reply);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, open_permitted);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_SOCKOPTFUNCTION, note_opened);
  set(CURLOPT_SOCKOPTDATA, static_cast<void*>(this));
  set(CURLOPT_CLOSESOCKETFUNCTION, close_noted);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
  return worst;
}

void mail_lane::transfer::abandon() const {
  for (auto socket : sockets)
    ::shutdown(socket, SHUT_RDWR);
}

delivery_attempt mail_lane::transfer::conclude(CURLcode how) const {
  delivery_attempt out;
  out.started_at = started_at;
  out.duration = since_begin(easy, CURLINFO_TOTAL_TIME_T);
  out.timings = timings_of(easy);
  char* ip = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip)
    out.remote_ip = ip;
  long code = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
  out.response_body = to_valid_utf8(replies, most_kept);
  bool answered = code >= 100 && code < 600 && (how == CURLE_OK || code >= 400);
  out.status = answered ? static_cast<std::uint16_t>(code) : std::uint16_t{0};
  if (how == CURLE_OK && code >= 200 && code < 300)
    return out;
  if (!denied.empty() && !answered && sockets.empty() && how == CURLE_COULDNT_CONNECT) {
    out.error = reason::egress_denied;
    out.message = "The relay has a " + denied + " address, which may not be connected to.";
    return out;
  }
  out.error = answered ? reason::status_mismatch : reason_of(how, *this);
  out.message =
      answered ? "The relay answered " + to_valid_utf8(reply_of(replies, code), 500) + '.'
               : std::string{"The relay could not be used: "} + (*trouble ? trouble : curl_easy_strerror(how)) + '.';
  return out;
}

} // namespace gochron::net
