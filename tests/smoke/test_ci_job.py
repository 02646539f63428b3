"""The job of docs/ci.md, run as printed against a toy service: a good version, a bad one, and a job that is killed."""
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from harness.environment import clean_environment
from harness.peers import Port
from harness.waiting import eventually

ROOT = Path(__file__).parents[2]

# Says its version; one whose name ends in `bad` turns sour after a second.
SERVICE = '''
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
version, port, begun = sys.argv[1], int(sys.argv[2]), time.monotonic()
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        sour = version.endswith("bad") and time.monotonic() - begun > 1
        self.send_response(500 if sour else 200)
        self.end_headers()
        self.wfile.write(version.encode())
    def log_message(self, *_):
        pass
for _ in range(200):  # the version before may still hold the port
    try:
        ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    except OSError:
        time.sleep(0.05)
'''
DEPLOY = '''#!/bin/sh
set -eu
[ ! -f pid ] || kill "$(cat pid)" 2> /dev/null || true
{python} service.py "$1" {port} > /dev/null 2>&1 &
echo $! > pid
'''


def the_job():
    page = (ROOT / "docs/ci.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.split("## The job")[1].split("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1 and blocks[0].startswith("#!/bin/sh")
    return blocks[0]


class Site:
    """A folder with the job, a service that runs as version `1-good`, and the means to change it."""

    def __init__(self, folder, api):
        self.folder, self.api = folder, api
        self.port = Port()
        self.port.close()
        self.url = f"http://127.0.0.1:{self.port.number}/"
        self._write("service.py", SERVICE)
        self._write("deploy", DEPLOY.format(python=sys.executable, port=self.port.number))
        self._write("rollback", "#!/bin/sh\nexec ./deploy 1-good\n")
        self._write("deploy-gate.sh", the_job())
        subprocess.run(["./deploy", "1-good"], cwd=folder, check=True, timeout=10)
        eventually(lambda: self.version() == "1-good", 10)

    def _write(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def version(self):
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def start(self, version, **more):
        env = clean_environment({"GOCHRON": self.api.engine.url, "GOCHRON_TOKEN": self.api.token, "VERSION": version,
                                 "SERVICE_URL": self.url, "STABLE": "3", "TIMEOUT": "8", **more})
        return subprocess.Popen(["sh", "deploy-gate.sh"], cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    @staticmethod
    def kill(job):
        """The runner lost its power: everything of it is gone at once."""
        os.killpg(job.pid, signal.SIGKILL)
        job.communicate(timeout=10)

    def monitors(self):
        return self.api.all("/api/monitors", tags="ci")

    def close(self):
        try:
            pid = int((self.folder / "pid").read_text())
            subprocess.run(["kill", str(pid)], check=False, capture_output=True)
        except OSError:
            pass


@pytest.fixture
def site(engine, tmp_path):
    if not shutil.which("jq"):
        pytest.fail("the job needs jq")
    site = Site(tmp_path, engine.api("monitors:read,monitors:write"))
    yield site
    site.close()


def test_a_good_version_stays(site):
    job = site.start("2-good")
    out, err = job.communicate(timeout=60)
    assert job.returncode == 0, out + err
    assert "version 2-good is stable" in out and "rolling back" not in out
    assert site.version() == "2-good"
    assert site.monitors() == [], "and its monitor is gone"


def test_a_bad_version_is_rolled_back(site):
    job = site.start("2-bad")
    out, err = job.communicate(timeout=60)
    assert job.returncode == 1, out + err
    assert "did not become stable" in err and "rolling back" in out
    eventually(lambda: site.version() == "1-good", 5)
    assert site.monitors() == []


def test_a_job_that_is_cancelled_rolls_back_and_cleans_up_at_once(site):
    job = site.start("3-good", STABLE="300", TIMEOUT="300")
    eventually(lambda: site.version() == "3-good" and len(site.monitors()) == 1, 15)
    job.send_signal(signal.SIGTERM)
    out, err = job.communicate(timeout=20)
    assert job.returncode == 143, out + err
    eventually(lambda: site.version() == "1-good", 5)
    assert site.monitors() == []


def test_what_a_killed_job_leaves_ends_by_itself(site):
    job = site.start("4-good", STABLE="300", TIMEOUT="300", TTL="6")
    (monitor,) = eventually(site.monitors, 15)
    assert monitor["expires_at"] and monitor["key"] == "deploy-4-good"
    site.kill(job)
    assert len(site.monitors()) == 1, "nobody cleaned up"
    eventually(lambda: site.monitors() == [], 8)


def test_a_second_run_for_the_same_version_takes_the_monitor_over(site):
    first = site.start("5-good", STABLE="300", TIMEOUT="300")
    (monitor,) = eventually(site.monitors, 15)
    site.kill(first)
    second = site.start("5-good")
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, out + err
    assert f"watching as {monitor['id']}" in out
    assert site.monitors() == []
