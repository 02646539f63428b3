"""The conventions that every resource keeps."""
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_reads_cost_nothing_when_nothing_changed(world, api, target):
    monitor = world.monitor(target)
    path = f"/api/monitors/{monitor['id']}"
    first = api.call("GET", path, expect=200)
    assert first.headers["etag"] == f'"{monitor["version"]}"'
    assert first.headers["cache-control"] == "no-store"
    api.call("GET", path, headers={"If-None-Match": first.headers["etag"]}, expect=304)
    api.call("GET", path, headers={"If-None-Match": '"999"'}, expect=200)


def test_two_editors_never_overwrite_each_other(world, api, target):
    monitor = world.monitor(target)
    path = f"/api/monitors/{monitor['id']}"
    tag = f'"{monitor["version"]}"'
    edited = api.patch(path, {"description": "first"}, headers={"If-Match": tag})
    assert edited["version"] == monitor["version"] + 1
    api.patch(path, {"description": "second"}, headers={"If-Match": tag}, expect=412)
    api.call("DELETE", path, headers={"If-Match": tag}, expect=412)
    assert api.get(path)["description"] == "first"
    with ThreadPoolExecutor(8) as pool:
        now = f'"{edited["version"]}"'
        codes = list(pool.map(lambda i: api.call("PATCH", path, {"description": str(i)},
                                                 headers={"If-Match": now}).status, range(8)))
    assert sorted(codes) == [200] + [412] * 7, "exactly one of eight wins"


def test_patch_changes_what_it_names_and_null_resets(world, api, target):
    monitor = world.monitor(target, description="old", failure_threshold=3)
    monitor = api.patch(f"/api/monitors/{monitor['id']}", {"tags": ["b", "a"]})
    path = f"/api/monitors/{monitor['id']}"
    assert monitor["tags"] == ["a", "b"], "a set comes back sorted"
    patched = api.patch(path, {"description": None, "http": {"required_keyword": "fine"}})
    assert patched["description"] is None
    assert patched["failure_threshold"] == 3
    assert patched["http"]["required_keyword"] == "fine"
    assert patched["http"]["url"] == monitor["http"]["url"]
    assert api.patch(path, {"failure_threshold": None})["failure_threshold"] == 1
    unchanged = api.patch(path, {"failure_threshold": 1})
    assert unchanged["version"] == patched["version"] + 1, "an edit that changes nothing keeps the version"


def test_put_replaces_and_the_type_stays(world, api, target):
    monitor = world.monitor(target, description="to go", failure_threshold=4)
    path = f"/api/monitors/{monitor['id']}"
    body = {"name": monitor["name"], "type": "http", "http": {"url": target.url + "/other"}}
    replaced = api.put(path, body)
    assert (replaced["description"], replaced["failure_threshold"], replaced["interval_seconds"]) == (None, 1, 60)
    api.put(path, {"name": "x", "type": "tcp", "tcp": {"host": "localhost", "port": 1}}, expect=422)
    api.patch(path, {"type": "tcp"}, expect=422)


def test_deleting_twice_is_not_found(world, api, target):
    monitor = world.monitor(target)
    api.delete(f"/api/monitors/{monitor['id']}")
    api.delete(f"/api/monitors/{monitor['id']}", expect=404)
    api.call("GET", f"/api/monitors/{monitor['id']}", expect=404)


def test_lists_are_complete_and_stable_while_rows_come_and_go(world, api, target):
    made = [world.monitor(target, paused=True, tags=[f"list:{world.mark}"]) for _ in range(7)]
    seen, cursor = [], None
    for step in range(10):
        page = api.get("/api/monitors", limit=2, tags=f"list:{world.mark}", **({"cursor": cursor} if cursor else {}))
        seen += [m["id"] for m in page["data"]]
        cursor = page["next_cursor"]
        if step == 0:
            api.delete(f"/api/monitors/{made[0]['id']}")
            world.monitor(target, paused=True)  # not of this list
        if cursor is None:
            break
    assert seen == [m["id"] for m in made]
    assert len(api.get("/api/monitors", ids=",".join(seen[1:4]))["data"]) == 3
    assert api.get("/api/monitors", q=made[3]["name"].upper())["data"][0]["id"] == made[3]["id"]


