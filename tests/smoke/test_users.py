"""Users, what their roles allow, and the tokens that are theirs."""
import threading
import uuid

import pytest

from harness.api import Api


@pytest.fixture
def own(shared_engine):
    """An administrator of an organisation without users, of this story alone."""
    _, secret = shared_engine.run("org", "create", "--name", "users", "--plan", "self_hosted").stdout.split()
    return Api(shared_engine, secret)


def person(name="ada", **more):
    return {"email": f"{name}@example.com", "name": name.title(), **more}


def token_of(api, user, *scopes, expect=201):
    made = api.call("POST", "/api/tokens", {"name": "theirs", "scopes": list(scopes), "user_id": user["id"]},
                    expect=expect)
    return api.with_token(made.json["secret"]) if expect == 201 else made.json


def test_a_user_is_a_resource_like_any_other(own):
    made = own.create("/api/users", person(role="admin", managed_by="terraform"))
    assert made["id"].startswith("usr_") and made["version"] == 1
    path = f"/api/users/{made['id']}"
    answer = own.call("GET", path, expect=200)
    assert answer.json == made and answer.headers["etag"] == '"1"'
    own.call("GET", path, headers={"If-None-Match": '"1"'}, expect=304)
    changed = own.patch(path, {"name": "Countess"})
    assert changed["version"] == 2 and changed["email"] == made["email"] and changed["role"] == "admin"
    own.call("PATCH", path, {"name": "late"}, headers={"If-Match": '"1"'}, expect=412)
    whole = own.put(path, person("augusta"), headers={"If-Match": '"2"'})
    assert whole["role"] == "member" and whole["managed_by"] is None, "what is absent takes its default"
    assert own.put(path, person("augusta"))["version"] == 3, "nothing changed"
    own.call("DELETE", path, headers={"If-Match": '"1"'}, expect=412)
    own.delete(path)
    own.call("DELETE", path, expect=404)
    own.call("GET", path, expect=404)


def test_lists_are_paged_and_searched(own):
    made = [own.create("/api/users", person(f"user{n}")) for n in range(5)]
    assert [u["id"] for u in own.all("/api/users", limit=2)] == [u["id"] for u in made]
    assert [u["id"] for u in own.get("/api/users", q="USER3@")["data"]] == [made[3]["id"]]
    assert [u["id"] for u in own.get("/api/users", ids=f"{made[1]['id']},{made[4]['id']}")["data"]] == [
        made[1]["id"], made[4]["id"]]
    assert own.get("/api/users", q="%")["data"] == []
    own.call("GET", "/api/users?ids=mon_x", expect=422)
    own.call("GET", "/api/users?role=owner", expect=422)


def test_an_email_is_unique_whatever_its_case_and_kept_as_given(own):
    first = own.create("/api/users", person())
    shouted = {**person(), "email": "ADA@Example.com"}
    own.call("POST", "/api/users", shouted, expect=409)
    other = own.create("/api/users", person("grace"))
    own.call("PATCH", f"/api/users/{other['id']}", {"email": "Ada@example.com"}, expect=409)
    assert own.patch(f"/api/users/{first['id']}", {"email": "ADA@Example.com"})["email"] == "ADA@Example.com"


@pytest.mark.parametrize("change, pointer", [
    ({"email": None}, "/email"), ({"email": "ada"}, "/email"), ({"email": "a b@example.com"}, "/email"),
    ({"email": "a@b@c"}, "/email"), ({"email": "a" * 250 + "@example.com"}, "/email"), ({"email": 3}, "/email"),
    ({"email": "ada@example.com\n"}, "/email"), ({"email": "\u0430da@example.com"}, "/email"), ({"name": ""}, "/name"),
    ({"name": "x" * 256}, "/name"), ({"role": "king"}, "/role"), ({"role": []}, "/role"), ({"id": "usr_x"}, "/id"),
    ({"passwort": "x"}, "/passwort")])
