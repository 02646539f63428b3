"""Contact methods: nobody is paged where no code has come back from."""
import re

import pytest

from harness.providers import Provider
from harness.waiting import eventually, holds


@pytest.fixture
def user(world, api):
    return api.create("/api/users", {"email": f"{world.mark}@example.com", "name": "Ada Lovelace"})["id"]


def code_in(hook):
    return hook.expect("contact_method.verification").event["data"]["contact_method"]["code"]


def path_of(method):
    return f"/api/contact-methods/{method['id']}"


def test_a_code_verifies_and_another_address_is_another_matter(world, api, user, receiver):
    hook, elsewhere = receiver.hook(), receiver.hook()
    method = world.contact_method(user, hook)
    assert method["id"].startswith("cm_") and method["verified_at"] is None and method["user_id"] == user
    api.call("POST", path_of(method) + "/test", expect=409)
    api.call("POST", path_of(method) + "/verify", {"code": "123456"}, expect=409)
    attempt = api.post(path_of(method) + "/send-code")
    assert attempt["succeeded"] and attempt["contact_method_id"] == method["id"] and attempt["user_id"] == user
    assert attempt["channel_id"] is None
    code = code_in(hook)
    assert re.fullmatch("[0-9]{6}", code)
    other = "000000" if code != "000000" else "000001"
    refused = api.call("POST", path_of(method) + "/verify", {"code": other}, expect=422).json
    assert [(e["pointer"], e["code"]) for e in refused["errors"]] == [("/code", "wrong_code")]
    for bad in ({"code": "12345"}, {"code": 123456}, {}, {"code": "12345x"}, {"cod": code}):
        api.call("POST", path_of(method) + "/verify", bad, expect=422)
    again = api.call("POST", path_of(method) + "/send-code", expect=429)
    assert 1 <= int(again.headers["retry-after"]) <= 60
    verified = api.post(path_of(method) + "/verify", {"code": code})
    assert verified["verified_at"] and verified["version"] == method["version"]
    assert api.call("POST", path_of(method) + "/test", expect=200).json["succeeded"]
    hook.expect("channel.test")
    api.call("POST", path_of(method) + "/send-code", expect=409)
    renamed = api.patch(path_of(method), {"name": "Telephone"})
    assert renamed["verified_at"] == verified["verified_at"]
    elsewhere.secret = hook.secret
    moved = api.patch(path_of(method), {"webhook": {"url": elsewhere.url}})
    assert moved["verified_at"] is None
    actions = [x["action"] for x in api.all("/api/audit-log", resource_id=method["id"])]
    assert sorted(actions) == ["create", "send_code", "update", "update", "verify"]


def test_the_code_is_nowhere_but_at_the_address(world, api, user, receiver, shared_engine):
    hook = receiver.hook()
    method = world.contact_method(user, hook)
    api.post(path_of(method) + "/send-code")
    code = code_in(hook)
    events = [e for e in api.all("/api/events") if e["type"] == "contact_method.verification"
              and e["body"]["data"]["contact_method"]["id"] == method["id"]]
    assert len(events) == 1 and events[0]["body"]["data"]["contact_method"]["code"] is None
    delivery, = api.all(path_of(method) + "/deliveries")
    assert delivery["contact_method_id"] == method["id"] and delivery["channel_id"] is None
    shown = api.call("GET", f"/api/deliveries/{delivery['id']}/attempts", expect=200).raw
    assert f'"{code}"'.encode() not in shown
    kept = str(shared_engine.sql(f"SELECT to_jsonb(c) FROM channels c WHERE name = '{method['name']}'"))
    assert f"'{code}'" not in kept and f'"{code}"' not in kept


def test_a_telephone_gets_what_can_be_read_on_it(world, api, user):
    provider = Provider("sms")
    try:
        method = api.call("POST", "/api/contact-methods", {
            "user_id": user, "name": "Mobile", "type": "sms", "sms": {
                "account_sid": "AC" + "f" * 32, "auth_token": "secret-twilio", "from": "+15005550006",
                "to": "+15558675310", "base_url": provider.url}}, expect=201).json
        assert api.post(path_of(method) + "/send-code")["succeeded"]
        text = str(provider.expect(1)[-1].body)
        code = re.search(r"([0-9]{6}) is your gochron code", text)
        assert code, text
        assert api.post(path_of(method) + "/verify", {"code": code.group(1)})["verified_at"]
        assert not provider.faults, provider.faults
    finally:
        provider.close()


