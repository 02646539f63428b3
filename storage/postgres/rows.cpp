#include "storage/postgres/rows.hpp"

#include <cstring>
#include <stdexcept>

#include "storage/postgres/params.hpp"

namespace gochron::storage {
namespace {

std::int64_t big_endian(std::string_view bytes) {
  if (bytes.size() != 2 && bytes.size() != 4 && bytes.size() != 8)
    throw std::logic_error("a column is not an integer");
  auto x = static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<signed char>(bytes[0])));
  for (auto c : bytes.substr(1))
    x = (x << 8) | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(x);
}

uuid uuid_of(std::string_view bytes) {
  uuid x;
  if (bytes.size() != x.bytes.size())
    throw std::logic_error("a column is not a uuid");
  std::memcpy(x.bytes.data(), bytes.data(), bytes.size());
  return x;
}

// The elements of a one-dimensional array without nulls.
std::vector<std::string_view> elements(std::string_view bytes) {
  std::vector<std::string_view> xs;
  auto take = [&](std::size_t n) {
    if (bytes.size() < n)
      throw std::logic_error("a column is not an array");
    auto front = bytes.substr(0, n);
    bytes.remove_prefix(n);
    return front;
  };
  if (bytes.empty() || big_endian(take(4)) == 0)
    return xs;
  take(8); // flags, type of the elements
  auto count = big_endian(take(4));
  take(4); // lower bound
  for (std::int64_t i = 0; i < count; ++i) {
    auto length = big_endian(take(4));
    xs.push_back(take(length < 0 ? 0 : static_cast<std::size_t>(length)));
  }
  return xs;
}

} // namespace

std::string_view row_reader::bytes() {
  if (column_ >= PQnfields(rows_->get()) || row_ >= PQntuples(rows_->get()))
    throw std::logic_error("read past the last column");
  auto column = column_++;
  auto length = static_cast<std::size_t>(PQgetlength(rows_->get(), row_, column));
  return {PQgetvalue(rows_->get(), row_, column), length};
}

std::int64_t row_reader::integer() {
  auto x = bytes();
  return x.empty() ? 0 : big_endian(x);
}

row_reader& row_reader::operator>>(uuid& x) {
  auto value = bytes();
  x = value.empty() ? uuid{} : uuid_of(value);
  return *this;
}

row_reader& row_reader::operator>>(timestamp& x) {
  x = is_null() ? (skip(), timestamp{}) : from_postgres(integer());
  return *this;
}

row_reader& row_reader::operator>>(std::string& x) {
  auto jsonb = PQftype(rows_->get(), column_) == 3802;
  x = bytes();
  if (jsonb && !x.empty())
    x.erase(0, 1); // the version of the binary form
  return *this;
}

row_reader& row_reader::operator>>(bool& x) {
  auto value = bytes();
  x = !value.empty() && value[0] != 0;
  return *this;
}

row_reader& row_reader::operator>>(milliseconds& x) {
  x = milliseconds{integer()};
  return *this;
}

row_reader& row_reader::operator>>(std::vector<uuid>& xs) {
  for (auto x : elements(bytes()))
    xs.push_back(uuid_of(x));
  return *this;
}

row_reader& row_reader::operator>>(std::vector<std::string>& xs) {
  for (auto x : elements(bytes()))
    xs.emplace_back(x);
  return *this;
}

} // namespace gochron::storage
