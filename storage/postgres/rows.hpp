#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <libpq-fe.h>

#include "core/names.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

namespace gochron::storage {

/// The answer to one statement, every column in binary form. Shared: cheap to copy, immutable.
class rows {
public:
  rows() = default;
  explicit rows(PGresult* owned) : result_(owned, PQclear) {}
  int size() const { return one_ ? 1 : result_ ? PQntuples(result_.get()) : 0; }
  bool empty() const { return size() == 0; }
  /// `INSERT 0 1`, `COMMIT`, ...
  std::string_view command_tag() const { return result_ ? PQcmdStatus(result_.get()) : ""; }
  const PGresult* get() const { return result_.get(); }

  /// One row alone, as if it were the answer.
  rows only(int row) const {
    auto x = *this;
    x.one_ = row;
    return x;
  }
  /// Where row `n` is in get().
  int place_of(int n) const { return one_ ? *one_ + n : n; }

private:
  std::shared_ptr<PGresult> result_;
  std::optional<int> one_; ///< the only row that is seen
};

/// Reads the columns of one row from left to right with `>>`. A null leaves a default-made value (an empty string,
/// zero) unless the target is an optional. Reading past the last column or a wrong width is a defect and throws
/// std::logic_error.
class row_reader {
public:
  row_reader(const rows& from, int row) : rows_(&from), row_(from.place_of(row)) {}

  row_reader& operator>>(uuid& x);
  row_reader& operator>>(timestamp& x);
  row_reader& operator>>(std::string& x);
  row_reader& operator>>(bool& x);
  row_reader& operator>>(milliseconds& x);
  row_reader& operator>>(std::vector<uuid>& xs);
  row_reader& operator>>(std::vector<std::string>& xs);

  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) row_reader& operator>>(Int& x) {
    x = static_cast<Int>(integer());
    return *this;
  }

  template <class Enum>
  requires std::is_enum_v<Enum> row_reader& operator>>(Enum& x) {
    x = core::parse_name<Enum>(bytes()).value_or(Enum{});
    return *this;
  }

  template <class Tag>
  row_reader& operator>>(id<Tag>& x) {
    return *this >> x.value;
  }

  template <class Tag>
  row_reader& operator>>(std::vector<id<Tag>>& xs) {
    std::vector<uuid> values;
    *this >> values;
    for (const auto& x : values)
      xs.push_back({x});
    return *this;
  }

  template <class T>
  row_reader& operator>>(std::optional<T>& x) {
    if (is_null()) {
      ++column_;
      x.reset();
      return *this;
    }
    return *this >> x.emplace();
  }

  bool is_null() const { return PQgetisnull(rows_->get(), row_, column_) != 0; }
  row_reader& skip() {
    ++column_;
    return *this;
  }

private:
  std::string_view bytes();
  std::int64_t integer();

  const rows* rows_;
  int row_;
  int column_ = 0;
};

/// Each row through `from_row(row_reader&)`.
template <class F>
auto map_rows(const rows& from, F from_row) {
  std::vector<std::invoke_result_t<F, row_reader&>> xs;
  xs.reserve(static_cast<std::size_t>(from.size()));
  for (int i = 0; i < from.size(); ++i) {
    row_reader in{from, i};
    xs.push_back(from_row(in));
  }
  return xs;
}

} // namespace gochron::storage
