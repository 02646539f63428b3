"""What every story starts from, for the conftest of each folder of stories. A fixture that outlives a test is shared
only where the story changes nothing of it."""
import os
import resource
import subprocess

import pytest

from . import engine as engines
from .database import Postgres
from .engine import Engine
from .peers import Target, TcpTarget, self_signed, tls_context
from .receiver import Receiver
from .world import World


def pytest_configure(config):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 16384)), hard))  # ports are kept: peers.Port
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
def shared_api(shared_engine):
    return shared_engine.api()


@pytest.fixture
def api(shared_api):
    return shared_api


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


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A CA, and a certificate of it for 127.0.0.1 and one for another name: (ca, good, other)."""
    folder = tmp_path_factory.mktemp("ca")

    def run(*command):
        subprocess.run(["openssl", *command], check=True, capture_output=True, cwd=folder)

    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=test CA", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "ca.key", "-out", "ca.pem")

    def issue(name, alternative):
        (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        return folder / f"{name}.pem", folder / f"{name}.key"

    good, other = issue("good", "IP:127.0.0.1"), issue("other", "DNS:elsewhere.example")
    (folder / "ca.pem").chmod(0o644)
    for parent in [folder, *list(folder.parents)[:2]]:
        parent.chmod(0o755)
    return folder / "ca.pem", good, other


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


@pytest.fixture
def world(api):
    """Over the shared engine."""
    return World(api)


@pytest.fixture
def own_world(engine):
    """Over an engine of the test's own."""
    return World(engine.api())
