#include "cases.hpp"
#include "core/on_call/overrides.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

duty_hours hours(std::vector<weekday> days, std::chrono::minutes start, std::chrono::minutes end) {
  return {std::move(days), start, end};
}

const std::vector<weekday> workdays{weekday::monday, weekday::tuesday, weekday::wednesday, weekday::thursday,
                                    weekday::friday};
const std::vector<weekday> all_days{weekday::monday, weekday::tuesday,  weekday::wednesday, weekday::thursday,
                                    weekday::friday, weekday::saturday, weekday::sunday};

schedule_override exception(override_kind kind, const char* from, const char* to, std::vector<user_id> users,
                            std::vector<user_id> replaced = {}) {
  schedule_override x;
  x.kind = kind;
  x.start_at = utc(from);
  x.end_at = utc(to);
  x.user_ids = std::move(users);
  x.replaced_user_ids = std::move(replaced);
  return x;
}

std::vector<on_call_shift> shifts(const on_call_books& x, const char* from, const char* to) {
  auto found = shifts_in(x, utc(from), utc(to));
  REQUIRE(found);
  return *found;
}

} // namespace

TEST_CASE("a weekly rotation hands over at nine by the clock on the wall, whatever the clock does") {
  auto x = books(schedule("Europe/Paris", {weekly("2026-03-16T09:00:00", {1, 2})}));
  CHECK(shifts(x, "2026-03-16T00:00:00Z", "2026-04-07T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-03-16T00:00:00Z"), utc("2026-03-16T08:00:00Z"), just(2)},
                                   {utc("2026-03-16T08:00:00Z"), utc("2026-03-23T08:00:00Z"), just(1)},
                                   {utc("2026-03-23T08:00:00Z"), utc("2026-03-30T07:00:00Z"), just(2)}, // an hour less
                                   {utc("2026-03-30T07:00:00Z"), utc("2026-04-06T07:00:00Z"), just(1)},
                                   {utc("2026-04-06T07:00:00Z"), utc("2026-04-07T00:00:00Z"), just(2)}});
  CHECK(on_call_at(x, utc("2026-03-30T06:59:59.999Z")) == just(2));
  CHECK(on_call_at(x, utc("2026-03-30T07:00:00Z")) == just(1)); // half-open
}

TEST_CASE("the higher layer wins while it is on duty, among equals the later one") {
  auto night = weekly("2026-01-05T00:00:00", {1});
  auto day = weekly("2026-01-05T00:00:00", {2});
  day.key = "day";
  day.restrictions = {hours(workdays, 9h, 17h)};
  auto noon = utc("2026-01-07T12:00:00Z"), evening = utc("2026-01-07T20:00:00Z");
  CHECK(on_call_at(books(schedule("UTC", {night, day})), noon) == just(2));
  CHECK(on_call_at(books(schedule("UTC", {day, night})), noon) == just(1));
  day.priority = 1;
  CHECK(on_call_at(books(schedule("UTC", {day, night})), noon) == just(2));
  CHECK(on_call_at(books(schedule("UTC", {day, night})), evening) == just(1));
}

TEST_CASE("duty hours go over midnight, belong to the day they begin on, and may be a whole day") {
  auto layer = weekly("2026-01-05T00:00:00", {1});
  layer.restrictions = {hours({weekday::friday}, 22h, 6h)};
  auto x = books(schedule("UTC", {layer}));
  CHECK(shifts(x, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-01-09T22:00:00Z"), utc("2026-01-10T06:00:00Z"), just(1)}});
  CHECK(on_call_at(x, utc("2026-01-10T05:59:59Z")) == just(1));
  CHECK(on_call_at(x, utc("2026-01-10T06:00:00Z")) == nobody());
  layer.restrictions = {hours({weekday::friday}, 0h, 0h)};
  CHECK(shifts(books(schedule("UTC", {layer})), "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-01-09T00:00:00Z"), utc("2026-01-10T00:00:00Z"), just(1)}});
}

TEST_CASE("duty hours in a gap of the clock begin after it, and are none when they lie inside") {
  auto layer = weekly("2026-01-05T00:00:00", {1});
  layer.restrictions = {hours({weekday::sunday}, 2h + 30min, 4h)};
  auto x = books(schedule("Europe/Paris", {layer}));
  CHECK(shifts(x, "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-03-29T01:00:00Z"), utc("2026-03-29T02:00:00Z"), just(1)}});
  layer.restrictions = {hours({weekday::sunday}, 2h, 3h)};
  CHECK(shifts(books(schedule("Europe/Paris", {layer})), "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z").empty());
  // Twice in autumn: from the first two o'clock to the first three, which comes two hours later.
  CHECK(shifts(books(schedule("Europe/Paris", {layer})), "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-10-25T00:00:00Z"), utc("2026-10-25T02:00:00Z"), just(1)}});
  // The Friday that Samoa never had.
  layer.restrictions = {hours({weekday::friday}, 9h, 17h)};
  CHECK(shifts(books(schedule("Pacific/Apia", {layer})), "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z").empty());
}

