"""/docs: every page and asset is there, asks nothing of another host, and the reference draws the live document."""
import gzip
import json
import re
import subprocess

import pytest

from conftest import TOOLS

GUIDES = ("getting-started", "authentication", "pagination", "errors", "idempotency", "rate-limits", "audit-log", "events",
          "alert-rules", "channels", "acknowledge", "webhooks", "incidents", "escalation", "on-call", "people", "dependencies", "maintenance", "terraform")


def page(api, path, **headers):
    answer = api.send("GET", path, token=None, headers=headers)
    assert answer.status == 200, f"{path}: {answer!r}"
    return answer


def links(answer):
    return re.findall(r'(?:href|src)="([^"]+)"', answer.raw.decode())


def test_every_page_is_there_and_no_link_leads_nowhere(api):
    seen, todo = set(), ["/docs", "/docs/api"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = page(api, path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        ids = set(re.findall(r'id="([^"]+)"', answer.raw.decode()))
        for link in links(answer):
            if link.startswith("#"):
                assert link[1:] in ids, f"{path}: {link}"
            elif link.startswith("/"):
                todo.append(link.split("#")[0])
            else:
                assert link.startswith("https://"), f"{path}: {link}"
    assert {f"/docs/{x}" for x in GUIDES} <= seen


def test_every_problem_type_leads_to_its_page(api):
    codes = api.spec["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"]
    assert len(codes) > 15
    for code in codes:
        answer = page(api, "/docs/problems/" + code.replace("_", "-"))
        assert f"<code>{code}</code>" in answer.raw.decode(), code
    refusal = api.call("GET", "/api/monitors/x", expect=404).json
    assert refusal["type"] == "/docs/problems/not-found"


def test_the_links_of_the_document_lead_somewhere(api):
    for path in set(re.findall(r"\]\((/[^)#]+)", json.dumps(api.spec))):
        page(api, path)


def test_pages_may_load_nothing_from_elsewhere(api):
    for path in ("/docs/api", "/docs/webhooks", "/docs/problems/invalid"):
        answer = page(api, path)
        policy = dict(x.strip().split(" ", 1) for x in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert "unsafe-inline" not in policy["style-src"] or path == "/docs/api"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|<style|style=", answer.raw.decode()), path
        assert all(x.startswith(("/", "#")) for x in re.findall(r'src="([^"]+)"|<link[^>]*href="([^"]+)"',
                                                                answer.raw.decode()) for x in x if x)


def test_assets_are_kept_for_ever_and_sent_small(api):
    assets = [x for x in links(page(api, "/docs/api")) if x.startswith("/docs/assets/")]
    assert len(assets) >= 5
    for path in assets:
        packed = page(api, path, **{"Accept-Encoding": "br, gzip"})
        assert packed.headers["content-encoding"] == "gzip" and packed.headers["vary"] == "Accept-Encoding"
        assert "immutable" in packed.headers["cache-control"]
        again = api.send("GET", path, token=None, headers={"If-None-Match": packed.headers["etag"]})
        assert again.status == 304 and not again.raw
        plain = gzip.decompress(packed.raw)
        if len(plain) < 1024 * 1024:
            assert page(api, path, **{"Accept-Encoding": "gzip;q=0"}).raw == plain
    assert max(len(page(api, x, **{"Accept-Encoding": "gzip"}).raw) for x in assets) < 1_500_000


def test_a_page_is_asked_for_again(api):
    answer = page(api, "/docs/webhooks")
    assert "must-revalidate" in answer.headers["cache-control"]
    assert api.send("GET", "/docs/webhooks", token=None, headers={"If-None-Match": answer.headers["etag"]}).status == 304


def chromium(url, tmp_path):
    """The document as drawn, every URL that it asked for, and the browser's log. No other host can be reached."""
    net = tmp_path / "net.json"
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-component-update", "--no-first-run",
         "--disable-background-networking", "--disable-default-apps", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={tmp_path / 'profile'}",
         f"--log-net-log={net}", "--virtual-time-budget=30000", "--dump-dom", url],
        capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]
    # What the page asked for; the browser has errands of its own, which have another initiator.
    events = [x.get("params", {}) for x in json.loads(net.read_text())["events"]]
    asked = {x["url"] for x in events if x.get("initiator") == url.split("/docs")[0] and "url" in x}
    return done.stdout, asked, done.stderr


@pytest.fixture(scope="module")
def drawn(shared_engine, tmp_path_factory):
    return chromium(shared_engine.url + "/docs/api", tmp_path_factory.mktemp("browser"))


def test_the_reference_shows_every_tag_and_asks_nobody_else(api, drawn):
    dom, asked, log = drawn
    for tag in api.spec["tags"]:
        assert tag["name"] in dom, tag["name"]
    assert "/api/monitors" in dom and "gochron API" in dom
    assert asked, "the browser's log is empty"
    ours = api.engine.url
    strangers = {x for x in asked if not x.startswith(ours + "/")}
    assert strangers == set(), strangers
    assert ours + "/openapi.json" in asked
    assert "Content Security Policy" not in log, log[-3000:]
