"""An engine with everything going on at once, for long: checks, outages, pings, webhooks, edits, rude clients. Its memory
and its descriptors are the same in the end as after the first minutes.

GOCHRON_SOAK_MINUTES says how long; without it the test is left out, since a short run shows nothing."""
import os
import random
import statistics
import threading
import time
from urllib.parse import urlsplit

import pytest

from harness.peers import Target
from harness.receiver import Receiver
from harness.waiting import eventually
from malformed.requests import Things, spoiled
from test_malformed import exchange

MINUTES = float(os.environ.get("GOCHRON_SOAK_MINUTES", "0"))
GROWTH = 2.0  # MiB over the whole run: what an allocator needs to settle, and a day of changes


class Load:
    """Threads that go on until `stop`; the first failure of one is kept."""

    def __init__(self):
        self.stopped, self.failure, self.threads, self.rounds = threading.Event(), None, [], 0

    def every(self, seconds, act):
        def run():
            while not self.stopped.wait(seconds):
                try:
                    act()
                    self.rounds += 1
                except Exception as e:  # the test reports it
                    self.failure = self.failure or e
                    self.stopped.set()
        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def stop(self):
        self.stopped.set()
        for t in self.threads:
            t.join()


class Sampler:
    """What a process allocated (its resident memory without the pages of files), in MiB, and its open descriptors, over
    time."""

    def __init__(self, pid):
        self.pid, self.rows = pid, []

    def take(self):
        with open(f"/proc/{self.pid}/status") as f:
            rss = next(int(line.split()[1]) for line in f if line.startswith("RssAnon")) / 1024
        self.rows.append((time.monotonic(), rss, len(os.listdir(f"/proc/{self.pid}/fd"))))

    def line(self, column):
        """Least squares: value at the first sample, growth an hour, and the growth's standard error."""
        hours = [(row[0] - self.rows[0][0]) / 3600 for row in self.rows]
        values = [row[column] for row in self.rows]
        slope, start = statistics.linear_regression(hours, values)
        mean = statistics.fmean(hours)
        rest = sum((v - start - slope * h) ** 2 for h, v in zip(hours, values)) / (len(values) - 2)
        return start, slope, (rest / sum((h - mean) ** 2 for h in hours)) ** 0.5


class Town:
    """What is watched, who is told, who asks."""

    def __init__(self, world, seed):
        self.world, self.api, self.dice = world, world.api, random.Random(f"{seed} soak")
        self.targets, self.receiver = [Target() for _ in range(8)], Receiver()
        self.monitors = [world.monitor(self.targets[i % 8]) for i in range(40)]
        self.jobs = [world.heartbeat(period=5, grace=2) for _ in range(20)]
        self.hooks = [self.receiver.hook() for _ in range(2)]
        channels = [world.channel(hook) for hook in self.hooks]
        world.rule(self.monitors + self.jobs, channels)
        ids = {"monitors": [m["id"] for m in self.monitors], "channels": [c["id"] for c in channels], "tokens": [],
               "alert-rules": []}
        self.things = Things(self.api, ids, "x", self.api.get("/api/monitors", limit=1)["next_cursor"])
        self.things.operations = [x for x in self.things.operations if x[0] == "GET"]  # rude, and harmless

    def outage(self):
        target = self.dice.choice(self.targets[:4])
        target.status = 503 if target.status == 200 else 200
        self.hooks[1].answer(500, 500)

    def ask(self):
        one = self.dice.choice(self.monitors)["id"]
        self.api.get(f"/api/monitors/{one}")
        self.api.get("/api/monitors", limit=20, status="up")
        self.api.get(f"/api/monitors/{one}/results", limit=50)
        self.api.send("GET", "/metrics")

    def edit(self):
        made = self.world.monitor(self.targets[5])
        self.api.patch(f"/api/monitors/{made['id']}", {"description": "x" * self.dice.randrange(1, 500)})
        self.api.delete(f"/api/monitors/{made['id']}")

    def report(self):
        for job in self.jobs:
            self.world.ping(job, body=b"done")

    def be_rude(self):
        at = urlsplit(self.api.engine.url)
        for _ in range(5):
            exchange((at.hostname, at.port), spoiled(self.things, self.dice).bytes())

    def close(self):
        for target in self.targets:
            target.close()
        self.receiver.close()


def live(town, sampler, seconds):
    load = Load()
    for pause, act in ((7, town.outage), (0.2, town.ask), (0.5, town.edit), (2, town.report), (0.3, town.be_rude)):
        load.every(pause, act)
    ends, warm = time.monotonic() + seconds, time.monotonic() + max(60, seconds / 5)
    while time.monotonic() < ends and not load.stopped.is_set():
        time.sleep(1)
        if time.monotonic() > warm:
            sampler.take()
    load.stop()
    if load.failure:
        raise load.failure
    return load.rounds


@pytest.mark.skipif(MINUTES < 5, reason="set GOCHRON_SOAK_MINUTES to 5 or more")
def test_memory_and_descriptors_stay_flat(own_world, engine, seed, figures):
    town = Town(own_world, seed)
    try:
        sampler = Sampler(engine.process.pid)
        rounds = live(town, sampler, 60 * MINUTES)
        town.receiver.faults and pytest.fail("\n".join(town.receiver.faults))
        told = sum(len(hook.attempts) for hook in town.hooks)
        rss, growth, error = sampler.line(1)
        allowed = GROWTH * 60 / MINUTES
        files = [row[2] for row in sampler.rows]
        quiet = statistics.median(files[:len(files) // 4])
        figures("memory", f"{rss:.1f} MiB after the warm-up, then {growth:+.2f} ± {2 * error:.2f} MiB an hour over "
                          f"{len(sampler.rows)} samples in {MINUTES:g} minutes; allowed {allowed:.2f} an hour")
        figures("descriptors", f"{min(files)} to {max(files)}, median of the first quarter {quiet}")
        figures("meanwhile", f"{rounds} rounds of load, {told} webhook attempts")
        # More at once is no leak on a busy machine; more when all have gone would be one.
        eventually(lambda: len(os.listdir(f"/proc/{engine.process.pid}/fd")) <= quiet + 3, 60, what="descriptors back")
        assert told > 0
        assert growth < allowed, "its memory grows"
        # And it is well.
        for target in town.targets:
            target.status = 200
        town.report()
        for monitor in town.monitors[:3]:
            own_world.wait_status(monitor, "up")
        assert engine.stop(30) == 0
    finally:
        town.close()
