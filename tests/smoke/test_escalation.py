"""Who is told after whom while nobody takes an incident, over HTTP and through crashes of the engine. Delays here are
seconds, so that a story takes no longer."""
import time
from datetime import datetime, timezone

import pytest

from harness.api import Api
from harness.waiting import eventually, holds


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def an_outage(world, target, policy, receivers=(), **rule):
    """A monitor under a rule that only names the policy, up and then down; returns it and its incident."""
    monitor = world.monitor(target)
    world.rule([monitor], list(receivers), escalation_policy_id=policy["id"], **rule)
    world.wait_status(monitor, "up")
    target.die()
    world.wait_status(monitor, "down")
    incident, = world.incidents(monitor)
    return monitor, incident


def ladder(world, incident):
    shown = world.api.get(f"/api/incidents/{incident['id']}")
    return shown["escalations"][0]


def pages(hook):
    """How many steps told it. A delivery may come again under its id: whoever dies before he has noted it does not know."""
    return len({a.id for a in hook.of("incident.escalated")})


def kinds(world, incident):
    return [x["kind"] for x in world.api.all(f"/api/incidents/{incident['id']}/timeline")]


def test_nobody_takes_it_then_somebody_does(world, target, receiver):
    first, second = receiver.hook(), receiver.hook()
    channels = [world.channel(first), world.channel(second)]
    policy = world.policy(channels, delays=(0, 2, 300))
    monitor, incident = an_outage(world, target, policy)
    one = first.expect("incident.escalated")
    two = second.expect("incident.escalated")
    began = instant(incident["opened_at"])
    assert abs(instant(one.event["timestamp"]) - began) < 1
    assert abs(instant(two.event["timestamp"]) - began - 2) < 1
    shown = one.event["data"]["incident"]
    assert shown["id"] == incident["id"] and shown["escalations"][0]["policy_id"] == policy["id"]
    now = ladder(world, incident)
    assert now["state"] == "running" and now["last"]["step_key"] == "step-1" and now["next"]["step_key"] == "step-2"
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge")
    assert ladder(world, incident)["state"] == "acknowledged" and ladder(world, incident)["due_at"] is None
    target.revive()
    world.wait_status(monitor, "up")
    first.expect("incident.resolved")
    second.expect("incident.resolved")
    assert ladder(world, incident)["state"] == "ended"
    line = next(x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == "escalated")
    assert line["escalation_policy_id"] == policy["id"] and "step 1 (`step-0`)" in line["message"]
    types = [e["type"] for e in world.api.all("/api/events", incident_id=incident["id"])]
    assert types == ["incident.opened", "incident.escalated", "incident.escalated", "incident.acknowledged",
                     "incident.resolved"]


def test_an_acknowledgement_times_out(world, target, receiver):
    hook, listener = receiver.hook(), receiver.hook()
    channel, other = world.channel(hook), world.channel(listener)
    policy = world.policy([channel], delays=(0, 600), ack_timeout_seconds=2)
    monitor, incident = an_outage(world, target, policy, [other], events=["incident.opened", "incident.unacknowledged"])
    listener.expect("incident.opened")
    hook.expect("incident.escalated")
    taken = world.api.post(f"/api/incidents/{incident['id']}/acknowledge")
    back = listener.expect("incident.unacknowledged")
    again = hook.expect("incident.escalated")
    assert abs(instant(back.event["timestamp"]) - instant(taken["acknowledged_at"]) - 2) < 1
    assert again.event["data"]["incident"]["state"] == "triggered"
    assert again.event["data"]["incident"]["acknowledged_at"] is None
    assert ladder(world, incident)["next"]["step_key"] == "step-1", "the ladder goes on behind the step told last"
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge")
    handed = world.api.post(f"/api/incidents/{incident['id']}/unacknowledge", {"note": "Not mine."})
    assert handed["state"] == "triggered"
    listener.expect("incident.unacknowledged")
    hook.expect("incident.escalated")
    world.api.post(f"/api/incidents/{incident['id']}/resolve")
    hook.expect("incident.resolved")
    listener.expect("incident.resolved")
    world.api.post(f"/api/incidents/{incident['id']}/unacknowledge", expect=409)


