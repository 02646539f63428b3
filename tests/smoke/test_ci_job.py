"""The job of docs/ci.md, run as printed against a toy service: a good version, a bad one, and a job that is killed."""
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from harness.environment import clean_environment
from harness.toy_site import Site
from harness.waiting import eventually

ROOT = Path(__file__).parents[2]


def the_job():
    page = (ROOT / "docs/ci.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.split("## The job")[1].split("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1 and blocks[0].startswith("#!/bin/sh")
    return blocks[0]


def start(site, version, **more):
    env = clean_environment({"GOCHRON": site.api.engine.url, "GOCHRON_TOKEN": site.api.token, "VERSION": version,
                             "SERVICE_URL": site.url, "STABLE": "3", "TIMEOUT": "8", **more})
    return subprocess.Popen(["sh", "deploy-gate.sh"], cwd=site.folder, env=env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def kill(job):
    """The runner lost its power: everything of it is gone at once."""
    os.killpg(job.pid, signal.SIGKILL)
    job.communicate(timeout=10)


@pytest.fixture
def site(engine, tmp_path):
    if not shutil.which("jq"):
        pytest.fail("the job needs jq")
    site = Site(tmp_path, engine.api("monitors:read,monitors:write"))
    site.write("deploy-gate.sh", the_job())
    yield site
    site.close()


def test_a_good_version_stays(site):
    job = start(site, "2-good")
    out, err = job.communicate(timeout=60)
    assert job.returncode == 0, out + err
    assert "version 2-good is stable" in out and "rolling back" not in out
    assert site.version() == "2-good"
    assert site.monitors() == [], "and its monitor is gone"


def test_a_bad_version_is_rolled_back(site):
    job = start(site, "2-bad")
    out, err = job.communicate(timeout=60)
    assert job.returncode == 1, out + err
    assert "did not become stable" in err and "rolling back" in out
    eventually(lambda: site.version() == "1-good", 5)
    assert site.monitors() == []


def test_a_job_that_is_cancelled_rolls_back_and_cleans_up_at_once(site):
    job = start(site, "3-good", STABLE="300", TIMEOUT="300")
    eventually(lambda: site.version() == "3-good" and len(site.monitors()) == 1, 15)
    job.send_signal(signal.SIGTERM)
    out, err = job.communicate(timeout=20)
    assert job.returncode == 143, out + err
    eventually(lambda: site.version() == "1-good", 5)
    assert site.monitors() == []


def test_what_a_killed_job_leaves_ends_by_itself(site):
    job = start(site, "4-good", STABLE="300", TIMEOUT="300", TTL="6")
    (monitor,) = eventually(site.monitors, 15)
    assert monitor["expires_at"] and monitor["key"] == "deploy-4-good"
    kill(job)
    assert len(site.monitors()) == 1, "nobody cleaned up"
    eventually(lambda: site.monitors() == [], 8)


def test_a_second_run_for_the_same_version_takes_the_monitor_over(site):
    first = start(site, "5-good", STABLE="300", TIMEOUT="300")
    (monitor,) = eventually(site.monitors, 15)
    kill(first)
    second = start(site, "5-good")
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, out + err
    assert f"watching as {monitor['id']}" in out
    assert site.monitors() == []
