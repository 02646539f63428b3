"""`validate_only=true`: every check of every write, and nothing of its effect."""
import pytest

from harness.walking import one_of_each, parameters_of, writes

TABLES = ("monitors", "monitor_state", "channels", "alert_rules", "alert_rule_monitors", "alert_rule_channels",
          "api_tokens", "incidents", "incident_timeline", "events", "deliveries", "audit_log", "kept_answers",
          "status_changes", "monitor_purges", "users", "organizations", "schedules", "schedule_revisions",
          "schedule_users", "schedule_overrides", "escalation_policies", "escalations", "escalation_policy_channels",
          "maintenance_windows", "maintenance_window_monitors", "maintenance_stretches",
          "escalation_policy_users", "escalation_policy_schedules", "escalation_policy_teams", "notification_rules",
          "teams", "team_users", "incident_notes", "incident_postmortems")


def dry(path):
    return path + ("&" if "?" in path else "?") + "validate_only=true"


def monitor_body(name, **more):
    return {"name": name, "type": "tcp", "paused": True, "tcp": {"host": "127.0.0.1", "port": 9}, **more}


def contents(engine):
    """How many rows there are, and every version."""
    counts = " UNION ALL ".join(f"SELECT '{t}', count(*)::text FROM {t}" for t in TABLES)
    versions = " UNION ALL ".join(f"SELECT '{t}', string_agg(id || ':' || version || ':' || spec::text, ',' ORDER BY id) FROM {t}"
                                  for t in ("monitors", "channels", "alert_rules", "schedules", "escalation_policies",
                                            "maintenance_windows", "teams"))
    versions += " UNION ALL " + " UNION ALL ".join(
        f"SELECT '{t} by version', string_agg(id || ':' || version, ',' ORDER BY id) FROM {t}"
        for t in ("users", "api_tokens", "notification_rules"))
    versions += " UNION ALL SELECT 'proofs', string_agg(id || ':' || code_digest || code_tries || codes_sent::text, ',' " \
                "ORDER BY id) FROM channels"
    secrets = "SELECT 'secrets', string_agg(id || ':' || secret_version, ',' ORDER BY id) FROM channels"
    secrets += " UNION ALL SELECT 'feeds', string_agg(id || ':' || coalesce(ical_digest::text, ''), ',') FROM schedules"
    secrets += " UNION ALL SELECT 'user feeds', string_agg(id || ':' || coalesce(ical_digest::text, ''), ',') FROM users"
    secrets += " UNION ALL SELECT 'overrides', string_agg(o::text, ',' ORDER BY id) FROM schedule_overrides o"
    states = "SELECT 'states', string_agg(id || ':' || state, ',' ORDER BY id) FROM incidents UNION ALL " \
             "SELECT 'owed', string_agg(id || ':' || state, ',' ORDER BY id) FROM deliveries"
    return engine.sql(f"{counts} UNION ALL {versions} UNION ALL {secrets} UNION ALL {states}")


def test_no_write_of_the_document_leaves_anything(own_world, engine, target, receiver):
    world, api = own_world, own_world.api
    ids = one_of_each(world, api, target, receiver)
    # A monitor of the walk would go on checking: only what a request changes may differ.
    api.post(f"/api/incidents/{ids['inc']}/acknowledge")
    before, walked, good = contents(engine), [], []
    for method, template, path, body, headers in writes(api, ids):
        names = parameters_of(api, method, path)
        assert "validate_only" in names, f"{method} {template}"
        if "{" in path:
            continue
        if method == "DELETE" and template in ("/api/channels/{id}", "/api/monitors/{id}"):
            blocked = api.call(method, dry(path), expect=409).json["blocked_by"]
            assert ids["rule"] in blocked and set(blocked) <= {ids["rule"], ids["pol"]}
        else:
            answer = api.call(method, dry(path), body, headers={**headers, "Idempotency-Key": "dry"})
            assert answer.status == 204 or answer.status >= 400, f"{method} {template}: {answer!r}"
            if answer.status == 204:
                good.append(f"{method} {template}")
        walked.append(f"{method} {template}")
        assert contents(engine) == before, f"{method} {template} left something"
    assert len(walked) >= 20, walked
    for one in ("POST /api/monitors", "PUT /api/monitors/{id}", "PATCH /api/monitors/{id}",
                "POST /api/monitors/{id}/pause", "POST /api/monitors/{id}/run", "POST /api/channels",
                "PUT /api/channels/{id}", "POST /api/channels/{id}/secret/roll", "POST /api/channels/{id}/test",
                "POST /api/alert-rules", "PATCH /api/alert-rules/{id}", "DELETE /api/alert-rules/{id}",
                "POST /api/incidents/{id}/resolve", "POST /api/deliveries/{id}/redeliver", "POST /api/tokens",
                "DELETE /api/tokens/{id}", "PATCH /api/tokens/{id}", "POST /api/tokens/{id}/rotate", "POST /api/users",
                "PUT /api/users/{id}", "PATCH /api/users/{id}", "DELETE /api/users/{id}", "POST /api/schedules",
                "PUT /api/schedules/{id}", "PATCH /api/schedules/{id}", "DELETE /api/schedules/{id}",
                "POST /api/schedules/{id}/overrides", "POST /api/schedules/{id}/ical/rotate",
                "POST /api/escalation-policies",
                "PUT /api/escalation-policies/{id}", "PATCH /api/escalation-policies/{id}",
                "DELETE /api/escalation-policies/{id}", "POST /api/contact-methods", "PATCH /api/contact-methods/{id}",
                "POST /api/contact-methods/{id}/send-code",
                "PATCH /api/notification-rules/{id}", "DELETE /api/notification-rules/{id}", "POST /api/teams",
                "PUT /api/teams/{id}", "DELETE /api/teams/{id}", "POST /api/incidents/{id}/unacknowledge",
                "POST /api/maintenance-windows", "PUT /api/maintenance-windows/{id}",
                "PATCH /api/maintenance-windows/{id}", "DELETE /api/maintenance-windows/{id}", "POST /api/incidents",
                "PATCH /api/incidents/{id}", "POST /api/incidents/{id}/snooze", "POST /api/incidents/{id}/notes",
                "PUT /api/incidents/{id}/postmortem", "POST /api/incidents/bulk/acknowledge",
                "POST /api/incidents/bulk/resolve", "POST /api/users/{id}/ical/rotate", "POST /api/incidents/bulk/snooze"):
        assert one in good, f"{one} would not have succeeded: {good}"


