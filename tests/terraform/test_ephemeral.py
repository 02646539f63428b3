"""Secrets that are nowhere afterwards: tokens for the length of a run, and the secrets of webhooks."""
import hashlib
import time
import uuid

import pytest

from workspace import HEADER, TOOL

pytestmark = pytest.mark.skipif(bool(TOOL.lacks((1, 10, 0), (1, 11, 0))), reason=TOOL.lacks((1, 10, 0), (1, 11, 0)))

LIMITED = HEADER + '''
ephemeral "gochron_api_token" "reader" {
  name   = "%s"
  scopes = ["limits:read"]
}

provider "gochron" {
  alias = "reader"
  token = ephemeral.gochron_api_token.reader.secret
}

data "gochron_limits" "mine" {
  provider = gochron.reader
}

output "plan" {
  value = data.gochron_limits.mine.plan
}
'''


def tokens(api, name):
    return [x for x in api.all("/api/tokens") if x["name"] == name]


def created(api, name):
    """The audit log's entries of the making of that token."""
    return [x for x in api.all("/api/audit-log", action="create") if name in str(x)]


@pytest.fixture
def name():
    return f"run-{uuid.uuid4().hex[:12]}"


def test_a_token_lives_for_one_run_and_is_written_nowhere(workspace, api, name):
    workspace.write(text=LIMITED % name).apply()
    assert workspace.outputs() == {"plan": "self_hosted"}, "what the token may read was read with it"
    assert not tokens(api, name), "it is deleted"
    workspace.plan("-out=saved.plan")
    assert not tokens(api, name), "the plan's own is deleted, too"
    assert "gct_" not in workspace.kept()


def test_a_token_of_a_run_that_dies_ends_by_itself(workspace, api, name):
    """Terraform is killed while it waits for something: the token is still there, with an end."""
    workspace.write(text=LIMITED % name + '''
resource "terraform_data" "slow" {
  depends_on = [data.gochron_limits.mine]
  provisioner "local-exec" {
    command = "touch started; exec sleep 600"
  }
}
''')
    run = workspace.start("apply", "-auto-approve")
    workspace.wait_for("started")
    run.kill_all()
    left, = tokens(api, name)
    lifetime = time.mktime(time.strptime(left["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.gmtime())
    assert 3000 < lifetime <= 3600


def test_a_long_run_prolongs_its_token(workspace, api, name):
    short = (LIMITED % name).replace("scopes =", "lifetime_seconds = 60\n  scopes =")
    workspace.write(text=short + '''
resource "terraform_data" "slow" {
  depends_on = [data.gochron_limits.mine]
  provisioner "local-exec" {
    command = "touch started; while [ ! -e enough ]; do sleep 0.1; done"
  }
}
''')
    run = workspace.start("apply", "-auto-approve")
    workspace.wait_for("started")
    first, = tokens(api, name)
    deadline = time.monotonic() + 90
    while (now := tokens(api, name)[0])["expires_at"] == first["expires_at"]:
        assert time.monotonic() < deadline, f"not prolonged: {now}"
        time.sleep(0.5)
    workspace.write("enough")
    assert run.wait(60) == 0
    assert not tokens(api, name)


def test_a_scope_that_cannot_be_given_is_told_at_scopes(workspace, api, name):
    poor = api.create("/api/tokens", {"name": "poor", "scopes": ["monitors:read", "tokens:write"]})["secret"]
    told = workspace.write(text=LIMITED % name).refused(env={"GOCHRON_TOKEN": poor})
    assert "Cannot make this API token" in told and "Your token does not have this scope" in told
    assert 'scopes = ["limits:read"]' in told


SECRET = HEADER + '''
ephemeral "gochron_webhook_secret" "ops" {
  channel_id = "%s"
  version    = %d
}

# Stands for any provider that takes the secret of something: here another run's environment sees it.
resource "terraform_data" "vault" {
  triggers_replace = [%d]
  provisioner "local-exec" {
    command     = "printf %%s \\"$SECRET\\" > /dev/stderr; printf %%s \\"$SECRET\\" | sha256sum > seen"
    environment = { SECRET = ephemeral.gochron_webhook_secret.ops.value }
  }
}
'''


@pytest.fixture
def channel(api):
    return api.create("/api/channels", {"name": f"ops-{uuid.uuid4().hex[:8]}", "type": "webhook",
                                        "webhook": {"url": "https://hooks.example.com/"}})


def seen(workspace):
    return (workspace.folder / "seen").read_text()[:8]


def now(api, channel):
    return api.get(f"/api/channels/{channel['id']}")["secret"]


def test_a_secret_is_rolled_once_and_the_same_in_plan_and_apply(workspace, api, channel):
    workspace.write(text=SECRET % (channel["id"], 2, 2)).plan("-out=saved.plan", expect=2)
    assert now(api, channel)["version"] == 2
    workspace.apply("saved.plan")
    assert now(api, channel)["version"] == 2 and seen(workspace) == now(api, channel)["fingerprint"]
    workspace.plan_is_empty()
    assert now(api, channel)["version"] == 2, "a plan without a higher version rolls nothing"
    workspace.write(text=SECRET % (channel["id"], 3, 3)).apply()
    assert now(api, channel)["version"] == 3 and seen(workspace) == now(api, channel)["fingerprint"]
    assert "whsec_" not in workspace.kept()


def test_a_secret_that_another_token_rolled_is_not_shown(workspace, api, channel):
    workspace.write(text=SECRET % (channel["id"], 2, 2)).apply()
    other = api.create("/api/tokens", {"name": "other", "scopes": ["admin"]})["secret"]
    told = workspace.write(text=SECRET % (channel["id"], 2, 4)).apply(env={"GOCHRON_TOKEN": other})
    assert seen(workspace) == hashlib.sha256(b"").hexdigest()[:8], told
    assert now(api, channel)["version"] == 2


@pytest.mark.parametrize("version, says", [
    (5, "The channel's secret has version 1, so that the next one is 2."),
    (1, "value must be at least 2")])
def test_a_version_that_is_not_the_next_is_refused(workspace, api, channel, version, says):
    told = workspace.write(text=SECRET % (channel["id"], version, version)).refused()
    assert says in told and f"version = {version}" in told
    assert now(api, channel)["version"] == 1


def test_only_webhooks_have_secrets(workspace, api):
    mail = api.create("/api/channels", {"name": "mail", "type": "email", "email": {"to": ["a@example.com"]}})
    assert "It is of type `email`; only the events of type `webhook` are signed" in workspace.write(
        text=SECRET % (mail["id"], 2, 2)).refused()
    gone = "chn_01jd9e6h6gf4g8w1q6v5q8z3ab"
    assert f'no channel with the id "{gone}"' in workspace.write(text=SECRET % (gone, 2, 2)).refused()