TEST_CASE("overrides add, remove, replace and stand in, each on what those before have left") {
  auto x = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {1, 2})}));
  auto from = "2026-01-06T00:00:00Z", to = "2026-01-07T00:00:00Z";
  auto at = utc("2026-01-06T12:00:00Z");
  auto with = [&](std::vector<schedule_override> all) {
    auto changed = x;
    changed.of.overrides = std::move(all);
    return on_call_at(changed, at);
  };
  CHECK(with({exception(override_kind::add, from, to, just(7))}) == std::vector<user_id>{user(1), user(7)});
  CHECK(with({exception(override_kind::remove, from, to, just(1))}) == nobody());
  CHECK(with({exception(override_kind::remove, from, to, just(2))}) == just(1));
  CHECK(with({exception(override_kind::replace, from, to, just(7))}) == just(7));
  CHECK(with({exception(override_kind::replace, from, to, just(7), just(1))}) == just(7));
  CHECK(with({exception(override_kind::replace, from, to, just(7), just(2))}) == just(1)); // who is not on call
  CHECK(with({exception(override_kind::add, from, to, just(7)),
              exception(override_kind::replace, from, to, just(8))}) == just(8));
  CHECK(with({exception(override_kind::replace, from, to, just(8)),
              exception(override_kind::add, from, to, just(7))}) == std::vector<user_id>{user(7), user(8)});
}

TEST_CASE("an override is half-open, and cuts the shift that it lies in") {
  auto x = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {1})}));
  x.of.overrides = {exception(override_kind::replace, "2026-01-06T10:00:00Z", "2026-01-06T12:00:00Z", just(7))};
  CHECK(on_call_at(x, utc("2026-01-06T09:59:59.999Z")) == just(1));
  CHECK(on_call_at(x, utc("2026-01-06T10:00:00Z")) == just(7));
  CHECK(on_call_at(x, utc("2026-01-06T12:00:00Z")) == just(1));
  CHECK(shifts(x, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z") ==
        std::vector<on_call_shift>{{utc("2026-01-06T00:00:00Z"), utc("2026-01-06T10:00:00Z"), just(1)},
                                   {utc("2026-01-06T10:00:00Z"), utc("2026-01-06T12:00:00Z"), just(7)},
                                   {utc("2026-01-06T12:00:00Z"), utc("2026-01-07T00:00:00Z"), just(1)}});
}

TEST_CASE("another schedule stands in with its own overrides, but goes no further") {
  auto x = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {1})}));
  auto other = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {5})})).of;
  other.id.value.bytes[15] = 9;
  auto stand_in = exception(override_kind::schedule, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z", {});
  stand_in.other = other.id;
  other.overrides = {exception(override_kind::add, "2026-01-06T06:00:00Z", "2026-01-06T18:00:00Z", just(6)), stand_in};
  x.others = {other};
  x.of.overrides = {stand_in};
  CHECK(on_call_at(x, utc("2026-01-06T03:00:00Z")) == just(5));
  CHECK(on_call_at(x, utc("2026-01-06T12:00:00Z")) == std::vector<user_id>{user(5), user(6)});
  CHECK(on_call_at(x, utc("2026-01-07T00:00:00Z")) == just(1));
  CHECK(shifts(x, "2026-01-06T00:00:00Z", "2026-01-06T12:00:00Z").size() == 2);
  x.others.clear(); // as if it were gone: nothing changes
  CHECK(on_call_at(x, utc("2026-01-06T03:00:00Z")) == just(1));
}

TEST_CASE("an edit keeps the present person until the next hand-off, and the past as it was") {
  auto before = schedule("UTC", {weekly("2026-01-05T09:00:00", {1, 2, 3})});
  auto x = books(before);
  auto edit = utc("2026-01-14T15:00:00Z"); // in the turn of 2
  auto wanted = before;
  wanted.layers[0].members = {{user(4)}, {user(1)}, {user(2)}, {user(3)}};
  x.of.revisions.push_back(next_revision(x.of.revisions.back(), wanted, edit));
  CHECK(on_call_at(x, edit - 1ms) == just(2));
  CHECK(on_call_at(x, edit) == just(2));
  CHECK(on_call_at(x, utc("2026-01-19T08:59:59Z")) == just(2));
  CHECK(on_call_at(x, utc("2026-01-19T09:00:00Z")) == just(3));
  CHECK(on_call_at(x, utc("2026-01-26T09:00:00Z")) == just(4));
  CHECK(on_call_at(x, utc("2026-01-07T00:00:00Z")) == just(1)); // the past
  wanted.on_edit = edit_effect::by_anchor;
  CHECK(next_revision(x.of.revisions[0], wanted, edit).turn_offsets == std::vector<std::int64_t>{0});
}

