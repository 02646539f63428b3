"""Who did it, in what people read: a token that belongs to nobody goes by its name."""
from harness.providers import Provider
from test_channels import channel_of
from test_signals import by_hand, inbox, one


def bearer(api, name, **more):
    return api.with_token(api.call("POST", "/api/tokens", {"name": name, "scopes": ["*:write", "*:read"], **more},
                                   expect=201).json["secret"])


def lines(world, incident):
    return {x["kind"]: x for x in world.api.all(f"/api/incidents/{incident['id']}/timeline")}


def test_messages_and_timelines_have_the_tokens_name(world, api, receiver):
    hook = receiver.hook()
    provider = Provider("discord")
    try:
        monitor = inbox(world)
        world.rule([monitor], [world.channel(hook), channel_of(world, provider)])
        incident = by_hand(world, monitor)
        hook.expect("incident.opened")
        ci = bearer(api, "ci \"main\"")
        ci.post(f"/api/incidents/{incident['id']}/acknowledge")
        told = hook.expect("incident.acknowledged").event["data"]
        assert told["by"] == "token \"ci \"main\"\""
        assert told["incident"]["acknowledged_by"] == one(world, incident)["acknowledged_by"]
        assert told["incident"]["acknowledged_by"].startswith("token:tok_"), "the API's field stays as it is"
        ci.post(f"/api/incidents/{incident['id']}/unacknowledge")
        assert hook.expect("incident.unacknowledged").event["data"]["by"] == told["by"]
        ci.post(f"/api/incidents/{incident['id']}/snooze", {"seconds": 60})
        ci.post("/api/incidents/bulk/resolve", {"incident_ids": [incident["id"]]})
        assert hook.expect("incident.resolved").event["data"]["by"] == told["by"]
        written = lines(world, incident)
        assert written["acknowledged"]["message"] == "Acknowledged by token \"ci \"main\"\"."
        assert written["resolved"]["message"] == "Resolved by token \"ci \"main\"\"."
        assert written["snoozed"]["message"].startswith("Snoozed by token \"ci \"main\"\" until ")
        assert written["resolved"]["actor"].startswith("token:tok_")
        texts = [str(x.body) for x in provider.expect(4, within=20.0)]
        assert any("token \"ci \\\"main\\\"\"" in x or "token \"ci \"main\"\"" in x for x in texts), texts
        assert not [x for x in texts if "tok_" in x], texts
    finally:
        provider.close()


def test_so_has_what_ends_with_the_monitor(world, api, receiver):
    ci = bearer(api, "ci")
    for end in (lambda m: ci.post(f"/api/monitors/{m}/pause"), lambda m: ci.delete(f"/api/monitors/{m}")):
        hook = receiver.hook()
        monitor = inbox(world)
        rule = world.rule([monitor], [world.channel(hook)])
        by_hand(world, monitor)
        hook.expect("incident.opened")
        api.patch(f"/api/alert-rules/{rule['id']}", {"monitor_ids": [], "selector": {"tags": ["nobody"]}})
        end(monitor["id"])
        assert hook.expect("incident.resolved").event["data"]["by"] == "token \"ci\""


def test_a_person_and_the_engine_itself(world, api, receiver):
    hook = receiver.hook()
    monitor = inbox(world, auto_resolve_seconds=60)
    world.rule([monitor], [world.channel(hook)])
    ada = api.create("/api/users", {"email": f"{world.mark}@example.com", "name": "Ada Lovelace"})["id"]
    incident = by_hand(world, monitor)
    assert hook.expect("incident.opened").event["data"]["by"] is not None, "somebody opened it"
    hers = bearer(api, "laptop", user_id=ada)
    hers.post(f"/api/incidents/{incident['id']}/acknowledge")
    told = hook.expect("incident.acknowledged").event["data"]
    assert (told["by"], told["incident"]["acknowledged_by"]) == ("Ada Lovelace", "user:Ada Lovelace")
    hers.post(f"/api/incidents/{incident['id']}/resolve")
    assert hook.expect("incident.resolved").event["data"]["by"] == "Ada Lovelace"


def test_nobody_did_what_a_check_finds(world, api, target, receiver):
    hook = receiver.hook()
    monitor = world.monitor(target)
    world.rule([monitor], [world.channel(hook)])
    world.wait_status(monitor, "up")
    target.status = 500
    assert hook.expect("incident.opened").event["data"]["by"] is None
    target.status = 200
    assert hook.expect("incident.resolved").event["data"]["by"] is None
