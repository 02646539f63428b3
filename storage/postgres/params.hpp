#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/names.hpp"
#include "gochron/boxed.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron::storage {

/// Bytes for a `bytea`.
struct binary {
  std::string bytes;
};

/// The parameters of one statement, in the order of `<<`. Ids, timestamps, bytes and arrays travel in Postgres's
/// binary form, numbers and text as text. Text is made valid for Postgres first (see clean_text).
class params {
public:
  params& operator<<(const uuid& x);
  params& operator<<(timestamp x);
  params& operator<<(std::string_view x);
  params& operator<<(const std::string& x) { return *this << std::string_view{x}; }
  params& operator<<(const char* x) { return *this << std::string_view{x}; }
  params& operator<<(binary x);
  params& operator<<(bool x);
  params& operator<<(milliseconds x) { return *this << x.count(); }
  params& operator<<(std::nullopt_t);
  params& operator<<(const std::vector<uuid>& xs);
  params& operator<<(const std::vector<std::string>& xs);
  params& operator<<(const std::vector<std::int64_t>& xs);
  params& operator<<(const std::vector<timestamp>& xs);
  params& operator<<(const std::vector<std::optional<uuid>>& xs);
  params& operator<<(const std::vector<std::optional<timestamp>>& xs);
  params& operator<<(const std::vector<std::optional<std::int64_t>>& xs);

  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) params& operator<<(Int x) {
    return number(static_cast<std::int64_t>(x));
  }

  template <class Enum>
  requires std::is_enum_v<Enum> params& operator<<(Enum x) { return *this << core::name_of(x); }

  template <class Tag>
  params& operator<<(const id<Tag>& x) {
    return *this << x.value;
  }

  template <class Tag>
  params& operator<<(const std::vector<id<Tag>>& xs) {
    std::vector<uuid> values;
    values.reserve(xs.size());
    for (const auto& x : xs)
      values.push_back(x.value);
    return *this << values;
  }

  template <class T>
  params& operator<<(const std::optional<T>& x) {
    return x ? *this << *x : *this << std::nullopt;
  }

  template <class T>
  params& operator<<(const boxed<T>& x) {
    return x ? *this << *x : *this << std::nullopt;
  }

  /// Text that is known to be valid, and not looked through again.
  params& valid(std::string_view x) { return put(x, false); }
  /// The text of the field at `place`, as it was made valid.
  std::string_view text(std::size_t place) const {
    return std::string_view{buffer_}.substr(fields_.at(place).offset, fields_.at(place).length);
  }

  int count() const { return static_cast<int>(fields_.size()); }
  std::size_t bytes() const { return buffer_.size() + fields_.size() * sizeof(field); }

  /// What libpq takes. Valid while this lives unchanged.
  struct view {
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
  };
  view as_view() const;

private:
  struct field {
    std::size_t offset, length;
    bool is_null, is_binary;
  };
  params& number(std::int64_t x);
  params& put(std::string_view bytes, bool is_binary);

  std::string buffer_;
  std::vector<field> fields_;
};

/// Valid UTF-8 without NUL, which Postgres text cannot hold: what is neither becomes U+FFFD. Text from targets and
/// receivers must never be able to spoil a write.
std::string clean_text(std::string_view text);

/// Big-endian, as everything in the binary protocol.
void put_int16(std::string& to, std::int16_t x);
void put_int32(std::string& to, std::int32_t x);
void put_int64(std::string& to, std::int64_t x);

/// Microseconds since 2000-01-01, which is what a binary `timestamptz` is.
std::int64_t to_postgres(timestamp x);
timestamp from_postgres(std::int64_t microseconds);

/// `2026-01-31T12:00:00.123Z`, for JSON and partition bounds.
std::string to_iso(timestamp x);

} // namespace gochron::storage
