"""`GET /api/export?format=terraform`, with the provider: a plan of it imports everything and changes nothing."""
import random
import re

import pytest

from harness.api import Api
from random_organization import random_organization
from workspace import Workspace

BLOCK = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}\n\nimport \{\n  to = (\S+)\n  id = "(\S+)"\n\}\n', re.MULTILINE | re.DOTALL)
SECRET = re.compile(r"^ *(\w+)_wo += var\.(\w+)$", re.MULTILINE)


@pytest.fixture
def organisation(shared_engine, world):
    """An administrator of an organisation of its own."""
    _, secret = shared_engine.run("org", "create", "--name", f"export-{world.mark}", "--plan", "self_hosted").stdout.split()
    return Api(shared_engine, secret)


def export(api):
    answer = api.send("GET", "/api/export?format=terraform")
    assert answer.status == 200, answer
    return answer.raw.decode()


def variables(text, secrets):
    """TF_VAR_... for each secret, by the resource that it is of."""
    found = {}
    for _, _, body, _, id in BLOCK.findall(text):
        for name, variable in SECRET.findall(body):
            found[f"TF_VAR_{variable}"] = secrets[id.rsplit("/", 1)[-1], name]
    return found


def versions(api, made):
    return {x["id"]: api.get(f"/api/{noun}/{x['id']}")["version"] for noun, rows in made.items() for x in rows}


@pytest.mark.parametrize("seed, size", [(0, 500), (1, 100)])
def test_a_plan_of_what_was_exported_imports_all_and_changes_nothing(organisation, tmp_path, seed, size):
    api = organisation
    made = random_organization(api, random.Random(seed), size)
    schedule = made.made["schedules"][0]
    override = api.post(f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "add", "start_at": "2036-01-01T00:00:00.000Z", "end_at": "2036-01-02T00:00:00.000Z", "reason": "${both}",
        "user_ids": [made.made["users"][0]["id"]]}, expect=201)
    ids = {x["id"] for rows in made.made.values() for x in rows} | {override["id"]}
    before = versions(api, made.made)
    text = export(api)
    assert text == export(api), "the same configuration gives the same text"
    assert {x[4].rsplit("/", 1)[-1] for x in BLOCK.findall(text)} == ids, "everything is in it, once"
    assert not [x for x in made.secrets.values() if x[-10:] in text], "no secret is in it"
    env = variables(text, made.secrets)
    assert len(env) == len(made.secrets) == text.count("\nvariable ")

    workspace = Workspace(tmp_path, api)
    workspace.write("main.tf", text)
    workspace.run("fmt", "-check", "-diff")
    planned = workspace.plan(env=env, expect=2)
    assert f"Plan: {len(ids)} to import, 0 to add, 0 to change, 0 to destroy." in planned.text, planned
    workspace.apply(env=env)
    workspace.plan(env=env, expect=0)
    assert versions(api, made.made) == before, "nothing was written"
    assert not [x for x in made.secrets.values() if x[-10:] in workspace.kept()]

    monitor = next(x for x in made.made["monitors"] if x["type"] == "tcp")
    api.patch(f"/api/monitors/{monitor['id']}", {"name": "changed outside"})
    drift = workspace.plan(env=env, expect=2)
    assert "0 to add, 1 to change, 0 to destroy" in drift.text, "and what is changed outside is seen"


def test_an_organisation_of_nothing_is_a_configuration_too(organisation, tmp_path):
    workspace = Workspace(tmp_path, organisation)
    workspace.write("main.tf", export(organisation))
    workspace.run("fmt", "-check", "-diff")
    workspace.plan(expect=0)
