"""Folders in which Terraform, or OpenTofu, works with the provider that is being tested."""
import json
import os
import re
import signal
import subprocess
from pathlib import Path

from harness.environment import clean_environment
from harness.waiting import eventually

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "build/terraform"
PROVIDER = ROOT / "terraform"

# Both know `gochron/gochron` by the host of their own registry. Neither is ever asked.
HOSTS = ("registry.terraform.io", "registry.opentofu.org")


class Tool:
    """The program that `TERRAFORM` names, as tests/terraform/prepare says."""

    def __init__(self):
        named = ROOM / "tool"
        self.path = os.environ.get("TERRAFORM") or (named.read_text().strip() if named.exists() else "terraform")
        first = subprocess.run([self.path, "version"], capture_output=True, text=True, timeout=60,
                               env={**os.environ, "CHECKPOINT_DISABLE": "1"}).stdout
        found = re.match(r"(Terraform|OpenTofu) v(\d+)\.(\d+)\.(\d+)", first)
        assert found, f"{self.path} says of itself: {first}"
        self.name = found[1]
        self.version = tuple(int(x) for x in found.groups()[1:])

    def lacks(self, terraform, opentofu):
        """Why this tool cannot do what is there since those versions; empty: it can."""
        since = terraform if self.name == "Terraform" else opentofu
        return "" if since and self.version >= since else f"{self} does not have it"

    def __str__(self):
        return f"{self.name} {'.'.join(map(str, self.version))} at {self.path}"


TOOL = Tool()

OVERRIDES = """provider_installation {
  dev_overrides {
    "gochron/gochron" = "%s"
  }
  direct {
    exclude = ["*/*/*"]
  }
}
"""


class Run:
    """How a command ended. `text` is what a person saw."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)

    def __repr__(self):
        return f"exit code {self.code}\n{self.text}"

    @property
    def words(self):
        """Its text as one line without the frame around diagnostics."""
        return " ".join(self.text.replace("│", " ").replace("╷", " ").replace("╵", " ").split())


class Running:
    def __init__(self, process):
        self.process = process

    def wait(self, within):
        return self.process.wait(within)

    def kill_all(self):
        """It, its providers and provisioners, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class Workspace:
    """`api`: whom the provider asks, unless the configuration says otherwise."""

    def __init__(self, folder, api, installation=None):
        self.folder, self.api = Path(folder), api
        self.folder.mkdir(exist_ok=True)
        rc = self.folder / ".tool.rc"
        rc.write_text(installation or OVERRIDES % (ROOM / "plugin"))
        self.env = clean_environment({
            "TF_CLI_CONFIG_FILE": str(rc), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
            "GOCHRON_URL": api.engine.url, "GOCHRON_TOKEN": api.token, "HOME": str(self.folder)})

    def write(self, name="main.tf", text=""):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return self

    def run(self, *command, expect=0, env=None, timeout=180):
        """A finished command. `expect`: its exit code, or nothing for any."""
        done = Run(subprocess.run([TOOL.path, *map(str, command)], cwd=self.folder, env={**self.env, **(env or {})},
                                  capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL))
        assert expect is None or done.code == expect, f"{' '.join(map(str, command))}: {done!r}"
        return done

    def start(self, *command):
        """A command that goes on; see Running."""
        return Running(subprocess.Popen([TOOL.path, *command], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=open(self.folder / "output.log", "wb"), stderr=subprocess.STDOUT, start_new_session=True))

    def wait_for(self, name, within=60.0):
        """Returns when there is a file of that name."""
        def there():
            assert (self.folder / name).exists(), f"no {name}; so far: {self.so_far()}"
            return True

        eventually(there, within)

    def so_far(self):
        log = self.folder / "output.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def apply(self, *how, **more):
        return self.run("apply", "-auto-approve", "-no-color", *how, **more)

    def plan(self, *how, **more):
        return self.run("plan", "-no-color", "-detailed-exitcode", *how, **more)

    def plan_is_empty(self, *how):
        self.plan(*how, expect=0)

    def refused(self, *command, **more):
        """What a person reads when it does not go."""
        return self.run(*(command or ("plan", "-no-color")), expect=1, **more).words

    def destroy(self):
        return self.run("destroy", "-auto-approve", "-no-color")

    def state(self):
        """The resources of the state, by address."""
        document = json.loads(self.run("show", "-json").out)
        rows = document.get("values", {}).get("root_module", {}).get("resources", [])
        return {row["address"]: row for row in rows}

    def outputs(self):
        return {name: x["value"] for name, x in json.loads(self.run("output", "-json").out).items()}

    def kept(self):
        """Everything that Terraform wrote down here, as one text."""
        texts = [p.read_bytes() for p in self.folder.rglob("*") if p.is_file() and p.suffix != ".tf"]
        return b"\n".join(texts).decode(errors="replace")


HEADER = """terraform {
  required_providers {
    gochron = {
      source = "gochron/gochron"
    }
  }
}
"""