def test_who_has_taken_it_escalates_it_to_the_next_one(world, api, target, receiver):
    hooks, chat = [receiver.hook() for _ in range(2)], receiver.hook()
    policy = world.policy([world.channel(h) for h in hooks], delays=(0, 600))
    _, incident = an_outage(world, target, policy, [world.channel(chat)])
    path = f"/api/incidents/{incident['id']}"
    hooks[0].expect("incident.escalated")
    chat.expect("incident.opened")
    eventually(lambda: ladder(world, incident)["last"])
    api.post(path + "/acknowledge")
    chat.expect("incident.acknowledged")
    handed = api.post(path + "/escalate", {"note": "I cannot reach the console."})
    assert (handed["state"], handed["acknowledged_by"], handed["acknowledged_at"]) == ("triggered", None, None)
    page = hooks[1].expect("incident.escalated")
    assert page.event["data"]["incident"]["state"] == "triggered"
    chat.expect("incident.unacknowledged")  # who was told that it is taken is told that it is not
    assert pages(hooks[0]) == 1, "the step told last is not told again"
    eventually(lambda: ladder(world, incident)["state"] == "exhausted")
    api.post(path + "/acknowledge")
    chat.expect("incident.acknowledged")
    api.post(path + "/escalate", expect=409)
    assert api.get(path)["state"] == "acknowledged"
    api.post(path + "/resolve")
    for hook in (*hooks, chat):
        hook.expect("incident.resolved")


def test_to_escalate_twice_as_of_the_same_instant_tells_one_step(world, api, target, receiver):
    hooks = [receiver.hook() for _ in range(3)]
    policy = world.policy([world.channel(h) for h in hooks], delays=(0, 600, 600))
    _, incident = an_outage(world, target, policy)
    hooks[0].expect("incident.escalated")
    path = f"/api/incidents/{incident['id']}/escalate"
    as_of = eventually(lambda: ladder(world, incident)["last"] and ladder(world, incident)["moved_at"])
    key = {"Idempotency-Key": world.mark}
    first = api.call("POST", path, {"as_of": as_of, "note": "faster"}, headers=key, expect=200)
    hooks[1].expect("incident.escalated")
    assert api.call("POST", path, {"as_of": as_of, "note": "faster"}, headers=key, expect=200).raw == first.raw
    api.post(path, {"as_of": as_of})
    api.call("POST", path + "?validate_only=true", expect=204)
    holds(lambda: not hooks[2].attempts, during=1.5)
    api.post(path, {"as_of": "2999-01-01T00:00:00Z"}, expect=422)
    api.post(path, {"as_off": as_of}, expect=422)
    api.post(path)
    hooks[2].expect("incident.escalated")
    eventually(lambda: ladder(world, incident)["state"] == "exhausted")
    api.post(path, expect=409)
    assert kinds(world, incident).count("escalation_exhausted") == 1
    actions = [x["action"] for x in api.all("/api/audit-log", resource_id=incident["id"])]
    assert actions.count("escalate") == 2
    api.post(f"/api/incidents/{incident['id']}/resolve")
    for hook in hooks:
        hook.expect("incident.resolved")


