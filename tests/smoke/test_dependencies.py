"""A router dies, and everything behind it seems to: one page."""
import pytest

from harness.peers import Target
from harness.waiting import eventually, holds


@pytest.fixture
def router():
    peer = Target()
    yield peer
    peer.close()


@pytest.fixture
def paged(world, receiver):
    """A hook that hears of these monitors."""
    def hear(*monitors):
        hook = receiver.hook()
        world.rule(monitors, [world.channel(hook)])
        return hook
    return hear


@pytest.fixture
def behind(world, api, router, target):
    """A monitor of the router, and one of a service that depends on it."""
    def make(parent=None, **child):
        router_monitor = world.monitor(router, **(parent or {}))
        service = world.monitor(target, depends_on=[router_monitor["id"]], **child)
        api.post(f"/api/monitors/{router_monitor['id']}/run")  # its own round may be far
        world.wait_status(router_monitor, "up")
        world.wait_status(service, "up")
        return router_monitor, service
    return make


def timeline(api, incident):
    return api.all(f"/api/incidents/{incident['id']}/timeline")


def monitors_told(hook, kind):
    return [a.event["data"]["monitor"]["id"] for a in hook.of(kind)]


def test_a_service_behind_a_dead_router_pages_nobody(world, api, router, target, behind, paged):
    parent, child = behind()
    hook = paged(parent, child)
    router.status = 500
    hook.expect("incident.opened")
    target.status = 500
    world.wait_status(child, "down")
    incident, = world.incidents(child)
    assert incident["state"] == "triggered", "recorded all the same"
    assert incident["suppressed_by"] == parent["id"]
    held, = [e for e in timeline(api, incident) if e["kind"] == "held"]
    assert parent["name"] in held["message"]
    assert api.get(f"/api/incidents/{incident['id']}/deliveries")["data"] == []
    target.status = 200
    world.wait_status(child, "up")
    assert api.get(f"/api/incidents/{incident['id']}")["state"] == "resolved"
    router.status = 200
    hook.expect("incident.resolved")
    holds(lambda: monitors_told(hook, "incident.opened") == monitors_told(hook, "incident.resolved") == [parent["id"]],
          during=1.5)


def test_what_sees_it_first_waits_until_the_router_has_been_looked_at(world, router, target, behind, paged):
    parent, child = behind(parent={"interval_seconds": 30})
    hook = paged(parent, child)
    router.status = target.status = 500
    assert hook.expect("incident.opened").event["data"]["monitor"]["id"] == parent["id"]
    eventually(lambda: world.incidents(child)[0]["suppressed_by"] == parent["id"])
    holds(lambda: len(hook.of()) == 1, during=1.5)


def test_behind_a_good_router_a_failure_is_told(world, target, behind, paged):
    parent, child = behind(parent={"interval_seconds": 30})
    hook = paged(parent, child)
    target.status = 500
    assert hook.expect("incident.opened").event["data"]["monitor"]["id"] == child["id"]
    assert world.incidents(child)[0]["suppressed_by"] is None
    target.status = 200
    hook.expect("incident.resolved")


def test_what_is_still_down_when_the_router_is_back_is_told_then(world, router, target, behind, paged):
    parent, child = behind()
    hook = paged(child)
    router.status = 500
    world.wait_status(parent, "down")
    target.status = 500
    world.wait_status(child, "down")
    holds(lambda: not hook.of(), during=1.5)
    router.status = 200
    opened = hook.expect("incident.opened")
    assert opened.event["data"]["incident"]["suppressed_by"] is None
    target.status = 200
    assert hook.expect("incident.resolved").event["sequence"] > opened.event["sequence"]


@pytest.mark.parametrize("how", ["pause", "independent"])
def test_a_parent_that_explains_nothing_any_more_frees_its_children(world, api, router, target, behind, paged, how):
    parent, child = behind()
    hook = paged(child)
    router.status = 500
    world.wait_status(parent, "down")
    target.status = 500
    world.wait_status(child, "down")
    holds(lambda: not hook.of(), during=1.0)
    if how == "pause":
        api.post(f"/api/monitors/{parent['id']}/pause")
    else:
        api.patch(f"/api/monitors/{child['id']}", {"depends_on": []})
    hook.expect("incident.opened")


def test_a_page_that_was_told_before_the_router_died_is_resolved(world, router, target, behind, paged):
    parent, child = behind()
    hook = paged(child)
    target.status = 500
    hook.expect("incident.opened")
    router.status = 500
    world.wait_status(parent, "down")
    target.status = 200
    hook.expect("incident.resolved")


def test_the_silence_outlives_a_crash(own_world, engine, receiver, router, target):
    world, hook = own_world, receiver.hook()
    parent = world.monitor(router)
    child = world.monitor(target, depends_on=[parent["id"]])
    world.rule([child], [world.channel(hook)])
    world.wait_status(child, "up")
    router.status = 500
    world.wait_status(parent, "down")
    target.status = 500
    world.wait_status(child, "down")
    engine.restart()
    world.wait_status(child, "down")
    holds(lambda: not hook.of(), during=3.0)
    router.status = 200
    hook.expect("incident.opened")


