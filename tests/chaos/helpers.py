"""Helper processes of a test, and what /proc tells of the engine."""
import json
import os
import subprocess
import sys
from pathlib import Path


class Helper:
    """A Python file beside this one, run until `close()`; it says one line of JSON at its start."""

    def __init__(self, name, *args):
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", Path(__file__).parent / f"{name}.py", *args],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.hello = json.loads(self.process.stdout.readline())

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.process.stdout.close()


def resident_mib(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
