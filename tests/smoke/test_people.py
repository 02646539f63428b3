"""Whoever is on call is really paged: users, teams and schedules as targets, over HTTP and through a crash. Delays are
seconds here; days and hours pass in virtual time in tests/actors/people_test.cpp."""
import time
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually, holds
from test_escalation import an_outage, instant, ladder


def a_person(world, receiver, name, *methods):
    """A user with verified webhooks: (id, hooks by name, methods by name)."""
    user = world.api.create("/api/users", {"email": f"{name.lower()}-{world.mark}@example.com", "name": name})["id"]
    hooks = {m: receiver.hook() for m in methods}
    made = {m: world.verified(user, hooks[m], name=m) for m in methods}
    return user, hooks, made


@pytest.fixture
def person(world, receiver):
    return lambda name, *methods: a_person(world, receiver, name, *methods)


def policy_of(world, *targets, delays=None, **more):
    steps = [{"key": f"s{i}", "delay_seconds": (delays or [0] * len(targets))[i], "targets": [{"type": t, "id": x}]}
             for i, (t, x) in enumerate(targets)]
    return world.api.create("/api/escalation-policies", {"name": world.name("policy"), "steps": steps, **more})


def lines(world, incident, kind):
    return [x["message"] for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == kind]


def test_the_person_on_call_is_paged_and_the_vacation_counts(world, api, target, person):
    ada, adas, _ = person("Ada", "mobile")
    bob, bobs, _ = person("Bob", "mobile")
    schedule = api.create("/api/schedules", {"name": world.name("Primary"), "time_zone": "Europe/Berlin", "layers": [
        {"key": "weekly", "name": "Weekly", "rotation": {"unit": "week", "length": 1, "anchor_local": "2026-03-23T09:00:00"},
         "members": [[ada], [ada]]}]})
    policy = policy_of(world, ("schedule", schedule["id"]))
    shown = api.get(f"/api/escalation-policies/{policy['id']}/oncall")["steps"][0]["recipients"]
    assert [(r["type"], r["user_id"], r["method"]) for r in shown] == [("schedule", ada, "webhook")]
    now = datetime.now(timezone.utc)
    api.call("POST", f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "replace", "end_at": (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "user_ids": [bob]},
        expect=201)
    _, incident = an_outage(world, target, policy)
    page = bobs["mobile"].expect("incident.escalated")
    assert page.event["data"]["oncall"] == [{"user_id": bob, "name": "Bob"}]
    holds(lambda: not adas["mobile"].of("incident.escalated"), during=1)
    assert any("Bob (webhook) told" in x for x in lines(world, incident, "escalated"))
    eventually(lambda: any("to Bob (webhook)" in x for x in lines(world, incident, "notified")))
    delivery = api.all("/api/deliveries", incident_id=incident["id"])[0] if "/api/deliveries" in api.spec["paths"] else None
    assert delivery is None or delivery["user_id"] in (bob, None)
    api.post(f"/api/incidents/{incident['id']}/resolve")
    bobs["mobile"].expect("incident.resolved")


