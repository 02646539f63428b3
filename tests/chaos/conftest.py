"""The stories' harness, and what is chaos' own: a seed to repeat it by, a scale to make it long, figures to show."""
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "smoke"))  # one harness for both folders

from harness.fixtures import *  # noqa: E402

SEED = int(os.environ.get("GOCHRON_CHAOS_SEED", "1"))
SCALE = float(os.environ.get("GOCHRON_CHAOS_SCALE", "1"))


def pytest_report_header(config):
    return f"chaos: seed {SEED}, scale {SCALE:g}"


def pytest_terminal_summary(terminalreporter):
    ended = [x for all_ in terminalreporter.stats.values() for x in all_ if getattr(x, "when", None) == "teardown"]
    shown = [text for x in ended for kind, text in x.user_properties if kind == "figure"]
    if shown:
        terminalreporter.section("figures")
        for line in shown:
            terminalreporter.write_line(line)


@pytest.fixture
def seed():
    return SEED


@pytest.fixture
def dice(request):
    """Random numbers that the same seed repeats, whichever other tests run. The only source of chance in a test."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def scaled():
    """`scaled(12)`: 12 in the bounded run, more when GOCHRON_CHAOS_SCALE asks for it; at least 1."""
    return lambda count: max(1, round(count * SCALE))


@pytest.fixture
def figures(request):
    """`figures("restarts", ...)`: a line of the final summary, shown whether or not the test passes."""
    def show(what, text):
        request.node.user_properties.append(("figure", f"{request.node.name}: {what}: {text}"))
    return show
