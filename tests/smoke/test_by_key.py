"""A key is a name of the client's own: upserts through it, on every configurable noun, whatever happens at once."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.nouns import NOUNS, somebody_to_tell


@pytest.fixture(params=sorted(NOUNS))
def noun(request):
    return request.param


@pytest.fixture
def path(world, noun):
    return f"/api/{noun}/by-key/by-key.{world.mark}"


def test_a_put_creates_once_and_then_replaces(world, api, noun, path):
    body = NOUNS[noun]("first")
    made = api.call("PUT", path, body, expect=201)
    assert made.headers["location"] == f"/api/{noun}/{made.json['id']}"
    assert made.headers["etag"] == '"1"'
    assert made.json["key"] == path.rsplit("/")[-1]
    again = api.call("PUT", path, body, expect=200)
    assert (again.json["id"], again.json["version"]) == (made.json["id"], 1), "what does not change keeps its version"
    renamed = api.call("PUT", path, {**body, "name": "second"}, expect=200)
    assert (renamed.json["id"], renamed.json["version"], renamed.headers["etag"]) == (made.json["id"], 2, '"2"')
    found = api.call("GET", path, expect=200)
    assert (found.json["id"], found.json["name"], found.headers["etag"]) == (made.json["id"], "second", '"2"')
    api.call("GET", path, headers={"If-None-Match": '"2"'}, expect=304)
    assert [x["id"] for x in api.get(f"/api/{noun}", key=made.json["key"])["data"]] == [made.json["id"]]


def test_conditions_choose_between_creating_and_replacing(api, noun, path):
    body = NOUNS[noun]("conditions")
    api.call("PUT", path, body, headers={"If-Match": '"1"'}, expect=412)
    api.call("PUT", path, body, headers={"If-Match": "*"}, expect=412)
    api.call("GET", path, expect=404)
    api.call("PUT", path, body, headers={"If-None-Match": "*"}, expect=201)
    api.call("PUT", path, body, headers={"If-None-Match": "*"}, expect=412)
    api.call("PUT", path, {**body, "name": "other"}, headers={"If-Match": '"7"'}, expect=412)
    api.call("PUT", path, {**body, "name": "other"}, headers={"If-Match": '"1"'}, expect=200)
    api.call("PUT", path, {**body, "name": "third"}, headers={"If-Match": "*"}, expect=200)
    api.call("PUT", path, body, headers={"If-None-Match": '"1"'}, expect=400)


def test_the_body_may_repeat_the_key_but_not_contradict_it(world, api, noun, path):
    key = path.rsplit("/")[-1]
    body = NOUNS[noun]("keyed")
    api.call("PUT", path, {**body, "key": key}, expect=201)
    api.call("PUT", path, {**body, "key": None}, expect=200)
    refused = api.call("PUT", path, {**body, "key": "another", "nme": 1}, expect=422)
    assert {e["pointer"] for e in refused.json["errors"]} == {"/key", "/nme"}, "all violations at once"
    for bad in ("UPPER", "a%20b", "x" * 101, "%C3%A9"):
        api.call("PUT", path.rsplit("/", 1)[0] + "/" + bad, body, expect=422)
        api.call("GET", path.rsplit("/", 1)[0] + "/" + bad, expect=404)
    for bad in (b"", b"[", b"[]", b"null", b'"x"'):
        api.call("PUT", path, bad, expect=(400, 422))
    api.call("PUT", path + "?nonsense=1", body, expect=422)


def test_a_key_belongs_to_one(api, noun, path):
    key = path.rsplit("/")[-1]
    api.call("PUT", path, NOUNS[noun]("owner"), expect=201)
    taken = api.call("POST", f"/api/{noun}", {**NOUNS[noun]("other"), "key": key}, expect=409)
    assert [(e["pointer"], e["code"]) for e in taken.json["errors"]] == [("/key", "taken")]
    other = api.create(f"/api/{noun}", NOUNS[noun]("other"))
    api.call("PATCH", f"/api/{noun}/{other['id']}", {"key": key}, expect=409)
    moved = api.patch(f"/api/{noun}/{other['id']}", {"key": key + ".2"})
    assert moved["key"] == key + ".2"
    assert api.get(path + ".2")["id"] == other["id"]
    api.delete(f"/api/{noun}/{other['id']}")
    api.call("GET", path + ".2", expect=404)
    api.call("PUT", path + ".2", NOUNS[noun]("anew"), expect=201)


def test_of_twenty_at_once_one_creates_and_all_succeed(api, noun, path):
    def put(i):
        return api.call("PUT", path, NOUNS[noun](f"writer {i}"))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(put, range(20)))
    assert sorted(a.status for a in answers) == [200] * 19 + [201]
    assert len({a.json["id"] for a in answers}) == 1
    assert sorted(a.json["version"] for a in answers) == list(range(1, 21)), "every write counted once"


def test_create_only_has_one_winner(api, noun, path):
    def put(i):
        return api.call("PUT", path, NOUNS[noun](f"writer {i}"), headers={"If-None-Match": "*"}).status

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(put, range(20))) == [201] + [412] * 19


def test_upserts_survive_deletes_under_their_feet(api, noun, path):
    """Creates, replaces and deletions of one key race: nothing but success, not found, or come back (what reaches an
    owner that is being deleted)."""
    def put(i):
        return api.call("PUT", path, NOUNS[noun](f"writer {i}"), expect=(200, 201, 503)).status

    def delete(_):
        found = api.call("GET", path, expect=(200, 404, 503))
        if found.status == 200:
            api.call("DELETE", f"/api/{noun}/{found.json['id']}", expect=(204, 404, 503))

    with ThreadPoolExecutor(16) as pool:
        puts = [pool.submit(put, i) for i in range(60)]
        deletes = [pool.submit(delete, i) for i in range(30)]
        statuses = [f.result() for f in puts]
        for f in deletes:
            f.result()
    assert 201 in statuses
    final = api.call("PUT", path, NOUNS[noun]("last"), expect=(200, 201)).json
    assert api.get(path)["id"] == final["id"]
