#pragma once
#include <array>
#include <deque>
#include <string>

#include "storage/query/paging.hpp"

namespace gochron::storage {

/// One noun's list in every order, whole and filtered: what a client can ask of each configured thing, in one place.
class sorted_list {
public:
  /// How the noun's statements are made. `alias` is its table's; `filters` ends inside a WHERE clause whose parameters
  /// are `filter_count`, the organisation being the first of them.
  struct text {
    std::string noun;    ///< of the statements' names
    std::string columns; ///< what is selected; the order's column follows
    std::string table;   ///< with its alias
    std::string alias;
    std::string filters; ///< the FROM and WHERE of a filtered list
    int filter_count = 1;
    std::string only = {}; ///< of the whole list, too: ` AND ...`
  };
  explicit sorted_list(text x);

  const paged_statement& of(list_sort sort, bool filtered) const {
    return lists_[static_cast<std::size_t>(sort) * 2 + (filtered ? 1 : 0)];
  }

private:
  const char* name(std::string x) { return names_.emplace_back(std::move(x)).c_str(); }

  std::deque<std::string> names_; ///< statements keep pointers to them
  std::deque<paged_statement> lists_;
};

/// Whether anything but the order is asked for. Then a list needs a plan of its own: one for any values would read the
/// whole list, for which index helps depends on the filters that are given.
template <class Id>
bool is_filtered(const list_query<Id>& q) {
  return q.q || q.key || q.updated_since || !q.ids.empty();
}

/// The parameters that all nouns' filters have in common, in this order: $1 organisation, $2 ids, $3 pattern, $4 key,
/// $5 updated since.
template <class Id>
params common_filter(org_id org, list_query<Id>& q) {
  params p;
  p << org << unless_empty(std::move(q.ids)) << pattern_of(q.q) << q.key << q.updated_since.value_or(distant_past);
  return p;
}

/// Their SQL.
std::string common_filters(const std::string& alias);

/// Where a row stands in an order: the last column says it. `id` as uuid.
keyset place_in(list_sort sort, const uuid& id, row_reader& in);

/// The place after which a page begins, as parameters behind the limit. `malformed` for a key that we cannot have
/// written.
status append_place(params& to, list_sort sort, const page_request& p);

/// `body` under plans that know the values, when `filtered`.
sql_result<rows> run_list(connection& db, const statement& what, const params& values, bool filtered);

/// A page. `from_row` reads the columns and gives T or result<T>; `id_of` a T's uuid.
template <class T, class FromRow, class IdOf>
void read_sorted(read_pool& reads, const sorted_list& lists, list_sort sort, bool filtered, params values,
                 const page_request& p, reply_to<page<T>> done, FromRow from_row, IdOf id_of) {
  values << p.limit + 1;
  if (auto ok = append_place(values, sort, p); !ok)
    return done(fail(ok.error()));
  const auto& list = lists.of(sort, filtered);
  const auto& what = p.after ? list.next() : list.first();
  auto body = [=, &what, limit = p.limit](connection& db) -> sql_result<result<page<T>>> {
    auto found = run_list(db, what, values, filtered);
    if (!found)
      return sql_fail(found.error());
    using placed = std::pair<T, keyset>;
    auto mapped = map_rows(*found, [&](row_reader& in) -> result<placed> {
      result<T> x = from_row(in);
      if (!x)
        return fail(x.error());
      auto at = place_in(sort, id_of(*x), in);
      return placed{std::move(*x), std::move(at)};
    });
    auto all = all_or_first_error(std::move(mapped));
    if (!all)
      return result<page<T>>{fail(all.error())};
    auto places = make_page(std::move(*all), limit, [](const placed& x) { return x.second; });
    page<T> out{{}, std::move(places.next)};
    for (auto& x : places.rows)
      out.rows.push_back(std::move(x.first));
    return result<page<T>>{std::move(out)};
  };
  reads.read<page<T>>(std::move(done), std::move(body));
}

} // namespace gochron::storage
