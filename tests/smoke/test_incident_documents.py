"""Notes, post-mortems, and what is learned of how incidents were handled."""
import time

import pytest

from harness.waiting import eventually


def an_incident(world, title="Nightly import is late", **more):
    """A manual monitor and an incident of it, opened by hand."""
    monitor = world.api.create("/api/monitors", {"name": world.name("inbox"), "type": "manual", "manual": {}})
    world.wait_status(monitor, "up")
    incident = world.api.call("POST", "/api/incidents", {"monitor_id": monitor["id"], "title": title, **more},
                              expect=201).json
    return monitor, incident


def timeline(api, incident):
    return api.all(f"/api/incidents/{incident['id']}/timeline")


def test_notes_are_lines_of_the_timeline_as_they_are_now(world, api):
    _, incident = an_incident(world)
    path = f"/api/incidents/{incident['id']}/notes"
    made = api.call("POST", path, {"text": "Looking at **the pool**."}, expect=201)
    note = made.json
    assert made.headers["location"] == f"{path}/{note['id']}"
    assert note["author"].startswith("token:tok_") and note["incident_id"] == incident["id"]
    second = api.call("POST", path, {"text": "Restarted it."}, headers={"Idempotency-Key": world.mark}, expect=201)
    again = api.call("POST", path, {"text": "Restarted it."}, headers={"Idempotency-Key": world.mark}, expect=201)
    assert again.json == second.json
    assert [n["text"] for n in api.all(path)] == ["Looking at **the pool**.", "Restarted it."]
    changed = api.patch(f"{path}/{note['id']}", {"text": "It was the pool."})
    assert changed["text"] == "It was the pool." and changed["updated_at"] >= note["updated_at"]
    api.delete(f"{path}/{second.json['id']}")
    api.delete(f"{path}/{second.json['id']}", expect=404)
    lines = [(x["message"], x["note_id"]) for x in timeline(api, incident) if x["kind"] == "note"]
    assert lines == [("It was the pool.", note["id"]), ("A note that was deleted.", None)]
    for entry, action in zip(api.all("/api/audit-log", resource_id=note["id"], sort="at"), ("create", "update")):
        assert entry["resource_type"] == "incident_note" and entry["action"] in ("create", "update")


@pytest.mark.parametrize("body, codes", [({}, {"/text": "required"}), ({"text": ""}, {"/text": "too_short"}),
                                         ({"text": "ü" * 10241}, {"/text": "too_long"}),
                                         ({"txt": "x"}, {"/txt": "unknown_property", "/text": "required"})])
def test_what_is_no_note_is_refused(world, api, body, codes):
    _, incident = an_incident(world)
    problem = api.post(f"/api/incidents/{incident['id']}/notes", body, expect=422)
    assert {e["pointer"]: e["code"] for e in problem["errors"]} == codes


def test_a_post_mortem_is_drafted_written_and_replaced(world, api):
    _, incident = an_incident(world, title="# Not a heading")
    base = f"/api/incidents/{incident['id']}"
    api.get(f"{base}/postmortem", expect=404)
    api.post(f"{base}/acknowledge", {"note": "On it."})
    api.call("POST", f"{base}/notes", {"text": "line one\n# line two"}, expect=201)
    api.post(f"{base}/resolve")
    draft = api.get(f"{base}/postmortem/draft")
    assert draft["markdown"].startswith("# \\# Not a heading\n") and not draft["truncated"]
    assert "line one \\# line two" in draft["markdown"] and "On it." in draft["markdown"]
    spec = {"summary": draft["summary"], "impact": draft["impact"], "root_cause": "A full disk.", "actions": ["Watch it"]}
    first = api.put(f"{base}/postmortem", spec)
    assert {k: first[k] for k in spec} == spec
    time.sleep(0.01)  # so that the two times can differ
    second = api.put(f"{base}/postmortem", {"root_cause": "A full disk, again."})
    assert second["actions"] == [] and second["summary"] == "" and second["created_at"] == first["created_at"]
    assert second["updated_at"] > first["updated_at"]
    assert api.get(f"{base}/postmortem") == second
    api.call("PUT", f"{base}/postmortem?validate_only=true", spec, expect=204)
    assert api.get(f"{base}/postmortem") == second
    api.put(f"{base}/postmortem", {"actions": [""], "sumary": "x"}, expect=422)
    api.delete(f"{base}/postmortem")
    api.delete(f"{base}/postmortem", expect=404)
    actions = [x["action"] for x in api.all("/api/audit-log", resource_type="postmortem", resource_id=incident["id"])]
    assert sorted(actions) == ["create", "delete", "update"]


