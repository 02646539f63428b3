"""What Twilio tells us: what became of a text message, and what was answered to one. Signed as Twilio signs."""
import base64
import hashlib
import hmac
import json
import xml.etree.ElementTree as xml
from urllib.parse import urlencode, urlsplit

import pytest

from harness.api import Api
from harness.engine import Engine
from harness.providers import Provider
from harness.waiting import eventually
from harness.world import World

PUBLIC = "https://pager.example"
ACCOUNT, TOKEN, OURS = "AC" + "f" * 32, "secret-twilio", "+15005550006"


@pytest.fixture(scope="module")
def engine_found():
    engine = Engine("--base-url", PUBLIC + "/").start()
    yield engine
    engine.close()


class Telephone:
    """Somebody who is told by text message of one monitor, which is down."""

    def __init__(self, world, target, number, **settings):
        http = settings.pop("http", {})
        self.world, self.number, self.provider = world, number, Provider("sms")
        self.channel = world.api.call("POST", "/api/channels", {"name": world.name("Telephone"), "type": "sms", "sms": {
            "account_sid": ACCOUNT, "auth_token": TOKEN, "from": OURS, "to": number, "base_url": self.provider.url,
            "replies": True, **settings}}, expect=201).json
        self.monitor = world.monitor(target, http=http)
        world.rule([self.monitor], [self.channel])
        world.wait_status(self.monitor, "up")
        target.die()
        self.first = self.provider.expect(1)[0].body
        self.incident = world.incidents(self.monitor)[0]
        self.delivery()  # a text is known as told once its attempt is written

    def signed(self, path, fields, token=TOKEN, url=None, mac=None):
        text = (url or PUBLIC + path) + "".join(k + fields[k] for k in sorted(fields))
        signature = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
        return self.world.api.send("POST", path, urlencode(fields).encode(), token=None, headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature if mac is None else mac})

    def reply(self, text, sender=None, **more):
        fields = {"MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "From": sender or self.number, "To": OURS,
                  "Body": text, "NumMedia": "0", **more}
        return self.signed(f"/in/twilio/{self.channel['id']}/reply", fields)

    def said(self, text, **how):
        """What comes back to the telephone."""
        answer = self.reply(text, **how)
        assert answer.status == 200, answer
        assert answer.headers["content-type"].startswith("text/xml")
        root = xml.fromstring(answer.raw)
        assert root.tag == "Response" and [x.tag for x in root] in ([], ["Message"])
        return root[0].text if len(root) else ""

    def delivery(self):
        eventually(lambda: self.world.deliveries(self.channel)[-1]["state"] == "succeeded")
        return self.world.deliveries(self.channel)[-1]

    def now(self):
        return self.world.api.get(f"/api/incidents/{self.incident['id']}")

    def close(self):
        self.world.api.patch(f"/api/channels/{self.channel['id']}", {"enabled": False})
        self.provider.close()
        assert not self.provider.faults, self.provider.faults


def status_path(delivery):
    return f"/in/twilio/{delivery['id'].removeprefix('dlv_')}/status"


@pytest.fixture
def telephone(engine_found, target, request):
    x = Telephone(World(engine_found.api()), target, f"+1555{abs(hash(request.node.name)) % 10**7:07}")
    yield x
    x.close()


def test_a_text_says_what_to_answer_and_an_answer_acts(telephone):
    number = telephone.incident["number"]
    assert f"Reply {number}a to acknowledge, {number}c to close\n{PUBLIC}/a/" in telephone.first["Body"]
    assert telephone.said(f"{number}a") == f"Acknowledged #{number}: {telephone.incident['title']}"
    assert (telephone.now()["state"], telephone.now()["acknowledged_by"]) == (
        "acknowledged", f"sms:{telephone.number}")
    assert "already" in telephone.said(f"{number}A")
    assert telephone.said(f" #{number} C ") == f"Resolved #{number}: {telephone.incident['title']}"
    assert telephone.now()["resolved_by"] == f"sms:{telephone.number}"
    for text in (f"{number}a", f"{number}c"):
        assert "over already" in telephone.said(text)
    lines = telephone.world.api.all(f"/api/incidents/{telephone.incident['id']}/timeline")
    assert [x["actor"] for x in lines if x["kind"] in ("acknowledged", "resolved")] == [f"sms:{telephone.number}"] * 2


def test_a_word_is_enough_while_one_is_open(telephone):
    assert telephone.said("Ack").startswith("Acknowledged #")
    assert telephone.said("resolve").startswith("Resolved #")
    assert "Nothing is open" in telephone.said("ack")


def test_with_two_open_a_number_is_asked_for(telephone, tls_target):
    second = Telephone(telephone.world, tls_target, telephone.number, http={"tls": {"verify": False}})
    second.delivery(), telephone.delivery()
    assert "More than one" in telephone.said("ack")
    assert telephone.now()["state"] == second.now()["state"] == "triggered"
    assert telephone.said(f"{second.incident['number']}a").startswith("Acknowledged")
    assert (telephone.now()["state"], second.now()["state"]) == ("triggered", "acknowledged")
    second.close()


def test_whoever_has_another_account_cannot_speak_for_the_telephone(telephone):
    number, api = telephone.incident["number"], telephone.world.api
    theirs = api.call("POST", "/api/channels", {"name": telephone.world.name("Theirs"), "type": "sms", "sms": {
        "account_sid": ACCOUNT, "auth_token": "another-token", "from": OURS, "to": "+15550000009",
        "base_url": telephone.provider.url, "replies": True}}, expect=201).json
    fields = {"MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "From": telephone.number, "To": OURS,
              "Body": f"{number}c", "NumMedia": "0"}
    refused = telephone.signed(f"/in/twilio/{theirs['id']}/reply", fields, token="another-token")
    assert refused.status == 404, refused
    assert telephone.now()["state"] == "triggered"
    # With the account by which the telephone was told, it may come through any of its channels.
    api.patch(f"/api/channels/{theirs['id']}", {"sms": {"auth_token": TOKEN}})
    assert telephone.signed(f"/in/twilio/{theirs['id']}/reply", fields).status == 200
    assert telephone.now()["state"] == "resolved"
    api.patch(f"/api/channels/{theirs['id']}", {"enabled": False})


