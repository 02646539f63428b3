#include "core/alert_matching.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;

namespace {

template <class Id>
Id numbered(std::uint8_t n) {
  Id x;
  x.value.bytes[15] = n;
  return x;
}

monitor_id mon(std::uint8_t n) {
  return numbered<monitor_id>(n);
}
channel_id chn(std::uint8_t n) {
  return numbered<channel_id>(n);
}
rule_id rul(std::uint8_t n) {
  return numbered<rule_id>(n);
}

alert_rule_record rule(std::uint8_t n, std::vector<channel_id> channels) {
  alert_rule_record x;
  x.id = rul(n);
  x.spec.channel_ids = std::move(channels);
  return x;
}

/// A web monitor tagged env:prod and team:web, three channels, one rule for everything that names the first two.
struct office {
  monitor_spec web;
  alert_book book{{rule(1, {chn(1), chn(2)})},
                  {{chn(1), true, {}, true}, {chn(2), true, {}, true}, {chn(3), true, {}, true}}};
  office() { web.tags = {"env:prod", "team:web"}; }

  std::vector<alert_target> told_of(event_type event, const std::vector<channel_id>& owed = {}) const {
    return targets_of(book, at(event), {owed, hushed});
  }
  occurrence at(event_type event) const { return {event, mon(1), web, now}; }
  overdue_alerts overdue(const std::vector<channel_id>& told = {}) const {
    return overdue_of(book, at(event_type::incident_opened), {told, hushed});
  }
  timestamp now{std::chrono::hours{24 * 365 * 50}};
  std::vector<rule_id> hushed;
};

using targets = std::vector<alert_target>;
constexpr auto opened = event_type::incident_opened;
constexpr auto resolved = event_type::incident_resolved;

} // namespace

TEST_CASE("a rule concerns the monitors that its ids or its selector name") {
  struct row {
    const char* what;
    std::vector<monitor_id> ids;
    monitor_selector selector;
    bool concerned;
  };
  const row table[] = {
      {"both empty: every monitor", {}, {}, true},
      {"listed", {mon(2), mon(1)}, {}, true},
      {"not listed", {mon(2)}, {}, false},
      {"one tag", {}, {{"env:prod"}, {}}, true},
      {"all tags", {}, {{"env:prod", "team:web"}, {}}, true},
      {"a tag too many", {}, {{"env:prod", "team:db"}, {}}, false},
      {"tags are whole names", {}, {{"env"}, {}}, false},
      {"its type", {}, {{}, {monitor_type::tcp, monitor_type::http}}, true},
      {"another type", {}, {{}, {monitor_type::tcp}}, false},
      {"tag and type", {}, {{"env:prod"}, {monitor_type::http}}, true},
      {"tag but not type", {}, {{"env:prod"}, {monitor_type::heartbeat}}, false},
      {"type but not tag", {}, {{"env:dev"}, {monitor_type::http}}, false},
      {"listed, selector says no", {mon(1)}, {{"env:dev"}, {}}, true},
      {"selected, list says no", {mon(2)}, {{"env:prod"}, {}}, true},
      {"neither", {mon(2)}, {{"env:dev"}, {}}, false},
  };
  office x;
  for (const auto& [what, ids, selector, concerned] : table) {
    INFO(what);
    alert_rule_spec spec;
    spec.monitor_ids = ids;
    spec.selector = selector;
    CHECK(concerns(spec, mon(1), x.web) == concerned);
  }
}

TEST_CASE("each channel is told once, in the order of the rules, by the first that names it") {
  office x;
  x.book.rules.push_back(rule(2, {chn(3), chn(1)}));
  CHECK(x.told_of(opened) == targets{{chn(1), rul(1)}, {chn(2), rul(1)}, {chn(3), rul(2)}});
  CHECK(matching_rules(x.book, x.at(opened)) == std::vector{rul(1), rul(2)});
}

TEST_CASE("a rule that is off, about others or deaf to the event tells nobody") {
  office x;
  auto& spec = x.book.rules[0].spec;
  SECTION("off") {
    spec.enabled = false;
  }
  SECTION("about others") {
    spec.monitor_ids = {mon(9)};
  }
  SECTION("deaf") {
    spec.events = {resolved};
  }
  SECTION("deaf to everything") {
    spec.events.clear();
  }
  CHECK(x.told_of(opened).empty());
  CHECK(matching_rules(x.book, x.at(opened)).empty());
}

TEST_CASE("a channel that is gone, off or deaf to the event is not told") {
  office x;
  SECTION("gone") {
    x.book.channels.erase(x.book.channels.begin());
  }
  SECTION("off") {
    x.book.channels[0].enabled = false;
  }
  SECTION("deaf") {
    x.book.channels[0].events = {event_type::incident_acknowledged};
  }
  CHECK(x.told_of(opened) == targets{{chn(2), rul(1)}});
}

