"""Mail as a mail server of the world takes it: Exim, with STARTTLS and AUTH, whose Maildir a strict parser reads. And
relays that a channel has of its own."""
import email.utils
import os
import re
import shutil

import pytest

from harness.mta import Mta
from harness.world import World

FROM = "alerts@gochron.example"
USER, PASSWORD = "gochron", "pass word-9"

pytestmark = pytest.mark.skipif(not shutil.which("exim4", path="/usr/sbin"), reason="exim4 is not installed")


@pytest.fixture
def mta_of():
    made = []

    def make(**how):
        made.append(Mta(**how))
        return made[-1]

    yield make
    for mta in made:
        mta.close()


@pytest.fixture
def password_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pw") / "password"
    path.write_text(PASSWORD + "\n")
    return path


def relay(mta, **more):
    return {"url": mta.url, "username": USER, "password": PASSWORD, "from": "own@example.net", **more}


def mailbox(world, to, **email_settings):
    return world.api.call("POST", "/api/channels", {"name": world.name("mail"), "type": "email",
                                                   "email": {"to": [to], **email_settings}}, expect=201).json


def tried(world, channel):
    return world.api.post(f"/api/channels/{channel['id']}/test")


@pytest.mark.parametrize("as_root", [False, pytest.param(True, marks=pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can start it as root"))])
def test_an_outage_arrives_as_one_thread(authority, mta_of, make_engine, password_file, target, as_root):
    ca, good, _ = authority
    mta = mta_of(certificate=good, auth=(USER, PASSWORD), as_root=as_root)
    engine = make_engine("--smtp-url", mta.url, "--smtp-from", FROM, "--smtp-user", USER, "--smtp-password-file",
                         str(password_file), "--extra-ca-file", str(ca), "--base-url", "https://pager.example").start()
    world = World(engine.api())
    monitor = world.monitor(target, name="Größe & <Co> 😀 " + "x" * 100, description=".\n..two dots\nFrom here on",
                            runbook_url="https://wiki.example.com/" + "r" * 1900)
    channel = mailbox(world, "oncall@example.com")
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    mta.expect("oncall@example.com", 1)
    incident = world.incidents(monitor)[0]
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
    mta.expect("oncall@example.com", 2)
    target.revive()
    mails = mta.expect("oncall@example.com", 3)
    title = incident["title"]
    assert [str(m["subject"]) for m in mails] == [title, f"Acknowledged: {title}", f"Resolved: {title}"]
    assert len({m["message-id"] for m in mails}) == 3
    root = f"<{incident['id']}@gochron.example>"
    for mail, raw in zip(mails, mta.raw("oncall@example.com")):
        assert mail.defects == [] and all(part.defects == [] for part in mail.walk())
        assert [mail[h] for h in ("references", "in-reply-to")] == [root, root]
        assert mail["return-path"] == f"<{FROM}>" and mail["from"].addresses[0].addr_spec == FROM
        assert mail["to"].addresses[0].addr_spec == "oncall@example.com"
        assert email.utils.parsedate_to_datetime(mail["date"]).tzinfo is not None
        assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert all(len(line) <= 998 for line in raw.split(b"\n")) and raw.isascii()
        text = mail.get_body(("plain",)).get_content()
        assert title in text and ".." in text and "\n.\n" not in text
        assert re.search(r"Description: \. \.\.two dots From here on", text)
    received = str(mails[0]["received"])
    assert "esmtpsa" in received, "over TLS, and who it is from was known"
    assert "https://pager.example/a/" in mails[0].get_body(("html",)).get_content()


def test_a_channel_s_own_relay_is_used_and_its_password_kept(authority, mta_of, make_engine):
    ca, good, _ = authority
    mta = mta_of(certificate=good, auth=(USER, PASSWORD))
    engine = make_engine("--extra-ca-file", str(ca)).start()
    world = World(engine.api())
    channel = mailbox(world, "own@example.com", relay=relay(mta))
    shown = channel["email"]["relay"]
    assert shown["password"] is None and re.fullmatch("[0-9a-f]{16}", shown["password_fingerprint"])
    assert shown["tls"] == "required" and shown["username"] == USER
    assert tried(world, channel)["succeeded"]
    mail = mta.expect("own@example.com", 1)[0]
    assert mail["return-path"] == "<own@example.net>" and mail["from"].addresses[0].addr_spec == "own@example.net"
    assert mail["message-id"].endswith("@example.net>")
    engine.restart()
    world.api = engine.api()
    path = f"/api/channels/{channel['id']}"
    kept = world.api.patch(path, {"email": {"relay": {"from": "other@example.net"}}})
    assert kept["email"]["relay"]["password_fingerprint"] == shown["password_fingerprint"]
    assert tried(world, channel)["succeeded"], "the password outlives a restart and an edit without it"
    assert mta.expect("own@example.com", 2)[1]["return-path"] == "<other@example.net>"
    everything = str(world.api.get(path)) + str(world.api.all("/api/audit-log")) + engine.log.read_text() + \
        world.api.send("GET", "/api/export").raw.decode()
    assert "word-9" not in everything
    back = world.api.patch(path, {"email": {"relay": None}})
    assert back["email"]["relay"] is None
    assert "--smtp-url" in tried(world, channel)["message"], "without it the server's own is meant, which is not there"


def test_a_relay_s_faults_are_said(authority, mta_of, make_engine):
    ca, good, other = authority
    plain, strict, elsewhere = mta_of(), mta_of(certificate=good, auth=(USER, PASSWORD)), mta_of(certificate=other)
    world = World(make_engine("--extra-ca-file", str(ca)).start().api())

    def attempt(mta, **more):
        return tried(world, mailbox(world, "x@example.com", relay=relay(mta, **more)))

    bare = {"username": None, "password": None}
    assert attempt(plain, **bare)["error"] == "tls_protocol"
    assert attempt(plain, tls="opportunistic")["error"] == "tls_protocol", "credentials never travel without TLS"
    assert attempt(elsewhere, **bare)["error"] == "tls_hostname"
    assert attempt(strict, password="wrong")["response"]["status"] == 535
    assert attempt(strict, **bare)["response"]["status"] == 550
    assert plain.raw("x@example.com") == strict.raw("x@example.com") == []
    assert attempt(plain, tls="opportunistic", **bare)["succeeded"]
    plain.expect("x@example.com", 1)


def test_the_egress_guard_has_its_say_in_a_relay(mta_of, make_engine):
    mta = mta_of()
    world = World(make_engine("--hosted").start().api())
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"):
        attempt = tried(world, mailbox(world, "x@example.com", relay={
            "url": f"smtp://{host}:{mta.port.number}", "from": FROM, "tls": "opportunistic"}))
        assert not attempt["succeeded"]
        assert attempt["error"] == "egress_denied", (host, attempt)
    assert mta.raw("x@example.com") == [] and "rejected" not in mta.log() and "H=" not in mta.log()


def test_settings_of_a_relay_that_cannot_work_are_refused_all_at_once(world):
    def refused(relay):
        answer = world.api.call("POST", "/api/channels", {"name": "x", "type": "email", "email": {
            "to": ["a@example.com"], "relay": relay}}, expect=422)
        return {e["pointer"].removeprefix("/email/relay/") for e in answer.json["errors"]}

    assert refused({}) == {"url", "from"}
    assert refused({"url": "http://x:25", "from": "nobody", "tls": "never"}) == {"url", "from", "tls"}
    for url in ("smtp://u:p@x:25", "smtp://x", "smtp://x:25/path", "smtp://x:99999", "smtp://x:25\r\nRCPT"):
        assert refused({"url": url, "from": FROM}) == {"url"}, url
    assert refused({"url": "smtp://x:25", "from": FROM, "username": "u"}) == {"password"}
    assert refused({"url": "smtp://x:25", "from": FROM, "password": "p"}) == {"username"}
    assert refused({"url": "smtp://x:25", "from": FROM, "username": "u\r\nX", "password": "p\n"}) == {
        "username", "password"}
