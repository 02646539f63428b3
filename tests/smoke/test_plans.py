"""How much an organisation may have."""
import threading

import pytest

from harness.api import Api
from harness.waiting import eventually
from harness.world import World

FREE = {"monitors": 20, "channels": 5, "alert_rules": 10, "users": 3, "tokens": 10, "maintenance_windows": 20, "teams": 3}


@pytest.fixture
def make_tenant(shared_engine):
    """`make_tenant(plan)`: an administrator of an organisation of its own."""
    def made(plan="free", engine=shared_engine):
        _, secret = engine.run("org", "create", "--name", "tenant", "--plan", plan).stdout.split()
        return Api(engine, secret)
    return made


def job(n):
    return {"name": f"job {n}", "type": "heartbeat", "heartbeat": {"period_seconds": 3600, "grace_seconds": 60}}


def hook(n):
    return {"name": f"hook {n}", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}}


BODIES = {
    "monitors": ("/api/monitors", job),
    "channels": ("/api/channels", hook),
    "alert_rules": ("/api/alert-rules", lambda n: {"name": f"rule {n}"}),
    "users": ("/api/users", lambda n: {"email": f"u{n}@example.com", "name": "U"}),
    "tokens": ("/api/tokens", lambda n: {"name": f"t{n}", "scopes": ["*:read"]}),
    "maintenance_windows": ("/api/maintenance-windows", lambda n: {
        "name": f"w{n}", "cron": {"expression": "0 3 * * *", "duration_seconds": 3600}}),
    "teams": ("/api/teams", lambda n: {"name": f"team {n}"}),
}


@pytest.mark.parametrize("what", BODIES)
def test_the_plan_has_an_end_and_room_again_after_a_removal(make_tenant, what):
    api = make_tenant()
    path, body = BODIES[what]
    before = api.get("/api/limits")[what]["used"]
    made = [api.call("POST", path, body(n), expect=201).json for n in range(FREE[what] - before)]
    assert api.get("/api/limits")[what] == {"used": FREE[what], "maximum": FREE[what]}
    refused = api.call("POST", path, body(99), expect=422).json
    assert refused["code"] == "plan_limit_exceeded" and str(FREE[what]) in refused["detail"]
    refused = api.call("POST", path + "?validate_only=true", body(99), expect=422).json
    assert refused["code"] == "plan_limit_exceeded"
    api.delete(f"{path}/{made[0]['id']}")
    api.call("POST", path + "?validate_only=true", body(99), expect=204)
    api.call("POST", path, body(99), expect=201)
    api.call("POST", path, body(100), expect=422)


def test_what_is_refused_takes_no_room(make_tenant):
    api = make_tenant()
    one = api.create("/api/monitors", {**job(0), "key": "one"})
    for _ in range(25):
        api.call("POST", "/api/monitors", {**job(1), "key": "one"}, expect=409)
        api.call("POST", "/api/monitors?validate_only=true", job(1), expect=204)
    assert api.get("/api/limits")["monitors"]["used"] == 1
    api.delete(f"/api/monitors/{one['id']}")
    assert api.get("/api/limits")["monitors"]["used"] == 0