TEST_CASE("a channel off in the first rule that names it is not told by the next") {
  office x;
  x.book.rules.push_back(rule(2, {chn(1)}));
  x.book.rules[0].spec.enabled = false;
  CHECK(x.told_of(opened) == targets{{chn(1), rul(2)}});
}

TEST_CASE("a channel without send_resolved hears of openings only") {
  office x;
  x.book.channels[0].send_resolved = false;
  CHECK(x.told_of(opened).size() == 2);
  CHECK(x.told_of(event_type::incident_acknowledged).size() == 2);
  CHECK(x.told_of(resolved, {chn(1), chn(2)}) == targets{{chn(2), rul(1)}});
}

TEST_CASE("who hears that somebody has taken it hears that nobody has it any longer") {
  office x;
  constexpr auto back = event_type::incident_unacknowledged;
  CHECK(x.told_of(back) == x.told_of(event_type::incident_acknowledged));
  CHECK(x.told_of(back).size() == 2);
  x.book.channels[0].events = {event_type::incident_acknowledged};
  CHECK(x.told_of(back).size() == 2);
  x.book.channels[0].events = {opened};
  CHECK(x.told_of(back) == targets{{chn(2), rul(1)}});
  x.book.rules[0].spec.events = {opened, resolved};
  CHECK(x.told_of(back).empty());
}

TEST_CASE("who was told of an opening is told of its end, whatever became of the rules") {
  office x;
  std::vector<channel_id> told{chn(1), chn(2)};
  SECTION("deleted") {
    x.book.rules.clear();
  }
  SECTION("off") {
    x.book.rules[0].spec.enabled = false;
  }
  SECTION("about others now") {
    x.book.rules[0].spec.selector.tags = {"other"};
  }
  SECTION("deaf to resolves now") {
    x.book.rules[0].spec.events = {opened};
  }
  SECTION("the channel itself listens to openings only") {
    x.book.rules.clear();
    x.book.channels[0].events = {opened};
  }
  CHECK(x.told_of(resolved, told) == targets{{chn(1), std::nullopt}, {chn(2), std::nullopt}});
  x.book.rules.clear();
  CHECK(x.told_of(event_type::incident_acknowledged, told).empty());
  x.book.channels[0].enabled = false;
  x.book.channels.erase(x.book.channels.begin() + 1);
  CHECK(x.told_of(resolved, told).empty());
}

TEST_CASE("the owed come after those that rules name, each once") {
  office x;
  x.book.rules[0].spec.channel_ids = {chn(2)};
  CHECK(x.told_of(resolved, {chn(1), chn(2)}) == targets{{chn(2), rul(1)}, {chn(1), std::nullopt}});
}

TEST_CASE("an incident is as severe as the highest rule that hears it open, critical without any") {
  office x;
  auto severity_now = [&] { return severity_of(x.book, x.at(opened)); };
  x.book.rules[0].spec.severity = severity::info;
  CHECK(severity_now() == severity::info);
  x.book.rules.push_back(rule(2, {}));
  x.book.rules[1].spec.severity = severity::error;
  CHECK(severity_now() == severity::error);
  x.book.rules[1].spec.events = {resolved};
  CHECK(severity_now() == severity::info);
  x.book.rules[0].spec.enabled = false;
  CHECK(severity_now() == severity::critical);
}

TEST_CASE("the other channels of a disabled channel's rules hear of it") {
  office x;
  x.book.rules.push_back(rule(2, {chn(3)}));
  CHECK(neighbours_of(x.book, chn(1)) == targets{{chn(2), rul(1)}});
  x.book.rules.push_back(rule(3, {chn(3), chn(1), chn(2)}));
  CHECK(neighbours_of(x.book, chn(1)) == targets{{chn(2), rul(1)}, {chn(3), rul(3)}});
  x.book.channels[1].events = {opened};
  x.book.channels[2].events = {event_type::channel_disabled};
  CHECK(neighbours_of(x.book, chn(1)) == targets{{chn(3), rul(3)}});
  x.book.rules[2].spec.enabled = false;
  CHECK(neighbours_of(x.book, chn(1)).empty());
}

TEST_CASE("a channel that we disabled counts as not enabled") {
  channel_record x;
  x.id = chn(7);
  x.spec.events = {opened};
  x.spec.send_resolved = false;
  CHECK(brief_of(x).enabled);
  CHECK(brief_of(x).id == chn(7));
  CHECK(brief_of(x).events == std::vector{opened});
  CHECK_FALSE(brief_of(x).send_resolved);
  x.health.state = channel_state::failing;
  CHECK(brief_of(x).enabled);
  x.health.state = channel_state::disabled;
  CHECK_FALSE(brief_of(x).enabled);
  x.health.state = channel_state::healthy;
  x.spec.enabled = false;
  CHECK_FALSE(brief_of(x).enabled);
}

