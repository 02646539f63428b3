"""An external Postgres on a loopback port, for `DATABASE_URL`."""
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from .environment import clean_environment
from .peers import Port
from .waiting import eventually


def command_of(conninfo, text):
    return ["psql", conninfo, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text]


def psql(conninfo, text, check=True):
    """The rows of every statement, columns apart by `|`."""
    done = subprocess.run(command_of(conninfo, text), capture_output=True, text=True, timeout=60, env=clean_environment(), cwd="/")
    assert not check or done.returncode == 0, done.stderr
    return [line.split("|") for line in done.stdout.splitlines()]


class Postgres:
    """A server of its own, listening on one port for its whole life, however often it dies. `settings` are lines of
    postgresql.conf; `home` is an empty directory for its files. fsync is off: processes die here, machines do not."""

    def __init__(self, settings=(), home=None, copy_of=None):
        self._bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        self._home = Path(home or tempfile.mkdtemp(prefix="gochron-pg-"))
        self._settings = settings
        self._process = None
        if os.getuid() == 0:
            shutil.chown(self._home, "postgres", "postgres")
        port = Port()
        port.close()
        self.port = port.number
        self.url = f"postgresql://gochron@127.0.0.1:{self.port}/gochron"
        self.conninfo = f"host=127.0.0.1 port={self.port} user=gochron dbname=gochron"
        if copy_of:
            self._run("pg_basebackup", "-d", copy_of.url, "-D", self._home / "data", "-R", "-X", "stream", "-c", "fast")
        else:
            self._run("initdb", "--no-sync", "-A", "trust", "-U", "gochron", "-E", "UTF8", "--locale=C.UTF-8",
                      "--wal-segsize=4", "-D", self._home / "data")
        self.start()
        if not copy_of:
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "gochron", "gochron")

    def start(self, within=20.0):
        """Returns when it answers. What a killed one left behind may stand in the way for a moment."""
        settings = [x for line in self._settings for x in ("-c", line)]

        def ready():
            if not self.running():
                self._process = subprocess.Popen(
                    [*self._as(), self._bin / "postgres", "-D", self._home / "data", "-p", str(self.port), "-k",
                     self._home, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", *settings],
                    stdout=subprocess.DEVNULL, stderr=open(self._home / "log", "ab"), cwd="/")
            return self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), check=False) == 0

        eventually(ready, within, what="Postgres to answer")
        return self

    def running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self):
        """As the out-of-memory killer would: the postmaster is gone at once, its children follow."""
        self._process.kill()
        self._process.wait(10)

    def stop(self):
        """A fast shutdown: every session is thrown out."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def log(self):
        return (self._home / "log").read_text(errors="replace")

    def promote(self):
        """Makes a standby the primary."""
        self._run("pg_ctl", "promote", "-D", self._home / "data", "-w")

    def sql(self, text):
        return psql(self.conninfo, text)

    @staticmethod
    def _as():
        """Postgres refuses to run as root."""
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.getuid() == 0 else []

    def _run(self, program, *arguments, check=True):
        done = subprocess.run([*self._as(), self._bin / program, *arguments], capture_output=True, text=True, cwd="/")
        assert not check or done.returncode == 0, done.stderr
        return done.returncode

    def close(self):
        if self.running():
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        shutil.rmtree(self._home, ignore_errors=True)
