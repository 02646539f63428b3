"""The stories' fixtures, and Terraform with the provider that is being tested."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "smoke"))

from harness.fixtures import *  # noqa: E402,F403

from workspace import TOOL, Workspace  # noqa: E402


def pytest_report_header():
    return f"terraform: {TOOL}"


@pytest.fixture
def workspace(api, tmp_path):
    """An empty folder for configurations, over the shared engine."""
    return Workspace(tmp_path, api)