def test_a_test_page_goes_the_way_of_a_real_one(world, api, person, receiver):
    ada, hooks, methods = person("Ada", "mobile", "desk", "pager")
    deaf = world.contact_method(ada, receiver.hook(), name="deaf")
    assert [r["contact_method_id"] for r in api.post(f"/api/users/{ada}/test")["routes"]] == [
        methods[m]["id"] for m in ("mobile", "desk", "pager")], "without rules by everything that is verified"
    for hook in hooks.values():
        assert hook.expect("channel.test").event["data"]["contact_method"]["user_id"] == ada
    rules = [api.create("/api/notification-rules", {"user_id": ada, "urgency": urgency, "delay_seconds": delay,
                                                    "contact_method_id": method["id"]})
             for urgency, delay, method in (("high", 600, methods["desk"]), ("high", 0, methods["mobile"]),
                                            ("high", 900, methods["mobile"]), ("high", 60, deaf),
                                            ("low", 0, methods["pager"]))]
    hooks["desk"].answer(500)
    seen = api.post(f"/api/users/{ada}/test", {"urgency": "high"})
    assert (seen["user_id"], seen["urgency"]) == (ada, "high")
    assert [(r["notification_rule_id"], r["delay_seconds"], r["usable"]) for r in seen["routes"]] == [
        (rules[1]["id"], 0, True), (rules[3]["id"], 60, False), (rules[0]["id"], 600, True), (rules[2]["id"], 900, True)]
    assert [r["attempt"] and r["attempt"]["succeeded"] for r in seen["routes"]] == [True, None, False, None]
    assert "not verified" in seen["routes"][1]["problem"] and "earlier rule" in seen["routes"][3]["problem"]
    assert seen["routes"][2]["attempt"]["response"]["status"] == 500
    hooks["mobile"].expect("channel.test")
    hooks["desk"].expect("channel.test")
    holds(lambda: len(hooks["mobile"].of("channel.test")) == len(hooks["desk"].of("channel.test")) == 2, during=1)
    low = api.post(f"/api/users/{ada}/test", {"urgency": "low"})["routes"]
    assert [(r["contact_method_id"], r["attempt"]["succeeded"]) for r in low] == [(methods["pager"]["id"], True)]
    hooks["pager"].expect("channel.test")
    api.call("POST", f"/api/users/{ada}/test?validate_only=true", {"urgency": "high"}, expect=204)
    holds(lambda: len(hooks["mobile"].of("channel.test")) == 2, during=0.5)
    nobody = api.create("/api/users", {"email": f"nobody-{world.mark}@example.com", "name": "Nobody"})["id"]
    api.call("POST", f"/api/users/{nobody}/test", expect=409)
    api.call("POST", f"/api/users/{nobody}/test", headers={"If-Match": '"7"'}, expect=412)
    api.call("POST", f"/api/users/{ada}/test", {"urgency": "none"}, expect=422)
    api.call("POST", "/api/users/usr_01jd9e6h6gf4g8w1q6v5q8z3ab/test", expect=404)


def test_a_simulation_over_a_change_of_clocks_names_the_right_people(world, api, person):
    ada, _, _ = person("Ada", "mobile")
    bob, _, _ = person("Bob", "mobile")
    schedule = api.create("/api/schedules", {"name": world.name("Primary"), "time_zone": "Europe/Berlin", "layers": [
        {"key": "weekly", "name": "Weekly", "rotation": {"unit": "week", "length": 1, "anchor_local": "2027-03-22T09:00:00"},
         "members": [[ada], [bob]]}]})
    policy = policy_of(world, ("schedule", schedule["id"]))
    who = lambda at: [r["user_id"] for c in api.post(f"/api/escalation-policies/{policy['id']}/simulate", {"at": at})["calls"]
                      for r in c["recipients"]]
    # Clocks change on 28 March 2027 at 01:00 UTC: the hand-off of the 29th is at 07:00 UTC, not at 08:00.
    assert who("2027-03-22T08:00:00Z") == [ada] and who("2027-03-22T07:59:59Z") == [bob]
    assert who("2027-03-29T06:59:59Z") == [ada] and who("2027-03-29T07:00:00Z") == [bob]
    api.call("POST", f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "replace", "start_at": "2027-03-28T00:00:00Z", "end_at": "2027-03-28T12:00:00Z", "user_ids": [bob],
        "reason": "vacation"}, expect=201)
    assert who("2027-03-28T00:30:00Z") == [bob] and who("2027-03-28T12:00:00Z") == [ada]


