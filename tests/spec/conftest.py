"""The stories' fixtures, and the tools that tests/spec/prepare brings."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = ROOT / "build/spec"
sys.path.insert(0, str(ROOT / "tests/smoke"))

from harness.engine import BINARY  # noqa: E402
from harness.fixtures import *  # noqa: E402,F403


def run(*command, cwd=HERE, env=None, timeout=300):
    """The finished process; its output is text."""
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    return subprocess.run([str(x) for x in command], cwd=cwd, env={**os.environ, **quiet, **(env or {})}, text=True,
                          capture_output=True, timeout=timeout)


@pytest.fixture(scope="session")
def document(tmp_path_factory):
    """The path of what the binary serves at /openapi.json."""
    done = run(BINARY, "openapi")
    assert done.returncode == 0, done.stderr
    path = tmp_path_factory.mktemp("spec") / "openapi.json"
    path.write_text(json.dumps(json.loads(done.stdout), indent=2))
    return path