def test_only_who_was_told_may_answer(telephone):
    number = telephone.incident["number"]
    assert "was not told" in telephone.said(f"{number}a", sender="+15550000001")
    assert "was not told" in telephone.said("999999a")
    assert "Nothing is open" in telephone.said("ack", sender="+15550000001")
    for text in ("", "what?", f"{number}", f"{number}x", "please " * 30):
        assert "Answer with" in telephone.said(text)
    assert telephone.said("STOP", OptOutType="STOP") == "", "Twilio answers that itself"
    assert telephone.now()["state"] == "triggered"


def test_a_telephone_of_another_organisation_was_told_of_nothing(telephone, engine_found):
    _, secret = engine_found.run("org", "create", "--name", "Others", "--plan", "self_hosted").stdout.split()
    api = Api(engine_found, secret)
    theirs = api.call("POST", "/api/channels", {"name": "theirs", "type": "sms", "sms": {
        "account_sid": ACCOUNT, "auth_token": "their-token", "from": OURS, "to": telephone.number,
        "base_url": telephone.provider.url}}, expect=201).json
    path = f"/in/twilio/{theirs['id']}/reply"
    fields = {"AccountSid": ACCOUNT, "From": telephone.number, "To": OURS, "Body": f"{telephone.incident['number']}a"}
    answer = telephone.signed(path, fields, token="their-token")
    assert answer.status == 200 and b"was not told" in answer.raw
    assert telephone.now()["state"] == "triggered"


def test_what_became_of_a_text_is_told_on_its_delivery(telephone):
    delivery = telephone.delivery()
    assert delivery["report"] is None
    assert telephone.first["StatusCallback"] == f"{PUBLIC}{status_path(delivery)}"
    path = urlsplit(telephone.first["StatusCallback"]).path

    def tell(status, **more):
        answer = telephone.signed(path, {"MessageSid": "SM" + "e" * 32, "AccountSid": ACCOUNT, "MessageStatus": status,
                                         "To": telephone.number, "From": OURS, **more})
        assert answer.status == 204, answer
        return telephone.delivery()["report"]

    assert tell("queued") is None
    assert tell("sent")["state"] == "sent"
    assert tell("undelivered", ErrorCode="30003") | {"at": None} == {"state": "undelivered", "code": "30003", "at": None}
    for late in ("sent", "delivered", "undelivered"):  # in whatever order, however often
        assert tell(late)["state"] == "undelivered"
    lines = telephone.world.api.all(f"/api/incidents/{telephone.incident['id']}/timeline")
    said = [x for x in lines if x["kind"] == "notification_failed"]
    assert len(said) == 1 and said[0]["delivery_id"] == delivery["id"]
    assert "undelivered, error 30003" in said[0]["message"] and telephone.channel["name"] in said[0]["message"]


def test_a_text_that_arrived_is_no_line_in_the_timeline(telephone):
    delivery = telephone.delivery()
    answer = telephone.signed(status_path(delivery), {"MessageStatus": "delivered", "AccountSid": ACCOUNT})
    assert answer.status == 204
    assert telephone.delivery()["report"]["state"] == "delivered"
    lines = telephone.world.api.all(f"/api/incidents/{telephone.incident['id']}/timeline")
    assert "notification_failed" not in {x["kind"] for x in lines}


def test_what_twilio_did_not_sign_is_refused_alike(telephone):
    world, number = telephone.world, telephone.incident["number"]
    reply, report = f"/in/twilio/{telephone.channel['id']}/reply", status_path(telephone.delivery())
    fields = {"AccountSid": ACCOUNT, "From": telephone.number, "Body": f"{number}a", "MessageStatus": "failed"}
    slack = world.api.call("POST", "/api/channels", {"name": world.name("s"), "type": "slack", "slack": {
        "webhook_url": "https://hooks.slack.example/x"}}, expect=201).json["id"]
    details = set()
    for path in (reply, report):
        for how in ({"token": "other"}, {"url": "https://elsewhere.example" + path}, {"url": PUBLIC + path + "?x=1"},
                    {"mac": ""}, {"mac": "A" * 28}):
            answer = telephone.signed(path, fields, **how)
            assert answer.status == 404, (path, how)
            details.add(json.loads(answer.raw)["detail"])
    for path in (f"/in/twilio/{slack}/reply", "/in/twilio/chn_x/reply", "/in/twilio/01h455vb4pex5vsknk084sn02v/status",
                 f"/in/twilio/{telephone.channel['id']}/status", f"/in/twilio/{telephone.delivery()['id']}/reply"):
        answer = telephone.signed(path, fields)
        assert answer.status == 404, path
        details.add(json.loads(answer.raw)["detail"])
    assert telephone.signed(reply, {**fields, "AccountSid": "AC" + "0" * 32}).status == 404
    assert len(details) == 1, "nothing tells one from another"
    assert telephone.now()["state"] == "triggered" and telephone.delivery()["report"] is None
    world.api.delete(f"/api/channels/{slack}")


def test_a_text_without_replies_names_no_codes(engine_found, target):
    quiet = Telephone(World(engine_found.api()), target, "+15557654321", replies=False)
    assert "Reply" not in quiet.first["Body"] and f"\n{PUBLIC}/a/" in quiet.first["Body"]
    quiet.close()
