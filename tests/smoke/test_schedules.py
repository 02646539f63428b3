"""Who is on call: told from schedules that are written, edited and overridden over HTTP, and held against Python's own
notion of time zones."""
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

NOBODY = "usr_01jd9e6h6gf4g8w1q6v5q8z3ab"


def stamp(x):
    return x.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{x.microsecond // 1000:03}Z"


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def now():
    return datetime.now(timezone.utc)


@pytest.fixture
def people(world, api):
    """`people(3)`: ids of users in the order of their making."""
    def make(count, names=None):
        return [api.create("/api/users", {"email": f"{world.mark}-{i}@example.com",
                                          "name": names[i] if names else f"Person {i}"})["id"] for i in range(count)]
    return make


@pytest.fixture
def schedule(world, api):
    def make(layers, zone="UTC", **more):
        body = {"name": world.name("schedule"), "time_zone": zone, "layers": layers, **more}
        return api.create("/api/schedules", body)
    return make


def weekly(users, anchor="2026-01-05T09:00:00", unit="week", length=1, **more):
    return {"key": "weekly", "name": "Weekly", "rotation": {"unit": unit, "length": length, "anchor_local": anchor},
            "members": [[x] for x in users], **more}


def on_call(api, schedule, at=None):
    query = {"at": stamp(at)} if at else {}
    return api.get(f"/api/schedules/{schedule['id']}/oncall", **query)


def shifts(api, schedule, start, end):
    rows = api.get(f"/api/schedules/{schedule['id']}/shifts", **{"from": stamp(start), "to": stamp(end)})["data"]
    return [(instant(x["from"]), instant(x["to"]), x["user_ids"]) for x in rows]


def next_change(zone, after):
    """The first second after which the clock of the zone is another."""
    offset = lambda t: t.astimezone(zone).utcoffset()
    low = after
    while offset(low + timedelta(days=1)) == offset(after):
        low += timedelta(days=1)
    high = low + timedelta(days=1)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if offset(middle) == offset(after) else (low, middle)
    return high


def test_a_weekly_rotation_with_a_vacation_over_a_change_of_the_clock(api, people, schedule):
    zone = ZoneInfo("Europe/Paris")
    ada, ben, cleo, deputy = people(4)
    s = schedule([weekly([ada, ben, cleo])], "Europe/Paris")
    change = next_change(zone, now() + timedelta(days=21))
    monday = change.astimezone(zone).replace(hour=9, minute=0, second=0, tzinfo=None)
    monday -= timedelta(days=monday.weekday() + 7)
    hand_offs = [(monday + timedelta(weeks=i)).replace(tzinfo=zone) for i in range(5)]
    turns = [(x.replace(tzinfo=None) - datetime(2026, 1, 5, 9)).days // 7 for x in hand_offs]
    expected = [(a, b, [[ada, ben, cleo][k % 3]]) for a, b, k in zip(hand_offs, hand_offs[1:], turns)]
    assert shifts(api, s, hand_offs[0], hand_offs[-1]) == expected
    lengths = {b.astimezone(timezone.utc) - a.astimezone(timezone.utc) for a, b, _ in expected}
    assert len(lengths) == 2, "a week with the change in it is an hour longer or shorter"

    # Whoever has the week of the change is away for its weekend.
    away = expected[1][2]
    begin, end = change - timedelta(days=1), change + timedelta(hours=12)
    made = api.call("POST", f"/api/schedules/{s['id']}/overrides", {
        "kind": "replace", "start_at": stamp(begin), "end_at": stamp(end), "user_ids": [deputy],
        "replaced_user_ids": away, "reason": "Vacation"}, expect=201)
    assert made.headers["location"] == f"/api/schedules/{s['id']}/overrides/{made.json['id']}"
    assert api.get(made.headers["location"]) == made.json
    assert on_call(api, s, begin - timedelta(seconds=1))["user_ids"] == away
    assert on_call(api, s, begin)["user_ids"] == [deputy]
    assert on_call(api, s, change)["user_ids"] == [deputy]
    assert on_call(api, s, end)["user_ids"] == away
    assert on_call(api, s, begin)["until"] == stamp(end)
    assert shifts(api, s, hand_offs[1], hand_offs[2]) == [
        (hand_offs[1], begin, away), (begin, end, [deputy]), (end, hand_offs[2], away)]
    assert api.get(f"/api/schedules/{s['id']}/gaps", days=366)["data"] == []

    # Where somebody is on call, and when.
    mine = api.get(f"/api/schedules/{s['id']}/shifts", **{"from": stamp(hand_offs[1]), "to": stamp(hand_offs[2])},
                   user_id=deputy)["data"]
    assert [(x["from"], x["to"]) for x in mine] == [(stamp(begin), stamp(end))]
    everywhere = [api.all("/api/oncall", at=stamp(begin), user_id=u) for u in (deputy, *away)]
    assert [[x["schedule_id"] for x in rows] for rows in everywhere] == [[s["id"]], []]
    api.get("/api/oncall", user_id="sch_x", expect=422)

    # Plans change: it never was.
    api.delete(made.headers["location"])
    api.call("GET", made.headers["location"], expect=404)
    api.call("DELETE", made.headers["location"], expect=404)
    assert shifts(api, s, hand_offs[0], hand_offs[-1]) == expected


def test_follow_the_sun_over_three_zones(api, people, schedule):
    offices = ["Europe/London", "America/Los_Angeles", "Australia/Sydney"]
    team = dict(zip(offices, people(3)))
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    by_office = {zone: schedule([weekly([who], restrictions=[{"weekdays": days, "start": "09:00", "end": "17:00"}])], zone)
                 for zone, who in team.items()}
    ids = ",".join(x["id"] for x in by_office.values())
    begin = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    for hours in range(0, 24 * 366, 173):
        at = begin + timedelta(hours=hours)
        expected = set()
        for zone, who in team.items():
            local = at.astimezone(ZoneInfo(zone))
            if local.weekday() < 5 and 9 <= local.hour < 17:
                expected.add(who)
        rows = api.all("/api/oncall", at=stamp(at), schedule_ids=ids)
        assert [x["schedule_id"] for x in rows] == [x["id"] for x in by_office.values()]
        assert {user for row in rows for user in row["user_ids"]} == expected, at


def test_an_edit_keeps_the_person_who_is_on_call_and_never_the_past_from_being_told_as_it_was(engine):
    api = engine.api()
    a, b, c, d = (api.create("/api/users", {"email": f"{x}@example.com", "name": x})["id"] for x in "abcd")
    s = api.create("/api/schedules", {"name": "hourly", "layers": [weekly([a, b, c], unit="hour")]})
    path = f"/api/schedules/{s['id']}"
    start = instant(s["created_at"])
    present = api.get(path + "/oncall")
    # Near the turn of the hour the story would be about two people.
    until = instant(present["until"])
    if until - now() < timedelta(seconds=20):
        pytest.skip("the hour is about to end")
    wanted = [d, a, b, c]
    rest = [x for x in wanted[wanted.index(present["user_ids"][0]) + 1:] + wanted][:3]
    preview = api.post(path + "/preview", {"from": stamp(now()), "to": stamp(until + timedelta(hours=3)),
                                           "schedule": {"layers": [weekly(wanted, unit="hour")]}})["data"]
    edited = api.patch(path, {"layers": [weekly(wanted, unit="hour")]})
    assert edited["effective_from"] == edited["updated_at"] and edited["version"] == 2
    assert api.get(path + "/oncall")["user_ids"] == present["user_ids"]
    following = [on_call(api, s, until + timedelta(hours=i))["user_ids"] for i in range(3)]
    assert following == [[x] for x in rest], "and then the new list goes on from there"
    assert [x["user_ids"] for x in preview] == [present["user_ids"]] + following, "the preview said so"

    # By the anchor it is counted anew; the past stays, also over a restart.
    before = [on_call(api, s, start + timedelta(milliseconds=1)), on_call(api, s, start - timedelta(milliseconds=1))]
    assert before[0]["user_ids"] == present["user_ids"] and before[1]["user_ids"] == []
    api.patch(path, {"layers": [weekly([d], unit="hour")], "on_edit": "by_anchor"})
    assert api.get(path + "/oncall")["user_ids"] == [d]
    assert on_call(api, s, start + timedelta(milliseconds=1)) == {**before[0], "until": on_call(
        api, s, start + timedelta(milliseconds=1))["until"]}
    told = shifts(api, s, start, start + timedelta(hours=5))
    renamed = api.patch(path, {"name": "renamed"})
    assert renamed["effective_from"] == api.get(path)["effective_from"] < renamed["updated_at"]
    engine.kill()
    engine.start()
    assert shifts(api, s, start, start + timedelta(hours=5)) == told


def test_what_is_past_cannot_be_overridden(api, people, schedule):
    ada, ben = people(2)
    s = schedule([weekly([ada])])
    path = f"/api/schedules/{s['id']}/overrides"
    past = api.call("POST", path, {"kind": "add", "start_at": stamp(now() - timedelta(minutes=1)),
                                   "end_at": stamp(now() + timedelta(hours=1)), "user_ids": [ben]}, expect=422).json
    assert past["errors"][0]["pointer"] == "/start_at"
    # From now on; ended while it is under way it stays as what it was until then.
    made = api.call("POST", path, {"kind": "add", "end_at": stamp(now() + timedelta(hours=1)), "user_ids": [ben]},
                    expect=201).json
    assert set(api.get(f"/api/schedules/{s['id']}/oncall")["user_ids"]) == {ada, ben}
    api.delete(f"{path}/{made['id']}")
    ended = api.get(f"{path}/{made['id']}")
    assert made["start_at"] < ended["end_at"] <= stamp(now() + timedelta(seconds=1))
    assert api.get(f"/api/schedules/{s['id']}/oncall")["user_ids"] == [ada]
    assert set(on_call(api, s, instant(made["start_at"]))["user_ids"]) == {ada, ben}
    assert "past" in api.call("DELETE", f"{path}/{made['id']}", expect=409).json["detail"]
    listed = api.all(path)
    assert [x["id"] for x in listed] == [made["id"]] and listed[0] == ended
    assert api.all(path, **{"from": ended["end_at"]}) == []


def test_another_schedule_can_stand_in(api, people, schedule):
    ada, ben = people(2)
    ours, theirs = schedule([weekly([ada])]), schedule([weekly([ben])])
    begin, end = now() + timedelta(days=1), now() + timedelta(days=2)
    api.call("POST", f"/api/schedules/{ours['id']}/overrides", {
        "kind": "schedule", "start_at": stamp(begin), "end_at": stamp(end), "schedule_id": theirs["id"]}, expect=201)
    assert [x[2] for x in shifts(api, ours, begin - timedelta(hours=1), end + timedelta(hours=1))] == [[ada], [ben], [ada]]
    blocked = api.call("DELETE", f"/api/schedules/{theirs['id']}", expect=409).json
    assert blocked["blocked_by"] == [ours["id"]]
    own = api.call("POST", f"/api/schedules/{ours['id']}/overrides", {
        "kind": "schedule", "end_at": stamp(end), "schedule_id": ours["id"]}, expect=422).json
    assert own["errors"][0]["pointer"] == "/schedule_id"
    api.delete(f"/api/schedules/{ours['id']}")
    api.delete(f"/api/schedules/{theirs['id']}")


def test_who_is_on_a_schedule_cannot_be_deleted(api, people, schedule):
    ada, ben, cleo = people(3)
    s = schedule([weekly([ada, ben])])
    override = api.call("POST", f"/api/schedules/{s['id']}/overrides", {
        "kind": "add", "start_at": stamp(now() + timedelta(hours=1)), "end_at": stamp(now() + timedelta(hours=2)),
        "user_ids": [cleo]}, expect=201).json
    for user in (ada, cleo):
        assert api.call("DELETE", f"/api/users/{user}", expect=409).json["blocked_by"] == [s["id"]]
    api.delete(f"/api/schedules/{s['id']}/overrides/{override['id']}")
    api.delete(f"/api/users/{cleo}")
    api.patch(f"/api/schedules/{s['id']}", {"layers": [weekly([ben])]})
    api.delete(f"/api/users/{ada}")
    # Nobody forgets who it was.
    told = on_call(api, s, instant(s["created_at"]) + timedelta(milliseconds=1))["user_ids"]
    assert told and told[0] in (ada, ben)
    ghost = api.call("PATCH", f"/api/schedules/{s['id']}", {"layers": [weekly([ben, ada])]}, expect=422).json
    assert [(x["pointer"], x["code"]) for x in ghost["errors"]] == [("/layers/0/members/1/0", "unknown_id")]


def test_gaps_are_what_nobody_covers(api, people, schedule):
    ada, = people(1)
    s = schedule([weekly([ada], restrictions=[{"weekdays": ["monday"], "start": "22:00", "end": "06:00"}])],
                 "America/Havana")
    gaps = api.get(f"/api/schedules/{s['id']}/gaps", days=14)["data"]
    covered = shifts(api, s, instant(gaps[0]["from"]), instant(gaps[0]["from"]) + timedelta(days=14))
    assert len(gaps) >= 2 and len(covered) >= 2
    everything = sorted([(instant(x["from"]), instant(x["to"])) for x in gaps] + [x[:2] for x in covered])
    assert all(a[1] == b[0] for a, b in zip(everything, everything[1:])), "together they leave nothing out"
    assert api.get(f"/api/schedules/{schedule([])['id']}/gaps", days=1)["data"][0]["from"]


BAD_LAYERS = [
    ({"rotation": {"unit": "year", "anchor_local": "2026-01-05T09:00:00"}}, "/layers/0/rotation/unit"),
    ({"rotation": {"unit": "week", "length": 0, "anchor_local": "2026-01-05T09:00:00"}}, "/layers/0/rotation/length"),
    ({"rotation": {"unit": "week"}}, "/layers/0/rotation/anchor_local"),
    ({"rotation": {"unit": "week", "anchor_local": "2026-02-30T09:00:00"}}, "/layers/0/rotation/anchor_local"),
    ({"rotation": {"unit": "week", "anchor_local": "2026-01-05T09:00:00Z"}}, "/layers/0/rotation/anchor_local"),
    ({"rotation": {"unit": "week", "anchor_local": "2038-01-05T09:00:00"}}, "/layers/0/rotation/anchor_local"),
    ({"members": []}, "/layers/0/members"),
    ({"members": [[]]}, "/layers/0/members/0"),
    ({"members": [[NOBODY]] * 61}, "/layers/0/members"),
    ({"members": [[NOBODY, NOBODY]]}, "/layers/0/members/0/1"),
    ({"members": [["mon_01jd9e6h6gf4g8w1q6v5q8z3ab"]]}, "/layers/0/members/0/0"),
    ({"members": [[NOBODY]]}, "/layers/0/members/0/0"),
    ({"restrictions": [{"weekdays": [], "start": "09:00", "end": "17:00"}]}, "/layers/0/restrictions/0/weekdays"),
    ({"restrictions": [{"weekdays": ["someday"], "start": "09:00", "end": "17:00"}]}, "/layers/0/restrictions/0/weekdays/0"),
    ({"restrictions": [{"weekdays": ["monday"], "start": "24:00", "end": "9:00"}]}, "/layers/0/restrictions/0/start"),
    ({"restrictions": [{"weekdays": ["monday"], "start": "00:00", "end": "00:00"}] * 22}, "/layers/0/restrictions"),
    ({"priority": 1001}, "/layers/0/priority"),
    ({"key": "Not A Key"}, "/layers/0/key"),
    ({"unknown": 1}, "/layers/0/unknown"),
]


@pytest.mark.parametrize("change, pointer", BAD_LAYERS)
def test_a_layer_that_cannot_be_is_refused(api, people, change, pointer):
    user, = people(1)
    body = {"name": "bad", "layers": [{**weekly([user]), **change}]}
    refused = api.call("POST", "/api/schedules", body, expect=422).json
    assert pointer in [x["pointer"] for x in refused["errors"]]
    refused = api.call("POST", "/api/schedules/preview", {"schedule": body}, expect=422).json
    assert "/schedule" + pointer in [x["pointer"] for x in refused["errors"]]


def test_a_schedule_that_cannot_be_is_refused(api, people):
    user, = people(1)
    for body, pointer in [
            ({"name": "x", "time_zone": "Europe/Atlantis"}, "/time_zone"), ({"name": "x", "time_zone": "localtime"}, "/time_zone"),
            ({"name": "x", "time_zone": "../../etc/passwd"}, "/time_zone"), ({}, "/name"),
            ({"name": "x", "layers": [weekly([user])] * 2}, "/layers/1/key"),
            ({"name": "x", "layers": [weekly([user])] * 21}, "/layers"), ({"name": "x", "on_edit": "never"}, "/on_edit")]:
        refused = api.call("POST", "/api/schedules", body, expect=422).json
        assert pointer in [x["pointer"] for x in refused["errors"]], (body, refused)


def test_bad_times_and_overrides_are_refused(api, people, schedule):
    ada, = people(1)
    s = schedule([weekly([ada], unit="hour")])
    path = f"/api/schedules/{s['id']}"
    for query, name in [("from=2026-01-01", "from"), ("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "to"),
                        ("from=2026-01-01T00:00:00Z&to=2027-01-02T00:00:01Z", "to"),
                        ("from=1969-12-31T23:59:59Z&to=1970-01-02T00:00:00Z", "from"),
                        ("from=2037-12-31T00:00:00Z&to=2038-01-01T00:00:01Z", "to"), ("what=1", "what")]:
        refused = api.call("GET", f"{path}/shifts?{query}", expect=422).json
        assert name in [x["pointer"] for x in refused["errors"]], query
    for query in ("at=yesterday", "at=2038-01-01T00:00:00Z", "at=1900-01-01T00:00:00Z", "on=1"):
        api.call("GET", f"{path}/oncall?{query}", expect=422)
        api.call("GET", f"/api/oncall?{query}", expect=422)
    for days in ("0", "367", "x"):
        api.call("GET", f"{path}/gaps?days={days}", expect=422)
    end = stamp(now() + timedelta(days=1))
    for body, pointer in [
            ({"end_at": end, "user_ids": [ada]}, "/kind"), ({"kind": "add", "user_ids": [ada]}, "/end_at"),
            ({"kind": "add", "end_at": end}, "/user_ids"), ({"kind": "schedule", "end_at": end}, "/schedule_id"),
            ({"kind": "schedule", "end_at": end, "user_ids": [ada]}, "/user_ids"),
            ({"kind": "add", "end_at": end, "user_ids": [ada], "replaced_user_ids": [ada]}, "/replaced_user_ids"),
            ({"kind": "add", "end_at": end, "user_ids": [ada], "schedule_id": s["id"]}, "/schedule_id"),
            ({"kind": "add", "end_at": end, "user_ids": [ada, ada]}, "/user_ids/1"),
            ({"kind": "add", "end_at": end, "user_ids": [NOBODY]}, "/user_ids/0"),
            ({"kind": "replace", "end_at": end, "user_ids": [ada], "replaced_user_ids": [NOBODY]}, "/replaced_user_ids/0"),
            ({"kind": "schedule", "end_at": end, "schedule_id": "sch_01jd9e6h6gf4g8w1q6v5q8z3ab"}, "/schedule_id"),
            ({"kind": "add", "end_at": "2038-06-01T00:00:00.000Z", "user_ids": [ada]}, "/end_at"),
            ({"kind": "add", "end_at": stamp(now() - timedelta(days=1)), "user_ids": [ada]}, "/end_at")]:
        refused = api.call("POST", path + "/overrides", body, expect=422).json
        assert pointer in [x["pointer"] for x in refused["errors"]], (body, refused)
    assert api.all(path + "/overrides") == []


def test_a_range_with_too_many_turns_is_refused_and_a_shorter_one_answered(api, people, schedule):
    ada, ben = people(2)
    hours = [{"weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
              "start": f"{i:02}:00", "end": f"{i:02}:30"} for i in range(21)]
    s = schedule([{**weekly([ada, ben], unit="hour", restrictions=hours), "key": f"k{i}"} for i in range(20)])
    start = now() + timedelta(hours=1)
    refused = api.call("GET", f"/api/schedules/{s['id']}/shifts?from={stamp(start)}&to={stamp(start + timedelta(days=366))}",
                       expect=422).json
    assert refused["errors"][0]["pointer"] == "to"
    assert shifts(api, s, start, start + timedelta(days=31))


def test_forty_edits_at_once_lose_none(api, people, schedule):
    from concurrent.futures import ThreadPoolExecutor
    ada, ben = people(2)
    s = schedule([weekly([ada])])
    path = f"/api/schedules/{s['id']}"
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda i: api.patch(path, {"description": f"edit {i}"}), range(40)))
    assert api.get(path)["version"] == 41
    stale = api.call("PATCH", path, {"layers": [weekly([ben])]}, headers={"If-Match": '"1"'}, expect=412)
    assert stale.json["code"] and api.get(path)["version"] == 41


def test_nobody_sees_or_names_what_another_organisation_has(shared_engine, api, people, schedule):
    ada, = people(1)
    s = schedule([weekly([ada])])
    _, secret = shared_engine.run("org", "create", "--name", "rivals", "--plan", "self_hosted").stdout.split()
    other = api.with_token(secret)
    theirs = other.create("/api/schedules", {"name": "theirs"})
    for method, path in [("GET", ""), ("GET", "/shifts"), ("GET", "/oncall"), ("GET", "/gaps"), ("GET", "/overrides"),
                         ("DELETE", "/ical"), ("POST", "/ical/rotate"), ("DELETE", "")]:
        other.call(method, f"/api/schedules/{s['id']}{path}", expect=404)
    assert [x["schedule_id"] for x in other.all("/api/oncall")] == [theirs["id"]]
    assert other.all("/api/oncall", schedule_ids=s["id"]) == []
    end = stamp(now() + timedelta(days=1))
    for body in ({"kind": "add", "end_at": end, "user_ids": [ada]}, {"kind": "schedule", "end_at": end, "schedule_id": s["id"]}):
        other.call("POST", f"/api/schedules/{theirs['id']}/overrides", body, expect=422)
        other.call("POST", f"/api/schedules/{s['id']}/overrides", body, expect=404)
    other.call("PATCH", f"/api/schedules/{theirs['id']}", {"layers": [weekly([ada])]}, expect=422)
    other.call("POST", "/api/schedules/preview", {"schedule": {"name": "x", "layers": [weekly([ada])]}}, expect=422)


def test_writes_are_audited_and_rehearsed(api, people, schedule):
    ada, = people(1)
    s = schedule([weekly([ada])])
    path = f"/api/schedules/{s['id']}"
    end = stamp(now() + timedelta(days=1))
    api.call("PATCH", path + "?validate_only=true", {"name": "other"}, expect=204)
    api.call("POST", path + "/overrides?validate_only=true", {"kind": "add", "end_at": end, "user_ids": [ada]}, expect=204)
    api.call("POST", path + "/ical/rotate?validate_only=true", expect=204)
    assert api.get(path) == s and api.all(path + "/overrides") == []
    api.call("POST", path + "/overrides", {"kind": "add", "end_at": end, "user_ids": [ada]}, expect=201)
    api.call("POST", path + "/ical/rotate", expect=200)
    api.delete(path + "/ical")
    api.delete(path)
    entries = [x for x in api.all("/api/audit-log", resource_id=s["id"])]
    assert {x["action"] for x in entries} == {"create", "rotate", "revoke", "delete"}


def test_there_is_room_for_so_many_and_no_more(shared_engine, world, api):
    _, secret = shared_engine.run("org", "create", "--name", "crowd", "--plan", "self_hosted").stdout.split()
    own, name = api.with_token(secret), world.name("crowded")
    user = own.create("/api/users", {"email": "ada@example.com", "name": "Ada"})["id"]
    s = own.create("/api/schedules", {"name": name})
    path = f"/api/schedules/{s['id']}/overrides"
    shared_engine.sql(f"""INSERT INTO schedule_overrides (id, org_id, schedule_id, kind, start_at, end_at, user_ids,
        replaced_user_ids, created_at) SELECT gen_random_uuid(), s.org_id, s.id, 'add', '2036-01-01', '2036-01-02', '{{}}',
        '{{}}', '2026-01-01' FROM schedules s, generate_series(1, 499) WHERE s.name = '{name}'""")
    body = {"kind": "add", "start_at": "2035-01-01T00:00:00.000Z", "end_at": "2035-01-02T00:00:00.000Z", "user_ids": [user]}
    own.call("POST", path, body, expect=201)
    refused = own.call("POST", path, body, expect=422).json
    assert (refused["code"], "500" in refused["detail"]) == ("plan_limit_exceeded", True)
    own.delete(f"{path}/{own.all(path)[0]['id']}")
    own.call("POST", path, body, expect=201)
    shared_engine.sql(f"""INSERT INTO schedules (id, org_id, version, name, spec, created_at, updated_at)
        SELECT gen_random_uuid(), s.org_id, 1, 'filler', '{{"name": "filler"}}', '2026-01-01', '2026-01-01'
        FROM schedules s, generate_series(1, 999) WHERE s.name = '{name}'""")
    assert own.call("POST", "/api/schedules", {"name": "one more"}, expect=422).json["code"] == "plan_limit_exceeded"
