"""Clients that are slow, too many, or all there is: those who behave are served meanwhile, and afterwards nothing is left
of the others."""
import json
import os
import resource
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from harness.waiting import eventually
from malformed.replies import split

SLOW, FLOOD = 150, 6_000
HEAD_DEADLINE, BODY_DEADLINE, WRITE_DEADLINE = 10, 30, 20


class Crowd:
    """Raw connections to one engine, from as many loopback addresses as it takes."""

    def __init__(self, engine):
        at = urlsplit(engine.url)
        self.address, self.open = (at.hostname, at.port), []

    def come(self, first=b"", source=1, buffer=None):
        s = socket.socket()
        s.settimeout(5)
        if buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        s.bind((f"127.0.1.{source}", 0))
        s.connect(self.address)
        self.open.append(s)
        if first:
            s.sendall(first)
        return s

    def leave(self):
        for s in self.open:
            s.close()
        self.open.clear()


@pytest.fixture
def crowd(engine):
    crowd = Crowd(engine)
    yield crowd
    crowd.leave()


class Neighbour:
    """One who behaves: a request after another on connections of its own, timed."""

    def __init__(self, api, path):
        self.api, self.path, self.took, self.failures = api, path, [], []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._stop.wait(0.02):
            began = time.monotonic()
            try:
                answer = self.api.send("GET", self.path)
                if answer.status != 200:
                    self.failures.append(repr(answer)[:300])
            except OSError as e:
                self.failures.append(repr(e))
            self.took.append(time.monotonic() - began)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def figures(self):
        took = sorted(self.took)
        return (f"{len(took)} requests of a neighbour, median {1000 * took[len(took) // 2]:.1f} ms, p99 "
                f"{1000 * took[len(took) * 99 // 100]:.1f} ms, {len(self.failures)} failed")


def value_of(metrics, name):
    for line in metrics.splitlines():
        if line.startswith(f"gochron_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no metric {name}")


def figure(api, name):
    return value_of(api.send("GET", "/metrics").raw.decode(), name)


def asked(s, path, token):
    """The body of an answer over a connection that is open already."""
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    reply, data = None, b""
    while reply is None:
        part = s.recv(65536)
        assert part, f"closed after {data!r}"
        reply, data = split(data + part)
    assert reply.status == 200, reply
    return reply.body.decode()


def descriptors(engine):
    return len(os.listdir(f"/proc/{engine.process.pid}/fd"))


def all_gone(engine, api, before):
    """Nobody is left but the one who asks, and no descriptor of the others."""
    return figure(api, "http_connections") <= 1 and descriptors(engine) <= before + 2


