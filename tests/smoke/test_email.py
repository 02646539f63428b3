"""Mail through a real SMTP server: what arrives, over what, and what its answers lead to."""
import pytest

from harness.engine import Engine
from harness.peers import tls_context
from harness.providers import Relay, parts_of
from harness.waiting import eventually
from harness.world import World

FROM = "alerts@gochron.example"


@pytest.fixture
def relay_of():
    made = []

    def make(**how):
        made.append(Relay(**how))
        return made[-1]

    yield make
    for relay in made:
        relay.close()


@pytest.fixture(scope="module")
def plain():
    """An engine and its relay without TLS or AUTH, for the stories that look at mails and answers."""
    relay = Relay()
    engine = Engine("--smtp-url", relay.url, "--smtp-from", FROM).start()
    yield World(engine.api()), relay
    engine.close()
    relay.close()


@pytest.fixture
def mailed(plain):
    world, relay = plain
    relay.mails.clear()
    relay.envelopes.clear()
    relay.over_tls.clear()
    relay.refused.clear()
    relay.replies.clear()
    yield world, relay
    for channel in world.api.all("/api/channels"):  # what their monitors still see is not for the next story
        world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})


def mailbox(world, *to):
    return world.api.create("/api/channels", {"name": world.name("mail"), "type": "email",
                                              "email": {"to": list(to or ["oncall@example.com"])}})


def tried(world, channel):
    return world.api.post(f"/api/channels/{channel['id']}/test")


def test_an_outage_is_one_thread_of_mails_in_text_and_html(mailed, target):
    world, relay = mailed
    monitor = world.monitor(target, name="Größe & <Co> 😀 " + "x" * 80, runbook_url="https://wiki.example.com/a?b=1&c=2",
                            description="Line one.\nBcc: everybody@example.com")
    channel = mailbox(world, "oncall@example.com", "second+tag@example.org")
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    relay.expect(1)
    incident = world.incidents(monitor)[0]
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
    relay.expect(2)
    target.revive()
    opened, acknowledged, resolved = relay.expect(3)
    title = incident["title"]
    assert str(opened["subject"]) == title
    assert str(acknowledged["subject"]) == f"Acknowledged: {title}"
    assert str(resolved["subject"]) == f"Resolved: {title}"
    assert relay.envelopes == [(FROM, ["oncall@example.com", "second+tag@example.org"])] * 3
    ids = [m["message-id"] for m in relay.mails]
    deliveries = {f"<{d['id']}@gochron.example>" for d in world.deliveries(channel)}
    assert set(ids) == deliveries and len(set(ids)) == 3
    assert {m["references"] for m in relay.mails} == {f"<{incident['id']}@gochron.example>"}
    assert {m["in-reply-to"] for m in relay.mails} == {m["references"] for m in relay.mails}
    for mail in relay.mails:
        assert not mail.defects and mail["bcc"] is None
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert str(mail["from"]) == f"gochron <{FROM}>"
        assert channel["id"] in mail["list-unsubscribe"]
        assert mail["auto-submitted"] == "auto-generated"
        text, html = parts_of(mail)
        assert title in text and "<Co>" not in html and "&lt;Co&gt;" in html
    assert "/api/" not in parts_of(opened)[0], "nobody has a token in a browser"
    assert "https://wiki.example.com/a?b=1&amp;c=2" in parts_of(opened)[1]
    eventually(lambda: {d["state"] for d in world.deliveries(channel)} == {"succeeded"}, 10.0)


def test_a_sample_says_what_the_relay_said(mailed):
    world, relay = mailed
    attempt = tried(world, mailbox(world))
    assert attempt["succeeded"], attempt
    assert attempt["response"]["status"] == 250
    assert "250 2.0.0 taken" in attempt["response"]["body"]
    assert attempt["remote_ip"] == "127.0.0.1"
    assert len(relay.mails) == 1


