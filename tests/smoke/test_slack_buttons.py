"""Slack's buttons: what comes when one is pressed, signed as Slack signs it."""
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from harness.api import Api
from harness.engine import Engine
from harness.providers import Provider
from harness.waiting import eventually
from harness.world import World

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(scope="module")
def engine_found():
    engine = Engine("--base-url", "https://pager.example").start()
    yield engine
    engine.close()


@pytest.fixture
def slack(engine_found, target):
    """An incident that Slack shows with buttons: (world, provider, channel, incident, monitor)."""
    world, provider = World(engine_found.api()), Provider("slack")
    count = iter(range(1, 100))
    original = provider.handle

    def handle(request):
        provider.answers.append((200, {}, json.dumps(
            {"ok": True, "channel": "C024BE91L", "ts": f"17000000{next(count)}.000100"}).encode()))
        original(request)

    provider.handle = handle
    channel = world.api.call("POST", "/api/channels", {"name": world.name("Ops"), "type": "slack", "slack": {
        "bot_token": "xoxb-1", "channel": "#ops", "signing_secret": SECRET, "base_url": provider.url}}, expect=201).json
    monitor = world.monitor(target)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    provider.expect(1)
    yield world, provider, channel, world.incidents(monitor)[0], monitor
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})
    provider.close()
    assert not provider.faults, provider.faults


def buttons_of(sent):
    found = [b for b in sent.body["blocks"] if b["type"] == "actions"]
    return {e["action_id"]: e["value"] for b in found for e in b["elements"]}


def payload(value, user="ada", block="gochron"):
    return {"type": "block_actions", "user": {"id": "U1", "username": user, "name": user, "team_id": "T1"},
            "api_app_id": "A1", "token": "old", "trigger_id": "1.2.3", "team": {"id": "T1"},
            "channel": {"id": "C024BE91L", "name": "ops"}, "response_url": "https://hooks.slack.com/actions/x",
            "actions": [{"type": "button", "block_id": block, "action_id": "acknowledge", "value": value,
                         "action_ts": "1700000000.1"}]}


def press(world, channel_id, body, secret=SECRET, at=None, mac=None, **headers):
    raw = body if isinstance(body, bytes) else urlencode({"payload": json.dumps(body)}).encode()
    at = str(int(time.time()) if at is None else at)
    signature = "v0=" + hmac.new(secret.encode(), f"v0:{at}:".encode() + raw, hashlib.sha256).hexdigest()
    return world.api.send("POST", f"/in/slack/{channel_id}", raw, token=None, headers={
        "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": mac if mac is not None else signature, **headers})


def incident_of(world, incident):
    return world.api.get(f"/api/incidents/{incident['id']}")


def test_a_button_acknowledges_and_the_message_says_who_did(slack):
    world, provider, channel, incident, _ = slack
    buttons = buttons_of(provider.sent[0])
    assert set(buttons) == {"acknowledge", "resolve"} and provider.sent[0].path == "/api/chat.postMessage"
    begun = time.monotonic()
    answer = press(world, channel["id"], payload(buttons["acknowledge"]))
    assert answer.status == 200 and time.monotonic() - begun < 3, "Slack waits three seconds"
    seen = incident_of(world, incident)
    assert (seen["state"], seen["acknowledged_by"]) == ("acknowledged", "slack:ada")
    update = provider.expect(2)[1]
    assert update.path == "/api/chat.update" and update.body["ts"] == "170000001.000100"
    assert "slack:ada" in update.raw.decode()
    assert set(buttons_of(update)) == {"resolve"}
    assert press(world, channel["id"], payload(buttons_of(update)["resolve"], user="Grace Hopper")).status == 200
    assert incident_of(world, incident)["resolved_by"] == "slack:Grace Hopper"
    last = provider.expect(3)[2]
    assert last.path == "/api/chat.update" and buttons_of(last) == {}
    entries = [x for x in world.api.all("/api/audit-log") if x["resource_id"] == incident["id"]]
    assert {x["actor"] for x in entries} == {"slack:ada", "slack:Grace Hopper"}


def test_a_button_that_is_pressed_twice_has_one_effect(slack):
    world, provider, channel, incident, _ = slack
    button = buttons_of(provider.sent[0])["acknowledge"]
    for _ in range(3):  # Slack repeats what it heard no answer to
        assert press(world, channel["id"], payload(button)).status == 200
    world.api.post(f"/api/incidents/{incident['id']}/unacknowledge", {})
    assert press(world, channel["id"], payload(button)).status == 200
    assert incident_of(world, incident)["state"] == "triggered"
    lines = [x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == "acknowledged"]
    assert len(lines) == 1


