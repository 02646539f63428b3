#include <algorithm>
#include <atomic>

#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun monitors{"/api/monitors", "Monitors", "monitors"};

constexpr auto example = R"({"name":"Shop","type":"http","tags":["env:prod","team:web"],"interval_seconds":60,)"
                         R"("failure_threshold":2,"http":{"url":"https://shop.example/health","method":"GET",)"
                         R"("expected_status":["2xx"],"required_keyword":"ok"}})";

reply_to<monitor_view> present(const call& c) {
  return reply_to<monitor_view>{
      [c](result<monitor_view> x) { x ? c.one(x, *core::monitor_schema(), x->record.version) : c.refuse(x.error()); }};
}

response as_it_is_now(const call& c, const monitor_view& x) {
  return c.shown(x, *core::monitor_schema(), x.record.version);
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto spec = core::create<monitor_spec>(*c.request().body);
  if (!spec)
    return c.refuse(spec.error());
  auto [by, reply] = c.write<monitor_view>([c](const monitor_view& x) {
    return c.created(x, *core::monitor_schema(), "/api/monitors/" + x.record.id.str(), x.record.version);
  });
  c.with().engine.tell(create_monitor{c.org(), std::move(*spec), std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({
      ids_parameter("mon"),
      {"q", "Only those with this text in name, description or target, whatever its case."},
      enum_parameter<monitor_type>("type", "Only of these types."),
      enum_parameter<monitor_status>("status", "Only in these states."),
      {"tags", "Only those that carry all these tags.",
       R"({"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"}})", true},
      {"key", "Only the one with this key."},
      {"paused", "Only paused ones, or only others.", R"({"type":"boolean"})"},
      time_parameter("updated_since", "Only those edited at or after this time."),
      {"sort", "The order; `-` turns it round.",
       R"({"type":"string","enum":["created_at","-created_at","name","-name","updated_at","-updated_at"],)"
       R"("default":"created_at"})"},
  });
  return all;
}

monitor_sort sort_of(query_reader& q) {
  constexpr std::string_view names[] = {"created_at", "-created_at", "name", "-name", "updated_at", "-updated_at"};
  auto wanted = q.text("sort");
  if (!wanted)
    return monitor_sort::created_at;
  auto it = std::find(std::begin(names), std::end(names), *wanted);
  if (it == std::end(names)) {
    q.wrong("sort", "not_one_of", "Not an order of this list.");
    return monitor_sort::created_at;
  }
  return static_cast<monitor_sort>(it - std::begin(names));
}

/// A page whose monitors are being asked how they are.
struct asking {
  page<monitor_id> asked;
  std::vector<result<monitor_view>> answers;
  std::atomic<std::size_t> left{0};
};

void answer_known(const call& c, asking& all) {
  page<monitor_view> known{{}, std::move(all.asked.next)};
  for (auto& x : all.answers)
    if (x)
      known.rows.push_back(std::move(*x));
  answer_page(c, *core::monitor_schema(), known);
}

// One that is being restarted is shown as its row; one that was deleted meanwhile is not shown.
void complete(const call& c, const std::shared_ptr<asking>& all) {
  std::vector<monitor_id> silent;
  for (std::size_t i = 0; i < all->answers.size(); ++i)
    if (!all->answers[i] && all->answers[i].error().code != errc::not_found)
      silent.push_back(all->asked.rows[i]);
  if (silent.empty())
    return answer_known(c, *all);
  c.with().queries.monitor_rows(c.org(), std::move(silent), reply_to<std::vector<monitor_view>>{[c, all](auto found) {
                                  if (!found)
                                    return c.refuse(found.error());
                                  for (auto& row : *found) {
                                    auto at = std::ranges::find(all->asked.rows, row.record.id);
                                    all->answers[static_cast<std::size_t>(at - all->asked.rows.begin())] =
                                        std::move(row);
                                  }
                                  answer_known(c, *all);
                                }});
}

// The database says which monitors are on the page; each monitor says itself what no table can know: its next check,
// its uptime, the present second.
void show_page(const call& c, page<monitor_id> found) {
  auto all = std::make_shared<asking>();
  all->asked = std::move(found);
  all->left = all->asked.rows.size();
  all->answers.resize(all->left, fail(errc::not_found, ""));
  if (all->asked.rows.empty())
    return answer_known(c, *all);
  for (std::size_t i = 0; i < all->answers.size(); ++i)
    c.with().engine.tell(
        get_monitor{c.org(), all->asked.rows[i], reply_to<monitor_view>{[c, all, i](result<monitor_view> x) {
                      all->answers[i] = std::move(x);
                      if (--all->left == 0)
                        complete(c, all);
                    }}});
}

void list(call c) {
  query_reader q{c};
  monitor_query wanted;
  wanted.ids = q.ids<monitor_id>("ids");
  wanted.q = q.text("q");
  wanted.types = q.names<monitor_type>("type");
  wanted.statuses = q.names<monitor_status>("status");
  wanted.tags = q.list("tags", 50);
  wanted.key = q.text("key");
  wanted.paused = q.boolean("paused");
  wanted.updated_since = q.time("updated_since");
  wanted.sort = sort_of(q);
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.monitors(c.org(), std::move(wanted), page,
                            reply_to<gochron::page<monitor_id>>{[c](result<gochron::page<monitor_id>> x) {
                              x ? show_page(c, std::move(*x)) : c.refuse(x.error());
                            }});
}

void get(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto) { c.with().engine.tell(get_monitor{c.org(), id, present(c)}); });
}

