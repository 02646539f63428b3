"""The other jobs of docs/ci.md, run as printed against a toy service: `gochron wait`, GitHub Actions, GitLab CI."""
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from harness.actions_runner import Runner
from harness.engine import BINARY
from harness.environment import clean_environment
from harness.toy_site import Site
from harness.waiting import eventually

PAGE = (Path(__file__).parents[2] / "docs/ci.md").read_text()
ACTION = "gochron/gochron/integrations/github-action@"


def block(section, kind):
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0], re.MULTILINE | re.DOTALL)
    return text


@pytest.fixture
def site(shared_api, tmp_path):
    secret = shared_api.create("/api/tokens", {"name": "ci", "scopes": ["monitors:read", "monitors:write"]})["secret"]
    site = Site(tmp_path, shared_api.with_token(secret))
    yield site
    site.close()


def shell(site, text, timeout=60, **env):
    binaries = site.folder / "bin"
    binaries.mkdir(exist_ok=True)
    if not (binaries / "gochron").exists():
        (binaries / "gochron").symlink_to(BINARY)
    env = clean_environment({"PATH": f"{binaries}:{os.environ['PATH']}", **env})
    return subprocess.run(["sh", "-ec", text], cwd=site.folder, env=env, capture_output=True, text=True, timeout=timeout)


@pytest.mark.parametrize("version, code, said", [("2-good", 0, "up since "), ("2-bad", 1, "down since ")])
def test_the_line_with_gochron_wait(site, world, version, code, said):
    version = f"{world.mark}-{version}"
    site.api.post("/api/monitors", {
        "key": f"deploy-{version}", "name": version, "type": "http", "interval_seconds": 1, "timeout_ms": 900,
        "ttl_seconds": 600, "http": {"url": site.url, "required_keyword": version}}, expect=201)
    subprocess.run(["./deploy", version], cwd=site.folder, check=True, timeout=10)
    done = shell(site, block("`gochron wait`", "sh"), GOCHRON_URL=site.api.engine.url, GOCHRON_TOKEN=site.api.token,
                 VERSION=version, STABLE="3", TIMEOUT="8")
    assert done.returncode == code and done.stdout.startswith(said), done


class Job:
    """A job of GitHub Actions: `steps` in their order, as far as their conditions let them."""

    def __init__(self, site, version):
        self.site, self.runner = site, Runner(site.api, site.folder)
        (job,) = yaml.safe_load(block("GitHub Actions", "yaml"))["jobs"].values()
        self.steps, self.failed, self.said = job["steps"], False, []
        self.values = {"github.sha": version, "secrets.GOCHRON_TOKEN": site.api.token}
        for name, text in job["env"].items():
            self.values[f"env.{name}"] = self.fill(text)
        self.values["env.GOCHRON_URL"] = site.api.engine.url  # the page's is made up

    def fill(self, text):
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda m: self.values[m[1]], text).replace("https://shop.example/version", self.site.url)

    def is_due(self, step):
        conditions = {None: not self.failed, "failure()": self.failed,
                      "always() && steps.check.outputs.monitor": self.values.get("steps.check.outputs.monitor")}
        return conditions[step.get("if")]

    def run(self, **quicker):
        for step in filter(self.is_due, self.steps):
            uses = step.get("uses", "")
            if uses.startswith(ACTION):
                inputs = {name: self.fill(text) for name, text in step["with"].items()}
                inputs.update({name: x for name, x in quicker.items() if name in inputs})
                outputs, said = self.runner.step(inputs.pop("command"), expect=None, **inputs)
                self.values.update({f"steps.{step.get('id')}.outputs.{name}": x for name, x in outputs.items()})
                self.failed |= "::error" in said
                self.said.append(said)
            elif "run" in step:
                done = shell(self.site, step["run"], VERSION=self.values["env.VERSION"])
                self.failed |= done.returncode != 0
        return self


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_the_job_of_github_actions(site, world, kind):
    version = f"{world.mark}-{kind}"
    job = Job(site, version).run(**{"stable-seconds": "3", "timeout-seconds": "8"})
    assert job.failed == (kind == "bad"), job.said
    eventually(lambda: site.version() == (version if kind == "good" else "1-good"), 5)
    assert "the check is deleted" in job.said[-1]


def test_the_job_of_gitlab(site, world):
    (job,) = yaml.safe_load(block("GitLab CI", "yaml")).values()
    site.write("deploy-gate.sh", block("The job", "sh"))
    version = f"{world.mark}-good"
    made_up = {"GOCHRON": site.api.engine.url, "SERVICE_URL": site.url, "VERSION": version}
    assert job["variables"].keys() == made_up.keys() and job["before_script"] == ["apk add --no-cache curl jq"]
    for line in job["script"]:
        done = shell(site, line, GOCHRON_TOKEN=site.api.token, STABLE="2", TIMEOUT="30", **made_up)
        assert done.returncode == 0, done
    assert site.version() == version and site.api.all("/api/monitors", q=version) == []
