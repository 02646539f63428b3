"""Trying a configuration without keeping it, and beginning anew."""
import threading

import pytest

from harness.waiting import eventually


def body(url, **more):
    return {"name": "x", "type": "http", "interval_seconds": 60, "http": {"url": url, **more}}


def test_a_configuration_is_tried_and_nothing_is_kept(api, target):
    target.body, target.headers = b"hello from the target\n", {"X-Version": "7"}
    before = [m["id"] for m in api.all("/api/monitors")]
    seen = api.post("/api/monitors/test", body(target.url + "/health"))
    assert seen["verdict"] == "up" and seen["reason"] is None
    assert seen["http"]["status"] == 200
    assert seen["http"]["body_excerpt"] == "hello from the target\n", "of a good answer, too"
    assert {"name": "X-Version", "value": "7"} in seen["http"]["headers"]
    assert seen["remote"]["ip"] == "127.0.0.1" and seen["response_time_ms"] >= 0
    assert seen["timings_ms"]["connect"] is not None
    assert len(target.seen) == 1, "one attempt"
    assert [m["id"] for m in api.all("/api/monitors")] == before


def test_what_would_be_down_is_said_with_its_evidence(api, target):
    target.status, target.body = 500, b"stack trace\n"
    seen = api.post("/api/monitors/test", {**body(target.url + "/"), "retry": {"count": 3, "delay_seconds": 0}})
    assert (seen["verdict"], seen["reason"]) == ("down", "status_mismatch")
    assert seen["http"]["body_excerpt"] == "stack trace\n"
    assert len(target.seen) == 1, "no retries"
    target.die()
    seen = api.post("/api/monitors/test", body(target.url + "/"))
    assert (seen["verdict"], seen["reason"], seen["http"]) == ("down", "connect_refused", None)


def test_tcp_and_an_untrusted_certificate(api, tcp_target, tls_target):
    tcp = {"host": "127.0.0.1", "port": tcp_target.port.number, "script": [{"send": None, "expect": "220"}]}
    assert api.post("/api/monitors/test", {"name": "x", "type": "tcp", "tcp": tcp})["verdict"] == "up"
    seen = api.post("/api/monitors/test", body(tls_target.url + "/"))
    assert (seen["verdict"], seen["reason"]) == ("down", "tls_untrusted")


def test_a_saved_monitor_is_tried_and_does_not_learn_of_it(world, api, target):
    monitor = world.monitor(target, interval_seconds=3600, http={"headers": [{"name": "X-Key", "value": "hidden"}]})
    own = f"/api/monitors/{monitor['id']}"
    target.status = 500
    seen = api.post(own + "/test")
    assert (seen["verdict"], seen["reason"]) == ("down", "status_mismatch")
    assert target.seen[-1][2]["X-Key"] == "hidden", "as it is configured, secrets and all"
    assert api.get(own)["status"] == "pending" and api.get(own + "/results")["data"] == []
    assert api.get(own)["version"] == 1
    api.call("POST", "/api/monitors/mon_01h455vb4pex5vsknk084sn02q/test", expect=404)


def test_a_heartbeat_cannot_be_tried(world, api):
    problem = api.call("POST", "/api/monitors/test", {"name": "x", "type": "heartbeat", "heartbeat": {}},
                       expect=422).json
    assert [e["pointer"] for e in problem["errors"]] == ["/type"]
    api.call("POST", f"/api/monitors/{world.heartbeat()['id']}/test", expect=409)


def test_a_test_goes_through_the_egress_guard(make_engine, target):
    engine = make_engine("--hosted").start()
    seen = engine.api().post("/api/monitors/test", body(target.url + "/"))
    assert seen["reason"] == "egress_denied" and not target.seen


def test_a_test_needs_the_right_to_write(engine, target):
    reader = engine.api("monitors:read")
    reader.call("POST", "/api/monitors/test", body(target.url + "/"), expect=403)
    assert not target.seen


@pytest.mark.parametrize("wrong, pointers", [
    ({}, {"/name", "/type"}), ({"name": "x", "type": "http", "http": {"url": "x"}}, {"/http/url"}),
    ({"name": "", "type": "http", "timeout_ms": 1, "http": {"url": "http://a.example", "metod": "GET"}},
     {"/name", "/timeout_ms", "/http/metod"})])
def test_bad_configurations_are_refused_as_when_created(api, wrong, pointers):
    problem = api.call("POST", "/api/monitors/test", wrong, expect=422).json
    assert {e["pointer"] for e in problem["errors"]} >= pointers


def test_twenty_at_once_and_no_more(engine, target):
    """No free proxy: the others are told to come back."""
    api = engine.api()
    slow = {**body(target.url + "/"), "timeout_ms": 50000}
    target.delay = 45.0
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(api.send("POST", "/api/monitors/test", slow, timeout=60)))
               for _ in range(26)]
    for t in threads:
        t.start()
    eventually(lambda: len(answers) == 6, 40, what="the six that are too many")
    assert {a.status for a in answers} == {503} and all(a.headers["retry-after"] for a in answers)
    target.release()
    for t in threads:
        t.join(60)
    assert [a.status for a in answers].count(200) == 20
    target.delay = 0.0
    assert api.post("/api/monitors/test", body(target.url + "/"))["verdict"] == "up", "and then there is room again"


def test_a_reset_resolves_and_begins_anew(world, api, target):
    target.status = 500
    monitor = world.monitor(target)
    own = f"/api/monitors/{monitor['id']}"
    down = world.wait_status(monitor, "down")
    api.call("POST", own + "/reset", headers={"If-Match": '"7"'}, expect=412)
    reset = api.call("POST", own + "/reset", expect=200).json
    assert reset["open_incident_id"] is None and reset["version"] == 1
    incident = api.get(f"/api/incidents/{down['open_incident_id']}")
    assert incident["state"] == "resolved" and incident["resolved_by"].startswith("token:")
    target.status = 200
    world.wait_status(monitor, "up")
    changes = [(c["from"], c["to"]) for c in api.all(own + "/status-changes")]
    assert ("down", "pending") in changes and any(to == "up" for _, to in changes)
    api.post(own + "/pause")
    api.call("POST", own + "/reset", expect=409)
    api.call("POST", "/api/monitors/mon_01h455vb4pex5vsknk084sn02q/reset", expect=404)
