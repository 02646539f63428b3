"""Clients generated from what the server itself serves at /openapi.json: each compiles under its language's strictest
checks, and does the whole tour. A generator that stumbles or warns fails, and then the document is at fault."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT

HERE = Path(__file__).parent
TOOLS = ROOT / "build/clients/tools"
SNIPPETS = ROOT / "docs/guides/snippets"
GO = ROOT / "script/go"


def run(*command, cwd, env=None, timeout=600):
    done = subprocess.run([str(x) for x in command], cwd=cwd, env={**os.environ, **(env or {})}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    assert done.returncode == 0, f"{command}\n{done.stdout[-8000:]}"
    return done.stdout


def place(folder, *files):
    folder.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, folder)


def go(client):
    place(client / "tour", HERE / "go/tour/main.go")
    place(client / "webhook", SNIPPETS / "verify.go")
    run(GO, "vet", "./...", cwd=client)
    run(GO, "build", "-mod=readonly", "-o", "tour.bin", "./tour", cwd=client)
    return [client / "tour.bin"]


def typescript(client):
    place(client, HERE / "typescript/tour.ts", HERE / "typescript/tsconfig.json", SNIPPETS / "verify.ts")
    (client / "node_modules").symlink_to(TOOLS / "npm/node_modules")
    run("node_modules/.bin/tsc", "-p", ".", cwd=client)
    return ["node", client / "out/tour.js"]


def python(client):
    place(client, HERE / "python/tour.py", SNIPPETS / "verify.py")
    run(TOOLS / "venv/bin/mypy", "--strict", "--cache-dir", TOOLS / "mypy", "tour.py", "gochron_client", cwd=client)
    return [TOOLS / "venv/bin/python", "-B", client / "tour.py"]


@pytest.mark.parametrize("language", [go, typescript, python], ids=lambda x: x.__name__)
def test_a_generated_client_compiles_and_does_the_tour(language, api, world, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_bytes(api.send("GET", "/openapi.json", token=None).raw)
    run(ROOT / "script/clients", "--spec", document, "--out", tmp_path, language.__name__, cwd=ROOT)
    tour = language(tmp_path / language.__name__)
    env = {"GOCHRON_URL": api.engine.url, "GOCHRON_TOKEN": api.token, "TOUR_MARK": f"tour-{language.__name__}"}
    assert run(*tour, cwd=tmp_path, env=env, timeout=60) == "the tour is done\n"
    assert api.get("/api/monitors", q=env["TOUR_MARK"])["data"] == [], "it leaves nothing"


def test_a_generator_that_warns_fails(tmp_path):
    """What the first of them would only mention: a schema that is nothing it knows."""
    document = tmp_path / "openapi.json"
    document.write_text('{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/x": {"get": {"operationId": '
                        '"x", "responses": {"200": {"description": "x", "content": {"application/octet": {"schema": '
                        '{"type": "string"}}}}}}}}}')
    done = subprocess.run([ROOT / "script/clients", "--spec", document, "--out", tmp_path, "python"], cwd=ROOT, text=True,
                          capture_output=True, timeout=300)
    assert done.returncode != 0 and "content_type" in done.stderr, done.stderr
