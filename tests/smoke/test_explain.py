"""Why somebody was told of an incident, or was not: each reason by its name, with what was seen then."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.peers import Target
from harness.waiting import eventually
from test_maintenance import window
from test_people import person, policy_of  # noqa: F401 (a fixture)

SLOW = {"match": "all", "terms": [{"field": "latency_ms", "operator": "gt", "value": 60_000}]}
BLIND = {"match": "all", "terms": [{"field": "domain_days_left", "operator": "lt", "value": 10_000}]}
REFUSED = {"match": "any", "terms": [{"field": "status_code", "operator": "eq", "value": 503},
                                     {"field": "failing_for_seconds", "operator": "gt", "value": 999}]}


@pytest.fixture
def router():
    peer = Target()
    yield peer
    peer.close()


def explained(api, incident):
    return api.get(f"/api/incidents/{incident['id']}/explain")


def rule_in(why, rule):
    return next(r for r in why["present"]["rules"] if r["rule_id"] == rule["id"])


def fails(world, target, monitor, status=503):
    target.status = status
    world.wait_status(monitor, "down")
    return max(world.incidents(monitor), key=lambda x: x["number"])


def recovers(world, target, monitor):
    target.status = 200
    world.wait_status(monitor, "up")


def test_conditions_are_told_with_the_values_seen(world, api, target, receiver):
    hook = receiver.hook()
    channel, monitor = world.channel(hook), world.monitor(target)
    slow, blind = world.rule([monitor], [channel], conditions=SLOW), world.rule([monitor], [channel], conditions=BLIND)
    refused = world.rule([monitor], [channel], conditions=REFUSED)
    own = world.rule([monitor], [channel], trigger="check", conditions=SLOW)
    world.wait_status(monitor, "up")
    incident = fails(world, target, monitor)
    hook.expect("incident.opened")
    why = explained(api, incident)
    seen = why["recorded"]["opening"]
    assert seen["facts"]["status_code"] == 503 and seen["facts"]["consecutive_failures"] == 1
    assert (seen["monitor_type"], seen["maintenance"], seen["hold"]) == ("http", None, None)
    told = rule_in(why, slow)
    assert (told["outcome"], told["waiting"], told["told_at"]) == ("conditions_not_met", True, None)
    term, = told["conditions"]
    assert (term["term"], term["verdict"]) == ("latency_ms gt 60000", "does_not_hold")
    assert term["seen"] == f"latency_ms is {seen['facts']['latency_ms']}" and term["seen"] in told["detail"]
    line, = told["recorded"]
    assert line["kind"] == "muted" and f"latency_ms is {seen['facts']['latency_ms']}" in line["message"]
    told = rule_in(why, blind)
    assert told["outcome"] == "conditions_not_met" and "domain_days_left is not known" in told["detail"]
    assert told["conditions"][0]["verdict"] == "unknown"
    told = rule_in(why, refused)
    assert told["outcome"] == "tells" and told["reasons"] == [] and told["told_at"] == incident["opened_at"]
    assert [(t["verdict"], t["seen"].split(" ")[0]) for t in told["conditions"]] == [
        ("holds", "status_code"), ("does_not_hold", "failing_for_seconds")]
    told = rule_in(why, own)
    assert told["outcome"] == "other_trigger" and "check" in told["detail"]
    recovers(world, target, monitor)
    hook.expect("incident.resolved")


def test_what_rests_on_the_configuration_of_now_says_so(world, api, target, receiver):
    hook = receiver.hook()
    channel, monitor = world.channel(hook), world.monitor(target, tags=["env:production"])
    by_tag = api.create("/api/alert-rules", {"name": world.name("rule"), "selector": {"tags": ["env:production"]},
                                             "channel_ids": [channel["id"]]})
    world.wait_status(monitor, "up")
    incident = fails(world, target, monitor)
    hook.expect("incident.opened")
    assert not rule_in(explained(api, incident), by_tag)["edited_since"]
    api.patch(f"/api/monitors/{monitor['id']}", {"tags": []})
    told = rule_in(explained(api, incident), by_tag)
    assert told["outcome"] == "tells", "judged by the tags that the monitor had"
    api.patch(f"/api/alert-rules/{by_tag['id']}", {"conditions": SLOW})
    told = rule_in(explained(api, incident), by_tag)
    assert (told["outcome"], told["edited_since"]) == ("conditions_not_met", True)
    eventually(lambda: "notified" in [line["kind"] for line in rule_in(explained(api, incident), by_tag)["recorded"]])
    api.patch(f"/api/alert-rules/{by_tag['id']}", {"conditions": {"match": "all", "terms": []}})
    api.delete(f"/api/monitors/{monitor['id']}")
    hook.expect("incident.resolved")
    why = explained(api, incident)
    assert not why["present"]["monitor_exists"] and rule_in(why, by_tag)["outcome"] == "tells"
    assert why["recorded"]["opening"]["tags"] == ["env:production"]
    api.delete(f"/api/alert-rules/{by_tag['id']}")


def test_a_window_is_named(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    rule = world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    work = window(world, monitor, -1, 600, mode="suppress_alerts")
    incident = fails(world, target, monitor)
    why = explained(api, incident)
    told = rule_in(why, rule)
    assert (told["outcome"], told["waiting"]) == ("maintenance", True) and work["name"] in told["detail"]
    assert work["name"] in told["recorded"][0]["message"]
    quiet = why["recorded"]["opening"]["maintenance"]
    assert (quiet["window_id"], quiet["name"], quiet["to"]) == (work["id"], work["name"], work["one_off"]["end_at"])
    match = api.post("/api/alert-rules/match", {"incident_id": incident["id"]})
    mine = next(r for r in match["data"] if r["rule_id"] == rule["id"])
    assert [r["code"] for r in mine["reasons"]] == ["maintenance"] and mine["reasons"][0]["until"] == quiet["to"]
    api.post(f"/api/maintenance-windows/{work['id']}/end")
    hook.expect("incident.opened")
    told = rule_in(explained(api, incident), rule)
    assert (told["outcome"], told["waiting"]) == ("maintenance", False) and told["told_at"] > incident["opened_at"]
    recovers(world, target, monitor)
    hook.expect("incident.resolved")


def test_the_dependency_that_fails_is_named(world, api, router, target, receiver):
    parent = world.monitor(router)
    monitor = world.monitor(target, depends_on=[parent["id"]])
    rule = world.rule([monitor], [world.channel(receiver.hook())])
    world.wait_status(parent, "up"), world.wait_status(monitor, "up")
    router.status = 500
    world.wait_status(parent, "down")
    incident = fails(world, target, monitor)
    why = explained(api, incident)
    assert why["recorded"]["suppressed_by"] == parent["id"]
    assert parent["name"] in why["recorded"]["holds"][-1]["message"]
    hold = why["recorded"]["opening"]["hold"]
    assert (hold["reason"], hold["monitor_id"], hold["monitor_name"]) == ("parent_failing", parent["id"], parent["name"])
    told = rule_in(why, rule)
    assert (told["outcome"], told["waiting"]) == ("held", True) and parent["name"] in told["detail"]
    api.patch(f"/api/monitors/{parent['id']}", {"name": world.name("renamed")})
    assert parent["name"] in rule_in(explained(api, incident), rule)["detail"], "as it was called then"
    recovers(world, target, monitor)


def test_a_flapping_monitor_says_that_it_flaps(world, api, target, receiver):
    monitor = world.monitor(target, flap={"changes": 2, "window_seconds": 3600, "hold_seconds": 600})
    hook = receiver.hook()
    rule = world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    fails(world, target, monitor)
    hook.expect("incident.opened")
    recovers(world, target, monitor)
    hook.expect("incident.resolved")
    why = explained(api, fails(world, target, monitor))
    recovers(world, target, monitor)
    told = rule_in(why, rule)
    assert told["outcome"] == "held" and told["detail"].startswith("Flapping")
    assert why["recorded"]["opening"]["hold"]["reason"] == "flapping" and why["recorded"]["suppressed_by"] is None


def test_hours_and_groups_say_until_when(world, api, target, receiver):
    hook = receiver.hook()
    channel, monitor = world.channel(hook), world.monitor(target)
    tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%A").lower()
    closed = world.rule([monitor], [channel], active_hours=[
        {"time_zone": "UTC", "weekdays": [tomorrow], "start": "00:00", "end": "23:00"}])
    grouped = world.rule([monitor], [channel], grouping={"by": ["monitor"], "wait_seconds": 300})
    world.wait_status(monitor, "up")
    incident = fails(world, target, monitor)
    why = explained(api, incident)
    told = rule_in(why, closed)
    assert told["outcome"] == "outside_hours" and told["reasons"][0]["until"] > incident["opened_at"]
    told = rule_in(why, grouped)
    assert told["outcome"] == "tells" and told["grouped_until"] > incident["opened_at"]
    assert told["grouped_until"] in told["detail"]
    api.patch(f"/api/channels/{channel['id']}", {"enabled": False})
    recovers(world, target, monitor)


def test_people_are_explained_by_their_notification_rules(world, api, target, person):  # noqa: F811
    ada, hooks, methods = person("Ada", "mobile", "desk")
    late = api.create("/api/notification-rules", {"user_id": ada, "urgency": "high", "delay_seconds": 600,
                                                  "contact_method_id": methods["desk"]["id"]})
    at_once = api.create("/api/notification-rules", {"user_id": ada, "urgency": "high", "delay_seconds": 0,
                                                     "contact_method_id": methods["mobile"]["id"]})
    policy = policy_of(world, ("user", ada))
    monitor = world.monitor(target)
    rule = world.rule([monitor], [], escalation_policy_id=policy["id"])
    world.wait_status(monitor, "up")
    incident = fails(world, target, monitor)
    hooks["mobile"].expect("incident.escalated")
    why = explained(api, incident)
    assert rule_in(why, rule)["escalates"]
    who, = why["present"]["people"]
    assert (who["user_id"], who["name"], who["urgency"]) == (ada, "Ada", "high")
    assert [(r["notification_rule_id"], r["contact_method_id"], r["delay_seconds"], r["usable"]) for r in who["routes"]] \
        == [(at_once["id"], methods["mobile"]["id"], 0, True), (late["id"], methods["desk"]["id"], 600, True)]
    climb, = why["recorded"]["escalations"]
    pending, = climb["escalation"]["pending"]
    assert pending["contact_method_id"] == methods["desk"]["id"]
    assert any("Ada is told by webhook in 10 min" in s["message"] for s in climb["steps"])
    recovers(world, target, monitor)
    hooks["mobile"].expect("incident.resolved")
