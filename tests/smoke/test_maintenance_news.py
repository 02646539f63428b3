"""Whoever asks to hear of planned work does, by the outbox as of anything else."""
from harness.waiting import eventually, holds
from test_maintenance import PATH, events, instant, window

STARTED, ENDED = "maintenance.started", "maintenance.ended"


def told(hook, work):
    """What a hook heard of a window, in order. What comes again under its id, since a crash came between, counts once."""
    heard = {a.id: a.event["type"] for a in hook.of()
             if (a.event["data"]["maintenance_window"] or {}).get("id") == work["id"]}
    return list(heard.values())


def test_a_channel_that_lists_the_events_hears_of_every_window(world, api, target, receiver):
    hook, deaf, off = receiver.hook(), receiver.hook(), receiver.hook()
    channel = world.channel(hook, events=[STARTED, ENDED])
    world.channel(deaf), world.channel(off, events=[STARTED], enabled=False)
    monitor = world.monitor(target)
    work = window(world, monitor, 2, 300)
    begun = hook.expect(STARTED)
    assert begun.event["data"]["maintenance_window"]["name"] == work["name"]
    assert begun.event["data"]["maintenance_window"]["occurrence"] == {
        "from": work["one_off"]["start_at"], "to": work["one_off"]["end_at"]}
    assert begun.event["links"]["maintenance_window"].endswith(f"{PATH}/{work['id']}")
    delivery, = world.deliveries(channel)
    assert (delivery["event_type"], delivery["rule_id"], delivery["incident_id"]) == (STARTED, None, None)
    eventually(lambda: world.deliveries(channel)[0]["state"] == "succeeded")
    api.post(f"{PATH}/{work['id']}/end")
    hook.expect(ENDED)
    holds(lambda: told(hook, work) == [STARTED, ENDED] and told(deaf, work) == told(off, work) == [], during=1.5)
    assert events(world, work) == [STARTED, ENDED], "as in the feed"


def test_a_removed_window_has_ended(world, api, target, receiver):
    hook = receiver.hook()
    world.channel(hook, events=[ENDED])
    work = window(world, world.monitor(target), -1, 300)
    eventually(lambda: api.get(f"{PATH}/{work['id']}")["state"] == "active" and events(world, work) == [STARTED])
    api.delete(f"{PATH}/{work['id']}")
    hook.expect(ENDED)


def test_a_rule_that_listens_tells_of_the_windows_of_its_monitors(world, api, target, receiver):
    names = ("by id", "by tag", "by other tag", "by other id", "muted", "not asked", "everything")
    hooks = {name: receiver.hook() for name in names}
    tag = f"team:{world.mark}"
    mine, other = world.monitor(target, tags=[tag]), world.monitor(target, tags=["team:elsewhere"])
    listens = {"events": ["incident.opened", STARTED]}

    def rule(name, **more):
        body = {"name": world.name("rule"), "channel_ids": [world.channel(hooks[name])["id"]], **listens, **more}
        return api.create("/api/alert-rules", body)

    rule("by id", monitor_ids=[mine["id"], other["id"]])
    rule("by tag", selector={"tags": [tag], "types": ["http"]})
    rule("by other tag", selector={"tags": ["team:elsewhere"]})
    rule("by other id", monitor_ids=[other["id"]])
    rule("muted", monitor_ids=[mine["id"]], muted_until="2099-01-01T00:00:00.000Z")
    rule("not asked", monitor_ids=[mine["id"]], events=["incident.opened"])
    every = rule("everything", events=[STARTED])
    work = api.create(PATH, {"name": world.name("window"), "selector": {"tags": [tag]}, "mode": "suppress_alerts",
                             "one_off": {"start_at": instant(1), "end_at": instant(300)}})
    for name in ("by id", "by tag", "everything"):
        hooks[name].expect(STARTED)
    holds(lambda: {n: told(hooks[n], work) for n in hooks} == {
        "by id": [STARTED], "by tag": [STARTED], "by other tag": [], "by other id": [], "muted": [],
        "not asked": [], "everything": [STARTED]}, during=1.5)
    api.delete(f"/api/alert-rules/{every['id']}")


def test_a_channel_that_several_rules_name_hears_once(world, api, target, receiver):
    hook = receiver.hook()
    channel = world.channel(hook, events=["incident.opened", STARTED])
    monitor = world.monitor(target)
    for _ in range(3):
        world.rule([monitor], [channel], events=["incident.opened", STARTED])
    work = window(world, monitor, 1, 300)
    hook.expect(STARTED)
    holds(lambda: told(hook, work) == [STARTED], during=1.5)


def test_a_window_that_began_before_a_crash_is_told_once(own_world, engine, target, receiver):
    hook = receiver.hook()
    own_world.channel(hook, events=[STARTED, ENDED])
    work = window(own_world, own_world.monitor(target), 1, 300)
    hook.expect(STARTED)
    engine.restart()
    own_world.api.post(f"{PATH}/{work['id']}/end")
    hook.expect(ENDED)
    holds(lambda: told(hook, work) == [STARTED, ENDED], during=1.5)