def test_a_flapping_service_pages_once(world, api, target, paged):
    monitor = world.monitor(target, flap={"changes": 2, "window_seconds": 3600, "hold_seconds": 10})
    hook = paged(monitor)
    world.wait_status(monitor, "up")
    for _ in range(3):
        target.status = 500
        world.wait_status(monitor, "down")
        target.status = 200
        world.wait_status(monitor, "up")
    hook.expect("incident.opened")
    hook.expect("incident.resolved")
    target.status = 500
    world.wait_status(monitor, "down")
    newest = max(world.incidents(monitor), key=lambda i: i["number"])
    assert any(e["kind"] == "held" and "Flapping" in e["message"] for e in timeline(api, newest))
    assert len(hook.of()) == 2
    assert hook.expect("incident.opened", within=20).event["data"]["incident"]["id"] == newest["id"]
    target.status = 200
    hook.expect("incident.resolved", incident=newest["id"])
    assert len(world.incidents(monitor)) == 4


def test_dependencies_come_back_as_a_set_and_are_checked(world, api, target):
    a, b, c = (world.monitor(target) for _ in range(3))
    assert a["depends_on"] == [] and a["flap"] is None
    made = api.patch(f"/api/monitors/{c['id']}", {"depends_on": [b["id"], a["id"]]})
    assert made["depends_on"] == sorted([a["id"], b["id"]])

    def wrong(body, monitor=a):
        problem = api.call("PATCH", f"/api/monitors/{monitor['id']}", body, expect=422).json
        return {(e["pointer"], e["code"]) for e in problem["errors"]}

    nobody = "mon_" + "0" * 25 + "1"
    assert wrong({"depends_on": [nobody]}) == {("/depends_on/0", "unknown_id")}
    assert wrong({"depends_on": [a["id"]]}) == {("/depends_on/0", "cycle")}
    assert wrong({"depends_on": [c["id"]]}) == {("/depends_on/0", "cycle")}
    assert ("/depends_on/0", "invalid_format") in wrong({"depends_on": ["chn_x"]})
    assert {p for p, _ in wrong({"flap": {"changes": 1, "window_seconds": 5, "hold_seconds": 0}})} == {
        "/flap/changes", "/flap/window_seconds", "/flap/hold_seconds"}
    many = [world.monitor(target, paused=True)["id"] for _ in range(21)]
    assert wrong({"depends_on": many}), "at most twenty"
    problem = api.post("/api/monitors", {"name": "x", "type": "http", "http": {"url": target.url},
                                         "depends_on": [nobody]}, expect=422)
    assert problem["errors"][0]["pointer"] == "/depends_on/0"


def test_what_others_depend_on_is_not_deleted_by_hand(world, api, target):
    parent = world.monitor(target)
    child = world.monitor(target, depends_on=[parent["id"]])
    problem = api.call("DELETE", f"/api/monitors/{parent['id']}", expect=409).json
    assert problem["blocked_by"] == [child["id"]]
    api.call("DELETE", f"/api/monitors/{child['id']}", expect=204)
    api.call("DELETE", f"/api/monitors/{parent['id']}", expect=204)


def test_an_ephemeral_parent_is_forgotten_by_its_children(world, api, target):
    parent = api.post("/api/monitors", {"name": world.name("brief"), "type": "http", "http": {"url": target.url},
                                        "ttl_seconds": 3}, expect=201)
    children = [world.monitor(target, depends_on=[parent["id"]]) for _ in range(3)]
    eventually(lambda: api.send("GET", f"/api/monitors/{parent['id']}").status == 404, within=15)
    for child in children:
        now = api.get(f"/api/monitors/{child['id']}")
        assert now["depends_on"] == [] and now["version"] == child["version"] + 1
        entry = api.get("/api/audit-log", resource_id=child["id"])["data"][0]
        assert entry["actor"] == "system" and entry["action"] == "update"
        api.patch(f"/api/monitors/{child['id']}", {"description": "goes on"})


def test_dependencies_are_part_of_the_configuration(make_engine, target):
    engine = make_engine().start()
    api = engine.api()
    http = {"type": "http", "http": {"url": target.url}}
    document = {"format": 1, "monitors": [
        {"key": "host", "name": "host", "depends_on": ["key:switch"], **http},
        {"key": "switch", "name": "switch", "depends_on": ["key:router"], **http},
        {"key": "router", "name": "router", **http}]}
    assert api.call("PUT", "/api/config", document).json["summary"]["create"] == 3
    shown = api.call("GET", "/api/export").json
    assert [m["depends_on"] for m in shown["monitors"]] == [["key:switch"], [], ["key:router"]]
    assert api.call("PUT", "/api/config", shown).json["changes"] == []
    document["monitors"][2]["depends_on"] = ["key:host"]
    problem = api.call("PUT", "/api/config", document, expect=422).json
    assert {e["pointer"] for e in problem["errors"]} == {f"/monitors/{i}/depends_on" for i in range(3)}
    document["monitors"] = [{"key": "router", "name": "router", "depends_on": ["key:host"], **http},
                            {"key": "host", "name": "host", **http}]
    applied = api.call("PUT", "/api/config?prune=true", document).json
    assert applied["summary"] == {"create": 0, "update": 2, "delete": 1, "unchanged": 0}
    assert api.call("PUT", "/api/config?prune=true", {"format": 1, "monitors": []}).json["summary"]["delete"] == 2
