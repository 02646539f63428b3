"""The ledgers bite: a database that now and then forgets what it was given is found out. Without this, a run in which
nothing was lost could be one that looked at nothing."""
import time

import audit
from clients import settle_accounts
from town import Town

# Every fifth row is gone after an INSERT and a COMMIT that succeeded. (table, which rows, what must be said of it)
LEAKS = [
    ("api_tokens", "true", "accepted and lost"),
    ("incident_timeline", "NEW.kind = 'acknowledged'", "the acknowledgement was accepted and is not on record"),
    ("deliveries", "NEW.channel_id = '{slow}'", "a channel that was told of an opening is not owed"),
    ("delivery_attempts", "true", "the attempts of a delivery are not numbered"),
]


def leak(engine, table, which):
    engine.sql(f"""
        CREATE FUNCTION leak_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN DELETE FROM {table} WHERE id = NEW.id AND {which} AND random() < 0.2; RETURN NULL; END $$;
        CREATE TRIGGER leak AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION leak_{table}()""")


def test_a_database_that_forgets_is_found_out(engine, dice, scaled, figures):
    api = engine.api()
    town = Town(api, dice)
    try:
        town.wake()
        slow = audit.bare(next(channel["id"] for channel, hook in town.channels if hook is town.slow))
        for table, which, _ in LEAKS:
            leak(engine, table, which.format(slow=slow))
        time.sleep(scaled(8))  # not to wait for anything: so long it forgets
        for table, *_ in LEAKS:
            engine.sql(f"DROP TRIGGER leak ON {table}")
        town.calm_down()
        silent = town.main.attempts[-1]
        town.main.attempts.remove(silent)  # and a receiver that was never told
        found = audit.rows(engine.sql) + audit.receivers(town, engine.sql) + audit.stories(town, engine.sql)
        found += settle_accounts(town.clients, api)
        for said in [x for *_, x in LEAKS] + [f"main: {audit.bare(silent.id)} never arrived"]:
            assert any(said in line for line in found), f"nobody noticed: {said}\n" + "\n".join(found[:20])
        figures("found out", f"{len(found)} lines about {len(LEAKS) + 1} kinds of loss")
    finally:
        town.close()
