#include "core/on_call/handoff.hpp"

#include "cases.hpp"
#include "core/channels/notice.hpp"
#include "core/event_body.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

// Of users 1 and 2 by the week; 1 since 2026-03-16T09:00.
on_call_books weeks() {
  return books(schedule("UTC", {weekly("2026-03-16T09:00:00", {1, 2})}));
}

handoff at(const char* when, const std::optional<std::vector<user_id>>& told, const on_call_books& x = weeks()) {
  auto found = handoff_at(x, told, utc(when));
  REQUIRE(found);
  return *found;
}

schedule_record record() {
  schedule_record x;
  x.id = schedule_id::make(utc("2026-01-01T00:00:00Z"));
  x.org = org_id::make(utc("2026-01-01T00:00:00Z"));
  x.spec.name = "Primary";
  return x;
}

std::string name_of(const user_id& x) {
  return x == user(1) ? "Ada" : x == user(2) ? "Ben" : "";
}

notice told_to(const std::optional<user_id>& whom, const handoff& x) {
  event e;
  e.id = event_id::make(utc("2026-03-23T09:00:00Z"));
  e.type = event_type::on_call_changed;
  e.at = utc("2026-03-23T09:00:00Z");
  auto read = read_notice(render_handoff_event(e, news_of(record(), x, name_of), "http://g"), whom);
  REQUIRE(read);
  return *read;
}

std::string facts(const notice& x) {
  std::string out;
  for (const auto& f : x.facts)
    out += f.label + ": " + f.value + '\n';
  return out;
}

channel_record channel(std::uint8_t n, std::optional<user_id> of = std::nullopt) {
  channel_record x;
  x.id.value.bytes.fill(n);
  x.spec.name = "c";
  x.spec.user = of;
  if (of)
    x.proof.verified_at = utc("2026-01-01T00:00:00Z");
  return x;
}

} // namespace

TEST_CASE("a hand-off says who came, until when, and who went") {
  auto x = at("2026-03-23T09:00:00Z", just(1));
  CHECK(x.on_call == just(2));
  CHECK(x.started == std::vector<begun_duty>{{user(2), utc("2026-03-30T09:00:00Z")}});
  CHECK(x.ended == just(1));
  CHECK(x.next == utc("2026-03-30T09:00:00Z"));
  CHECK_FALSE(at("2026-03-23T08:59:59.999Z", just(1)).is_news());
  CHECK_FALSE(at("2026-03-25T00:00:00Z", std::nullopt).is_news());
  CHECK_FALSE(at("2026-03-25T00:00:00Z", just(2)).is_news());
}

TEST_CASE("somebody who joins does not end the duty of who is there, whose end is their own") {
  auto x = weeks();
  schedule_override joins;
  joins.kind = override_kind::add;
  joins.start_at = utc("2026-03-24T00:00:00Z");
  joins.end_at = utc("2026-03-25T00:00:00Z");
  joins.user_ids = just(3);
  x.of.overrides = {joins};
  auto before = at("2026-03-23T09:00:00Z", just(1), x);
  CHECK(before.started == std::vector<begun_duty>{{user(2), utc("2026-03-30T09:00:00Z")}});
  CHECK(before.next == utc("2026-03-24T00:00:00Z"));
  auto joined = at("2026-03-24T00:00:00Z", just(2), x);
  CHECK(joined.on_call == std::vector{user(2), user(3)});
  CHECK(joined.started == std::vector<begun_duty>{{user(3), utc("2026-03-25T00:00:00Z")}});
  CHECK(joined.ended.empty());
}

TEST_CASE("a gap is a hand-off to nobody, and what does not end within the horizon has no end") {
  auto gap = at("2026-03-23T09:00:00Z", just(1), books(schedule("UTC", {})));
  CHECK(gap.on_call.empty());
  CHECK(gap.ended == just(1));
  CHECK(gap.next == std::nullopt);
  CHECK(told_to(std::nullopt, gap).headline == "Nobody is on call: Primary");
  auto alone = at("2026-03-23T09:00:00Z", just(1), books(schedule("UTC", {weekly("2026-03-16T09:00:00", {2})})));
  CHECK(alone.started == std::vector<begun_duty>{{user(2), std::nullopt}});
  CHECK(alone.next == std::nullopt);
}

TEST_CASE("each reads of a hand-off what concerns them") {
  auto x = at("2026-03-23T09:00:00Z", just(1));
  auto everybody = told_to(std::nullopt, x);
  CHECK(everybody.headline == "On call now: Ben (Primary)");
  CHECK(facts(everybody) == "Came: Ben\nWent: Ada\nNext change: 2026-03-30 09:00:00 UTC\n");
  CHECK(everybody.tone == tone::news);
  auto ben = told_to(user(2), x);
  CHECK(ben.headline == "You are on call now: Primary");
  CHECK(facts(ben) == "Until: 2026-03-30 09:00:00 UTC\nOn call now: Ben\nWent: Ada\n");
  auto ada = told_to(user(1), x);
  CHECK(ada.headline == "You are no longer on call: Primary");
  CHECK(facts(ada) == "On call now: Ben\nWent: Ada\nNext change: 2026-03-30 09:00:00 UTC\n");
}

TEST_CASE("a hand-off is told to the channels that are named, and to people by what is quickest") {
  auto book = std::make_shared<alert_book>();
  auto ops = channel(1), disabled = channel(2), deaf = channel(3);
  disabled.spec.enabled = false;
  deaf.spec.events = {event_type::incident_opened};
  auto mail = channel(10, user(2)), phone = channel(11, user(2)), unproved = channel(12, user(1));
  unproved.proof.verified_at.reset();
  for (const auto& x : {ops, disabled, deaf, mail, phone, unproved})
    book->channels.push_back(brief_of(x));
  auto x = at("2026-03-23T09:00:00Z", just(1));
  schedule_spec spec;
  spec.handoff_channels = {ops.id, disabled.id, deaf.id};
  CHECK(handoff_targets(book, spec, x) == std::vector{ops.id});
  spec.handoff_notify_users = true;
  CHECK(handoff_targets(book, spec, x) == std::vector{ops.id, mail.id, phone.id});
  notification_rule_record slow, quick;
  slow.spec.user = quick.spec.user = user(2);
  slow.spec.urgency = quick.spec.urgency = urgency::low;
  quick.spec.contact_method = contact_method_of(mail.id);
  slow.spec.contact_method = contact_method_of(phone.id);
  slow.spec.delay = 300s;
  book->notification_rules = {quick, slow};
  CHECK(handoff_targets(book, spec, x) == std::vector{ops.id, mail.id});
}
