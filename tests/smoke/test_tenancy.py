"""Two organisations on one engine: every operation of the document, tried with the other's ids."""
import re

import pytest

from harness.api import Api
from harness.waiting import eventually

ID = re.compile(r"^(mon|rule|chn|inc|dlv|tok|aud)_[0-9a-z]{26}$")
OTHER = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture(scope="module")
def other_api(shared_engine):
    """An administrator of a second organisation, which only SQL can make."""
    shared_engine.sql(f"INSERT INTO organizations (id, name, plan, created_at) "
                      f"VALUES ('{OTHER}', 'other', 'self_hosted', '2026-01-01T00:00:00Z')")
    secret = shared_engine.token(name="of-the-other")
    moved = shared_engine.sql(f"UPDATE api_tokens SET org_id = '{OTHER}' WHERE name = 'of-the-other' RETURNING id")
    assert len(moved) == 1
    return Api(shared_engine, secret)


@pytest.fixture
def ours(world, api, target, receiver):
    """One of each noun, of the first organisation."""
    hook = receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    rule = world.rule([monitor], [channel], events=["incident.opened"])
    world.wait_status(monitor, "up")
    target.status = 500
    incident = hook.expect("incident.opened").event["data"]["incident"]["id"]
    delivery = eventually(lambda: [d for d in world.deliveries(channel) if d["state"] == "succeeded"])[0]
    token = api.call("POST", "/api/tokens", {"name": "ours", "scopes": ["*:read"]}, expect=201).json
    entry = api.get("/api/audit-log", resource_id=monitor["id"])["data"][0]["id"]
    return {"audit-log": entry, "monitors": monitor["id"], "channels": channel["id"], "alert-rules": rule["id"], "incidents": incident,
            "deliveries": delivery["id"], "tokens": token["id"]}


def example_body(api, operation):
    """A body that is good but for whose it is."""
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        if "example" in media:
            return media["example"]
        for example in media.get("examples", {}).values():
            return example["value"]
    return {} if content else None


def test_no_operation_knows_the_ids_of_another_organisation(api, other_api, ours, world):
    before = {noun: api.get(f"/api/{noun}/{ours[noun]}") for noun in ("alert-rules", "channels", "tokens")}
    walked = []
    for path, item in api.spec["paths"].items():
        if "{id}" not in path:
            continue
        noun = path.split("/")[2]
        assert noun in ours, f"this walk does not know {noun}: teach it"
        for method, operation in item.items():
            if method not in ("get", "put", "patch", "post", "delete"):
                continue
            own = path.replace("{id}", ours[noun])
            answer = other_api.call(method.upper(), own, example_body(api, operation))
            assert answer.status == 404, f"{method} {path}: {answer!r}"
            walked.append((method, path))
    assert len(walked) >= 30, walked
    for noun, was in before.items():
        assert api.get(f"/api/{noun}/{ours[noun]}")["version"] == was["version"]
    assert api.get(f"/api/incidents/{ours['incidents']}")["state"] == "triggered"


def test_no_list_shows_what_another_organisation_has(api, other_api, ours):
    walked = 0
    for path, item in api.spec["paths"].items():
        if "{" in path or "get" not in item or not path.startswith("/api/"):
            continue
        if "text/event-stream" in item["get"]["responses"]["200"]["content"]:
            continue  # has no end; test_events.py listens to it
        walked += 1
        for query in ("", *(f"?{name}={ours[noun]}" for name, noun in (
                ("ids", path.split("/")[2]), ("monitor_id", "monitors"), ("channel_id", "channels"),
                ("incident_id", "incidents"))
                if noun in ours and any(api.resolved(p)["name"] == name for p in item["get"].get("parameters", [])))):
            answer = other_api.call("GET", path + query, expect=(200, 404))
            for value in ours.values():
                assert value.encode() not in answer.raw, f"{path}{query}"
    assert walked >= 6


def test_nothing_of_ours_can_be_woven_into_theirs(other_api, ours, receiver):
    hook = receiver.hook()
    channel = other_api.create("/api/channels", {"name": "theirs", "type": "webhook", "webhook": {"url": hook.url}})
    hook.secret = channel["secret"]["value"]
    for body in ({"monitor_ids": [ours["monitors"]], "channel_ids": [channel["id"]]},
                 {"monitor_ids": [], "channel_ids": [ours["channels"]]}):
        problem = other_api.call("POST", "/api/alert-rules", {"name": "woven", **body}, expect=422).json
        assert all(e["pointer"].split("/")[1] in ("monitor_ids", "channel_ids") for e in problem["errors"])
    # A rule of theirs that names no monitor means every monitor, but only of their own organisation: the failing
    # one of ours is told to nobody there, which the receiver would call unexpected.
    other_api.create("/api/alert-rules", {"name": "all", "channel_ids": [channel["id"]]})


def test_ids_have_their_form(ours):
    assert all(ID.match(x) for x in ours.values())
