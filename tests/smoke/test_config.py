"""The whole configuration as one document: out, in, and out again."""
import json
import random

import pytest

from harness.api import Api
from harness.schema import violations

SECTIONS = {"channels": "channels", "monitors": "monitors", "escalation_policies": "escalation-policies",
            "alert_rules": "alert-rules", "schedules": "schedules", "teams": "teams",
            "maintenance_windows": "maintenance-windows",
            "contact_methods": "contact-methods", "notification_rules": "notification-rules"}


@pytest.fixture
def organisation(shared_engine, world):
    """Makes an administrator of an organisation of his own."""
    made = []

    def make():
        name = f"config-{world.mark}-{len(made)}"
        made.append(name)
        _, secret = shared_engine.run("org", "create", "--name", name, "--plan", "self_hosted").stdout.split()
        return Api(shared_engine, secret)

    return make


def export(api):
    """What is given out is what the document of the API says is taken in."""
    raw = api.call("GET", "/api/export?format=json", expect=200).raw
    taken = api.operation("PUT", "/api/config")["requestBody"]["content"]["application/json"]["schema"]
    assert violations(json.loads(raw), taken, api.spec) == []
    return raw


def apply(api, document, expect=200, **query):
    path = "/api/config" + "".join(f"{'&' if i else '?'}{k}={str(v).lower()}" for i, (k, v) in enumerate(query.items()))
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return api.call("PUT", path, body, expect=expect).json


def monitor(dice, key, i):
    kind = dice.choice(["http", "tcp", "heartbeat", "manual"])
    odd = dice.choice('äß€"\\/<')
    body = {"key": key, "name": f"Monitor {i} {odd}", "type": kind, "paused": True,
            "tags": sorted({f"t:{dice.randrange(9)}" for _ in range(3)}),
            "description": dice.choice([None, "two\nlines", "plain"]), "failure_threshold": dice.randrange(1, 20)}
    if kind == "http":
        body["http"] = {"url": f"http://127.0.0.1:9/{i}?q=%20", "headers": [{"name": "X-A", "value": "1"}],
                        "auth": dice.choice([{"type": "none"}, {"type": "bearer", "token": f"secret-{i}"}])}
    elif kind == "tcp":
        body["tcp"] = {"host": "localhost", "port": dice.randrange(1, 65536)}
    elif kind == "manual":
        body["manual"] = {"auto_resolve_seconds": dice.choice([None, 3600])}
        body["failure_threshold"] = 1
    else:
        body["heartbeat"] = {"period_seconds": dice.randrange(60, 9999)}
    return body


