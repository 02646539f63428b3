"""The calendar feed of a schedule: read by the strictest parser there is at hand, and by nobody without its URL."""
import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest

# In Debian's own Python, where python3-icalendar is: another may run this test.
PARSE = """
import json, sys
from icalendar import Calendar
calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors, calendar.errors
events = []
for x in calendar.walk('VEVENT'):
    assert not x.errors, x.errors
    events.append({'uid': str(x['UID']), 'summary': str(x['SUMMARY']), 'start': x.decoded('DTSTART').timestamp(),
                   'end': x.decoded('DTEND').timestamp(), 'stamp': x.decoded('DTSTAMP').timestamp()})
print(json.dumps({'version': str(calendar['VERSION']), 'name': str(calendar['X-WR-CALNAME']), 'events': events}))
"""


def parsed(raw):
    done = subprocess.run(["/usr/bin/python3", "-c", PARSE], input=raw, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def stamp(x):
    return x.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
def feed(world, api):
    """A schedule with odd names, and its feed's path."""
    names = ["Ada, Countess; of \\ Lovelace", "Ünïcödé 𝄞 " + "ä€" * 60]
    users = [api.create("/api/users", {"email": f"{world.mark}-{i}@example.com", "name": name})["id"]
             for i, name in enumerate(names)]
    s = api.create("/api/schedules", {
        "name": "Primary, of \"the shop\"; all", "time_zone": "Europe/Paris",
        "layers": [{"key": "weekly", "name": "Weekly", "members": [[x] for x in users],
                    "rotation": {"unit": "week", "anchor_local": "2026-01-05T09:00:00"}}]})
    made = api.post(f"/api/schedules/{s['id']}/ical/rotate")
    assert made["url"].startswith(api.engine.url)
    return s, users, names, urlsplit(made["url"]).path


def test_a_calendar_reads_every_shift(api, feed):
    s, users, names, path = feed
    answer = api.send("GET", path, token=None)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in answer.raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in answer.raw.split(b"\r\n"))
    calendar = parsed(answer.raw)
    assert (calendar["version"], calendar["name"]) == ("2.0", s["name"])
    events = calendar["events"]
    assert len(events) > 40 and len({x["uid"] for x in events}) == len(events)
    ends = max(x["end"] for x in events)
    rows = api.get(f"/api/schedules/{s['id']}/shifts", **{
        "from": s["created_at"], "to": stamp(datetime.fromtimestamp(ends, timezone.utc))})["data"]
    by_id = dict(zip(users, names))
    seconds = lambda text: int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    assert [(x["start"], x["end"], x["summary"]) for x in events] == [
        (seconds(x["from"]), seconds(x["to"]), f"{by_id[x['user_ids'][0]]} on call: {s['name']}") for x in rows]


def test_it_is_the_same_until_something_changes(api, feed):
    s, users, _, path = feed
    first = api.send("GET", path, token=None)
    assert re.fullmatch(r'"[0-9]+"', first.headers["etag"])
    assert api.send("GET", path, token=None).raw == first.raw
    assert api.send("GET", path, token=None, headers={"If-None-Match": first.headers["etag"]}).status == 304
    begin = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=40)
    api.call("POST", f"/api/schedules/{s['id']}/overrides", {
        "kind": "add", "start_at": stamp(begin), "end_at": stamp(begin + timedelta(hours=3)), "user_ids": users}, expect=201)
    after = api.send("GET", path, token=None, headers={"If-None-Match": first.headers["etag"]})
    assert after.status == 200
    before, now = ({x["uid"] for x in parsed(raw)["events"]} for raw in (first.raw, after.raw))
    assert before <= now and len(now) == len(before) + 1, "no event has another name but the new one"


def test_the_secret_is_rotated_and_revoked(api, feed):
    s, _, _, path = feed
    home = f"/api/schedules/{s['id']}"
    assert api.get(home)["ical_created_at"] is not None and api.get(home)["version"] == 1
    fresh = urlsplit(api.post(home + "/ical/rotate")["url"]).path
    assert fresh != path
    assert api.send("GET", path, token=None).status == 404
    assert api.send("GET", fresh, token=None).status == 200
    api.delete(home + "/ical")
    assert api.send("GET", fresh, token=None).status == 404
    assert api.get(home)["ical_created_at"] is None
    api.call("DELETE", home + "/ical", expect=404)


def test_nothing_is_told_without_the_secret(api, feed):
    s, _, _, path = feed
    guesses = [path[:-5] + ("0" if path[-5] != "0" else "1") + ".ics", path[:-4], path + "x", "/ical/.ics",
               f"/ical/{s['id']}.ics", "/ical/%00.ics", "/ical/" + "7" * 26 + ".ics", "/ical/" + "9" * 4000 + ".ics"]
    answers = {api.send("GET", x, token=None).status for x in guesses}
    assert answers <= {404, 400}
    api.delete(f"/api/schedules/{s['id']}")
    assert api.send("GET", path, token=None).status == 404


def test_a_secret_made_under_a_key_is_shown_again_but_not_made_again(world, api, feed):
    s = feed[0]
    path, key = f"/api/schedules/{s['id']}/ical/rotate", {"Idempotency-Key": world.mark}
    first, again = (api.call("POST", path, headers=key, expect=200) for _ in range(2))
    assert first.json == again.json
    assert api.send("GET", urlsplit(first.json["url"]).path, token=None).status == 200


def test_guessing_is_limited_by_address(make_engine):
    engine = make_engine("--anonymous-rate-limit", "1", "--trusted-proxies", "127.0.0.1").start()
    api = engine.api()

    def guess(ip):
        return api.send("GET", "/ical/" + "1" * 26 + ".ics", token=None, headers={"X-Forwarded-For": ip}).status

    with ThreadPoolExecutor(8) as crowd:
        statuses = list(crowd.map(lambda _: guess("192.0.2.1"), range(60)))
    assert set(statuses) == {404, 429} and statuses.count(404) >= 5
    assert guess("192.0.2.2") == 404, "another address"
