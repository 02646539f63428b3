"""Rules with conditions, rules that open incidents of their own, rules that are tried, and rules that group."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually, holds

NOBODY = "mon_01jd9e6h6gf4g8w1q6v5q8z3ab"


def conditions(*terms, match="all"):
    return {"match": match, "terms": [{"field": f, "operator": o, "value": v} for f, o, v in terms]}


SLOW = conditions(("latency_ms", "gt", 200))


def instant(seconds_from_now):
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lines(api, incident):
    return api.all(f"/api/incidents/{incident['id']}/timeline")


def refusal(api, path, body):
    return {(e["pointer"], e["code"]) for e in api.post(path, body, expect=422)["errors"]}


# -- conditions -----------------------------------------------------------------------------------------------------------

def test_an_incident_is_told_when_the_conditions_are_met_first(world, api, target, receiver):
    late, never = receiver.hook(), receiver.hook()
    monitor = world.monitor(target)
    rule = world.rule([monitor], [world.channel(late)], severity="warning",
                      conditions=conditions(("failing_for_seconds", "gte", 3)))
    world.rule([monitor], [world.channel(never)], conditions=conditions(("status_code", "ne", 503)))
    world.wait_status(monitor, "up")
    target.status = 503
    world.wait_status(monitor, "down")
    incident = world.incidents(monitor)[0]
    waiting = [x for x in lines(api, incident) if x["kind"] == "muted"]
    assert len(waiting) == 2 and waiting[0]["rule_id"] == rule["id"]
    assert "failing_for_seconds gte 3" in waiting[0]["message"]
    assert not late.of()
    opened = late.expect("incident.opened")
    begun = datetime.fromisoformat(incident["started_at"].replace("Z", "+00:00"))
    told = datetime.fromisoformat(opened.event["timestamp"].replace("Z", "+00:00"))
    assert told - begun >= timedelta(seconds=3)
    target.status = 200
    late.expect("incident.resolved")
    assert not never.of()


def test_a_refused_connection_has_no_status_code(world, api, target, receiver):
    hook, other = receiver.hook(), receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)], conditions=conditions(("reason", "matches", "^connect_")))
    world.rule([monitor], [world.channel(other)], conditions=conditions(("status_code", "ne", 200)))
    world.wait_status(monitor, "up")
    target.die()
    hook.expect("incident.opened")
    target.revive()
    hook.expect("incident.resolved")
    assert not other.of()


def test_every_fault_of_conditions_is_pointed_at(world, api):
    bad = conditions(("latency_ms", "contains", 5), ("reason", "in", ["dns_timeout", "boredom"]),
                     ("region", "matches", "("), ("status_code", "eq", "200"))
    assert refusal(api, "/api/alert-rules", {"name": "n", "trigger": "check", "conditions": bad}) == {
        ("/conditions/terms/0/operator", "inconsistent"), ("/conditions/terms/1/value/1", "inconsistent"),
        ("/conditions/terms/2/value", "inconsistent"), ("/conditions/terms/3/value", "inconsistent")}
    assert refusal(api, "/api/alert-rules", {"name": "n", "trigger": "check"}) == {("/conditions", "required")}
    rule = world.rule([], [], conditions=SLOW, enabled=False)
    assert rule["conditions"] == SLOW and rule["for_rounds"] == 1 and rule["grouping"] is None


# -- trigger `check` ------------------------------------------------------------------------------------------------------

def slow_rule(world, monitor, hook, **more):
    return world.rule([monitor], [world.channel(hook)], trigger="check", conditions=SLOW, severity="warning", **more)


def own(world, monitor):
    return [x for x in world.incidents(monitor) if x["rule_id"]]


def test_a_rule_opens_and_resolves_its_own_incident(world, api, target, receiver):
    hook, pager = receiver.hook(), receiver.hook()
    monitor = world.monitor(target)
    rule = slow_rule(world, monitor, hook)
    world.rule([monitor], [world.channel(pager)])
    world.wait_status(monitor, "up")
    target.delay = 0.4
    opened = hook.expect("incident.opened").event["data"]["incident"]
    assert opened["rule_id"] == rule["id"] and opened["severity"] == "warning"
    assert opened["title"] == f"{monitor['name']}: {rule['name']}"
    assert opened["cause"]["code"] == "rule_condition" and "latency_ms is " in opened["cause"]["message"]
    seen = api.get(f"/api/monitors/{monitor['id']}")
    assert seen["status"] == "up" and seen["open_incident_id"] is None
    holds(lambda: len(own(world, monitor)) == 1, during=2.0)
    target.delay = 0.0
    hook.expect("incident.resolved")
    incident = own(world, monitor)[0]
    assert incident["state"] == "resolved"
    assert "are met no longer: latency_ms is " in lines(api, incident)[-2]["message"] + lines(api, incident)[-1]["message"]
    assert not pager.of()


def test_it_is_apart_from_the_monitors_own_incident(world, api, target, receiver):
    hook, pager = receiver.hook(), receiver.hook()
    monitor = world.monitor(target)
    slow_rule(world, monitor, hook)
    world.rule([monitor], [world.channel(pager)])
    world.wait_status(monitor, "up")
    target.delay, target.status = 0.4, 503
    theirs = hook.expect("incident.opened").event["data"]["incident"]["id"]
    mine = pager.expect("incident.opened").event["data"]["incident"]["id"]
    assert theirs != mine
    api.post(f"/api/incidents/{theirs}/acknowledge", {})
    hook.expect("incident.acknowledged")
    assert api.get(f"/api/incidents/{mine}")["state"] == "triggered"
    target.status = 200
    pager.expect("incident.resolved")
    assert api.get(f"/api/incidents/{theirs}")["state"] == "acknowledged"
    target.delay = 0.0
    hook.expect("incident.resolved")


@pytest.mark.parametrize("how", ["deleted", "disabled", "about another", "paused"])
def test_it_ends_with_its_rule_or_monitor_and_says_why(world, api, target, receiver, how):
    hook = receiver.hook()
    monitor = world.monitor(target)
    rule = slow_rule(world, monitor, hook)
    target.delay = 0.4
    incident = hook.expect("incident.opened").event["data"]["incident"]
    path = f"/api/alert-rules/{rule['id']}"
    if how == "deleted":
        api.delete(path)
    elif how == "disabled":
        api.patch(path, {"enabled": False})
    elif how == "about another":
        api.patch(path, {"monitor_ids": [], "selector": {"tags": ["nobody"]}})
    else:
        api.post(f"/api/monitors/{monitor['id']}/pause")
    hook.expect("incident.resolved")
    assert api.get(f"/api/incidents/{incident['id']}")["state"] == "resolved"
    said = " ".join(x["message"] for x in lines(api, incident) if x["kind"] == "resolved")
    assert {"deleted": "was deleted", "disabled": "was disabled", "about another": "not about this monitor",
            "paused": "was paused"}[how] in said
    holds(lambda: len(own(world, monitor)) == 1, during=1.5)


def test_conditions_must_hold_in_so_many_rounds(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    slow_rule(world, monitor, hook, for_rounds=3)
    world.wait_status(monitor, "up")
    target.delay = 0.4
    opened = hook.expect("incident.opened").event

    def slow():  # results may come a second later
        return [r for r in api.all(f"/api/monitors/{monitor['id']}/results")
                if r["response_time_ms"] > 200 and r["round_at"] <= opened["timestamp"]]

    eventually(lambda: len(slow()) == 3)
    target.delay = 0.0
    hook.expect("incident.resolved")


def test_a_muted_rule_tells_of_its_incident_afterwards(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    rule = slow_rule(world, monitor, hook, muted_until=instant(3600))
    target.delay = 0.4
    eventually(lambda: own(world, monitor))
    holds(lambda: not hook.of(), during=1.0)
    api.patch(f"/api/alert-rules/{rule['id']}", {"muted_until": None})
    hook.expect("incident.opened")
    target.delay = 0.0
    hook.expect("incident.resolved")


def test_it_outlives_a_crash(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor = world.monitor(target)
    slow_rule(world, monitor, hook)
    target.delay = 0.4
    opened = hook.expect("incident.opened").event["data"]["incident"]["id"]
    engine.restart()
    world.wait_status(monitor, "up")
    holds(lambda: len(own(world, monitor)) == 1, during=2.0)
    target.delay = 0.0
    hook.expect("incident.resolved", incident=opened)
    assert len(own(world, monitor)) == 1


# -- test and match -------------------------------------------------------------------------------------------------------

def test_a_rule_is_tried_on_what_has_been(world, api, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    target.delay = 0.4
    eventually(lambda: sum(r["response_time_ms"] > 200 for r in api.all(f"/api/monitors/{monitor['id']}/results")) >= 2)
    target.delay = 0.0
    eventually(lambda: api.all(f"/api/monitors/{monitor['id']}/results")[0]["response_time_ms"] < 200)
    rule = {"name": "Slow", "trigger": "check", "conditions": SLOW, "monitor_ids": [monitor["id"]]}
    tried = api.post("/api/alert-rules/test", {"rule": rule, "rounds": 100}, expect=200)
    assert tried["monitor_id"] == monitor["id"] and tried["rounds_met"] >= 2
    assert len(tried["alerts"]) == 1
    alert = tried["alerts"][0]
    assert tried["from"] <= alert["fired_at"] < alert["resolved_at"] <= tried["to"]
    assert alert["told_at"] == alert["fired_at"] and "latency_ms is " in alert["because"]

    saved = world.rule([monitor], [], trigger="check", conditions=SLOW)
    again = api.post(f"/api/alert-rules/{saved['id']}/test", {"rounds": 100}, expect=200)
    assert again["alerts"][0]["fired_at"] == alert["fired_at"]
    assert api.post(f"/api/alert-rules/{saved['id']}/test", {"rounds": 1}, expect=200)["rounds"] == 1
    assert not own(world, monitor)


def test_what_cannot_be_tried_is_refused(world, api):
    rule = {"name": "Slow", "trigger": "check", "conditions": SLOW}
    assert refusal(api, "/api/alert-rules/test", {"rule": rule}) == {("/monitor_id", "required")}
    assert refusal(api, "/api/alert-rules/test", {"rule": rule, "monitor_id": NOBODY}) == {("/monitor_id", "unknown_id")}
    about = {**rule, "monitor_ids": [NOBODY]}
    assert refusal(api, "/api/alert-rules/test", {"rule": about}) == {("/rule/monitor_ids/0", "unknown_id")}
    assert refusal(api, "/api/alert-rules/test", {"rule": {"trigger": "check"}, "rounds": 1001}) == {
        ("/rule/name", "required"), ("/rule/conditions", "required"), ("/rounds", "out_of_range")}
    assert refusal(api, "/api/alert-rules/match", {}) == {("/monitor_id", "inconsistent")}
    assert refusal(api, "/api/alert-rules/match", {"monitor_id": NOBODY}) == {("/monitor_id", "unknown_id")}


def test_match_says_why_a_rule_would_not_tell(world, api, target):
    monitor = world.monitor(target)
    plain = world.rule([monitor], [])
    picky = world.rule([monitor], [], enabled=False, events=["incident.resolved"], muted_until=instant(3600),
                       conditions=conditions(("latency_ms", "gt", 500), ("status_code", "eq", 503)))
    other = world.rule([], [], selector={"tags": ["nobody"]}, trigger="check", conditions=SLOW)
    asked = {"monitor_id": monitor["id"], "event": "incident.opened", "facts": {"latency_ms": 900}}
    found = {x["rule_id"]: x for x in api.post("/api/alert-rules/match", asked, expect=200)["data"]}
    assert found[plain["id"]]["matches"] and found[plain["id"]]["reasons"] == []
    reasons = found[picky["id"]]["reasons"]
    assert [r["code"] for r in reasons] == ["disabled", "event_not_listened_to", "condition_false", "muted"]
    assert reasons[2]["term"] == 1 and "status_code is not known" in reasons[2]["message"]
    assert reasons[3]["until"] == picky["muted_until"]
    assert [r["code"] for r in found[other["id"]]["reasons"]] == ["other_trigger", "not_concerned"]


def test_match_takes_an_incident_as_it_is(world, api, target):
    monitor = world.monitor(target)
    rule = world.rule([monitor], [], conditions=conditions(("status_code", "eq", 503)))
    world.wait_status(monitor, "up")
    target.status = 503
    world.wait_status(monitor, "down")
    incident = world.incidents(monitor)[0]

    def matches():  # the last result may be stored a second later
        found = api.post("/api/alert-rules/match", {"incident_id": incident["id"]}, expect=200)["data"]
        return [x["matches"] for x in found if x["rule_id"] == rule["id"]] == [True]

    eventually(matches)


# -- grouping -------------------------------------------------------------------------------------------------------------

def grouped(hook):
    return [a.event["data"] for a in hook.of("incidents.grouped")]


def allow(hook):
    for attempt in hook.of("incidents.grouped"):
        hook.expected.add(attempt.id)


def test_fifty_incidents_are_one_message(world, api, target, receiver):
    hook = receiver.hook()
    monitors = [world.monitor(target, tags=["rack:1"]) for _ in range(50)]
    world.rule(monitors, [world.channel(hook)], grouping={"by": ["tag:rack"], "wait_seconds": 4})
    for monitor in monitors:
        world.wait_status(monitor, "up", within=30)
    target.status = 503
    hook.expect("incidents.grouped", within=30)
    opened = grouped(hook)[0]
    target.status = 200
    eventually(lambda: sum(g["resolved"] for g in grouped(hook)) == 50, within=40)
    allow(hook)
    assert opened["count"] >= 40 and opened["opened"] == opened["count"], "most of them go together"
    assert sum(g["opened"] for g in grouped(hook)) == 50
    assert len(grouped(hook)) <= 6
    assert len(opened["incidents"]) == min(50, opened["count"])
    assert {x["event_type"] for x in opened["incidents"]} == {"incident.opened"}
    assert not hook.of("incident.opened")


def test_what_is_not_alike_goes_apart_and_one_goes_as_it_is(world, api, target, receiver):
    hook = receiver.hook()
    pair = [world.monitor(target, tags=["rack:1"]) for _ in range(2)]
    single = world.monitor(target, tags=["rack:2"])
    world.rule([*pair, single], [world.channel(hook)], events=["incident.opened"],
               grouping={"by": ["tag:rack"], "wait_seconds": 3})
    for monitor in [*pair, single]:
        world.wait_status(monitor, "up")
    target.status = 503
    alone = hook.expect("incident.opened", within=15)
    assert alone.event["data"]["incident"]["monitor_id"] == single["id"]
    both = hook.expect("incidents.grouped", within=15).event["data"]
    assert {x["monitor_id"] for x in both["incidents"]} == {m["id"] for m in pair}
    target.status = 200
    hook.expect("incident.resolved")
    hook.expect("incident.resolved")
    hook.expect("incident.resolved")


def test_what_is_over_before_its_message_is_in_it_twice(world, api, target, receiver):
    hook = receiver.hook()
    monitors = [world.monitor(target) for _ in range(2)]
    channel = world.channel(hook)
    world.rule(monitors, [channel], grouping={"wait_seconds": 8})
    for monitor in monitors:
        world.wait_status(monitor, "up")
    target.status = 503
    for monitor in monitors:
        world.wait_status(monitor, "down")
    target.status = 200
    data = hook.expect("incidents.grouped", within=20).event["data"]
    assert (data["opened"], data["resolved"]) == (2, 2)
    for monitor in monitors:
        mine = [x["event_type"] for x in data["incidents"] if x["monitor_id"] == monitor["id"]]
        assert mine == ["incident.opened", "incident.resolved"]
    eventually(lambda: [d["state"] for d in world.deliveries(channel)] == ["succeeded"] * 4)


def test_a_group_outlives_a_crash_and_a_receiver_that_fails(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitors = [world.monitor(target) for _ in range(3)]
    channel = world.channel(hook)
    world.rule(monitors, [channel], events=["incident.opened"], grouping={"wait_seconds": 5})
    for monitor in monitors:
        world.wait_status(monitor, "up")
    hook.answer(500)
    target.status = 503
    for monitor in monitors:
        world.wait_status(monitor, "down")
    engine.restart()
    eventually(lambda: len(world.deliveries(channel)) == 3 and
               all(d["state"] == "succeeded" for d in world.deliveries(channel)), within=40)
    assert {g["count"] for g in grouped(hook)} == {3}
    assert len({a.id for a in hook.of("incidents.grouped")}) == 1, "the same events are the same message"
    allow(hook)
    eventually(lambda: world.api.get(f"/api/channels/{channel['id']}")["health"]["state"] == "healthy")
