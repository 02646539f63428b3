"""The deploy gate: GET /api/monitors/{id}/wait."""
import threading
import time

import pytest

from harness.waiting import eventually


class Waiting(threading.Thread):
    """One request under way."""

    def __init__(self, api, monitor, **query):
        super().__init__(daemon=True)
        self.api, self.answer, self.took = api, None, None
        self.path = f"/api/monitors/{monitor['id']}/wait?" + "&".join(f"{k}={v}" for k, v in query.items())
        self.start()

    def run(self):
        begun = time.monotonic()
        self.answer = self.api.call("GET", self.path, timeout=90, expect=(200, 404, 503))
        self.took = time.monotonic() - begun

    def done(self, within=10):
        self.join(within)
        assert not self.is_alive(), "it still waits"
        return self.answer


def test_the_gate_opens_when_the_monitor_was_stable(world, api, target):
    monitor = world.monitor(target)
    answer = Waiting(api, monitor, status="up", stable_seconds=3, timeout_seconds=60).done(70).json
    assert answer["satisfied"] is True and answer["status"] == "up"
    assert answer["waited_ms"] > 2000
    assert answer["monitor"]["id"] == monitor["id"]
    assert answer["status_since"] == answer["monitor"]["status_since"]


def test_the_gate_says_when_it_does_not_open(world, api, target):
    target.status = 503
    monitor = world.monitor(target)
    waiting = Waiting(api, monitor, stable_seconds=1, timeout_seconds=3)
    answer = waiting.done(20).json
    assert answer["satisfied"] is False and answer["status"] == "down"
    assert 3000 <= answer["waited_ms"] < 5000
    assert answer["monitor"]["status_reason"]["code"] == "status_mismatch"


def test_a_wait_outlasts_every_other_deadline(world, api, target):
    target.status = 503
    monitor = world.monitor(target)
    waiting = Waiting(api, monitor, stable_seconds=0, timeout_seconds=40)
    time.sleep(12)  # a handler has ten seconds
    assert waiting.is_alive()
    target.status = 200
    answer = waiting.done(30).json
    assert answer["satisfied"] is True and answer["waited_ms"] > 11000


def test_what_flaps_is_not_stable(world, api, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    waiting = Waiting(api, monitor, stable_seconds=8, timeout_seconds=60)
    time.sleep(2)
    target.status = 500
    world.wait_status(monitor, "down", within=5)
    target.status = 200
    assert waiting.is_alive()
    good = time.monotonic()
    answer = waiting.done(70).json
    assert answer["satisfied"] is True
    assert time.monotonic() - good > 6, "the time began anew"


def test_several_statuses_will_do(world, api, target):
    target.status = 500
    monitor = world.monitor(target)
    answer = Waiting(api, monitor, status="degraded,down", stable_seconds=0, timeout_seconds=30).done(40).json
    assert answer["satisfied"] is True and answer["status"] == "down"
    paused = world.monitor(target, paused=True)
    answer = Waiting(api, paused, status="paused", stable_seconds=0, timeout_seconds=20).done(30).json
    assert answer["satisfied"] is True


def test_whoever_waits_for_what_is_deleted_is_told(world, api, target):
    monitor = world.monitor(target)
    waiting = Waiting(api, monitor, status="down", stable_seconds=0, timeout_seconds=60)
    time.sleep(0.3)
    api.delete(f"/api/monitors/{monitor['id']}")
    assert waiting.done(5).status == 404


def test_a_server_that_stops_lets_go_of_who_waits(engine, target):
    api = engine.api()
    monitor = api.create("/api/monitors", {"name": "x", "type": "http", "http": {"url": target.url + "/"}})
    waiting = Waiting(api, monitor, status="down", stable_seconds=0, timeout_seconds=600)
    time.sleep(0.5)
    begun = time.monotonic()
    assert engine.stop(within=20) == 0
    assert time.monotonic() - begun < 10, "the drain did not wait for it"
    answer = waiting.done(5)
    assert answer.status == 503 and answer.headers["retry-after"]


def test_seventeen_are_too_many(world, api, target):
    target.status = 500
    monitor = world.monitor(target)
    all_of_them = [Waiting(api, monitor, stable_seconds=0, timeout_seconds=8) for _ in range(17)]
    eventually(lambda: sum(not w.is_alive() for w in all_of_them) == 1, 5)
    refused = next(w for w in all_of_them if not w.is_alive())
    assert refused.answer.status == 503
    target.status = 200
    for w in all_of_them:
        w.done(10)
    assert sum(w.answer.status == 200 and w.answer.json["satisfied"] for w in all_of_them) == 16


@pytest.mark.parametrize("query, wrong", [
    ("status=upp", {"status"}), ("status=up,sideways", {"status"}), ("stable_seconds=-1", {"stable_seconds"}),
    ("stable_seconds=3601", {"stable_seconds"}), ("stable_seconds=1.5", {"stable_seconds"}),
    ("stable_seconds=", {"stable_seconds"}), ("timeout_seconds=0", {"timeout_seconds"}),
    ("timeout_seconds=3601", {"timeout_seconds"}), ("timeout_seconds=soon", {"timeout_seconds"}),
    ("timeout_seconds=99999999999999999999", {"timeout_seconds"}), ("colour=red", {"colour"}),
    ("timeout_seconds=1&timeout_seconds=2", {"timeout_seconds"}),
    ("status=x&stable_seconds=x&timeout_seconds=x&x=x", {"status", "stable_seconds", "timeout_seconds", "x"}),
])
def test_bad_parameters_are_refused_all_at_once(world, api, target, query, wrong):
    monitor = world.monitor(target, paused=True)
    problem = api.call("GET", f"/api/monitors/{monitor['id']}/wait?{query}", expect=422).json
    assert {e["pointer"] for e in problem["errors"]} >= wrong


def test_what_is_not_there_cannot_be_waited_for(api):
    api.call("GET", "/api/monitors/mon_01h455vb4pex5vsknk084sn02q/wait", expect=404)
    api.call("GET", "/api/monitors/nonsense/wait", expect=404)
