"""Every change leaves a line that nobody can change unseen."""
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.waiting import eventually
from harness.walking import one_of_each

CHAINED = ("sequence", "organization", "id", "at", "actor", "token_id", "action", "resource_type", "resource_id",
           "version_from", "version_to", "patch", "reason", "ip", "request_id")


def monitor_body(name, **more):
    return {"name": name, "type": "tcp", "paused": True, "tcp": {"host": "127.0.0.1", "port": 9}, **more}


def log_of(api, resource):
    return api.all("/api/audit-log", resource_id=resource, sort="at")


def compact(x):
    return json.dumps(x, separators=(",", ":"), ensure_ascii=False)


def test_each_change_says_who_what_when_and_why(world, api):
    why = {"X-Gochron-Change-Reason": "https://git.example/pull/7 – größer"}
    why = {k: v.encode() for k, v in why.items()}
    made = api.call("POST", "/api/monitors", monitor_body(world.name("shop")), headers=why, expect=201)
    path = made.headers["location"]
    edited = api.call("PATCH", path, {"interval_seconds": 30, "timeout_ms": 5000, "tags": ["b", "a"]}, expect=200)
    api.post(f"{path}/resume")
    api.patch(path, {"interval_seconds": 30})  # changes nothing
    api.delete(path)
    entries = log_of(api, made.json["id"])
    assert [x["action"] for x in entries] == ["create", "update", "update", "delete"]
    assert [(x["version_from"], x["version_to"]) for x in entries] == [(None, 1), (1, 2), (2, 3), (3, None)]
    create, update, resume, gone = entries
    assert create["reason"] == "https://git.example/pull/7 – größer"
    assert create["request_id"] == made.headers["x-request-id"]
    assert create["ip"] == "127.0.0.1"
    assert create["actor"] == f"token:{create['token_id']}"
    assert create["patch"][0]["value"]["name"] == made.json["name"]
    assert update["reason"] is None
    assert update["request_id"] == edited.headers["x-request-id"]
    assert {(op["op"], op["path"]): op["value"] for op in update["patch"]} == {
        ("add", "/tags/0"): "a", ("add", "/tags/1"): "b", ("replace", "/interval_seconds"): 30,
        ("replace", "/timeout_ms"): 5000}
    assert resume["patch"] == [{"op": "replace", "path": "/paused", "value": False}]
    assert gone["patch"][0]["op"] == "test" and gone["patch"][0]["value"]["interval_seconds"] == 30
    assert api.get(f"/api/audit-log/{create['id']}")["patch"] == create["patch"]


def test_what_was_refused_leaves_no_line(world, api):
    taken = world.name("taken").replace(" ", "-")
    monitor = api.create("/api/monitors", monitor_body(world.name("one"), key=taken))
    path = f"/api/monitors/{monitor['id']}"
    api.call("POST", "/api/monitors", monitor_body("two", key=taken), expect=409)
    api.patch(path, {"description": "x"}, headers={"If-Match": '"9"'}, expect=412)
    api.patch(path, {"description": 7}, expect=422)
    api.call("PATCH", f"{path}?validate_only=true", {"description": "x"}, expect=204)
    assert [x["action"] for x in log_of(api, monitor["id"])] == ["create"]


def test_secrets_are_not_told(world, api, receiver):
    hook = receiver.hook()
    body = {"name": world.name("hook"), "type": "webhook",
            "webhook": {"url": hook.url, "headers": [{"name": "Authorization", "value": "Bearer hidden-1"}]}}
    channel = api.create("/api/channels", body)
    path = f"/api/channels/{channel['id']}"
    api.patch(path, {"webhook": {"headers": [{"name": "Authorization", "value": "Bearer hidden-2"}]}})
    rolled = api.post(f"{path}/secret/roll")
    entries = log_of(api, channel["id"])
    assert [x["action"] for x in entries] == ["create", "update", "roll_secret"]
    assert entries[1]["patch"] == [{"op": "replace", "path": "/webhook/headers", "value": None}]
    assert {"op": "replace", "path": "/secret/version", "value": 2} in entries[2]["patch"]
    text = json.dumps(entries)
    for secret in ("hidden", channel["secret"]["value"], rolled["secret"]["value"]):
        assert secret not in text


