"""Schemathesis against the running server: every operation of the document, every check, links followed. It finds
nothing. What it makes up comes from a seed, 1, so that runs are alike; GOCHRON_SEED looks elsewhere, and
GOCHRON_SPEC_SECONDS for longer. And the check of answers that all stories use agrees with a JSON Schema library."""
import json
import os
import random

from conftest import HERE, TOOLS, run
from harness.api import Api
from harness.schema import violations


UNLIMITED = ("--rate-limit", "0", "--anonymous-rate-limit", "0", "--ping-rate-limit", "0", "--ping-token-rate-limit", "0")


def test_the_server_does_what_its_document_says(make_engine):
    # Names do not resolve, and no request counts against a limit: what is tested is the API.
    engine = make_engine("--nameservers", "127.0.0.1:1", *UNLIMITED).start()
    token = engine.token()
    own = ",".join(x["id"] for x in Api(engine, token).all("/api/tokens"))
    seconds = os.environ.get("GOCHRON_SPEC_SECONDS", "150")
    done = run(TOOLS / "venv/bin/schemathesis", "--config-file", HERE / "schemathesis.toml", "run",
               engine.url + "/openapi.json", "-H", "Authorization: Bearer " + token, "--checks", "all",
               "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "8", "--max-time", seconds, "--workers", "1",
               "--seed", os.environ.get("GOCHRON_SEED", "1"), "--no-color", cwd=engine.home, timeout=250 + int(seconds),
               env={"SCHEMATHESIS_HOOKS": HERE / "conformance_hooks.py", "GOCHRON_OWN_TOKENS": own})
    assert done.returncode == 0, done.stdout[-100000:] + done.stderr[-2000:]
    assert Api(engine, token).get("/api/monitors")["data"] is not None, "the run lost its token and saw nothing more"


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
