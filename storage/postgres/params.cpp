#include "storage/postgres/params.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gochron::storage {
namespace {

constexpr std::int64_t epoch_2000_ms = 946684800000;

enum oid : std::int32_t { oid_int8 = 20, oid_text = 25, oid_timestamptz = 1184, oid_uuid = 2950 };

template <class UInt>
void put_big_endian(std::string& to, UInt x) {
  for (int shift = static_cast<int>(sizeof x) * 8 - 8; shift >= 0; shift -= 8)
    to += static_cast<char>((x >> shift) & 0xff);
}

void put_element(std::string& to, const uuid& x) {
  put_int32(to, 16);
  to.append(reinterpret_cast<const char*>(x.bytes.data()), 16);
}

void put_element(std::string& to, timestamp x) {
  put_int32(to, 8);
  put_int64(to, to_postgres(x));
}

void put_element(std::string& to, std::int64_t x) {
  put_int32(to, 8);
  put_int64(to, x);
}

void put_element(std::string& to, const std::string& x) {
  auto text = clean_text(x);
  put_int32(to, static_cast<std::int32_t>(text.size()));
  to += text;
}

template <class T>
void put_element(std::string& to, const std::optional<T>& x) {
  if (x)
    put_element(to, *x);
  else
    put_int32(to, -1);
}

template <class T>
std::string array_of(const std::vector<T>& xs, oid element) {
  std::string bytes;
  put_int32(bytes, xs.empty() ? 0 : 1); // dimensions
  put_int32(bytes, 1);                  // may hold nulls
  put_int32(bytes, element);
  if (!xs.empty()) {
    put_int32(bytes, static_cast<std::int32_t>(xs.size()));
    put_int32(bytes, 1); // lower bound
    for (const auto& x : xs)
      put_element(bytes, x);
  }
  return bytes;
}

// The length of the valid UTF-8 sequence at the front of `s`, or 0.
std::size_t sequence_length(std::string_view s) {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](std::size_t i) { return i < s.size() && (at(i) & 0xc0) == 0x80; };
  auto c = at(0);
  if (c < 0x80)
    return c != 0 ? 1 : 0;
  if (c >= 0xc2 && c <= 0xdf)
    return tail(1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef) {
    bool overlong = c == 0xe0 && s.size() > 1 && at(1) < 0xa0;
    bool surrogate = c == 0xed && s.size() > 1 && at(1) > 0x9f;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    bool overlong = c == 0xf0 && s.size() > 1 && at(1) < 0x90;
    bool beyond = c == 0xf4 && s.size() > 1 && at(1) > 0x8f;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

} // namespace

void put_int16(std::string& to, std::int16_t x) {
  put_big_endian(to, static_cast<std::uint16_t>(x));
}
void put_int32(std::string& to, std::int32_t x) {
  put_big_endian(to, static_cast<std::uint32_t>(x));
}
void put_int64(std::string& to, std::int64_t x) {
  put_big_endian(to, static_cast<std::uint64_t>(x));
}

std::int64_t to_postgres(timestamp x) {
  return (x.time_since_epoch().count() - epoch_2000_ms) * 1000;
}

timestamp from_postgres(std::int64_t microseconds) {
  auto ms = std::chrono::floor<milliseconds>(std::chrono::microseconds{microseconds});
  return timestamp{ms + milliseconds{epoch_2000_ms}};
}

std::string to_iso(timestamp x) {
  auto day = std::chrono::floor<std::chrono::days>(x);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss<milliseconds> time{x - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string clean_text(std::string_view text) {
  auto plain = [](char c) { return static_cast<signed char>(c) > 0; };
  if (std::all_of(text.begin(), text.end(), plain)) // nearly all of what we write
    return std::string{text};
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    auto n = sequence_length(text);
    clean += n > 0 ? text.substr(0, n) : std::string_view{"\xef\xbf\xbd"};
    text.remove_prefix(n > 0 ? n : 1);
  }
  return clean;
}

params& params::put(std::string_view bytes, bool is_binary) {
  fields_.push_back({buffer_.size(), bytes.size(), false, is_binary});
  buffer_ += bytes;
  buffer_ += '\0'; // libpq reads text parameters as C strings
  return *this;
}

params& params::operator<<(std::nullopt_t) {
  fields_.push_back({buffer_.size(), 0, true, false});
  return *this;
}

params& params::operator<<(const uuid& x) {
  return put({reinterpret_cast<const char*>(x.bytes.data()), 16}, true);
}

params& params::operator<<(timestamp x) {
  std::string bytes;
  put_int64(bytes, to_postgres(x));
  return put(bytes, true);
}

params& params::operator<<(std::string_view x) {
  return put(clean_text(x), false);
}
params& params::operator<<(binary x) {
  return put(x.bytes, true);
}
params& params::operator<<(bool x) {
  return put(x ? "t" : "f", false);
}
params& params::number(std::int64_t x) {
  return put(std::to_string(x), false);
}

params& params::operator<<(const std::vector<uuid>& xs) {
  return put(array_of(xs, oid_uuid), true);
}
params& params::operator<<(const std::vector<std::string>& xs) {
  return put(array_of(xs, oid_text), true);
}
params& params::operator<<(const std::vector<std::int64_t>& xs) {
  return put(array_of(xs, oid_int8), true);
}
params& params::operator<<(const std::vector<timestamp>& xs) {
  return put(array_of(xs, oid_timestamptz), true);
}

params& params::operator<<(const std::vector<std::optional<uuid>>& xs) {
  return put(array_of(xs, oid_uuid), true);
}

params& params::operator<<(const std::vector<std::optional<timestamp>>& xs) {
  return put(array_of(xs, oid_timestamptz), true);
}

params& params::operator<<(const std::vector<std::optional<std::int64_t>>& xs) {
  return put(array_of(xs, oid_int8), true);
}

params::view params::as_view() const {
  view x;
  for (const auto& f : fields_) {
    x.values.push_back(f.is_null ? nullptr : buffer_.data() + f.offset);
    x.lengths.push_back(static_cast<int>(f.length));
    x.formats.push_back(f.is_binary ? 1 : 0);
  }
  return x;
}

} // namespace gochron::storage
