#include "http/server/request_id.hpp"

#include <algorithm>
#include <random>

namespace gochron::http {
namespace {

constexpr std::size_t generated_size = 15;
constexpr std::size_t longest_offered = 128;

bool may_be_in_id(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

std::mt19937_64 seeded() {
  std::random_device source;
  std::seed_seq seed{source(), source(), source(), source(), source(), source()};
  return std::mt19937_64{seed};
}

} // namespace

std::string make_request_id() {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  thread_local auto random = seeded();
  std::string id(generated_size, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i % 12 == 0)
      bits = random();
    id[i] = alphabet[bits & 31];
    bits >>= 5;
  }
  return id;
}

std::string take_request_id(std::optional<std::string_view> offered) {
  bool fine = offered && !offered->empty() && offered->size() <= longest_offered &&
              std::all_of(offered->begin(), offered->end(), may_be_in_id);
  return fine ? std::string{*offered} : make_request_id();
}

} // namespace gochron::http
