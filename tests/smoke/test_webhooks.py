"""What receivers are sent, and what becomes of receivers that misbehave. Signatures are verified by the receiver on
every request, so a story that passes has also proved them."""
import time
from datetime import datetime, timezone

from harness.receiver import github_signature
from harness.waiting import eventually, holds


def seconds_until(stamp):
    return (datetime.fromisoformat(stamp.replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds()


def outage(world, target, hook, **channel):
    """A monitor that is up and a channel that will be told only of its failing."""
    monitor = world.monitor(target)
    made = world.channel(hook, **channel)
    world.rule([monitor], [made], events=["incident.opened"])
    world.wait_status(monitor, "up")
    return monitor, made


def delivery_after_attempt(world, channel, number=1):
    def tried():
        rows = world.deliveries(channel)
        return rows[0] if rows and rows[0]["attempts"] >= number else None

    return eventually(tried, what=f"attempt {number} on record")


def test_a_refused_delivery_is_retried_and_every_attempt_kept(world, target, receiver):
    hook = receiver.hook()
    _, channel = outage(world, target, hook)
    hook.answer(500)
    target.die()
    opened = hook.expect("incident.opened")
    delivery = delivery_after_attempt(world, channel)
    assert delivery["state"] == "pending"
    assert 2 < seconds_until(delivery["next_attempt_at"]) <= 6, "5 s, give or take a fifth"

    def failing():  # the channel hears of its commit a moment after the database
        health = world.api.get(f"/api/channels/{channel['id']}")["health"]
        return (health["state"], health["consecutive_failures"]) == ("failing", 1)

    eventually(failing)
    hook.expect_attempts(opened.id, 2)
    eventually(lambda: world.api.get(f"/api/deliveries/{delivery['id']}")["state"] == "succeeded")
    attempts = world.api.all(f"/api/deliveries/{delivery['id']}/attempts")
    assert [a["number"] for a in sorted(attempts, key=lambda a: a["started_at"])] == [1, 2]
    refused = next(a for a in attempts if a["number"] == 1)
    assert refused["response"]["status"] == 500 and refused["response"]["body"] == "ok\n"
    assert refused["timings_ms"]["first_byte"] is not None
    assert world.api.get(f"/api/channels/{channel['id']}")["health"]["state"] == "healthy"


def test_what_was_delivered_can_be_delivered_again(world, target, receiver):
    hook = receiver.hook()
    _, channel = outage(world, target, hook)
    target.die()
    opened = hook.expect("incident.opened")
    delivery = eventually(lambda: [d for d in world.deliveries(channel) if d["state"] == "succeeded"])[0]
    again = world.api.post(f"/api/deliveries/{delivery['id']}/redeliver", expect=(200, 202))
    assert again["id"] == delivery["id"]
    hook.expect_attempts(opened.id, 2)


def test_a_receiver_that_is_gone_is_not_bothered_again(world, target, receiver):
    hook = receiver.hook()
    monitor, channel = outage(world, target, hook)
    hook.answer(410)
    target.die()
    hook.expect("incident.opened")

    def disabled():
        seen = world.api.get(f"/api/channels/{channel['id']}")
        return seen if seen["health"]["state"] == "disabled" else None

    eventually(disabled, what="the channel to be disabled")
    assert world.deliveries(channel)[0]["state"] == "failed"
    target.revive()
    world.wait_status(monitor, "up")
    target.die()
    world.wait_status(monitor, "down")
    holds(lambda: len(hook.attempts) == 1, during=1.5)
    incident = world.incidents(monitor)[-1]
    kinds = {x["kind"] for i in world.incidents(monitor) for x in world.api.all(f"/api/incidents/{i['id']}/timeline")}
    assert "channel_disabled" in kinds, incident
    tested = world.api.post(f"/api/channels/{channel['id']}/test")
    assert tested["succeeded"]
    hook.expect("channel.test")
    assert world.api.get(f"/api/channels/{channel['id']}")["health"]["state"] == "healthy"


def test_a_redirect_is_a_failure_and_is_not_followed(world, target, receiver):
    hook, elsewhere = receiver.hook(), receiver.hook()
    _, channel = outage(world, target, hook)
    hook.answer(302, headers={"Location": elsewhere.url})
    target.die()
    hook.expect("incident.opened")
    delivery = delivery_after_attempt(world, channel)
    assert delivery["state"] == "pending"
    attempt = world.api.all(f"/api/deliveries/{delivery['id']}/attempts")[0]
    assert attempt["response"]["status"] == 302
    assert elsewhere.attempts == []


def test_a_receiver_that_asks_for_time_gets_it(world, target, receiver):
    hook = receiver.hook()
    _, channel = outage(world, target, hook)
    hook.answer(429, headers={"Retry-After": "1"})
    target.die()
    hook.expect("incident.opened")
    delivery = delivery_after_attempt(world, channel)
    assert 50 < seconds_until(delivery["next_attempt_at"]) < 75, "at least a minute after a 429"


def test_a_slow_receiver_times_out_and_holds_up_nobody_else(world, target, receiver):
    slow, quick = receiver.hook(), receiver.hook()
    monitor = world.monitor(target)
    sluggish = world.channel(slow, webhook={"timeout_seconds": 1})
    prompt = world.channel(quick)
    world.rule([monitor], [sluggish, prompt], events=["incident.opened"])
    world.wait_status(monitor, "up")
    slow.delay = 3
    target.die()
    quick.expect("incident.opened", within=5)
    slow.expect("incident.opened")
    delivery = delivery_after_attempt(world, sluggish)
    attempt = world.api.all(f"/api/deliveries/{delivery['id']}/attempts")[0]
    assert attempt["response"] is None
    assert attempt["error"] in ("first_byte_timeout", "read_timeout")
    assert 900 <= attempt["duration_ms"] < 2500
    assert seconds_until(delivery["next_attempt_at"]) > 45, "at least a minute after a time-out"


def test_events_of_an_incident_arrive_in_their_order(world, target, receiver):
    hook = receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    hook.answer(500)  # the first is refused once: the later ones must wait for it
    target.die()
    opened = hook.expect("incident.opened")
    incident = opened.event["data"]["incident"]["id"]
    world.api.post(f"/api/incidents/{incident}/acknowledge", {})
    target.revive()
    hook.expect("incident.resolved", within=20)
    hook.expect("incident.acknowledged")
    sequences = [a.event["sequence"] for a in hook.attempts]
    assert sequences == sorted(sequences), sequences


def test_a_rolled_secret_overlaps_with_the_one_before(world, receiver):
    hook = receiver.hook()
    channel = world.channel(hook)
    assert world.api.get(f"/api/channels/{channel['id']}")["secret"]["value"] is None, "shown once"
    old = hook.secret
    rolled = world.api.post(f"/api/channels/{channel['id']}/secret/roll", {"overlap_seconds": 2})
    assert rolled["secret"]["version"] == channel["secret"]["version"] + 1
    assert rolled["secret"]["fingerprint"] != channel["secret"]["fingerprint"]
    hook.secret, hook.previous_secret = rolled["secret"]["value"], old
    assert hook.secret not in (None, old)
    assert world.api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
    during = hook.expect("channel.test")
    assert during.headers["x-gochron-signature"] == github_signature(hook.secret, during.raw)
    over = seconds_until(rolled["secret"]["previous_expires_at"])
    time.sleep(max(0.0, over) + 0.2)  # the overlap itself is what passes here
    hook.previous_secret = None
    assert world.api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
    hook.expect("channel.test")


def test_a_roll_without_overlap_forgets_the_old_secret_at_once(world, receiver):
    hook = receiver.hook()
    channel = world.channel(hook)
    rolled = world.api.post(f"/api/channels/{channel['id']}/secret/roll", {"overlap_seconds": 0})
    hook.secret = rolled["secret"]["value"]
    assert world.api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
    hook.expect("channel.test")


def test_extra_headers_travel_and_never_replace_a_signature(world, api, receiver):
    hook = receiver.hook()
    own = [{"name": "X-Team", "value": "night"}, {"name": "Authorization", "value": "Bearer of-the-receiver"}]
    channel = world.channel(hook, webhook={"headers": own})
    assert api.post(f"/api/channels/{channel['id']}/test")["succeeded"]
    seen = hook.expect("channel.test")
    assert (seen.headers["x-team"], seen.headers["authorization"]) == ("night", "Bearer of-the-receiver")
    for taken in ("webhook-signature", "X-Gochron-Signature", "Content-Length", "Host"):
        api.call("POST", "/api/channels", {
            "name": world.name("channel"), "type": "webhook",
            "webhook": {"url": hook.url, "headers": [{"name": taken, "value": "mine"}]}}, expect=422)


def test_a_channel_in_use_is_not_deleted_and_says_by_whom(world, api, target, receiver):
    channel = world.channel(receiver.hook())
    rule = world.rule([world.monitor(target)], [channel])
    refused = api.call("DELETE", f"/api/channels/{channel['id']}", expect=409).json
    assert refused["blocked_by"] == [rule["id"]]
    api.delete(f"/api/alert-rules/{rule['id']}")
    api.delete(f"/api/channels/{channel['id']}")
    api.call("GET", f"/api/channels/{channel['id']}", expect=404)
