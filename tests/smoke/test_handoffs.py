"""Who comes on call is told, and so is everybody who wants to know: once, at the instant, and also over a crash."""
from datetime import datetime, timedelta, timezone

import pytest

from harness.waiting import eventually, holds
from test_people import person  # noqa: F401

CHANGED = "on_call.changed"


def instant(seconds):
    """So far from now, in whole milliseconds."""
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def seconds_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def schedule_of(api, name, member, **more):
    return api.create("/api/schedules", {"name": name, "layers": [
        {"key": "weekly", "name": "Weekly", "members": [[member]],
         "rotation": {"unit": "week", "length": 1, "anchor_local": "2026-01-05T09:00:00"}}], **more})


def stand_in(api, schedule, who, begin, end):
    return api.call("POST", f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "replace", "user_ids": [who], "start_at": instant(begin), "end_at": instant(end)}, expect=201).json


def told(hook, schedule):
    """All that a hook heard of a schedule: who came and who went, in order. What comes again under its id counts once."""
    heard = {a.id: a.event["data"]["schedule"] for a in hook.of(CHANGED)
             if a.event["data"]["schedule"]["id"] == schedule["id"]}
    hook.expected.update(heard)  # whoever asks looks at all of it
    return [([x["name"] for x in s["started"]], [x["name"] for x in s["ended"]]) for s in heard.values()]


def test_a_hand_off_is_told_to_channels_and_to_those_whom_it_is_about(world, api, receiver, person):
    hook, deaf = receiver.hook(), receiver.hook()
    ada, adas, _ = person("Ada", "mobile")
    ben, bens, _ = person("Ben", "mobile")
    channel, other = world.channel(hook), world.channel(deaf, events=["incident.opened"])
    schedule = schedule_of(api, world.name("Primary"), ada, handoff_channel_ids=[channel["id"], other["id"]],
                           handoff_notify_users=True)
    override = stand_in(api, schedule, ben, 2, 6)
    begun = hook.expect(CHANGED)
    data = begun.event["data"]["schedule"]
    assert [x["user_id"] for x in data["on_call"]] == [ben]
    assert [(x["user_id"], x["name"], x["until"]) for x in data["started"]] == [(ben, "Ben", override["end_at"])]
    assert data["ended"] == [{"user_id": ada, "name": "Ada"}]
    assert data["next_change_at"] == override["end_at"]
    assert begun.event["links"]["schedule"].endswith(f"/api/schedules/{schedule['id']}")
    assert 0 <= seconds_of(begun.event["timestamp"]) - seconds_of(override["start_at"]) < 1, "at its instant, never early"
    hook.expect(CHANGED)
    for hooks in (adas, bens):
        eventually(lambda hooks=hooks: told(hooks["mobile"], schedule) == [(["Ben"], ["Ada"]), (["Ada"], ["Ben"])])
    assert told(hook, schedule) == [(["Ben"], ["Ada"]), (["Ada"], ["Ben"])]
    assert told(deaf, schedule) == []
    events = [x for x in api.all("/api/events", type=CHANGED) if x["body"]["data"]["schedule"]["id"] == schedule["id"]]
    assert len(events) == 2, "as in the feed"
    delivery = next(x for x in world.deliveries(channel) if x["event_type"] == CHANGED)
    assert delivery["incident_id"] is None


def test_what_changes_now_is_told_now_and_nothing_that_is_the_same(world, api, receiver, person):
    hook = receiver.hook()
    ada, _, _ = person("Ada")
    ben, _, _ = person("Ben")
    schedule = schedule_of(api, world.name("Primary"), ada, handoff_channel_ids=[world.channel(hook)["id"]])
    path = f"/api/schedules/{schedule['id']}"
    api.patch(path, {"description": "Of the shop."})
    holds(lambda: told(hook, schedule) == [], during=1)
    override = stand_in(api, schedule, ben, 0.2, 3600)
    eventually(lambda: told(hook, schedule) == [(["Ben"], ["Ada"])])
    api.delete(f"{path}/overrides/{override['id']}")
    eventually(lambda: told(hook, schedule)[1:] == [(["Ada"], ["Ben"])])
    api.patch(path, {"layers": []})
    eventually(lambda: told(hook, schedule)[2:] == [([], ["Ada"])])
    api.patch(path, {"handoff_channel_ids": []})
    api.patch(path, {"layers": schedule["layers"]})
    holds(lambda: len(told(hook, schedule)) == 3, during=1)
    api.patch(path, {"handoff_channel_ids": schedule["handoff_channel_ids"]})
    holds(lambda: len(told(hook, schedule)) == 3, during=1)