@pytest.mark.parametrize("reply,state", [("451 4.3.0 try later", "pending"), ("550 5.7.1 not from you", "failed"),
                                         ("cut", "pending")])
def test_a_relay_s_refusal_has_its_consequence(mailed, target, reply, state):
    world, relay = mailed
    relay.replies.append(reply)
    monitor, channel = world.monitor(target), mailbox(world)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()

    def judged():
        owed = world.deliveries(channel)
        assert owed and owed[0]["attempts"] >= 1, owed
        return owed[0]

    owed = eventually(judged, 15.0)
    attempt = world.api.all(f"/api/deliveries/{owed['id']}/attempts")[0]
    assert not attempt["succeeded"]
    if reply != "cut":
        assert attempt["response"]["status"] == int(reply[:3])
        assert attempt["message"] == f"The relay answered {reply}."
    if state == "failed":
        assert owed["state"] == "failed" and owed["attempts"] == 1
        assert relay.mails == []
    else:  # and it recovers: the second attempt is the same mail
        relay.expect(1, within=20.0)
        assert relay.mails[0]["message-id"] == f"<{owed['id']}@gochron.example>"


def test_an_address_that_is_refused_keeps_the_mail_from_nobody_else(mailed):
    world, relay = mailed
    relay.refused["nobody@example.com"] = "550 5.1.1 no such user"
    attempt = tried(world, mailbox(world, "nobody@example.com", "oncall@example.com"))
    assert attempt["succeeded"], attempt
    assert "550 5.1.1 no such user" in attempt["response"]["body"], "what happened is on record"
    assert relay.envelopes == [(FROM, ["oncall@example.com"])]
    alone = tried(world, mailbox(world, "nobody@example.com"))
    assert not alone["succeeded"]
    assert alone["response"]["status"] == 550


def test_no_address_smuggles_a_header_or_a_command(mailed):
    world, relay = mailed
    for bad in ("a@example.com\r\nBcc: b@example.com", "a@example.com>\r\nRCPT TO:<b@example.com", "a b@example.com",
                "a@example.com, b@example.com", "\"a b\"@example.com", "a@", "@a", "a@b@c", "a@-x.example"):
        world.api.call("POST", "/api/channels", {"name": "x", "type": "email", "email": {"to": [bad]}}, expect=422)
    assert relay.mails == []


def test_starttls_is_used_where_it_is_offered_and_credentials_never_travel_without(authority, relay_of, make_engine,
                                                                                  tmp_path_factory):
    ca, good, _ = authority
    relay = relay_of(tls=tls_context(*good), require_starttls=True, auth=("gochron", "pass word-9"))
    password = tmp_path_factory.mktemp("pw") / "password"
    password.write_text("pass word-9\n")
    engine = make_engine("--smtp-url", relay.url, "--smtp-from", FROM, "--smtp-user", "gochron",
                         "--smtp-password-file", str(password), "--extra-ca-file", str(ca)).start()
    world = World(engine.api())
    attempt = tried(world, mailbox(world))
    assert attempt["succeeded"], attempt
    assert relay.over_tls == [True]
    assert relay.tried in (["PLAIN"], ["LOGIN"])
    assert "word-9" not in str(attempt) and "word-9" not in engine.log.read_text()


def test_a_wrong_password_is_tried_again_and_said(authority, relay_of, make_engine, tmp_path_factory):
    ca, good, _ = authority
    relay = relay_of(tls=tls_context(*good), require_starttls=True, auth=("gochron", "right"))
    password = tmp_path_factory.mktemp("pw") / "password"
    password.write_text("wrong\n")
    engine = make_engine("--smtp-url", relay.url, "--smtp-from", FROM, "--smtp-user", "gochron",
                         "--smtp-password-file", str(password), "--extra-ca-file", str(ca)).start()
    attempt = tried(World(engine.api()), mailbox(World(engine.api())))
    assert not attempt["succeeded"]
    assert attempt["response"]["status"] == 535, attempt
    assert relay.mails == []


