"""Redocly's recommended rules and Spectral's for OpenAPI, all of them: no suppression, no warning."""
import json

from conftest import HERE, TOOLS, run


def redocly(path):
    done = run(TOOLS / "npm/node_modules/.bin/redocly", "lint", path, "--config", HERE / "redocly.yaml", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return [f"{x['ruleId']}: {x['message']} {x['location'][0].get('pointer')}" for x in json.loads(done.stdout)["problems"]]


def spectral(path):
    done = run(TOOLS / "npm/node_modules/.bin/spectral", "lint", path, "--ruleset", HERE / "spectral.yaml", "--format", "json",
               "--quiet", "--fail-severity", "hint")
    assert done.returncode in (0, 1), done.stderr
    return [f"{x['code']}: {x['message']} {x['path']}" for x in json.loads(done.stdout or "[]")]


def is_by_key(problem):
    """A path by key and one under an id look alike to the rule: `/api/monitors/by-key/{key}`, `/api/monitors/{id}/run`.
    They are not: no id is `by-key`, and the paths are promised so."""
    return problem.startswith("no-ambiguous-paths") and problem.count("/by-key/{key}`") == 1 and problem.count("/{id}/") >= 1


def test_redocly_finds_nothing(document):
    found = redocly(document)
    assert [x for x in found if not is_by_key(x)] == []


def test_spectral_finds_nothing(document):
    assert spectral(document) == []


def test_both_find_what_is_wrong(document, tmp_path):
    """A check that cannot fail shows nothing."""
    spec = json.loads(document.read_text())
    operation = spec["paths"]["/api/monitors"]["get"]
    operation["operationId"] = "getMonitor"  # another's
    del spec["tags"][0]["description"]
    del spec["info"]["contact"]
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(json.dumps(spec))
    assert any("operation-operationId-unique" in x for x in redocly(spoiled))
    assert any("info-contact" in x for x in spectral(spoiled))
