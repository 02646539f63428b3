"""Every example of the documentation, applied as it stands: the plan after it is empty, its import works and leaves an
empty plan, its data source finds it, and it can be destroyed."""
import json
import re

import pytest

from workspace import HEADER, PROVIDER, Workspace

EXAMPLES = PROVIDER / "examples"
NAMES = sorted(x.name for x in (EXAMPLES / "resources").iterdir())
CHANNELS = [x for x in NAMES if x.startswith("gochron_channel_")]
ID = re.compile(r"[a-z]+_01jd9e6h6gf4g8w1q6v5q8z3ab")

# What the variables of the examples are, here. Each is in the form of its provider.
VARIABLES = {
    "slack_webhook_url": "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24,
    "discord_webhook_url": "https://discord.com/api/webhooks/123456789012345678/" + "x" * 68,
    "teams_webhook_url": "https://example.webhook.office.com/webhookb2/abc",
    "google_chat_webhook_url": "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k&token=t",
    "mattermost_webhook_url": "https://mattermost.example.com/hooks/abcdefghijklmnopqrstuvwxyz",
    "telegram_bot_token": "123456789:" + "A" * 35,
    "pagerduty_routing_key": "7c1e5d9b3f804a62b8d0c4e6f2a19357",
    "opsgenie_api_key": "01234567-89ab-cdef-0123-456789abcdef",
    "pushover_app_token": "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
    "pushover_user_key": "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
    "ntfy_topic": "gochron-example-topic",
    "gotify_app_token": "AbCdEfGhIjKlMnO",
    "twilio_auth_token": "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
}


@pytest.fixture
def own_api(engine):
    """An organisation with nothing in it but the example."""
    return engine.api()


@pytest.fixture
def make_workspace(own_api, tmp_path):
    def make(name):
        workspace = Workspace(tmp_path / name, own_api)
        workspace.env.update({f"TF_VAR_{k}": v for k, v in VARIABLES.items()})
        return workspace.write("terraform.tf", HEADER)

    return make


def text_of(kind, name, file):
    return (EXAMPLES / kind / name / file).read_text()


def import_of(name):
    """The address and the id that both of an example's imports give."""
    block = re.search(r'to = (\S+)\n  id = "(\S+)"', text_of("resources", name, "import-by-string-id.tf"))
    command = re.search(r"^terraform import (\S+) (\S+)$", text_of("resources", name, "import.sh"), re.M)
    assert block.groups() == command.groups()
    return block.groups()


def real_id(workspace, address, given):
    """What an example's id stands for. A key stands for itself."""
    if not ID.search(given):
        return given
    values = workspace.state()[address]["values"]
    return "/".join(values[name] for name in ("of_schedule_id", "id") if values.get(name))


def forget_and_import(workspace, names):
    imports = {}
    for name in names:
        address, given = import_of(name)
        imports[address] = real_id(workspace, address, given)
    workspace.run("state", "rm", *imports)
    workspace.write("import.tf", "".join(f'import {{\n  to = {to}\n  id = "{x}"\n}}\n' for to, x in imports.items()))
    planned = workspace.plan("-out=import.plan", expect=2).text
    assert f"{len(imports)} to import, 0 to add, 0 to change, 0 to destroy" in planned
    workspace.apply("import.plan")
    workspace.plan_is_empty()
    return imports


def check(make_workspace, names):
    workspace = make_workspace("resources")
    for name in names:
        workspace.write(f"{name}.example.tf", text_of("resources", name, "resource.tf"))
    workspace.apply()
    workspace.plan_is_empty()
    imports = forget_and_import(workspace, names)
    address, given = next(iter(imports.items()))
    workspace.run("state", "rm", address)
    workspace.run("import", "-no-color", address, given)
    workspace.plan_is_empty()
    kept = workspace.kept()
    assert not [x for x in VARIABLES.values() if x in kept], "a secret is in the state"
    return workspace


