#include "http/alert_rule_trials.hpp"
#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct rules {
  using id = rule_id;
  using spec = alert_rule_spec;
  using shown = alert_rule_record;
  using query = rule_query;
  static constexpr auto keyed = keyed_noun::alert_rule;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Production pages","selector":{"tags":["env:prod"]},"severity":"critical",)"
      R"("channel_ids":["chn_01jd9e6h6gf4g8w1q6v5q8z3ab"]})";
  static constexpr auto patch_example = R"({"enabled":false})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::alert_rule_schema(); }
  static const alert_rule_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) { to.enabled = q.boolean("enabled"); }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.rules(c.org(), std::move(wanted), p, list_of<alert_rule_record>(c, schema()));
  }
  static create_rule create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_rule get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_rule edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f, written_by<shown> by,
                        part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_rule remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                            part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<rules>;

const noun& rules::names() {
  static const noun all{"/api/alert-rules", "Alert rules", "alert-rules", "an alert rule",
                        "alert rules",      "AlertRule",   "AlertRules",  "rule"};
  return all;
}

const noun_texts& rules::texts() {
  static const noun_texts all{
      "A page of the rules that meet every given filter.",
      "Events from now on are matched against it. Channels and monitors that it names must exist.",
      "The rule, with its `Location`.",
      "The rule as configured.",
      "The body is the whole rule: what is absent takes its default.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
      "Open incidents keep their promises: a channel that was told of the opening is told of the end."};
  return all;
}

const std::vector<parameter>& rules::filters() {
  static const auto all = configured_parameters(
      names(), "name", {{"enabled", "Only enabled ones, or only others.", R"({"type":"boolean"})"}});
  return all;
}

} // namespace

operations alert_rule_operations() {
  operation_table add{rules::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  add_rule_trials(add);
  return std::move(add.all);
}

} // namespace gochron::http
