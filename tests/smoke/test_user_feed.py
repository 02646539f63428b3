"""All shifts of one person in one calendar: theirs to make, and of every schedule that they are on."""
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from harness.api import Api
from test_schedule_feed import parsed
from test_schedules import instant, now, people, schedule, stamp, weekly  # noqa: F401 (fixtures)


def made(api, user):
    answer = api.post(f"/api/users/{user}/ical/rotate")
    assert answer["url"].startswith(api.engine.url)
    return urlsplit(answer["url"]).path


def calendar(api, path):
    answer = api.send("GET", path, token=None)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert all(len(line) <= 75 for line in answer.raw.split(b"\r\n"))
    return parsed(answer.raw)


def summaries(events):
    return {x["summary"] for x in events}


def test_every_shift_by_every_schedule_and_nobody_elses(api, people, schedule):  # noqa: F811
    ada, ben = people(2, ["Ada, Countess; of \\ Lovelace", "Ben"])
    first = schedule([weekly([ada, ben])], "Europe/Paris", name="Primary, of \"the shop\"; all")
    second = schedule([weekly([ben])], name="Database")
    third = schedule([weekly([ben])], name="Stand-in")
    schedule([weekly([ben])], name="Not hers")
    start = now().replace(microsecond=0) + timedelta(days=3)
    for of, body in ((second, {"kind": "add", "user_ids": [ada]}),
                     (third, {"kind": "schedule", "schedule_id": first["id"]})):
        api.call("POST", f"/api/schedules/{of['id']}/overrides",
                 {**body, "start_at": stamp(start), "end_at": stamp(start + timedelta(days=21))}, expect=201)
    seen = calendar(api, made(api, ada))
    assert (seen["version"], seen["name"]) == ("2.0", "Ada, Countess; of \\ Lovelace on call")
    events = seen["events"]
    assert len({x["uid"] for x in events}) == len(events)
    assert summaries(events) == {f"Ada, Countess; of \\ Lovelace on call: {x['name']}" for x in (first, second, third)}
    by = lambda s: sorted((x["start"], x["end"]) for x in events if x["summary"].endswith(f": {s['name']}"))
    assert by(second) == [(start.timestamp(), (start + timedelta(days=21)).timestamp())]
    last = max(end for _, end in by(first))
    rows = api.get(f"/api/schedules/{first['id']}/shifts", user_id=ada, **{
        "from": first["created_at"], "to": stamp(datetime.fromtimestamp(last, timezone.utc))})["data"]
    assert by(first) == [(int(instant(x["from"]).timestamp()), int(instant(x["to"]).timestamp())) for x in rows]
    assert len(by(first)) > 20


def test_it_follows_edits_and_is_there_without_any_shift(api, people, schedule):  # noqa: F811
    ada, ben = people(2, ["Ada", "Ben"])
    path = made(api, ada)
    assert calendar(api, path)["events"] == []
    s = schedule([weekly([ada])], name="Primary")
    before = api.send("GET", path, token=None)
    assert summaries(parsed(before.raw)["events"]) == {"Ada on call: Primary"}
    assert api.send("GET", path, token=None, headers={"If-None-Match": before.headers["etag"]}).status == 304
    api.patch(f"/api/users/{ada}", {"name": "Countess"})
    assert summaries(calendar(api, path)["events"]) == {"Countess on call: Primary"}
    api.patch(f"/api/schedules/{s['id']}", {"layers": [weekly([ben])], "on_edit": "by_anchor"})
    events = calendar(api, path)["events"]
    assert all(x["end"] <= now().timestamp() + 1 for x in events), "what was hers stays, what is to come is his"


def test_the_secret_is_shown_once_rotated_and_revoked(api, people, schedule):  # noqa: F811
    ada, = people(1, ["Ada"])
    home = f"/api/users/{ada}/ical"
    assert api.get(home) == {"created_at": None}
    api.delete(home, expect=404)
    first = made(api, ada)
    assert api.get(home)["created_at"] is not None and api.get(f"/api/users/{ada}")["version"] == 1
    second = made(api, ada)
    assert first != second and api.send("GET", first, token=None).status == 404
    assert api.send("GET", second, token=None).status == 200
    api.call("POST", home + "/rotate?validate_only=true", expect=204)
    assert api.send("GET", second, token=None).status == 200
    api.delete(home)
    assert api.send("GET", second, token=None).status == 404 and api.get(home) == {"created_at": None}
    third = made(api, ada)
    actions = {x["action"] for x in api.all("/api/audit-log", resource_id=ada)}
    assert {"create", "rotate", "revoke"} <= actions
    api.delete(f"/api/users/{ada}")
    assert api.send("GET", third, token=None).status == 404
    api.call("GET", home, expect=404)


def test_made_under_a_key_it_is_made_once(world, api, people):  # noqa: F811
    ada, = people(1, ["Ada"])
    key = {"Idempotency-Key": world.mark}
    first, again = (api.call("POST", f"/api/users/{ada}/ical/rotate", headers=key, expect=200) for _ in range(2))
    assert first.json == again.json
    assert api.send("GET", urlsplit(first.json["url"]).path, token=None).status == 200


def test_it_is_theirs_and_administrators(world, api, people, shared_engine):  # noqa: F811
    ada, ben = people(2, ["Ada", "Ben"])

    def bearer(user, scopes):
        made = api.call("POST", "/api/tokens", {"name": "t", "scopes": scopes, "user_id": user}, expect=201).json
        return api.with_token(made["secret"])

    hers = bearer(ada, ["contact-methods:read", "contact-methods:write"])
    path = made(hers, ada)
    assert hers.get(f"/api/users/{ada}/ical")["created_at"] is not None
    for method, at in (("POST", f"/api/users/{ben}/ical/rotate"), ("DELETE", f"/api/users/{ben}/ical")):
        assert "themselves" in hers.call(method, at, expect=403).json["detail"]
    nobodys = api.call("POST", "/api/tokens", {"name": "t", "scopes": ["contact-methods:write"]}, expect=201).json["secret"]
    api.with_token(nobodys).call("POST", f"/api/users/{ada}/ical/rotate", expect=403)
    reader = bearer(ada, ["contact-methods:read"])
    reader.call("DELETE", f"/api/users/{ada}/ical", expect=403)
    chief = api.create("/api/users", {"email": f"chief-{world.mark}@example.com", "name": "Chief", "role": "admin"})["id"]
    bearer(chief, ["contact-methods:write", "users:write"]).delete(f"/api/users/{ada}/ical")
    assert api.send("GET", path, token=None).status == 404
    _, secret = shared_engine.run("org", "create", "--name", "feeds", "--plan", "self_hosted").stdout.split()
    other = Api(shared_engine, secret)
    for method, at in (("GET", ""), ("POST", "/rotate"), ("DELETE", "")):
        other.call(method, f"/api/users/{ada}/ical{at}", expect=404)