def test_incidents_deliveries_rules_and_tokens_are_told_of(world, api, target, receiver):
    ids = one_of_each(world, api, target, receiver)
    api.post(f"/api/incidents/{ids['inc']}/acknowledge", {"note": "mine"})
    api.post(f"/api/incidents/{ids['inc']}/acknowledge")  # changes nothing
    api.post(f"/api/incidents/{ids['inc']}/resolve")
    next(iter(receiver.hooks.values())).expect("incident.resolved")
    api.post(f"/api/deliveries/{ids['dlv']}/redeliver")
    api.delete(f"/api/alert-rules/{ids['rule']}")
    api.delete(f"/api/tokens/{ids['tok']}")
    assert [x["action"] for x in log_of(api, ids["inc"])] == ["acknowledge", "resolve"]
    first = log_of(api, ids["inc"])[0]["patch"]
    assert {"op": "replace", "path": "/state", "value": "acknowledged"} in first
    assert [x["action"] for x in log_of(api, ids["dlv"])] == ["redeliver"]
    assert [x["action"] for x in log_of(api, ids["rule"])] == ["create", "delete"]
    assert [x["action"] for x in log_of(api, ids["tok"])] == ["create", "delete"]
    # A round is no change of anything that is configured.
    assert [x["action"] for x in log_of(api, ids["mon"])] == ["create"]


def test_the_command_line_leaves_a_line_too(engine):
    api = engine.api()
    entries = api.all("/api/audit-log", actor="cli")
    assert [(x["action"], x["resource_type"], x["token_id"]) for x in entries] == [("create", "token", None)]
    assert entries[0]["patch"][0]["value"]["scopes"] == ["admin"]


def test_filters_and_pages(world, api, shared_engine):
    other = shared_engine.api()
    made = [other.create("/api/monitors", monitor_body(world.name("m"))) for _ in range(5)]
    token = other.all("/api/audit-log", resource_id=made[0]["id"])[0]["token_id"]
    mine = api.all("/api/audit-log", limit=2, token_id=token)
    assert [x["resource_id"] for x in mine] == [m["id"] for m in reversed(made)], "newest first"
    assert api.all("/api/audit-log", token_id=token, action="update,delete") == []
    assert len(api.all("/api/audit-log", token_id=token, resource_type="monitor", action="create")) == 5
    assert api.all("/api/audit-log", token_id=token, to=mine[-1]["at"]) == []
    assert len(api.all("/api/audit-log", token_id=token, **{"from": mine[-1]["at"]})) == 5
    for query in ("action=eaten", "sort=name", "token_id=nobody", "from=today", "colour=red"):
        api.call("GET", f"/api/audit-log?{query}", expect=422)


@pytest.mark.parametrize("reason", [b"x" * 1001, b"a\x01b", b"\xff\xfe"])
def test_a_reason_is_text_of_bounded_length(world, api, reason):
    name = world.name("never")
    answer = api.send("POST", "/api/monitors", monitor_body(name), headers={"X-Gochron-Change-Reason": reason})
    assert answer.status == 400, answer
    assert not api.all("/api/monitors", q=name)
    api.call("POST", "/api/monitors", monitor_body(name), headers={"X-Gochron-Change-Reason": b"\xc3\xbc" * 1000},
             expect=201)


def test_only_the_scope_opens_the_log(shared_engine):
    shared_engine.api("audit-log:read").get("/api/audit-log/verify")
    shared_engine.api("*:read").get("/api/audit-log")
    shared_engine.api("monitors:read").call("GET", "/api/audit-log", expect=403)


def sealed_log(api):
    """The whole log, once all of it is in the chain."""
    def sealed():
        found = api.get("/api/audit-log/verify")
        assert found["unsealed"] == 0, found
        return found

    verdict = eventually(sealed, within=10)
    return verdict, api.all("/api/audit-log", sort="at")


def test_anybody_can_recompute_the_chain(engine):
    api = engine.api()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: api.create("/api/monitors", monitor_body(f"größe \"{i}\" \\ / 🚀")), range(40)))
    verdict, entries = sealed_log(api)
    assert verdict["valid"] and verdict["complete"] and verdict["entries"] == len(entries) == 41
    org = engine.sql("SELECT id FROM organizations")[0][0]
    previous = bytes(32)
    entries.sort(key=lambda x: x["sequence"])
    assert [x["sequence"] for x in entries] == list(range(1, 42))
    for x in entries:
        assert x["previous_hash"] == previous.hex()
        values = {**x, "organization": typeid("org", org), "patch": compact(x["patch"])}
        text = compact([values[name] for name in CHAINED])
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert x["hash"] == previous.hex(), text
    assert verdict["head_hash"] == previous.hex()
    assert verdict["last_sequence"] == 41


