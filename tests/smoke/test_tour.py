"""The README's tour, run as printed: its `sh` blocks in order in one bash session; a `text` block is what the block
before it prints."""
import ctypes
import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.engine import BINARY, clean_environment, stop_postgres

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- end of block"
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 0x1


def blocks():
    """[[commands, expected output or None]] of the section."""
    section = (ROOT / "README.md").read_text().split("## A tour in ten minutes")[1].split("\n## ")[0]
    found = []
    for kind, text in BLOCK.findall(section):
        if kind == "sh":
            found.append([text, None])
        else:
            assert found and found[-1][1] is None, f"no commands before: {text}"
            found[-1][1] = text
    return found


def own_network():
    """In the child, as root: a network of nothing but loopback, where the tour's fixed ports are free for sure."""
    if os.getuid() == 0 and ctypes.CDLL(None).unshare(CLONE_NEWNET) == 0:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


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
    tour = blocks()
    assert len(tour) >= 10 and sum(expected is not None for _, expected in tour) >= 8
    (clone / "tour.sh").write_text("".join(f"{commands}echo '{MARK}'\n" for commands, _ in tour))
    shell = subprocess.Popen(["bash", "tour.sh"], cwd=clone, env=clean_environment(), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                             preexec_fn=own_network)
    try:
        out, err = shell.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        out, err = shell.communicate()
        err += "\nthe tour did not end within two minutes"
    log = clone / "tour" / "server.log"
    context = f"stderr:\n{err}\nserver:\n{log.read_text()[-3000:] if log.exists() else '-'}"
    printed = out.split(MARK + "\n")
    for (commands, expected), got in zip(tour, printed):
        if expected is not None:
            assert got == expected, f"{commands}printed\n{got}\n{context}"
    assert len(printed) == len(tour) + 1, f"only {len(printed)} of {len(tour)} blocks ended\n{out}\n{context}"
