"""What was released stays usable: whatever may break a client against the last release's document is declared first, in
docs/reference/breaking-changes.txt, a line as oasdiff prints it."""
import json
import re

import pytest

from conftest import ROOT, TOOLS, run

REFERENCE = ROOT / "docs/reference"


def released():
    """The document of the last release."""
    found = sorted(REFERENCE.glob("openapi-*.json"), key=lambda x: [int(n) for n in x.stem.split("-")[1].split(".")])
    assert found, "no document of a release in docs/reference"
    return found[-1]


def breaking(old, new):
    done = run(TOOLS / "bin/oasdiff", "breaking", old, new, "--fail-on", "WARN", "--format", "singleline", "--color", "never")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    lines = [x for x in done.stdout.splitlines() if x.startswith(("error", "warning"))]
    assert bool(lines) == (done.returncode == 1), done.stdout
    return lines


def declared():
    return {line for line in (REFERENCE / "breaking-changes.txt").read_text().splitlines() if line and not line.startswith("#")}


def bare(line):
    """Without the name of the file, which says where we ran."""
    return re.sub(r" at [^,]*,", "", line).strip()


def test_nothing_breaks_that_was_not_declared(document):
    undeclared = [x for x in map(bare, breaking(released(), document)) if x not in declared()]
    assert undeclared == [], "declare it in docs/reference/breaking-changes.txt, or take it back:\n" + "\n".join(undeclared)


def remove_operation(spec):
    del spec["paths"]["/api/monitors/{id}"]["delete"]


def require_parameter(spec):
    spec["paths"]["/api/monitors"]["get"]["parameters"].append(
        {"name": "must", "in": "query", "required": True, "schema": {"type": "string"}})


def drop_property(spec):
    schema = spec["components"]["schemas"]["Incident"]
    del schema["properties"]["title"]
    schema["required"].remove("title")


def narrow_bound(spec):
    spec["components"]["schemas"]["HttpMonitorInput"]["properties"]["interval_seconds"]["maximum"] = 60


def change_type(spec):
    spec["components"]["schemas"]["Token"]["properties"]["name"] = {"type": "integer"}


@pytest.mark.parametrize("seed", [remove_operation, require_parameter, drop_property, narrow_bound, change_type])
def test_a_seeded_break_is_found(seed, document, tmp_path):
    spec = json.loads(document.read_text())
    seed(spec)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(spec))
    assert breaking(document, broken)
