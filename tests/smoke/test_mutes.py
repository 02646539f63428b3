"""Who sleeps is not woken, and is told in the morning what still burns."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually, holds


def instant(seconds_from_now):
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hours(start_minutes, end_minutes):
    """Active hours around now in UTC, in minutes from now."""
    now = datetime.now(timezone.utc)
    clock = lambda minutes: (now + timedelta(minutes=minutes)).strftime("%H:%M")
    return {"time_zone": "UTC", "start": clock(start_minutes), "end": clock(end_minutes)}


def kinds(api, incident):
    return [entry["kind"] for entry in api.all(f"/api/incidents/{incident['id']}/timeline")]


def test_what_still_fires_when_a_mute_ends_is_told_then(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    rule = world.rule([monitor], [world.channel(hook)], muted_until=instant(8))
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    incident = world.incidents(monitor)[0]
    assert kinds(api, incident) == ["opened", "muted"]
    muted = api.all(f"/api/incidents/{incident['id']}/timeline")[1]
    assert muted["rule_id"] == rule["id"] and rule["muted_until"] in muted["message"]
    assert api.get(f"/api/incidents/{incident['id']}/deliveries")["data"] == []

    opened = hook.expect("incident.opened", within=15)
    assert opened.event["data"]["incident"]["id"] == incident["id"]
    assert opened.event["timestamp"] >= rule["muted_until"]
    target.status = 200
    hook.expect("incident.resolved")


def test_what_is_over_before_the_mute_ends_wakes_nobody(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)], muted_until=instant(3600))
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    target.status = 200
    world.wait_status(monitor, "up")
    eventually(lambda: world.incidents(monitor)[0]["state"] == "resolved")
    holds(lambda: not hook.of(), during=1.0)


@pytest.mark.parametrize("mute", ["rule", "monitor", "hours"])
def test_a_mute_taken_away_tells_at_once(world, api, target, receiver, mute):
    hook = receiver.hook()
    monitor = world.monitor(target, muted_until=instant(3600) if mute == "monitor" else None)
    rule = world.rule([monitor], [world.channel(hook)],
                      muted_until=instant(3600) if mute == "rule" else None,
                      active_hours=[hours(120, 180)] if mute == "hours" else [])
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    holds(lambda: not hook.of(), during=1.0)
    if mute == "monitor":
        api.patch(f"/api/monitors/{monitor['id']}", {"muted_until": None})
    elif mute == "rule":
        api.patch(f"/api/alert-rules/{rule['id']}", {"muted_until": None})
    else:
        api.patch(f"/api/alert-rules/{rule['id']}", {"active_hours": [hours(-60, 60)]})
    hook.expect("incident.opened")
    target.status = 200
    hook.expect("incident.resolved")


def test_active_hours_that_are_now_tell_now(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)], active_hours=[hours(120, 180), hours(-60, 60)])
    world.wait_status(monitor, "up")
    target.status = 500
    hook.expect("incident.opened")


def test_a_mute_that_ends_while_the_server_is_dead_is_made_up_for(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)], muted_until=instant(4))
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    engine.kill()
    holds(lambda: not hook.of(), during=4.0)
    engine.start()
    hook.expect("incident.opened", within=20)


def test_hours_are_told_what_is_wrong_with_them_all_at_once(api):
    problem = api.post("/api/alert-rules", {
        "name": "n", "muted_until": "tonight",
        "active_hours": [{"time_zone": "Mars/Base", "weekdays": ["moonday"], "days_of_month": [0, 32],
                          "start": "24:00", "end": "9:00", "till": "x"}]}, expect=422)
    pointers = {e["pointer"] for e in problem["errors"]}
    base = "/active_hours/0"
    assert pointers == {"/muted_until", f"{base}/time_zone", f"{base}/weekdays/0", f"{base}/days_of_month/0",
                        f"{base}/days_of_month/1", f"{base}/start", f"{base}/end", f"{base}/till"}


def test_hours_come_back_as_they_were_given(api, world):
    given = [{"time_zone": "Europe/Berlin", "weekdays": ["monday", "friday"], "days_of_month": [-1, 1, 15],
              "start": "22:00", "end": "06:00"}]
    rule = world.rule([], [], active_hours=given, selector={"tags": ["nobody"]})
    assert rule["active_hours"] == given
    default = api.patch(f"/api/alert-rules/{rule['id']}", {"active_hours": [{}]})["active_hours"]
    assert default == [{"time_zone": "UTC", "weekdays": [], "days_of_month": [], "start": "00:00", "end": "00:00"}]
