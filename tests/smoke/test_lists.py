"""Every list of configurable things keeps the same promises: filters, orders, and cursors that nothing disturbs."""
import random

import pytest

from harness.nouns import POLICY, WINDOW, somebody_to_tell

def target_of(name):
    return f"http://target-{''.join(c for c in name if c.isascii() and (c.isalnum() or c == '.'))}.example/"


NOUNS = {
    "monitors": lambda name: {"name": name, "type": "http", "paused": True, "http": {"url": target_of(name)}},
    "channels": lambda name: {"name": name, "type": "webhook", "webhook": {"url": target_of(name)}},
    "alert-rules": lambda name: {"name": name, "selector": {"tags": ["nobody"]}},
    "schedules": lambda name: {"name": name},
    "escalation-policies": POLICY,
    "maintenance-windows": WINDOW,
    "teams": lambda name: {"name": name},
}
SORTS = ["created_at", "-created_at", "name", "-name", "updated_at", "-updated_at"]


@pytest.fixture(params=sorted(NOUNS))
def noun(request):
    return request.param


@pytest.fixture
def make(world, api, noun):
    def made(name):
        return api.create(f"/api/{noun}", NOUNS[noun](f"{name}.{world.mark}"))
    return made


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_is_total_and_pages_cut_it_cleanly(world, api, noun, make, sort):
    rows = [make(random.choice("bca") + random.choice("éZ_%")) for _ in range(9)]
    api.patch(f"/api/{noun}/{rows[2]['id']}", {"name": rows[0]["name"]})  # the same name twice
    whole = api.get(f"/api/{noun}", q=world.mark, sort=sort, limit=200)["data"]
    assert {r["id"] for r in whole} == {r["id"] for r in rows}
    column = sort.removeprefix("-")
    values = [(r[column].encode(), r["id"]) for r in whole]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert [r["id"] for r in api.all(f"/api/{noun}", limit=2, q=world.mark, sort=sort)] == [r["id"] for r in whole]


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "name", "-name"])
def test_what_survives_is_seen_exactly_once_while_rows_come_and_go(world, api, noun, make, sort):
    dice = random.Random(sort)
    alive = {row["id"]: row for row in (make(f"{dice.randrange(1000):03}") for _ in range(24))}
    survivors = set(alive)
    seen, cursor = [], None
    for _ in range(200):
        page = api.get(f"/api/{noun}", limit=3, q=world.mark, sort=sort, **({"cursor": cursor} if cursor else {}))
        seen += [r["id"] for r in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(alive) > 26:  # so that an order in which new rows come last ends at some time
            continue
        victim = dice.choice(sorted(alive))
        api.delete(f"/api/{noun}/{victim}")
        del alive[victim]
        survivors.discard(victim)
        for _ in range(2):
            row = make(f"{dice.randrange(1000):03}")
            alive[row["id"]] = row
    assert cursor is None
    assert len(seen) == len(set(seen)), "a row twice"
    assert survivors <= set(seen), "a row that was there all the time is missing"


def test_filters_by_text_key_time_and_state(world, api, noun, make):
    first, second, third = (make(f"{x}Shop") for x in "abc")
    names = lambda **query: [r["id"] for r in api.get(f"/api/{noun}", **query)["data"]]
    assert names(q=f"BSHOP.{world.mark.upper()}") == [second["id"]]
    assert names(q=f"100%{world.mark}") == [], "a percent sign is a percent sign"
    if noun in ("monitors", "channels"):
        assert names(q=f"target-cshop.{world.mark}") == [third["id"]], "the target is searched too"
    edited = api.patch(f"/api/{noun}/{first['id']}", {"key": f"list.{world.mark}"})
    assert names(key=f"list.{world.mark}") == [first["id"]]
    assert names(key="list.of-nobody") == []
    assert first["id"] in names(updated_since=edited["updated_at"])
    assert names(updated_since="2999-01-01T00:00:00Z") == []
    assert names(ids=f"{third['id']},{second['id']}", sort="-name") == [third["id"], second["id"]]
    ids = f"ids={third['id']}&ids={second['id']}"
    assert [r["id"] for r in api.get(f"/api/{noun}?{ids}&sort=-name")["data"]] == names(ids=f"{third['id']},{second['id']}", sort="-name")
    since = edited["updated_at"].replace("Z", "000%2B00:00")
    assert api.get(f"/api/{noun}?updated_since={since}&{ids}") == api.get(f"/api/{noun}?updated_since={edited['updated_at']}&{ids}")
    off = {"monitors": {"paused": False}, "channels": {"enabled": False}, "alert-rules": {"enabled": False},
           "schedules": {"time_zone": "Asia/Tokyo"}}.get(noun)
    if not off:
        return
    api.patch(f"/api/{noun}/{second['id']}", off)
    (name, value), = off.items()
    asked = value if isinstance(value, str) else str(value).lower()
    assert names(q=world.mark, **{name: asked}) == [second["id"]]


@pytest.mark.parametrize("query", ["sort=color", "sort=", "updated_since=today", "ids=mon_x,chn_x", "enabled=perhaps",
                                   "nonsense=1", "limit=0", "q=" + "x" * 256, "key=" + "x" * 256,
                                   "ids=" + ",".join(["x"] * 201), "sort=name&sort=name", "limit=1&limit=1",
                                   "updated_since=2026-01-01T00:00:00%2B01:00", "updated_since=2026-01-01T00:00:00.0001Z",
                                   "&".join(["ids=x"] * 201)])
def test_what_makes_no_sense_is_refused(api, noun, query):
    refused = api.call("GET", f"/api/{noun}?{query}", expect=422)
    assert refused.json["errors"]


def test_a_cursor_is_bound_to_its_order_and_filters(world, api, noun, make):
    for x in "abc":
        make(x)
    cursor = api.get(f"/api/{noun}", limit=1, sort="name", q=world.mark)["next_cursor"]
    for other in (f"sort=-name&q={world.mark}", f"sort=name&q=x", f"q={world.mark}"):
        api.call("GET", f"/api/{noun}?limit=1&cursor={cursor}&{other}", expect=400)
