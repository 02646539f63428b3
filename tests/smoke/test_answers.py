"""Who answers a page is named by their name, and each answer acts upon the incident that it is about."""
import base64
import hashlib
import hmac
import re
import zlib
from urllib.parse import urlencode

import pytest

from harness.engine import Engine
from harness.providers import Provider, Relay, parts_of
from harness.waiting import eventually
from harness.world import World
from test_links import PUBLIC, links_in, state_of
from test_slack_buttons import SECRET, buttons_of, payload, press
from test_twilio import ACCOUNT, OURS, TOKEN

BLANK = {"match": "all", "terms": [{"field": "consecutive_failures", "operator": "gte", "value": 1}]}


@pytest.fixture(scope="module")
def mailed():
    relay = Relay()
    engine = Engine("--smtp-url", relay.url, "--smtp-from", "alerts@gochron.example", "--base-url", PUBLIC).start()
    yield World(engine.api()), relay
    engine.close()
    relay.close()


class Person:
    """A user with one contact method, verified, who is told of whatever climbs their policy."""

    def __init__(self, world, name, kind, settings, code_in):
        self.world, self.name = world, name
        self.id = world.api.create("/api/users", {"email": f"{world.name('p').split()[1]}@example.com", "name": name})["id"]
        self.method = world.api.call("POST", "/api/contact-methods", {  # not echoed whole: it has secrets
            "name": kind, "user_id": self.id, "type": kind, kind: settings}, expect=201).json
        path = f"/api/contact-methods/{self.method['id']}"
        assert world.api.post(path + "/send-code")["succeeded"]
        world.api.post(path + "/verify", {"code": code_in()})
        self.policy = world.api.create("/api/escalation-policies", {"name": world.name("policy"), "steps": [
            {"key": "one", "delay_seconds": 0, "targets": [{"type": "user", "id": self.id}]}]})


def mail_person(world, relay, name="Ada Lovelace"):
    before = len(relay.mails)

    def code():
        text, _ = parts_of(eventually(lambda: relay.mails[before:])[0])
        return re.search(r"\b(\d{6})\b", relay.mails[before]["Subject"] + text).group(1)

    return Person(world, name, "email", {"to": [f"{world.name('m').split()[1]}@example.com"]}, code)


def replied(api, channel, number, text):
    """A text message that came back, signed as Twilio signs."""
    path = f"/in/twilio/{channel}/reply"
    fields = {"MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "From": number, "To": OURS, "Body": text,
              "NumMedia": "0"}
    signed = PUBLIC + path + "".join(k + fields[k] for k in sorted(fields))
    mac = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return api.send("POST", path, urlencode(fields).encode(), token=None, headers={
        "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": mac})


def mails_about(relay, before, incident):
    return [m for m in relay.mails[before:] if incident["id"] in str(m["References"])]


def recorded(world, incident, kind):
    """(who the incident says, who its timeline says, who the audit log says)"""
    now = world.api.get(f"/api/incidents/{incident['id']}")
    line, = [x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == f"{kind}d"]
    entry, = [x for x in world.api.all("/api/audit-log") if x["resource_id"] == incident["id"] and x["action"] == kind]
    return now[f"{kind}d_by"], line["actor"], entry["actor"]


def test_a_person_s_link_is_pressed_by_that_person(mailed, target):
    world, relay = mailed
    ada = mail_person(world, relay)
    monitor = world.monitor(target)
    world.rule([monitor], [], escalation_policy_id=ada.policy["id"])
    world.wait_status(monitor, "up")
    before = len(relay.mails)
    target.die()
    incident = eventually(lambda: world.incidents(monitor))[0]
    links = links_in(eventually(lambda: mails_about(relay, before, incident))[0])
    assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "done"
    assert recorded(world, incident, "acknowledge") == ("user:Ada Lovelace",) * 3
    figures = world.api.get("/api/incidents/metrics", group_by="acknowledged_by", monitor_id=monitor["id"])
    assert [g["key"] for g in figures["groups"]] == ["user:Ada Lovelace"]
    assert state_of(world.api, links["Resolve"], "POST")["outcome"] == "done"
    assert recorded(world, incident, "resolve") == ("user:Ada Lovelace",) * 3


def test_a_reply_from_a_person_s_telephone_is_theirs(mailed, target):
    world = mailed[0]
    provider = Provider("sms")
    number = f"+1555{zlib.crc32(world.name('n').encode()) % 10**7:07}"
    bob = Person(world, "Bob", "sms", {"account_sid": ACCOUNT, "auth_token": TOKEN, "from": OURS, "to": number,
                                       "base_url": provider.url, "replies": True},
                 lambda: re.search(r"\b(\d{6})\b", provider.expect(1)[0].body["Body"]).group(1))
    monitor = world.monitor(target)
    world.rule([monitor], [], escalation_policy_id=bob.policy["id"])
    world.wait_status(monitor, "up")
    target.die()
    incident = eventually(lambda: world.incidents(monitor))[0]
    provider.expect(2)
    path = f"/api/contact-methods/{bob.method['id']}/deliveries"
    eventually(lambda: world.api.all(path)[0]["state"] == "succeeded" and world.api.all(path)[0]["incident_id"])
    channel = bob.method["id"].replace("cm_", "chn_")
    answer = replied(world.api, channel, number, f"{incident['number']}a")
    assert answer.status == 200 and b"Acknowledged" in answer.raw, answer
    assert recorded(world, incident, "acknowledge") == ("user:Bob",) * 3
    world.api.post(f"/api/incidents/{incident['id']}/resolve")
    provider.expect(3)
    provider.close()
    assert not provider.faults, provider.faults


