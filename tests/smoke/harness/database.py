"""An external Postgres on a loopback port, for `DATABASE_URL`."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .environment import clean_environment
from .peers import Port
from .waiting import eventually


def psql(conninfo, text, check=True):
    """Rows of the last statement, columns apart by `|`."""
    command = ["psql", conninfo, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=clean_environment(), cwd="/")
    assert not check or done.returncode == 0, done.stderr
    return [line.split("|") for line in done.stdout.splitlines()]


class Postgres:
    def __init__(self):
        self._bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        self._home = Path(tempfile.mkdtemp(prefix="gochron-pg-"))
        if os.getuid() == 0:
            shutil.chown(self._home, "postgres", "postgres")
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "gochron", "-E", "UTF8", "--locale=C.UTF-8", "-D",
                  self._home / "data")
        port = Port()
        port.close()
        self._process = subprocess.Popen(
            [*self._as(), self._bin / "postgres", "-D", self._home / "data", "-p", str(port.number), "-k", self._home,
             "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        eventually(lambda: self._run("pg_isready", "-h", "127.0.0.1", "-p", str(port.number), check=False) == 0)
        self._run("createdb", "-h", "127.0.0.1", "-p", str(port.number), "-U", "gochron", "gochron")
        self.url = f"postgresql://gochron@127.0.0.1:{port.number}/gochron"

    @staticmethod
    def _as():
        """Postgres refuses to run as root."""
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.getuid() == 0 else []

    def _run(self, program, *arguments, check=True):
        done = subprocess.run([*self._as(), self._bin / program, *arguments], capture_output=True, text=True, cwd="/")
        assert not check or done.returncode == 0, done.stderr
        return done.returncode

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        shutil.rmtree(self._home, ignore_errors=True)