def test_what_slack_did_not_sign_now_is_refused_alike(slack):
    world, provider, channel, incident, _ = slack
    body = payload(buttons_of(provider.sent[0])["acknowledge"])
    now = int(time.time())
    unknown = channel["id"][:-1] + ("0" if channel["id"][-1] != "0" else "1")
    plain = world.api.call("POST", "/api/channels", {"name": world.name("s"), "type": "slack", "slack": {
        "bot_token": "xoxb-1", "channel": "#ops", "base_url": provider.url}}, expect=201).json["id"]
    details = set()
    for where, how in ((channel["id"], {"secret": "other"}), (channel["id"], {"at": now - 301}),
                       (channel["id"], {"at": now + 301}), (channel["id"], {"mac": ""}),
                       (channel["id"], {"mac": "v0=" + "0" * 64}), (unknown, {}), (plain, {}), ("chn_x", {}),
                       ("inc_01h455vb4pex5vsknk084sn02r", {})):
        answer = press(world, where, body, **how)
        assert answer.status == 404, (where, how, answer)
        details.add(json.loads(answer.raw)["detail"])
    assert len(details) == 1, "nothing tells one from another"
    raw = urlencode({"payload": json.dumps(body)}).encode()
    at = str(now)
    signature = "v0=" + hmac.new(SECRET.encode(), f"v0:{at}:".encode() + raw, hashlib.sha256).hexdigest()
    assert press(world, channel["id"], raw + b"&x=1", at=now, mac=signature).status == 404, "not the bytes that were signed"
    assert incident_of(world, incident)["state"] == "triggered"
    world.api.delete(f"/api/channels/{plain}")


def test_what_is_no_button_of_ours_does_nothing(slack):
    world, provider, channel, incident, _ = slack
    button = buttons_of(provider.sent[0])["acknowledge"]
    for body in (payload(button, block="other"), payload("forged"), payload(button[:-2] + "AA"), payload(""),
                 {"type": "view_submission"}, {"type": "block_actions"}):
        assert press(world, channel["id"], body).status == 200
    for raw in (b"", b"payload=%7B", b"x=1", b"%zz", b"payload=[]&payload=" + b"1" * 10):
        assert press(world, channel["id"], raw).status in (200, 400)
    assert press(world, channel["id"], b"payload=" + b"x" * 300_000).status == 413
    assert incident_of(world, incident)["state"] == "triggered"


def test_a_button_of_another_organisation_does_nothing(slack, engine_found):
    world, provider, channel, incident, _ = slack
    _, secret = engine_found.run("org", "create", "--name", "Others", "--plan", "self_hosted").stdout.split()
    other = World(Api(engine_found, secret))
    theirs = other.api.call("POST", "/api/channels", {"name": "theirs", "type": "slack", "slack": {
        "bot_token": "xoxb-2", "channel": "#x", "signing_secret": "theirs", "base_url": provider.url}}, expect=201).json
    answer = press(other, theirs["id"], payload(buttons_of(provider.sent[0])["acknowledge"]), secret="theirs")
    assert answer.status == 200
    assert incident_of(world, incident)["state"] == "triggered"


def test_buttons_need_a_bot(world):
    answer = world.api.call("POST", "/api/channels", {"name": "x", "type": "slack", "slack": {
        "webhook_url": "https://hooks.slack.example/x", "signing_secret": "s"}}, expect=422)
    assert [e["pointer"] for e in answer.json["errors"]] == ["/slack/signing_secret"]


def test_without_buttons_there_are_links(engine_found, target):
    world, provider = World(engine_found.api()), Provider("slack")
    channel = world.api.call("POST", "/api/channels", {"name": "hook", "type": "slack", "slack": {
        "webhook_url": provider.url + "/services/T0/B0/x"}}, expect=201).json
    monitor = world.monitor(target)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    sent = provider.expect(1)[0]
    assert b"<https://pager.example/a/" in sent.raw and b"|Acknowledge>" in sent.raw
    assert buttons_of(sent) == {}
    eventually(lambda: world.deliveries(channel)[0]["state"] == "succeeded")
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})
    provider.close()
