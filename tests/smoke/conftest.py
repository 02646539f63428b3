"""What every story starts from. A fixture that outlives a test is shared only where the story changes nothing of it."""
import os
import uuid
from urllib.parse import urlsplit

import pytest

from harness import engine as engines
from harness.engine import Engine
from harness.database import Postgres
from harness.peers import Target, TcpTarget, self_signed, tls_context
from harness.receiver import Receiver
from harness.waiting import eventually


def pytest_configure(config):
    if not os.access(engines.BINARY, os.X_OK):
        raise pytest.UsageError(f"no binary at {engines.BINARY}: build the release preset or set GOCHRON_BIN")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for engine in engines.alive:
            report.sections.append((f"log of the engine at {engine.url}", engine.tail()))


@pytest.fixture(scope="session")
def shared_engine():
    """One engine for the stories that neither kill nor reconfigure it. They share an organisation: look only at what
    you made."""
    engine = Engine().start()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def _shared_api(shared_engine):
    return shared_engine.api()


@pytest.fixture
def api(_shared_api):
    return _shared_api


@pytest.fixture
def engine():
    """An engine of the test's own."""
    engine = Engine().start()
    yield engine
    engine.close()


@pytest.fixture
def make_engine():
    """`make_engine("--hosted")`: not started."""
    made = []

    def make(*args, **how):
        made.append(Engine(*args, **how))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def postgres():
    """A Postgres that is not the engine's."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def target():
    peer = Target()
    yield peer
    peer.close()


@pytest.fixture
def tcp_target():
    peer = TcpTarget()
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """For 127.0.0.1 and localhost, trusted by nobody."""
    return self_signed(tmp_path_factory.mktemp("tls"), ["IP:127.0.0.1", "DNS:localhost"])


@pytest.fixture
def tls_target(certificate):
    peer = Target(tls_context(*certificate))
    yield peer
    peer.close()


@pytest.fixture
def receiver():
    peer = Receiver()
    yield peer
    peer.close()
    unexpected = peer.unexpected()
    assert not unexpected, "the receiver got what nobody expected:\n" + "\n".join(unexpected)


class World:
    """Shorthand for what most stories set up."""

    def __init__(self, api):
        self.api = api
        self.mark = uuid.uuid4().hex[:8]
        self._count = 0

    def name(self, noun):
        self._count += 1
        return f"{noun} {self.mark}-{self._count}"

    def monitor(self, target, **more):
        """Checked each second; a check may take 800 ms."""
        http = {"url": target.url + "/", **more.pop("http", {})}
        body = {"name": self.name("monitor"), "type": "http", "interval_seconds": 1, "timeout_ms": 800, "http": http}
        return self.api.create("/api/monitors", {**body, **more})

    def heartbeat(self, period=2, grace=1, **more):
        own = {"period_seconds": period, "grace_seconds": grace, **more.pop("heartbeat", {})}
        body = {"name": self.name("job"), "type": "heartbeat", "heartbeat": own}
        return self.api.create("/api/monitors", {**body, **more})

    def channel(self, hook, **more):
        """A webhook channel to `hook`, which learns the secret. Returns the channel."""
        webhook = {"url": hook.url, **more.pop("webhook", {})}
        body = {"name": self.name("channel"), "type": "webhook", "webhook": webhook}
        channel = self.api.create("/api/channels", {**body, **more})
        hook.secret = channel["secret"]["value"]
        return channel

    def rule(self, monitors, channels, **more):
        body = {"name": self.name("rule"), "monitor_ids": [m["id"] for m in monitors],
                "channel_ids": [c["id"] for c in channels]}
        return self.api.create("/api/alert-rules", {**body, **more})

    def ping(self, job, suffix="", method="POST", body=None, expect=200):
        """A signal to a heartbeat, as the job itself would send it: no token."""
        path = urlsplit(job["ping_url"]).path + suffix
        answer = self.api.send(method, path, body, token=None)
        assert answer.status == expect, f"{method} {path}: {answer!r}"
        return answer

    def status(self, monitor):
        return self.api.get(f"/api/monitors/{monitor['id']}")["status"]

    def wait_status(self, monitor, status, within=10.0):
        path = f"/api/monitors/{monitor['id']}"

        def reached():
            seen = self.api.get(path)
            assert seen["status"] == status, f"status {seen['status']} ({seen['status_reason']}), not {status}"
            return seen

        return eventually(reached, within)

    def incidents(self, monitor):
        return self.api.all("/api/incidents", monitor_id=monitor["id"])

    def deliveries(self, channel):
        return self.api.all(f"/api/channels/{channel['id']}/deliveries")


@pytest.fixture
def world(api):
    """Over the shared engine."""
    return World(api)


@pytest.fixture
def own_world(engine):
    """Over an engine of the test's own."""
    return World(engine.api())
