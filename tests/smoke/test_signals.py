"""Incidents that are opened by hand or pushed in, and what people do to incidents beyond taking and ending them."""
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from harness.waiting import eventually, holds


def inbox(world, **more):
    """A manual monitor that is up."""
    monitor = world.api.create("/api/monitors", {"name": world.name("inbox"), "type": "manual", "manual": more})
    return world.wait_status(monitor, "up")


def by_hand(world, monitor, title="Import is late", expect=201, **more):
    return world.api.call("POST", "/api/incidents", {"monitor_id": monitor["id"], "title": title, **more},
                          expect=expect).json


def push(world, monitor, body, expect=202):
    """The document has our own format; what is in another's is sent as it is."""
    foreign = isinstance(body, dict) and ("alerts" in body or "event_action" in body)
    sent = json.dumps(body).encode() if foreign else body
    return world.api.call("POST", urlsplit(monitor["inbound_url"]).path, sent, token=None, expect=expect).json


def told(hook, *types):
    """Of each type one more, or several by their number: `("incident.opened", 2)`."""
    for wanted in types:
        kind, count = wanted if isinstance(wanted, tuple) else (wanted, 1)
        for _ in range(count):
            hook.expect(kind, within=20)


def one(world, incident):
    return world.api.get(f"/api/incidents/{incident['id']}")


def kinds(world, incident):
    return [x["kind"] for x in world.api.all(f"/api/incidents/{incident['id']}/timeline")]


def act(world, incident, verb, body=None, **how):
    return world.api.post(f"/api/incidents/{incident['id']}/{verb}", body, **how)


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_one_is_opened_by_hand_once(world, api, receiver):
    hook = receiver.hook()
    monitor = inbox(world)
    world.rule([monitor], [world.channel(hook)], severity="warning")
    key = {"Idempotency-Key": world.mark}
    body = {"monitor_id": monitor["id"], "title": "Import is late", "dedup_key": "import", "details": {"rows": [0]},
            "message": "Nothing since two.", "runbook_url": "https://wiki.example.com/import"}
    api.call("POST", "/api/incidents?validate_only=true", body, expect=204)
    assert not world.incidents(monitor)
    made = api.call("POST", "/api/incidents", body, headers=key, expect=201)
    incident = made.json
    assert made.headers["location"] == f"/api/incidents/{incident['id']}"
    assert api.call("POST", "/api/incidents", body, headers=key, expect=201).raw == made.raw
    assert incident["source"] == "manual" and incident["severity"] == "warning", "the rules say how bad it is"
    assert incident["details"] == {"rows": [0]} and incident["cause"]["code"] == "reported"
    seen = hook.expect("incident.opened").event["data"]
    assert seen["incident"]["id"] == incident["id"] and seen["monitor"]["status"] == "down"
    assert world.status(monitor) == "down"
    again = by_hand(world, monitor, dedup_key="import", details={"rows": [1]}, expect=200)
    assert again["id"] == incident["id"] and again["details"] == {"rows": [1]}
    assert kinds(world, incident).count("repeated") == 1
    assert len(world.incidents(monitor)) == 1
    act(world, incident, "resolve")
    hook.expect("incident.resolved")
    world.wait_status(monitor, "up")
    assert by_hand(world, monitor, dedup_key="import")["id"] != incident["id"], "what is over is over"
    told(hook, "incident.opened")
    actions = [x["action"] for x in api.all("/api/audit-log", resource_id=incident["id"])]
    assert sorted(actions) == ["create", "resolve", "update"]