def test_a_cursor_belongs_to_its_list(world, api, target):
    for _ in range(2):
        world.monitor(target, paused=True)
    cursor = api.get("/api/monitors", limit=1)["next_cursor"]
    api.call("GET", f"/api/monitors?limit=1&cursor={cursor}", expect=200)
    api.call("GET", f"/api/monitors?limit=1&q=x&cursor={cursor}", expect=400)
    api.call("GET", f"/api/channels?limit=1&cursor={cursor}", expect=400)
    api.call("GET", f"/api/monitors?limit=1&cursor={cursor[:-2]}AA", expect=400)
    api.call("GET", "/api/monitors?cursor=", expect=(200, 400))


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "nonsense=1", "sort=color", "updated_since=today",
                                   "ids=mon_x", "status=splendid", "limit=1&limit=2"])
def test_a_query_that_makes_no_sense_is_refused(api, query):
    api.call("GET", f"/api/monitors?{query}", expect=(400, 422))


def test_a_large_limit_is_clamped(api):
    assert len(api.get("/api/monitors", limit=100000)["data"]) <= 200


def test_a_search_is_as_long_as_its_characters(api):
    api.call("GET", "/api/monitors?q=" + "%C3%A9" * 255, expect=200)
    refused = api.call("GET", "/api/monitors?q=" + "%C3%A9" * 256, expect=422).json
    assert [(e["pointer"], e["code"]) for e in refused["errors"]] == [("q", "too_long")]


def test_wrong_method_says_which_are_right(world, api, target):
    monitor = world.monitor(target, paused=True)
    answer = api.call("POST", f"/api/monitors/{monitor['id']}", {}, expect=405)
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "PUT", "PATCH", "DELETE"}
    api.call("GET", f"/api/monitors/{monitor['id']}/pause", expect=405)
    api.call("GET", "/api/nothing-of-the-kind", expect=404)
    api.call("GET", "/", expect=404)


def test_head_is_get_without_a_body(world, api, target):
    monitor = world.monitor(target, paused=True)
    answer = api.call("HEAD", f"/api/monitors/{monitor['id']}", expect=200)
    assert int(answer.headers["content-length"]) > 100
    assert answer.headers["etag"]


def test_request_ids_are_taken_over_where_they_are_sane(api):
    mine = api.call("GET", "/api/monitors?limit=1", headers={"X-Request-Id": "deploy-42"})
    assert mine.headers["x-request-id"] == "deploy-42"
    for odd in ("a b", "x" * 500, "é"):
        answer = api.call("GET", "/api/monitors?limit=1", headers={"X-Request-Id": odd.encode()}, expect=(200, 400))
        assert answer.headers["x-request-id"] != odd


def test_a_key_is_unique_in_an_organisation(world, api, target):
    monitor = world.monitor(target, key=f"shop.{world.mark}", paused=True)
    body = {"name": "again", "type": "http", "key": monitor["key"], "http": {"url": target.url}}
    api.call("POST", "/api/monitors", body, expect=409)
    assert [m["id"] for m in api.all("/api/monitors", key=monitor["key"])] == [monitor["id"]]


def test_the_summary_adds_up(api):
    summary = api.get("/api/monitors/summary")
    assert sum(summary["by_status"].values()) == summary["total"]


def test_availability_floors_and_never_flatters(world, api, target):
    monitor = world.monitor(target)
    world.wait_status(monitor, "up")
    target.status = 500
    world.wait_status(monitor, "down")
    target.status = 200
    world.wait_status(monitor, "up")
    seen = api.get(f"/api/monitors/{monitor['id']}/availability")["total"]
    assert 0 <= seen["availability_percent"] < 100
    assert seen["down_seconds"] > 0


def test_health_and_readiness_need_no_token_but_metrics_do(api):
    assert api.send("GET", "/healthz", token=None).status == 200
    assert api.send("GET", "/readyz", token=None).status == 200
    assert api.send("GET", "/metrics", token=None).status == 401
    metrics = api.send("GET", "/metrics")
    assert metrics.status == 200
    assert b"gochron_" in metrics.raw


def test_a_list_shows_a_monitor_as_its_own_page_does(world, api, target):
    monitor = world.monitor(target, interval_seconds=3600, timeout_ms=5000)
    api.post(f"/api/monitors/{monitor['id']}/run")
    alone = api.get(f"/api/monitors/{monitor['id']}")
    [listed] = api.get("/api/monitors", ids=monitor["id"])["data"]
    assert alone["next_check_at"]
    assert {k: v for k, v in listed.items() if k != "uptime_24h"} == {
        k: v for k, v in alone.items() if k != "uptime_24h"}
    assert listed["uptime_24h"] is not None
