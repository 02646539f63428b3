#include "store_world.hpp"

using namespace gochron;
using test::store_world;
using namespace std::chrono_literals;

namespace {

struct papers : store_world {
  monitor_record of = monitor();
  incident about;

  papers() {
    REQUIRE(create(of));
    auto step = opening(of, 1, {});
    about = step.incidents[0];
    REQUIRE(commit(step));
  }

  incident_note note(const std::string& text) {
    clock.advance(1s);
    incident_note x;
    x.id = note_id::make(clock.now());
    x.org = org;
    x.incident = about.id;
    x.author = "token:t";
    x.text = text;
    x.created_at = x.updated_at = clock.now();
    return x;
  }
  result<incident_note> save(incident_note x) {
    return ask<incident_note>([&](auto done) { store->documents().create(std::move(x), {}, done); });
  }
  std::vector<timeline_entry> timeline() {
    auto x = ask<page<timeline_entry>>([&](auto done) { store->queries().timeline(org, about.id, {200, {}}, done); });
    REQUIRE(x);
    return x->rows;
  }
  std::size_t notes(org_id whose) {
    auto x = ask<page<incident_note>>([&](auto done) { store->queries().notes(whose, about.id, {200, {}}, done); });
    REQUIRE(x);
    return x->rows.size();
  }
};

} // namespace

TEST_CASE_METHOD(papers, "a note is a line of the timeline, with the text that it has now") {
  auto x = note("first");
  REQUIRE(save(x));
  CHECK(timeline().back().kind == timeline_kind::note);
  CHECK(timeline().back().message == "first");
  CHECK(timeline().back().note == x.id);
  x.text = "second";
  REQUIRE(ask<incident_note>([&](auto done) { store->documents().update(x, {}, done); }));
  CHECK(timeline().back().message == "second");
  auto found = ask<incident_note>([&](auto done) { store->documents().load(org, about.id, x.id, done); });
  REQUIRE(found);
  CHECK(found->text == "second");
  CHECK(found->author == "token:t");
  REQUIRE(ask<void>([&](auto done) { store->documents().remove(org, about.id, x.id, {}, done); }));
  CHECK(timeline().back().message == "A note that was deleted.");
  CHECK_FALSE(timeline().back().note);
  CHECK(ask<void>([&](auto done) { store->documents().remove(org, about.id, x.id, {}, done); }).error().code ==
        errc::not_found);
}

TEST_CASE_METHOD(papers, "an incident has room for a thousand notes, and is its organisation's alone") {
  for (int i = 0; i < 1000; ++i)
    REQUIRE(save(note("n")));
  CHECK(save(note("one more")).error().code == errc::limit_exceeded);
  CHECK(notes(org) == 200); // a page
  CHECK(notes(stranger) == 0);
  auto theirs = note("x");
  theirs.org = stranger;
  CHECK(save(theirs).error().code == errc::not_found);
  auto elsewhere = note("x");
  elsewhere.incident = incident_id::make(clock.now());
  CHECK(save(elsewhere).error().code == errc::not_found);
}

TEST_CASE_METHOD(papers, "a post-mortem keeps when it was first written") {
  auto load = [&](org_id whose) {
    return ask<std::optional<postmortem>>([&](auto done) { store->documents().load(whose, about.id, done); });
  };
  REQUIRE(load(org));
  CHECK_FALSE(*load(org));
  CHECK(load(stranger).error().code == errc::not_found);
  postmortem x;
  x.incident = about.id;
  x.org = org;
  x.author = "token:t";
  x.spec = {"s", "i", "r", {"a", "b, \"c\""}};
  x.created_at = x.updated_at = clock.now();
  auto put = [&] { return ask<postmortem>([&](auto done) { store->documents().put(x, {}, done); }); };
  REQUIRE(put());
  clock.advance(1h);
  x.spec.actions = {};
  x.created_at = x.updated_at = clock.now();
  auto again = put();
  REQUIRE(again);
  CHECK(again->created_at < again->updated_at);
  auto found = load(org);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->spec == x.spec);
  CHECK((*found)->updated_at == clock.now());
  auto theirs = x;
  theirs.org = stranger;
  CHECK(ask<postmortem>([&](auto done) { store->documents().put(theirs, {}, done); }).error().code == errc::not_found);
  REQUIRE(ask<void>([&](auto done) { store->documents().remove(org, about.id, {}, done); }));
  CHECK_FALSE(*load(org));
}

TEST_CASE_METHOD(papers, "all of an incident comes back, open or past") {
  auto step = opening(of, 2, {});
  auto& x = step.incidents[0];
  x.source = incident_source::inbound;
  x.dedup_key = "k";
  x.runbook_url = "https://wiki/x";
  x.details = R"({"b":1,"a":[true]})";
  x.heard_at = clock.now();
  x.snoozed_until = clock.now() + 1h;
  REQUIRE(commit(step));
  auto open = load(of.id);
  REQUIRE(open);
  REQUIRE(open->open_incidents.size() == 2);
  auto it = std::ranges::find(open->open_incidents, x.id, &incident::id);
  REQUIRE(it != open->open_incidents.end());
  CHECK(it->source == incident_source::inbound);
  CHECK(it->dedup_key == "k");
  CHECK(it->runbook_url == "https://wiki/x");
  CHECK(it->details == x.details); // byte for byte
  CHECK(it->snoozed_until == x.snoozed_until);
  x.state = incident_state::resolved;
  x.resolved_at = clock.now();
  x.snoozed_until.reset();
  x.merged_into = about.id;
  ++x.sequence;
  ++step.runtime.sequence;
  step.timeline.clear();
  step.events.clear();
  step.deliveries.clear();
  REQUIRE(commit(step));
  auto past = ask<incident>([&](auto done) { store->monitors().load(org, of.id, x.id, done); });
  REQUIRE(past);
  CHECK(past->merged_into == about.id);
  CHECK_FALSE(past->snoozed_until);
  CHECK(past->heard_at == x.heard_at);
  CHECK(ask<incident>([&](auto done) { store->monitors().load(stranger, of.id, x.id, done); }).error().code ==
        errc::not_found);
}
