#include <iterator>

#include "http/on_call_people.hpp"

/// Who is on call everywhere.
namespace gochron::http {
namespace {

const noun everywhere{"/api/oncall", "Schedules", "schedules"};

using books = std::vector<on_call_books>;

const std::vector<parameter>& list_filters() {
  static const auto all = [] {
    auto found = at_parameter();
    found.push_back(ids_parameter("sch", "schedule_ids", "Only by these schedules, at most 200."));
    found.push_back(id_parameter<user_id>("user_id", "Only where this user is."));
    return list_parameters(std::move(found));
  }();
  return all;
}

/// What was asked for.
struct on_call_query {
  timestamp at{};
  schedule_query which;
  std::optional<user_id> user;
  page_request page;
};

void list_rows(const call& c, const on_call_query& wanted) {
  auto found = [c, at = wanted.at](result<page<schedule_record>> rows) {
    if (!rows)
      return c.refuse(rows.error());
    std::vector<schedule_id> ids;
    for (const auto& x : rows->rows)
      ids.push_back(x.id);
    auto computed = [c, at, next = rows->next](const result<books>& all) {
      if (!all)
        return c.refuse(all.error());
      people_names names{c};
      page<core::on_call_answer> answers{{}, next};
      for (const auto& x : *all)
        answers.rows.push_back(answer_at(x, at, names));
      answer_page(c, *core::on_call_row_schema(), answers);
    };
    c.with().queries.on_call(c.org(), std::move(ids), at, at + milliseconds{1}, reply_to<books>{computed});
  };
  c.with().queries.schedules(c.org(), wanted.which, wanted.page, reply_to<page<schedule_record>>{found});
}

// None of no schedule: an empty list of ids would mean all of them.
void list_these(const call& c, on_call_query wanted, std::vector<schedule_id> ids) {
  if (ids.empty())
    return answer_page(c, *core::on_call_row_schema(), page<core::on_call_answer>{});
  wanted.which.ids = std::move(ids);
  list_rows(c, wanted);
}

// Of those that name the user these by which they are on call then. Before there are pages, so that pages are full.
void list_of_user(const call& c, const on_call_query& wanted) {
  auto named = [c, wanted](result<std::vector<schedule_id>> ids) {
    if (!ids)
      return c.refuse(ids.error());
    if (const auto& among = wanted.which.ids; !among.empty())
      std::erase_if(*ids, [&](const schedule_id& x) { return std::ranges::find(among, x) == among.end(); });
    auto computed = [c, wanted](const result<books>& all) {
      if (!all)
        return c.refuse(all.error());
      std::vector<schedule_id> theirs;
      for (const auto& x : *all)
        if (has(core::on_call_at(x, wanted.at), wanted.user))
          theirs.push_back(x.of.id);
      list_these(c, wanted, std::move(theirs));
    };
    c.with().queries.on_call(c.org(), std::move(*ids), wanted.at, wanted.at + milliseconds{1},
                             reply_to<books>{std::move(computed)});
  };
  c.with().queries.schedules_naming(c.org(), *wanted.user, wanted.at, wanted.at + milliseconds{1},
                                    reply_to<std::vector<schedule_id>>{std::move(named)});
}

void list_all(call c) {
  query_reader q{c};
  on_call_query wanted;
  wanted.at = read_at(q, c);
  wanted.which.ids = q.ids<schedule_id>("schedule_ids");
  wanted.user = q.id<user_id>("user_id");
  wanted.page = q.page();
  if (auto e = q.problem(list_filters()))
    return c.refuse(*e);
  wanted.user ? list_of_user(c, wanted) : list_rows(c, wanted);
}

} // namespace

operations on_call_list_operations() {
  operation_table add{everywhere};
  add("GET", "", "listOnCall", false, "Who is on call everywhere", "A row for each schedule, oldest first.",
      {200, "A page of them.", core::on_call_row_schema()->info(), true}, list_all)
      .query = list_filters();
  return std::move(add.all);
}

} // namespace gochron::http
