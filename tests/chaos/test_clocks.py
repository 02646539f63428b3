"""Clocks that are set, and a process that stands still: our own blindness wakes nobody, and is not counted as theirs."""
import datetime
import os
import signal
import threading
import time
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.engine import BINARY
from harness.world import World
from harness.waiting import eventually, holds

FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
# libfaketime and jemalloc wait for each other at the start, so there is a binary without jemalloc.
PLAIN = Path(BINARY).with_name("gochron_glibc")
HOUR = datetime.timedelta(hours=1)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Job(threading.Thread):
    """A job that signals once a period, whatever else happens, as cron does it. A signal that nobody takes is lost."""

    def __init__(self, world, monitor, period):
        super().__init__(daemon=True)
        self.api, self.path, self.period = world.api, urlsplit(monitor["ping_url"]).path, period
        self.lost = self.sent = 0
        self._over = threading.Event()

    def run(self):
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            try:
                self.api.send("GET", self.path, token=None, timeout=1)
                self.sent += 1
            except OSError:
                self.lost += 1
            while due <= time.monotonic():
                due += self.period

    def finish(self):
        self._over.set()
        self.join(30)


@pytest.fixture
def jobs():
    running = []

    def start(world, monitor, period):
        running.append(Job(world, monitor, period))
        running[-1].start()
        return running[-1]

    yield start
    for job in running:
        job.finish()


def gaps(engine):
    return [(instant(a), instant(b)) for a, b in engine.sql(
        "SELECT to_char(from_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MSZ'), "
        "to_char(to_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MSZ') FROM observation_gaps ORDER BY from_at")]


def ordered(world, monitor):
    """The history of a monitor, checked: in order, ids unique, the same over pages of another size."""
    rows = world.api.all(f"/api/monitors/{monitor['id']}/results")
    stamps = [row["round_at"] for row in rows]
    assert stamps == sorted(stamps, reverse=True) or stamps == sorted(stamps), "results are out of order"
    assert len({row["id"] for row in rows}) == len(rows), "two results share an id"
    assert [row["id"] for row in world.api.all(f"/api/monitors/{monitor['id']}/results", limit=7)] == [
        row["id"] for row in rows]
    changes = [row["at"] for row in world.api.all(f"/api/monitors/{monitor['id']}/status-changes")]
    assert changes == sorted(changes, reverse=True) or changes == sorted(changes), "status changes are out of order"
    return rows


def test_a_process_that_stood_still_wakes_nobody(own_world, engine, target, receiver, jobs, figures):
    world, hook = own_world, receiver.hook()
    beats = [world.heartbeat(period=2, grace=1) for _ in range(20)]
    checks = [world.monitor(target) for _ in range(20)]
    channel = world.channel(hook)
    world.rule(beats + checks, [channel])
    cron = [jobs(world, beat, 2.0) for beat in beats]
    for monitor in beats + checks:
        world.wait_status(monitor, "up")

    os.kill(engine.process.pid, signal.SIGSTOP)
    try:
        time.sleep(9)  # the fault itself: three of everyone's deadlines
    finally:
        os.kill(engine.process.pid, signal.SIGCONT)
    eventually(lambda: gaps(engine), what="a gap in what was observed")
    holds(lambda: not world.api.all("/api/incidents"), during=4.0, every=0.5)
    (start, end), = gaps(engine)
    assert 7 < (end - start).total_seconds() < 12
    unknown = world.api.get(f"/api/monitors/{checks[0]['id']}/availability")
    figures("stood still", f"{(end - start).total_seconds():.1f} s unknown, {sum(job.lost for job in cron)} pings lost, "
                           f"0 incidents; coverage {unknown['total']['coverage_percent']} %")

    cron[0].finish()  # and what does die is still noticed
    opened = hook.expect("incident.opened", 10)
    assert opened.event["data"]["monitor"]["id"] == beats[0]["id"]
    world.ping(beats[0])
    hook.expect("incident.resolved", 10)
    for check in checks:
        ordered(world, check)


