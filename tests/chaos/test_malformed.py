"""Requests that are almost right, ten thousand and more, against the binary with its sanitizers on where there is one."""
import collections
import os
import random
import re
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.engine import Engine
from malformed.replies import Wrong, judge, split
from malformed.requests import Things, describe, spoiled, unframed

COUNT, THREADS, PATIENCE = 10_000, 4, 20.0
DEBUG = Path(__file__).parents[2] / "build/debug/bin/gochron"
REPORT = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|UndefinedBehavior|http handler threw|"
                    r"http connection dropped|must not be sent")


@pytest.fixture
def engine(monkeypatch):
    """With sanitizers, if the debug preset was built or GOCHRON_DEBUG_BIN names one; what they find ends it."""
    binary = os.environ.get("GOCHRON_DEBUG_BIN") or (str(DEBUG) if DEBUG.exists() else None)
    if binary:
        monkeypatch.setattr("harness.engine.BINARY", binary)
    engine = Engine(env={"UBSAN_OPTIONS": "print_stacktrace=1", "ASAN_OPTIONS": "detect_leaks=1"}).start(60)
    yield engine
    engine.close()


def make_things(api):
    """Two of each, so that lists have a second page and a spoiled one leaves the other."""
    def monitor(i, **more):
        return api.create("/api/monitors", {"name": f"kept {i}", "paused": True, **more})["id"]

    ids = {"monitors": [monitor(0, type="http", http={"url": "http://127.0.0.1:9/"}),
                        monitor(1, type="tcp", tcp={"host": "127.0.0.1", "port": 9})]}
    job = api.create("/api/monitors", {"name": "kept 2", "type": "heartbeat", "heartbeat": {
        "period_seconds": 86_400, "grace_seconds": 3600}})
    ids["channels"] = [api.create("/api/channels", {"name": f"kept {i}", "type": "webhook", "webhook": {
        "url": "http://127.0.0.1:9/"}})["id"] for i in range(2)]
    ids["alert-rules"] = [api.create("/api/alert-rules", {"name": "kept", "monitor_ids": ids["monitors"][:1],
                                                          "channel_ids": ids["channels"][:1]})["id"]]
    ids["tokens"] = [api.post("/api/tokens", {"name": "kept", "scopes": ["monitors:read"]}, expect=201)["id"]]
    cursor = api.get("/api/monitors", limit=1)["next_cursor"]
    return Things(api, ids, urlsplit(job["ping_url"]).path.split("/")[2], cursor)


def exchange(address, wire):
    """Everything that comes back for these bytes, up to the end of the stream."""
    with socket.create_connection(address, timeout=PATIENCE) as s:
        got, cut = b"", False
        try:
            try:
                s.sendall(wire)
                s.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                cut = True  # refused while we were still sending; the refusal is on its way
            while part := s.recv(65536):
                got += part
        except ConnectionResetError:
            if not cut and not got:
                raise Wrong("the connection was reset") from None
        except TimeoutError:
            raise Wrong(f"no end of the connection within {PATIENCE} s; until then {got[:500]!r}") from None
        return got


def one_connection(address, things, dice, seen):
    """Some whole requests in one go, each owed an answer until one closes; or bytes that nobody can cut. Returns how
    many requests it sent."""
    if dice.random() < 0.5:
        wire = unframed(things, dice)
        requests = None
    else:
        requests = [spoiled(things, dice) for _ in range(dice.choice([1, 1, 2, 4, 8]))]
        wire = b"".join(r.bytes() for r in requests)
    try:
        got = exchange(address, wire)
        count = check_whole(requests, got, seen) if requests else check_any(wire, got, seen)
    except Wrong as e:
        raise Wrong(f"{e}\nthe bytes of the connection, as latin-1: {describe(wire)}") from None
    return count


