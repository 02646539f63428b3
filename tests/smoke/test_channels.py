"""Each type of channel against its provider's rules: what is sent, in which order, and what an answer leads to."""
import pytest

from harness.engine import Engine
from harness.providers import ACCEPTED, Provider, RULES
from harness.waiting import eventually
from harness.world import World

KEY = "0123456789abcdef0123456789abcdef"
SETTINGS = {
    "slack": lambda url: {"webhook_url": url + "/services/T0/B0/secret-1"},
    "pagerduty": lambda url: {"routing_key": KEY, "base_url": url},
    "opsgenie": lambda url: {"api_key": "secret-genie-key", "base_url": url},
    "sms": lambda url: {"account_sid": "AC" + "f" * 32, "auth_token": "secret-twilio", "from": "+15005550006",
                        "to": "+15558675310", "base_url": url},
    "discord": lambda url: {"webhook_url": url + "/api/webhooks/1/secret-2"},
    "teams": lambda url: {"webhook_url": url + "/workflows/secret-3?sig=x"},
    "telegram": lambda url: {"bot_token": "123456:secret-4", "chat_id": "-100", "base_url": url},
    "mattermost": lambda url: {"webhook_url": url + "/hooks/secret-5"},
    "ntfy": lambda url: {"topic": "secret-topic-6", "token": "tk_secret", "base_url": url},
    "gotify": lambda url: {"server_url": url, "app_token": "secret-gotify"},
    "pushover": lambda url: {"app_token": "a" * 30, "user_key": "u" * 30, "base_url": url},
    "google_chat": lambda url: {"webhook_url": url + "/v1/spaces/A/messages?key=k&token=secret-7"},
}
SECRETS = ["secret-", KEY, "tk_secret", "a" * 30, "u" * 30]


@pytest.fixture
def provider(request):
    peer = Provider(request.param if hasattr(request, "param") else "slack")
    yield peer
    peer.close()
    assert not peer.faults, peer.faults


def channel_of(world, provider, **settings):
    own = {**SETTINGS[provider.name](provider.url), **settings}
    answer = world.api.call("POST", "/api/channels", {"name": world.name("channel"), "type": provider.name,
                                                     provider.name: own}, expect=201)
    return answer.json


def hidden(text):
    return [s for s in SECRETS if s in text]


def test_every_type_has_rules_and_settings(api):
    known = {row["type"] for row in api.get("/api/channel-types")["data"]}
    assert known == set(RULES) | {"webhook", "email"}
    assert set(SETTINGS) == set(RULES) == set(ACCEPTED)


@pytest.mark.parametrize("provider", sorted(RULES), indirect=True)
def test_an_outage_is_told_in_the_provider_s_format_and_in_order(world, api, target, provider):
    monitor, channel = world.monitor(target, runbook_url="https://wiki.example.com/a?b=1&c=2",
                                     description="<b>*The* shop</b> & more"), channel_of(world, provider)
    world.rule([monitor], [channel])
    assert channel["secret"] is None
    assert not hidden(str(channel)), channel
    world.wait_status(monitor, "up")
    target.die()
    provider.expect(1)
    incident = world.incidents(monitor)[0]
    api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
    provider.expect(2)
    target.revive()
    sent = provider.expect(3)
    texts = [s.raw.decode() for s in sent]
    assert len(sent) == 3
    if provider.name == "pagerduty":
        assert [s.body["event_action"] for s in sent] == ["trigger", "acknowledge", "resolve"]
        assert {s.body["dedup_key"] for s in sent} == {incident["id"]}
    elif provider.name == "opsgenie":
        assert sent[0].body["alias"] == incident["id"]
        assert [s.path.split("?")[0].rsplit("/", 1)[1] for s in sent] == ["alerts", "acknowledge", "close"]
    else:
        assert "Acknowledged" in texts[1] and "Resolved" in texts[2]
        assert "Acknowledged" not in texts[0] and "Resolved" not in texts[0]

    def recorded():
        states = [d["state"] for d in world.deliveries(channel)]
        assert states == ["succeeded"] * 3, states
        return True

    eventually(recorded, 10.0)
    log = world.api.engine.log.read_text()
    for delivery in world.deliveries(channel):
        assert not hidden(str(api.all(f"/api/deliveries/{delivery['id']}/attempts")))
    assert not hidden(log)
    assert not hidden(str(api.all("/api/audit-log")))
    assert not hidden(str(api.get(f"/api/channels/{channel['id']}")))
    assert not hidden(world.api.send("GET", "/api/export").raw.decode(errors="replace"))


