"""An override that has to be another: before it begins, while it is under way, and when it is over."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from harness.waiting import eventually
from test_schedules import instant, now, on_call, people, schedule, shifts, stamp, weekly  # noqa: F401 (fixtures)


@pytest.fixture
def vacation(api, people, schedule):  # noqa: F811
    """Ada's schedule, and Ben in her place: `vacation(start=None)` gives (ada, ben, cleo, schedule, override, path)."""
    def make(start=None, **more):
        ada, ben, cleo = people(3, ["Ada", "Ben", "Cleo"])
        s = schedule([weekly([ada])])
        body = {"kind": "replace", "user_ids": [ben], "end_at": stamp(now() + timedelta(days=5)), "reason": "Vacation",
                **({"start_at": stamp(start)} if start else {}), **more}
        made = api.call("POST", f"/api/schedules/{s['id']}/overrides", body, expect=201).json
        return ada, ben, cleo, s, made, f"/api/schedules/{s['id']}/overrides/{made['id']}"
    return make


def errors(answer):
    return {(e["pointer"], e["code"]) for e in answer["errors"]}


def test_what_has_not_begun_can_be_anything_else(api, vacation):
    start = now().replace(microsecond=0) + timedelta(days=1)
    ada, ben, cleo, s, made, path = vacation(start)
    begin, end = start + timedelta(days=1), start + timedelta(days=2)
    after = api.patch(path, {"start_at": stamp(begin), "end_at": stamp(end), "user_ids": [cleo], "reason": None})
    assert after == {**made, "start_at": stamp(begin), "end_at": stamp(end), "user_ids": [cleo], "reason": None}
    assert api.get(path) == after and api.all(f"/api/schedules/{s['id']}/overrides") == [after]
    seen = shifts(api, s, start, end + timedelta(days=1))
    assert seen == [(start, begin, [ada]), (begin, end, [cleo]), (end, end + timedelta(days=1), [ada])]
    whole = {"kind": "add", "start_at": stamp(start), "end_at": stamp(end), "user_ids": [ben]}
    put = api.put(path, whole)
    assert {k: put[k] for k in whole} == whole and put["id"] == made["id"] and put["reason"] is None
    assert api.patch(path, {}) == put
    assert api.patch(path, {"start_at": None})["start_at"] <= stamp(now() + timedelta(seconds=5)), "null: now"
    assert set(on_call(api, s)["user_ids"]) == {ada, ben}


def test_one_under_way_ends_at_another_time(api, vacation):
    ada, ben, cleo, s, made, path = vacation()
    eventually(lambda: on_call(api, s)["user_ids"] == [ben])
    begun, sooner = instant(made["start_at"]), now().replace(microsecond=0) + timedelta(hours=2)
    after = api.patch(path, {"end_at": stamp(sooner), "reason": "Back sooner"})
    assert after == {**made, "end_at": stamp(sooner), "reason": "Back sooner"}
    assert shifts(api, s, begun, sooner + timedelta(hours=1)) == [
        (begun, sooner, [ben]), (sooner, sooner + timedelta(hours=1), [ada])]
    later = sooner + timedelta(days=9)
    put = api.put(path, {"kind": "replace", "end_at": stamp(later), "user_ids": [ben]})
    assert (put["start_at"], put["end_at"], put["reason"]) == (made["start_at"], stamp(later), None)
    assert len(api.all(f"/api/schedules/{s['id']}/overrides")) == 1


