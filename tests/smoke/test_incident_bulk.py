"""One action on many incidents in one request: each as if it had been alone."""
import pytest

from harness.api import Api
from test_escalation import kinds
from test_signals import act, by_hand, inbox, one

NOBODY = "inc_01jd9e6h6gf4g8w1q6v5q8z3ab"


def many(api, verb, incidents, expect=200, query="", headers=None, **more):
    body = {"incident_ids": [x if isinstance(x, str) else x["id"] for x in incidents], **more}
    answer = api.call("POST", f"/api/incidents/bulk/{verb}{query}", body, expect=expect, headers=headers or {})
    return answer.json["results"] if answer.status == 200 else answer.json


def some(world, monitor, count):
    return [by_hand(world, monitor, title=f"Import {n} is late") for n in range(count)]


def states(world, incidents):
    return [one(world, x)["state"] for x in incidents]


def test_a_storm_is_taken_at_once_and_ended_at_once(own_world, receiver):
    world, api, hook = own_world, own_world.api, receiver.hook()
    pages = [receiver.hook() for _ in range(2)]
    policy = world.policy([world.channel(x) for x in pages], delays=(0, 600))
    monitors = [inbox(world) for _ in range(3)]
    world.rule(monitors, [world.channel(hook)], escalation_policy_id=policy["id"])
    storm = [x for monitor in monitors for x in some(world, monitor, 4)]
    for x in storm:
        hook.expect("incident.opened", incident=x["id"])
        pages[0].expect("incident.escalated", incident=x["id"])
    order = storm[5:] + storm[:5]
    results = many(api, "acknowledge", order, note="One switch, all of these.")
    assert [(r["index"], r["status"], r["id"], r["error"]) for r in results] \
        == [(n, 200, x["id"], None) for n, x in enumerate(order)]
    assert {r["incident"]["state"] for r in results} == {"acknowledged"}
    assert results[0]["incident"] == one(world, order[0])
    for x in storm:
        hook.expect("incident.acknowledged", incident=x["id"])
        assert kinds(world, x).count("acknowledged") == 1
        line, = [y for y in api.all(f"/api/incidents/{x['id']}/timeline") if y["kind"] == "acknowledged"]
        assert line["message"].endswith("One switch, all of these."), line
        rung, = one(world, x)["escalations"]
        assert (rung["state"], rung["due_at"]) == ("acknowledged", None), "nobody is told any further"
    again = many(api, "acknowledge", storm)
    assert {r["status"] for r in again} == {200} and kinds(world, storm[0]).count("acknowledged") == 1
    assert {r["incident"]["state"] for r in many(api, "resolve", storm, note="Replaced.")} == {"resolved"}
    for x in storm:
        hook.expect("incident.resolved", incident=x["id"])
        pages[0].expect("incident.resolved", incident=x["id"])
    assert sorted(e["action"] for e in api.all("/api/audit-log", resource_id=storm[0]["id"]) if e["action"] != "create") \
        == ["acknowledge", "resolve"]


def test_each_has_an_answer_of_its_own(world, api):
    monitor = inbox(world)
    first, over, last = some(world, monitor, 3)
    act(world, over, "resolve")
    results = many(api, "acknowledge", [first, over, NOBODY, last])
    assert [r["status"] for r in results] == [200, 409, 404, 200]
    assert [r["incident"] and r["incident"]["state"] for r in results] == ["acknowledged", None, None, "acknowledged"]
    assert [r["error"] and r["error"]["code"] for r in results] == [None, "conflict", "not_found", None]
    assert results[1]["error"] == {**act(world, over, "acknowledge", expect=409),
                                   "instance": results[1]["error"]["instance"],
                                   "request_id": results[1]["error"]["request_id"]}
    assert states(world, [first, over, last]) == ["acknowledged", "resolved", "acknowledged"]