TEST_CASE("a muted rule or monitor tells nobody of an opening, but of the end to whom it has told") {
  office x;
  auto until = x.now + std::chrono::minutes{5};
  SECTION("the rule") {
    x.book.rules[0].spec.muted_until = until;
  }
  SECTION("the monitor") {
    x.web.muted_until = until;
  }
  CHECK(x.told_of(opened).empty());
  CHECK(hushed_rules(x.book, x.at(opened)) == std::vector{rul(1)});
  CHECK(matching_rules(x.book, x.at(opened)) == std::vector{rul(1)}); // it has met it even so
  CHECK(x.told_of(resolved).empty());
  CHECK(x.told_of(resolved, {chn(2)}) == targets{{chn(2), std::nullopt}});
  x.now = until;
  CHECK(x.told_of(opened).size() == 2);
  CHECK(hushed_rules(x.book, x.at(opened)).empty());
}

TEST_CASE("a rule that has not told of the opening does not tell of what follows") {
  office x;
  x.book.rules.push_back(rule(2, {chn(3)}));
  x.hushed = {rul(1)};
  CHECK(x.told_of(event_type::incident_acknowledged) == targets{{chn(3), rul(2)}});
  CHECK(x.told_of(resolved, {chn(3)}) == targets{{chn(3), rul(2)}});
}

TEST_CASE("what a rule could not tell is overdue when it may, for those who have not been told") {
  office x;
  x.book.rules.push_back(rule(2, {chn(2), chn(3)}));
  x.book.rules.push_back(rule(3, {chn(1)}));
  x.hushed = {rul(1), rul(2)};
  auto first = x.now + std::chrono::minutes{1};
  auto second = x.now + std::chrono::minutes{2};
  x.book.rules[0].spec.muted_until = second;
  x.book.rules[1].spec.muted_until = first;
  auto nothing = x.overdue();
  CHECK(nothing.targets.empty());
  CHECK(nothing.hushed == x.hushed);
  CHECK(nothing.next == first);

  x.now = first;
  auto some = x.overdue({chn(3)});
  CHECK(some.targets == targets{{chn(2), rul(2)}});
  CHECK(some.hushed == std::vector{rul(1)});
  CHECK(some.next == second);

  x.now = second;
  CHECK(x.overdue().targets == targets{{chn(1), rul(1)}, {chn(2), rul(1)}, {chn(3), rul(2)}});
  CHECK(x.overdue().hushed.empty());
  CHECK_FALSE(x.overdue().next);
  CHECK(x.overdue({chn(1), chn(2), chn(3)}).targets.empty());
}

TEST_CASE("a rule that is gone, off or about others by then is not overdue") {
  office x;
  x.hushed = {rul(1)};
  SECTION("gone") {
    x.book.rules.clear();
  }
  SECTION("off") {
    x.book.rules[0].spec.enabled = false;
  }
  SECTION("about others") {
    x.book.rules[0].spec.monitor_ids = {mon(9)};
  }
  SECTION("deaf to openings") {
    x.book.rules[0].spec.events = {resolved};
  }
  CHECK(x.overdue().targets.empty());
  CHECK(x.overdue().hushed.empty());
  CHECK_FALSE(x.overdue().next);
}

TEST_CASE("a rule forgets a monitor that is gone, and is disabled only when it would be about every other") {
  auto named = rule(1, {chn(1)});
  named.version = 4;
  named.spec.monitor_ids = {mon(1), mon(2)};
  auto one_left = without(named, mon(1), timestamp{std::chrono::seconds{7}});
  CHECK(one_left.spec.monitor_ids == std::vector{mon(2)});
  CHECK(one_left.spec.enabled);
  CHECK(one_left.version == 5);
  CHECK(one_left.updated_at == timestamp{std::chrono::seconds{7}});
  auto none_left = without(one_left, mon(2), {});
  CHECK(none_left.spec.monitor_ids.empty());
  CHECK_FALSE(none_left.spec.enabled);
  one_left.spec.selector.tags = {"env:prod"};
  CHECK(without(one_left, mon(2), {}).spec.enabled);
  one_left.spec.enabled = false;
  CHECK_FALSE(without(one_left, mon(2), {}).spec.enabled);
}

