#include "app/api_client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <curl/curl.h>

#include "net/retry_after.hpp"

namespace gochron::app {
namespace {

constexpr std::size_t most_kept = 4 * 1024 * 1024;
constexpr long connect_within_s = 10;
constexpr long quiet_before_keepalive_s = 30;

std::size_t take_body(char* text, std::size_t size, std::size_t count, void* of) {
  auto& body = static_cast<api_answer*>(of)->body;
  body.append(text, std::min(size * count, most_kept - body.size()));
  return size * count;
}

// The value of `line` if it is the header `name`, which is in lower case.
std::string_view value_of(std::string_view line, std::string_view name) {
  auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      !std::equal(name.begin(), name.end(), line.begin(), [&](char b, char a) { return same(a, b); }))
    return {};
  line.remove_prefix(name.size() + 1);
  auto begin = line.find_first_not_of(" \t\r\n");
  auto end = line.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view{} : line.substr(begin, end - begin + 1);
}

std::size_t take_header(char* text, std::size_t size, std::size_t count, void* of) {
  auto& x = *static_cast<api_answer*>(of);
  std::string_view line{text, size * count};
  if (auto v = value_of(line, "location"); !v.empty())
    x.location = v;
  if (auto v = value_of(line, "retry-after"); !v.empty())
    x.retry_after = net::parse_retry_after(v, system_wall_clock{}.now()).value_or(seconds{0});
  return size * count;
}

bool is_final(CURLcode x) {
  constexpr std::array all{CURLE_URL_MALFORMAT,      CURLE_UNSUPPORTED_PROTOCOL, CURLE_PEER_FAILED_VERIFICATION,
                           CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR,    CURLE_WEIRD_SERVER_REPLY};
  return std::ranges::find(all, x) != all.end();
}

} // namespace

struct api_client::handle {
  api_access to;
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;

  explicit handle(api_access x) : to{std::move(x)} {
    while (to.url.ends_with('/'))
      to.url.pop_back();
    headers = curl_slist_append(headers, ("Authorization: Bearer " + to.token).c_str());
    headers = curl_slist_append(headers, "Accept: application/json");
  }
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
};

api_client::api_client(api_access to) : handle_{std::make_unique<handle>(std::move(to))} {}

api_client::~api_client() = default;

api_answer api_client::get(const std::string& path, milliseconds within) {
  api_answer out;
  auto* easy = handle_->easy;
  std::array<char, CURL_ERROR_SIZE> why{};
  curl_easy_reset(easy); // keeps the connection
  curl_easy_setopt(easy, CURLOPT_URL, (handle_->to.url + path).c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); // a key may be `..`
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handle_->headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "gochron/" GOCHRON_VERSION);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, quiet_before_keepalive_s);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_within_s);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, within.count())));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &out);
  if (!handle_->to.ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAINFO, handle_->to.ca_file.c_str());
  auto code = curl_easy_perform(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) {
    out.trouble = why[0] ? why.data() : curl_easy_strerror(code);
    out.is_final = is_final(code);
    return out;
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  return out;
}

} // namespace gochron::app
