"""What must hold while the database is in trouble, and after."""
import time

import pytest

import audit
from clients import settle_accounts
from harness.waiting import eventually
from town import Town

HANDLER_DEADLINE = 10.0  # seconds in which every request is answered


class Outage:
    """A small town over an engine; `sql` reads behind the engine's back."""

    def __init__(self, engine, dice, sql):
        self.engine, self.sql = engine, sql
        self.api = engine.api()
        self.town = Town(self.api, dice, stories=6, storms=4, calm=3, jobs=2, clients=3, moods=False)
        self.town.wake()
        self.began, self.widest = time.time(), 0.0

    def quiet(self, seconds):
        """Nothing but the load, for this long."""
        time.sleep(seconds)

    def refused(self):
        """Writes that were answered 503, so far."""
        return sum(c.told_503 for c in self.town.clients)

    def wait_refused(self, within=20.0):
        """Until a write is refused: the outage is felt."""
        before = self.refused()
        eventually(lambda: self.refused() > before, within, what="a write to be answered 503")

    def wait_accepted(self, within=60.0):
        """Until the engine takes writes again."""
        before = sum(c.accepted for c in self.town.clients)
        eventually(lambda: sum(c.accepted for c in self.town.clients) > before + 5, within, what="writes to be taken")

    def settle(self, figures, watched=True, within=90.0):
        """The load stops; nothing was lost, nothing doubled, no lie told, and, unless the engine itself was dead for a
        while, the targets never had a rest."""
        ended = time.time()
        self.town.calm_down(within)
        found = self._unwatched(ended) if watched else []
        if watched:
            eventually(lambda: not self._missing_rounds(ended), 15, every=0.5, what="the results to be written")
        found += audit.rows(self.sql) + audit.receivers(self.town, self.sql) + audit.stories(self.town, self.sql)
        found += settle_accounts(self.town.clients, self.api)
        slowest = max(c.slowest for c in self.town.clients)
        if slowest > HANDLER_DEADLINE + 1.5:
            found.append(f"a write was answered after {slowest:.1f} s")
        for monitor in self.town.calm:
            parts = self.town.parts_since(monitor, self.began)
            whole = parts["unknown_seconds"] == 0 if watched else parts["coverage_percent"] == 100
            if parts["down_seconds"] or watched != whole:
                found.append(f"{monitor['name']} was never down, and its history says {parts}")
        figures("load", f"{self.sql('SELECT count(*) FROM incidents')[0][0]} incidents, "
                        f"{sum(self.town.failures.values())} failures told exactly once, "
                        f"{sum(c.accepted for c in self.town.clients)} writes accepted, {self.refused()} answered 503, "
                        f"{sum(c.doubts for c in self.town.clients)} in doubt, slowest answer {slowest:.1f} s, "
                        f"widest pause of a target {self.widest:.1f} s")
        assert not found, "\n".join(found)

    def _unwatched(self, ended):
        """Checks went on: the calm were hit each second, whatever the database did."""
        found = []
        for monitor in self.town.calm:
            hits = [t for t in self.town.services.hits[monitor["path"]] if self.began <= t <= ended]
            widest = max((b - a for a, b in zip(hits, hits[1:])), default=ended - self.began)
            self.widest = max(self.widest, widest)
            if widest > 2.5:
                found.append(f"{monitor['name']} was not checked for {widest:.1f} s")
        return found

    def _missing_rounds(self, ended):
        """Rounds of the calm that are not in their results; a slot that was skipped is counted as such."""
        lines = ", ".join(f"'{audit.bare(m['id'])}'" for m in self.town.calm)
        return self.sql(f"""
            SELECT s.monitor_id, count(r.round_at), s.skipped_slots FROM monitor_state s JOIN check_results r USING
            (monitor_id) WHERE s.monitor_id IN ({lines}) AND r.round_at BETWEEN to_timestamp({self.began})
            AND to_timestamp({ended}) GROUP BY s.monitor_id, s.skipped_slots
            HAVING count(*) + s.skipped_slots < {int(ended - self.began) - 1}""")

    def metric(self, name):
        lines = self.api.send("GET", "/metrics").raw.decode().splitlines()
        return float(next(x for x in lines if x.startswith(f"gochron_{name} ")).split()[1])

    def close(self):
        self.town.close()
        if self.engine.process:
            self.engine.kill()  # what it would wait for may be gone


@pytest.fixture
def outage(make_engine, dice):
    """`outage(url, sql)`: an engine on that database, or on one of its own, and the town."""
    made = []

    def make(url=None, sql=None):
        engine = make_engine(env={"DATABASE_URL": url} if url else None).start()
        made.append(Outage(engine, dice, sql or engine.sql))
        return made[-1]

    yield make
    for x in made:
        x.close()