def check_whole(requests, got, seen):
    for i, r in enumerate(requests):
        to_head = r.method == b"HEAD"
        reply, got = split(got, to_head)
        if reply is None:
            raise Wrong(f"request {i} of {len(requests)} got no answer, but {got[:200]!r}")
        judge(reply, to_head)
        seen[reply.status] += 1
        refused = reply.closes and reply.status >= 400
        if r.id and not refused and reply.header("x-request-id") != r.id:
            raise Wrong(f"request {i} with the id {r.id} got the answer of another: {reply!r}")
        if reply.closes:
            break
    if got:
        raise Wrong(f"bytes behind the last answer: {got[:300]!r}")
    return i + 1


def check_any(wire, got, seen):
    head = b"HEAD" in wire
    count = 0
    while got:
        to_head = head and re.search(rb"\r\n\r\n(HTTP/1\.1 |\Z)", got[:got.find(b"\r\n\r\n") + 13]) is not None
        reply, got = split(got, to_head)
        if reply is None and not got:
            break  # a 100 Continue that nothing followed
        if reply is None:
            raise Wrong(f"half an answer: {got[:500]!r}")
        judge(reply, to_head)
        seen[reply.status] += 1
        count += 1
    return max(1, count)


def shower(address, things, dice, count, seen, failures):
    sent = 0
    while sent < count and not failures:
        seed = dice.randrange(2**63)
        try:
            sent += one_connection(address, things, random.Random(seed), seen)
        except Exception as e:
            failures.append(f"seed of the connection {seed}: {type(e).__name__}: {e}")


def rain(engine, things, dice, count):
    """`count` requests over a few threads; returns the statuses."""
    at = urlsplit(engine.url)
    seen, failures = [collections.Counter() for _ in range(THREADS)], []
    threads = [threading.Thread(target=shower, args=((at.hostname, at.port), things, random.Random(dice.random()),
                                                     count // THREADS, seen[i], failures)) for i in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert engine.process.poll() is None, f"the engine is dead:\n{engine.tail(20_000)}"
    assert not failures, "\n".join(failures)
    return sum(seen, collections.Counter())


def sweep_up(api, things):
    """Deletes what spoiled requests made after all; everything that was there before is still there."""
    for noun, ids in things.ids.items():
        rows = api.all(f"/api/{noun}")
        assert set(ids) <= {x["id"] for x in rows}
        for x in rows:
            if x["id"] not in ids and noun != "tokens":
                api.send("DELETE", f"/api/{noun}/{x['id']}")


def figure(api, name):
    text = api.send("GET", "/metrics").raw.decode()
    return sum(float(x) for x in re.findall(rf"^gochron_{name}(?:{{.*?}})? (\S+)$", text, re.MULTILINE))


def open_files(engine):
    return len(os.listdir(f"/proc/{engine.process.pid}/fd"))


def test_requests_that_are_almost_right_are_refused_and_nothing_breaks(engine, dice, scaled, figures):
    api = engine.api()
    things = make_things(api)
    rain(engine, things, dice, 500)  # pools fill up
    descriptors, seen, left = open_files(engine), collections.Counter(), scaled(COUNT)
    while left > 0:
        seen += rain(engine, things, dice, min(left, 10_000))
        left -= 10_000
        sweep_up(api, things)
    figures("answers by status", ", ".join(f"{k}: {v}" for k, v in sorted(seen.items())))
    assert {200, 201, 400, 401, 404, 405, 406, 413, 415, 422, 431, 501, 505} <= set(seen), "the dice are too tame"
    # And it serves on, and nothing is left behind.
    assert api.get("/api/monitors/" + things.ids["monitors"][0])["id"] == things.ids["monitors"][0]
    assert figure(api, "actor_restarts_total") == 0
    assert figure(api, "actors_quarantined") == 0
    assert open_files(engine) <= descriptors + 4
    assert engine.stop(60) == 0, f"a leak, or worse:\n{engine.tail(20_000)}"
    assert not REPORT.search(engine.log.read_text(errors="replace")), engine.tail(20_000)