def test_implicit_tls(authority, relay_of, make_engine):
    ca, good, _ = authority
    relay = relay_of(tls=tls_context(*good), implicit=True)
    engine = make_engine("--smtp-url", relay.url, "--smtp-from", FROM, "--extra-ca-file", str(ca)).start()
    world = World(engine.api())
    attempt = tried(world, mailbox(world))
    assert attempt["succeeded"], attempt
    assert relay.over_tls == [True]


def test_a_certificate_that_is_not_the_relay_s_is_refused(authority, relay_of, make_engine):
    ca, good, other = authority
    for pair, trusted, error in ((other, str(ca), ("tls_hostname",)), (good, None, ("tls_untrusted",))):
        relay = relay_of(tls=tls_context(*pair), require_starttls=True)
        more = ["--extra-ca-file", trusted] if trusted else []
        engine = make_engine("--smtp-url", relay.url, "--smtp-from", FROM, *more).start()
        world = World(engine.api())
        attempt = tried(world, mailbox(world))
        assert not attempt["succeeded"]
        assert attempt["error"] in error, attempt
        assert relay.mails == []


def test_tls_that_is_required_and_not_offered_sends_nothing(relay_of, make_engine, tmp_path_factory):
    relay = relay_of()
    password = tmp_path_factory.mktemp("pw") / "password"
    password.write_text("p\n")
    for more in (["--smtp-tls", "required"], ["--smtp-user", "u", "--smtp-password-file", str(password)]):
        engine = make_engine("--smtp-url", relay.url, "--smtp-from", FROM, *more).start()
        world = World(engine.api())
        attempt = tried(world, mailbox(world))
        assert not attempt["succeeded"]
        assert attempt["error"] == "tls_protocol", attempt
        assert relay.mails == [] and relay.tried == []


def test_a_relay_that_is_down_comes_back(make_engine, target):
    relay = Relay()
    port = relay.port
    relay.close()
    engine = make_engine("--smtp-url", f"smtp://127.0.0.1:{port}", "--smtp-from", FROM).start()
    world = World(engine.api())
    monitor, channel = world.monitor(target), mailbox(world)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()

    def failed_once():
        owed = world.deliveries(channel)
        assert owed and owed[0]["attempts"] == 1 and owed[0]["state"] == "pending", owed
        return owed[0]

    owed = eventually(failed_once, 15.0)
    assert world.api.all(f"/api/deliveries/{owed['id']}/attempts")[0]["error"] == "connect_refused"
    back = Relay(port=port)
    try:
        assert back.expect(1, within=20.0)[0]["message-id"] == f"<{owed['id']}@gochron.example>"
    finally:
        back.close()


def test_without_a_relay_a_mail_says_so(world):
    attempt = tried(world, mailbox(world))
    assert not attempt["succeeded"]
    assert attempt["response"] is None
    assert "--smtp-url" in attempt["message"]


@pytest.mark.parametrize("flags,said", [
    (["--smtp-url", "http://x:25", "--smtp-from", FROM], "Expected smtp://host:port"),
    (["--smtp-url", "smtp://u:p@x:25", "--smtp-from", FROM], "Expected smtp://host:port"),
    (["--smtp-url", "smtp://x:25"], "Expected the address"),
    (["--smtp-from", FROM], "The other settings of the relay need it"),
    (["--smtp-url", "smtp://x:25", "--smtp-from", FROM, "--smtp-user", "u"], "Goes with smtp_user"),
    (["--smtp-url", "smtp://x:25", "--smtp-from", FROM, "--smtp-user", "u", "--smtp-password-file", "/nowhere"],
     "The password cannot be read"),
])
def test_settings_of_the_relay_that_cannot_work_stop_the_start(make_engine, flags, said):
    done = make_engine().run("serve", "--listen", "127.0.0.1:0", *flags, check=False)
    assert done.returncode == 1
    assert said in done.stderr
