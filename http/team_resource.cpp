#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct teams {
  using id = team_id;
  using spec = team_spec;
  using shown = team_record;
  using query = team_query;
  static constexpr auto keyed = keyed_noun::team;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Payments","members":[{"user_id":"usr_01jd9e6h6gf4g8w1q6v5q8z3ab","role":"manager"}]})";
  static constexpr auto patch_example = R"({"description":"Everything that moves money."})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::team_schema(); }
  static const team_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) { to.user = q.id<user_id>("user_id"); }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.teams(c.org(), std::move(wanted), p, list_of<team_record>(c, schema()));
  }
  static create_team create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_team get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_team edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f, written_by<shown> by,
                        part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_team remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                            part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<teams>;

const noun& teams::names() {
  static const noun all{"/api/teams", "Teams", "teams", "a team", "teams", "Team", "Teams", "team"};
  return all;
}

const noun_texts& teams::texts() {
  static const noun_texts all{
      "A page of the teams that meet every given filter.",
      "Its members must exist.",
      "The team, with its `Location`.",
      "The team as configured.",
      "The body is the whole team: what is absent takes its default.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default; `members` are replaced whole.",
      "409 while an escalation policy names it."};
  return all;
}

const std::vector<parameter>& teams::filters() {
  static const auto all = configured_parameters(names(), "name or description",
                                                {id_parameter<user_id>("user_id", "Only those that they are in.")});
  return all;
}

} // namespace

operations team_operations() {
  operation_table add{teams::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  return std::move(add.all);
}

} // namespace gochron::http
