#include "storage/query/sorted_list.hpp"

namespace gochron::storage {
namespace {

struct sort_order {
  const char* name;
  const char* column;
  const char* type;
  bool descending;
};

// In the order of list_sort.
constexpr std::array<sort_order, 6> orders{{
    {"created", "created_at", "timestamptz", false},
    {"created_desc", "created_at", "timestamptz", true},
    {"name", "name", "text", false},
    {"name_desc", "name", "text", true},
    {"updated", "updated_at", "timestamptz", false},
    {"updated_desc", "updated_at", "timestamptz", true},
}};

const statement plan_with_values{"plan_with_values", "SET plan_cache_mode = force_custom_plan"};
const statement plan_as_usual{"plan_as_usual", "RESET plan_cache_mode"};

bool by_name(list_sort x) {
  return x == list_sort::name || x == list_sort::name_desc;
}

} // namespace

sorted_list::sorted_list(text x) {
  auto whole = " FROM " + x.table + " WHERE " + x.alias + ".org_id = $1" + x.only;
  auto id = name(x.alias + ".id");
  for (const auto& order : orders)
    for (bool filtered : {false, true}) {
      auto column = name(x.alias + '.' + order.column);
      auto first = name((filtered ? "some_" : "all_") + x.noun + '_' + order.name);
      auto next = name(std::string{first} + "_next");
      auto select = "SELECT" + x.columns + ", " + column + (filtered ? x.filters : whole);
      lists_.emplace_back(first, next, select, column, id, order.type, order.descending,
                          filtered ? x.filter_count + 1 : 2);
    }
}

std::string common_filters(const std::string& alias) {
  auto column = [&](const char* name) { return alias + '.' + name; };
  return " WHERE " + column("org_id") + " = $1 AND ($2::uuid[] IS NULL OR " + column("id") + " = ANY($2::uuid[]))" +
         " AND ($3::text IS NULL OR " + column("search") + " LIKE lower($3::text)) AND ($4::text IS NULL OR " +
         column("key") + " = $4::text) AND " + column("updated_at") + " >= $5";
}

keyset place_in(list_sort sort, const uuid& id, row_reader& in) {
  keyset at{{}, id};
  if (by_name(sort)) {
    in >> at.key;
    return at;
  }
  timestamp time;
  in >> time;
  at.key = time_key(time);
  return at;
}

status append_place(params& to, list_sort sort, const page_request& p) {
  if (!p.after)
    return {};
  if (by_name(sort)) {
    to << p.after->key << p.after->id;
    return {};
  }
  auto from = time_position_of(p);
  if (!from)
    return fail(from.error());
  to << (*from)->at << (*from)->id;
  return {};
}

sql_result<rows> run_list(connection& db, const statement& what, const params& values, bool filtered) {
  if (!filtered)
    return db.run(what, values);
  if (auto set = db.run(plan_with_values); !set)
    return sql_fail(set.error());
  auto found = db.run(what, values);
  if (auto reset = db.run(plan_as_usual); !reset)
    return sql_fail(reset.error());
  return found;
}

} // namespace gochron::storage
