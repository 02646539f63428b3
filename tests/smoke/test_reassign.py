"""An incident that is somebody else's: handed to another policy, or to people, over HTTP and through a crash."""
from harness.waiting import eventually, holds
from test_escalation import kinds
from test_people import a_person, lines
from test_signals import act, by_hand, inbox, one


def page_of(hook, state="triggered"):
    page = hook.expect("incident.escalated", within=20)
    assert page.event["data"]["incident"]["state"] == state
    return page


def rows(world, incident):
    return {x["policy_id"]: x for x in one(world, incident)["escalations"]}


def climbing(world, receiver, **rule):
    """A manual monitor whose incidents climb a policy of two steps: (monitor, policy, hooks)."""
    hooks = [receiver.hook() for _ in range(2)]
    policy = world.policy([world.channel(h) for h in hooks], delays=(0, 600))
    monitor = inbox(world)
    world.rule([monitor], [], escalation_policy_id=policy["id"], **rule)
    return monitor, policy, hooks


def test_the_wrong_team_hands_it_to_the_right_one(own_world, engine, receiver):
    world = own_world
    monitor, wrong, (first, second) = climbing(world, receiver)
    hook, boss = receiver.hook(), receiver.hook()
    right = world.policy([world.channel(hook), world.channel(boss)], delays=(600, 3))
    incident = by_hand(world, monitor)
    page_of(first)
    act(world, incident, "acknowledge")
    before = world.api.call("POST", f"/api/incidents/{incident['id']}/reassign?validate_only=true",
                            {"escalation_policy_id": right["id"]}, expect=204)
    assert before.raw == b"" and one(world, incident)["state"] == "acknowledged"
    now = act(world, incident, "reassign", {"escalation_policy_id": right["id"], "note": "It is the database."})
    assert (now["state"], now["acknowledged_by"]) == ("triggered", None)
    page_of(hook)  # at once, whatever the delay of the first step
    engine.restart()
    page_of(boss)
    ended, running = rows(world, incident)[wrong["id"]], rows(world, incident)[right["id"]]
    assert (ended["state"], ended["due_at"]) == ("ended", None)
    assert running["rule_id"] is None and running["state"] == "exhausted"
    holds(lambda: not second.attempts, during=1)
    line, = [x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == "reassigned"]
    assert line["escalation_policy_id"] == right["id"]
    assert line["message"].endswith(f"to the escalation policy {right['name']}. It is the database.")
    assert "reassign" in [x["action"] for x in world.api.all("/api/audit-log", resource_id=incident["id"])]
    explained = world.api.get(f"/api/incidents/{incident['id']}/explain")["recorded"]["escalations"]
    assert right["name"] in [x["policy_name"] for x in explained]
    act(world, incident, "resolve")
    for told in (first, hook, boss):
        told.expect("incident.resolved", within=20)


def test_it_is_handed_to_people(own_world, engine, receiver):
    world = own_world
    monitor, policy, (first, second) = climbing(world, receiver)
    ada, adas, methods = a_person(world, receiver, "Ada", "mobile", "desk")
    bob, bobs, _ = a_person(world, receiver, "Bob", "mobile")
    world.api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": methods["mobile"]["id"]})
    world.api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": methods["desk"]["id"],
                                                 "delay_seconds": 4})
    incident = by_hand(world, monitor)
    page_of(first)
    act(world, incident, "snooze", {"seconds": 3600})
    now = act(world, incident, "reassign", {"user_ids": sorted([ada, bob])})
    assert (now["state"], now["snoozed_until"]) == ("triggered", None)
    assert sorted(x["name"] for x in page_of(adas["mobile"]).event["data"]["oncall"]) == ["Ada", "Bob"]
    page_of(bobs["mobile"])
    engine.restart()
    page_of(adas["desk"])  # what was to be told later is, over a crash
    assert rows(world, incident)[policy["id"]]["state"] == "exhausted"
    assert "Ada" in lines(world, incident, "reassigned")[0] and "Bob" in lines(world, incident, "reassigned")[0]
    act(world, incident, "escalate", expect=409)
    act(world, incident, "acknowledge")
    act(world, incident, "unacknowledge")  # it is theirs still, also after the crash
    for hook in (adas["mobile"], bobs["mobile"], adas["desk"]):
        page_of(hook)
    again = act(world, incident, "reassign", {"escalation_policy_id": policy["id"]})  # back to the whole ladder
    assert again["escalations"][0]["next"]["step_key"] == "step-0"
    page_of(first)
    eventually(lambda: rows(world, incident)[policy["id"]]["next"]["step_key"] == "step-1")
    engine.restart()
    assert rows(world, incident)[policy["id"]]["next"]["step_key"] == "step-1"
    act(world, incident, "escalate")
    page_of(second)
    act(world, incident, "resolve")
    for hook in (first, second, *adas.values(), *bobs.values()):
        hook.expect("incident.resolved", within=20)


