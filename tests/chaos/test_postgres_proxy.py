"""Between the engine and Postgres: a proxy that is slow, silent, or loses answers to COMMIT."""
import pytest

from harness.waiting import eventually
from outage import outage  # noqa: F401
from proxy import Proxy


@pytest.fixture
def proxy(postgres):
    between = Proxy(postgres.port)
    yield between
    between.close()


def test_a_slow_database_slows_writes_and_nothing_else(outage, postgres, proxy, scaled, figures):
    town = outage(proxy.url, postgres.sql)
    for _ in range(scaled(1)):
        proxy.delay = 0.15
        town.quiet(5)
        proxy.delay = 0.0
        town.quiet(1)
    town.settle(figures)


def test_commits_whose_answer_is_lost_are_neither_lost_nor_doubled(outage, postgres, proxy, dice, scaled, figures):
    town = outage(proxy.url, postgres.sql)
    proxy.cut = lambda: dice.choice(["before", "after"]) if dice.random() < 0.15 else None
    town.quiet(scaled(6))
    proxy.cut = None
    town.wait_accepted()
    town.settle(figures)
    figures("commits cut off", f"{proxy.cuts['before']} before they arrived, {proxy.cuts['after']} after they took effect; "
                               f"the engine looked up {town.metric('commits_in_doubt_total'):.0f}")
    assert min(proxy.cuts["before"], proxy.cuts["after"]) > 3, "the cuts were not where they hurt"


def test_a_database_that_falls_silent_is_given_up_in_time(outage, postgres, proxy, dice, figures):
    town = outage(proxy.url, postgres.sql)
    town.quiet(dice.random())
    proxy.silent = True
    town.wait_refused()
    proxy.drop()
    proxy.silent = False
    town.wait_accepted()
    town.settle(figures)


def test_a_commit_that_arrives_when_its_engine_is_dead_changes_nothing_behind_the_next(outage, postgres, proxy, figures):
    town = outage(proxy.url, postgres.sql)
    proxy.cut = lambda: "late"  # the network keeps it for a while
    eventually(lambda: proxy.cuts["late"], what="a commit to be on its way")
    town.quiet(1.5)  # so that something has failed or recovered in it
    town.engine.kill()
    proxy.cut = None
    town.engine.start()
    town.quiet(1)
    proxy.late.set()
    town.wait_accepted()
    town.settle(figures, watched=False)
