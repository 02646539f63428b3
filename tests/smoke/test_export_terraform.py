"""`GET /api/export?format=terraform`, as far as HTTP goes; tests/terraform/test_export.py plans it."""
import re

import pytest

from harness.api import Api


@pytest.fixture
def organisation(shared_engine, world):
    """Makes an administrator of an organisation of his own."""
    made = []

    def make():
        made.append(f"export-{world.mark}-{len(made)}")
        _, secret = shared_engine.run("org", "create", "--name", made[-1], "--plan", "self_hosted").stdout.split()
        return Api(shared_engine, secret)

    return make


def export(api):
    answer = api.send("GET", "/api/export?format=terraform")  # the client knows nothing but JSON
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return answer.raw.decode()


def test_the_format_is_asked_for_and_nothing_else_is_there(api):
    assert api.call("GET", "/api/export", expect=200).headers["content-type"] == "application/json"
    for query in ("format=hcl", "format=", "format=terraform&format=json", "form=terraform"):
        refused = api.call("GET", f"/api/export?{query}", expect=422)
        assert refused.json["errors"][0]["pointer"] in ("format", "form")


def test_it_needs_the_scope_to_read_everything(world, api):
    for scope, status in (("*:read", 200), ("monitors:read", 403), ("*:write", 200)):
        token = api.create("/api/tokens", {"name": world.mark, "scopes": [scope]})["secret"]
        assert api.with_token(token).send("GET", "/api/export?format=terraform").status == status


def test_it_has_the_whole_organisation_and_no_other(organisation):
    one, other = organisation(), organisation()
    user = one.create("/api/users", {"email": "ada@shop.example", "name": "Ada"})
    schedule = one.create("/api/schedules", {"name": "Primary", "layers": [{
        "key": "a", "name": "A", "members": [[user["id"]]], "rotation": {"anchor_local": "2026-01-05T09:00:00"}}]})
    override = one.create(f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "add", "start_at": "2036-01-01T00:00:00.000Z", "end_at": "2036-01-02T00:00:00.000Z", "user_ids": [user["id"]]})
    channel = one.create("/api/channels", {"key": "ops", "name": "Ops", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}})
    monitors = [one.post("/api/monitors", {"name": "Shop ${x} \"é\"", "type": "http", "paused": True, "http": {
        "url": "http://127.0.0.1:9/", "auth": {"type": "bearer", "token": "sesame"}}}, expect=201) for _ in range(2)]
    other.create("/api/monitors", {"name": "not theirs", "type": "manual", "manual": {}})
    text = export(one)
    found = {address: id for address, id in re.findall(r'\n  to = (\S+)\n  id = "(\S+)"\n', text)}
    assert found == {"gochron_user.ada": user["id"], "gochron_schedule.primary": schedule["id"],
                     "gochron_schedule_override.add": f"{schedule['id']}/{override['id']}",
                     "gochron_channel_webhook.ops": channel["id"],
                     "gochron_monitor.shop_x": monitors[0]["id"], "gochron_monitor.shop_x_2": monitors[1]["id"]}
    assert 'name   = "Shop $${x} \\"é\\""' in text
    assert "members = [\n        [gochron_user.ada.id],\n      ]" in text
    assert "sesame" not in text and "token_wo = var.monitor_shop_x_http_auth_token\n" in text
    assert channel["secret"]["value"] not in text
    assert "not theirs" not in text and "not_theirs" in export(other)
