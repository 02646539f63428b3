"""The tour of terraform/README.md, run as printed."""
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from harness.engine import BINARY, stop_postgres
from harness.tour import blocks_of, run_blocks
from workspace import PROVIDER, ROOT, TOOL


@pytest.fixture
def clone():
    """The repository as a newcomer has it, with the build that is being tested and no data, and `terraform` on PATH."""
    home = Path(tempfile.mkdtemp(prefix="gochron-tour-"))
    home.chmod(0o755)
    for name in ("script", "docs", "terraform"):
        (home / name).symlink_to(ROOT / name)
    (home / "build").symlink_to(Path(BINARY).parents[2])
    (home / "bin").mkdir()
    (home / "bin/terraform").symlink_to(shutil.which(TOOL.path))
    yield home
    stop_postgres(home / "data")
    shutil.rmtree(home, ignore_errors=True)


def test_the_tour_works_as_printed(clone):
    tour = blocks_of(PROVIDER / "README.md", "## A tour")
    assert len(tour) >= 8 and sum(expected is not None for _, expected in tour) >= 6
    run_blocks(tour, clone, {"PATH": f"{clone / 'bin'}:{os.environ['PATH']}"}, log=clone / "tour/server.log", within=300)