TEST_CASE("an edit that takes the present person out gives the turn to who has the place") {
  auto before = schedule("UTC", {weekly("2026-01-05T09:00:00", {1, 2, 3})});
  auto wanted = before;
  wanted.layers[0].members = {{user(1)}, {user(3)}};
  auto edit = utc("2026-01-14T15:00:00Z");
  auto x = books(before);
  x.of.revisions.push_back(next_revision(x.of.revisions.back(), wanted, edit));
  CHECK(on_call_at(x, edit) == just(3));
  CHECK(on_call_at(x, utc("2026-01-19T09:00:00Z")) == just(1));
}

TEST_CASE("the present person stays also when the rotation or the zone changes, or the layers are told anew") {
  auto before = schedule("UTC", {weekly("2026-01-05T09:00:00", {1, 2, 3})});
  auto edit = utc("2026-01-14T15:00:00Z");
  auto changed = [&](auto change) {
    auto wanted = before;
    change(wanted);
    auto x = books(before);
    x.of.revisions.push_back(next_revision(x.of.revisions.back(), wanted, edit));
    return on_call_at(x, edit);
  };
  CHECK(changed([](auto& x) {
          x.layers[0].rotation = {rotation_unit::day, 1, local("2020-02-02T02:00:00")};
        }) == just(2));
  CHECK(changed([](auto& x) { x.time_zone = "Asia/Tokyo"; }) == just(2));
  CHECK(changed([](auto& x) {
          x.layers[0].members[1] = {user(2), user(9)};
        }) == std::vector<user_id>{user(2), user(9)});
  // Another key is another layer, which begins by its anchor.
  CHECK(changed([](auto& x) { x.layers[0].key = "other"; }) == just(2));
  CHECK(changed([](auto& x) {
          x.layers[0].key = "other";
          x.layers[0].rotation.anchor = local("2026-01-12T09:00:00");
        }) == just(1));
}

TEST_CASE("before its first revision a schedule has nobody, and gaps say so") {
  auto x = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {1})}), utc("2026-01-06T00:00:00Z"));
  CHECK(on_call_at(x, utc("2026-01-05T23:59:59Z")) == nobody());
  auto from = utc("2026-01-05T00:00:00Z"), to = utc("2026-01-07T00:00:00Z");
  auto found = *shifts_in(x, from, to);
  CHECK(gaps_between(found, from, to) ==
        std::vector<on_call_shift>{{utc("2026-01-05T00:00:00Z"), utc("2026-01-06T00:00:00Z"), {}}});
  CHECK(gaps_between({}, from, to) == std::vector<on_call_shift>{{from, to, {}}});
  CHECK(gaps_between({{from, to, just(1)}}, from, to).empty());
}

TEST_CASE("neighbours with the same people are one shift, and each user's own go through") {
  auto x = books(schedule("UTC", {weekly("2026-01-05T00:00:00", {1, 1})}));
  CHECK(shifts(x, "2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z").size() == 1);
  x.of.overrides = {exception(override_kind::add, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z", just(2))};
  auto found = shifts(x, "2026-01-05T00:00:00Z", "2026-01-08T00:00:00Z");
  CHECK(found.size() == 3);
  CHECK(shifts_by_user(found) ==
        std::vector<on_call_shift>{{utc("2026-01-05T00:00:00Z"), utc("2026-01-08T00:00:00Z"), just(1)},
                                   {utc("2026-01-06T00:00:00Z"), utc("2026-01-07T00:00:00Z"), just(2)}});
}

TEST_CASE("what would take too many turns is refused, at a bounded cost") {
  auto spec = schedule("Europe/Paris", {});
  for (int i = 0; i < 20; ++i) {
    auto layer = weekly("1970-01-01T00:00:00", {1, 2});
    layer.key += std::to_string(i);
    layer.rotation.unit = rotation_unit::hour;
    layer.restrictions.assign(21, hours(all_days, 1min * i, 2min * (i + 1)));
    spec.layers.push_back(layer);
  }
  auto x = books(spec);
  auto refused = shifts_in(x, utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().violations.front().pointer == "to");
  CHECK(shifts_in(x, utc("2026-01-01T00:00:00Z"), utc("2026-01-31T00:00:00Z")));
}

TEST_CASE("an override does not begin in the past, ends after it begins, and names another schedule") {
  auto now = utc("2026-01-06T00:00:00Z");
  auto pointers = [&](const schedule_override& x) {
    std::vector<std::string> all;
    for (const auto& fault : faults_of(x, now))
      all.push_back(fault.pointer);
    return all;
  };
  using list = std::vector<std::string>;
  auto x = exception(override_kind::add, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z", just(1));
  CHECK(pointers(x).empty());
  x.start_at -= 1ms;
  CHECK(pointers(x) == list{"/start_at"});
  x = exception(override_kind::add, "2026-01-07T00:00:00Z", "2026-01-07T00:00:00Z", just(1));
  CHECK(pointers(x) == list{"/end_at"});
  x.end_at = utc("2038-01-01T00:00:01Z");
  x.other = x.of;
  CHECK(pointers(x) == list{"/end_at", "/schedule_id"});
}
