"""Ten thousand monitors behind one parent fail within an interval: one page."""
import socket
import threading
import time

import pytest

from harness.peers import Port
from harness.waiting import eventually, holds

MANY = 10_000
INTERVAL = 10  # seconds: a thousand checks a second


class Acceptor:
    """Takes connections as fast as they come, and hangs up; or nobody listens."""

    def __init__(self):
        self.port = Port()
        self._thread = None

    def open(self):
        self._socket = self.port.listen()
        self._socket.listen(4096)
        self._thread = threading.Thread(target=self._accept, args=(self._socket,), daemon=True)
        self._thread.start()

    @staticmethod
    def _accept(listener):
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    def shut(self):
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._thread.join(10)
        self.port.refuse()

    def close(self):
        if self._thread and self._thread.is_alive():
            self.shut()
        self.port.close()


@pytest.fixture
def site():
    peer = Acceptor()
    peer.open()
    yield peer
    peer.close()


def tcp(site, name, **more):
    return {"name": name, "type": "tcp", "interval_seconds": INTERVAL, "timeout_ms": 5000,
            "tcp": {"host": "127.0.0.1", "port": site.port.number}, **more}


def create_all(api, bodies):
    for start in range(0, len(bodies), 1000):
        operations = [{"method": "create", "body": body} for body in bodies[start:start + 1000]]
        answer = api.call("POST", "/api/monitors/bulk", {"atomic": False, "operations": operations}, timeout=120).json
        assert {r["status"] for r in answer["results"]} == {201}


def test_ten_thousand_behind_one_parent_make_one_page(engine, own_world, receiver, site):
    world, api, hook = own_world, own_world.api, receiver.hook()
    world.rule([], [world.channel(hook)])  # about every monitor
    parent = api.create("/api/monitors", tcp(site, "uplink", interval_seconds=2, timeout_ms=1500))
    create_all(api, [tcp(site, f"host-{n}", depends_on=[parent["id"]]) for n in range(MANY)])

    def all_are(status):
        return api.get("/api/monitors/summary")["by_status"][status] == MANY + 1

    eventually(lambda: all_are("up"), within=180, every=0.5)
    began = time.monotonic()
    site.shut()
    eventually(lambda: all_are("down"), within=180, every=0.5)
    fallen = time.monotonic() - began
    opened = hook.expect("incident.opened")
    assert opened.event["data"]["monitor"]["id"] == parent["id"]

    site.open()
    eventually(lambda: all_are("up"), within=180, every=0.5)
    print(f"{MANY} fell within {fallen:.1f} s, and all was over after {time.monotonic() - began:.1f} s")
    resolved = hook.expect("incident.resolved")
    assert resolved.event["data"]["incident"]["id"] == opened.event["data"]["incident"]["id"]
    holds(lambda: len(hook.of()) == 2, during=3.0)

    count = lambda sql: int(engine.sql(sql)[0][0])
    assert count("SELECT count(*) FROM incidents WHERE state = 'resolved'") == MANY + 1
    assert count("SELECT count(*) FROM incidents WHERE state <> 'resolved'") == 0
    assert count("SELECT count(DISTINCT monitor_id) FROM incidents") == MANY + 1
    suppressed = f"SELECT count(*) FROM incidents i JOIN incident_timeline t ON t.incident_id = i.id " \
                 f"WHERE t.kind = 'held' AND t.message LIKE '%uplink, which fails.'"
    assert count(suppressed) == MANY
    assert count("SELECT count(*) FROM deliveries") == 2
