"""Who may do what, from which moment on."""
import pytest

from harness.waiting import eventually


def test_a_token_made_by_the_command_line_works_while_the_server_runs(shared_engine):
    api = shared_engine.api("monitors:read")
    assert "data" in api.get("/api/monitors")
    refused = api.call("POST", "/api/monitors", {}, expect=403).json
    assert "monitors:write" in refused["detail"]
    api.call("GET", "/api/channels", expect=403)


@pytest.mark.parametrize("header", [
    None, "", "Bearer", "Bearer ", "Bearer gct_", "Bearer nonsense", "Basic dXNlcjpwYXNz", "Bearer gct_" + "0" * 49,
    "Bearer " + "x" * 4000, "bearer\tgct_x", "Bearer gct_\xe9"])
def test_no_credentials_no_answer(api, header):
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = api.call("GET", "/api/monitors", token=None, headers=headers, expect=(401, 400))
    if answer.status == 400:
        assert header and "\xe9" in header
    else:
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_misspelt_token_is_as_unknown_as_any(api):
    last = api.token[-1]
    wrong = api.token[:-1] + ("0" if last != "0" else "1")
    api.call("GET", "/api/monitors", token=wrong, expect=401)


def test_a_revoked_token_is_out_at_once(api):
    made = api.call("POST", "/api/tokens", {"name": "brief", "scopes": ["*:read"]}, expect=201).json
    other = api.with_token(made["secret"])
    assert other.get("/api/monitors")["data"] is not None
    listed = next(t for t in api.all("/api/tokens") if t["id"] == made["id"])
    assert listed.get("secret") is None, "shown once"
    api.delete(f"/api/tokens/{made['id']}")
    other.call("GET", "/api/monitors", expect=401)
    api.call("DELETE", f"/api/tokens/{made['id']}", expect=404)


def test_an_expired_token_is_no_token(api):
    from datetime import datetime, timedelta, timezone
    soon = datetime.now(timezone.utc) + timedelta(seconds=1.5)
    made = api.call("POST", "/api/tokens", {"name": "short", "scopes": ["*:read"],
                                            "expires_at": soon.isoformat(timespec="milliseconds")[:23] + "Z"},
                    expect=201).json
    other = api.with_token(made["secret"])
    assert other.send("GET", "/api/monitors").status == 200
    eventually(lambda: other.send("GET", "/api/monitors").status == 401, within=5)


@pytest.mark.parametrize("scope, path, allowed", [
    ("*:read", "/api/monitors", True), ("*:write", "/api/monitors", True), ("admin", "/api/tokens", True),
    ("channels:read", "/api/monitors", False), ("monitors:write", "/api/monitors", False),
    ("monitors:write", "/api/tokens", False)])
def test_scopes_open_only_their_doors(api, scope, path, allowed):
    made = api.call("POST", "/api/tokens", {"name": scope, "scopes": [scope]}, expect=201).json
    answer = api.with_token(made["secret"]).call("GET", path)
    assert answer.status == (200 if allowed else 403), answer


def test_nobody_grants_more_than_they_have(api):
    made = api.call("POST", "/api/tokens", {"name": "minter", "scopes": ["tokens:write"]}, expect=201).json
    refused = api.with_token(made["secret"]).call("POST", "/api/tokens", {"name": "more", "scopes": ["admin"]})
    assert refused.status in (403, 422), refused


def test_secrets_are_nowhere_in_the_log(shared_engine, api):
    assert api.token not in shared_engine.log.read_text(errors="replace")


def rotated(api, token, **body):
    return api.call("POST", f"/api/tokens/{token['id']}/rotate", body or None, expect=200)


def test_a_rotated_token_has_a_new_secret_and_no_other(api):
    made = api.call("POST", "/api/tokens", {"name": "rotated", "scopes": ["*:read"]}, expect=201).json
    old = api.with_token(made["secret"])
    old.get("/api/monitors")
    answer = rotated(api, made)
    assert answer.json["id"] == made["id"] and answer.json["secret"] != made["secret"]
    assert answer.json["version"] == 2 and answer.headers["etag"] == '"2"'
    assert answer.json["hint"] == answer.json["secret"][:8] and answer.json["previous_expires_at"] is None
    old.call("GET", "/api/monitors", expect=401)
    api.with_token(answer.json["secret"]).get("/api/monitors")
    assert "secret" not in api.get(f"/api/tokens/{made['id']}")


