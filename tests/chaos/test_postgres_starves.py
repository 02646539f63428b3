"""Postgres lives, and has no connection or no room left."""
import os
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.database import Postgres
from harness.waiting import eventually
from outage import outage  # noqa: F401


def occupy(port, user, database):
    """A session that does nothing but be there; nothing when there is no room for it, which may be said only after it was
    let in (slots that are kept for superusers)."""
    s = socket.create_connection(("127.0.0.1", port), timeout=5)
    pairs = f"user\0{user}\0database\0{database}\0\0".encode()
    s.sendall(struct.pack("!II", len(pairs) + 8, 196608) + pairs)
    with s.makefile("rb") as said:
        while (kind := said.read(1)) not in (b"Z", b"E", b""):
            said.read(struct.unpack("!I", said.read(4))[0] - 4)
    if kind == b"Z":  # ready
        return s
    s.close()
    return None


def test_a_database_without_a_free_connection_is_waited_for(outage, dice, scaled, figures):
    server = Postgres(["max_connections=20", "superuser_reserved_connections=3"])
    try:
        server.sql("CREATE ROLE app LOGIN")
        server.sql("ALTER DATABASE gochron OWNER TO app")
        server.sql("GRANT ALL ON SCHEMA public TO app")
        town = outage(server.url.replace("gochron@", "app@"), server.sql)
        for _ in range(scaled(1)):
            town.quiet(0.5 + dice.random())
            crowd = []
            server.sql("ALTER ROLE app NOLOGIN")  # so that the crowd is there first
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
            server.sql("CREATE ROLE crowd LOGIN")
            eventually(lambda: not server.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'app'"))
            while session := occupy(server.port, "crowd", "gochron"):
                crowd.append(session)
            server.sql("ALTER ROLE app LOGIN")
            assert crowd, "nobody came"
            town.wait_refused()
            for session in crowd:
                session.close()
            town.wait_accepted()
            server.sql("DROP ROLE crowd")
        town.settle(figures)
    finally:
        server.close()


@pytest.fixture
def small_disk():
    """A directory on a file system of its own, with room for a small database."""
    if os.getuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    place = Path(tempfile.mkdtemp(prefix="gochron-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode:
        place.rmdir()
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    place.chmod(0o755)
    yield place
    subprocess.run(["umount", "-l", place], check=True)
    place.rmdir()


def stuff(f):
    """Takes all the room that there is just now."""
    try:
        while f.write(b"x" * 65536):
            pass
    except OSError:
        pass


def test_a_full_disk_is_told_and_waited_for(outage, small_disk, dice, scaled, figures):
    (small_disk / "pg").mkdir()
    server = Postgres(["max_wal_size=16MB", "min_wal_size=8MB"], home=small_disk / "pg")
    try:
        town = outage(server.url, server.sql)
        for _ in range(scaled(1)):
            town.quiet(0.5 + dice.random())
            fill = small_disk / "fill"
            before = town.refused()
            with open(fill, "ab", buffering=0) as f:
                eventually(lambda: (stuff(f), town.refused() > before)[1], within=60, what="a write to be answered 503")
            stopped = not server.running()
            fill.unlink()
            server.start()  # it stops by itself when it cannot write its log
            town.wait_accepted()
        town.settle(figures)
        full = server.log().count("No space left on device")
        figures("the disk", f"{full} times no space left" + (", and Postgres stopped by itself" if stopped else ""))
        assert full, "the disk was not full"
    finally:
        server.close()
