"""Runs the GitHub action of integrations/ as a runner does."""
import re
import subprocess
from pathlib import Path

import yaml

from .environment import clean_environment

ACTION = Path(__file__).parents[3] / "integrations/github-action"
SPEC = yaml.safe_load((ACTION / "action.yml").read_text())
EXPRESSION = re.compile(r"\$\{\{ (\S+) \}\}")


def outputs_of(text):
    """As the runner reads its file: `name<<end`, lines, `end`."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, end = line.split("<<")
        value = []
        for one in lines:
            if one == end:
                break
            value.append(one)
        found[name] = "\n".join(value)
    return found


class Runner:
    def __init__(self, api, folder):
        self.api, self.folder = api, folder
        self.summary = ""

    def step(self, command, expect=0, shell="sh", **inputs):
        """(the outputs of the action, what it printed). `expect`: its exit code, or nothing for any."""
        given = {"command": command, "url": self.api.engine.url, "token": self.api.token,
                 **{name.replace("_", "-"): str(value) for name, value in inputs.items()}}
        assert given.keys() <= SPEC["inputs"].keys()
        values = {f"inputs.{name}": given.get(name, x.get("default", "")) for name, x in SPEC["inputs"].items()}
        values["github.sha"] = "0123abcd"
        fill = lambda text: EXPRESSION.sub(lambda m: values[m[1]], text)
        (step,) = SPEC["runs"]["steps"]
        files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        env = clean_environment({
            **{name: fill(fill(text)) for name, text in step["env"].items()}, **{k: str(v) for k, v in files.items()},
            "GITHUB_ACTION_PATH": str(ACTION), "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/shop",
            "GITHUB_RUN_ID": "42"})
        done = subprocess.run([shell, "-e", "-c", step["run"].replace("sh ", f"{shell} ")], env=env, cwd=self.folder,
                              capture_output=True, text=True, timeout=90)
        assert expect in (None, done.returncode), done.stdout + done.stderr
        assert done.stderr == ""
        assert self.api.token not in done.stdout
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        put_out = outputs_of(files["GITHUB_OUTPUT"].read_text())
        said = {name: EXPRESSION.fullmatch(x["value"])[1].removeprefix("steps.gate.outputs.")
                for name, x in SPEC["outputs"].items()}
        assert put_out.keys() <= set(said.values()), "action.yml passes on whatever the script puts out"
        return {name: put_out.get(inner, "") for name, inner in said.items()}, done.stdout
