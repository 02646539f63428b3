"""Links that acknowledge and resolve: what a person who was told does about it, without a token of the API."""
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import re
import threading
import time
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from harness.engine import Engine
from harness.providers import Provider, RULES, Relay, parts_of
from harness.waiting import eventually
from harness.world import World
from test_channels import SETTINGS

PUBLIC = "https://pager.example"
LINK = re.compile(re.escape(PUBLIC) + r"/a/([A-Za-z0-9_-]{44})")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


class Page(HTMLParser):
    """What a browser without scripts makes of a page; fails on what it would have to load or run."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.buttons, self.words, self.times, self.open = [], [], [], [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert tag not in ("script", "img", "iframe", "link", "object", "base"), tag
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes), attributes
        if tag == "html":
            assert attributes["lang"] == "en"
        if tag == "form":
            self.forms.append(attributes)
        if tag == "button":
            self.buttons.append(attributes)
        if tag == "time":
            self.times.append(attributes["datetime"])
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if "style" not in self.open and "title" not in self.open:
            self.words.append(data)


def ask(api, method, token, headers=BROWSER, body=None):
    """As somebody from outside would: without a token."""
    url = urlsplit(api.engine.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
    connection.request(method, f"/a/{token}", body, {"Content-Type": "application/x-www-form-urlencoded", **headers}
                       if method == "POST" else headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def press(api, token):
    try:
        ask(api, "POST", token)
    except (OSError, http.client.HTTPException):
        pass  # it was killed


def state_of(api, token, method="GET"):
    answer, text = ask(api, method, token, JSON)
    assert answer.status == 200, (answer.status, text)
    return json.loads(text)


@pytest.fixture(scope="module")
def mailed():
    """An engine that knows where it is found, and its relay."""
    relay = Relay()
    engine = Engine("--smtp-url", relay.url, "--smtp-from", "alerts@gochron.example", "--base-url", PUBLIC).start()
    yield World(engine.api()), relay
    engine.close()
    relay.close()


def mailbox(world, name=None):
    return world.api.create("/api/channels", {"name": name or world.name("mail"), "type": "email",
                                              "email": {"to": [f"{world.name('a').split()[1]}@example.com"]}})


def links_in(mail):
    text, html = parts_of(mail)
    found = re.findall(r"^(?:(Acknowledge|Resolve): )?" + LINK.pattern, text, re.MULTILINE)
    assert [token for _, token in found] == [t for t in LINK.findall(html)], "the same in both"
    return {verb or "Details": token for verb, token in found}


@pytest.fixture
def told(mailed, target):
    """An open incident and the links that somebody got: (world, incident, {verb: token}, channel, monitor)."""
    world, relay = mailed
    before = len(relay.mails)
    monitor, channel = world.monitor(target, name="Shop <b>&amp; café"), mailbox(world, world.name("On call"))
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    incident = eventually(lambda: world.incidents(monitor))[0]
    # Among mails of what was before, which may still come in.
    mail = eventually(lambda: [m for m in relay.mails[before:] if incident["id"] in str(m["References"])])[0]
    yield world, incident, links_in(mail), channel, monitor
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})


def incident_of(world, incident):
    return world.api.get(f"/api/incidents/{incident['id']}")


def line_of(world, incident, kind):
    return [x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline") if x["kind"] == kind]


def test_looking_never_acts_and_the_button_does_once(told):
    world, incident, links, channel, _ = told
    for _ in range(5):  # scanners of mail, previews of chats
        for method in ("GET", "HEAD"):
            answer, text = ask(world.api, method, links["Acknowledge"])
            assert answer.status == 200 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert incident_of(world, incident)["state"] == "triggered"
    assert incident_of(world, incident)["sequence"] == incident["sequence"], "nothing has happened"
    page = Page(ask(world.api, "GET", links["Acknowledge"])[1])
    assert page.forms == [{"method": "post"}] and page.buttons == [{"type": "submit"}]
    assert incident["title"] in page.text and "Shop <b>&amp; café" in page.text
    assert incident["started_at"] in page.times and "Triggered" in page.text
    answer, text = ask(world.api, "POST", links["Acknowledge"], body="")
    assert answer.status == 200
    assert "Done" in Page(text).text and Page(text).forms == []
    seen = incident_of(world, incident)
    assert seen["state"] == "acknowledged" and seen["acknowledged_by"] == f"channel:{channel['name']}"
    assert line_of(world, incident, "acknowledged")[0]["actor"] == f"channel:{channel['name']}"
    for method in ("POST", "GET"):
        again = Page(ask(world.api, method, links["Acknowledge"])[1])
        assert "used before" in again.text and again.forms == []
    assert len(line_of(world, incident, "acknowledged")) == 1
    entry = [x for x in world.api.all("/api/audit-log") if x["resource_id"] == incident["id"]]
    assert [(x["action"], x["actor"], x["token_id"]) for x in entry] == [
        ("acknowledge", f"channel:{channel['name']}", None)]


def test_a_used_link_does_nothing_when_the_incident_is_open_again(told):
    world, incident, links, _, _ = told
    assert state_of(world.api, links["Acknowledge"])["outcome"] == "open"
    done = state_of(world.api, links["Acknowledge"], "POST")
    assert (done["outcome"], done["verb"], done["state"]) == ("done", "acknowledge", "acknowledged")
    assert done["number"] == incident["number"] and "id" not in done
    world.api.post(f"/api/incidents/{incident['id']}/unacknowledge", {})
    assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "used"
    assert incident_of(world, incident)["state"] == "triggered"
    assert state_of(world.api, links["Resolve"], "POST")["outcome"] == "done", "it is another link"
    assert incident_of(world, incident)["state"] == "resolved"


def test_who_comes_second_is_told_so_kindly(told):
    world, incident, links, _, _ = told
    world.api.post(f"/api/incidents/{incident['id']}/acknowledge", {"note": "On it."})
    answer, text = ask(world.api, "POST", links["Acknowledge"])
    assert answer.status == 200 and "before you" in Page(text).text
    assert len(line_of(world, incident, "acknowledged")) == 1
    world.api.post(f"/api/incidents/{incident['id']}/resolve", {})
    for verb in ("Acknowledge", "Resolve"):
        answer, text = ask(world.api, "POST", links[verb])
        assert answer.status == 200 and "is over" in Page(text).text
        assert state_of(world.api, links[verb])["outcome"] == "resolved"
    assert len(line_of(world, incident, "resolved")) == 1


def test_what_is_acknowledged_is_told_with_a_link_to_resolve_alone(told, mailed):
    world, incident, links, _, _ = told
    relay = mailed[1]
    before = len(relay.mails)
    state_of(world.api, links["Acknowledge"], "POST")
    assert list(links_in(relay.expect(before + 1)[before])) == ["Resolve", "Details"]
    before = len(relay.mails)
    state_of(world.api, links["Resolve"], "POST")
    assert list(links_in(relay.expect(before + 1)[before])) == ["Details"]


def test_of_many_who_press_at_once_one_does_it(told):
    world, incident, links, _, _ = told
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(world.api, "POST", links["Resolve"], JSON), range(16)))
    assert {a.status for a, _ in answers} <= {200, 503}
    assert sum('"outcome":"done"' in text for _, text in answers) == 1
    assert len(line_of(world, incident, "resolved")) == 1


def test_a_forged_link_is_a_404_that_tells_nothing(told):
    world, incident, links, _, _ = told
    good = links["Acknowledge"]
    flipped = good[:10] + ("A" if good[10] != "A" else "B") + good[11:]
    other_verb = ("F" if good[0] != "F" else "E") + good[1:]
    texts = set()
    for token in (flipped, other_verb, good[:-1], good + "A", "A" * 44, "x", "%2F", "a" * 4000, good.lower()):
        for method in ("GET", "POST"):
            answer, text = ask(world.api, method, token, JSON)
            assert answer.status == 404, (token, answer.status)
            assert answer.headers["Content-Type"] == "application/problem+json"
            texts.add(re.sub(r'"(request_id|instance)":"[^"]*"', "", text))
            answer, text = ask(world.api, method, token)
            assert answer.status == 404 and "not valid" in Page(text).text
    assert len(texts) == 1, "no forgery can be told from another"
    assert incident_of(world, incident)["state"] == "triggered"


def signed_again(engine, token, minutes):
    """The same link with another end, signed as the server would."""
    key = hmac.new(base64.b64decode((engine.data / "secret.key").read_text().strip()), b"links", hashlib.sha256).digest()
    raw = base64.urlsafe_b64decode(token)
    payload = raw[:17] + minutes.to_bytes(4, "big")
    return base64.urlsafe_b64encode(payload + hmac.new(key, payload, hashlib.sha256).digest()[:12]).decode()


def test_a_link_that_has_ended_does_nothing(told):
    world, incident, links, _, _ = told
    token, engine = links["Acknowledge"], world.api.engine
    ends = int.from_bytes(base64.urlsafe_b64decode(token)[17:21], "big")
    assert signed_again(engine, token, ends) == token, "what follows is signed as it has to be"
    now = int(time.time()) // 60
    assert 7 * 24 * 60 - 5 <= ends - now <= 7 * 24 * 60
    for method in ("GET", "POST"):
        answer, text = ask(world.api, method, signed_again(engine, token, now - 1))
        assert answer.status == 404 and "Too late" in Page(text).text
        assert incident["title"] not in text
        assert ask(world.api, method, signed_again(engine, token, now - 1), JSON)[0].status == 404
    assert incident_of(world, incident)["state"] == "triggered"
    assert state_of(world.api, signed_again(engine, token, now + 2), "POST")["outcome"] == "done"


def test_a_day_after_the_end_a_link_tells_nothing_more(told):
    world, incident, links, _, _ = told
    world.api.post(f"/api/incidents/{incident['id']}/resolve", {})
    for back, status in (("23 hours", 200), ("2 hours", 404)):
        world.api.engine.sql(f"UPDATE incidents SET resolved_at = resolved_at - interval '{back}' "
                             f"WHERE number = {incident['number']}")
        answer, text = ask(world.api, "GET", links["Resolve"])
        assert answer.status == status, text
    assert incident["title"] not in text


def test_what_is_answered_is_kept_framed_and_found_by_nobody(told):
    world, incident, links, _, _ = told
    for token, accept in ((links["Acknowledge"], BROWSER), (links["Acknowledge"], JSON), ("A" * 44, BROWSER),
                          ("A" * 44, JSON)):
        answer, text = ask(world.api, "GET", token, accept)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = dict(x.strip().split(" ", 1) for x in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        if answer.headers["Content-Type"].startswith("text/html"):
            style = re.search(r"<style>(.*)</style>", text, re.DOTALL).group(1)
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert policy["style-src"] == f"'sha256-{digest}'", "the style is the one that is allowed"
            assert "prefers-color-scheme: dark" in style and 'name="viewport"' in text


def test_a_link_is_no_key_to_anything_else(told):
    world, incident, links, _, _ = told
    api = world.api
    for headers in ({"Authorization": f"Bearer {links['Acknowledge']}"}, {}):
        answer = api.send("GET", f"/api/incidents/{incident['id']}", token=None, headers=headers)
        assert answer.status == 401
    url = urlsplit(api.engine.url)
    for method in ("PUT", "DELETE", "PATCH"):
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
        connection.request(method, f"/a/{links['Acknowledge']}")
        assert connection.getresponse().status == 405
        connection.close()
    answer, _ = ask(api, "POST", links["Acknowledge"], body="x" * 5000)
    assert answer.status == 413


def test_details_are_a_page_for_people_with_what_has_happened_and_what_can_be_done(told):
    world, incident, links, _, _ = told
    world.api.create(f"/api/incidents/{incident['id']}/notes", {"text": "Looking <i>at it</i>."})
    for method in ("GET", "HEAD", "POST"):
        answer, text = ask(world.api, method, links["Details"])
        assert answer.status == 200
        assert incident_of(world, incident)["state"] == "triggered", "it changes nothing"
    page = Page(text)
    assert incident["title"] in page.text and "by an API token Looking <i>at it</i>." in page.text
    assert "tok_" not in page.text
    assert [form["action"] for form in page.forms] == [links["Acknowledge"], links["Resolve"]], "beside it, wherever it is"
    said = state_of(world.api, links["Details"])
    timeline = world.api.all(f"/api/incidents/{incident['id']}/timeline")
    assert (said["outcome"], said["verb"]) == ("shown", "read")
    assert [x["message"] for x in said["history"]] == [x["message"] for x in timeline][:len(said["history"])]
    assert state_of(world.api, links["Acknowledge"])["history"] == []
    assert state_of(world.api, page.forms[0]["action"], "POST")["outcome"] == "done"
    assert len(Page(ask(world.api, "GET", links["Details"])[1]).forms) == 1
    world.api.post(f"/api/incidents/{incident['id']}/resolve", {})
    over = Page(ask(world.api, "GET", links["Details"])[1])
    assert over.forms == [] and "Resolved" in over.text
    world.api.engine.sql(f"UPDATE incidents SET resolved_at = resolved_at - interval '25 hours' "
                         f"WHERE number = {incident['number']}")
    assert ask(world.api, "GET", links["Details"])[0].status == 404


def test_a_webhook_s_bytes_carry_no_links_that_act(mailed, target, receiver):
    world, _ = mailed
    hook = receiver.hook()
    monitor = world.monitor(target)
    channel = world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    assert b"/a/" not in hook.expect("incident.opened").raw
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})


@pytest.mark.parametrize("name", sorted(RULES))
def test_links_keep_to_the_provider_s_rules(mailed, target, name):
    world, provider = mailed[0], Provider(name)
    channel = world.api.call("POST", "/api/channels", {"name": world.name(name), "type": name,
                                                       name: SETTINGS[name](provider.url)}, expect=201).json
    monitor = world.monitor(target, runbook_url="https://wiki.example.com/a?b=1&c=2")
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    sent = provider.expect(1)[0].raw.decode()
    tokens = LINK.findall(unquote(sent))
    assert tokens, sent
    acts = [x for x in tokens if state_of(world.api, x)["verb"] != "read"]
    assert state_of(world.api, acts[0], "POST")["outcome"] == "done"
    provider.expect(2)
    assert world.incidents(monitor)[0]["acknowledged_by"] == f"channel:{channel['name']}"
    world.api.patch(f"/api/channels/{channel['id']}", {"enabled": False})
    provider.close()
    assert not provider.faults, provider.faults


def test_without_a_public_address_there_are_no_links(make_engine, target):
    provider = Provider("slack")
    world = World(make_engine().start().api())
    channel = world.api.call("POST", "/api/channels", {"name": "s", "type": "slack", "slack": {
        "webhook_url": provider.url + "/services/T0/B0/x"}}, expect=201).json
    monitor = world.monitor(target)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    assert b"/a/" not in provider.expect(1)[0].raw
    provider.close()


def test_a_link_outlives_the_engine_and_is_used_once_over_its_lives(make_engine, target):
    relay = Relay()
    engine = make_engine("--smtp-url", relay.url, "--smtp-from", "alerts@gochron.example", "--base-url", PUBLIC).start()
    world = World(engine.api())
    monitor, channel = world.monitor(target), mailbox(world)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    links = links_in(relay.expect(1)[0])
    incident = world.incidents(monitor)[0]
    engine.restart()
    world.api = engine.api()
    assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "done"
    engine.kill()
    engine.start()
    world.api = engine.api()
    assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "used"
    world.api.post(f"/api/incidents/{incident['id']}/unacknowledge", {})
    assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "used"
    assert incident_of(world, incident)["state"] == "triggered"
    relay.close()


def test_a_kill_leaves_the_effect_and_the_use_or_neither(make_engine, target):
    relay = Relay()
    engine = make_engine("--smtp-url", relay.url, "--smtp-from", "alerts@gochron.example", "--base-url", PUBLIC).start()
    world = World(engine.api())
    monitor, channel = world.monitor(target), mailbox(world)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    links = links_in(relay.expect(1)[0])
    incident = world.incidents(monitor)[0]
    for pause in (0.0, 0.002, 0.005, 0.01, 0.02):
        api = engine.api()
        pressing = threading.Thread(target=press, args=(api, links["Acknowledge"]))
        pressing.start()
        time.sleep(pause)
        engine.kill()
        pressing.join(20)
        engine.start()
        world.api = engine.api()
        seen = incident_of(world, incident)["state"]
        outcome = state_of(world.api, links["Acknowledge"])["outcome"]
        assert (seen, outcome) in (("acknowledged", "used"), ("triggered", "open")), (seen, outcome)
        if seen == "acknowledged":
            break
    else:
        assert state_of(world.api, links["Acknowledge"], "POST")["outcome"] == "done", "and it recovers"
    assert len(line_of(world, incident, "acknowledged")) == 1
    relay.close()
