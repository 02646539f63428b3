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
