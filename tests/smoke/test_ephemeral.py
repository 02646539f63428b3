"""Ephemeral monitors: they end by themselves, once, to the second, whatever happens to the server meanwhile."""
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually
from harness.world import World


def at(offset):
    """RFC 3339, that many seconds from now."""
    moment = datetime.now(timezone.utc) + timedelta(seconds=offset)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_until(text):
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds()


def is_gone(api, monitor):
    """Whoever asks at the very moment it goes is answered as well: there it is, or there it is not."""
    return api.call("GET", f"/api/monitors/{monitor['id']}", expect=(200, 404)).status == 404


def body(target, name, **more):
    return {"name": name, "type": "http", "interval_seconds": 1, "timeout_ms": 800,
            "http": {"url": target.url + "/"}, **more}


def test_a_ttl_becomes_an_expiry_and_the_monitor_goes_to_the_second(world, api, target, receiver):
    hook = receiver.hook()
    channel = world.channel(hook)
    world.rule([], [channel], events=["monitor.expired"], selector={"tags": [world.mark], "types": []})
    made = api.post("/api/monitors", body(target, world.name("brief"), ttl_seconds=8, tags=[world.mark]), expect=201)
    assert made["ttl_seconds"] is None, "written, never shown"
    assert 4 < seconds_until(made["expires_at"]) <= 8
    world.wait_status(made, "up", within=7)
    time.sleep(max(0, seconds_until(made["expires_at"]) - 0.2))
    early = seconds_until(made["expires_at"])
    assert not is_gone(api, made) or early <= 0.1, "not before its time"
    eventually(lambda: is_gone(api, made), 20)
    event = hook.expect("monitor.expired").event
    assert event["data"]["monitor"]["id"] == made["id"]
    assert event["data"]["incident"] is None and event["sequence"] is None
    lateness = (datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
                - datetime.fromisoformat(made["expires_at"].replace("Z", "+00:00"))).total_seconds()
    assert 0 <= lateness < 1
    assert made["id"] not in [m["id"] for m in api.all("/api/monitors")]


def test_nobody_who_asks_while_monitors_go_is_left_without_an_answer(world, api, target):
    made = [api.create("/api/monitors", body(target, world.name("brief"), paused=True, expires_at=at(4)))
            for _ in range(8)]
    seen = []

    def ask_until_gone(monitor):
        own = f"/api/monitors/{monitor['id']}"
        asks = [("GET", own), ("POST", own + "/reset"), ("GET", own + "/wait?status=up&timeout_seconds=20"),
                ("PATCH", own), ("DELETE", own + "?validate_only=true")]
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and not is_gone(api, monitor):
            for method, path in asks[:2] + asks[3:]:
                seen.append(api.send(method, path, {"description": "x"} if method == "PATCH" else None).status)
        seen.append(api.send(*asks[2]).status)

    waits = [threading.Thread(target=lambda m=m: seen.append(
        api.send("GET", f"/api/monitors/{m['id']}/wait?status=up&timeout_seconds=15").status)) for m in made]
    asking = [threading.Thread(target=ask_until_gone, args=(m,)) for m in made]
    for t in waits + asking:
        t.start()
    for t in waits + asking:
        t.join(40)
        assert not t.is_alive()
    assert set(seen) <= {200, 204, 404, 409}, "409: a reset while it is paused"
    assert seen.count(404) >= 2 * len(made)


def test_its_end_is_in_the_feed_and_the_edit_of_the_rule_in_the_audit_log(world, api, target, receiver):
    channel = world.channel(receiver.hook())
    brief = api.create("/api/monitors", body(target, world.name("brief"), paused=True, expires_at=at(4)))
    stays = world.monitor(target)
    alone = world.rule([brief], [channel], events=["incident.opened"])
    both = world.rule([brief, stays], [channel], events=["incident.opened"])
    eventually(lambda: is_gone(api, brief), 15)
    assert len(api.all("/api/events", type="monitor.expired", monitor_id=brief["id"])) == 1
    for rule, disabled in ((alone, True), (both, False)):
        now = api.get(f"/api/alert-rules/{rule['id']}")
        create, forgot = api.all("/api/audit-log", resource_id=rule["id"], sort="at")
        assert (forgot["action"], forgot["actor"], forgot["token_id"]) == ("update", "system", None)
        assert (forgot["version_from"], forgot["version_to"]) == (1, 2) and now["version"] == 2
        changed = {op["path"] for op in forgot["patch"]}
        assert ("/enabled" in changed) == disabled and any(p.startswith("/monitor_ids") for p in changed)
    assert api.get("/api/audit-log/verify")["valid"]


