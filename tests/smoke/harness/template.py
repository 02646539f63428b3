"""A data directory as `gochron migrate` leaves it, made once for each binary and copied for each engine: a start of its
own then costs a copy in place of an initdb and all migrations."""
import atexit
import shutil
import subprocess
import tempfile
from pathlib import Path

from .environment import clean_environment

_made = {}  # binary -> directory


def template(binary):
    """Nobody's but ours to read; gone when this process ends."""
    if binary not in _made:
        home = Path(tempfile.mkdtemp(prefix="gochron-template-"))
        home.chmod(0o755)  # for the unprivileged user that runs Postgres when we are root
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        done = subprocess.run([binary, "migrate", "--data-dir", str(home / "data")], env=clean_environment(), cwd=home,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"gochron migrate: {done.returncode}\n{done.stderr}"
        _made[binary] = home / "data"
    return _made[binary]


def copy_template(binary, to):
    """With owners and modes, and sharing no file with the original."""
    subprocess.run(["cp", "-a", "--reflink=auto", "--sparse=always", template(binary), to], check=True, timeout=60)