def test_bad_input_is_refused_with_its_place(api, change, pointer):
    refused = api.call("POST", "/api/users", {**person(uuid.uuid4().hex), **change}, expect=422).json
    assert [e["pointer"] for e in refused["errors"]] == [pointer]


def test_the_last_owner_stays_one(own):
    first = own.create("/api/users", person("first", role="owner"))
    path = f"/api/users/{first['id']}"
    for method, body in (("DELETE", None), ("PATCH", {"role": "admin"}), ("PUT", person("first"))):
        refused = own.call(method, path, body, expect=409).json
        assert "last owner" in refused["detail"]
    own.patch(path, {"name": "Still the owner"})
    second = own.create("/api/users", person("second", role="owner"))
    own.patch(path, {"role": "viewer"})
    own.call("DELETE", f"/api/users/{second['id']}", expect=409)
    own.delete(path)


def test_two_last_owners_cannot_remove_each_other(own):
    for round_ in range(5):
        owners = [own.create("/api/users", person(f"o{round_}{n}", role="owner")) for n in range(2)]
        assert len(owners) == 2
        statuses = []
        threads = [threading.Thread(target=lambda u=u: statuses.append(
            own.send("DELETE", f"/api/users/{u['id']}").status)) for u in own.all("/api/users")]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert [u["role"] for u in own.all("/api/users")] == ["owner"], statuses


@pytest.mark.parametrize("role, reads, writes, manages", [
    ("viewer", 200, 403, 403), ("member", 200, 422, 403), ("admin", 200, 422, 422), ("owner", 200, 422, 422)])
def test_a_role_takes_from_what_the_token_was_granted(own, role, reads, writes, manages):
    own.create("/api/users", person("boss", role="owner"))
    theirs = token_of(own, own.create("/api/users", person(role=role)), "admin")
    assert theirs.call("GET", "/api/monitors").status == reads
    assert theirs.call("GET", "/api/users").status == reads
    assert theirs.call("POST", "/api/monitors", {}).status == writes
    assert theirs.call("POST", "/api/users", {}).status == manages
    assert theirs.call("POST", "/api/tokens", {}).status == manages


def test_a_token_has_no_more_than_it_was_granted_whatever_the_role(own):
    theirs = token_of(own, own.create("/api/users", person(role="owner")), "channels:read")
    theirs.call("GET", "/api/channels", expect=200)
    theirs.call("GET", "/api/monitors", expect=403)


def test_a_change_of_role_is_in_force_at_once(own):
    own.create("/api/users", person("boss", role="owner"))
    user = own.create("/api/users", person(role="member"))
    theirs = token_of(own, user, "*:write")
    for role, status in (("viewer", 403), ("member", 422), ("viewer", 403), ("admin", 422)):
        own.patch(f"/api/users/{user['id']}", {"role": role})
        theirs.call("POST", "/api/monitors", {}, expect=status)


def test_with_a_user_their_tokens_go_at_once_and_over_a_restart(own):
    user = own.create("/api/users", person())
    theirs = token_of(own, user, "*:read")
    unused = token_of(own, user, "*:read")
    theirs.call("GET", "/api/monitors", expect=200)
    used = own.get("/api/limits")["tokens"]["used"]
    own.delete(f"/api/users/{user['id']}")
    for token in (theirs, unused):
        token.call("GET", "/api/monitors", expect=401)
    assert own.get("/api/limits")["tokens"]["used"] == used - 2
    assert user["id"] not in [t["user_id"] for t in own.all("/api/tokens")]


def test_administrators_change_everybody_but_owners(own):
    owner = own.create("/api/users", person("boss", role="owner"))
    admin = token_of(own, own.create("/api/users", person("admin", role="admin")), "admin")
    path = f"/api/users/{owner['id']}"
    for method, at, body in (("PATCH", path, {"name": "x"}), ("DELETE", path, None), ("PUT", path, person("boss")),
                             ("POST", "/api/users", person("own", role="owner"))):
        refused = admin.call(method, at, body, expect=403).json
        assert "owner" in refused["detail"]
    made = admin.create("/api/users", person("new", role="admin"))
    admin.call("PATCH", f"/api/users/{made['id']}", {"role": "owner"}, expect=403)
    admin.patch(f"/api/users/{made['id']}", {"role": "viewer"})
    admin.delete(f"/api/users/{made['id']}")