def test_the_response_is_measured(own_world, engine):
    world, api = own_world, own_world.api
    monitor, first = an_incident(world, severity="error", dedup_key="a")
    others = [api.call("POST", "/api/incidents", {"monitor_id": monitor["id"], "title": "t", "severity": "info"},
                       expect=201).json for _ in range(3)]
    api.post(f"/api/incidents/{first['id']}/acknowledge")
    api.post(f"/api/incidents/{first['id']}/unacknowledge")  # the first acknowledgement counts
    for x in [first, others[0]]:
        api.post(f"/api/incidents/{x['id']}/resolve")
    # Known times: the rows say when what happened.
    engine.sql(f"UPDATE incidents SET opened_at = resolved_at - interval '100 s' WHERE title = 'Nightly import is late'")
    engine.sql(f"UPDATE incident_timeline t SET at = i.opened_at + interval '40 s' FROM incidents i "
               f"WHERE t.incident_id = i.id AND t.kind = 'acknowledged'")
    engine.sql(f"UPDATE incidents SET opened_at = resolved_at - interval '300 s' WHERE title = 't' AND state = 'resolved'")
    total = api.get("/api/incidents/metrics")["total"]
    assert (total["incidents"], total["open"], total["key"]) == (4, 2, None)
    assert total["to_acknowledge"] == {"count": 1, "mean_seconds": 40, "median_seconds": 40, "p95_seconds": 40}
    assert total["to_resolve"] == {"count": 2, "mean_seconds": 200, "median_seconds": 200, "p95_seconds": 290}
    grouped = {by: api.get("/api/incidents/metrics", group_by=by)["groups"]
               for by in ("severity", "monitor", "acknowledged_by", "policy")}
    assert [(g["key"], g["incidents"]) for g in grouped["severity"]] == [("info", 3), ("error", 1)]
    assert [(g["key"], g["incidents"]) for g in grouped["monitor"]] == [(monitor["id"], 4)]
    assert [(g["key"], g["incidents"]) for g in grouped["policy"]] == [(None, 4)]
    people = {g["key"]: g["incidents"] for g in grouped["acknowledged_by"]}
    assert people.pop(None) == 3 and len(people) == 1 and next(iter(people)).startswith("token:tok_")
    none = api.get("/api/incidents/metrics", monitor_id="mon_01kdz0c3v8e7q9b5n2m4x6y8za")
    assert none["total"]["incidents"] == 0 and none["total"]["to_resolve"]["mean_seconds"] is None
    wrong = api.get("/api/incidents/metrics", expect=422, group_by="moon", to="2001-01-01T00:00:00Z",
                    **{"from": "2002-01-01T00:00:00Z"})
    assert {e["pointer"] for e in wrong["errors"]} == {"group_by", "from"}


def test_it_is_explained_who_was_told_and_why_others_were_not(world, api, target, receiver):
    hook, deaf = receiver.hook(), receiver.hook()
    heard, off = world.channel(hook), world.channel(deaf, enabled=False)
    monitor = world.monitor(target)
    other = api.create("/api/monitors", {"name": world.name("other"), "type": "manual", "manual": {}})
    policy = world.policy([off], delays=(0, 600))
    told = world.rule([monitor], [heard, off])
    rules = {
        "told": told,
        "other": world.rule([other], [heard]),
        "off": world.rule([monitor], [heard], enabled=False),
        "deaf": world.rule([monitor], [heard], events=["incident.resolved"]),
        "muted": world.rule([monitor], [heard], muted_until="2099-01-01T00:00:00.000Z"),
        "empty": world.rule([monitor], []),
        "climbs": world.rule([monitor], [], escalation_policy_id=policy["id"]),
    }
    world.wait_status(monitor, "up")
    target.die()
    incident = hook.expect("incident.opened").event["data"]["incident"]
    path = f"/api/incidents/{incident['id']}/explain"
    steps = eventually(lambda: api.get(path)["recorded"]["escalations"][0]["steps"])
    why = api.get(path)
    present = {r["rule_id"]: r for r in why["present"]["rules"]}
    outcomes = {name: present[rule["id"]]["outcome"] for name, rule in rules.items()}
    assert outcomes == {"told": "tells", "other": "other_monitors", "off": "disabled", "deaf": "other_events",
                        "muted": "muted", "empty": "tells_nobody", "climbs": "tells"}
    assert [c["outcome"] for c in present[told["id"]]["channels"]] == ["told", "disabled"]
    assert present[rules["muted"]["id"]]["waiting"] and not present[told["id"]]["waiting"]
    assert "2099" in present[rules["muted"]["id"]]["detail"]
    assert present[rules["climbs"]["id"]]["escalates"]
    climbed, = why["recorded"]["escalations"]
    assert climbed["policy_name"] == policy["name"] and climbed["escalation"]["policy_id"] == policy["id"]
    assert "Nobody can be told" in steps[0]["message"]
    assert [(d["channel_id"], d["event_type"]) for d in why["recorded"]["deliveries"]] == [(heard["id"], "incident.opened")]
    assert not why["truncated"] and why["present"]["monitor_exists"]
    target.revive()
    world.wait_status(monitor, "up")
    hook.expect("incident.resolved")


def test_a_deleted_monitors_incident_is_explained_as_far_as_it_can_be(world, api):
    monitor, incident = an_incident(world)
    rule = world.rule([], [])
    api.delete(f"/api/monitors/{monitor['id']}")
    why = api.get(f"/api/incidents/{incident['id']}/explain")
    assert not why["present"]["monitor_exists"]
    assert next(r for r in why["present"]["rules"] if r["rule_id"] == rule["id"])["outcome"] == "tells_nobody"
    assert why["recorded"]["opening"]["monitor_type"] == monitor["type"], "it is known what it was"
    api.delete(f"/api/alert-rules/{rule['id']}")