def test_an_override_that_is_edited_hands_over_at_once(world, api, receiver, person):
    hook = receiver.hook()
    ada, _, _ = person("Ada")
    ben, _, _ = person("Ben")
    cleo, _, _ = person("Cleo")
    schedule = schedule_of(api, world.name("Primary"), ada, handoff_channel_ids=[world.channel(hook)["id"]])
    override = stand_in(api, schedule, ben, 0.2, 3600)
    path = f"/api/schedules/{schedule['id']}/overrides/{override['id']}"
    eventually(lambda: told(hook, schedule) == [(["Ben"], ["Ada"])])
    api.patch(path, {"user_ids": [cleo]})
    eventually(lambda: told(hook, schedule)[1:] == [(["Cleo"], ["Ben"])])
    api.patch(path, {"end_at": instant(3)})
    eventually(lambda: told(hook, schedule)[2:] == [(["Ada"], ["Cleo"])])


def test_who_borrows_from_another_schedule_hears_of_its_changes(world, api, receiver, person):
    hook = receiver.hook()
    ada, _, _ = person("Ada")
    ben, _, _ = person("Ben")
    lender = schedule_of(api, world.name("Lender"), ada)
    schedule = schedule_of(api, world.name("Borrower"), ada, handoff_channel_ids=[world.channel(hook)["id"]])
    api.call("POST", f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "schedule", "schedule_id": lender["id"], "end_at": instant(3600)}, expect=201)
    holds(lambda: told(hook, schedule) == [], during=1)
    stand_in(api, lender, ben, 0.2, 3600)
    eventually(lambda: told(hook, schedule) == [(["Ben"], ["Ada"])])


def test_bad_input_and_what_is_in_use(world, api, receiver, person):
    ada, hooks, methods = person("Ada", "mobile")
    channel = world.channel(receiver.hook())
    personal = methods["mobile"]["id"].replace("cm_", "chn_")
    refused = api.call("POST", "/api/schedules", {
        "name": "x", "handoff_channel_ids": ["chn_01jd9e6h6gf4g8w1q6v5q8z3ab", channel["id"], personal],
        "layers": []}, expect=422).json
    assert [e["code"] for e in refused["errors"]] == ["unknown_id"] * 2, refused
    assert all(e["pointer"].startswith("/handoff_channel_ids/") for e in refused["errors"]), "a set has its own order"
    refused = api.call("POST", "/api/schedules", {
        "name": "x", "handoff_channel_ids": [channel["id"], channel["id"], 1], "handoff_notify_users": "yes"}, expect=422).json
    assert {"/handoff_channel_ids/2", "/handoff_notify_users"} <= {e["pointer"] for e in refused["errors"]}
    schedule = schedule_of(api, world.name("Primary"), ada, handoff_channel_ids=[channel["id"]])
    assert api.get(f"/api/schedules/{schedule['id']}") == schedule
    blocked = api.call("DELETE", f"/api/channels/{channel['id']}", expect=409).json
    assert blocked["blocked_by"] == [schedule["id"]]
    api.delete(f"/api/schedules/{schedule['id']}")
    api.delete(f"/api/channels/{channel['id']}")


@pytest.mark.parametrize("signal", ["KILL", "TERM"])
def test_what_happens_while_nobody_runs_is_told_once_afterwards(own_world, receiver, signal):
    world, api = own_world, own_world.api
    hook = receiver.hook()
    ada, ben = (api.create("/api/users", {"email": f"{n}-{world.mark}@example.com", "name": n})["id"] for n in ("Ada", "Ben"))
    schedule = schedule_of(api, world.name("Primary"), ada, handoff_channel_ids=[world.channel(hook)["id"]])
    stand_in(api, schedule, ben, 2.5, 3600)
    eventually(lambda: api.engine.sql(f"SELECT 1 FROM schedules WHERE name = '{schedule['name']}' AND told IS NOT NULL"))
    api.engine.kill() if signal == "KILL" else api.engine.stop()
    holds(lambda: told(hook, schedule) == [], during=3.5)
    api.engine.start()
    eventually(lambda: told(hook, schedule) == [(["Ben"], ["Ada"])])
    api.engine.kill()
    api.engine.start()
    holds(lambda: told(hook, schedule) == [(["Ben"], ["Ada"])], during=2)