def test_what_is_open_is_resolved_before_it_goes(world, api, target, receiver):
    target.status = 500
    hook = receiver.hook()
    channel = world.channel(hook)
    rule = world.rule([], [channel], selector={"tags": [world.mark], "types": []},
                      events=["incident.opened", "incident.resolved", "monitor.expired"])
    made = api.create("/api/monitors", body(target, world.name("brief"), expires_at=at(8), tags=[world.mark]))
    opened = hook.expect("incident.opened").event
    hook.expect("incident.resolved", within=20, incident=opened["data"]["incident"]["id"])
    hook.expect("monitor.expired")
    assert is_gone(api, made)
    incident = api.get(f"/api/incidents/{opened['data']['incident']['id']}")
    assert incident["state"] == "resolved" and incident["resolved_by"] == "system"
    assert api.get(f"/api/alert-rules/{rule['id']}")["version"] == rule["version"], "it names nothing that is gone"


def test_a_rule_that_names_it_is_not_in_the_way(world, api, target, receiver):
    channel = world.channel(receiver.hook())
    brief = api.create("/api/monitors", body(target, world.name("brief"), expires_at=at(8)))
    stays = world.monitor(target)
    alone, both = world.rule([brief], [channel]), world.rule([brief, stays], [channel])
    problem = api.call("DELETE", f"/api/monitors/{brief['id']}", expect=409).json
    assert set(problem["blocked_by"]) == {alone["id"], both["id"]}, "by hand it is refused as ever"
    eventually(lambda: is_gone(api, brief), 15)
    left = api.get(f"/api/alert-rules/{both['id']}")
    assert left["monitor_ids"] == [stays["id"]] and left["enabled"] and left["version"] == 2
    off = api.get(f"/api/alert-rules/{alone['id']}")
    assert off["monitor_ids"] == [] and off["enabled"] is False, "never about every monitor by accident"
    again = api.put(f"/api/alert-rules/{both['id']}", {"name": left["name"], "monitor_ids": left["monitor_ids"],
                                                       "channel_ids": left["channel_ids"]})
    assert again["id"] == both["id"], "what is shown can be written"


def test_edits_move_the_end_and_null_takes_it_away(world, api, target):
    made = api.create("/api/monitors", body(target, world.name("brief"), expires_at=at(6)))
    own = f"/api/monitors/{made['id']}"
    longer = api.patch(own, {"ttl_seconds": 3600})
    assert longer["version"] == 2 and 3590 < seconds_until(longer["expires_at"]) <= 3600
    kept = api.patch(own, {"description": "x", "ttl_seconds": None})
    assert kept["expires_at"] == longer["expires_at"], "null is no way to write an end"
    time.sleep(max(0, seconds_until(made["expires_at"])) + 1)
    assert not is_gone(api, made), "the first end is forgotten"
    assert api.patch(own, {"expires_at": None})["expires_at"] is None
    replaced = api.put(own, body(target, made["name"], ttl_seconds=1))
    assert 0 < seconds_until(replaced["expires_at"]) <= 1
    eventually(lambda: is_gone(api, made), 10)


def test_the_end_survives_kill_9_and_one_that_was_missed_comes_at_the_start(engine, target):
    world = World(engine.api())
    api = world.api
    missed = api.create("/api/monitors", body(target, world.name("missed"), expires_at=at(3)))
    ahead = api.create("/api/monitors", body(target, world.name("ahead"), expires_at=at(40)))
    stays = world.monitor(target)
    engine.kill()
    time.sleep(3.5)
    engine.start()
    eventually(lambda: is_gone(api, missed), 10)
    assert not is_gone(api, ahead)
    eventually(lambda: is_gone(api, ahead), seconds_until(ahead["expires_at"]) + 10)
    assert not is_gone(api, stays)
    events = engine.sql("SELECT type, count(*) FROM events WHERE type = 'monitor.expired' GROUP BY 1")
    assert "2" in str(events), "each said it once"


@pytest.mark.parametrize("wrong, pointers", [
    ({"expires_at": "2020-01-01T00:00:00Z"}, {"/expires_at"}),
    ({"expires_at": "tomorrow"}, {"/expires_at"}),
    ({"expires_at": 7}, {"/expires_at"}),
    ({"ttl_seconds": 0}, {"/ttl_seconds"}),
    ({"ttl_seconds": 30 * 86400 + 1}, {"/ttl_seconds"}),
    ({"ttl_seconds": "60"}, {"/ttl_seconds"}),
    ({"ttl_seconds": 1.5}, {"/ttl_seconds"}),
    ({"ttl_seconds": 60, "expires_at": "2999-01-01T00:00:00Z"}, {"/ttl_seconds"}),
    ({"ttl_seconds": -1, "expires_at": "2020-01-01T00:00:00Z", "name": ""}, {"/ttl_seconds", "/expires_at", "/name"}),
])
def test_ends_that_are_none_are_refused_all_at_once(world, api, target, wrong, pointers):
    made = world.monitor(target, paused=True)
    own = f"/api/monitors/{made['id']}"
    for method, path in (("POST", "/api/monitors"), ("PUT", own)):
        problem = api.call(method, path, {**body(target, "x"), **wrong}, expect=422).json
        assert {e["pointer"] for e in problem["errors"]} >= pointers
    problem = api.call("PATCH", own, wrong, expect=422).json
    assert {e["pointer"] for e in problem["errors"]} >= pointers
    assert api.get(own)["version"] == 1