def test_nobody_reaches_further_through_a_token(own):
    owner = own.create("/api/users", person("boss", role="owner"))
    admin_user = own.create("/api/users", person("admin", role="admin"))
    admin = token_of(own, admin_user, "admin")
    token_of(admin, owner, "users:write", expect=403)
    mine = admin.call("POST", "/api/tokens", {"name": "x", "scopes": ["*:read"]}, expect=201).json
    assert mine["user_id"] == admin_user["id"], "a user's token makes tokens of that user"
    strongest = own.call("POST", "/api/tokens", {"name": "root", "scopes": ["admin"]}, expect=201).json
    assert strongest["user_id"] is None
    admin.call("POST", f"/api/tokens/{strongest['id']}/rotate", expect=403)
    weak = own.with_token(own.call("POST", "/api/tokens", {"name": "weak", "scopes": ["tokens:write", "users:write"]},
                                   expect=201).json["secret"])
    weak.call("POST", f"/api/tokens/{strongest['id']}/rotate", expect=403)
    weak.call("PATCH", f"/api/tokens/{strongest['id']}", {"expires_at": "2099-01-01T00:00:00.000Z"}, expect=403)
    weak.call("POST", "/api/users", person("mole", role="admin"), expect=403)
    weak.create("/api/users", person("member"))


def test_a_token_of_nobody_we_know(own):
    refused = own.call("POST", "/api/tokens", {"name": "x", "scopes": ["*:read"],
                                               "user_id": "usr_01h455vb4pex5vsknk084sn02q"}, expect=422).json
    assert [e["pointer"] for e in refused["errors"]] == ["/user_id"]


def test_a_rehearsal_of_a_user_changes_nothing(own):
    own.call("POST", "/api/users?validate_only=true", person(), expect=204)
    assert own.get("/api/users")["data"] == []
    user = own.create("/api/users", person(role="owner"))
    own.call("POST", "/api/users?validate_only=true", person(), expect=409)
    own.call("DELETE", f"/api/users/{user['id']}?validate_only=true", expect=409)
    own.call("PATCH", f"/api/users/{user['id']}?validate_only=true", {"name": "x"}, expect=204)
    assert own.get(f"/api/users/{user['id']}") == user
    assert own.get("/api/limits")["users"]["used"] == 1


def test_users_outlive_a_restart_with_their_roles(engine):
    api = engine.api()
    api.create("/api/users", person("boss", role="owner"))
    user = api.create("/api/users", person(role="viewer"))
    theirs = token_of(api, user, "admin")
    engine.restart()
    theirs.call("GET", "/api/monitors", expect=200)
    theirs.call("POST", "/api/monitors", {}, expect=403)
    assert api.get(f"/api/users/{user['id']}") == user
    assert api.get("/api/limits")["users"]["used"] == 2


def test_what_happens_to_users_and_tokens_is_in_the_audit_log(own):
    user = own.create("/api/users", person())
    own.patch(f"/api/users/{user['id']}", {"role": "viewer"})
    token = own.call("POST", "/api/tokens", {"name": "x", "scopes": ["*:read"], "user_id": user["id"]}, expect=201).json
    rotated = own.call("POST", f"/api/tokens/{token['id']}/rotate", expect=200).json
    own.delete(f"/api/users/{user['id']}")
    entries = own.all("/api/audit-log", resource_id=user["id"], sort="at")
    assert [e["action"] for e in entries] == ["create", "update", "delete"]
    assert entries[1]["patch"] == [{"op": "replace", "path": "/role", "value": "viewer"}]
    entries = own.all("/api/audit-log", resource_id=token["id"], sort="at")
    assert [e["action"] for e in entries][:2] == ["create", "rotate"]
    for secret in (token["secret"], rotated["secret"]):
        assert secret not in str(own.all("/api/audit-log"))