def test_follow_the_sun(world, api, person):
    sun = {zone: person(name, "mobile")[0] for zone, name in
           (("Asia/Tokyo", "Aiko"), ("Europe/London", "Beth"), ("America/New_York", "Carl"))}
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    targets = []
    for zone, user in sun.items():
        schedule = api.create("/api/schedules", {"name": world.name(zone), "time_zone": zone, "layers": [
            {"key": "day", "name": "Day", "rotation": {"unit": "day", "length": 1, "anchor_local": "2026-01-01T00:00:00"},
             "members": [[user]], "restrictions": [{"weekdays": days, "start": "09:00", "end": "17:00"}]}]})
        targets.append({"type": "schedule", "id": schedule["id"]})
    policy = api.create("/api/escalation-policies", {"name": world.name("sun"), "steps": [{"key": "one", "targets": targets}]})
    who = lambda at: [r["user_id"] for c in api.post(f"/api/escalation-policies/{policy['id']}/simulate", {"at": at})["calls"]
                      for r in c["recipients"] if r["user_id"]]
    assert who("2027-01-13T01:00:00Z") == [sun["Asia/Tokyo"]]
    assert who("2027-01-13T10:00:00Z") == [sun["Europe/London"]]
    assert who("2027-01-13T15:00:00Z") == [sun["Europe/London"], sun["America/New_York"]]
    assert who("2027-01-13T20:00:00Z") == [sun["America/New_York"]]
    assert who("2027-01-13T23:00:00Z") == []


def test_the_text_follows_the_mail_unless_somebody_has_taken_it(world, api, target, person):
    ada, hooks, methods = person("Ada", "mail", "text")
    for name, delay in (("mail", 0), ("text", 3)):
        api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": methods[name]["id"],
                                               "delay_seconds": delay})
    policy = policy_of(world, ("user", ada))
    monitor, incident = an_outage(world, target, policy)
    first = hooks["mail"].expect("incident.escalated")
    pending, = ladder(world, incident)["pending"]
    assert (pending["user_id"], pending["contact_method_id"], pending["delay_seconds"]) == (ada, methods["text"]["id"], 3)
    second = hooks["text"].expect("incident.escalated")
    assert abs(instant(second.event["timestamp"]) - instant(first.event["timestamp"]) - 3) < 1
    assert ladder(world, incident)["pending"] == []
    target.revive()
    world.wait_status(monitor, "up")
    for hook in hooks.values():
        hook.expect("incident.resolved")
    target.die()
    world.wait_status(monitor, "down")
    hooks["mail"].expect("incident.escalated")
    again = next(i for i in world.incidents(monitor) if i["state"] == "triggered")
    api.post(f"/api/incidents/{again['id']}/acknowledge")
    assert ladder(world, again)["pending"] == []
    holds(lambda: len(hooks["text"].of("incident.escalated")) == 1, during=4)


def test_nobody_takes_it_through_users_and_a_team_until_somebody_does(world, api, target, person):
    ada, adas, _ = person("Ada", "mobile")
    bob, bobs, _ = person("Bob", "mobile")
    team = api.create("/api/teams", {"name": world.name("Payments"), "members": [{"user_id": bob, "role": "manager"}]})
    policy = policy_of(world, ("user", ada), ("team", team["id"]), delays=[0, 2], ack_timeout_seconds=3)
    _, incident = an_outage(world, target, policy)
    adas["mobile"].expect("incident.escalated")
    bobs["mobile"].expect("incident.escalated")
    taken = api.post(f"/api/incidents/{incident['id']}/acknowledge")
    assert taken["acknowledged_by"].startswith("token:")
    bobs["mobile"].expect("incident.escalated", within=15)  # nobody resolved it in time: the step told last again
    api.post(f"/api/incidents/{incident['id']}/resolve")
    for hooks in (adas, bobs):
        hooks["mobile"].expect("incident.resolved")
    for path in (f"/api/teams/{team['id']}", f"/api/users/{ada}"):
        assert policy["id"] in api.call("DELETE", path, expect=409).json["blocked_by"]