def test_where_the_people_change_the_past_stays(api, vacation):
    ada, ben, cleo, s, made, path = vacation()
    eventually(lambda: on_call(api, s)["user_ids"] == [ben])
    begun, end = instant(made["start_at"]), instant(made["end_at"])
    before = shifts(api, s, begun, now())
    asked = now()
    after = api.patch(path, {"user_ids": [cleo]})
    changed = instant(after["start_at"])
    assert asked - timedelta(seconds=1) <= changed <= now() + timedelta(seconds=1)
    assert after == {**made, "user_ids": [cleo], "start_at": after["start_at"]}
    assert on_call(api, s)["user_ids"] == [cleo]
    assert shifts(api, s, begun, end) == [(begun, changed, [ben]), (changed, end, [cleo])]
    assert [x[2] for x in before] == [[ben]]
    past, present = api.all(f"/api/schedules/{s['id']}/overrides")
    assert past == {**made, "id": past["id"], "end_at": after["start_at"]} and past["id"] != made["id"]
    assert present == after
    over = f"/api/schedules/{s['id']}/overrides/{past['id']}"
    for method, body in (("PATCH", {"user_ids": [ada]}), ("PUT", {"kind": "add", "end_at": stamp(end), "user_ids": [ada]})):
        api.call(method, over, body, expect=409)
    assert [x["action"] for x in api.all("/api/audit-log", resource_id=made["id"])].count("update") == 1
    entry, = [x for x in api.all("/api/audit-log", resource_id=made["id"]) if x["action"] == "update"]
    assert {x["path"].split("/")[1] for x in entry["patch"]} == {"user_ids", "start_at"}


def test_what_would_rewrite_the_past_is_refused(api, vacation):
    ada, ben, cleo, s, made, path = vacation()
    eventually(lambda: on_call(api, s)["user_ids"] == [ben])
    hour = timedelta(hours=1)
    wrong = [({"start_at": stamp(now() - hour)}, {("/start_at", "out_of_range")}),
             ({"start_at": stamp(now() + hour)}, {("/start_at", "out_of_range")}),
             ({"end_at": stamp(now() - hour)}, {("/end_at", "out_of_range")}),
             ({"end_at": "2099-01-01T00:00:00.000Z", "start_at": stamp(now() + hour)},
              {("/start_at", "out_of_range"), ("/end_at", "out_of_range")}),
             ({"user_ids": ["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"]}, {("/user_ids/0", "unknown_id")}),
             ({"kind": "schedule"}, {("/schedule_id", "required"), ("/user_ids", "inconsistent")}),
             ({"kind": "schedule", "user_ids": [], "schedule_id": s["id"]}, {("/schedule_id", "inconsistent")}),
             ({"end_at": None}, None), ({"nope": 1, "reason": 7}, {("/nope", "unknown_property"), ("/reason", "wrong_type")})]
    for body, expected in wrong:
        refused = errors(api.patch(path, body, expect=422))
        assert expected is None or refused == expected, body
    api.patch(path, b"{", expect=400)
    api.patch(path, {"user_ids": [cleo]}, headers={"If-Match": '"1"'}, expect=400)
    api.call("PATCH", path + "?validate_only=true", {"user_ids": [cleo]}, expect=204)
    assert api.get(path) == made and len(api.all(f"/api/schedules/{s['id']}/overrides")) == 1
    api.delete(path)
    api.patch(path, {"reason": "Too late"}, expect=409)
    for gone in (path[:-4] + "0000", path.replace(s["id"], s["id"][:-4] + "0000")):
        api.patch(gone, {"reason": "x"}, expect=404)


def test_edits_at_once_lose_none_and_leave_no_gap(api, vacation):
    ada, ben, cleo, s, made, path = vacation()
    eventually(lambda: on_call(api, s)["user_ids"] == [ben])
    begun, end = instant(made["start_at"]), instant(made["end_at"])
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda n: api.send("PATCH", path, {"user_ids": [(ben, cleo)[n % 2]]}), range(24)))
    assert {x.status for x in answers} == {200}, answers
    told = shifts(api, s, begun, end)
    assert told[0][0] == begun and told[-1][1] == end
    assert all(a[1] == b[0] for a, b in zip(told, told[1:])), "no gap"
    assert all(x[2] in ([ben], [cleo]) for x in told), "one of the two, and never Ada"
