"""A town that the engine watches, all of it outside the engine: services that fail and recover, jobs that ping, people who
acknowledge and resolve, clients that write, receivers that keep what they are told."""
import http.client
import random
import threading
import time
from datetime import datetime, timezone
from urllib.parse import urlsplit

from clients import Client
from harness.peers import HttpPeer
from harness.receiver import Receiver
from harness.waiting import eventually
from harness.world import World


class Services(HttpPeer):
    """Many services on one port, each at a path of its own."""

    def __init__(self):
        self.failing, self.hits = set(), {}  # path -> times of its requests
        super().__init__()

    def handle(self, request):
        path = request.path
        self.hits.setdefault(path, []).append(time.time())
        body = b"fine\n"
        request.send_response(503 if path in self.failing else 200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(body)


class Town:
    """`stories` monitors fail only when the end of the last failure was told, so each failure is told exactly once;
    `storms` fail and recover as the dice say; `calm` never fail; `jobs` are heartbeats."""

    def __init__(self, api, dice, stories=12, storms=12, calm=2, jobs=6, clients=4, moods=True):
        self.api, self.dice = api, dice
        self.world = World(api)
        self.services, self.receiver = Services(), Receiver()
        self._threads, self._stopping = [], threading.Event()
        self.acknowledged, self.faults = set(), []  # incidents whose acknowledgement was accepted
        self.told = {}  # monitor -> [(type, incident)] as first told to the main hook
        self._seen, self._read = set(), 0
        self.failures = {}  # story monitor -> finished failures
        self._phase = {}    # story monitor -> (what it waits for, since when)
        self._make_channels(moods)
        self.stories = [self._monitor("story", i) for i in range(stories)]
        self.storms = [self._monitor("storm", i) for i in range(storms)]
        self.calm = [self._monitor("calm", i) for i in range(calm)]
        self.jobs = [self.world.heartbeat(period=1, grace=1) for _ in range(jobs)]
        watched = self.stories + self.storms + self.calm + self.jobs
        self.rule = self.world.rule(watched, [c for c, _ in self.channels])
        self._make_clients(clients)

    # -- what there is ----------------------------------------------------------------------------------------------

    def _monitor(self, kind, i):
        path = f"/{kind}/{i}"
        monitor = self.api.create("/api/monitors", {
            "name": f"{kind} {i}", "type": "http", "interval_seconds": 1, "timeout_ms": 800,
            "http": {"url": self.services.url + path}})
        monitor["path"] = path
        return monitor

    def _make_channels(self, moods):
        """One that always takes, one that refuses a tenth of the events once, one that is slow."""
        self.main, self.moody, self.slow = (self.receiver.hook(x) for x in ("main", "moody", "slow"))
        self.slow.delay = 0.1
        refusals = random.Random(self.dice.random())
        seen = set()

        def mood(attempt):
            first = attempt.id not in seen
            seen.add(attempt.id)
            return (500 if first and moods and refusals.random() < 0.1 else 200), {}

        self.moody.decide = mood
        self.channels = [(self.world.channel(hook), hook) for hook in (self.main, self.moody, self.slow)]

    def _make_clients(self, count):
        idle = self.world.heartbeat(period=86400)
        silent = self.world.channel(self.receiver.hook("silent"), enabled=False)
        bodies = {
            "/api/monitors": {"type": "http", "interval_seconds": 3600, "http": {"url": self.services.url + "/idle"}},
            "/api/alert-rules": {"monitor_ids": [idle["id"]], "channel_ids": [silent["id"]]},
            "/api/channels": {"type": "webhook", "webhook": {"url": self.services.url + "/nobody"}},
            "/api/tokens": {"scopes": ["monitors:read"]},
        }
        self.clients = [Client(self.api, random.Random(self.dice.random()), f"client {i}", bodies)
                        for i in range(count)]

    # -- what happens -----------------------------------------------------------------------------------------------

    def wake(self):
        """Everything is up, then the load begins."""
        for monitor in self.stories + self.storms + self.calm:
            self.world.wait_status(monitor, "up")
        now = time.time()
        for monitor in self.stories:
            self.failures[monitor["id"]] = 0
            self._phase[monitor["id"]] = ("rest", now + 2 * self.dice.random())
        for work in (self._tell_stories, self._rage, self._ping, self._respond):
            thread = threading.Thread(target=self._guarded, args=(work, random.Random(self.dice.random())), daemon=True)
            thread.start()
            self._threads.append(thread)
        for client in self.clients:
            client.start()

    def _guarded(self, work, dice):
        while not self._stopping.wait(0.02):
            try:
                work(dice)
            except (OSError, http.client.HTTPException):
                pass  # the engine is dead at the moment
            except Exception as e:  # a broken book proves nothing
                self.faults.append(f"{work.__name__}: {e!r}")
                raise

    def _listen(self):
        """What the main hook was told since the last time."""
        attempts = self.main.attempts
        while self._read < len(attempts):
            attempt = attempts[self._read]
            self._read += 1
            if attempt.id not in self._seen:
                self._seen.add(attempt.id)
                data = attempt.event["data"]
                self.told.setdefault(data["monitor"]["id"], []).append((attempt.event["type"], data["incident"]["id"]))

    def _tell_stories(self, dice):
        self._listen()
        for monitor in self.stories:
            self._next_page(monitor, dice, time.time())

    def _next_page(self, monitor, dice, now):
        identity, path = monitor["id"], monitor["path"]
        phase, since = self._phase[identity]
        told = [x for x, _ in self.told.get(identity, [])]
        opened, resolved = told.count("incident.opened"), told.count("incident.resolved")
        if phase == "rest" and now >= since and not self._stopping.is_set():
            self.services.failing.add(path)
            self._phase[identity] = ("failing", now)
        elif phase == "failing" and opened > self.failures[identity]:
            self._phase[identity] = ("told", now + dice.random())
        elif phase == "told" and now >= since:
            self.services.failing.discard(path)
            self._phase[identity] = ("recovering", now)
        elif phase == "recovering" and resolved > self.failures[identity]:
            self.failures[identity] += 1
            self._phase[identity] = ("rest", now + 1.5 * dice.random())

    def _rage(self, dice):
        path = dice.choice(self.storms)["path"]
        self.services.failing ^= {path}
        self._stopping.wait(0.15 * dice.random())

    def _ping(self, dice):
        where = urlsplit(self.api.engine.url)
        job = dice.choice(self.jobs)
        suffix = dice.choice(["", "", "", "", "/start", "/1", "/fail", "/log"])
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=15)
        try:
            connection.request("POST", urlsplit(job["ping_url"]).path + suffix)
            status = connection.getresponse().status
        finally:
            connection.close()
        if status not in (200, 503):
            self.faults.append(f"a ping was answered {status}")
        self._stopping.wait(0.1 * dice.random())

    def _respond(self, dice):
        """Somebody acknowledges what is open, and now and then resolves what the storms opened."""
        answer = self.api.send("GET", "/api/incidents?state=triggered&limit=50", timeout=15)
        if answer.status != 200:
            return
        rows = answer.document()["data"]
        if not rows:
            return
        incident = dice.choice(rows)
        verb = "resolve" if incident["title"].startswith("storm") and dice.random() < 0.2 else "acknowledge"
        answer = self.api.send("POST", f"/api/incidents/{incident['id']}/{verb}", {}, timeout=15)
        if answer.status == 200 and verb == "acknowledge":
            self.acknowledged.add(incident["id"])
        elif answer.status not in (200, 409, 503):
            self.faults.append(f"{verb}: {answer!r}")
        self._stopping.wait(0.1 * dice.random())

    def parts_since(self, monitor, since):
        """How the time of a monitor from then to now is made up."""
        stamp = datetime.fromtimestamp(since, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self.api.get(f"/api/monitors/{monitor['id']}/availability", **{"from": stamp})["total"]

    # -- its end ----------------------------------------------------------------------------------------------------

    def calm_down(self, within=60.0):
        """The load stops, everything recovers and everything owed is delivered."""
        for client in self.clients:
            client.stop()
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "a thread of the town hangs"
        self._threads = []
        self._finish_stories(within)
        self.services.failing.clear()
        for job in self.jobs:  # their next deadline is beyond the test
            self.api.patch(f"/api/monitors/{job['id']}", {"heartbeat": {"period_seconds": 3600}})
            self.world.ping(job)
        watched = self.stories + self.storms + self.calm + self.jobs
        eventually(lambda: all(self.world.status(m) == "up" for m in watched), within, every=0.5, what="all up")
        eventually(lambda: all(not self.api.get("/api/deliveries", state="pending", limit=1)["data"]
                               and not self._open_incidents() for _ in range(2)), within, every=0.5,
                   what="every incident to be resolved and every delivery to be made")

    def _finish_stories(self, within):
        """Failures that were begun are told to their end."""
        def told():
            self._listen()
            for monitor in self.stories:
                self._next_page(monitor, self.dice, time.time() + 5)
            return all(phase == "rest" for phase, _ in self._phase.values())

        eventually(told, within, what="every failure to be told, and its end")

    def _open_incidents(self):
        return [x for s in ("triggered", "acknowledged")
                for x in self.api.get("/api/incidents", state=s, limit=200)["data"]]

    def close(self):
        self._stopping.set()
        for client in self.clients:
            client.leave()
        self.services.close()
        self.receiver.close()
