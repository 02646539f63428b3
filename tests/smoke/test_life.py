"""Starting, stopping, and the command line."""
import socket
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.api import Api
from harness.engine import BINARY, clean_environment
from harness.waiting import eventually


def test_sigterm_finishes_what_was_begun_and_ends_with_zero(own_world, engine, target):
    world = own_world
    monitor = world.monitor(target, interval_seconds=3600, timeout_ms=10000)
    target.delay = 1.5
    answers = []
    asker = threading.Thread(target=lambda: answers.append(
        world.api.send("POST", f"/api/monitors/{monitor['id']}/run")))
    asker.start()
    eventually(lambda: target.seen, what="the check to be on its way")
    where = urlsplit(engine.url)
    engine.process.terminate()
    asker.join(15)
    assert answers and answers[0].status == 200, answers
    assert engine.process.wait(15) == 0
    engine.process = None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port), timeout=2)
    assert engine.postgres_pid() is None, "its Postgres stopped with it"
    engine.start()
    assert world.api.get(f"/api/monitors/{monitor['id']}")["status"] == "up", "the last result was kept"


def test_an_idle_connection_does_not_hold_up_the_end(engine):
    where = urlsplit(engine.url)
    with socket.create_connection((where.hostname, where.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(4096).startswith(b"HTTP/1.1 200")
        assert engine.stop(within=10) == 0


def test_two_engines_never_share_a_data_directory(engine):
    second = subprocess.run([BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(engine.data)],
                            capture_output=True, text=True, timeout=30, env=clean_environment())
    assert second.returncode not in (0, -6, -11), "a clear refusal, not a crash"
    assert str(engine.data) in second.stderr
    assert engine.api().send("GET", "/readyz", token=None).status == 200, "and the first does not notice"


def test_a_taken_port_is_named(make_engine, engine):
    where = urlsplit(engine.url)
    other = make_engine()
    failed = subprocess.run([BINARY, "serve", "--listen", f"{where.hostname}:{where.port}", "--data-dir",
                             str(other.data)], capture_output=True, text=True, timeout=30, env=other.env)
    assert failed.returncode not in (0, -6, -11)
    assert str(where.port) in failed.stderr
    assert other.postgres_pid() is None, "nothing is left running"


@pytest.mark.parametrize("case, word", [("a file", "directory"), ("other version", "9.6"),
                                        ("too long", "107"), ("not writable", "/proc/gochron")])
def test_a_data_directory_that_cannot_serve_is_refused_with_the_reason(make_engine, case, word):
    engine = make_engine(fresh=True)
    if case == "a file":
        engine.data.write_text("mine")
    elif case == "other version":
        assert engine.run("migrate").returncode == 0
        version = next(engine.data.glob("**/data/PG_VERSION"))
        version.write_text("9.6\n")
    elif case == "too long":
        engine.data = engine.home / ("d" * 110)
    else:
        engine.data = Path("/proc/gochron")  # not even root can make it
    failed = engine.run("serve", "--listen", "127.0.0.1:0", check=False)
    assert failed.returncode not in (0, -6, -11)
    assert word in failed.stderr, failed.stderr
    if case == "a file":
        assert engine.data.read_text() == "mine"


def test_the_command_line_explains_itself():
    def run(*command):
        return subprocess.run([BINARY, *command], capture_output=True, text=True, timeout=20, env=clean_environment())

    assert "serve" in run("--help").stdout
    assert run("version").stdout.strip()
    assert run("serve", "--help").returncode == 0
    for wrong in ((), ("serve", "--listne", "x"), ("token", "create"), ("dance",)):
        done = run(*wrong)
        assert done.returncode not in (0, -6, -11), wrong
        assert done.stderr or done.stdout
    for listen in ("nonsense", "127.0.0.1:99999", "127.0.0.1:-1", ""):
        done = run("serve", "--listen", listen, "--data-dir", "/nonexistent/gochron")
        assert done.returncode not in (0, -6, -11), listen


def test_migrating_twice_changes_nothing(engine):
    assert engine.run("migrate", "--dry-run").returncode == 0
    assert engine.run("migrate").returncode == 0


def test_a_token_can_be_made_before_the_first_start(make_engine):
    engine = make_engine(fresh=True)
    secret = engine.token()
    engine.start()
    assert Api(engine, secret).get("/api/monitors")["data"] == []


def test_an_external_database_is_used_and_left_running(postgres, make_engine):
    engine = make_engine(env={"DATABASE_URL": postgres.url}).start()
    made = engine.api().create("/api/monitors", {"name": "job", "type": "heartbeat", "heartbeat": {}})
    assert engine.postgres_pid() is None, "none of its own"
    assert engine.stop() == 0
    again = make_engine(env={"DATABASE_URL": postgres.url}).start()  # another data directory, the same truth
    assert [m["id"] for m in again.api().get("/api/monitors")["data"]] == [made["id"]]


def test_a_database_that_is_away_is_a_clear_error(make_engine):
    engine = make_engine(env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    failed = engine.run("serve", "--listen", "127.0.0.1:0", check=False, timeout=60)
    assert failed.returncode not in (0, -6, -11)
    assert "127.0.0.1" in failed.stderr
