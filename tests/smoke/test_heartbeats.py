"""Jobs that say they are alive, and what their silence means."""
from datetime import datetime, timedelta

from harness.waiting import eventually, holds


def at(stamp):
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def test_a_job_that_falls_silent_is_down_from_its_deadline_on(world, api, receiver):
    hook = receiver.hook()
    job = world.heartbeat(period=1, grace=1)
    world.rule([job], [world.channel(hook)])
    assert job["status"] == "pending", "nothing is owed before the first ping"
    world.ping(job)
    seen = world.wait_status(job, "up")
    deadline = at(seen["last_checked_at"]) + timedelta(seconds=2)
    opened = hook.expect("incident.opened")
    incident = api.get(f"/api/incidents/{opened.event['data']['incident']['id']}")
    assert incident["cause"]["code"] == "missed_ping"
    assert abs((at(incident["started_at"]) - deadline).total_seconds()) < 0.05, "the deadline, not its detection"
    assert at(incident["opened_at"]) - at(incident["started_at"]) < timedelta(seconds=1)
    world.ping(job, method="GET")
    hook.expect("incident.resolved")
    world.ping(job, "/fail", body=b"tidy up: " + b"the disk is full")
    failed = hook.expect("incident.opened")
    assert failed.event["data"]["incident"]["cause"]["code"] == "fail_signal"
    world.ping(job)
    hook.expect("incident.resolved")
    api.post(f"/api/monitors/{job['id']}/pause")


def test_every_way_to_ping(world):
    job = world.heartbeat(period=60, grace=60)
    for method in ("HEAD", "GET", "POST", "PUT"):
        world.ping(job, method=method)
    world.wait_status(job, "up")
    for suffix in ("/fail", "/1", "/255"):
        world.ping(job, suffix)
        seen = world.wait_status(job, "down")
        assert seen["status_reason"]["code"] == ("fail_signal" if suffix == "/fail" else "exit_status")
        world.ping(job, "/0")
        world.wait_status(job, "up")
    world.ping(job, "/log", body=b"note to self")
    assert world.status(job) == "up"
    for wrong in ("/256", "/-1", "/stop", "/fail/fail", "/"):
        world.ping(job, wrong, expect=404)


def test_logs_never_change_the_status(world):
    job = world.heartbeat(period=60, grace=60)
    world.ping(job, "/log", body=b"before anything")
    holds(lambda: world.status(job) == "pending", during=0.5)
    world.ping(job, "/1")
    world.wait_status(job, "down")
    world.ping(job, "/log", body=b"still trying")
    holds(lambda: world.status(job) == "down", during=0.5)


def test_a_run_that_starts_must_finish_within_grace(world):
    job = world.heartbeat(period=60, grace=1)
    world.ping(job)
    world.wait_status(job, "up")
    run = "/start?rid=5e5f0a52-3a3e-4c0d-a8a5-0d7b8f2c9f10"
    world.ping(job, run)
    assert world.wait_status(job, "down")["status_reason"]["code"] == "late_run"
    world.ping(job, "?rid=5e5f0a52-3a3e-4c0d-a8a5-0d7b8f2c9f10")
    world.wait_status(job, "up")


def test_what_a_job_says_is_kept_up_to_its_cap(world, api):
    job = world.heartbeat(period=60, grace=60, heartbeat={"max_body_bytes": 100})
    world.ping(job, body=b"x" * 5000)
    rows = eventually(lambda: api.get(f"/api/monitors/{job['id']}/results")["data"])
    assert rows[0]["ping"]["body"] == "x" * 100
    assert (rows[0]["ping"]["kind"], rows[0]["trigger"]) == ("success", "ping")


def test_a_ping_resumes_a_paused_job_unless_that_is_for_humans(world, api):
    eager, strict = world.heartbeat(), world.heartbeat(heartbeat={"manual_resume": True})
    for job in (eager, strict):
        api.post(f"/api/monitors/{job['id']}/pause")
        world.ping(job)
    world.wait_status(eager, "up")
    assert api.get(f"/api/monitors/{eager['id']}")["paused"] is False
    holds(lambda: world.status(strict) == "paused", during=0.5)
    api.post(f"/api/monitors/{eager['id']}/pause")


def test_nothing_tells_a_near_miss_from_a_wild_guess(world, api):
    job = world.heartbeat(period=60)
    path = job["ping_url"].rsplit("/", 1)
    near = path[1][:-1] + ("a" if path[1][-1] != "a" else "b")
    answers = []
    for token in (near, "0" * len(path[1]), "x", "%00", "a" * 300):
        answer = api.send("GET", f"/ping/{token}", token=None)
        assert answer.status in (404, 400), answer
        answers.append(answer.status)
    assert answers[0] == answers[1] == answers[2] == 404
    api.delete(f"/api/monitors/{job['id']}")
    world.ping(job, expect=404)


def test_a_job_may_insist_on_post(world):
    job = world.heartbeat(period=60, heartbeat={"methods": "post_only"})
    world.ping(job, method="GET", expect=404)
    assert world.status(job) == "pending"
    world.ping(job, method="POST")
    world.wait_status(job, "up")
