"""`gochron wait`: the gate of a deployment from the command line, and what its exit codes say."""
import json
import subprocess
import time

import pytest

from harness.engine import BINARY
from harness.environment import clean_environment
from harness.peers import HttpPeer, Port
from harness.waiting import eventually

SATISFIED, TIMED_OUT, REFUSED, NO_ACCESS, NOT_FOUND, UNREACHABLE = range(6)
WRONG_COMMAND_LINE = range(100, 128)


def start(api, *args, url=None, token=None):
    env = clean_environment({"GOCHRON_URL": url or api.engine.url, "GOCHRON_TOKEN": token or api.token})
    return subprocess.Popen([BINARY, "wait", *map(str, args)], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def ended(process, within=30):
    out, err = process.communicate(timeout=within)
    return process.returncode, out, err


def wait(api, *args, **how):
    return ended(start(api, *args, **how))


@pytest.fixture
def reader(world):
    return world.api.with_token(world.api.create("/api/tokens", {"name": world.mark, "scopes": ["monitors:read"]})["secret"])


def test_it_ends_when_the_monitor_is_stable(world, reader, target):
    monitor = world.monitor(target, key=f"wait.{world.mark}")
    for name in (monitor["id"], monitor["key"]):
        code, out, err = wait(reader, "--monitor", name, "--stable", 1, "--timeout", 30)
        assert (code, err) == (SATISFIED, "") and out.startswith("up since 2"), (code, out, err)
    code, out, _ = wait(reader, "--monitor", monitor["key"], "--for", "up,degraded", "--stable", 0, "--json")
    answer = json.loads(out)
    assert code == SATISFIED and answer["satisfied"] is True and answer["monitor"]["id"] == monitor["id"]


def test_it_says_what_is_when_the_time_is_over(world, reader, target):
    target.status = 503
    monitor = world.monitor(target)
    begun = time.monotonic()
    code, out, err = wait(reader, "--monitor", monitor["id"], "--stable", 0, "--timeout", 4)
    assert code == TIMED_OUT and out.startswith("down since ") and "503" in out
    assert "within 4 s" in err and 3.5 < time.monotonic() - begun < 8
    assert wait(reader, "--monitor", monitor["id"], "--for", "down", "--stable", 1, "--timeout", 20)[0] == SATISFIED


def test_what_cannot_be_is_said_at_once(world, api, reader, target):
    monitor = world.monitor(target)["id"]
    mistyped = reader.token[:-1] + ("a" if reader.token[-1] != "a" else "b")
    unknown = api.create("/api/tokens", {"name": "gone", "scopes": ["monitors:read"]})
    api.delete(f"/api/tokens/{unknown['id']}")
    other = api.create("/api/tokens", {"name": "other", "scopes": ["channels:read"]})
    cases = [
        (("--monitor", "nobody"), {}, NOT_FOUND, "nobody: "),
        (("--monitor", "mon_01h455vb4pex5vsknk084sn02q"), {}, NOT_FOUND, "mon_01h455vb4pex5vsknk084sn02q: "),
        (("--monitor", ".."), {}, NOT_FOUND, "..: "),
        (("--monitor", "a/b?c"), {}, REFUSED, "--monitor"),
        (("--monitor", monitor), {"token": mistyped}, NO_ACCESS, "mistyped"),
        (("--monitor", monitor), {"token": unknown["secret"]}, NO_ACCESS, ""),
        (("--monitor", monitor), {"token": other["secret"]}, NO_ACCESS, "monitors:read"),
        (("--monitor", monitor), {"url": "gochron.example"}, REFUSED, "--url"),
        (("--monitor", monitor), {"url": reader.engine.url + "/somewhere"}, NOT_FOUND, ""),
        (("--monitor", monitor, "--url", "https://127.0.0.1:" + reader.engine.url.rsplit(":", 1)[1]), {}, UNREACHABLE, ""),
    ]
    for args, how, wanted, words in cases:
        begun = time.monotonic()
        code, out, err = wait(reader, *args, **how)
        assert (code, out) == (wanted, "") and words in err and err.startswith("gochron: "), (args, how, code, err)
        assert time.monotonic() - begun < 5
    for args in ((), ("--monitor", monitor, "--for", "well"), ("--monitor", monitor, "--timeout", 0),
                 ("--monitor", monitor, "--stable", -1), ("--monitor", monitor, "--timeout", "soon")):
        assert wait(reader, *args)[0] in WRONG_COMMAND_LINE


def test_a_server_that_is_away_is_waited_for(engine, target):
    api = engine.api()
    monitor = api.create("/api/monitors", {"name": "x", "type": "http", "interval_seconds": 1, "timeout_ms": 900,
                                           "http": {"url": target.url}})
    target.status = 503
    args = ("--url", engine.url, "--monitor", monitor["id"], "--stable", 0, "--timeout", 60)
    process = start(api, *args)
    eventually(lambda: api.get(f"/api/monitors/{monitor['id']}")["status"] == "down", 20)
    engine.kill()
    time.sleep(1)
    target.status = 200
    engine.listen = engine.url.split("//")[1]
    engine.start()
    code, out, err = ended(process, 40)
    assert code == SATISFIED and out.startswith("up since"), (code, out, err)
    assert err.count("asking again") in (1, 2), f"each trouble is said once: {err}"


def test_nobody_is_waited_for_without_end(reader):
    port = Port()
    port.close()
    url = f"http://127.0.0.1:{port.number}"
    begun = time.monotonic()
    code, _, err = wait(reader, "--monitor", "x", "--unreachable", 2, url=url)
    assert code == UNREACHABLE and url in err and 2 <= time.monotonic() - begun < 8
    code, _, err = wait(reader, "--monitor", "x", "--timeout", 1, url=url)
    assert code == UNREACHABLE and "asking again" in err


class Answers(HttpPeer):
    """Gives the answers in their order, the last one from then on; keeps when it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []
        super().__init__()

    def handle(self, request):
        self.asked.append(time.monotonic())
        status, headers, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


def test_retry_after_is_kept_and_strangers_are_told_from_gochron(reader):
    good = (200, {}, b'{"satisfied": true, "status": "up", "status_since": "2026-01-01T00:00:00.000Z", "monitor": {}}')
    id = "mon_01h455vb4pex5vsknk084sn02q"
    cases = [
        ([(429, {"Retry-After": "3"}, b"{}"), good], SATISFIED, 3),
        ([(503, {"Retry-After": "2"}, b"<html>"), (502, {}, b""), good], SATISFIED, 2),
        ([(503, {"Retry-After": "3600"}, b"")], UNREACHABLE, 0),
        ([(200, {}, b"<html>hello</html>")], REFUSED, 0),
        ([(200, {}, b'{"satisfied": "yes"}')], REFUSED, 0),
        ([(301, {"Location": "https://elsewhere.example/"}, b"")], REFUSED, 0),
        ([(404, {}, b"no such page")], NOT_FOUND, 0),
    ]
    for answers, wanted, pause in cases:
        peer = Answers(*answers)
        try:
            begun = time.monotonic()
            code, out, err = wait(reader, "--monitor", id, "--timeout", 6, url=peer.url)
            assert code == wanted, (answers, code, err)
            assert time.monotonic() - begun < 9
            if len(peer.asked) > 1:
                assert peer.asked[1] - peer.asked[0] >= pause - 0.1
            assert len(peer.asked) <= 4, "it does not hurry"
            assert "elsewhere" in err or answers[0][0] != 301
        finally:
            peer.close()