def test_channels_and_contact_methods_do_not_know_each_other(world, api, user, receiver):
    hook = receiver.hook()
    method = world.contact_method(user, hook, key=f"ops.{world.mark}")
    channel = world.channel(receiver.hook(), key=f"ops.{world.mark}")
    assert method["id"] not in str(api.all("/api/channels")) and channel["id"] not in str(api.all("/api/contact-methods"))
    as_channel = "chn_" + method["id"].split("_")[1]
    for verb, suffix in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret/roll"), ("GET", "/deliveries")):
        api.call(verb, f"/api/channels/{as_channel}{suffix}", expect=404)
    api.call("GET", "/api/contact-methods/cm_" + channel["id"].split("_")[1], expect=404)
    rule = api.call("POST", "/api/alert-rules", {"name": "r", "channel_ids": [as_channel]}, expect=422).json
    assert rule["errors"][0]["code"] == "unknown_id"
    policy = api.call("POST", "/api/escalation-policies", {"name": "p", "steps": [
        {"key": "one", "targets": [{"type": "channel", "id": as_channel}]}]}, expect=422).json
    assert policy["errors"][0]["pointer"] == "/steps/0/targets/0/id"
    assert api.get(f"/api/contact-methods/by-key/ops.{world.mark}")["id"] == method["id"]
    assert api.get(f"/api/channels/by-key/ops.{world.mark}")["id"] == channel["id"]


def test_they_are_listed_by_user_type_and_proof_and_stay_while_a_rule_names_them(world, api, user, receiver):
    hook = receiver.hook()
    method = world.verified(user, hook)
    pending = world.contact_method(user, receiver.hook())
    listed = lambda **q: [m["id"] for m in api.all("/api/contact-methods", user_id=user, **q)]
    assert listed() == [method["id"], pending["id"]]
    assert listed(verified="true") == [method["id"]] and listed(verified="false") == [pending["id"]]
    assert listed(type="webhook") == [method["id"], pending["id"]] and listed(type="sms") == []
    rule = api.create("/api/notification-rules", {"user_id": user, "contact_method_id": method["id"]})
    blocked = api.call("DELETE", path_of(method), expect=409).json
    assert blocked["blocked_by"] == [rule["id"]]
    api.call("DELETE", f"/api/notification-rules/{rule['id']}", expect=204)
    api.call("DELETE", path_of(method), expect=204)
    assert listed() == [pending["id"]]


def test_a_persons_methods_and_rules_go_with_them(world, api, user, receiver):
    method = world.verified(user, receiver.hook())
    rule = api.create("/api/notification-rules", {"user_id": user, "contact_method_id": method["id"]})
    api.call("DELETE", f"/api/users/{user}", expect=204)
    api.call("GET", path_of(method), expect=404)
    api.call("GET", f"/api/notification-rules/{rule['id']}", expect=404)
    assert api.all("/api/contact-methods", user_id=user) == []


def test_notification_rules_are_checked(world, api, user, receiver):
    method = world.contact_method(user, receiver.hook())
    other = api.create("/api/users", {"email": f"other-{world.mark}@example.com", "name": "Bob"})["id"]
    body = {"user_id": user, "contact_method_id": method["id"], "delay_seconds": 300, "urgency": "low"}
    rule = api.create("/api/notification-rules", body)
    api.call("POST", "/api/notification-rules", body, expect=409)
    wrong = api.call("POST", "/api/notification-rules", {**body, "user_id": other}, expect=422).json
    assert wrong["errors"][0]["pointer"] == "/contact_method_id"
    for bad, pointer in (({**body, "delay_seconds": 86401}, "/delay_seconds"), ({**body, "urgency": "mid"}, "/urgency"),
                         ({"user_id": user}, "/contact_method_id"), ({**body, "contact_method_id": user}, "/contact_method_id")):
        assert pointer in [e["pointer"] for e in api.call("POST", "/api/notification-rules", bad, expect=422).json["errors"]]
    changed = api.patch(f"/api/notification-rules/{rule['id']}", {"delay_seconds": 60})
    assert changed["version"] == 2
    api.call("PATCH", f"/api/notification-rules/{rule['id']}", {"delay_seconds": 1}, headers={"If-Match": '"1"'}, expect=412)
    assert [r["id"] for r in api.all("/api/notification-rules", user_id=user, urgency="low")] == [rule["id"]]
    assert api.all("/api/notification-rules", user_id=user, urgency="high") == []
