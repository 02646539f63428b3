"""Somebody's transaction holds a row that the engine must write."""
import subprocess
import time

import audit
from harness.database import command_of
from harness.waiting import eventually
from outage import outage  # noqa: F401


class Somebody:
    """A session that locks the state of one monitor and goes for a long lunch."""

    def __init__(self, server, monitor):
        sql = (f"BEGIN; SELECT FROM monitor_state WHERE monitor_id = '{audit.bare(monitor['id'])}' FOR UPDATE; "
               "SELECT 'locked'; SELECT pg_sleep(3600)")
        self._server = server
        self._process = subprocess.Popen(command_of(server.conninfo, sql), stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, cwd="/")
        eventually(lambda: server.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)%' "
                                      "AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()"), what="the lock")

    def leave(self):
        self._process.kill()
        self._process.wait(10)
        self._server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")


def test_a_locked_row_holds_up_its_own_monitor_and_no_other(outage, postgres, dice, figures):
    town = outage(postgres.url, postgres.sql)
    victim, others = town.town.stories[0], town.town.stories[1:]
    told = lambda m: len(town.town.told.get(m["id"], []))
    somebody = Somebody(postgres, victim)
    try:
        # The victim fails with the rest; its step cannot be written.
        began, before = time.monotonic(), {m["id"]: told(m) for m in others}
        eventually(lambda: town.metric("writes_set_aside") >= 1, 30, what="the victim's step to be set aside")
        eventually(lambda: all(told(m) >= before[m["id"]] + 2 for m in others), 30,
                   what="a failure and a recovery of each of the others to be told")
        figures("the others", f"told of failure and recovery within {time.monotonic() - began:.1f} s")
        silent = told(victim)
        town.quiet(1)
        assert told(victim) == silent, "what is not committed is not told"
    finally:
        somebody.leave()
    eventually(lambda: told(victim) > silent, 45, what="the victim's failure to be told")
    eventually(lambda: town.metric("writes_set_aside") == 0, 45, what="nothing to be aside")
    town.settle(figures)