def test_the_engine_dies_between_two_steps(own_world, engine, target, receiver):
    world, hooks = own_world, [receiver.hook() for _ in range(3)]
    policy = world.policy([world.channel(h) for h in hooks], delays=(0, 4, 600))
    _, incident = an_outage(world, target, policy)
    hooks[0].expect("incident.escalated")
    due = eventually(lambda: ladder(world, incident)["last"] and ladder(world, incident)["due_at"])
    engine.restart()
    assert ladder(world, incident)["due_at"] == due, "a restart moves nothing"
    second = hooks[1].expect("incident.escalated", within=15)
    assert instant(second.event["timestamp"]) >= instant(due) - 0.001
    engine.kill()
    time.sleep(1)
    engine.start()
    holds(lambda: pages(hooks[0]) == 1 and not hooks[2].attempts, during=1.5)
    world.api.post(f"/api/incidents/{incident['id']}/escalate")
    hooks[2].expect("incident.escalated")
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge")
    engine.restart()
    assert ladder(world, incident)["state"] == "acknowledged"


def test_a_step_that_came_due_while_the_engine_was_dead_is_told_at_its_start(own_world, engine, target, receiver):
    world, first, second = own_world, receiver.hook(), receiver.hook()
    policy = world.policy([world.channel(first), world.channel(second)], delays=(0, 3))
    _, incident = an_outage(world, target, policy)
    first.expect("incident.escalated")
    eventually(lambda: ladder(world, incident)["last"])
    engine.kill()
    time.sleep(4)
    engine.start()
    second.expect("incident.escalated", within=15)
    assert pages(first) == 1


def test_where_nobody_can_be_told_the_next_step_follows_at_once(world, target, receiver):
    silent, hook = receiver.hook(), receiver.hook()
    off, on = world.channel(silent, enabled=False), world.channel(hook, events=["channel.test"])
    policy = world.policy([off, on], delays=(0, 600))
    _, incident = an_outage(world, target, policy)
    hook.expect("incident.escalated")  # whatever the channel's events say
    assert "escalation_skipped" in kinds(world, incident)
    world.api.post(f"/api/incidents/{incident['id']}/resolve")
    hook.expect("incident.resolved")


def test_what_is_in_use_cannot_be_deleted(world, api, target, receiver):
    hook = receiver.hook()
    channel = world.channel(hook)
    policy = world.policy([channel])
    path = f"/api/escalation-policies/{policy['id']}"
    assert api.delete(f"/api/channels/{channel['id']}", expect=409)["blocked_by"] == [policy["id"]]
    monitor = world.monitor(target)
    rule = world.rule([monitor], [], escalation_policy_id=policy["id"])
    assert api.delete(path, expect=409)["blocked_by"] == [rule["id"]]
    world.wait_status(monitor, "up")
    target.die()
    hook.expect("incident.escalated")
    incident, = world.incidents(monitor)
    api.patch(f"/api/alert-rules/{rule['id']}", {"escalation_policy_id": None})
    assert api.delete(path, expect=409)["blocked_by"] == [incident["id"]]
    api.post(f"/api/incidents/{incident['id']}/resolve")
    hook.expect("incident.resolved")
    api.delete(path)
    api.delete(f"/api/channels/{channel['id']}")


GOOD = {"name": "p", "steps": [{"key": "one", "targets": [{"type": "channel", "id": "chn_01jd9e6h6gf4g8w1q6v5q8z3ab"}]}]}


