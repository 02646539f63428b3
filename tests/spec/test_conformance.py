"""Schemathesis against the running server: every operation of the document, every check, links followed. It finds
nothing. What it makes up is the same in each run; GOCHRON_SEED looks elsewhere, as long as GOCHRON_SPEC_SECONDS says.
And the check of answers that all stories use agrees with a JSON Schema library."""
import json
import os
import random

import pytest
from conftest import HERE, TOOLS, run
from harness.api import Api
from harness.schema import violations


UNLIMITED = ("--rate-limit", "0", "--anonymous-rate-limit", "0", "--ping-rate-limit", "0", "--ping-token-rate-limit", "0")


def searched(engine, token, *how):
    own = ",".join(x["id"] for x in Api(engine, token).all("/api/tokens"))
    done = run(TOOLS / "venv/bin/schemathesis", "--config-file", HERE / "schemathesis.toml", "run",
               engine.url + "/openapi.json", "-H", "Authorization: Bearer " + token, "--checks", "all",
               "--max-examples", "5", "--workers", "1", "--no-color", *how, cwd=engine.home, timeout=900,
               env={"SCHEMATHESIS_HOOKS": HERE / "conformance_hooks.py", "GOCHRON_OWN_TOKENS": own})
    assert done.returncode == 0, done.stdout[-100000:] + done.stderr[-2000:]
    assert Api(engine, token).get("/api/monitors")["data"] is not None, "the run lost its token and saw nothing more"


# By time, what is made up would be another on a slower machine: fuzzing is bounded by its examples. What is counted up
# from the schemas goes on for very long, but always in the same order.
SEARCHES = {"counted": ("--phases", "examples,coverage", "--max-time", "60", "--generation-deterministic"),
            "made up": ("--phases", "fuzzing,stateful", "--generation-deterministic")}
if "GOCHRON_SEED" in os.environ:
    SEARCHES["elsewhere"] = ("--phases", "fuzzing,stateful", "--seed", os.environ["GOCHRON_SEED"],
                             "--max-time", os.environ.get("GOCHRON_SPEC_SECONDS", "300"))


@pytest.mark.parametrize("name", SEARCHES)
def test_the_server_does_what_its_document_says(make_engine, name):
    # Names do not resolve, and no request counts against a limit: what is tested is the API.
    engine = make_engine("--nameservers", "127.0.0.1:1", *UNLIMITED).start()
    searched(engine, engine.token(), *SEARCHES[name])


def spoiled(value, dice):
    """The value with one part changed."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(sorted(value))
        if dice.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: spoiled(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        at = dice.randrange(len(value))
        return [spoiled(x, dice) if i == at else x for i, x in enumerate(value)] + value[:dice.randrange(2)]
    return dice.choice([None, True, -1, 0, 1.5, 10**12, "", "x" * 300, [], {}, ["x"], "2026-01-31T12:00:00.000Z"])


def test_our_check_of_answers_agrees_with_a_library(document):
    import sys
    sys.path.insert(0, str(next((TOOLS / "venv/lib").glob("python3*/site-packages"))))
    import jsonschema_rs

    spec = json.loads(document.read_text())
    dice, compared, refused = random.Random(7), 0, 0
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                media = response.get("content", {}).get("application/json", {})
                examples = [media["example"]] if "example" in media else []
                examples += [x["value"] for x in media.get("examples", {}).values()]
                if not examples:
                    continue
                library = jsonschema_rs.Draft202012Validator({**media["schema"], "components": spec["components"]})
                for value in examples + [spoiled(x, dice) for x in examples for _ in range(40)]:
                    ours, theirs = not violations(value, media["schema"], spec), library.is_valid(value)
                    assert ours == theirs, f"{method} {path} {status}: {ours} here, {theirs} there: {value}"
                    compared, refused = compared + 1, refused + (not theirs)
    assert compared > 500 and refused > 200