TEST_CASE("an incident is a rule's from when its conditions are met") {
  office x;
  x.book.rules[0].spec.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gt, 300}};
  condition_facts young, old;
  young.failing_for_seconds = 10;
  old.failing_for_seconds = 400;
  auto at = [&](const condition_facts* facts) { return occurrence{opened, mon(1), x.web, x.now, std::nullopt, facts}; };
  CHECK(hushed_rules(x.book, at(&young)) == std::vector{rul(1)});
  CHECK(hushed_rules(x.book, at(nullptr)) == std::vector{rul(1)}); // nothing is known
  CHECK(hushed_rules(x.book, at(&old)).empty());

  alert_debts debts{{}, {rul(1)}};
  auto still = overdue_of(x.book, at(&young), debts);
  CHECK(still.hushed == std::vector{rul(1)});
  CHECK(still.targets.empty());
  CHECK(still.next == x.now + std::chrono::seconds{290}); // 300 are not more than 300, but nothing is lost by looking
  auto now = overdue_of(x.book, at(&old), debts);
  CHECK(now.hushed.empty());
  CHECK(now.targets == targets{{chn(1), rul(1)}, {chn(2), rul(1)}});
  CHECK(now.highest == severity::critical);

  SECTION("also when it does not listen to the opening") {
    x.book.rules[0].spec.events = {resolved};
    CHECK(hushed_rules(x.book, at(&young)) == std::vector{rul(1)});
    CHECK(overdue_of(x.book, at(&young), debts).hushed == std::vector{rul(1)});
    auto later = overdue_of(x.book, at(&old), debts);
    CHECK(later.hushed.empty());
    CHECK(later.targets.empty());
  }
  SECTION("and a mute holds it back still") {
    x.book.rules[0].spec.muted_until = x.now + std::chrono::hours{1};
    auto muted = overdue_of(x.book, at(&old), debts);
    CHECK(muted.hushed == std::vector{rul(1)});
    CHECK(muted.next == x.now + std::chrono::hours{1});
  }
}

TEST_CASE("the severity is that of the rules that are met, or may be") {
  office x;
  x.book.rules.push_back(rule(2, {chn(1)}));
  x.book.rules[0].spec.severity = severity::warning;
  x.book.rules[1].spec.severity = severity::error;
  x.book.rules[1].spec.conditions.terms = {{condition_field::failing_for_seconds, condition_operator::gt, 300}};
  condition_facts young;
  young.failing_for_seconds = 0;
  occurrence opening{opened, mon(1), x.web, x.now, std::nullopt, &young};
  CHECK(severity_of(x.book, opening) == severity::warning);
  x.book.rules.erase(x.book.rules.begin());
  CHECK(severity_of(x.book, opening) == severity::error); // not met yet, but none other is there
  x.book.rules.clear();
  CHECK(severity_of(x.book, opening) == severity::critical);
}

TEST_CASE("a rule that checks is about the incidents that it opened, and they are of nobody else") {
  office x;
  auto slow = rule(2, {chn(3)});
  slow.spec.trigger = rule_trigger::check;
  slow.spec.severity = severity::info;
  slow.spec.conditions.terms = {{condition_field::latency_ms, condition_operator::gt, 500}};
  put_rule(x.book, slow);
  CHECK(x.book.check_rules == 1);
  CHECK(x.told_of(opened) == targets{{chn(1), rul(1)}, {chn(2), rul(1)}});
  occurrence theirs{opened, mon(1), x.web, x.now, rul(2), nullptr};
  CHECK(targets_of(x.book, theirs) == targets{{chn(3), rul(2)}});
  CHECK(hushed_rules(x.book, theirs).empty());
  CHECK(severity_of(x.book, theirs) == severity::info);
  CHECK(check_rules_of(x.book, mon(1), x.web) == std::vector<std::size_t>{1});

  CHECK(why_over(find_rule(x.book, rul(2)), mon(1), x.web).empty());
  CHECK(why_over(find_rule(x.book, rul(9)), mon(1), x.web) == "The rule was deleted.");
  slow.spec.monitor_ids = {mon(7)};
  ++slow.version;
  put_rule(x.book, slow);
  CHECK(check_rules_of(x.book, mon(1), x.web).empty());
  CHECK(why_over(find_rule(x.book, rul(2)), mon(1), x.web) == "The rule  is not about this monitor any more.");
  slow.spec.enabled = false;
  ++slow.version;
  put_rule(x.book, slow);
  CHECK(x.book.check_rules == 0);
  erase_rule(x.book, rul(2));
  CHECK(find_rule(x.book, rul(2)) == nullptr);
}

TEST_CASE("conditions are compiled once a version, and an older version replaces none") {
  alert_book book;
  auto x = rule(1, {});
  x.version = 3;
  x.spec.conditions.terms = {{condition_field::region, condition_operator::matches, "^l"}};
  put_rule(book, x);
  auto compiled = conditions_of(book, book.rules[0]);
  put_rule(book, x);
  CHECK(conditions_of(book, book.rules[0]) == compiled);
  x.version = 2;
  x.spec.conditions.terms.clear();
  put_rule(book, x);
  CHECK(conditions_of(book, book.rules[0]) == compiled);
  x.version = 4;
  put_rule(book, x);
  CHECK(book.conditions.empty());
}