void edit_with(const call& c, monitor_id id, std::optional<std::int64_t> version, edit_of<monitor_spec> edit) {
  auto [by, reply] = c.write<monitor_view>([c](const monitor_view& x) { return as_it_is_now(c, x); });
  c.with().engine.tell(edit_monitor{c.org(), id, version, std::move(edit), std::move(by), std::move(reply)});
}

void edit(call c) {
  with_target<monitor_id>(
      c, [&](monitor_id id, auto version) { edit_with(c, id, version, edit_by_body<monitor_spec>(c)); });
}

void remove(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto version) {
    c.with().engine.tell(remove_monitor{c.org(), id, version, c.by(), c.done()});
  });
}

std::function<void(call)> set_paused(bool paused) {
  return [paused](call c) {
    with_target<monitor_id>(c, [&](monitor_id id, auto version) {
      edit_with(c, id, version, [paused](const monitor_spec& now) -> result<monitor_spec> {
        auto next = now;
        next.paused = paused;
        return next;
      });
    });
  };
}

void run(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto) {
    // Retries and a slow target may take longer than any other request.
    extend_deadline(c.ticket(), std::chrono::minutes{5});
    c.with().engine.tell(run_monitor{c.org(), id, c.dry(), reply_to<check_result>{[c](result<check_result> x) {
                                       c.one(x, *core::check_result_schema());
                                     }}});
  });
}

void summary(call c) {
  if (refused_parameters(c))
    return;
  c.with().queries.summary(c.org(), reply_to<monitor_summary>{
                                        [c](result<monitor_summary> x) { c.one(x, *core::monitor_summary_schema()); }});
}

} // namespace

operations monitor_operations() {
  auto type = core::monitor_schema()->info();
  operation_table add{monitors};
  add("GET", "", "listMonitors", false, "List monitors", "A page of the monitors that meet every given filter.",
      {200, "A page of monitors.", type, true}, list)
      .query = filters();
  auto& post = add("POST", "", "createMonitor", true, "Create a monitor",
                   "Starts watching at once; the first round is within one interval.",
                   {201, "The monitor, with its `Location`.", type, false, true}, create);
  post.body = body_spec{type, core::schema_use::request, example, true};
  post.problems = {409};
  add("GET", "/summary", "summarizeMonitors", false, "Count monitors by status",
      "How many monitors are in each status, and how many incidents are open.",
      {200, "The counts.", core::monitor_summary_schema()->info()}, summary);
  add("GET", "/{id}", "getMonitor", false, "Get a monitor", "The configuration and what was last observed.",
      {200, "The monitor.", type, false, true}, get);
  auto& put = add("PUT", "/{id}", "replaceMonitor", true, "Replace a monitor",
                  "The body is the whole configuration: what is absent takes its default. `type` cannot change.",
                  {200, "The monitor as it is now.", type, false, true}, edit);
  put.body = body_spec{type, core::schema_use::request, example, true};
  put.problems = {409};
  auto& patch = add("PATCH", "/{id}", "updateMonitor", true, "Change a monitor",
                    "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
                    {200, "The monitor as it is now.", type, false, true}, edit);
  patch.body =
      body_spec{type, core::schema_use::patch, R"({"interval_seconds":30,"description":"The web shop"})", true};
  patch.problems = {409};
  add("DELETE", "/{id}", "deleteMonitor", true, "Delete a monitor",
      "Resolves its open incident, then deletes the monitor and its results. Incidents stay.",
      {204, "It is gone.", nullptr}, remove)
      .problems = {409};
  success now{200, "The monitor as it is now.", type, false, true};
  add("POST", "/{id}/pause", "pauseMonitor", true, "Pause a monitor",
      "Stops checks and resolves an open incident. Pausing twice changes nothing.", now, set_paused(true));
  add("POST", "/{id}/resume", "resumeMonitor", true, "Resume a monitor", "Checks go on, from `pending`.", now,
      set_paused(false));
  add("POST", "/{id}/run", "runMonitor", true, "Check now",
      "Makes one round outside the schedule and answers with its result. It counts like any other.",
      {200, "The result.", core::check_result_schema()->info()}, run)
      .problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