@pytest.mark.parametrize("provider", sorted(RULES), indirect=True)
def test_a_test_sends_a_sample_and_returns_the_attempt(world, provider):
    channel = channel_of(world, provider)
    attempt = world.api.post(f"/api/channels/{channel['id']}/test")
    assert attempt["succeeded"], attempt
    assert attempt["response"]["status"] == ACCEPTED[provider.name][0]
    assert len(provider.expect(1)) == 1
    seen = world.api.get(f"/api/channels/{channel['id']}")
    assert seen["health"]["state"] == "healthy"
    assert seen["version"] == channel["version"]


FAILURES = [  # type, answer, what becomes of the delivery and of the channel
    ("slack", (403, b"action_prohibited"), "failed", "failing"),
    ("slack", (404, b"no_service"), "failed", "disabled"),
    ("slack", (500, b"rollup_error"), "pending", "failing"),
    ("pagerduty", (400, b'{"status":"invalid event","errors":["bad"]}'), "failed", "failing"),
    ("pagerduty", (429, b""), "pending", "failing"),
    ("opsgenie", (401, b'{"message":"Key format is not valid!"}'), "failed", "failing"),
    ("opsgenie", (503, b""), "pending", "failing"),
    ("sms", (401, b'{"code":20003,"message":"Authenticate"}'), "failed", "failing"),
    ("sms", (400, b'{"code":21610,"message":"STOP"}'), "failed", "disabled"),
    ("sms", (429, b'{"code":20429,"message":"Too Many Requests"}'), "pending", "failing"),
    ("discord", (404, b'{"message":"Unknown Webhook","code":10015}'), "failed", "disabled"),
    ("discord", (429, b'{"message":"slow down","retry_after":2.5}'), "pending", "failing"),
    ("teams", (404, b""), "failed", "disabled"),
    ("teams", (401, b'{"error":{"message":"no"}}'), "failed", "failing"),
    ("telegram", (401, b'{"ok":false,"description":"Unauthorized"}'), "failed", "failing"),
    ("telegram", (429, b'{"ok":false,"parameters":{"retry_after":3}}'), "pending", "failing"),
    ("telegram", (403, b'{"ok":false,"description":"Forbidden: bot was kicked"}'), "failed", "disabled"),
    ("mattermost", (400, b'{"id":"web.incoming_webhook.invalid.app_error","message":"x"}'), "failed", "disabled"),
    ("ntfy", (403, b'{"code":40301,"error":"forbidden"}'), "failed", "failing"),
    ("ntfy", (429, b'{"code":42901,"error":"limit reached"}'), "pending", "failing"),
    ("gotify", (401, b'{"errorDescription":"no such token"}'), "failed", "failing"),
    ("pushover", (400, b'{"status":0,"errors":["application token is invalid"]}'), "failed", "failing"),
    ("pushover", (429, b'{"status":0,"errors":["quota"]}'), "failed", "failing"),
    ("pushover", (500, b""), "pending", "failing"),
    ("google_chat", (404, b'{"error":{"message":"gone"}}'), "failed", "disabled"),
    ("google_chat", (429, b'{"error":{"message":"slow"}}'), "pending", "failing"),
]


@pytest.mark.parametrize("provider,answer,delivery_state,channel_state", [
    pytest.param(name, answer, delivery, channel, id=f"{name}-{answer[0]}-{channel}")
    for name, answer, delivery, channel in FAILURES], indirect=["provider"])
def test_an_answer_has_its_consequence(world, target, provider, answer, delivery_state, channel_state):
    monitor, channel = world.monitor(target), channel_of(world, provider)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    provider.answer(*answer)
    target.die()
    provider.expect(1)

    def judged():
        owed = world.deliveries(channel)
        assert [(d["state"], d["attempts"]) for d in owed] == [(delivery_state, 1)], owed
        health = world.api.get(f"/api/channels/{channel['id']}")["health"]
        assert health["state"] == channel_state, health
        return owed[0]

    owed = eventually(judged, 10.0)
    assert owed["last_error"]
    assert (owed["next_attempt_at"] is None) == (delivery_state == "failed")


def test_a_server_error_passes_and_the_same_message_arrives(world, target):
    provider = Provider("telegram")
    try:
        monitor, channel = world.monitor(target), channel_of(world, provider)
        world.rule([monitor], [channel])
        world.wait_status(monitor, "up")
        provider.answer(502)
        target.die()
        first, second = provider.expect(2, within=20.0)
        assert first.raw == second.raw
        assert not provider.faults
    finally:
        provider.close()