def test_on_a_monitor_that_checks_it_does_not_end_with_the_recovery(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    mine = by_hand(world, monitor, title="Customers complain")
    assert world.status(monitor) == "up", "its status is what its checks say"
    target.die()
    world.wait_status(monitor, "down")
    target.revive()
    world.wait_status(monitor, "up")
    assert one(world, mine)["state"] == "triggered"
    failure = next(x for x in world.incidents(monitor) if x["id"] != mine["id"])
    assert failure["state"] == "resolved" and failure["source"] == "monitor"
    api.post(f"/api/monitors/{monitor['id']}/pause")
    assert one(world, mine)["state"] == "resolved", "a pause resolves all"
    by_hand(world, monitor, expect=409)
    told(hook, ("incident.opened", 2), ("incident.resolved", 2))


def test_what_is_wrong_with_a_request_is_said_at_once(world, api):
    problem = api.post("/api/incidents", {"title": "", "severity": "bad", "details": [], "runbook_url": "ftp://x"},
                       expect=422)
    assert {e["pointer"] for e in problem["errors"]} == {"/monitor_id", "/title", "/severity", "/details",
                                                         "/runbook_url"}
    gone = api.post("/api/incidents", {"monitor_id": "mon_01kdz0c3v8e7q9b5n2m4x6y8za", "title": "x"}, expect=422)
    assert gone["errors"][0]["pointer"] == "/monitor_id"


def test_title_and_severity_can_be_changed_while_it_is_open(world, api, receiver):
    monitor = inbox(world)
    incident = by_hand(world, monitor, severity="critical", dedup_key="k")
    changed = api.patch(f"/api/incidents/{incident['id']}", {"severity": "info", "title": "Not so bad"})
    assert (changed["severity"], changed["title"]) == ("info", "Not so bad")
    by_hand(world, monitor, dedup_key="k", severity="critical", expect=200)
    assert one(world, incident)["severity"] == "info", "a repetition does not undo that"
    assert kinds(world, incident).count("changed") == 1
    act(world, incident, "resolve")
    api.patch(f"/api/incidents/{incident['id']}", {"severity": "info"}, expect=409)


# -- snooze, reopen, merge --------------------------------------------------------------------------------------------


def climbing(world, receiver, delays=(0, 1)):
    """A manual monitor whose incidents climb a policy of two receivers; and the receivers."""
    hooks = [receiver.hook() for _ in delays]
    policy = world.policy([world.channel(h) for h in hooks], delays=delays)
    monitor = inbox(world)
    world.rule([monitor], [], escalation_policy_id=policy["id"])
    return monitor, hooks


def test_a_snoozed_one_stands_still_and_goes_on_through_a_crash(own_world, engine, receiver):
    world = own_world
    monitor, (first, second) = climbing(world, receiver, delays=(0, 2))
    incident = by_hand(world, monitor)
    first.expect("incident.escalated")
    before = time.time()
    snoozed = act(world, incident, "snooze", {"seconds": 6, "note": "After lunch."})
    assert snoozed["snoozed_until"] and snoozed["state"] == "triggered"
    assert snoozed["escalations"][0]["due_at"] is None
    engine.restart()
    holds(lambda: not second.attempts, during=2.5)  # it would have been told by now
    again = first.expect("incident.escalated", within=20)
    assert time.time() - before >= 5.9
    now = again.event["data"]["incident"]
    assert now["snoozed_until"] is None and now["state"] == "triggered"
    second.expect("incident.escalated", within=15)
    assert [k for k in kinds(world, incident) if "snooze" in k] == ["snoozed", "snooze_ended"]
    act(world, incident, "resolve")
    told(first, "incident.resolved")
    told(second, "incident.resolved")


def test_an_acknowledgement_ends_a_snooze(world, receiver):
    monitor, (first, second) = climbing(world, receiver, delays=(0, 600))
    incident = by_hand(world, monitor)
    first.expect("incident.escalated")
    act(world, incident, "acknowledge")
    act(world, incident, "snooze", {"seconds": 3600})
    taken = act(world, incident, "acknowledge")
    assert taken["snoozed_until"] is None and taken["state"] == "acknowledged"
    act(world, incident, "snooze", {"seconds": 3600})
    back = act(world, incident, "unacknowledge")
    assert back["snoozed_until"] is None and back["escalations"][0]["state"] == "running"
    told(first, "incident.escalated")
    act(world, incident, "resolve")
    told(first, "incident.resolved")
    act(world, incident, "snooze", {"seconds": 60}, expect=409)
    for body in ({}, {"seconds": 0}, {"seconds": 60, "until": "2099-01-01T00:00:00Z"},
                 {"until": "2001-01-01T00:00:00Z"}, {"until": "2099-01-01T00:00:00Z"}):
        act(world, incident, "snooze", body, expect=422)


def test_a_reopened_one_climbs_anew(world, api, receiver):
    monitor, (first, second) = climbing(world, receiver, delays=(0, 600))
    listener = receiver.hook()
    world.rule([monitor], [world.channel(listener)])
    incident = by_hand(world, monitor, dedup_key="k")
    first.expect("incident.escalated")
    act(world, incident, "reopen", expect=409)
    act(world, incident, "resolve")
    first.expect("incident.resolved")
    world.wait_status(monitor, "up")
    opened = act(world, incident, "reopen", {"note": "It is back."})
    assert opened["state"] == "triggered" and opened["resolved_at"] is None
    ladder, = opened["escalations"]
    assert ladder["state"] == "running" and ladder["last"] is None
    told(first, "incident.escalated")
    told(listener, "incident.opened", "incident.resolved")
    assert listener.expect("incident.reopened").event["data"]["incident"]["id"] == incident["id"]
    world.wait_status(monitor, "down")
    act(world, incident, "resolve")
    told(first, "incident.resolved")
    told(listener, "incident.resolved")
    other = by_hand(world, monitor, dedup_key="k")
    act(world, incident, "reopen", expect=409)
    told(first, "incident.escalated")
    act(world, other, "resolve")
    told(first, "incident.resolved")
    told(listener, "incident.opened", "incident.resolved")
    assert [k for k in kinds(world, incident) if k in ("resolved", "reopened")] == ["resolved", "reopened", "resolved"]
    assert "reopen" in [x["action"] for x in api.all("/api/audit-log", resource_id=incident["id"])]
    assert not second.attempts


def test_a_reopened_failure_recovers_with_its_monitor(world, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    target.die()
    incident = world.wait_status(monitor, "down")["open_incident_id"]
    act(world, {"id": incident}, "resolve")
    act(world, {"id": incident}, "reopen")
    assert world.wait_status(monitor, "down")["open_incident_id"] == incident
    target.revive()
    world.wait_status(monitor, "up")
    assert one(world, {"id": incident})["state"] == "resolved"
    act(world, {"id": incident}, "reopen")  # and now it is an incident of its own
    target.die()
    other = world.wait_status(monitor, "down")["open_incident_id"]
    assert other != incident
    target.revive()
    world.wait_status(monitor, "up")
    assert one(world, {"id": incident})["state"] == "triggered"
    act(world, {"id": incident}, "resolve")


def test_two_become_one(world, api, receiver):
    hook = receiver.hook()
    monitor, other = inbox(world), inbox(world)
    world.rule([monitor, other], [world.channel(hook)])
    one_, two = by_hand(world, monitor, title="Shop is slow", dedup_key="a"), by_hand(world, other, title="Disk is full")
    merged = act(world, one_, "merge", {"into": two["id"], "note": "Same cause."})
    assert merged["state"] == "resolved" and merged["merged_into"] == two["id"]
    told(hook, ("incident.opened", 2))
    assert hook.expect("incident.resolved").event["data"]["incident"]["merged_into"] == two["id"]
    world.wait_status(monitor, "up")
    lines = api.all(f"/api/incidents/{two['id']}/timeline")
    assert "Shop is slow" in next(x for x in lines if x["kind"] == "merged")["message"]
    mine = next(x for x in api.all(f"/api/incidents/{one_['id']}/timeline") if x["kind"] == "merged")
    assert "Disk is full" in mine["message"] and "Same cause." in mine["message"]
    act(world, one_, "merge", {"into": two["id"]}, expect=409)
    act(world, two, "merge", {"into": one_["id"]}, expect=409)
    act(world, two, "merge", {"into": two["id"]}, expect=422)
    act(world, two, "merge", {"into": "inc_01kdz0c3v8e7q9b5n2m4x6y8za"}, expect=422)
    assert by_hand(world, monitor, dedup_key="a")["id"] != one_["id"], "a later failure opens a new one"
    told(hook, "incident.opened")
    assert one(world, two)["state"] == "triggered"
    assert "merge" in [x["action"] for x in api.all("/api/audit-log", resource_id=one_["id"])]


# -- pushed in --------------------------------------------------------------------------------------------------------


def test_our_own_format(world, api):
    monitor = inbox(world)
    report = push(world, monitor, {"title": "Import is late", "dedup_key": "i", "severity": "error",
                                   "details": {"rows": 0}})
    answer, = report["incidents"]
    assert report["dedup_key"] == "i" and answer["outcome"] == "opened" and answer["state"] == "triggered"
    incident = {"id": answer["incident_id"]}
    assert push(world, monitor, {"title": "Import is late", "dedup_key": "i", "details": {"rows": 0}})["incidents"][0] \
        == {**answer, "outcome": "repeated"}
    assert kinds(world, incident).count("repeated") == 0, "nothing new was said"
    push(world, monitor, {"title": "Import is late", "dedup_key": "i", "details": {"rows": 7}})
    assert kinds(world, incident).count("repeated") == 1 and one(world, incident)["details"] == {"rows": 7}
    assert push(world, monitor, {"action": "acknowledge", "dedup_key": "i"})["incidents"][0]["outcome"] == "acknowledged"
    assert one(world, incident)["acknowledged_by"] == "inbound"
    assert push(world, monitor, {"action": "resolve", "dedup_key": "i"})["incidents"][0]["outcome"] == "resolved"
    unknown, = push(world, monitor, {"action": "resolve", "dedup_key": "i"})["incidents"]
    assert unknown["outcome"] == "unknown" and unknown["incident_id"] is None
    world.wait_status(monitor, "up")
    keyless = push(world, monitor, {"title": "No key"})
    push(world, monitor, {"action": "resolve", "dedup_key": keyless["dedup_key"]})
    world.wait_status(monitor, "up")
    problem = push(world, monitor, {"action": "resolve", "severity": "x"}, expect=422)
    assert {e["pointer"] for e in problem["errors"]} == {"/severity"} or {e["pointer"] for e in problem["errors"]} == \
        {"/severity", "/dedup_key"}
    push(world, monitor, b"{", expect=400)


def test_pagerduty_format(world, api):
    monitor = inbox(world)
    event = {"routing_key": "R0", "event_action": "trigger", "dedup_key": "pd", "client": "Nagios",
             "client_url": "https://nagios.example.com/",
             "payload": {"summary": "DISK\nis full", "severity": "critical", "source": "db-1",
                         "timestamp": "2026-01-31T12:00:00.123+0100", "custom_details": {"free": "1%"}}}
    report = push(world, monitor, event)
    assert report["status"] == "success" and report["dedup_key"] == "pd"
    incident = one(world, {"id": report["incidents"][0]["incident_id"]})
    assert incident["title"] == "DISK is full" and incident["severity"] == "critical"
    assert incident["details"]["custom_details"] == {"free": "1%"} and incident["details"]["source"] == "db-1"
    assert incident["runbook_url"] == "https://nagios.example.com/"
    assert push(world, monitor, {"event_action": "acknowledge", "dedup_key": "pd"})["incidents"][0]["outcome"] == "acknowledged"
    assert push(world, monitor, {"event_action": "resolve", "dedup_key": "pd"})["incidents"][0]["outcome"] == "resolved"
    problem = push(world, monitor, {"event_action": "trigger", "payload": {}}, expect=422)
    assert problem["errors"][0]["pointer"] == "/payload/summary"


def alert(name, status="firing", **more):
    return {"status": status, "labels": {"alertname": name, "severity": "warning"}, "annotations": {},
            "startsAt": "2026-01-31T12:00:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus/graph", "fingerprint": f"fp-{name}", **more}


def group(*alerts, **more):
    return {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "r", "groupLabels": {},
            "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://am", "truncatedAlerts": 0,
            "alerts": list(alerts), **more}


def test_a_storm_of_repeats_is_one_incident_each(world, api, receiver):
    hook = receiver.hook()
    monitor = inbox(world)
    world.rule([monitor], [world.channel(hook)])
    storm = group(*(alert(f"a{i}") for i in range(50)))
    for _ in range(20):
        report = push(world, monitor, storm)
        assert len(report["incidents"]) == 50
    assert len(world.incidents(monitor)) == 50
    told(hook, ("incident.opened", 50))
    assert len(api.all("/api/events", incident_id=report["incidents"][0]["incident_id"])) == 1
    push(world, monitor, group(*(alert(f"a{i}", "resolved") for i in range(50))))
    world.wait_status(monitor, "up")
    assert all(x["state"] == "resolved" for x in world.incidents(monitor))
    told(hook, ("incident.resolved", 50))
    for body in (group(alert("x"), version="3"), group(alert("x", "burning")), group({"status": "firing"}),
                 {"alerts": {}, "version": "4"}):
        push(world, monitor, body, expect=422)


def test_beyond_a_thousand_open_ones_the_sender_is_told_to_come_back(world, api):
    monitor = inbox(world)
    for part in range(0, 1000, 250):
        push(world, monitor, group(*(alert(f"a{i}") for i in range(part, part + 250))))
    problem = push(world, monitor, group(alert("a0", "resolved"), alert("b0"), alert("b1")), expect=503)
    assert problem["code"] == "busy"
    states = {x["dedup_key"]: x["state"] for x in world.incidents(monitor)}
    assert states["fp-a0"] == "resolved" and states["fp-b0"] == "triggered" and "fp-b1" not in states
    by_hand(world, monitor, expect=503)
    push(world, monitor, group(alert("a1", "resolved"), alert("b0"), alert("b1")))
    api.post(f"/api/monitors/{monitor['id']}/reset")
    world.wait_status(monitor, "up")


def test_a_key_that_is_none_tells_nothing(world, api, target):
    job = world.heartbeat()
    key = urlsplit(job["ping_url"]).path.split("/")[-1]
    for path in ("/in/nothing", f"/in/{key}"):
        for body in ({"title": "x"}, {"wrong": 1}):
            answer = api.call("POST", path, body, token=None, expect=404)
            assert answer.json["detail"] == "No such inbound URL."
    monitor = inbox(world)
    path = urlsplit(monitor["inbound_url"]).path
    assert api.send("POST", path.replace("/in/", "/ping/"), token=None).status == 404
    assert api.send("GET", path, token=None).status == 405
    api.post(f"/api/monitors/{monitor['id']}/pause")
    api.call("POST", path, {"title": "x"}, token=None, expect=409)
    api.delete(f"/api/monitors/{monitor['id']}")
    api.call("POST", path, {"title": "x"}, token=None, expect=404)


def test_nothing_is_checked(world, api):
    monitor = inbox(world)
    assert monitor["next_check_at"] is None and monitor["ping_url"] is None
    api.post(f"/api/monitors/{monitor['id']}/run", expect=409)
    api.post(f"/api/monitors/{monitor['id']}/test", expect=409)
    api.call("POST", "/api/monitors", {"name": "x", "type": "manual", "manual": {}, "failure_threshold": 3}, expect=422)
    api.call("POST", "/api/monitors", {"name": "x", "type": "manual"}, expect=422)
    by_hand(world, monitor)
    world.wait_status(monitor, "down")
    reset = api.post(f"/api/monitors/{monitor['id']}/reset")
    assert reset["status"] == "up" and reset["inbound_url"] == monitor["inbound_url"]
    assert world.incidents(monitor)[0]["state"] == "resolved"
    api.post(f"/api/monitors/{monitor['id']}/pause")
    world.wait_status(monitor, "paused")
    api.post(f"/api/monitors/{monitor['id']}/resume")
    world.wait_status(monitor, "up")


def test_what_was_pushed_in_survives_a_crash(own_world, engine, receiver):
    world, hook = own_world, receiver.hook()
    monitor = inbox(world)
    world.rule([monitor], [world.channel(hook)])
    answers = push(world, monitor, group(alert("a"), alert("b")))["incidents"]
    engine.restart()
    assert world.status(monitor) == "down"
    repeated = push(world, monitor, group(alert("a"), alert("b")))["incidents"]
    assert [(x["incident_id"], x["outcome"]) for x in repeated] == [(x["incident_id"], "repeated") for x in answers]
    push(world, monitor, group(alert("a", "resolved"), alert("b", "resolved")))
    world.wait_status(monitor, "up")
    told(hook, ("incident.opened", 2), ("incident.resolved", 2))


# -- another URL ------------------------------------------------------------------------------------------------------


def test_an_inbound_url_is_rotated_and_both_are_good_for_a_while(world, api, receiver):
    hook = receiver.hook()
    monitor = inbox(world)
    world.rule([monitor], [world.channel(hook)])
    path = f"/api/monitors/{monitor['id']}/url/rotate"
    api.call("POST", path + "?validate_only=true", {"overlap_seconds": 60}, expect=204)
    assert api.get(f"/api/monitors/{monitor['id']}")["inbound_url"] == monitor["inbound_url"]
    rotated = api.post(path, {"overlap_seconds": 2}, headers={"If-Match": '"1"'})
    assert rotated["inbound_url"] != monitor["inbound_url"] and rotated["version"] == 2
    assert api.get(f"/api/monitors/{monitor['id']}") == rotated
    push(world, monitor, {"action": "trigger", "dedup_key": "a", "title": "By the old one"})
    push(world, rotated, {"action": "trigger", "dedup_key": "b", "title": "By the new one"})
    told(hook, ("incident.opened", 2))
    eventually(lambda: push(world, monitor, {"action": "resolve", "dedup_key": "a"}, expect=404), within=15)
    push(world, rotated, {"action": "resolve", "dedup_key": "a"})
    api.call("POST", path, {"overlap_seconds": 60}, headers={"If-Match": '"1"'}, expect=412)
    at_once = api.post(path, {"overlap_seconds": 0})
    push(world, rotated, {"action": "resolve", "dedup_key": "b"}, expect=404)
    push(world, at_once, {"action": "resolve", "dedup_key": "b"})
    told(hook, ("incident.resolved", 2))
    api.call("POST", path, {"overlap_seconds": 604_801}, expect=422)
    entry = next(e for e in api.all("/api/audit-log") if e["resource_id"] == monitor["id"] and e["action"] == "rotate")
    assert entry["resource_type"] == "monitor"


def test_a_third_url_ends_the_first_and_both_outlive_a_restart(own_world, engine):
    world, api = own_world, own_world.api
    first = inbox(world)
    path = f"/api/monitors/{first['id']}/url/rotate"
    second = api.post(path)  # a day
    third = api.post(path)
    engine.restart()
    world.wait_status(first, "up")
    push(world, first, {"action": "resolve", "dedup_key": "x"}, expect=404)
    for monitor in (second, third):
        push(world, monitor, {"action": "resolve", "dedup_key": "x"})
    api.delete(f"/api/monitors/{first['id']}")
    for monitor in (second, third):
        push(world, monitor, {"action": "resolve", "dedup_key": "x"}, expect=404)


def test_a_job_pings_by_either_url(world, api, target):
    job = world.heartbeat(period=60, grace=60)
    world.ping(job)
    world.wait_status(job, "up")
    rotated = api.post(f"/api/monitors/{job['id']}/url/rotate", {"overlap_seconds": 600})
    for either in (job, rotated, job):
        before = api.get(f"/api/monitors/{job['id']}")["last_checked_at"]
        world.ping(either)
        eventually(lambda before=before: api.get(f"/api/monitors/{job['id']}")["last_checked_at"] > before)
    world.ping(job, "/fail")
    world.wait_status(job, "down")
    world.ping(rotated)
    world.wait_status(job, "up")
    api.call("POST", f"/api/monitors/{world.monitor(target)['id']}/url/rotate", expect=409)


# -- merged -----------------------------------------------------------------------------------------------------------


def test_of_a_merge_and_a_resolve_at_once_the_merge_has_an_open_one_or_nothing(world, api):
    monitors = inbox(world), inbox(world)
    for n in range(8):
        x, into = (by_hand(world, m, title=f"{n}") for m in monitors)
        with ThreadPoolExecutor(2) as pool:
            merged = pool.submit(api.send, "POST", f"/api/incidents/{x['id']}/merge", {"into": into["id"]})
            resolved = pool.submit(api.send, "POST", f"/api/incidents/{into['id']}/resolve", {})
        assert resolved.result().status == 200
        now, other = one(world, x), one(world, into)
        if merged.result().status == 200:
            assert (now["state"], now["merged_into"], other["state"]) == ("resolved", into["id"], "resolved")
        else:
            assert merged.result().status == 409 and (now["state"], now["merged_into"]) == ("triggered", None)
            act(world, x, "resolve")
