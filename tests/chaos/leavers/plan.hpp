#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gochron::chaos {

/// What may be asked, and how the answer to exactly that request is known.
struct route {
  std::string method, path;
  int status = 200;
  std::string needle; ///< somewhere in the answer's body
  std::string body;   ///< JSON; empty: none
};

/// A line of six fields with tabs between: method, path, status, needle, body, bearer token. `%ID%` in needle and body
/// becomes the request's own id. Throws std::runtime_error.
route parse_route(const std::string& line, std::string& token);

/// One request that was sent and the answer it is owed.
struct expected {
  std::string id;
  int status;
  std::string needle;
  bool to_head;
};

enum class fate {
  stay,          ///< reads every answer
  leave_sending, ///< goes when that many bytes are sent
  leave_waiting, ///< goes at an instant after all is sent
  leave_reading  ///< goes when that many bytes have come
};

/// What one connection will do.
struct plan {
  fate what = fate::stay;
  bool reset = false; ///< leaves with a RST, not a FIN
  std::size_t after_bytes = 0;
  std::chrono::microseconds after{};
  std::string bytes; ///< of all its requests
  std::deque<expected> owed;
};

/// Thinks up connections. Not thread-safe.
class planner {
public:
  planner(std::vector<route> routes, std::string token, std::uint64_t seed)
    : routes_(std::move(routes)), token_(std::move(token)), random_(seed) {}

  plan next();
  /// A loopback address to come from, as a number in host order: the ports of one would soon run out.
  std::uint32_t source() { return 0x7f000100U + static_cast<std::uint32_t>(random_() % 64'000); }

private:
  void add_request(plan& p);
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::vector<route> routes_;
  std::string token_;
  std::mt19937_64 random_;
  std::uint64_t requests_ = 0;
};

/// The first answer in `bytes`, removed from it. Empty text while it is not whole, else what is wrong with it; `whole`
/// says which.
struct verdict {
  bool whole = false;
  bool busy = false; ///< 503, under the right id
  std::string wrong;
};
verdict judge(std::string& bytes, const expected& owed);

} // namespace gochron::chaos
