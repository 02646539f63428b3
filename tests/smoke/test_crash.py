"""kill -9 at every point of the story, of the engine and of its Postgres: nothing is lost, and whatever is said twice
carries the same id."""
import os
import signal
import time

import pytest

from harness.waiting import eventually


def one_of_each(hook, *types):
    """Each event type came under exactly one webhook-id."""
    for event_type in types:
        ids = {a.id for a in hook.of(event_type)}
        assert len(ids) == 1, f"{event_type} under {len(ids)} ids"


def settle(world, monitor, channel):
    """Every delivery of the channel has succeeded."""
    def settled():
        rows = world.deliveries(channel)
        assert rows and all(d["state"] == "succeeded" for d in rows), rows
        return rows

    return eventually(settled, within=20)


@pytest.mark.parametrize("delay", [0.0, 0.15, 0.4, 0.7, 1.0, 1.3])
def test_the_engine_dies_somewhere_between_failure_and_page(own_world, engine, target, receiver, delay):
    world, hook = own_world, receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    time.sleep(delay)  # not to wait for anything: this is the instant that the engine dies at
    engine.restart()
    opened = hook.expect("incident.opened", within=15)
    assert world.wait_status(monitor, "down")["open_incident_id"] == opened.event["data"]["incident"]["id"]
    engine.restart()
    target.revive()
    hook.expect("incident.resolved", within=15)
    settle(world, monitor, channel)
    one_of_each(hook, "incident.opened", "incident.resolved")
    assert len(world.incidents(monitor)) == 1
    kinds = sorted(x["kind"] for x in world.api.all(f"/api/incidents/{world.incidents(monitor)[0]['id']}/timeline"))
    assert kinds == ["notified", "notified", "opened", "resolved"]


def test_the_engine_dies_as_soon_as_it_has_taken_a_failure(own_world, engine):
    world = own_world
    for _ in range(5):
        job = world.heartbeat(period=60, grace=60)
        world.ping(job)
        world.ping(job, "/fail")
        engine.restart()
        assert world.wait_status(job, "down")["open_incident_id"]


def test_the_engine_dies_between_sending_and_the_answer(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    hook.hold()
    target.die()
    opened = hook.expect("incident.opened")
    engine.kill()
    hook.release()
    engine.start()
    hook.expect_attempts(opened.id, 2, within=15)
    settle(world, monitor, channel)
    target.revive()
    hook.expect("incident.resolved", within=15)
    settle(world, monitor, channel)
    one_of_each(hook, "incident.opened", "incident.resolved")


def test_the_engine_dies_while_it_waits_to_retry(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel], events=["incident.opened"])
    world.wait_status(monitor, "up")
    hook.answer(500)
    target.die()
    opened = hook.expect("incident.opened")

    def waiting():
        row = world.deliveries(channel)[0]
        return row if row["attempts"] == 1 else None

    delivery = eventually(waiting, what="the failed attempt on record")
    assert delivery["state"] == "pending" and delivery["next_attempt_at"]
    engine.restart()
    first, second = hook.expect_attempts(opened.id, 2, within=15)[:2]
    assert 3 < second.at - first.at < 12, "the retry kept its time over the crash"
    settle(world, monitor, channel)
    attempts = world.api.all(f"/api/deliveries/{delivery['id']}/attempts")
    assert sorted(a["response"]["status"] for a in attempts) == [200, 500]


def test_a_monitor_made_a_moment_before_the_crash_is_there_after_it(own_world, engine, target):
    world = own_world
    made = [world.monitor(target) for _ in range(20)]
    engine.restart()
    known = {m["id"] for m in world.api.all("/api/monitors")}
    assert {m["id"] for m in made} <= known
    for monitor in made[:3]:
        again = world.api.get(f"/api/monitors/{monitor['id']}")
        assert {k: again[k] for k in ("name", "http", "version", "created_at")} == \
            {k: monitor[k] for k in ("name", "http", "version", "created_at")}


def test_a_deadline_that_passed_while_the_engine_was_dead_is_still_noticed(own_world, engine, receiver):
    world, hook = own_world, receiver.hook()
    job = world.heartbeat(period=1, grace=1)
    world.rule([job], [world.channel(hook)])
    world.ping(job)
    world.wait_status(job, "up")
    engine.kill()
    time.sleep(2.5)  # the deadline passes while nobody looks
    engine.start()
    opened = hook.expect("incident.opened", within=15)
    assert opened.event["data"]["incident"]["cause"]["code"] == "missed_ping"


def test_postgres_dies_in_the_middle_and_monitoring_goes_on(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    os.kill(engine.postgres_pid(), signal.SIGKILL)
    target.die()
    answer = world.api.call("PATCH", f"/api/monitors/{monitor['id']}", {"description": "meanwhile"},
                            expect=(200, 503))
    hook.expect("incident.opened", within=30)

    def written():
        return world.api.call("PATCH", f"/api/monitors/{monitor['id']}", {"description": "afterwards"},
                              expect=(200, 503)).status == 200

    eventually(written, within=20, what="writes to work again")
    assert world.api.get(f"/api/monitors/{monitor['id']}")["description"] == "afterwards", answer
    target.revive()
    hook.expect("incident.resolved", within=30)
    settle(world, monitor, channel)
    one_of_each(hook, "incident.opened", "incident.resolved")
    assert len(world.incidents(monitor)) == 1


def test_postgres_and_the_engine_die_together(own_world, engine, target, receiver):
    world, hook = own_world, receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    world.rule([monitor], [channel])
    world.wait_status(monitor, "up")
    target.die()
    hook.expect("incident.opened")
    postgres = engine.postgres_pid()
    engine.kill()
    try:
        os.kill(postgres, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it went with its parent
    engine.start()
    target.revive()
    hook.expect("incident.resolved", within=20)
    settle(world, monitor, channel)
    one_of_each(hook, "incident.opened", "incident.resolved")
