"""kill -9 of the engine at random instants under load: what was accepted is kept, what was told is on record, what is
told twice carries the same id."""
import os
import signal
import statistics
import time
from contextlib import contextmanager

import audit
from clients import settle_accounts
from harness.waiting import eventually
from helpers import percentile
from town import Town

KILLS = 12


def seconds_to_answer(engine, api):
    """From the start of the process to the first answer that needs all of it: a token and the database."""
    began = time.monotonic()
    engine.start()
    eventually(lambda: api.send("GET", "/api/monitors?limit=1").status == 200, within=20, every=0.005)
    return time.monotonic() - began


def moments(dice):
    """Seconds from an answer to the next death: mostly short, now and then enough for a retry."""
    return min(6.0, 0.05 + dice.expovariate(1 / 0.8))


def test_the_engine_is_killed_again_and_again_and_nothing_is_lost(engine, dice, scaled, figures):
    api = engine.api()
    town = Town(api, dice)
    try:
        town.wake()
        restarts, began, dead = [], time.time(), 0.0
        for _ in range(scaled(KILLS)):
            time.sleep(moments(dice))  # not to wait for anything: the instant that the engine dies at
            engine.kill()
            died = time.time()
            if dice.random() < 0.2:  # and again, somewhere in its start
                engine.launch()
                time.sleep(0.3 * dice.random())
                engine.kill()
            if dice.random() < 0.3:  # a while in which nobody watches
                time.sleep(dice.random())
            restarts.append(seconds_to_answer(engine, api))
            dead += time.time() - died
        town.calm_down()
        found = unwatched(town, began, dead, engine.starts)
        with stopped(engine):
            found += audit.rows(engine.sql) + audit.receivers(town, engine.sql) + audit.stories(town, engine.sql)
        found += settle_accounts(town.clients, api)
        figures("kills", f"{engine.starts - 1}, answering again after {statistics.median(restarts):.2f} s (median), "
                         f"{percentile(restarts, 99):.2f} s (p99), {max(restarts):.2f} s (most)")
        figures("load", summary(town, engine))
        figures("lost, invented or out of order", str(len(found)))
        assert not found, "\n".join(found)
        assert audit.blind_spots(engine.sql) == []
    finally:
        town.close()


def summary(town, engine):
    count = lambda what: engine.sql(f"SELECT count(*) FROM {what}")[0][0]
    repeats = sum(len(h.attempts) - len({a.id for a in h.attempts}) for _, h in town.channels)
    return (f"{count('incidents')} incidents, {count('incident_timeline')} timeline entries, {count('deliveries')} "
            f"deliveries ({repeats} repeated), {sum(town.failures.values())} failures told exactly once, "
            f"{sum(c.accepted for c in town.clients)} writes accepted, {sum(c.doubts for c in town.clients)} in doubt")


@contextmanager
def stopped(engine):
    """Nothing is checked while the books are read: that is work, and the services share its thread."""
    os.kill(engine.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(engine.process.pid, signal.SIGCONT)


def unwatched(town, since, dead, deaths):
    """The time in which nobody watched is unknown, and none of it is down. Each death takes with it the second before."""
    found = []
    for monitor in town.calm:
        parts = town.parts_since(monitor, since)
        if parts["down_seconds"] or not dead - 2 <= parts["unknown_seconds"] <= 2 * dead + 2 * deaths + 10:
            found.append(f"{monitor['name']} was never down and not watched for {dead:.1f} s, and its history says {parts}")
    return found
