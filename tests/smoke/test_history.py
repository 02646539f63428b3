"""What was observed of a monitor, and how far back it is shown."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.api import Api
from harness.waiting import eventually
from harness.world import World

NOW = datetime.now(timezone.utc).replace(microsecond=0)


def text(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(**length):
    return text(NOW - timedelta(**length))


def uuid_of(engine, monitor):
    return engine.sql(f"SELECT id FROM monitors WHERE name = '{monitor['name']}'")[0][0]


def with_day(engine, moment):
    """A partition of results for that day, which housekeeping makes only for days to come."""
    day = moment.date()
    engine.sql(f"CREATE TABLE IF NOT EXISTS check_results_{day:%Y%m%d} PARTITION OF check_results "
               f"FOR VALUES FROM ('{day}T00:00:00Z') TO ('{day + timedelta(days=1)}T00:00:00Z')")


def add_result(engine, monitor, moment, ms, verdict=0):
    """0 up, 1 degraded, 2 down, 3 error."""
    known = uuid_of(engine, monitor)
    with_day(engine, moment)
    engine.sql(f"""INSERT INTO check_results (monitor_id, org_id, round_at, scheduled_at, started_at, lag_ms,
        response_time_ms, remote_port, attempt, trigger, verdict, reason)
        SELECT id, org_id, '{text(moment)}', '{text(moment)}', '{text(moment)}', 0, {ms}, 0, 1, 0, {verdict}, 0
        FROM monitors WHERE id = '{known}'""")


def test_response_times_are_those_of_the_good_checks_exactly(shared_engine, world, api, target):
    monitor = world.monitor(target, paused=True)
    own = f"/api/monitors/{monitor['id']}/response-times"
    empty = api.get(own)
    assert empty["checks"] == 0 and empty["min_ms"] is None and empty["percentiles"] == []
    start = NOW - timedelta(hours=2)
    good = [10 * n for n in range(1, 21)]  # 10, 20, ... 200
    for n, ms in enumerate(good):
        add_result(shared_engine, monitor, start + timedelta(minutes=n), ms, verdict=n % 2)
    add_result(shared_engine, monitor, start + timedelta(minutes=30), 9000, verdict=2)
    add_result(shared_engine, monitor, start + timedelta(minutes=31), 8000, verdict=3)
    add_result(shared_engine, monitor, start + timedelta(minutes=40), 5000)  # outside
    seen = api.get(own, **{"from": text(start), "to": text(start + timedelta(minutes=40)), "percentiles": "50,90,99.5,100,5"})
    assert (seen["from"], seen["to"]) == (text(start), text(start + timedelta(minutes=40)))
    assert (seen["checks"], seen["min_ms"], seen["mean_ms"], seen["max_ms"]) == (20, 10, 105, 200)
    # The smallest value with at least that part of all values at or below it.
    assert [(p["percentile"], p["response_time_ms"]) for p in seen["percentiles"]] == [
        (50, 100), (90, 180), (99.5, 200), (100, 200), (5, 10)]
    half = api.get(own, **{"from": text(start), "to": text(start + timedelta(minutes=10))})
    assert half["checks"] == 10 and half["max_ms"] == 100
    assert [p["percentile"] for p in half["percentiles"]] == [50, 90, 95, 99]


@pytest.mark.parametrize("query, pointers", [
    ({"percentiles": "0"}, ["percentiles"]),
    ({"percentiles": "50,101,x"}, ["percentiles", "percentiles"]),
    ({"percentiles": ",".join("1" * 11)}, ["percentiles"]),
    ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-08T00:00:01Z"}, ["from"]),
    ({"from": "2999-01-01T00:00:00Z"}, ["from"]),
    ({"from": "yesterday", "bucket": "day"}, ["from", "bucket"]),
])
def test_response_times_of_what_cannot_be_measured_are_refused(world, api, target, query, pointers):
    monitor = world.monitor(target, paused=True)
    problem = api.get(f"/api/monitors/{monitor['id']}/response-times", expect=422, **query)
    assert sorted(e["pointer"].strip("/") for e in problem["errors"]) == sorted(pointers)


def test_a_monitors_incidents_are_its_own_newest_first(world, api, target):
    monitor, other = world.monitor(target), world.monitor(target)
    own = f"/api/monitors/{monitor['id']}/incidents"
    assert api.get(own) == {"data": [], "next_cursor": None}
    for m in (monitor, other):
        world.wait_status(m, "up")
    for _ in range(2):
        target.status = 500
        for m in (monitor, other):
            world.wait_status(m, "down")
        target.status = 200
        for m in (monitor, other):
            world.wait_status(m, "up")
    listed = api.get(own)["data"]
    assert [x["monitor_id"] for x in listed] == [monitor["id"]] * 2
    assert listed[0]["opened_at"] > listed[1]["opened_at"]
    assert listed == world.incidents(monitor)
    first = api.get(own, limit=1)
    assert first["data"] == listed[:1] and api.get(own, limit=1, cursor=first["next_cursor"])["data"] == listed[1:]
    assert api.get(own, state="triggered")["data"] == [] and len(api.get(own, state="resolved")["data"]) == 2
    assert api.get(own, severity="info")["data"] == []
    assert api.get(own, **{"from": listed[0]["opened_at"]})["data"] == listed[:1]
    assert api.get(own, to=listed[0]["opened_at"])["data"] == listed[1:]
    api.get(own, monitor_id=monitor["id"], expect=422)
    api.call("GET", "/api/monitors/mon_00000000000000000000000000/incidents", expect=404)


@pytest.fixture
def brief_and_long(make_engine):
    """(engine, api of an organisation whose plan has two days of history, api of one without an end)."""
    engine = make_engine().start()
    engine.sql("INSERT INTO plans (name, history_days) VALUES ('brief', 2)")
    apis = []
    for plan in ("brief", "self_hosted"):
        _, secret = engine.run("org", "create", "--name", plan, "--plan", plan).stdout.split()
        apis.append(Api(engine, secret))
    return (engine, *apis)


def test_nothing_from_before_the_plans_history_is_shown(brief_and_long, target):
    engine, *apis = brief_and_long
    monitors = []
    for api in apis:
        world = World(api)
        monitor = world.monitor(target)
        world.wait_status(monitor, "up")
        target.status = 500
        world.wait_status(monitor, "down")
        target.status = 200
        world.wait_status(monitor, "up")
        incident = eventually(lambda: world.incidents(monitor))[0]
        api.post(f"/api/monitors/{monitor['id']}/pause")
        known = uuid_of(engine, monitor)
        # The outage was three days ago, for an hour. Then nothing, until somebody paused it half a day ago.
        for status, moment in (("up", ago(days=4)), ("down", ago(days=3)), ("paused", ago(hours=12))):
            engine.sql(f"UPDATE status_changes SET effective_at = '{moment}', decided_at = '{moment}' "
                       f"WHERE monitor_id = '{known}' AND to_status = '{status}'")
        engine.sql(f"UPDATE status_changes SET effective_at = '{ago(days=3, hours=-1)}' "
                   f"WHERE monitor_id = '{known}' AND from_status = 'down'")
        engine.sql(f"UPDATE incidents SET started_at = '{ago(days=3)}', opened_at = '{ago(days=3)}', "
                   f"recovered_at = '{ago(days=3, hours=-1)}', resolved_at = '{ago(days=3, hours=-1)}' WHERE monitor_id = '{known}'")
        for age, ms in ((timedelta(days=3), 3000), (timedelta(days=1), 1000)):
            add_result(engine, monitor, NOW - age, ms)
        monitors.append((api, f"/api/monitors/{monitor['id']}", incident["id"]))
    engine.sql("DELETE FROM observation_gaps")

    (brief, short, hidden), (long, whole, shown) = monitors
    days = {"from": ago(days=6, hours=23), "to": ago(hours=13)}
    assert [r["response_time_ms"] for r in long.get(whole + "/results", **days)["data"]] == [1000, 3000]
    assert [r["response_time_ms"] for r in brief.get(short + "/results", **days)["data"]] == [1000]
    assert len(long.get(whole + "/status-changes")["data"]) == 4
    assert [c["to"] for c in brief.get(short + "/status-changes")["data"]] == ["paused"]
    assert brief.get(short + "/status-changes", to=ago(days=2, hours=1))["data"] == []

    assert [x["id"] for x in long.get("/api/incidents")["data"]] == [shown]
    assert long.get(f"/api/incidents/{shown}")["state"] == "resolved"
    assert brief.get("/api/incidents")["data"] == brief.get(short + "/incidents")["data"] == []
    for part in ("", "/timeline", "/deliveries"):
        brief.get(f"/api/incidents/{hidden}{part}", expect=404)
        long.get(f"/api/incidents/{shown}{part}")

    times = long.get(whole + "/response-times", **days)
    assert (times["checks"], times["max_ms"], times["from"]) == (2, 3000, days["from"])
    times = brief.get(short + "/response-times", **days)
    assert (times["checks"], times["max_ms"]) == (1, 1000)
    begins = datetime.fromisoformat(times["from"].replace("Z", "+00:00"))
    assert abs((datetime.now(timezone.utc) - timedelta(days=2) - begins).total_seconds()) < 60

    whole_time = long.get(whole + "/availability", **days)
    assert whole_time["from"] == days["from"] and whole_time["total"]["down_seconds"] == 3600
    part = brief.get(short + "/availability", **days)
    assert part["total"]["down_seconds"] == 0 and part["total"]["up_seconds"] > 0
    assert abs((datetime.fromisoformat(part["from"].replace("Z", "+00:00")) - begins).total_seconds()) < 60
    for measure in ("/availability", "/response-times"):
        old = {"from": ago(days=5), "to": ago(days=2, minutes=1)}
        problem = brief.get(short + measure, expect=422, **old)
        assert [e["pointer"].strip("/") for e in problem["errors"]] == ["to"]
        long.get(whole + measure, **old)


def test_an_incident_that_is_open_is_shown_however_old(brief_and_long, target):
    engine, brief, _ = brief_and_long
    world = World(brief)
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    incident = eventually(lambda: world.incidents(monitor))[0]
    engine.sql(f"UPDATE incidents SET started_at = '{ago(days=9)}', opened_at = '{ago(days=9)}'")
    assert [x["id"] for x in brief.get(f"/api/monitors/{monitor['id']}/incidents")["data"]] == [incident["id"]]
    assert brief.get(f"/api/incidents/{incident['id']}")["state"] == "triggered"
