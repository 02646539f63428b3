#include <algorithm>

#include "core/on_call/overrides.hpp"
#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// The exceptions of a schedule.
namespace gochron::http {
namespace {

const noun overrides{"/api/schedules", "Schedules", "schedules"};

constexpr auto example = R"({"kind":"add","end_at":"2037-12-31T12:00:00.000Z","reason":"Second pair of eyes",)"
                         R"("user_ids":["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"]})";

std::string path_of(const schedule_override& x) {
  return "/api/schedules/" + x.of.str() + "/overrides/" + x.id.str();
}

// What is wrong with the body, and with its times as of now.
result<schedule_override> read_override(const call& c, schedule_id of) {
  auto wanted = core::read_body(*core::override_request_schema(), *c.request().body);
  if (!wanted)
    return fail(wanted.error());
  auto now = c.with().clock.now();
  schedule_override x;
  x.org = c.org();
  x.of = of;
  x.kind = wanted->kind;
  x.start_at = wanted->start_at.value_or(now);
  x.end_at = wanted->end_at;
  x.reason = wanted->reason;
  x.user_ids = std::move(wanted->user_ids);
  x.replaced_user_ids = std::move(wanted->replaced_user_ids);
  x.other = wanted->schedule;
  if (auto faults = core::faults_of(x, now); !faults.empty())
    return fail(error{errc::invalid, "The request body is not valid.", std::move(faults), {}, {}});
  return x;
}

void create(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, auto) {
    auto wanted = read_override(c, id);
    if (!wanted && wanted.error().code != errc::invalid)
      return c.refuse(wanted.error());
    auto go_on = [c, wanted](const result<schedule_record>& there) {
      if (!there || !wanted)
        return c.refuse(!there ? there.error() : wanted.error());
      auto [by, reply] = c.write<schedule_override>([c](const schedule_override& x) {
        return c.created(x, *core::schedule_override_schema(), path_of(x), std::nullopt);
      });
      c.with().engine.tell(create_override{*wanted, std::move(by), std::move(reply)});
    };
    c.with().engine.tell(get_schedule{c.org(), id, reply_to<schedule_record>{go_on}});
  });
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({time_parameter("from", "Only those that are not over at this time."),
                                           time_parameter("to", "Only those that begin before this time.")});
  return all;
}

void list(call c) {
  query_reader q{c};
  override_query wanted;
  wanted.from = q.time("from");
  wanted.to = q.time("to");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  auto id = c.id<schedule_id>();
  if (!id)
    return;
  wanted.of = *id;
  c.with().engine.tell(
      get_schedule{c.org(), *id, reply_to<schedule_record>{[c, wanted, page](result<schedule_record> x) {
                     if (!x)
                       return c.refuse(x.error());
                     c.with().queries.overrides(c.org(), wanted, page,
                                                list_of<schedule_override>(c, core::schedule_override_schema()));
                   }}});
}

template <class F>
void with_override(const call& c, F f) {
  if (refused_parameters(c))
    return;
  auto of = c.id<schedule_id>();
  if (!of)
    return;
  if (auto id = c.id<override_id>("override_id"))
    f(*of, *id);
}

void get(call c) {
  with_override(c, [&](schedule_id of, override_id id) {
    c.with().queries.override_by_id(c.org(), of, id, reply_to<schedule_override>{[c](result<schedule_override> x) {
                                      c.one(x, *core::schedule_override_schema());
                                    }});
  });
}

core::override_request request_of(const schedule_override& x) {
  return {x.kind, x.start_at, x.end_at, x.reason, x.user_ids, x.replaced_user_ids, x.other};
}

// Without a beginning it begins now, or when it has begun.
schedule_override changed(schedule_override x, core::override_request wanted, timestamp at) {
  x.kind = wanted.kind;
  x.start_at = wanted.start_at.value_or(std::min(x.start_at, at));
  x.end_at = wanted.end_at;
  x.reason = std::move(wanted.reason);
  x.user_ids = std::move(wanted.user_ids);
  x.replaced_user_ids = std::move(wanted.replaced_user_ids);
  x.other = wanted.schedule;
  return x;
}

void edit(call c) {
  with_override(c, [&](schedule_id of, override_id id) {
    auto by_body = [body = c.request().body, whole = c.request().method == "PUT"](
                       const schedule_override& now, timestamp at) -> result<schedule_override> {
      const auto& schema = *core::override_request_schema();
      auto wanted = whole ? core::read_body(schema, *body) : core::read_patch(schema, request_of(now), *body);
      if (!wanted)
        return fail(wanted.error());
      return changed(now, std::move(*wanted), at);
    };
    auto [by, reply] = c.write<schedule_override>(
        [c](const schedule_override& x) { return c.shown(x, *core::schedule_override_schema()); });
    c.with().engine.tell(edit_override{c.org(), of, id, std::move(by_body), std::move(by), std::move(reply)});
  });
}

void remove(call c) {
  with_override(c, [&](schedule_id of, override_id id) {
    c.with().engine.tell(remove_override{c.org(), of, id, c.by(), c.done()});
  });
}

} // namespace

operations override_operations() {
  auto type = core::schedule_override_schema()->info();
  operation_table add{overrides};
  add("GET", "/{id}/overrides", "listScheduleOverrides", false, "List a schedule's overrides", "By their beginning.",
      {200, "A page of overrides.", type, true}, list)
      .query = filters();
  auto& post = add("POST", "/{id}/overrides", "createScheduleOverride", true, "Make an override",
                   "Changes who is on call for a while. Overrides work in the order in which they were made, each on "
                   "what the layers and those before it have left. None begins in the past; 500 that are not over fit "
                   "on a schedule.",
                   {201, "The override, with its `Location`.", type}, create);
  post.body = body_spec{core::override_request_schema()->info(), core::schema_use::request, example, true};
  post.problems = {409};
  post.of_a_part = true;
  add("GET", "/{id}/overrides/{override_id}", "getScheduleOverride", false, "Get an override", "As it was made.",
      {200, "The override.", type}, get);
  for (std::string method : {"PUT", "PATCH"}) {
    bool whole = method == "PUT";
    auto& op =
        add(method, "/{id}/overrides/{override_id}", whole ? "replaceScheduleOverride" : "updateScheduleOverride", true,
            whole ? "Replace an override" : "Change an override",
            std::string{whole ? "The body is the whole override: what is absent takes its default, and without "
                                "`start_at` one that has begun keeps its beginning. "
                              : "A JSON merge patch (RFC 7396). "} +
                "What has been stays as it was: one under way keeps its beginning, and where who is on call "
                "changes, it changes from now on; until now the old one stands, as an override of its own that "
                "is over. One that is over is 409.",
            {200, "The override as it is now.", type}, edit);
    op.body =
        body_spec{core::override_request_schema()->info(), whole ? core::schema_use::request : core::schema_use::patch,
                  whole ? example : R"({"end_at":"2037-06-30T12:00:00.000Z","reason":"Back sooner"})", true};
    op.problems = {409};
    op.of_a_part = true;
  }
  add("DELETE", "/{id}/overrides/{override_id}", "deleteScheduleOverride", true, "End an override",
      "One that has not begun is gone. One that is under way ends now, and stays as what it was until now. One that is "
      "over stays (409): the past does not change.",
      {204, "It is in force no longer.", nullptr}, remove)
      .problems = {409};
  add.all.back().of_a_part = true;
  return std::move(add.all);
}

} // namespace gochron::http