@pytest.mark.parametrize("change, pointer", [
    ({"steps": []}, "/steps"), ({"steps": [{**GOOD["steps"][0], "key": f"k{i}"} for i in range(21)]}, "/steps"),
    ({"steps": GOOD["steps"] * 2}, "/steps/1/key"), ({"steps": [{"key": "a", "targets": []}]}, "/steps/0/targets"),
    ({"steps": [{"key": "a", "targets": GOOD["steps"][0]["targets"] * 2}]}, "/steps/0/targets/1"),
    ({"steps": [{"key": "a", "targets": [{"type": "user", "id": "usr_01jd9e6h6gf4g8w1q6v5q8z3ab"}]}]},
     "/steps/0/targets/0/id"),
    ({"steps": [{"key": "a", "targets": [{"type": "pigeon", "id": "usr_01jd9e6h6gf4g8w1q6v5q8z3ab"}]}]},
     "/steps/0/targets/0/type"),
    ({"steps": [{"key": "a", "delay_seconds": -1, "targets": GOOD["steps"][0]["targets"]}]}, "/steps/0/delay_seconds"),
    ({"repeat": {"count": 1, "delay_seconds": 59}}, "/repeat/delay_seconds"), ({"repeat": {"count": -1}}, "/repeat/count"),
    ({"ack_timeout_seconds": 0}, "/ack_timeout_seconds"), ({"on_no_one": "panic"}, "/on_no_one"),
    ({"in_flight": "later"}, "/in_flight"), ({"step": []}, "/step"), ({"steps": None}, "/steps"), ({"name": ""}, "/name"),
    ({}, "/steps/0/targets/0/id"),  # of nobody
])
def test_what_makes_no_sense_is_refused_by_its_place(api, change, pointer):
    refused = api.post("/api/escalation-policies", {**GOOD, **change}, expect=422)
    assert pointer in [e["pointer"] for e in refused["errors"]]


def test_a_rule_names_a_policy_that_is_there(world, api):
    refused = api.post("/api/alert-rules", {"name": "r", "escalation_policy_id": "pol_01jd9e6h6gf4g8w1q6v5q8z3ab"}, expect=422)
    assert [e["pointer"] for e in refused["errors"]] == ["/escalation_policy_id"]


def test_a_simulation_says_what_would_happen(world, api, receiver):
    channels = [world.channel(receiver.hook()), world.channel(receiver.hook(), enabled=False)]
    policy = world.policy(channels, delays=(60, 300), repeat={"count": 1, "delay_seconds": 600})
    path = f"/api/escalation-policies/{policy['id']}"
    seen = api.post(f"{path}/simulate", {"at": "2026-01-31T12:00:00Z"})
    told = [(c["at"], c["step_key"], c["cycle"], c["recipients"][0]["channel_id"]) for c in seen["calls"]]
    assert told == [("2026-01-31T12:01:00.000Z", "step-0", 1, channels[0]["id"]),
                    ("2026-01-31T12:06:00.000Z", "step-1", 1, None),
                    ("2026-01-31T12:16:00.000Z", "step-0", 2, channels[0]["id"]),
                    ("2026-01-31T12:21:00.000Z", "step-1", 2, None)]
    assert seen["exhausted_at"] == "2026-01-31T12:21:00.000Z" and not seen["truncated"]
    api.patch(path, {"repeat": {"count": None}})
    endless = api.post(f"{path}/simulate")
    assert endless["truncated"] and len(endless["calls"]) == 200 and endless["exhausted_at"] is None
    steps = api.get(f"{path}/oncall", at="2026-01-31T12:00:00Z")["steps"]
    assert [s["recipients"][0]["channel_id"] for s in steps] == [channels[0]["id"], None]
    api.post(f"{path}/simulate", {"at": "tomorrow"}, expect=422)
    api.get(f"{path}/oncall", at="x", expect=422)
    api.get("/api/escalation-policies/pol_01jd9e6h6gf4g8w1q6v5q8z3ab/oncall", expect=404)


def test_the_plan_has_an_end(shared_engine):
    _, secret = shared_engine.run("org", "create", "--name", "ladders", "--plan", "free").stdout.split()
    api = Api(shared_engine, secret)
    channel = api.create("/api/channels", {"name": "c", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}})
    body = {"name": "p", "steps": [{"key": "one", "targets": [{"type": "channel", "id": channel["id"]}]}]}
    made = [api.create("/api/escalation-policies", body) for _ in range(3)]
    assert api.get("/api/limits")["escalation_policies"] == {"used": 3, "maximum": 3}
    assert api.post("/api/escalation-policies", body, expect=422)["code"] == "plan_limit_exceeded"
    api.delete(f"/api/escalation-policies/{made[0]['id']}")
    api.create("/api/escalation-policies", body)
