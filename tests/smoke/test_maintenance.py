"""Planned work: checks that pause, alerts that wait, and uptime that does not count it."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually, holds

PATH = "/api/maintenance-windows"


def instant(seconds_from_now):
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def window(world, monitor, begins, ends, **more):
    """One for this monitor, from and to seconds from now; a window lasts at least a minute."""
    return world.api.create(PATH, {"name": world.name("window"), "monitor_ids": [monitor["id"]],
                                   "one_off": {"start_at": instant(begins), "end_at": instant(ends)}, **more})


def events(world, window):
    """What the feed says of it, in order."""
    found = [e for kind in ("maintenance.started", "maintenance.ended") for e in world.api.all("/api/events", type=kind)]
    mine = [e for e in found if e["body"]["data"]["maintenance_window"]["id"] == window["id"]]
    return [e["type"] for e in sorted(mine, key=lambda e: e["position"])]


def parts(api, monitor, since):
    return api.get(f"/api/monitors/{monitor['id']}/availability", **{"from": since})["total"]


def test_checks_pause_and_begin_again(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    made = window(world, monitor, 2, 300)
    assert made["state"] == "upcoming" and made["next"]["from"] == made["one_off"]["start_at"]
    world.wait_status(monitor, "maintenance")
    shown = api.get(f"/api/monitors/{monitor['id']}")
    assert shown["next_check_at"] is None and shown["status_since"] == made["one_off"]["start_at"]
    assert api.get(f"{PATH}/{made['id']}")["state"] == "active"
    target.status = 500
    asked = len(target.seen)
    holds(lambda: len(target.seen) == asked, during=2.5)
    assert api.call("POST", f"/api/monitors/{monitor['id']}/run", expect=409).json["code"] == "conflict"
    ended = api.post(f"{PATH}/{made['id']}/end")
    assert (ended["state"], ended["current"], ended["version"]) == ("past", None, 1)
    hook.expect("incident.opened")
    world.wait_status(monitor, "down")
    assert eventually(lambda: events(world, made) == ["maintenance.started", "maintenance.ended"])
    statuses = [c["to"] for c in api.all(f"/api/monitors/{monitor['id']}/status-changes")]
    assert statuses[::-1] == ["up", "maintenance", "pending", "down"]
    api.post(f"{PATH}/{made['id']}/end", expect=409)


@pytest.mark.parametrize("recovers", [True, False])
def test_an_incident_that_is_open_waits_for_the_end(world, api, target, receiver, recovers):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    target.status = 500
    hook.expect("incident.opened")
    made = window(world, monitor, -55, 6)
    world.wait_status(monitor, "maintenance")
    incident, = world.incidents(monitor)
    assert incident["state"] == "triggered"
    target.status = 200 if recovers else 500
    if recovers:
        resolved = hook.expect("incident.resolved", within=15)
        assert resolved.event["timestamp"] >= made["one_off"]["end_at"]
        world.wait_status(monitor, "up")
    else:
        world.wait_status(monitor, "down", within=15)
        holds(lambda: len(world.incidents(monitor)) == 1, during=2.5)
        assert [a.event["type"] for a in hook.of()] == ["incident.opened"]


def test_what_fails_in_the_quiet_is_told_at_its_end(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    rule = world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    made = window(world, monitor, -40, 20, mode="suppress_alerts")
    assert made["state"] == "active"
    target.status = 500
    world.wait_status(monitor, "down")
    incident, = world.incidents(monitor)
    line = [x for x in api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == "muted"]
    assert len(line) == 1 and line[0]["rule_id"] == rule["id"]
    assert made["name"] in line[0]["message"] and made["one_off"]["end_at"] in line[0]["message"]
    assert not hook.of()
    opened = hook.expect("incident.opened", within=30)
    assert opened.event["timestamp"] >= made["one_off"]["end_at"]
    target.status = 200
    hook.expect("incident.resolved")


def test_what_was_told_before_is_told_to_be_over(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    target.status = 500
    hook.expect("incident.opened")
    window(world, monitor, -10, 300, mode="suppress_alerts")
    target.status = 200
    hook.expect("incident.resolved")


def test_an_edit_takes_effect_at_once(world, api, target):
    monitor, other = world.monitor(target), world.monitor(target)
    world.wait_status(monitor, "up")
    made = window(world, monitor, -10, 300)
    world.wait_status(monitor, "maintenance")
    path = f"{PATH}/{made['id']}"
    api.patch(path, {"monitor_ids": [other["id"]]})
    world.wait_status(monitor, "up")
    world.wait_status(other, "maintenance")
    api.patch(path, {"mode": "suppress_alerts"})
    world.wait_status(other, "up")
    api.patch(path, {"mode": "pause_checks"})
    world.wait_status(other, "maintenance")
    api.patch(path, {"enabled": False})
    world.wait_status(other, "up")
    assert api.get(path)["state"] == "disabled"
    api.patch(path, {"enabled": True})
    world.wait_status(other, "maintenance")
    api.delete(path)
    world.wait_status(other, "up")
    assert events(world, made) == ["maintenance.started", "maintenance.ended"] * 2


def test_a_monitor_follows_its_tags_and_its_pause(world, api, target):
    monitor = world.monitor(target, tags=[f"m:{world.mark}"])
    path = f"/api/monitors/{monitor['id']}"
    world.wait_status(monitor, "up")
    made = api.create(PATH, {"name": "tagged", "selector": {"tags": [f"m:{world.mark}"]},
                             "one_off": {"start_at": instant(-5), "end_at": instant(300)}})
    world.wait_status(monitor, "maintenance")
    api.patch(path, {"tags": []})
    world.wait_status(monitor, "up")
    api.patch(path, {"tags": [f"m:{world.mark}"]})
    world.wait_status(monitor, "maintenance")
    api.post(f"{path}/pause")
    world.wait_status(monitor, "paused")
    api.post(f"{path}/resume")
    world.wait_status(monitor, "maintenance")
    api.post(f"{path}/reset")
    world.wait_status(monitor, "maintenance")
    young = world.monitor(target, tags=[f"m:{world.mark}"])
    world.wait_status(young, "maintenance")
    api.delete(f"{PATH}/{made['id']}")


def test_a_job_is_not_expected_while_it_is(world, api):
    job = world.heartbeat(period=2, grace=1)
    world.ping(job)
    world.wait_status(job, "up")
    window(world, job, -55, 6)
    world.wait_status(job, "maintenance")
    holds(lambda: world.status(job) == "maintenance", during=4.0)
    world.wait_status(job, "down", within=15)  # silent ever since
    world.ping(job)
    world.wait_status(job, "up")


@pytest.mark.parametrize("mode", ["pause_checks", "suppress_alerts"])
@pytest.mark.parametrize("excluded", [True, False])
def test_uptime_leaves_it_out_or_not(world, api, target, mode, excluded):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    made = window(world, monitor, 0.5, 300, mode=mode, exclude_from_uptime=excluded)
    target.status = 500
    world.wait_status(monitor, "maintenance" if mode == "pause_checks" else "down")
    since = made["one_off"]["start_at"]
    eventually(lambda: sum(parts(api, monitor, since)[f"{p}_seconds"] for p in ("maintenance", "down", "unknown")) >= 3)
    target.status = 200
    api.post(f"{PATH}/{made['id']}/end")
    world.wait_status(monitor, "up")
    before = parts(api, monitor, since)
    if excluded:
        assert before["maintenance_seconds"] >= 2 and before["down_seconds"] <= 1
    else:
        counted = "down_seconds" if mode == "suppress_alerts" else "unknown_seconds"
        assert before["maintenance_seconds"] == 0 and before[counted] >= 2
    shown = api.get(f"/api/monitors/{monitor['id']}")["uptime_24h"]
    assert (shown < 100.0) == (before["availability_percent"] < 100.0)
    api.delete(f"{PATH}/{made['id']}")  # history stays as it was
    after = parts(api, monitor, since)
    assert after["maintenance_seconds"] == before["maintenance_seconds"]


def test_it_outlives_the_engine(own_world, engine, target, receiver):
    world, api, hook = own_world, own_world.api, receiver.hook()
    monitor = world.monitor(target)
    quiet = world.monitor(target)
    world.rule([monitor, quiet], [world.channel(hook)])
    world.wait_status(monitor, "up")
    world.wait_status(quiet, "up")
    made = window(world, monitor, -10, 300)
    hushed = window(world, quiet, -10, 300, mode="suppress_alerts")
    world.wait_status(monitor, "maintenance")
    target.status = 500
    world.wait_status(quiet, "down")
    engine.kill()
    engine.start()
    world.wait_status(monitor, "maintenance")
    holds(lambda: not hook.of() and world.status(monitor) == "maintenance", during=2.5)
    assert events(world, made) == ["maintenance.started"]
    for w in (made, hushed):
        api.post(f"{PATH}/{w['id']}/end")
    assert {hook.expect("incident.opened").event["data"]["monitor"]["id"] for _ in range(2)} == {monitor["id"], quiet["id"]}
    assert events(world, made) == ["maintenance.started", "maintenance.ended"]


def test_the_engine_was_dead_at_its_end(own_world, engine, target):
    world, api = own_world, own_world.api
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    made = window(world, monitor, -57, 4)
    world.wait_status(monitor, "maintenance")
    engine.kill()
    eventually(lambda: instant(0) > made["one_off"]["end_at"], within=15)
    engine.start()
    world.wait_status(monitor, "up")
    change, = [c for c in api.all(f"/api/monitors/{monitor['id']}/status-changes") if c["from"] == "maintenance"]
    assert change["at"] == made["one_off"]["end_at"]
    assert events(world, made) == ["maintenance.started", "maintenance.ended"]


def test_lists_by_what_they_do(world, api, target):
    monitor = world.monitor(target, tags=[f"l:{world.mark}"])
    active = window(world, monitor, -10, 300)
    later = window(world, monitor, 3600, 7200)
    tagged = api.create(PATH, {"name": world.name("tagged"), "selector": {"tags": [f"l:{world.mark}"]}, "enabled": False,
                               "weekly": {"weekdays": ["monday"], "start": "03:00", "duration_seconds": 600}})
    ids = lambda **query: {w["id"] for w in api.all(PATH, q=world.mark, **query)}
    assert ids(state="active") == {active["id"]} and ids(state="upcoming") == {later["id"]}
    assert ids(state="disabled") == {tagged["id"]} and ids(state="past") == set()
    assert ids(state="active,upcoming", mode="pause_checks") == {active["id"], later["id"]}
    assert ids(monitor_id=monitor["id"]) == {active["id"], later["id"], tagged["id"]}
    assert ids(monitor_id="mon_01jd9e6h6gf4g8w1q6v5q8z3ab") == set()
    api.get(PATH, state="perhaps", expect=422)
    assert api.call("DELETE", f"/api/monitors/{monitor['id']}", expect=409).json["blocked_by"] == sorted([active["id"], later["id"]])
    for w in (active, later, tagged):
        api.delete(f"{PATH}/{w['id']}")


def test_one_that_was_ended_early_is_shown_as_it_was(own_world, engine):
    world, api = own_world, own_world.api
    made = api.create(PATH, {"name": "upgrade", "selector": {"tags": ["nobody"]},
                             "rrule": {"rule": "FREQ=DAILY;COUNT=3", "start_local": instant(-60)[:19],
                                       "duration_seconds": 7200}})
    path, since = f"{PATH}/{made['id']}", {"from": instant(-7200), "to": instant(4 * 86400)}
    eventually(lambda: api.get(path)["state"] == "active")
    planned = api.get(path + "/occurrences", **since)["data"]
    assert [x["state"] for x in planned] == ["active", "upcoming", "upcoming"]
    before = instant(0)
    api.post(path + "/end")
    after = instant(0)
    seen = api.get(path + "/occurrences", **since)["data"]
    assert before <= seen[0]["to"] <= after and seen[0]["from"] == planned[0]["from"]
    assert [x["state"] for x in seen] == ["past", "upcoming", "upcoming"] and seen[1:] == planned[1:]
    later = api.get(path + "/occurrences", **{"from": instant(1), "to": since["to"]})["data"]
    assert later == planned[1:], "what is over by then is not there"
    api.patch(path, {"description": "edited after it"})
    engine.restart()
    assert api.get(path + "/occurrences", **since)["data"] == seen


def test_occurrences_over_a_change_of_clocks(world, api):
    made = api.create(PATH, {"name": world.name("dst"), "time_zone": "Europe/Paris", "enabled": True, "selector": {"tags": [world.mark]},
                             "weekly": {"weekdays": ["sunday"], "start": "02:30", "duration_seconds": 3600}})
    found = api.get(f"{PATH}/{made['id']}/occurrences", **{"from": "2027-03-20T00:00:00Z", "to": "2027-04-05T00:00:00Z"})["data"]
    assert {x["state"] for x in found} == {"upcoming"}
    assert [(x["from"], x["to"]) for x in found] == [
        ("2027-03-21T01:30:00.000Z", "2027-03-21T02:30:00.000Z"),
        ("2027-03-28T01:00:00.000Z", "2027-03-28T02:00:00.000Z"),  # half past two is not shown
        ("2027-04-04T00:30:00.000Z", "2027-04-04T01:30:00.000Z")]
    body = {"from": "2027-10-30T00:00:00Z", "to": "2027-11-02T00:00:00Z", "window": {
        "name": "x", "time_zone": "Europe/Paris", "cron": {"expression": "30 2 * * *", "duration_seconds": 600}}}
    assert [x["from"] for x in api.post(f"{PATH}/preview", body)["data"]] == [
        "2027-10-30T00:30:00.000Z", "2027-10-31T00:30:00.000Z", "2027-11-01T01:30:00.000Z"]
    api.get(f"{PATH}/{made['id']}/occurrences", **{"from": "2027-03-20T00:00:00Z", "to": "2029-04-05T00:00:00Z"}, expect=422)
    api.delete(f"{PATH}/{made['id']}")


WEEKLY = {"weekdays": ["sunday"], "start": "02:00", "duration_seconds": 60}


@pytest.mark.parametrize("body, pointers", [
    ({}, ["/weekly"]),
    ({"weekly": WEEKLY, "cron": {"expression": "@daily", "duration_seconds": 60}}, ["/cron"]),
    ({"weekly": {**WEEKLY, "duration_seconds": 59}}, ["/weekly/duration_seconds"]),
    ({"weekly": {**WEEKLY, "weekdays": []}}, ["/weekly/weekdays"]),
    ({"weekly": {**WEEKLY, "weekdays": ["sunday", "monday"], "duration_seconds": 7 * 86400}}, ["/weekly"]),
    ({"monthly": {"days_of_month": [0, 32], "start": "02:00", "duration_seconds": 60}},
     ["/monthly/days_of_month/0", "/monthly/days_of_month/1"]),
    ({"cron": {"expression": "61 * * * *", "duration_seconds": 60}}, ["/cron/expression"]),
    ({"cron": {"expression": "* * * * *", "duration_seconds": 60}}, ["/cron"]),
    ({"cron": {"expression": "0 0 30 2 *", "duration_seconds": 60}}, ["/cron"]),
    ({"rrule": {"rule": "FREQ=SECONDLY", "start_local": "2026-01-01T00:00:00", "duration_seconds": 60}}, ["/rrule/rule"]),
    ({"rrule": {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "start_local": "2026-01-01T00:00:00", "duration_seconds": 60}},
     ["/rrule"]),
    ({"one_off": {"start_at": "2036-01-01T01:00:00Z", "end_at": "2036-01-01T01:00:00Z"}}, ["/one_off/end_at"]),
    ({"one_off": {"start_at": "2020-01-01T01:00:00Z", "end_at": "2020-01-01T02:00:00Z"}}, ["/one_off/end_at"]),
    ({"weekly": WEEKLY, "time_zone": "Mars/Olympus"}, ["/time_zone"]),
    ({"weekly": WEEKLY, "monitor_ids": ["mon_01jd9e6h6gf4g8w1q6v5q8z3ab"]}, ["/monitor_ids/0"]),
    ({"weekly": WEEKLY, "monitor_ids": ["mon_01jd9e6h6gf4g8w1q6v5q8z3ab"], "selector": {"tags": ["x"]}}, ["/selector"]),
])
def test_what_is_no_window(api, body, pointers):
    problem = api.call("POST", PATH, {"name": "x", **body}, expect=422).json
    assert [e["pointer"] for e in problem["errors"]] == pointers
    preview = api.call("POST", f"{PATH}/preview", {"window": {"name": "x", **body}}, expect=422).json
    assert [e["pointer"] for e in preview["errors"]] == [f"/window{p}" for p in pointers]
