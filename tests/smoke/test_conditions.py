"""If-Match is kept or refused, by every operation that writes: never overlooked."""
import pytest

from harness.waiting import eventually
from harness.walking import PREFIXES, one_of_each, parameters_of, writes


@pytest.fixture
def ids(world, api, target, receiver):
    return one_of_each(world, api, target, receiver)


def test_every_write_either_keeps_a_condition_or_says_that_it_has_none(world, api, ids):
    conditional, others = [], []
    for method, template, path, body, headers in writes(api, ids):
        if "{key}" in path:
            noun, key = path.split("/")[2], world.mark
            path = path.replace("{key}", key)
            if "by-key" in path:
                old = PREFIXES[noun]
                api.patch(f"/api/{noun}/{ids[old]}", {"key": key})
        takes = "If-Match" in parameters_of(api, method, path)
        refused = api.call(method, path, body, headers={**headers, "If-Match": '"77"'}, expect=412 if takes else 400).json
        assert refused["code"] == ("stale" if takes else "malformed"), f"{method} {template}"
        (conditional if takes else others).append(f"{method} {template}")
    assert {"POST /api/channels/{id}/secret/roll", "POST /api/channels/{id}/test", "POST /api/monitors/{id}/run",
            "POST /api/monitors/{id}/test", "POST /api/monitors/{id}/reset", "POST /api/monitors/{id}/pause",
            "POST /api/tokens/{id}/rotate", "DELETE /api/tokens/{id}", "DELETE /api/users/{id}",
            "PUT /api/alert-rules/by-key/{key}"} <= set(conditional)
    assert {"POST /api/monitors", "POST /api/incidents/{id}/acknowledge", "PUT /api/config",
            "POST /api/monitors/bulk"} <= set(others)


def test_a_secret_is_rolled_once_by_two_who_saw_the_same(world, receiver, api):
    channel = world.channel(receiver.hook())
    own = f"/api/channels/{channel['id']}"
    tag = {"If-Match": api.call("GET", own).headers["etag"]}
    rolled = api.call("POST", own + "/secret/roll", headers=tag, expect=200)
    assert rolled.json["secret"]["value"] != channel["secret"]["value"]
    api.call("POST", own + "/secret/roll", headers=tag, expect=412)
    assert api.get(own)["secret"]["version"] == rolled.json["secret"]["version"]
    api.call("POST", own + "/secret/roll", headers={"If-Match": rolled.headers["etag"]}, expect=200)
    api.call("POST", own + "/secret/roll", headers={"If-Match": "*"}, expect=200)


def test_an_action_of_the_wrong_version_does_nothing(world, api, target, receiver):
    monitor = world.monitor(target, interval_seconds=3600)
    own = f"/api/monitors/{monitor['id']}"
    for action in ("run", "test"):
        api.call("POST", f"{own}/{action}", headers={"If-Match": '"2"'}, expect=412)
    assert target.seen == []
    for n, action in enumerate(("run", "test"), 1):
        api.call("POST", f"{own}/{action}", headers={"If-Match": '"1"'}, expect=200)
        assert len(target.seen) == n
    hook = receiver.hook()
    channel = world.channel(hook)
    api.call("POST", f"/api/channels/{channel['id']}/test", headers={"If-Match": '"2"'}, expect=412)
    api.call("POST", f"/api/channels/{channel['id']}/test", headers={"If-Match": '"1"'}, expect=200)
    hook.expect("channel.test")


def test_a_token_is_revoked_in_the_version_that_was_seen(api):
    token = api.post("/api/tokens", {"name": "seen", "scopes": ["*:read"]}, expect=201)
    own = f"/api/tokens/{token['id']}"
    api.patch(own, {"name": "changed"})
    api.call("DELETE", own, headers={"If-Match": '"1"'}, expect=412)
    api.call("GET", own, expect=200)
    api.call("DELETE", own, headers={"If-Match": '"2"'}, expect=204)
    api.call("GET", own, expect=404)


def test_what_has_no_version_takes_only_a_star(world, api, ids):
    acknowledge = f"/api/incidents/{ids['inc']}/acknowledge"
    api.call("POST", acknowledge, headers={"If-Match": '"1"'}, expect=400)
    assert api.get(f"/api/incidents/{ids['inc']}")["state"] == "triggered"
    api.call("POST", acknowledge, headers={"If-Match": "*"}, expect=200)
    eventually(lambda: api.get(f"/api/incidents/{ids['inc']}")["state"] == "acknowledged")