def test_of_many_at_once_as_many_win_as_there_is_room(make_tenant):
    api = make_tenant()
    for n in range(15):
        api.create("/api/monitors", job(n))
    statuses = []
    threads = [threading.Thread(target=lambda n=n: statuses.append(api.send("POST", "/api/monitors", job(n)).status))
               for n in range(100, 125)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(statuses) == [201] * 5 + [422] * 20
    assert len(api.all("/api/monitors")) == 20


def test_the_limits_are_shown(api, make_tenant):
    shown = make_tenant("team").get("/api/limits")
    assert shown == {
        "plan": "team", "monitors": {"used": 0, "maximum": 1000}, "channels": {"used": 0, "maximum": 200},
        "alert_rules": {"used": 0, "maximum": 400}, "users": {"used": 0, "maximum": 100},
        "tokens": {"used": 1, "maximum": 250}, "escalation_policies": {"used": 0, "maximum": 100},
        "maintenance_windows": {"used": 0, "maximum": 500}, "teams": {"used": 0, "maximum": 100},
        "contact_methods_per_user": 20, "notification_rules_per_user": 50, "history_days": 400, "writes_per_minute": 1200,
        "requests_per_second": 100000, "requests_burst": 100000}
    own = api.get("/api/limits")
    assert own["plan"] == "self_hosted" and own["monitors"]["maximum"] is None and own["writes_per_minute"] is None


def test_counts_and_caps_outlive_a_restart(engine, make_tenant):
    api = make_tenant("free", engine)
    for what, (path, body) in BODIES.items():
        api.call("POST", path, body(0), expect=201)
    counts = api.get("/api/limits")
    assert [counts[what]["used"] for what in BODIES] == [1, 1, 1, 1, 2, 1, 1]
    engine.restart()
    assert api.get("/api/limits") == counts
    for n in range(1, 20):
        api.create("/api/monitors", job(n))
    api.call("POST", "/api/monitors", job(20), expect=422)


def test_a_plan_is_data_and_so_is_whose_it_is(engine, make_tenant):
    api = make_tenant("free", engine)
    org = api.get("/api/organization")["id"]
    engine.sql("UPDATE plans SET monitors = 1 WHERE name = 'free'")
    engine.restart()
    api.create("/api/monitors", job(0))
    api.call("POST", "/api/monitors", job(1), expect=422)
    engine.sql("INSERT INTO plans (name, monitors) VALUES ('house', 2)")
    engine.sql("UPDATE organizations SET plan = 'house' WHERE plan = 'free'")
    engine.restart()
    assert api.get("/api/organization") == {**api.get("/api/organization"), "id": org, "plan": "house"}
    api.create("/api/monitors", job(1))
    api.call("POST", "/api/monitors", job(2), expect=422)
    assert api.get("/api/limits")["channels"]["maximum"] is None


def test_more_than_a_plan_allows_stays_and_grows_no_further(engine, make_tenant):
    api = make_tenant("free", engine)
    made = [api.create("/api/monitors", job(n)) for n in range(3)]
    engine.sql("UPDATE plans SET monitors = 1 WHERE name = 'free'")
    engine.restart()
    assert api.get("/api/limits")["monitors"] == {"used": 3, "maximum": 1}
    api.patch(f"/api/monitors/{made[0]['id']}", {"name": "still mine"})
    for monitor in made[:2]:
        api.call("POST", "/api/monitors", job(9), expect=422)
        api.delete(f"/api/monitors/{monitor['id']}")
    api.call("POST", "/api/monitors", job(9), expect=422)


def test_a_changed_plan_is_seen_without_a_restart(make_engine, make_tenant):
    engine = make_engine(env={"GOCHRON_PLAN_REFRESH_SECONDS": "1"}).start()
    api = make_tenant("free", engine)
    engine.sql("UPDATE plans SET monitors = 0 WHERE name = 'free'")
    eventually(lambda: api.get("/api/limits")["monitors"]["maximum"] == 0, within=10)
    api.call("POST", "/api/monitors", job(0), expect=422)
    engine.run("token", "create", "--org", api.get("/api/organization")["id"], "--name", "x", "--scopes", "*:read")
    eventually(lambda: api.get("/api/limits")["tokens"]["used"] == 2, within=10)


def test_writes_have_a_cap_of_their_own(make_tenant):
    api = make_tenant()
    answers = [api.send("POST", "/api/channels", {"name": "", "type": "webhook"}) for _ in range(65)]
    assert [a.status for a in answers[:60]] == [422] * 60
    refused = answers[-1]
    assert refused.status == 429 and 1 <= int(refused.headers["retry-after"]) <= 2
    assert '"writes";q=60;w=60' in refused.headers["ratelimit-policy"]
    assert '"writes";r=0' in refused.headers["ratelimit"] and refused.headers["x-ratelimit-remaining"] == "0"
    assert api.send("POST", "/api/alert-rules", {}).status == 422, "another noun"
    reading = api.call("GET", "/api/channels", expect=200)
    assert "writes" not in reading.headers["ratelimit-policy"]
    assert make_tenant().send("POST", "/api/channels", {}).status == 422, "another organisation"


def test_a_monitor_that_could_not_be_made_leaves_its_room(engine, make_tenant):
    api = make_tenant("free", engine)
    world = World(api)
    for n in range(30):
        made = api.call("POST", "/api/monitors", job(n), expect=201).json
        api.delete(f"/api/monitors/{made['id']}")
    assert world.api.get("/api/limits")["monitors"]["used"] == 0


def test_a_configuration_goes_over_no_cap_and_then_nothing_of_it_is_applied(make_tenant):
    api = make_tenant()
    for n in range(18):
        api.create("/api/monitors", {**job(n), "key": f"kept-{n:02}"})
    kept = [{**job(n), "key": f"kept-{n:02}"} for n in range(18)]
    fresh = [{**job(n), "key": f"fresh-{n}"} for n in range(3)]
    channels = [{**hook(n), "key": f"hook-{n}"} for n in range(2)]

    def apply(monitors, expect, query=""):
        document = {"format": 1, "channels": channels, "monitors": monitors, "alert_rules": []}
        return api.call("PUT", "/api/config" + query, document, expect=expect).json

    assert apply(kept + fresh, 200, "?dry_run=true")["summary"]["create"] == 5, "only what would be changed"
    for query in ("?validate_only=true", ""):
        refused = apply(kept + fresh, 422, query)
        assert refused["code"] == "plan_limit_exceeded"
        assert [e["code"] for e in refused["errors"]] == ["plan_limit_exceeded"], "the one that has no room"
        assert "20" in refused["errors"][0]["detail"]
        assert len(api.all("/api/monitors")) == 18 and api.all("/api/channels") == []
    used = api.get("/api/limits")
    assert (used["monitors"]["used"], used["channels"]["used"]) == (18, 0), "what was refused takes no room"

    assert apply(kept + fresh[:2], 200)["summary"] == {"create": 4, "update": 0, "delete": 0, "unchanged": 18}
    used = api.get("/api/limits")
    assert (used["monitors"]["used"], used["channels"]["used"]) == (20, 2)
    api.call("POST", "/api/monitors", job(99), expect=422)