def drip(sockets, byte, seconds):
    """A byte a second to each, so that no connection ever falls silent."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for s in sockets:
            try:
                s.send(byte)
            except OSError:
                pass  # the server has had enough of it
        time.sleep(1)


def ending(s):
    """What the server said in the end, with the connection closed."""
    said = b""
    try:
        while part := s.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


def test_slow_clients_run_into_deadlines_and_delay_nobody(own_world, engine, crowd, figures, scaled):
    """The long run waits for all deadlines, the bounded one for that of heads."""
    patient = scaled(2) > 2
    api = own_world.api
    job = own_world.heartbeat(period=86_400, grace=3600)
    api.get("/api/monitors")
    before = descriptors(engine)
    token = api.token.encode()
    bodies = [crowd.come(b"POST /api/monitors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
                         b"\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{", 1) for _ in range(SLOW)]
    # Pipelines of a large document, and nobody reads it.
    readers = [crowd.come(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 16, 2, buffer=4096) for _ in range(SLOW // 5)]
    heads = [crowd.come(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", 3) for _ in range(SLOW)]
    with Neighbour(api, f"/api/monitors/{job['id']}") as neighbour:
        began = time.monotonic()
        dripping = [threading.Thread(target=drip, args=(x, b"a", limit + 2 if patient else HEAD_DEADLINE + 2))
                    for x, limit in ((heads, HEAD_DEADLINE), (bodies, BODY_DEADLINE))]
        for t in dripping:
            t.start()
        for s in heads:
            s.settimeout(max(0.1, began + HEAD_DEADLINE + 3 - time.monotonic()))
            assert b" 408 " in ending(s).split(b"\r\n")[0]
        assert figure(api, "http_connections") >= len(bodies) + len(readers), "some ended before their time"
        for s in bodies if patient else ():
            s.settimeout(max(0.1, began + BODY_DEADLINE + 3 - time.monotonic()))
            assert b" 408 " in ending(s).split(b"\r\n")[0]
        if patient:
            eventually(lambda: figure(api, "http_slow_readers_total") >= len(readers), WRITE_DEADLINE)
        for t in dripping:
            t.join()
    figures("slow clients", f"{len(crowd.open)} of them, {neighbour.figures()}")
    assert not neighbour.failures
    assert sorted(neighbour.took)[len(neighbour.took) * 99 // 100] < 1
    crowd.leave()
    eventually(lambda: all_gone(engine, api, before), 15)
    assert own_world.ping(job).status == 200


def test_a_flood_of_connections_is_turned_away_and_ebbs(own_world, engine, crowd, figures):
    api = own_world.api
    job = own_world.heartbeat(period=86_400, grace=3600)
    api.get("/api/monitors")
    before = descriptors(engine)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FLOOD + 2_000:
        pytest.skip(f"needs {FLOOD + 2_000} descriptors, this machine allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FLOOD + 2_000), hard))
    with Neighbour(api, f"/api/monitors/{job['id']}") as neighbour:
        for i in range(FLOOD):
            crowd.come(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 1 + i % 10)
        open_now = figure(api, "http_connections")
        refused = [crowd.come(source=20) for _ in range(1_010)]
        for s in crowd.open[:FLOOD]:
            assert s.recv(9, socket.MSG_WAITALL).startswith(b"HTTP/1.1 "), "no answer in the flood"
        # Over the limit of one address: told why, and when to come again.
        for s in refused[1_000:]:
            said = ending(s)
            assert b"HTTP/1.1 503" in said and b"Retry-After" in said
    figures("a flood", f"{open_now:.0f} open at once: {neighbour.figures()}")
    assert open_now >= FLOOD
    assert not neighbour.failures
    crowd.leave()
    eventually(lambda: all_gone(engine, api, before), 20)
    assert own_world.ping(job).status == 200


def test_out_of_descriptors_it_serves_whom_it_has_and_recovers(own_world, engine, crowd, target, receiver, figures):
    api = own_world.api
    watched = own_world.monitor(target)
    hook = receiver.hook()
    own_world.rule([watched], [own_world.channel(hook)])
    own_world.wait_status(watched, "up")
    kept = [crowd.come() for _ in range(20)]
    for s in kept:
        assert watched["id"] in asked(s, f"/api/monitors/{watched['id']}", api.token)
    before, limits = descriptors(engine), resource.prlimit(engine.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(engine.process.pid, resource.RLIMIT_NOFILE, (before + 10, limits[1]))
    for _ in range(300):
        crowd.come()
    path = f"/api/monitors/{watched['id']}"
    for s in kept:
        assert watched["id"] in asked(s, path, api.token)
    # Nobody can look, so nobody knows; and nobody is told of an outage.
    eventually(lambda: json.loads(asked(kept[0], path, api.token))["status"] == "unknown", 20)
    crowd.leave()
    resource.prlimit(engine.process.pid, resource.RLIMIT_NOFILE, limits)
    eventually(lambda: figure(api, "http_connections") <= 1, 15)
    shed = figure(api, "http_shed_total")
    missed = figure(api, 'checks_total{verdict="error"}')
    figures("out of descriptors", f"{shed:.0f} of 300 turned away, {missed:.0f} checks not made")
    assert shed > 200
    assert "out of file descriptors" in engine.tail(), "nobody was told"
    assert "Postgres is gone" not in engine.tail()
    own_world.wait_status(watched, "up")
    assert own_world.incidents(watched) == [], "a lack of descriptors is not an outage of the target"
    target.die()
    hook.expect("incident.opened", 15)
    target.revive()
    hook.expect("incident.resolved", 15)
