"""Sections of Markdown run as printed: their `sh` blocks in order in one bash session; a `text` block is what the block
before it prints."""
import ctypes
import fcntl
import os
import re
import signal
import socket
import struct
import subprocess

from .environment import clean_environment

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- end of block"
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 0x1


def blocks_of(page, heading):
    """[[commands, expected output or None]] of a section, up to the next of its level."""
    section = page.read_text().split(f"{heading}\n")[1].split("\n## ")[0]
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


def run_blocks(tour, folder, env=None, log=None, within=120):
    """Every block must print what it says, and the session must come to its end."""
    (folder / "tour.sh").write_text("".join(f"{commands}echo '{MARK}'\n" for commands, _ in tour))
    shell = subprocess.Popen(["bash", "tour.sh"], cwd=folder, env=clean_environment(env), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                             preexec_fn=own_network)
    try:
        out, err = shell.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        out, err = shell.communicate()
        err += f"\nthe tour did not end within {within} s"
    context = f"stderr:\n{err}\nserver:\n{log.read_text()[-3000:] if log and log.exists() else '-'}"
    printed = out.split(MARK + "\n")
    for (commands, expected), got in zip(tour, printed):
        if expected is not None:
            assert got == expected, f"{commands}printed\n{got}\n{context}"
    assert len(printed) == len(tour) + 1, f"only {len(printed)} of {len(tour)} blocks ended\n{out}\n{context}"