def test_it_says_what_the_write_would_say(world, api):
    taken = world.name("taken").replace(" ", "-")
    monitor = api.create("/api/monitors", monitor_body(world.name("monitor"), key=taken))
    other = api.create("/api/monitors", monitor_body(world.name("other")))
    path = f"/api/monitors/{monitor['id']}"
    api.call("POST", dry("/api/monitors"), monitor_body("twin", key=taken), expect=409)
    api.call("PATCH", dry(f"/api/monitors/{other['id']}"), {"key": taken}, expect=409)
    broken = api.call("POST", dry("/api/monitors"), {"name": "", "type": "tcp"}, expect=422).json
    assert {e["pointer"] for e in broken["errors"]} >= {"/name"}
    api.call("PATCH", dry(path), {"description": "x"}, headers={"If-Match": '"7"'}, expect=412)
    api.call("DELETE", dry(path), headers={"If-Match": '"7"'}, expect=412)
    unknown = {"name": "r", "channel_ids": ["chn_01jd9e6h6gf4g8w1q6v5q8z3ab"]}
    assert api.call("POST", dry("/api/alert-rules"), unknown, expect=422).json["errors"][0]["code"] == "unknown_id"
    api.call("DELETE", dry("/api/monitors/mon_01jd9e6h6gf4g8w1q6v5q8z3ab"), expect=404)
    api.call("DELETE", dry(path), expect=204)
    assert api.get(path)["version"] == monitor["version"]


def test_a_dry_pause_neither_pauses_nor_disturbs(world, api, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    path = f"/api/monitors/{monitor['id']}"
    for _ in range(5):
        api.call("POST", dry(f"{path}/pause"), expect=204)
    seen = api.get(path)
    assert (seen["status"], seen["paused"], seen["version"]) == ("up", False, monitor["version"])


@pytest.mark.parametrize("query", ["validate_only=yes", "validate_only=", "validate_only=true&validate_only=false",
                                   "validate=true"])
def test_a_misspelt_wish_is_refused(world, api, query):
    name = world.name("never")
    api.call("POST", f"/api/monitors?{query}", monitor_body(name), expect=422)
    assert not [m for m in api.all("/api/monitors", q=name)]


def test_false_means_what_it_says(world, api):
    assert api.call("POST", "/api/monitors?validate_only=false", monitor_body(world.name("real")), expect=201).json["id"]


def test_reads_know_no_such_parameter(api):
    api.call("GET", "/api/monitors?validate_only=true", expect=422)


def test_what_is_in_use_names_what_is_in_the_way(world, api, target, receiver):
    monitor, channel = world.monitor(target), world.channel(receiver.hook())
    rules = [world.rule([monitor], [channel])["id"] for _ in range(2)]
    for path in (f"/api/monitors/{monitor['id']}", f"/api/channels/{channel['id']}"):
        problem = api.call("DELETE", path, expect=409).json
        assert problem["blocked_by"] == sorted(rules)
        assert problem["code"] == "conflict"
        assert api.get(path)["version"] == 1
    for rule in rules:
        api.delete(f"/api/alert-rules/{rule}")
    api.delete(f"/api/monitors/{monitor['id']}")
    api.delete(f"/api/channels/{channel['id']}")