def test_a_bot_updates_its_message_in_place_also_after_a_crash(engine, target):
    world, provider = World(engine.api()), Provider("slack")
    try:
        monitor = world.monitor(target)
        channel = world.api.call("POST", "/api/channels", {
            "name": "bot", "type": "slack",
            "slack": {"bot_token": "xoxb-secret-8", "channel": "#ops", "base_url": provider.url}}, expect=201).json
        assert channel["slack"]["channel"] == "#ops"
        world.rule([monitor], [channel])
        world.wait_status(monitor, "up")
        provider.answer(200, {"ok": True, "channel": "C0123", "ts": "1503435956.000247"})
        provider.answer(200, {"ok": True, "channel": "C0123", "ts": "1503435956.000247"})
        target.die()
        assert provider.expect(1)[0].path == "/api/chat.postMessage"
        eventually(lambda: world.deliveries(channel)[0]["state"] == "succeeded", 10.0)
        engine.restart()
        incident = world.incidents(monitor)[0]
        world.api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
        update = provider.expect(2)[1]
        assert update.path == "/api/chat.update"
        assert (update.body["channel"], update.body["ts"]) == ("C0123", "1503435956.000247")
        provider.answer(200, {"ok": False, "error": "message_not_found"})
        provider.answer(200, {"ok": True, "channel": "C0123", "ts": "1503435999.000001"})
        target.revive()
        sent = provider.expect(4, within=30.0)
        assert [s.path for s in sent[2:]] == ["/api/chat.update", "/api/chat.postMessage"]
        assert "secret-8" not in engine.log.read_text()
    finally:
        provider.close()


def test_settings_are_changed_without_saying_the_secret_again(world, api):
    provider = Provider("pushover")
    try:
        channel = channel_of(world, provider)
        path = f"/api/channels/{channel['id']}"
        patched = api.patch(path, {"pushover": {"sound": "siren"}})
        assert patched["pushover"]["sound"] == "siren"
        assert patched["pushover"]["app_token_fingerprint"] == channel["pushover"]["app_token_fingerprint"]
        assert api.post(path + "/test")["succeeded"]
        assert provider.expect(1)[0].body["token"] == "a" * 30
        rolled = api.patch(path, {"pushover": {"app_token": "b" * 30}})
        assert rolled["pushover"]["app_token_fingerprint"] != channel["pushover"]["app_token_fingerprint"]
        api.call("POST", path + "/secret/roll", expect=409)
        api.call("PATCH", path, {"pushover": {"app_token_fingerprint": "x"}}, expect=422)
        api.call("PATCH", path, {"type": "ntfy"}, expect=422)
    finally:
        provider.close()


def test_an_export_is_applied_back_without_a_change_and_keeps_the_secrets(engine):
    provider = Provider("telegram")
    try:
        world = World(engine.api())
        channel = channel_of(world, provider)
        document = world.api.call("GET", "/api/export?format=json", expect=200).json
        settings = document["channels"][0]["telegram"]
        assert settings["bot_token"] is None and "bot_token_fingerprint" not in settings
        plan = world.api.call("PUT", "/api/config", document, expect=200).json
        assert world.api.get(f"/api/channels/{channel['id']}") == channel, plan
        assert world.api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
    finally:
        provider.close()


def test_the_operator_names_a_gateway_for_a_provider(make_engine):
    provider = Provider("pagerduty")
    try:
        engine = make_engine("--channel-base-url", f"pagerduty={provider.url}/").start()
        world = World(engine.api())
        channel = world.api.call("POST", "/api/channels", {
            "name": "pager", "type": "pagerduty", "pagerduty": {"routing_key": KEY}}, expect=201).json
        assert world.api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
        assert provider.expect(1)[0].path == "/v2/change/enqueue"
    finally:
        provider.close()


def test_base_urls_that_are_none_are_refused_at_the_start(make_engine):
    engine = make_engine("--channel-base-url", "pager=http://x/")
    done = engine.run("serve", "--listen", "127.0.0.1:0", "--channel-base-url", "pager=http://x.example/",
                      check=False)
    assert done.returncode == 1
    assert "No such type of channel" in done.stderr


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_egress_guard_stands_before_every_provider(hosted, name):
    provider = Provider(name)
    try:
        world = World(hosted.api())
        channel = channel_of(world, provider)
        attempt = world.api.post(f"/api/channels/{channel['id']}/test")
        assert attempt["error"] == "egress_denied", attempt
        assert not attempt["succeeded"]
        assert provider.sent == []
    finally:
        provider.close()


@pytest.fixture(scope="module")
def hosted():
    engine = Engine("--hosted").start()
    yield engine
    engine.close()