def test_a_button_in_a_person_s_slack_is_theirs(mailed, target):
    world, provider = mailed[0], Provider("slack")
    for n in range(8):
        provider.answer(200, {"ok": True, "channel": "D024BE91L", "ts": f"17000000{n}.000100"})
    cyd = Person(world, "Cyd", "slack", {"bot_token": "xoxb-1", "channel": "U024BE91L", "signing_secret": SECRET,
                                         "base_url": provider.url},
                 lambda: re.search(r"\b(\d{6})\b", provider.expect(1)[0].raw.decode()).group(1))
    monitor = world.monitor(target)
    world.rule([monitor], [], escalation_policy_id=cyd.policy["id"])
    world.wait_status(monitor, "up")
    target.die()
    incident = eventually(lambda: world.incidents(monitor))[0]
    buttons = buttons_of(provider.expect(2)[1])
    channel = cyd.method["id"].replace("cm_", "chn_")
    assert press(world, channel, payload(buttons["acknowledge"], user="cyd.c")).status == 200
    assert recorded(world, incident, "acknowledge") == ("user:Cyd",) * 3
    world.api.patch(f"/api/contact-methods/{cyd.method['id']}", {"enabled": False})
    provider.close()
    assert not provider.faults, provider.faults


@pytest.fixture
def two_open(mailed, target):
    """One monitor with its own incident and one that a rule opened, both told to Ada by mail."""
    world, relay = mailed
    ada = mail_person(world, relay)
    monitor = world.monitor(target)
    world.rule([monitor], [], escalation_policy_id=ada.policy["id"])
    rule = world.rule([monitor], [], trigger="check", conditions=BLANK, escalation_policy_id=ada.policy["id"])
    world.wait_status(monitor, "up")
    before = len(relay.mails)
    target.die()
    both = eventually(lambda: len(world.incidents(monitor)) == 2 and world.incidents(monitor))
    own, ruled = sorted(both, key=lambda x: x["rule_id"] is not None)
    assert (own["rule_id"], ruled["rule_id"]) == (None, rule["id"])
    links = [links_in(eventually(lambda x=x: mails_about(relay, before, x))[0]) for x in (own, ruled)]
    return world, monitor, (own, ruled), links


@pytest.mark.parametrize("which", (0, 1))
def test_of_two_open_incidents_of_a_monitor_a_link_acts_upon_its_own(two_open, which):
    world, monitor, incidents, links = two_open
    meant, other = incidents[which], incidents[1 - which]
    state = lambda x: world.api.get(f"/api/incidents/{x['id']}")["state"]  # noqa: E731
    shown = state_of(world.api, links[which]["Acknowledge"])
    assert (shown["number"], shown["title"]) == (meant["number"], meant["title"])
    assert state_of(world.api, links[which]["Acknowledge"], "POST")["outcome"] == "done"
    assert (state(meant), state(other)) == ("acknowledged", "triggered")
    assert state_of(world.api, links[1 - which]["Acknowledge"])["outcome"] == "open"
    assert state_of(world.api, links[which]["Resolve"], "POST")["outcome"] == "done"
    assert (state(meant), state(other)) == ("resolved", "triggered")
    assert state_of(world.api, links[1 - which]["Acknowledge"], "POST")["outcome"] == "done"
    assert state(other) == "acknowledged"


@pytest.mark.parametrize("which", (0, 1))
def test_a_code_of_a_text_is_of_the_incident_with_its_number(mailed, target, which):
    world, provider = mailed[0], Provider("sms")
    number = f"+1555{zlib.crc32(world.name('n').encode()) % 10**7:07}"
    channel = world.api.call("POST", "/api/channels", {"name": world.name("Telephone"), "type": "sms", "sms": {
        "account_sid": ACCOUNT, "auth_token": TOKEN, "from": OURS, "to": number, "base_url": provider.url,
        "replies": True}}, expect=201).json
    monitor = world.monitor(target)
    world.rule([monitor], [channel])
    world.rule([monitor], [channel], trigger="check", conditions=BLANK)
    world.wait_status(monitor, "up")
    target.die()
    provider.expect(2)
    incidents = sorted(world.incidents(monitor), key=lambda x: x["rule_id"] is not None)
    assert len(incidents) == 2
    eventually(lambda: [d["state"] for d in world.deliveries(channel)] == ["succeeded"] * 2)
    for x in incidents:
        text, = [s.body["Body"] for s in provider.sent if f"{x['number']}a" in s.body["Body"]]
        assert x["title"] in text
    meant, other = incidents[which], incidents[1 - which]

    def said(text):
        return replied(world.api, channel["id"], number, text).raw.decode()

    state = lambda x: world.api.get(f"/api/incidents/{x['id']}")["state"]  # noqa: E731
    assert "More than one" in said("ack")
    assert f"#{meant['number']}" in said(f"{meant['number']}a")
    assert (state(meant), state(other)) == ("acknowledged", "triggered")
    assert f"Resolved #{meant['number']}" in said(f"{meant['number']}c")
    assert (state(meant), state(other)) == ("resolved", "triggered")
    assert f"Acknowledged #{other['number']}" in said("ack"), "one is left"
    assert world.api.get(f"/api/incidents/{other['id']}")["acknowledged_by"] == f"sms:{number}"
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})
    provider.close()
    assert not provider.faults, provider.faults