def test_during_the_overlap_both_secrets_let_in_and_not_a_moment_longer(engine):
    api = engine.api()
    made = api.call("POST", "/api/tokens", {"name": "overlap", "scopes": ["*:read"]}, expect=201).json
    second = rotated(api, made, overlap_seconds=604800).json
    assert second["previous_expires_at"] > second["created_at"]
    for secret in (made["secret"], second["secret"]):
        api.with_token(secret).get("/api/monitors")
    third = rotated(api, made, overlap_seconds=2).json
    api.with_token(made["secret"]).call("GET", "/api/monitors", expect=401)  # only one before lives on
    for restarted in (False, True):
        if restarted:
            engine.restart()
        api.with_token(third["secret"]).get("/api/monitors")
        eventually(lambda: api.with_token(second["secret"]).send("GET", "/api/monitors").status == 401, within=5)


def test_an_overlap_outlives_a_restart(engine):
    api = engine.api()
    made = api.call("POST", "/api/tokens", {"name": "overlap", "scopes": ["*:read"]}, expect=201).json
    rotated(api, made, overlap_seconds=600)
    engine.restart()
    api.with_token(made["secret"]).get("/api/monitors")


def test_name_and_expiry_can_be_changed_and_nothing_else(api):
    made = api.call("POST", "/api/tokens", {"name": "first", "scopes": ["*:read"]}, expect=201)
    path, secret = f"/api/tokens/{made.json['id']}", made.json["secret"]
    assert made.headers["etag"] == '"1"'
    changed = api.call("PATCH", path, {"name": "second", "expires_at": "2099-01-01T00:00:00.000Z"},
                       headers={"If-Match": '"1"'}, expect=200)
    assert changed.json["name"] == "second" and changed.headers["etag"] == '"2"'
    assert api.call("GET", path, headers={"If-None-Match": '"2"'}).status == 304
    api.call("PATCH", path, {"name": "third"}, headers={"If-Match": '"1"'}, expect=412)
    assert api.patch(path, {"name": "second"})["version"] == 2, "nothing changed"
    assert api.patch(path, {"expires_at": None})["expires_at"] is None
    for body, pointer in (({"scopes": ["admin"]}, "/scopes"), ({"user_id": "usr_01h455vb4pex5vsknk084sn02q"}, "/user_id"),
                          ({"expires_at": "2020-01-01T00:00:00.000Z"}, "/expires_at"), ({"name": ""}, "/name"),
                          ({"secret": "x"}, "/secret"), ({"expires_at": "soon"}, "/expires_at")):
        refused = api.call("PATCH", path, body, expect=422).json
        assert [e["pointer"] for e in refused["errors"]] == [pointer]
    api.with_token(secret).get("/api/monitors")


def test_a_nearer_expiry_is_in_force_at_once(api):
    from datetime import datetime, timedelta, timezone
    made = api.call("POST", "/api/tokens", {"name": "nearer", "scopes": ["*:read"]}, expect=201).json
    holder = api.with_token(made["secret"])
    holder.get("/api/monitors")
    soon = (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat(timespec="milliseconds")[:23] + "Z"
    api.patch(f"/api/tokens/{made['id']}", {"expires_at": soon})
    eventually(lambda: holder.send("GET", "/api/monitors").status == 401, within=5)


@pytest.mark.parametrize("body, status", [
    ({"overlap_seconds": -1}, 422), ({"overlap_seconds": 604801}, 422), ({"overlap_seconds": "1"}, 422),
    ({"overlap": 1}, 422), (b"[", 400), (b"[]", 422)])
def test_a_bad_rotation_is_refused_and_rotates_nothing(api, body, status):
    made = api.call("POST", "/api/tokens", {"name": "kept", "scopes": ["*:read"]}, expect=201).json
    api.call("POST", f"/api/tokens/{made['id']}/rotate", body, expect=status)
    api.with_token(made["secret"]).get("/api/monitors")


def test_a_rotation_on_condition_and_in_rehearsal(api):
    made = api.call("POST", "/api/tokens", {"name": "kept", "scopes": ["*:read"]}, expect=201).json
    path = f"/api/tokens/{made['id']}/rotate"
    api.call("POST", path, headers={"If-Match": '"7"'}, expect=412)
    api.call("POST", path + "?validate_only=true", expect=204)
    api.with_token(made["secret"]).get("/api/monitors")
    api.call("POST", "/api/tokens/tok_01h455vb4pex5vsknk084sn02q/rotate", expect=404)
