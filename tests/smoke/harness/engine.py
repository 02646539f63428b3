"""One gochron process and its data directory."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .api import Api
from .database import psql
from .environment import clean_environment
from .template import copy_template
from .waiting import eventually

BINARY = os.environ.get("GOCHRON_BIN") or str(Path(__file__).parents[3] / "build/release/bin/gochron")
LISTENING = re.compile(r"^listening on (http://\S+)$", re.MULTILINE)

# Stories ask more often than people do, and all from one address. A limit far away still shows in every answer.
GENEROUS = {f"GOCHRON_{name}": "100000" for name in (
    "RATE_LIMIT", "ANONYMOUS_RATE_LIMIT", "PING_RATE_LIMIT", "PING_TOKEN_RATE_LIMIT")}

alive = []  # every engine of the running test, for the logs of a failure


def postmaster(data):
    """The lines of a data directory's postmaster.pid, or nothing."""
    for path in Path(data).glob("**/postmaster.pid"):
        try:
            return path.read_text().splitlines()
        except OSError:
            pass
    return None


def postgres_pid(data):
    """The embedded postmaster's pid while it runs; a pid file that a dead one left does not count."""
    lines = postmaster(data)
    try:
        return int(lines[0]) if lines and b"postgres" in Path(f"/proc/{int(lines[0])}/cmdline").read_bytes() else None
    except OSError:
        return None


def stop_postgres(data):
    """Ends an embedded Postgres that was left alone. Never raises."""
    for _ in range(100):
        pid = postgres_pid(data)
        if pid is None:
            return
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            return
        time.sleep(0.05)


class Engine:
    """`fresh`: its first start makes the cluster itself; otherwise it finds one that was migrated and never served."""

    def __init__(self, *args, env=None, binary=None, fresh=False):
        self.args, self.binary = list(args), str(binary or BINARY)
        self.env = clean_environment({**GENEROUS, **(env or {})})
        # Not pytest's tmp_path: it is closed to the unprivileged user that runs Postgres when we are root.
        self.home = Path(tempfile.mkdtemp(prefix="gochron-"))
        self.home.chmod(0o755)
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.process = None
        self.listen = "127.0.0.1:0"  # to come back at the same place, set what `url` says
        self.url = None
        self.starts = 0
        self._fresh = fresh or "DATABASE_URL" in self.env
        alive.append(self)

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self, within=20.0):
        """Returns when the process says where it listens."""
        self.launch()

        def listening():
            code = self.process.poll()
            assert code is None, f"gochron serve ended with {code}:\n{self.tail()}"
            return LISTENING.search(self._out.read_text())

        self.url = eventually(listening, within, every=0.01, what="the line `listening on ...`").group(1)
        return self

    def launch(self):
        """Only makes the process."""
        assert self.process is None, "it runs already"
        self._prepare()
        self.starts += 1
        self._out = self.home / f"stdout.{self.starts}"
        with open(self._out, "wb") as out, open(self.log, "ab") as err:
            err.write(f"--- start {self.starts}\n".encode())
            err.flush()
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", self.listen, "--data-dir", str(self.data), *self.args],
                stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=self.env, cwd=self.home)

    def _prepare(self):
        if not self._fresh:
            copy_template(self.binary, self.data)
            self._fresh = True

    def kill(self):
        """As the power cut would: no handler runs."""
        self.process.kill()
        self.process.wait(10)
        self.process = None

    def stop(self, within=20.0):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(within)
        self.process = None
        return code

    def restart(self):
        if self.process:
            self.kill()
        return self.start()

    def close(self):
        """Ends the process and, should it have been left alone, its Postgres. Never raises."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None
        stop_postgres(self.data)
        alive.remove(self)
        shutil.rmtree(self.home, ignore_errors=True)

    def tail(self, size=6000):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return text[-size:]

    # -- the command line -----------------------------------------------------------------------------------------

    def run(self, *command, check=True, timeout=30):
        """`gochron <command> --data-dir ...`; returns the finished process."""
        self._prepare()
        done = subprocess.run([self.binary, *command, "--data-dir", str(self.data)], env=self.env, cwd=self.home,
                              capture_output=True, text=True, timeout=timeout)
        if check:
            assert done.returncode == 0, f"gochron {' '.join(command)}: {done.returncode}\n{done.stderr}"
        return done

    def token(self, scopes="admin", name="smoke"):
        secret = self.run("token", "create", "--name", name, "--scopes", scopes).stdout
        assert re.fullmatch(r"gct_[0-9A-Za-z]+\n", secret), "only the secret goes to standard output"
        return secret.strip()

    def api(self, scopes="admin"):
        return Api(self, self.token(scopes))

    # -- its database ---------------------------------------------------------------------------------------------

    def postgres_pid(self):
        return postgres_pid(self.data)

    def sql(self, text):
        """Rows of one statement, run behind the engine's back; columns apart by `|`."""
        lines = postmaster(self.data)
        assert lines, "the embedded Postgres does not run"
        return psql(f"host={lines[4]} port={lines[3]} user=gochron dbname=gochron", text)
