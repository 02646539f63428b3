"""Many writes in one request: each on its own, or all of them together."""
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.api import Api
from harness.nouns import NOUNS, somebody_to_tell


@pytest.fixture(params=sorted(NOUNS))
def noun(request):
    return request.param


@pytest.fixture
def bulk(api, noun):
    def send(operations, atomic, expect=200, **how):
        body = {"atomic": atomic, "operations": operations}
        return api.call("POST", f"/api/{noun}/bulk", body, expect=expect, **how).json
    return send


@pytest.fixture
def body(noun, world):
    return lambda name: NOUNS[noun](f"{name}.{world.mark}")


@pytest.fixture
def rows(api, noun, world):
    return lambda: {r["name"].split(".")[0]: r for r in api.get(f"/api/{noun}", q=world.mark, limit=200)["data"]}


@pytest.fixture
def three(api, noun, body, world):
    """Existing ones, the first with a key."""
    made = [api.create(f"/api/{noun}", body(name)) for name in ("one", "two", "three")]
    made[0] = api.patch(f"/api/{noun}/{made[0]['id']}", {"key": f"one.{world.mark}"})
    return made


@pytest.mark.parametrize("atomic", [True, False])
def test_every_kind_of_write_in_one_request(api, noun, bulk, body, rows, three, world, atomic):
    one, two, three_ = three
    results = bulk([
        {"method": "create", "body": body("four")},
        {"method": "update", "key": one["key"], "body": {"name": f"uno.{world.mark}"}, "if_version": one["version"]},
        {"method": "replace", "id": two["id"], "body": body("dos")},
        {"method": "delete", "id": three_["id"]},
        {"method": "upsert", "key": f"five.{world.mark}", "body": body("five")},
    ], atomic)["results"]
    assert [r["status"] for r in results] == [201, 200, 200, 204, 201]
    assert [r["index"] for r in results] == list(range(5))
    assert all(r["error"] is None for r in results)
    assert [r["id"] for r in results[1:4]] == [one["id"], two["id"], three_["id"]]
    assert results[4]["key"] == f"five.{world.mark}"
    assert set(rows()) == {"four", "uno", "dos", "five"}
    for r in results:
        if r["status"] != 204:
            shown = api.get(f"/api/{noun}/{r['id']}")
            assert (shown["version"], shown["name"]) == (r["version"], r["resource"]["name"])
    if noun == "channels":
        assert results[0]["resource"]["secret"]["value"], "the answer to create shows the secret"
        assert results[1]["resource"]["secret"]["value"] is None
    again = bulk([{"method": "upsert", "key": f"five.{world.mark}", "body": body("five")}], atomic)["results"][0]
    assert (again["status"], again["version"]) == (200, 1), "what does not change keeps its version"


def test_on_its_own_each_has_its_own_answer(bulk, body, rows, three, world):
    one, two, _ = three
    results = bulk([
        {"method": "create", "body": {**body("four"), "nme": 1}},
        {"method": "create", "body": {**body("five"), "key": one["key"]}},
        {"method": "update", "id": two["id"], "body": {"name": f"dos.{world.mark}"}, "if_version": 99},
        {"method": "delete", "key": f"nobody.{world.mark}"},
        {"method": "delete", "id": "mon_nonsense"},
        {"method": "create", "body": body("six")},
    ], atomic=False)["results"]
    assert [r["status"] for r in results] == [422, 409, 412, 404, 404, 201]
    assert [r["error"] and r["error"]["status"] for r in results] == [422, 409, 412, 404, 404, None]
    assert results[0]["error"]["errors"][0]["pointer"] == "/nme"
    assert set(rows()) == {"one", "two", "three", "six"}


