"""Postgres is killed, restarted, or replaced by its standby, under load."""
import os
import signal

from harness.database import Postgres
from outage import outage  # noqa: F401


def test_the_engines_own_postgres_is_killed_and_comes_back(outage, dice, scaled, figures):
    town = outage()
    for _ in range(scaled(2)):
        town.quiet(1 + dice.random())
        os.kill(town.engine.postgres_pid(), signal.SIGKILL)
        town.wait_accepted()
    town.settle(figures)


def test_a_postgres_that_stays_away_is_told_and_waited_for(outage, postgres, dice, scaled, figures):
    town = outage(postgres.url, postgres.sql)
    for stop in [postgres.kill, postgres.stop] * scaled(1):
        town.quiet(0.5 + dice.random())
        stop()
        town.wait_refused()
        postgres.start()
        town.wait_accepted()
    town.settle(figures)


def test_the_standby_takes_over_from_a_killed_primary(outage, dice, figures):
    primary = Postgres(["wal_level=replica", "max_wal_senders=4"])
    standby = Postgres(copy_of=primary)
    try:
        # From here on a commit is answered when the standby has it: only then can a failover lose nothing.
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
        url = (f"postgresql://gochron@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/gochron"
               "?target_session_attrs=read-write")
        town = outage(url, standby.sql)
        town.quiet(1 + 2 * dice.random())
        primary.kill()
        town.wait_refused()
        standby.promote()
        town.wait_accepted()
        town.settle(figures)
    finally:
        standby.close()
        primary.close()


def test_the_time_in_which_both_were_dead_is_unknown(outage, postgres, dice, figures):
    town = outage(postgres.url, postgres.sql)
    town.quiet(1 + dice.random())
    postgres.kill()
    town.quiet(1 + dice.random())  # what is seen now can only be remembered
    town.engine.kill()
    town.quiet(1 + dice.random())
    postgres.start()
    town.engine.start()
    town.wait_accepted()
    town.settle(figures, watched=False)