def test_what_cannot_be_handed_on_says_why(world, api, receiver):
    monitor, policy, (first, _) = climbing(world, receiver)
    incident = by_hand(world, monitor)
    page_of(first)
    nobody, nothing = "usr_01kdz0c3v8e7q9b5n2m4x6y8za", "pol_01kdz0c3v8e7q9b5n2m4x6y8za"

    def refused(body):
        return [(e["pointer"], e["code"]) for e in act(world, incident, "reassign", body, expect=422)["errors"]]
    assert refused({}) == [("/user_ids", "required")]
    assert refused({"user_ids": [nobody], "escalation_policy_id": policy["id"]}) == [("/user_ids", "inconsistent")]
    assert refused({"user_ids": [nobody]}) == [("/user_ids/0", "unknown_id")]
    assert refused({"escalation_policy_id": nothing}) == [("/escalation_policy_id", "unknown_id")]
    assert {x[0] for x in refused({"user_ids": ["x"], "escalation_policy_id": 7, "noet": "?"})} == {
        "/user_ids/0", "/escalation_policy_id", "/noet"}
    api.post("/api/incidents/inc_01kdz0c3v8e7q9b5n2m4x6y8za/reassign", {"escalation_policy_id": policy["id"]}, expect=404)
    act(world, incident, "resolve")
    first.expect("incident.resolved")
    act(world, incident, "reassign", {"escalation_policy_id": policy["id"]}, expect=409)
    user = api.create("/api/users", {"email": f"lone-{world.mark}@example.com", "name": "Lone"})["id"]
    lone = by_hand(world, inbox(world))
    act(world, lone, "reassign", {"user_ids": [user]}, expect=409)
    assert "reassigned" not in kinds(world, lone)
    act(world, lone, "resolve")


def test_what_a_person_does_by_their_own_token_is_theirs(world, api, receiver):
    monitor, _, (first, _) = climbing(world, receiver)
    user = api.create("/api/users", {"email": f"eve-{world.mark}@example.com", "name": "Eve Moss", "role": "member"})["id"]
    token = api.create("/api/tokens", {"name": "Eve's", "user_id": user, "scopes": ["*:read", "*:write"]})
    incident = by_hand(world, monitor)
    page_of(first)
    path = f"/api/incidents/{incident['id']}"
    taken = api.call("POST", path + "/acknowledge", token=token["secret"], expect=200).json
    assert taken["acknowledged_by"] == "user:Eve Moss"
    line, = [x for x in api.all(path + "/timeline") if x["kind"] == "acknowledged"]
    assert (line["actor"], line["message"]) == ("user:Eve Moss", "Acknowledged by Eve Moss.")
    entry, = [x for x in api.all("/api/audit-log", resource_id=incident["id"]) if x["action"] == "acknowledge"]
    assert (entry["actor"], entry["token_id"]) == ("user:Eve Moss", token["id"])
    assert api.get("/api/audit-log/verify")
    figures = api.get("/api/incidents/metrics", group_by="acknowledged_by", monitor_id=monitor["id"])
    assert [g["key"] for g in figures["groups"]] == ["user:Eve Moss"]
    assert api.call("POST", path + "/resolve", token=token["secret"], expect=200).json["resolved_by"] == "user:Eve Moss"
    first.expect("incident.resolved")


def test_incidents_are_found_by_what_people_know_of_them(world, api, receiver):
    monitor, policy, (first, _) = climbing(world, receiver)
    mark = world.name("Cards")
    mine = by_hand(world, monitor, title=f"{mark} are 100% refused", dedup_key=f"cards-{world.mark}")
    other = by_hand(world, inbox(world), title="Something else")
    page_of(first)
    taken = act(world, mine, "acknowledge")["acknowledged_by"]

    def found(**wanted):
        return [x["id"] for x in api.all("/api/incidents", **wanted)]
    assert found(q=mark.upper()) == [mine["id"]] == found(dedup_key=f"cards-{world.mark}")
    assert found(q=mark + " are 100%") == [mine["id"]] and found(q=mark + "%refused") == []
    assert found(escalation_policy_id=policy["id"]) == [mine["id"]]
    assert found(monitor_id=monitor["id"], acknowledged_by=taken) == [mine["id"]]
    assert found(monitor_id=monitor["id"], acknowledged_by="user:Nobody") == []
    api.get("/api/incidents", escalation_policy_id="mon_x", expect=422)
    for incident in (mine, other):
        act(world, incident, "resolve")
    first.expect("incident.resolved")