def test_together_it_is_all_or_nothing_and_all_that_is_wrong_is_told(api, noun, bulk, body, rows, three, world):
    one, two, three_ = three
    before = rows()
    refused = bulk([
        {"method": "create", "body": body("four")},
        {"method": "create", "body": {**body("five"), "nme": 1}},
        {"method": "update", "id": two["id"], "body": {"name": 7, "enebled": True}},
        {"method": "update", "key": one["key"], "body": {"name": "x"}, "if_version": 99},
        {"method": "delete", "key": f"nobody.{world.mark}"},
        {"method": "delete", "id": three_["id"]},
    ], atomic=True, expect=422)
    assert {(e["pointer"], e["code"]) for e in refused["errors"]} == {
        ("/operations/1/body/nme", "unknown_property"), ("/operations/2/body/name", "wrong_type"),
        ("/operations/2/body/enebled", "unknown_property"), ("/operations/3", "stale"), ("/operations/4", "not_found")}
    assert rows() == before
    conflict = bulk([
        {"method": "create", "body": body("four")},
        {"method": "create", "body": {**body("five"), "key": one["key"]}},
        {"method": "update", "id": two["id"], "body": {"name": f"dos.{world.mark}"}},
    ], atomic=True, expect=409)
    assert [(e["pointer"], e["code"]) for e in conflict["errors"]] == [("/operations/1/body/key", "taken")]
    assert rows() == before
    assert api.patch(f"/api/{noun}/{two['id']}", {"name": f"free.{world.mark}"}), "nobody is held"


@pytest.mark.parametrize("atomic", [True, False])
def test_what_is_only_tried_is_told_whole(api, noun, body, rows, three, world, atomic):
    def tried(operations, expect):
        return api.call("POST", f"/api/{noun}/bulk?validate_only=true", {"operations": operations, "atomic": atomic},
                        expect=expect)

    one, two, _ = three
    before = rows()
    tried([{"method": "create", "body": body("four")},
           {"method": "update", "id": two["id"], "body": {"name": f"dos.{world.mark}"}}], expect=204)
    refused = tried([{"method": "create", "body": body("four")},
                     {"method": "upsert", "key": f"five.{world.mark}", "body": {**body("five"), "nme": 1}},
                     {"method": "update", "key": one["key"], "body": {"name": "x"}, "if_version": 99},
                     {"method": "delete", "key": f"nobody.{world.mark}"}], expect=422).json
    assert {(e["pointer"], e["code"]) for e in refused["errors"]} == {
        ("/operations/1/body/nme", "unknown_property"), ("/operations/2", "stale"), ("/operations/3", "not_found")}
    assert rows() == before


def test_what_makes_no_sense_is_refused(api, noun, bulk, body, three, world):
    one = three[0]
    for operations, pointer in (
            ([], "/operations"),
            ([{"method": "create", "body": body("x")}] * 1001, "/operations"),
            ([{"body": body("x")}], "/operations/0/method"),
            ([{"method": "destroy", "id": one["id"]}], "/operations/0/method"),
            ([{"method": "create"}], "/operations/0/body"),
            ([{"method": "create", "id": one["id"], "body": body("x")}], "/operations/0/id"),
            ([{"method": "upsert", "body": body("x")}], "/operations/0/key"),
            ([{"method": "upsert", "key": "NO", "body": body("x")}], "/operations/0/key"),
            ([{"method": "delete"}], "/operations/0/id"),
            ([{"method": "delete", "id": one["id"], "key": one["key"]}], "/operations/0/id"),
            ([{"method": "delete", "id": one["id"], "body": {}}], "/operations/0/body"),
            ([{"method": "update", "id": one["id"], "body": []}], "/operations/0/body"),
            ([{"method": "update", "id": one["id"], "body": {}, "if_version": 0}], "/operations/0/if_version"),
            ([7], "/operations/0")):
        refused = bulk(operations, atomic=False, expect=422)
        assert pointer in [e["pointer"] for e in refused["errors"]], (operations[:1], refused)
    twice = bulk([{"method": "update", "id": one["id"], "body": {}},
                  {"method": "delete", "key": one["key"]}], atomic=True, expect=422)
    assert [(e["pointer"], e["code"]) for e in twice["errors"]] == [("/operations/1", "duplicate")]
    for bad in (b"", b"[", b"[]", b"{}", b'{"operations":{}}', b'{"operations":[],"atomc":true}'):
        api.call("POST", f"/api/{noun}/bulk", bad, expect=(400, 422))


