"""The stories' fixtures."""
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/smoke"))

from harness.fixtures import *  # noqa: E402,F403
