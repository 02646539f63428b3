#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct schedules {
  using id = schedule_id;
  using spec = schedule_spec;
  using shown = schedule_record;
  using query = schedule_query;
  static constexpr auto keyed = keyed_noun::schedule;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Primary on-call","time_zone":"Europe/Paris","layers":[{"key":"weekly","name":"Weekly",)"
      R"("rotation":{"unit":"week","length":1,"anchor_local":"2026-01-05T09:00:00"},)"
      R"("members":[["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"]]}]})";
  static constexpr auto patch_example = R"({"time_zone":"America/New_York"})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::schedule_schema(); }
  static const schedule_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) { to.time_zone = q.text("time_zone"); }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.schedules(c.org(), std::move(wanted), p, list_of<schedule_record>(c, schema()));
  }
  static create_schedule create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_schedule get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_schedule edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                            written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_schedule remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                                part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<schedules>;

const noun& schedules::names() {
  static const noun all{"/api/schedules", "Schedules", "schedules", "a schedule",
                        "schedules",      "Schedule",  "Schedules", "sch"};
  return all;
}

const noun_texts& schedules::texts() {
  static const noun_texts all{
      "A page of the schedules that meet every given filter.",
      "Somebody is on call by it from now on. The users that it names must exist.",
      "The schedule, with its `Location`.",
      "The schedule as configured.",
      "The body is the whole schedule: what is absent takes its default. Layers are known by their `key`: whose turn "
      "it "
      "is keeps it until the next hand-off, unless `on_edit` says otherwise. What was before now stays as it was.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default; `layers` are replaced whole.",
      "With its overrides and its past. 409 while another schedule's override names it."};
  return all;
}

const std::vector<parameter>& schedules::filters() {
  static const auto all = configured_parameters(names(), "name", {{"time_zone", "Only those of this IANA zone."}});
  return all;
}

} // namespace

operations schedule_operations() {
  operation_table add{schedules::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  return std::move(add.all);
}

} // namespace gochron::http