def test_a_thousand_at_once(api, noun, bulk, body):
    if noun != "monitors":
        pytest.skip("one noun is enough")
    for atomic in (True, False):
        made = bulk([{"method": "create", "body": body(f"m{i}")} for i in range(1000)], atomic)["results"]
        assert {r["status"] for r in made} == {201}
        assert len({r["id"] for r in made}) == 1000
        gone = bulk([{"method": "delete", "id": r["id"]} for r in made], atomic)["results"]
        assert {r["status"] for r in gone} == {204}


def test_overlapping_requests_never_block_each_other_for_good(api, noun, bulk, body, world):
    """Twelve clients, each writing the same twenty in another order, half of them all or nothing: nobody is stuck, and
    whatever was answered with success is there."""
    keys = [f"k{i}.{world.mark}" for i in range(20)]
    bulk([{"method": "upsert", "key": k, "body": body("start")} for k in keys], atomic=True)

    def client(number):
        dice = random.Random(number)
        done = 0
        for _ in range(5):
            mine = dice.sample(keys, 12)
            answer = api.call("POST", f"/api/{noun}/bulk", {
                "atomic": number % 2 == 0,
                "operations": [{"method": "upsert", "key": k, "body": body(f"c{number}-{dice.random()}")}
                               for k in mine]}, expect=(200, 409, 503))
            done += answer.status == 200
        return done

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(client, range(12)))
    assert sum(done) >= 30, done
    final = bulk([{"method": "update", "key": k, "body": {"name": f"end.{world.mark}"}} for k in keys], atomic=True)
    assert {r["status"] for r in final["results"]} == {200}
    assert len(api.get(f"/api/{noun}", q=f"end.{world.mark}", limit=200)["data"]) == 20


def test_twenty_clients_upserting_the_same_keys_together(api, noun, bulk, body, world):
    keys = [f"k{i}.{world.mark}" for i in range(5)]

    def client(number):
        operations = [{"method": "upsert", "key": k, "body": body(f"c{number}")} for k in keys]
        return api.call("POST", f"/api/{noun}/bulk", {"atomic": True, "operations": operations},
                        expect=(200, 409, 503)).status

    with ThreadPoolExecutor(10) as pool:
        assert 200 in list(pool.map(client, range(10)))
    rows = api.get(f"/api/{noun}", q=world.mark, limit=200)["data"]
    assert sorted(r["key"] for r in rows) == keys
    assert len({r["name"] for r in rows}) == 1, "the last of them wrote all five"


def beats(world, count):
    return [{"method": "create", "body": {"name": f"{world.mark}-{i}", "type": "heartbeat", "heartbeat": {}}}
            for i in range(count)]


@pytest.mark.parametrize("atomic", [True, False])
def test_a_repeat_under_the_same_key_has_no_effect_of_its_own(world, api, atomic):
    body = {"atomic": atomic, "operations": beats(world, 3)}
    key = {"Idempotency-Key": f"bulk-{world.mark}-{atomic}"}
    first, again = (api.call("POST", "/api/monitors/bulk", body, headers=key, expect=200) for _ in range(2))
    assert [x["id"] for x in first.json["results"]] == [x["id"] for x in again.json["results"]]
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.all("/api/monitors", q=f"{world.mark}-")) == 3


def test_more_than_the_plan_has_room_for_is_refused_and_takes_none_of_it(shared_engine, world):
    _, secret = shared_engine.run("org", "create", "--name", world.mark, "--plan", "free").stdout.split()
    small = Api(shared_engine, secret)
    body = {"atomic": True, "operations": beats(world, 21)}
    assert small.call("POST", "/api/monitors/bulk", body, expect=422).json["code"] == "plan_limit_exceeded"
    assert small.get("/api/limits")["monitors"] == {"used": 0, "maximum": 20}
    body["operations"].pop()
    small.call("POST", "/api/monitors/bulk", body, expect=200)
    assert small.get("/api/limits")["monitors"]["used"] == 20
