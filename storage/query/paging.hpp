#pragma once
#include <optional>
#include <string>

#include "storage/repository.hpp"

namespace gochron::storage {

/// One list as two statements: its first page and those after a position. `order` names the key column and the id.
/// The position's parameters come last, behind the limit.
class paged_statement {
public:
  /// `select` ends inside its WHERE clause; `next_parameter` is the number of the limit's parameter.
  paged_statement(const char* first_name, const char* next_name, const std::string& select, const char* key,
                  const char* id, const char* key_type, bool descending, int next_parameter)
    : first_{first_name, select + order(key, id, descending, next_parameter)},
      next_{next_name, select + after(key, id, key_type, descending, next_parameter) +
                           order(key, id, descending, next_parameter)} {}

  const statement& first() const { return first_; }
  const statement& next() const { return next_; }

  /// `filter` holds the parameters before the limit.
  sql_result<rows> run(connection& db, params filter, std::uint32_t limit,
                       const std::optional<time_position>& from) const {
    filter << limit + 1;
    return from ? db.run(next_, filter << from->at << from->id) : db.run(first_, filter);
  }

private:
  static std::string order(const char* key, const char* id, bool descending, int n) {
    std::string way = descending ? " DESC" : "";
    return std::string{" ORDER BY "} + key + way + ", " + id + way + " LIMIT $" + std::to_string(n) + "::bigint";
  }
  static std::string after(const char* key, const char* id, const char* type, bool descending, int n) {
    return std::string{" AND ("} + key + ", " + id + (descending ? ") < ($" : ") > ($") + std::to_string(n + 1) +
           "::" + type + ", $" + std::to_string(n + 2) + "::uuid)";
  }
  statement first_, next_;
};

/// Nothing belongs to the rows beside themselves.
inline constexpr auto nothing_more = [](connection&, auto&) -> sql_result<status> { return status{}; };

/// A page of rows ordered by a time and an id, on the read pool. `from_row` gives T or result<T>; `key_of` the time
/// and id of a T; `complete` reads what else belongs to them.
template <class T, class FromRow, class KeyOf, class Complete = decltype(nothing_more)>
void read_page(read_pool& reads, const paged_statement& list, params filter, const page_request& p,
               reply_to<page<T>> done, FromRow from_row, KeyOf key_of, Complete complete = nothing_more) {
  auto from = time_position_of(p);
  if (!from)
    return done(fail(from.error()));
  auto body = [=, &list, limit = p.limit](connection& db) -> sql_result<result<page<T>>> {
    auto found = list.run(db, filter, limit, *from);
    if (!found)
      return sql_fail(found.error());
    auto mapped = map_rows(*found, [&](row_reader& in) -> result<T> { return from_row(in); });
    auto values = all_or_first_error(std::move(mapped));
    if (!values)
      return result<page<T>>{fail(values.error())};
    auto whole = complete(db, *values);
    if (!whole)
      return sql_fail(whole.error());
    if (!*whole)
      return result<page<T>>{fail(whole->error())};
    return result<page<T>>{make_page(std::move(*values), limit, key_of)};
  };
  reads.read<page<T>>(std::move(done), std::move(body));
}

} // namespace gochron::storage
