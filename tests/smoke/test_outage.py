"""A service dies and comes back: what is seen, kept and told."""
from harness.peers import Target
from harness.waiting import eventually, holds


def times_in_order(*stamps):
    assert all(stamps), stamps
    assert list(stamps) == sorted(stamps), stamps


def test_an_outage_is_opened_told_acknowledged_and_resolved(world, api, target, receiver):
    hook = receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    rule = world.rule([monitor], [channel])
    assert monitor["status"] == "pending"
    assert monitor["open_incident_id"] is None
    world.wait_status(monitor, "up")

    target.die()
    opened = hook.expect("incident.opened")
    told = opened.event["data"]["incident"]
    incident = api.get(f"/api/incidents/{told['id']}")
    assert incident["state"] == "triggered"
    assert incident["monitor_id"] == monitor["id"]
    assert incident["cause"]["code"] == "connect_refused"
    assert told["number"] == incident["number"]
    times_in_order(incident["started_at"], incident["opened_at"])
    seen = world.wait_status(monitor, "down")
    assert seen["open_incident_id"] == incident["id"]
    assert seen["status_reason"]["code"] == "connect_refused"
    assert seen["version"] == monitor["version"], "what is observed never changes the version"

    acknowledged = api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
    assert acknowledged["state"] == "acknowledged"
    hook.expect("incident.acknowledged")
    again = api.post(f"/api/incidents/{incident['id']}/acknowledge", {})
    assert again["acknowledged_at"] == acknowledged["acknowledged_at"], "acknowledging twice changes nothing"

    target.revive()
    resolved = hook.expect("incident.resolved")
    assert resolved.event["data"]["incident"]["id"] == incident["id"]
    assert resolved.event["sequence"] > opened.event["sequence"]
    done = api.get(f"/api/incidents/{incident['id']}")
    assert done["state"] == "resolved"
    times_in_order(done["started_at"], done["opened_at"], done["acknowledged_at"], done["recovered_at"],
                   done["resolved_at"])
    assert world.wait_status(monitor, "up")["open_incident_id"] is None
    assert len(world.incidents(monitor)) == 1

    def told_in_full():  # what a receiver has answered is in the timeline a commit later
        kinds = [entry["kind"] for entry in api.all(f"/api/incidents/{incident['id']}/timeline")]
        assert sorted(kinds) == sorted(["opened", "acknowledged", "resolved", *["notified"] * 3])
        return True

    eventually(told_in_full, 10.0)
    deliveries = api.all(f"/api/incidents/{incident['id']}/deliveries")
    assert {d["state"] for d in deliveries} == {"succeeded"}
    assert {d["rule_id"] for d in deliveries} == {rule["id"]}
    assert len(deliveries) == 3