def random_document(seed, size):
    dice = random.Random(seed)
    channels = [{"key": f"channel.{i:03}", "name": f"Channel {i}", "type": "webhook", "enabled": dice.random() < 0.8,
                 "webhook": {"url": f"http://127.0.0.1:9/{i}", "timeout_seconds": dice.randrange(1, 31)}}
                for i in range(size // 10)]
    monitors = [monitor(dice, f"monitor.{i:03}", i) for i in range(size)]
    pick = lambda rows, most: dice.sample([f"key:{r['key']}" for r in rows], dice.randrange(0, min(most, len(rows) + 1)))
    policies = [{"key": f"policy.{i:03}", "name": f"Policy {i}", "steps": [
        {"key": f"s{n}", "delay_seconds": 60 * n, "targets": [
            {"type": "channel", "id": f"key:{c['key']}"} for c in dice.sample(channels, dice.randrange(1, 3))]}
        for n in range(dice.randrange(1, 4))]} for i in range(size // 20)]
    named = lambda: f"key:{dice.choice(policies)['key']}" if policies and dice.random() < 0.5 else None
    rules = [{"key": f"rule.{i:03}", "name": f"Rule {i}", "monitor_ids": sorted(pick(monitors, 20)),
              "channel_ids": pick(channels, 5), "escalation_policy_id": named(),
              "severity": dice.choice(["info", "critical"])} for i in range(size // 5)]
    schedules = [{"key": f"schedule.{i:03}", "name": f"Schedule {i}", "on_edit": dice.choice(["keep_current", "by_anchor"]),
                  "time_zone": dice.choice(["Europe/Paris", "Asia/Kolkata"])} for i in range(size // 20)]
    windows = [{"key": f"window.{i:03}", "name": f"Window {i}", "time_zone": dice.choice(["UTC", "Asia/Kolkata"]),
                "monitor_ids": sorted(pick(monitors, 5)), "mode": dice.choice(["pause_checks", "suppress_alerts"]),
                **dice.choice([{"weekly": {"weekdays": ["sunday"], "start": "02:00", "duration_seconds": 3600}},
                               {"cron": {"expression": "0 2 L * *", "duration_seconds": 600}}])} for i in range(size // 20)]
    teams = [{"key": f"team.{i:03}", "name": f"Team {i}", "description": dice.choice([None, "Payments"])}
             for i in range(size // 10)]
    for policy in policies:
        for step in policy["steps"]:
            if schedules and teams and dice.random() < 0.5:
                kind, row = dice.choice([("schedule", dice.choice(schedules)), ("team", dice.choice(teams))])
                step["targets"].append({"type": kind, "id": f"key:{row['key']}"})
    document = {"format": 1, "channels": channels, "monitors": monitors, "escalation_policies": policies,
                "alert_rules": rules, "schedules": schedules, "teams": teams, "contact_methods": [], "notification_rules": [],
                "maintenance_windows": windows}
    for rows in (channels, monitors, policies, rules, schedules, teams, windows):
        dice.shuffle(rows)
    return document


@pytest.mark.parametrize("seed", [1, 2])
def test_a_large_organisation_goes_round_unchanged(organisation, seed):
    here, there = organisation(), organisation()
    document = random_document(seed, 200)
    count = sum(len(document[s]) for s in SECTIONS)
    planned = apply(here, document, dry_run=True)
    assert planned["summary"] == {"create": count, "update": 0, "delete": 0, "unchanged": 0}
    assert json.loads(export(here))["monitors"] == [], "a dry run changes nothing"
    assert apply(here, document)["summary"]["create"] == count
    first = export(here)
    again = apply(here, first)
    assert (again["changes"], again["summary"]["unchanged"]) == ([], count)
    assert export(here) == first
    elsewhere = json.loads(first)
    secrets = {m["key"]: m["http"]["auth"].get("token") for m in document["monitors"] if m["type"] == "http"}
    missing = [i for i, m in enumerate(elsewhere["monitors"]) if secrets.get(m["key"])]
    refused = apply(there, elsewhere, expect=422)
    assert [e["pointer"] for e in refused["errors"]] == [f"/monitors/{i}/http/auth/token" for i in missing]
    for i in missing:
        elsewhere["monitors"][i]["http"]["auth"]["token"] = secrets[elsewhere["monitors"][i]["key"]]
    assert apply(there, elsewhere)["summary"]["create"] == count
    assert export(there) == first, "the same bytes, since everything has a key"
    assert not b"secret-" in first
    for section, noun in SECTIONS.items():
        assert len(there.all(f"/api/{noun}")) == len(document[section])


def test_the_document_is_sorted_and_readable(organisation):
    api = organisation()
    apply(api, random_document(3, 30))
    raw = export(api)
    text = raw.decode()
    document = json.loads(text)
    assert list(document) == ["format", "channels", "monitors", "contact_methods", "notification_rules", "teams",
                              "schedules", "escalation_policies", "alert_rules", "maintenance_windows"]
    for section in SECTIONS:
        keys = [row["key"] for row in document[section]]
        assert keys == sorted(keys)
        assert all("id" not in row and "version" not in row and "created_at" not in row for row in document[section])
    assert text.endswith("}\n") and "\n      \"name\": " in text
    assert max(map(len, text.splitlines())) < 200


def test_a_plan_tells_what_it_would_do_and_applying_does_it(organisation):
    api = organisation()
    apply(api, random_document(4, 20))
    document = json.loads(export(api))
    changed = document["monitors"][3]
    changed["name"] = "Renamed"
    changed["tags"] = ["a", "b"]
    gone = document["alert_rules"].pop()
    document["channels"].append({"key": "zz.new", "name": "New", "type": "webhook",
                                 "webhook": {"url": "http://127.0.0.1:9/new"}})
    document["alert_rules"].append({"key": "zz.rule", "name": "New rule", "channel_ids": ["key:zz.new"]})
    before = export(api)
    plan = apply(api, document, dry_run=True)
    assert export(api) == before
    assert plan["summary"] == {"create": 2, "update": 1, "delete": 0, "unchanged": plan["summary"]["unchanged"]}
    update, = [c for c in plan["changes"] if c["action"] == "update"]
    assert (update["type"], update["key"], update["version"]) == ("monitor", changed["key"], 1)
    assert {"op": "replace", "path": "/name", "value": "Renamed"} in update["patch"]
    assert apply(api, document)["summary"] == plan["summary"]
    assert gone["key"] in {r["key"] for r in api.all("/api/alert-rules")}, "nothing is deleted without prune"
    pruned = apply(api, document, prune=True)
    assert [(c["action"], c["type"], c["key"]) for c in pruned["changes"]] == [("delete", "alert_rule", gone["key"])]
    left = json.loads(export(api))
    for section in SECTIONS:
        assert [r["key"] for r in left[section]] == sorted(r["key"] for r in document[section])
    only_rules = {"format": 1, "alert_rules": []}
    assert apply(api, only_rules, prune=True)["summary"]["delete"] == len(document["alert_rules"])
    assert api.all("/api/monitors"), "a section that is not in the document is left alone"
    empty = {"format": 1, **{section: [] for section in SECTIONS}}
    assert apply(api, empty, prune=True)
    assert json.loads(export(api)) == empty


def test_secrets_that_are_null_stay(organisation):
    api = organisation()
    with_auth = {"key": "m", "name": "m", "type": "http", "paused": True,
                 "http": {"url": "http://127.0.0.1:9/", "auth": {"type": "bearer", "token": "very-secret"}}}
    apply(api, {"format": 1, "monitors": [with_auth]})
    document = json.loads(export(api))
    assert document["monitors"][0]["http"]["auth"]["token"] is None
    document["monitors"][0]["name"] = "renamed"
    assert apply(api, document)["summary"]["update"] == 1
    assert apply(api, {"format": 1, "monitors": [{**with_auth, "name": "renamed"}]})["changes"] == [], "it was kept"
    document["monitors"][0]["http"]["auth"]["token"] = "another"
    changed, = apply(api, document)["changes"]
    assert "another" not in json.dumps(changed) and changed["patch"], "a changed secret shows as a change and no more"


def test_what_has_no_key_goes_by_id(organisation):
    here, there = organisation(), organisation()
    channel = here.create("/api/channels", {"name": "c", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}})
    watched = here.create("/api/monitors", {"name": "m", "type": "http", "paused": True,
                                            "http": {"url": "http://127.0.0.1:9/"}})
    here.create("/api/alert-rules", {"name": "r", "monitor_ids": [watched["id"]], "channel_ids": [channel["id"]]})
    document = export(here)
    assert apply(here, document)["changes"] == []
    assert apply(there, document)["summary"]["create"] == 3
    rule, = there.all("/api/alert-rules")
    assert rule["monitor_ids"] == [m["id"] for m in there.all("/api/monitors")] != [watched["id"]]
    ids = lambda raw: [x["id"] for s in SECTIONS for x in json.loads(raw)[s]]
    same = export(there).decode()
    for mine, theirs in zip(ids(document), ids(same.encode())):
        same = same.replace(theirs, mine)
    assert same.encode() == document, "identical but for ids"


def test_all_that_is_wrong_is_told_and_nothing_is_applied(organisation):
    api = organisation()
    apply(api, random_document(5, 10))
    before = export(api)
    document = json.loads(before)
    document["monitors"][2]["nme"] = 1
    document["monitors"][4]["failure_threshold"] = 0
    document["channels"].append(dict(document["channels"][0]))
    document["alert_rules"][0]["channel_ids"] = ["key:nobody", "chn_01jd9e6h6gf4g8w1q6v5q8z3ab"]
    document["alert_rules"].append(7)
    refused = apply(api, document, expect=422)
    assert {e["pointer"] for e in refused["errors"]} >= {
        "/monitors/2/nme", "/monitors/4/failure_threshold", "/channels/1", "/alert_rules/0/channel_ids/0",
        "/alert_rules/0/channel_ids/1", f"/alert_rules/{len(document['alert_rules']) - 1}"}
    assert export(api) == before
    for bad in (b"", b"[", b"[]", b"{}", b'{"format":2}', b'{"format":"1"}', b'{"format":1,"monitors":{}}',
                b'{"format":1,"monitor":[]}', b'{"format":1,"monitors":[{}]}'):
        api.call("PUT", "/api/config", bad, expect=(400, 422))
    api.call("GET", "/api/export?format=hcl", expect=422)
    api.call("PUT", "/api/config?dry_run=perhaps", before, expect=422)
    api.call("PUT", "/api/config?purge=true", before, expect=422)
    assert export(api) == before


def test_reading_and_writing_need_everything(api):
    made = api.call("POST", "/api/tokens", {"name": "reader", "scopes": ["*:read"]}, expect=201).json
    reader = api.with_token(made["secret"])
    document = export(reader)
    reader.call("PUT", "/api/config?dry_run=true", document, expect=403)
    made = api.call("POST", "/api/tokens", {"name": "monitors", "scopes": ["monitors:write"]}, expect=201).json
    api.with_token(made["secret"]).call("GET", "/api/export", expect=403)