def test_taken_back_and_snoozed(world, api):
    storm = some(world, inbox(world), 3)
    many(api, "acknowledge", storm)
    back = many(api, "unacknowledge", storm, note="I have to hand these over.")
    assert [(r["incident"]["state"], r["incident"]["acknowledged_by"]) for r in back] == [("triggered", None)] * 3
    waiting = many(api, "snooze", storm, seconds=3600)
    untils = {r["incident"]["snoozed_until"] for r in waiting}
    assert len(untils) == 1 and None not in untils, "all of them until the same instant"
    assert [r["status"] for r in many(api, "resolve", storm)] == [200] * 3
    assert [r["status"] for r in many(api, "snooze", storm, seconds=3600)] == [409] * 3


def test_all_that_is_wrong_is_said_at_once(world, api):
    incident, = some(world, inbox(world), 1)

    def errors(verb, **body):
        problem = api.post(f"/api/incidents/bulk/{verb}", body, expect=422)
        return {(e["pointer"], e["code"]) for e in problem["errors"]}

    assert errors("acknowledge") == {("/incident_ids", "required")}
    assert errors("acknowledge", incident_ids=[]) == {("/incident_ids", "too_few_items")}
    assert errors("resolve", incident_ids=["mon_1", incident["id"], 7], note="x" * 1025, nte=1) \
        == {("/incident_ids/0", "invalid_format"), ("/incident_ids/2", "wrong_type"), ("/note", "too_long"),
            ("/nte", "unknown_property")}
    assert errors("acknowledge", incident_ids=[incident["id"]] * 2) == {("/incident_ids/1", "duplicate")}
    assert errors("snooze", incident_ids=[incident["id"]]) == {("/seconds", "required")}
    assert errors("snooze", incident_ids=[incident["id"]], until="2020-01-01T00:00:00.000Z") \
        == {("/until", "out_of_range")}
    ids = [f"inc_{n:026d}" for n in range(101)]
    assert errors("acknowledge", incident_ids=ids) == {("/incident_ids", "too_many_items")}
    assert [r["status"] for r in many(api, "acknowledge", ids[:100])] == [404] * 100
    api.call("POST", "/api/incidents/bulk/acknowledge", b"", expect=400)
    assert one(world, incident)["state"] == "triggered"


def test_a_rehearsal_says_what_would_be_refused(world, api):
    good, over = some(world, inbox(world), 2)
    act(world, over, "resolve")
    assert many(api, "acknowledge", [good], expect=204, query="?validate_only=true") is None
    problem = many(api, "acknowledge", [over, good, NOBODY], expect=409, query="?validate_only=true")
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] \
        == [("/incident_ids/0", "conflict"), ("/incident_ids/2", "not_found")]
    assert one(world, good)["state"] == "triggered" and kinds(world, good) == ["opened"]


def test_a_repeated_request_is_answered_as_the_first_was(own_world, engine):
    world, api = own_world, own_world.api
    first, second, third = some(world, inbox(world), 3)
    key = {"Idempotency-Key": world.mark}
    was = many(api, "resolve", [first, second], headers=key)
    assert many(api, "resolve", [first, second], headers=key) == was
    many(api, "resolve", [first, third], headers=key, expect=422)
    assert one(world, third)["state"] == "triggered"
    # As when the engine had died before it could keep the whole answer: what was done is known, one by one.
    engine.sql(f"DELETE FROM kept_answers WHERE key = '{world.mark}' RETURNING key")
    engine.restart()
    assert many(api, "resolve", [first, second], headers=key) == was
    assert [r["status"] for r in many(api, "resolve", [first, second])] == [409, 409]


@pytest.mark.parametrize("verb", ["acknowledge", "resolve", "unacknowledge", "snooze"])
def test_those_of_others_are_not_there(world, api, shared_engine, verb):
    ours, = some(world, inbox(world), 1)
    _, secret = shared_engine.run("org", "create", "--name", "others", "--plan", "self_hosted").stdout.split()
    how = {"seconds": 60} if verb == "snooze" else {}
    assert [r["status"] for r in many(Api(shared_engine, secret), verb, [ours], **how)] == [404]
    reader = api.call("POST", "/api/tokens", {"name": "reader", "scopes": ["*:read"]}, expect=201).json
    many(api.with_token(reader["secret"]), verb, [ours], expect=403, **how)
    assert one(world, ours)["state"] == "triggered"