def typeid(prefix, uuid):
    number, alphabet, text = int(uuid.replace("-", ""), 16), "0123456789abcdefghjkmnpqrstvwxyz", ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        text = alphabet[digit] + text
    return f"{prefix}_{text}"


def test_whoever_tampers_is_found(engine):
    api = engine.api()
    for i in range(6):
        api.create("/api/monitors", monitor_body(f"m{i}"))
    sealed_log(api)

    def broken_by(change, undo):
        engine.sql(change)
        found = api.get("/api/audit-log/verify")
        engine.sql(undo)
        assert api.get("/api/audit-log/verify")["valid"], "and whole again"
        return found["valid"], found["first_broken_sequence"]

    engine.sql("CREATE TABLE stolen AS SELECT * FROM audit_log")
    back = "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM stolen"
    assert broken_by("UPDATE audit_log SET reason = 'nothing' WHERE sequence = 3", back) == (False, 3)
    assert broken_by("DELETE FROM audit_log WHERE sequence = 4", back) == (False, 4)
    assert broken_by("DELETE FROM audit_log WHERE sequence = 7", back) == (False, 7)
    assert broken_by("UPDATE audit_log SET sequence = -sequence WHERE sequence IN (2, 5); "
                     "UPDATE audit_log SET sequence = 7 + sequence WHERE sequence < 0", back) == (False, 2)


def test_the_chain_goes_on_over_a_crash(engine):
    api = engine.api()
    for i in range(3):
        for j in range(5):
            api.create("/api/monitors", monitor_body(f"m{i}-{j}"))
        engine.restart()
    verdict, entries = sealed_log(api)
    assert verdict["valid"] and verdict["entries"] == len(entries) == 16


def test_what_is_gone_is_in_its_last_line_as_it_was(api):
    token = api.post("/api/tokens", {"name": "first name", "scopes": ["monitors:read"]}, expect=201)
    api.patch(f"/api/tokens/{token['id']}", {"name": "last name"})
    api.delete(f"/api/tokens/{token['id']}")
    gone = log_of(api, token["id"])[-1]
    assert (gone["action"], gone["version_from"], gone["version_to"]) == ("delete", 2, None)
    test, replace = gone["patch"]
    assert test["op"] == "test" and test["path"] == ""
    assert test["value"]["name"] == "last name" and test["value"]["scopes"] == ["monitors:read"]
    assert token["secret"] not in json.dumps(gone)
    assert replace == {"op": "replace", "path": "", "value": None}


def test_with_a_user_each_of_their_tokens_leaves_its_own_line(world, api):
    user = api.create("/api/users", {"email": f"{world.mark}@example.com", "name": "Leaver"})
    tokens = [api.post("/api/tokens", {"name": f"{n}", "scopes": ["*:read"], "user_id": user["id"]}, expect=201)
              for n in range(3)]
    api.patch(f"/api/tokens/{tokens[1]['id']}", {"name": "renamed"})
    why = {"X-Gochron-Change-Reason": "they left"}
    api.call("DELETE", f"/api/users/{user['id']}?validate_only=true", headers=why, expect=204)
    assert [log_of(api, t["id"])[-1]["action"] for t in tokens] == ["create", "update", "create"], "only a rehearsal"
    api.call("DELETE", f"/api/users/{user['id']}", headers=why, expect=204)
    last = log_of(api, user["id"])[-1]
    for token, name, version in zip(tokens, ("0", "renamed", "2"), (1, 2, 1)):
        gone = log_of(api, token["id"])[-1]
        assert (gone["action"], gone["resource_type"], gone["version_from"]) == ("delete", "token", version)
        assert gone["patch"][0]["value"]["name"] == name
        assert (gone["actor"], gone["reason"], gone["request_id"]) == (last["actor"], "they left", last["request_id"])
        assert api.with_token(token["secret"]).send("GET", "/api/monitors").status == 401
    eventually(lambda: all(log_of(api, t["id"])[-1]["sequence"] for t in tokens))
    assert api.get("/api/audit-log/verify")["valid"]