def check_data_sources(make_workspace, names, workspace):
    sources = make_workspace("sources")
    for name in names:
        sources.write(f"{name}.example.tf", text_of("data-sources", name, "data-source.tf"))
    values = workspace.state()
    if "gochron_schedule_override.conference" in values:
        made = values["gochron_schedule_override.conference"]["values"]
        sources.env.update(TF_VAR_schedule_id=made["of_schedule_id"], TF_VAR_override_id=made["id"])
    sources.apply()
    sources.plan_is_empty()
    found = {f"{x['type']}.{x['name']}": x["values"]["id"] for x in sources.state().values() if x["mode"] == "data"}
    for name in names:
        address, _ = import_of(name)
        assert found[address] == values[address]["values"]["id"], f"data.{address} is another one"
    sources.destroy()


@pytest.mark.parametrize("names", [CHANNELS, *([x] for x in NAMES if x not in CHANNELS)], ids=lambda x: x[0] if len(x) == 1 else "channels")
def test_an_example_does_what_it_shows(make_workspace, names, own_api):
    workspace = check(make_workspace, names)
    check_data_sources(make_workspace, names, workspace)
    workspace.destroy()
    for path in ("monitors", "channels", "users", "schedules"):
        assert own_api.all(f"/api/{path}") == [], "something is left"


@pytest.mark.parametrize("name", ["gochron_limits", "gochron_organization", "gochron_egress_ips"])
def test_an_example_of_a_fact_does_what_it_shows(make_workspace, name):
    workspace = make_workspace("sources").write(text=text_of("data-sources", name, "data-source.tf"))
    workspace.apply()
    workspace.plan_is_empty()


def test_the_example_of_who_is_on_call_does_what_it_shows(make_workspace):
    schedule = make_workspace("resources").write(text=text_of("resources", "gochron_schedule", "resource.tf"))
    schedule.apply()
    workspace = make_workspace("sources").write(text=text_of("data-sources", "gochron_oncall", "data-source.tf"))
    workspace.apply()
    workspace.plan_is_empty()
    assert len(workspace.outputs()["on_call"]) == 1
    schedule.destroy()


@pytest.mark.parametrize("name", ["gochron_api_token", "gochron_webhook_secret"])
def test_an_example_of_an_ephemeral_resource_does_what_it_shows(make_workspace, name):
    workspace = make_workspace("ephemeral").write(text=text_of("ephemeral-resources", name, "ephemeral-resource.tf"))
    workspace.apply()
    workspace.plan_is_empty()
    assert "gct_" not in workspace.kept() and "whsec_" not in workspace.kept()
    workspace.destroy()


def test_the_example_of_the_provider_is_one(make_workspace, own_api):
    workspace = make_workspace("provider").write("terraform.tf", text_of("provider", "", "provider.tf"))
    workspace.write(text='resource "gochron_monitor" "a" {\n  name   = "a"\n  manual = {}\n}\n')
    workspace.env.update(TF_VAR_gochron_url=own_api.engine.url, TF_VAR_commit="3f2a9c1", GOCHRON_URL="")
    workspace.apply()
    entry = [x for x in own_api.all("/api/audit-log") if "3f2a9c1" in json.dumps(x)]
    assert entry
    workspace.destroy()


def test_everything_has_an_example(make_workspace):
    schemas, = json.loads(make_workspace("all").run("providers", "schema", "-json").out)["provider_schemas"].values()
    for kind, folder in (("resource_schemas", "resources"), ("data_source_schemas", "data-sources"),
                         ("ephemeral_resource_schemas", "ephemeral-resources")):
        shown = {x.name for x in (EXAMPLES / folder).iterdir()}
        assert shown == set(schemas[kind]), f"{folder}: {shown ^ set(schemas[kind])}"


def test_the_examples_are_formatted(make_workspace):
    done = make_workspace("fmt").run("fmt", "-check", "-diff", "-no-color", "-recursive", EXAMPLES, expect=None)
    assert done.code == 0, done
