"""Who is on call, with names: nobody has to look an id up."""
from datetime import timedelta

from test_schedules import now, on_call, people, schedule, stamp, weekly  # noqa: F401 (fixtures)


def named(users, names):
    return [{"user_id": u, "name": n} for u, n in sorted(zip(users, names))]


def test_wherever_people_are_listed_their_names_are(api, people, schedule):  # noqa: F811
    names = ["Ada Lovelace", "Ben \"of\" Nil"]
    ada, ben = people(2, names)
    s = schedule([{"key": "both", "name": "Both", "members": [[ada, ben]],
                   "rotation": {"unit": "week", "anchor_local": "2026-01-05T09:00:00"}}])
    both = named([ada, ben], names)
    answer = on_call(api, s)
    assert (answer["users"], answer["schedule_name"]) == (both, s["name"])
    assert [x["user_id"] for x in answer["users"]] == answer["user_ids"]
    row, = api.all("/api/oncall", schedule_ids=s["id"])
    assert (row["users"], row["schedule_name"]) == (both, s["name"])
    for shift in api.get(f"/api/schedules/{s['id']}/shifts")["data"]:
        assert (shift["users"], shift["user_ids"]) == (both, sorted([ada, ben]))
    previewed = api.post("/api/schedules/preview", {"schedule": {
        "name": "unsaved", "layers": [{"key": "one", "name": "One", "members": [[ben]],
                                       "rotation": {"unit": "week", "anchor_local": "2026-01-05T09:00:00"}}]}})["data"]
    assert previewed[0]["users"] == [{"user_id": ben, "name": names[1]}]
    edited = api.post(f"/api/schedules/{s['id']}/preview", {"schedule": {"time_zone": "Europe/Paris"}})["data"]
    assert edited[0]["users"] == both
    api.patch(f"/api/users/{ada}", {"name": "Countess"})
    assert {x["name"] for x in on_call(api, s)["users"]} == {"Countess", names[1]}, "as they are called now"


def test_who_has_left_is_on_call_in_the_past_without_a_name(engine):
    api = engine.api()
    ada, ben = (api.create("/api/users", {"email": f"{x}@example.com", "name": x})["id"] for x in ("ada", "ben"))
    s = api.create("/api/schedules", {"name": "Primary", "layers": [weekly([ada])]})
    path = f"/api/schedules/{s['id']}"
    api.patch(path, {"layers": [weekly([ben])], "on_edit": "by_anchor"})
    api.delete(f"/api/users/{ada}")
    first, *_, last = api.get(path + "/shifts", **{"from": s["created_at"], "to": stamp(now() + timedelta(days=1))})["data"]
    assert first["users"] == [{"user_id": ada, "name": None}]
    assert last["users"] == [{"user_id": ben, "name": "ben"}]


def test_pages_of_somebodys_schedules_are_full(world, api, people, schedule):  # noqa: F811
    ada, ben = people(2, ["Ada", "Ben"])
    made = [schedule([weekly([(ada, ben)[n % 3 == 0]])]) for n in range(7)]
    stand_in = schedule([weekly([ben])])
    api.call("POST", f"/api/schedules/{stand_in['id']}/overrides", {
        "kind": "schedule", "end_at": stamp(now() + timedelta(hours=1)), "schedule_id": made[1]["id"]}, expect=201)
    hers = [x["id"] for n, x in enumerate(made) if n % 3] + [stand_in["id"]]
    pages, cursor = [], None
    while True:
        page = api.get("/api/oncall", user_id=ada, limit=2, **({"cursor": cursor} if cursor else {}))
        pages.append([x["schedule_id"] for x in page["data"]])
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert pages == [hers[:2], hers[2:4], hers[4:]]
    assert [x["schedule_id"] for x in api.all("/api/oncall", user_id=ada, schedule_ids=f"{hers[0]},{made[0]['id']}")] \
        == [hers[0]]
    later = stamp(now() + timedelta(hours=2))
    assert stand_in["id"] not in [x["schedule_id"] for x in api.all("/api/oncall", user_id=ada, at=later)]
    assert api.all("/api/oncall", user_id="usr_01jd9e6h6gf4g8w1q6v5q8z3ab") == []


def test_whom_a_policy_tells_has_a_name(world, api, people, schedule, receiver):  # noqa: F811
    ada, = people(1, ["Ada"])
    world.verified(ada, receiver.hook(), name="Mobile")
    s = schedule([weekly([ada])], name="Primary")
    team = api.create("/api/teams", {"name": world.name("team"), "members": [{"user_id": ada}]})
    channel = world.channel(receiver.hook())
    targets = [("schedule", s["id"], s["name"], "Ada"), ("user", ada, "Ada", "Ada"),
               ("team", team["id"], team["name"], "Ada"), ("channel", channel["id"], channel["name"], None)]
    policy = api.create("/api/escalation-policies", {"name": world.name("policy"), "steps": [
        {"key": "all", "targets": [{"type": t, "id": i} for t, i, _, _ in targets]}]})
    path = f"/api/escalation-policies/{policy['id']}"
    for answer, calls in ((api.get(path + "/oncall"), "steps"), (api.post(path + "/simulate"), "calls")):
        assert answer["policy_name"] == policy["name"]
        told = [(r["type"], r["id"], r["name"], r["user_name"]) for r in answer[calls][0]["recipients"]]
        assert told == targets