def test_a_human_may_resolve_and_the_next_failure_opens_anew(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    target.status = 500
    first = hook.expect("incident.opened").event["data"]["incident"]["id"]
    api.post(f"/api/incidents/{first}/resolve", {"note": "we know"})
    hook.expect("incident.resolved")
    assert api.get(f"/api/incidents/{first}")["resolved_by"].startswith("token:")
    api.post(f"/api/incidents/{first}/resolve", {}, expect=409)
    target.status = 200
    world.wait_status(monitor, "up")
    target.status = 503
    second = hook.expect("incident.opened").event["data"]["incident"]
    assert second["id"] != first
    assert second["cause"]["code"] == "status_mismatch"
    target.status = 200
    hook.expect("incident.resolved", incident=second["id"])


def test_two_thresholds_must_pass_before_anyone_is_woken(world, target):
    monitor = world.monitor(target, failure_threshold=3, success_threshold=2)
    world.wait_status(monitor, "up")
    target.status = 500
    path = f"/api/monitors/{monitor['id']}"
    eventually(lambda: world.api.get(path)["transition"] == "confirming_down", what="confirming_down")
    target.status = 200
    eventually(lambda: world.api.get(path)["transition"] is None, what="the good round to cancel")
    assert world.incidents(monitor) == []
    target.status = 500
    world.wait_status(monitor, "down")
    incident = world.incidents(monitor)[0]
    changes = world.api.all(path + "/status-changes")
    assert [c["to"] for c in changes if c["to"] == "down"] == ["down"]
    assert incident["started_at"] < incident["opened_at"], "three rounds lie between"
    target.status = 200
    world.wait_status(monitor, "up")
    eventually(lambda: world.incidents(monitor)[0]["state"] == "resolved")


def test_results_say_what_was_seen(world, api, target):
    target.headers = {"X-Version": "7"}
    monitor = world.monitor(target, http={"required_keyword": "fine"})
    path = f"/api/monitors/{monitor['id']}"
    world.wait_status(monitor, "up")
    target.body = b"out of order \xff"
    world.wait_status(monitor, "down")
    results = eventually(lambda: api.get(path + "/results", verdict="down")["data"])
    result = results[0]
    assert result["verdict"] == "down"
    assert result["reason"] == "keyword_missing"
    assert result["http"]["status"] == 200
    assert "out of order" in result["http"]["body_excerpt"]
    assert result["remote"] == {"ip": "127.0.0.1", "port": target.port.number}
    assert result["timings_ms"]["connect"] is not None and result["timings_ms"]["tls"] is None
    good = eventually(lambda: api.get(path + "/results", verdict="up")["data"])
    assert good[0]["http"]["body_excerpt"] in (None, ""), "bodies are kept on failure only"
    slots = [r["round_at"] for r in api.all(path + "/results")]
    assert slots == sorted(slots, reverse=True) and len(set(slots)) == len(slots), "one round a slot, newest first"


def test_a_check_can_be_run_now_and_the_answer_is_its_result(world, api, target):
    monitor = world.monitor(target, interval_seconds=3600, timeout_ms=5000)
    result = api.post(f"/api/monitors/{monitor['id']}/run")
    assert (result["verdict"], result["trigger"]) == ("up", "manual")
    assert world.status(monitor) == "up"
    target.status = 404
    assert api.post(f"/api/monitors/{monitor['id']}/run")["reason"] == "status_mismatch"
    assert world.status(monitor) == "down"


def test_a_paused_monitor_leaves_its_target_alone(world, api, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    paused = api.post(f"/api/monitors/{monitor['id']}/pause")
    assert (paused["status"], paused["paused"]) == ("paused", True)
    count = len(target.seen)
    holds(lambda: len(target.seen) <= count + 1, during=2.5)  # one may have been on its way
    resumed = api.post(f"/api/monitors/{monitor['id']}/resume")
    assert resumed["paused"] is False
    world.wait_status(monitor, "up")


def test_tcp_monitors_follow_a_port(world, api, tcp_target):
    monitor = api.create("/api/monitors", {
        "name": world.name("tcp"), "type": "tcp", "interval_seconds": 1, "timeout_ms": 800,
        "tcp": {"host": "127.0.0.1", "port": tcp_target.port.number, "script": [{"expect": "220"}]}})
    world.wait_status(monitor, "up")
    tcp_target.die()
    assert world.wait_status(monitor, "down")["status_reason"]["code"] == "connect_refused"
    tcp_target.revive()
    world.wait_status(monitor, "up")


def test_a_certificate_nobody_signed_is_refused_unless_it_is_given(world, certificate, tls_target):
    wary = world.monitor(tls_target)
    assert world.wait_status(wary, "down")["status_reason"]["code"] == "tls_untrusted"
    pem = certificate[0].read_text()
    trusting = world.monitor(tls_target, http={"tls": {"ca_pem": pem}})
    world.wait_status(trusting, "up")
    elsewhere = world.monitor(tls_target, http={"tls": {"ca_pem": pem, "server_name": "shop.example.com"}})
    assert world.wait_status(elsewhere, "down")["status_reason"]["code"] == "tls_hostname"
    blind = world.monitor(tls_target, http={"tls": {"verify": False}})
    world.wait_status(blind, "up")


def test_a_slow_target_times_out_and_delays_nobody(world, target):
    slow = world.monitor(target)
    target.delay = 3
    assert world.wait_status(slow, "down")["status_reason"]["code"] == "first_byte_timeout"
    other = Target()
    try:
        quick = world.monitor(other)
        world.wait_status(quick, "up", within=3)
        results = eventually(lambda: world.api.get(f"/api/monitors/{quick['id']}/results")["data"])
        assert max(r["lag_ms"] for r in results) < 500
    finally:
        other.close()
    target.delay = 0
    world.wait_status(slow, "up")


def test_a_rule_by_tag_tells_only_of_those_monitors(world, target, receiver):
    hook = receiver.hook()
    tag = f"team:{world.mark}"
    tagged = world.monitor(target, tags=[tag, "web"])
    world.monitor(target, tags=["web"])  # nobody told
    world.rule([], [world.channel(hook)], selector={"tags": [tag], "types": []}, events=["incident.opened"])
    world.wait_status(tagged, "up")
    target.status = 500
    opened = hook.expect("incident.opened")
    assert opened.event["data"]["monitor"]["id"] == tagged["id"]
    target.status = 200
    world.wait_status(tagged, "up")
    hook.expect("incident.resolved")  # owed to whoever was told of the opening, whatever the rule listens to
