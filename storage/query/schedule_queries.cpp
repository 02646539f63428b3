#include <algorithm>
#include <unordered_map>

#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/query/sorted_list.hpp"
#include "storage/schedule/schedule_rows.hpp"

namespace gochron::storage {
namespace {

// More at once are not computed with.
constexpr std::int64_t most_parts = 2'000;

const sorted_list& list_schedules() {
  static const sorted_list all{
      {"schedules", schedule_columns(), "schedules s", "s",
       " FROM schedules s" + common_filters("s") + " AND ($6::text IS NULL OR s.spec->>'time_zone' = $6::text)", 6}};
  return all;
}

const paged_statement& list_overrides() {
  static const paged_statement s{"list_overrides",
                                 "list_overrides_next",
                                 "SELECT" + override_columns() +
                                     "FROM schedule_overrides o WHERE o.org_id = $1 AND o.schedule_id = $2 "
                                     "AND o.end_at > $3::timestamptz AND o.start_at < $4::timestamptz",
                                 "o.start_at",
                                 "o.id",
                                 "timestamptz",
                                 false,
                                 5};
  return s;
}

const statement one_override{"one_override",
                             "SELECT" + override_columns() +
                                 "FROM schedule_overrides o WHERE o.id = $1 AND o.org_id = $2 AND o.schedule_id = $3"};

// The schedules that are asked about, and those that their overrides name. $1 org, $2 ids, $3 and $4 the time.
const std::string wanted_cte = R"(
WITH wanted AS (
  SELECT s.id, s.name FROM schedules s WHERE s.org_id = $1 AND (s.id = ANY($2::uuid[]) OR s.id IN (
    SELECT o.other_id FROM schedule_overrides o
    WHERE o.schedule_id = ANY($2::uuid[]) AND o.org_id = $1 AND o.end_at > $3::timestamptz
      AND o.start_at < $4::timestamptz)))
)";

const statement begin_on_call{"begin_on_call", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
const statement end_on_call{"end_on_call", "COMMIT"};
const statement leave_on_call{"leave_on_call", "ROLLBACK"};

const statement on_call_schedules{"on_call_schedules", wanted_cte + "SELECT w.id, w.name FROM wanted w"};

const statement on_call_revisions{"on_call_revisions", wanted_cte + "SELECT r.schedule_id," + revision_columns() + R"(
FROM wanted w JOIN schedule_revisions r ON r.schedule_id = w.id
WHERE r.effective_from < $4::timestamptz AND NOT EXISTS (
  SELECT FROM schedule_revisions l WHERE l.schedule_id = r.schedule_id AND l.effective_from <= $3::timestamptz
    AND (l.effective_from, l.version) > (r.effective_from, r.version))
ORDER BY r.effective_from, r.version LIMIT $5::bigint)"};

const statement on_call_overrides{"on_call_overrides", wanted_cte + "SELECT" + override_columns() + R"(
FROM wanted w JOIN schedule_overrides o ON o.schedule_id = w.id
WHERE o.end_at > $3::timestamptz AND o.start_at < $4::timestamptz
ORDER BY o.created_at, o.id LIMIT $5::bigint)"};

// By schedule.
using books_by_id = std::unordered_map<schedule_id, schedule_book>;

status read_revisions(const rows& found, books_by_id& to) {
  for (int i = 0; i < found.size(); ++i) {
    row_reader in{found, i};
    schedule_id of;
    in >> of;
    auto x = revision_from_row(in);
    if (!x)
      return fail(x.error());
    if (auto it = to.find(of); it != to.end())
      it->second.revisions.push_back(std::move(*x));
  }
  return {};
}

result<books_by_id> read_books(std::span<const rows> found) {
  if (found[2].size() > most_parts || found[3].size() > most_parts)
    return fail(error{errc::invalid,
                      "Too many revisions and overrides for one answer: ask for a shorter time.",
                      {{"to", "out_of_range", "Too many revisions and overrides: ask for a shorter time."}},
                      {},
                      {}});
  books_by_id all;
  for (int i = 0; i < found[1].size(); ++i) {
    schedule_book x;
    row_reader{found[1], i} >> x.id >> x.name;
    all.emplace(x.id, std::move(x));
  }
  if (auto read = read_revisions(found[2], all); !read)
    return fail(read.error());
  for (int i = 0; i < found[3].size(); ++i) {
    row_reader in{found[3], i};
    auto x = override_from_row(in);
    if (auto it = all.find(x.of); it != all.end())
      it->second.overrides.push_back(std::move(x));
  }
  return all;
}

timestamp last_change(const schedule_book& x) {
  timestamp at{};
  for (const auto& r : x.revisions)
    at = std::max(at, r.effective_from);
  for (const auto& o : x.overrides)
    at = std::max(at, o.created_at);
  return at;
}

on_call_books gathered(const schedule_book& of, const books_by_id& all) {
  on_call_books x{of, {}, last_change(of)};
  for (const auto& o : of.overrides)
    if (auto it = o.other ? all.find(*o.other) : all.end();
        it != all.end() && std::ranges::find(x.others, it->first, &schedule_book::id) == x.others.end()) {
      x.others.push_back(it->second);
      x.updated_at = std::max(x.updated_at, last_change(it->second));
    }
  return x;
}

} // namespace

void query_repository::schedules(org_id org, schedule_query q, page_request p, reply_to<page<schedule_record>> done) {
  auto filtered = is_filtered(q) || q.time_zone;
  auto values = filtered ? common_filter(org, q) << q.time_zone : params{} << org;
  read_sorted(*deps_.reads, list_schedules(), q.sort, filtered, std::move(values), p, std::move(done),
              schedule_from_row, [](const schedule_record& x) { return x.id.value; });
}

void query_repository::overrides(org_id org, override_query q, page_request p, reply_to<page<schedule_override>> done) {
  auto filter = params{} << org << q.of << q.from.value_or(distant_past) << q.to.value_or(distant_future);
  read_page(*deps_.reads, list_overrides(), filter, p, std::move(done), override_from_row,
            [](const schedule_override& x) {
              return keyset{time_key(x.start_at), x.id.value};
            });
}

void query_repository::override_by_id(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) {
  auto body = [=](connection& db) -> sql_result<result<schedule_override>> {
    auto found = db.run(one_override, params{} << id << org << of);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<schedule_override>{fail(errc::not_found, "No such override.")};
    row_reader in{*found, 0};
    return result<schedule_override>{override_from_row(in)};
  };
  deps_.reads->read<schedule_override>(std::move(done), std::move(body));
}

void query_repository::on_call(org_id org, std::vector<schedule_id> ids, timestamp from, timestamp to,
                               reply_to<std::vector<on_call_books>> done) {
  auto body = [=, ids = std::move(ids)](connection& db) -> sql_result<result<std::vector<on_call_books>>> {
    auto which = params{} << org << ids << from << to;
    auto bounded = params{} << org << ids << from << to << most_parts + 1;
    std::vector<command> all{{&begin_on_call, {}},
                             {&on_call_schedules, which},
                             {&on_call_revisions, bounded},
                             {&on_call_overrides, bounded},
                             {&end_on_call, {}}};
    auto found = db.pipeline(all);
    if (!found) {
      if (db.alive())
        (void)db.run(leave_on_call);
      return sql_fail(found.error().error);
    }
    auto books = read_books(*found);
    if (!books)
      return result<std::vector<on_call_books>>{fail(books.error())};
    std::vector<on_call_books> wanted;
    for (const auto& id : ids)
      if (auto it = books->find(id); it != books->end())
        wanted.push_back(gathered(it->second, *books));
    return result<std::vector<on_call_books>>{std::move(wanted)};
  };
  deps_.reads->read<std::vector<on_call_books>>(std::move(done), std::move(body));
}

} // namespace gochron::storage