def test_a_rule_that_there_is_already_is_a_conflict_by_key_too(world, api, person):
    ada, _, methods = person("Ada", "mobile")
    body = {"user_id": ada, "contact_method_id": methods["mobile"]["id"]}
    path = f"/api/notification-rules/by-key/{world.mark}"
    api.call("PUT", f"{path}.1", body, expect=201)
    assert "same user" in api.call("PUT", f"{path}.2", body, expect=409).json["detail"]
    api.call("GET", f"{path}.2", expect=404)
    api.call("PUT", f"{path}.1", {**body, "delay_seconds": 60}, expect=200)
    api.call("PUT", f"{path}.2", body, expect=201)


def test_who_leaves_takes_along_what_is_theirs_alone(world, api, target, person):
    ada, hooks, methods = person("Ada", "mobile")
    rule = api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": methods["mobile"]["id"]})
    schedule = api.create("/api/schedules", {"name": world.name("Named"), "layers": [
        {"key": "l", "name": "L", "rotation": {"unit": "week", "length": 1, "anchor_local": "2026-03-23T09:00:00"},
         "members": [[ada]]}]})
    other = api.create("/api/schedules", {"name": world.name("Overridden")})
    until = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    override = api.create(f"/api/schedules/{other['id']}/overrides", {"kind": "add", "end_at": until, "user_ids": [ada]})
    team = api.create("/api/teams", {"name": world.name("Team"), "members": [{"user_id": ada, "role": "responder"}]})
    policy = policy_of(world, ("user", ada))
    refused = api.call("DELETE", f"/api/users/{ada}", expect=409).json
    assert set(refused["blocked_by"]) == {schedule["id"], other["id"], team["id"], policy["id"]}
    assert api.get(f"/api/contact-methods/{methods['mobile']['id']}")["verified_at"], "nothing is gone yet"
    api.delete(f"/api/schedules/{other['id']}/overrides/{override['id']}")
    for noun, x in (("schedules", schedule), ("teams", team), ("escalation-policies", policy)):
        api.delete(f"/api/{noun}/{x['id']}")
    api.call("DELETE", f"/api/users/{ada}?validate_only=true", expect=204)
    assert api.get(f"/api/notification-rules/{rule['id']}") == rule
    api.delete(f"/api/users/{ada}")
    for path in (f"/api/users/{ada}", f"/api/contact-methods/{methods['mobile']['id']}",
                 f"/api/notification-rules/{rule['id']}"):
        eventually(lambda path=path: api.get(path, expect=404))
    assert api.all("/api/contact-methods", user_id=ada) == api.all("/api/notification-rules", user_id=ada) == []
    removed = {e["resource_type"] for e in api.all("/api/audit-log")
               if e["action"] == "delete" and e["resource_id"] in (ada, methods["mobile"]["id"], rule["id"])}
    assert removed == {"user", "contact_method", "notification_rule"}


def test_nobody_on_call_says_so_and_goes_on(world, api, target, person):
    bob, bobs, _ = person("Bob", "mobile")
    empty = api.create("/api/schedules", {"name": world.name("Empty")})
    silent = api.create("/api/users", {"email": f"silent-{world.mark}@example.com", "name": "Silent"})["id"]
    policy = policy_of(world, ("schedule", empty["id"]), ("user", silent), ("user", bob), delays=[0, 300, 300])
    _, incident = an_outage(world, target, policy)
    bobs["mobile"].expect("incident.escalated")
    said = " ".join(lines(world, incident, "escalation_skipped"))
    assert f"Nobody is on call by the schedule {empty['name']}." in said
    assert "Silent has no verified contact method" in said
    assert policy["id"] in api.call("DELETE", f"/api/schedules/{empty['id']}", expect=409).json["blocked_by"]


def test_an_unverified_method_is_never_used(world, api, target, person, receiver):
    ada, hooks, _ = person("Ada", "mobile")
    quiet = receiver.hook()
    unproved = world.contact_method(ada, quiet)
    api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": unproved["id"]})
    policy = policy_of(world, ("user", ada))
    an_outage(world, target, policy)
    hooks["mobile"].expect("incident.escalated")  # no rule leads anywhere, so by what does
    holds(lambda: not quiet.attempts, during=1.5)


