#include <algorithm>
#include <atomic>

#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct monitors {
  using id = monitor_id;
  using spec = monitor_spec;
  using shown = monitor_view;
  using query = monitor_query;
  static constexpr auto keyed = keyed_noun::monitor;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Shop","type":"http","tags":["env:prod","team:web"],"interval_seconds":60,)"
      R"("failure_threshold":2,"http":{"url":"https://shop.example/health","method":"GET",)"
      R"("expected_status":["2xx"],"required_keyword":"ok"}})";
  static constexpr auto patch_example = R"({"interval_seconds":30,"description":"The web shop"})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::monitor_schema(); }
  static const monitor_record& record_of(const shown& x) { return x.record; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to);
  static void list(const call& c, query wanted, const page_request& p);
  static create_monitor create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_monitor get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_monitor edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                           written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_monitor remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                               part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<monitors>;

const noun& monitors::names() {
  static const noun all{"/api/monitors", "Monitors", "monitors", "a monitor", "monitors", "Monitor", "Monitors", "mon"};
  return all;
}

const noun_texts& monitors::texts() {
  static const noun_texts all{
      "A page of the monitors that meet every given filter.",
      "Starts watching at once; the first round is within one interval.",
      "The monitor, with its `Location`.",
      "The configuration and what was last observed.",
      "The body is the whole configuration: what is absent takes its default. `type` cannot change.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
      "Resolves its open incident, then deletes the monitor and its results. Incidents stay."};
  return all;
}

const std::vector<parameter>& monitors::filters() {
  static const auto all =
      configured_parameters(names(), "name, description or target",
                            {
                                enum_parameter<monitor_type>("type", "Only of these types."),
                                enum_parameter<monitor_status>("status", "Only in these states."),
                                {"tags", "Only those that carry all these tags.",
                                 R"({"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"}})", true},
                                {"paused", "Only paused ones, or only others.", R"({"type":"boolean"})"},
                            });
  return all;
}

void monitors::read_filters(query_reader& q, query& to) {
  to.types = q.names<monitor_type>("type");
  to.statuses = q.names<monitor_status>("status");
  to.tags = q.list("tags", 50);
  to.paused = q.boolean("paused");
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

void monitors::list(const call& c, query wanted, const page_request& p) {
  c.with().queries.monitors(c.org(), std::move(wanted), p, reply_to<page<monitor_id>>{[c](result<page<monitor_id>> x) {
                              x ? show_page(c, std::move(*x)) : c.refuse(x.error());
                            }});
}

std::function<void(call)> set_paused(bool paused) {
  return [paused](call c) {
    with_target<monitor_id>(c, [&](monitor_id id, auto version) {
      handlers::edit_with(c, id, version, [paused](const monitor_spec& now) -> result<monitor_spec> {
        auto next = now;
        next.paused = paused;
        return next;
      });
    });
  };
}

void run(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto version) {
    // Retries and a slow target may take longer than any other request.
    extend_deadline(c.ticket(), std::chrono::minutes{5});
    c.with().engine.tell(run_monitor{c.org(), id, version, c.dry(), reply_to<check_result>{[c](result<check_result> x) {
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
  operation_table add{monitors::names()};
  handlers::add_collection(add);
  add("GET", "/summary", "summarizeMonitors", false, "Count monitors by status",
      "How many monitors are in each status, and how many incidents are open.",
      {200, "The counts.", core::monitor_summary_schema()->info()}, summary);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  success now{200, "The monitor as it is now.", type, false, true};
  add("POST", "/{id}/pause", "pauseMonitor", true, "Pause a monitor",
      "Stops checks and resolves an open incident. Pausing twice changes nothing.", now, set_paused(true));
  add("POST", "/{id}/resume", "resumeMonitor", true, "Resume a monitor", "Checks go on, from `pending`.", now,
      set_paused(false));
  add("POST", "/{id}/run", "runMonitor", true, "Check now",
      "Makes one round outside the schedule and answers with its result. It counts like any other. With `If-Match` it "
      "is a round of that version or none.",
      {200, "The result.", core::check_result_schema()->info()}, run)
      .problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