class Host:
    """An engine whose wall clock the test sets. Its steady clock is the real one, as after a call of settimeofday."""

    def __init__(self, make_engine, apart=0, **env):
        self.engine = make_engine(binary=PLAIN, env=env, fresh=True)  # made by that clock, too
        self.file = self.engine.home / "wall-clock"
        self.set(apart)
        self.engine.env |= {
            "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        self.engine.start()
        self.world = World(self.engine.api())

    def set(self, seconds):
        """So many seconds apart from the true time."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}s\n")
        new.chmod(0o644)
        new.rename(self.file)


@pytest.fixture
def make_host(make_engine):
    if FAKETIME is None:
        pytest.skip("libfaketime is not installed (Debian: faketime)")
    if not PLAIN.exists():
        pytest.skip(f"there is no {PLAIN.name} beside the binary: build it")
    return lambda *args, **env: Host(make_engine, *args, **env)


@pytest.fixture
def host(make_host):
    return make_host()


def test_a_clock_that_is_set_an_hour_forward_and_back_wakes_nobody(host, target, receiver, jobs, figures):
    world, engine, hook = host.world, host.engine, receiver.hook()
    beats = [world.heartbeat(period=60, grace=30) for _ in range(3)] + [world.heartbeat(period=2, grace=1)]
    cron = [jobs(world, beat, 2.0) for beat in beats]
    checks = [world.monitor(target) for _ in range(5)]
    channel = world.channel(hook)
    world.rule(beats + checks, [channel])
    for monitor in beats + checks:
        world.wait_status(monitor, "up")

    for setting in (3600, 0, -3600, 0):
        host.set(setting)
        before = len(target.seen)
        holds(lambda: not world.api.all("/api/incidents"), during=3.0, every=0.5)
        assert len(target.seen) - before >= 5 * 2, f"checks stopped when the clock was set to {setting:+d} s"
    forward = gaps(engine)
    assert len(forward) == 1, forward
    assert abs((forward[0][1] - forward[0][0]) - HOUR) < datetime.timedelta(seconds=2)

    target.status = 500  # a true failure is told at once, and at the host's time
    for _ in checks:
        hook.expect("incident.opened", 5)
    for attempt in hook.attempts:
        assert abs(int(attempt.headers["webhook-timestamp"]) - attempt.at) < 10
    target.status = 200
    for _ in checks:
        hook.expect("incident.resolved", 5)
    cron[3].finish()
    hook.expect("incident.opened", 10)
    world.ping(beats[3])
    hook.expect("incident.resolved", 10)

    engine.restart()
    for monitor in checks:
        world.wait_status(monitor, "up")
    lengths = [len(ordered(world, check)) for check in checks]
    figures("clock set", f"+1 h, -1 h, -1 h, +1 h: 0 false incidents; {min(lengths)} results a monitor in order")


def test_a_day_that_passed_while_the_host_was_suspended_wakes_nobody(host, target, receiver, jobs, figures):
    world, engine, hook = host.world, host.engine, receiver.hook()
    beats = [world.heartbeat(period=2, grace=1), world.heartbeat(period=3600, grace=60)]
    for beat in beats:
        world.ping(beat)
    cron = jobs(world, beats[0], 2.0)
    checks = [world.monitor(target) for _ in range(5)]
    channel = world.channel(hook)
    world.rule(beats + checks, [channel])
    for monitor in beats + checks:
        world.wait_status(monitor, "up")

    os.kill(engine.process.pid, signal.SIGSTOP)
    try:
        host.set(86400)
        hook.apart = 86400
    finally:
        os.kill(engine.process.pid, signal.SIGCONT)
    eventually(lambda: gaps(engine), what="a gap in what was observed")
    holds(lambda: not world.api.all("/api/incidents"), during=4.0, every=0.5)
    (start, end), = gaps(engine)
    assert abs((end - start) - 24 * HOUR) < datetime.timedelta(seconds=3)
    total = world.api.get(f"/api/monitors/{checks[0]['id']}/availability")["total"]
    assert total["down_seconds"] == 0 and total["unknown_seconds"] > 86000, total
    figures("suspended", f"{end - start} unknown, 0 incidents")

    target.status = 500  # and what does fail is told, in checks and in jobs
    for _ in checks:
        hook.expect("incident.opened", 5)
    target.status = 200
    for _ in checks:
        hook.expect("incident.resolved", 5)
    cron.finish()
    assert hook.expect("incident.opened", 10).event["data"]["monitor"]["id"] == beats[0]["id"]
    world.ping(beats[0])
    hook.expect("incident.resolved", 10)
    for check in checks:
        ordered(world, check)


def test_a_token_that_has_expired_stays_expired_when_the_clock_is_set_back(host):
    api = host.world.api
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1800)
    made = api.create("/api/tokens", {"name": "short", "scopes": ["*:read"],
                                      "expires_at": soon.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    short = api.with_token(made["secret"])
    short.get("/api/monitors")
    host.set(3600)
    eventually(lambda: short.send("GET", "/api/monitors").status == 401, within=5)
    host.set(0)
    holds(lambda: short.send("GET", "/api/monitors").status == 401, during=1.0)
    api.get("/api/monitors")


def next_switch(zone, summer):
    """When the zone's clocks are set next, to summer or to winter time."""
    at = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    while True:
        before, at = at, at + HOUR
        step = at.astimezone(zone).utcoffset() - before.astimezone(zone).utcoffset()
        if step and (step > datetime.timedelta(0)) == summer:
            return at


@pytest.mark.parametrize("summer", [True, False], ids=["begins", "ends"])
def test_summer_time_is_not_noticed(make_host, target, receiver, jobs, figures, summer):
    switch = next_switch(zoneinfo.ZoneInfo("Europe/Berlin"), summer)
    apart = round(switch.timestamp() - time.time()) - 20
    host = make_host(apart, TZ="Europe/Berlin")
    world, engine, hook = host.world, host.engine, receiver.hook()
    hook.apart = apart
    beats = [world.heartbeat(period=2, grace=1) for _ in range(3)]
    for beat in beats:
        jobs(world, beat, 2.0)
    checks = [world.monitor(target) for _ in range(5)]
    channel = world.channel(hook)
    world.rule(beats + checks, [channel])
    for monitor in beats + checks:
        world.wait_status(monitor, "up")

    def last_round(monitor):
        return instant(world.api.get(f"/api/monitors/{monitor['id']}")["last_checked_at"])

    assert last_round(checks[0]) < switch, "the start took too long to see the switch"
    later = switch + datetime.timedelta(seconds=4)
    eventually(lambda: all(last_round(m) > later for m in checks), within=60, every=0.5, what="the new time")
    assert not world.api.all("/api/incidents") and not gaps(engine)
    for check in checks:
        rounds = sorted(instant(row["round_at"]) for row in ordered(world, check))
        steps = [(b - a).total_seconds() for a, b in zip(rounds, rounds[1:])]
        assert steps and 0 < min(steps) and max(steps) <= 3, f"rounds are {sorted(set(steps))} s apart"

    since = (switch - 2 * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")
    report = world.api.get(f"/api/monitors/{checks[0]['id']}/availability", bucket="hour", time_zone="Europe/Berlin",
                           **{"from": since})
    bounds = [instant(bucket["from"]) for bucket in report["buckets"]]
    assert bounds == [switch - 2 * HOUR, switch - HOUR, switch], report
    assert report["total"]["down_seconds"] == 0

    target.status = 500  # and what does fail is told
    for _ in checks:
        hook.expect("incident.opened", 5)
    target.status = 200
    for _ in checks:
        hook.expect("incident.resolved", 5)
    figures("summer time", f"{'begins' if summer else 'ends'}: 0 incidents, 0 gaps, a round each second")
