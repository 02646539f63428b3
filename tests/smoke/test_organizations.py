"""Several organisations in one server."""
import re

import pytest

from harness.api import Api

NEW = {"name": "Example Ltd", "plan": "pro"}


@pytest.fixture(scope="module")
def hosted():
    from harness.engine import Engine
    engine = Engine("--hosted").start()
    yield engine
    engine.close()


def test_the_command_line_makes_one_that_a_running_server_knows(shared_engine):
    org, secret = shared_engine.run("org", "create", "--name", "made beside", "--plan", "free").stdout.splitlines()
    assert re.fullmatch(r"org_[0-9a-z]{26}", org)
    owner = Api(shared_engine, secret)
    mine = owner.get("/api/organization")
    assert mine["id"] == org and mine["name"] == "made beside" and mine["plan"] == "free"
    assert owner.get("/api/limits")["tokens"] == {"used": 1, "maximum": 10}
    assert owner.get("/api/monitors")["data"] == []
    listed = shared_engine.run("org", "list").stdout
    assert f"{org}\tfree\tmade beside\n" in listed
    assert listed.splitlines()[0].endswith("\tself_hosted\tdefault"), "oldest first"


def test_tokens_of_a_named_organisation(shared_engine):
    org, _ = shared_engine.run("org", "create", "--name", "tokens").stdout.split()
    made = shared_engine.run("token", "create", "--org", org, "--name", "x", "--scopes", "*:read").stdout.strip()
    reader = Api(shared_engine, made)
    assert reader.get("/api/organization")["id"] == org
    assert reader.get("/api/limits")["plan"] == "self_hosted", "of whoever runs it for themselves"
    reader.call("POST", "/api/channels", {}, expect=403)


@pytest.mark.parametrize("arguments", [
    ("org", "create"), ("org", "create", "--name", ""), ("org", "create", "--name", "x" * 256),
    ("org", "create", "--name", "x", "--plan", "no_such"), ("org", "create", "--name", "x", "--plan", "'; DROP"),
    ("token", "create", "--name", "x", "--scopes", "admin", "--org", "org_x"),
    ("token", "create", "--name", "x", "--scopes", "admin", "--org", "org_01h455vb4pex5vsknk084sn02q")])
def test_the_command_line_refuses_nonsense_in_words(shared_engine, arguments):
    done = shared_engine.run(*arguments, check=False)
    assert done.returncode != 0 and done.stdout == "" and done.stderr.strip()


def test_a_hosted_server_makes_them_over_the_api(hosted):
    operator = hosted.api()
    answer = operator.call("POST", "/api/organizations", NEW, expect=201)
    made = answer.json
    assert answer.headers["location"] == f"/api/organizations/{made['id']}"
    assert operator.get(answer.headers["location"]) == {k: made[k] for k in ("id", "name", "plan", "created_at")}
    owner = operator.with_token(made["owner_token"]["secret"])
    assert owner.get("/api/organization")["name"] == "Example Ltd"
    assert owner.get("/api/tokens")["data"][0]["id"] == made["owner_token"]["id"]
    listed = operator.all("/api/organizations", limit=1)
    assert [x["name"] for x in listed][0] == "default" and made["id"] in [x["id"] for x in listed]
    assert operator.get("/api/organizations", ids=made["id"])["data"][0]["id"] == made["id"]
    hosted.restart()
    assert owner.get("/api/limits")["plan"] == "pro"


def test_tenants_manage_no_organisations(hosted):
    operator = hosted.api()
    made = operator.call("POST", "/api/organizations", {"name": "tenant"}, expect=201).json
    assert made["plan"] == "free", "the default"
    tenant = operator.with_token(made["owner_token"]["secret"])
    for method, path, body in (("POST", "/api/organizations", NEW), ("GET", "/api/organizations", None),
                               ("GET", f"/api/organizations/{made['id']}", None)):
        refused = tenant.call(method, path, body, expect=403).json
        assert "operator" in refused["detail"]
    hosted.api("*:write").call("POST", "/api/organizations", NEW, expect=403)


def test_a_server_of_ones_own_says_how_else(api):
    refused = api.call("POST", "/api/organizations", NEW, expect=403).json
    assert "--hosted" in refused["detail"]


@pytest.mark.parametrize("body, pointer", [
    ({}, "/name"), ({"name": ""}, "/name"), ({"name": 7}, "/name"), ({"name": "x", "plan": "no_such"}, "/plan"),
    ({"name": "x", "plan": "A plan"}, "/plan"), ({"name": "x", "id": "org_x"}, "/id"),
    ({"name": "x", "colour": 1}, "/colour")])
def test_bad_bodies_are_refused_with_all_that_is_wrong(hosted, body, pointer):
    refused = hosted.api().call("POST", "/api/organizations", body, expect=422).json
    assert pointer in [e["pointer"] for e in refused["errors"]]


def test_a_rehearsal_makes_nothing(hosted):
    operator = hosted.api()
    before = len(operator.all("/api/organizations"))
    operator.call("POST", "/api/organizations?validate_only=true", NEW, expect=204)
    operator.call("POST", "/api/organizations?validate_only=true", {"name": "x", "plan": "no_such"}, expect=422)
    assert len(operator.all("/api/organizations")) == before