def test_a_page_that_is_owed_outlives_the_engine(own_world, engine, target, receiver):
    world, api = own_world, own_world.api
    ada = api.create("/api/users", {"email": "ada@example.com", "name": "Ada"})["id"]
    mail, text = receiver.hook(), receiver.hook()
    made = [world.verified(ada, mail), world.verified(ada, text)]
    for method, delay in zip(made, (0, 8)):
        api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": method["id"], "delay_seconds": delay})
    policy = policy_of(world, ("user", ada))
    _, incident = an_outage(world, target, policy)
    mail.expect("incident.escalated")
    owed, = eventually(lambda: ladder(world, incident)["pending"])
    engine.kill()
    time.sleep(1)
    engine.start()
    assert ladder(world, incident)["pending"] == [owed]
    page = text.expect("incident.escalated", within=20)
    assert instant(page.event["timestamp"]) >= instant(owed["at"]) - 0.001
    holds(lambda: len({a.id for a in text.of("incident.escalated")}) == 1 and
          len({a.id for a in mail.of("incident.escalated")}) == 1, during=2)
    assert ladder(world, incident)["pending"] == []


def test_the_severity_of_the_rule_chooses_the_notification_rules(world, api, target, person):
    ada, hooks, methods = person("Ada", "mail", "text")
    for name, urgency in (("mail", "low"), ("text", "high")):
        api.create("/api/notification-rules", {"user_id": ada, "contact_method_id": methods[name]["id"], "urgency": urgency})
    policy = policy_of(world, ("user", ada))
    an_outage(world, target, policy, severity="warning")
    hooks["mail"].expect("incident.escalated")
    holds(lambda: not hooks["text"].of("incident.escalated"), during=1)
    low = api.post(f"/api/escalation-policies/{policy['id']}/simulate", {"severity": "info"})["calls"][0]["recipients"]
    high = api.post(f"/api/escalation-policies/{policy['id']}/simulate", {})["calls"][0]["recipients"]
    assert [r["contact_method_id"] for r in low] == [methods["mail"]["id"]]
    assert [r["contact_method_id"] for r in high] == [methods["text"]["id"]]


def test_people_are_configuration_too(shared_engine, world, receiver):
    from harness.api import Api
    _, secret = shared_engine.run("org", "create", "--name", f"people-{world.mark}", "--plan", "self_hosted").stdout.split()
    api = Api(shared_engine, secret)
    ada = api.create("/api/users", {"email": "ada@example.com", "name": "Ada"})["id"]
    document = {"format": 1, "contact_methods": [
        {"key": "ada.mobile", "user_id": ada, "name": "Mobile", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}}],
        "notification_rules": [{"key": "ada.high", "user_id": ada, "contact_method_id": "key:ada.mobile", "delay_seconds": 60}],
        "teams": [{"key": "payments", "name": "Payments", "members": [{"user_id": ada}]}],
        "schedules": [{"key": "primary", "name": "Primary"}],
        "escalation_policies": [{"key": "night", "name": "Night", "steps": [{"key": "one", "targets": [
            {"type": "schedule", "id": "key:primary"}, {"type": "team", "id": "key:payments"}, {"type": "user", "id": ada}]}]}]}
    assert api.call("PUT", "/api/config", document, expect=200).json["summary"]["create"] == 5
    exported = api.call("GET", "/api/export?format=json", expect=200)
    shown = exported.json
    assert shown["notification_rules"][0]["contact_method_id"] == "key:ada.mobile"
    assert [t["id"] for t in shown["escalation_policies"][0]["steps"][0]["targets"]] == ["key:primary", "key:payments", ada]
    again = api.call("PUT", "/api/config", exported.raw, expect=200).json
    assert again["changes"] == []
    pruned = api.call("PUT", "/api/config?prune=true", {"format": 1, "contact_methods": [], "notification_rules": []}, expect=200)
    assert pruned.json["summary"]["delete"] == 2
    assert api.all("/api/contact-methods") == []
