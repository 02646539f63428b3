"""Redocly's recommended rules and Spectral's for OpenAPI, as they come: nothing switched off, no ignore file. The document
passes both. What Redocly warns of all the same is one thing, known by name (docs/adr/0108)."""
import json

from conftest import HERE, TOOLS, run


def redocly(path):
    """The exit code, the totals, and what was found: (severity, rule, pointer, message)."""
    done = run(TOOLS / "npm/node_modules/.bin/redocly", "lint", path, "--config", HERE / "redocly.yaml", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    return done.returncode, report["totals"], [
        (x["severity"], x["ruleId"], x["location"][0].get("pointer"), x["message"]) for x in report["problems"]]


def spectral(path):
    done = run(TOOLS / "npm/node_modules/.bin/spectral", "lint", path, "--ruleset", HERE / "spectral.yaml", "--format", "json",
               "--quiet", "--fail-severity", "hint")
    assert done.returncode in (0, 1), done.stderr
    return [f"{x['code']}: {x['message']} {x['path']}" for x in json.loads(done.stdout or "[]")]


def ambiguous_by_key(spec):
    """Pointers of `/api/monitors/by-key/{key}` and its like, where there is a `/api/monitors/{id}/run` that the rule takes
    for the same shape. No id is `by-key`, and the paths are promised so."""
    for path in spec["paths"]:
        noun, found, _ = path.partition("/by-key/{key}")
        under_an_id = [x for x in spec["paths"] if x.startswith(noun + "/{id}/") and x.count("/") == path.count("/")]
        if found and under_an_id:
            yield "#/paths/" + path.replace("~", "~0").replace("/", "~1")


def test_redocly_passes(document):
    code, totals, found = redocly(document)
    known = sorted(ambiguous_by_key(json.loads(document.read_text())))
    assert sorted(pointer for *_, pointer, _ in found) == known, found
    assert {(severity, rule) for severity, rule, *_ in found} == {("warn", "no-ambiguous-paths")}
    assert (code, totals) == (0, {"errors": 0, "warnings": len(known), "ignored": 0})


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
    code, _, found = redocly(spoiled)
    assert code == 1 and "operation-operationId-unique" in [rule for _, rule, *_ in found]
    assert any("info-contact" in x for x in spectral(spoiled))
