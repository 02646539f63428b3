"""The README's tour, run as printed: see harness/tour.py."""
import shutil
import tempfile
from pathlib import Path

import pytest

from harness.engine import BINARY, stop_postgres
from harness.tour import blocks_of, run_blocks

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone():
    """The repository as a newcomer has it, with the build that is being tested and no data."""
    home = Path(tempfile.mkdtemp(prefix="gochron-tour-"))
    home.chmod(0o755)
    for name in ("script", "docs"):
        (home / name).symlink_to(ROOT / name)
    (home / "build").symlink_to(Path(BINARY).parents[2])
    yield home
    stop_postgres(home / "data")
    shutil.rmtree(home, ignore_errors=True)


def test_the_tour_of_the_readme_works_as_printed(clone):
    tour = blocks_of(ROOT / "README.md", "## A tour in ten minutes")
    assert len(tour) >= 10 and sum(expected is not None for _, expected in tour) >= 8
    run_blocks(tour, clone, log=clone / "tour/server.log")
