"""What happened, as a list and as it happens: in order, once, to whom it belongs."""
import json

import pytest

from harness.api import Api
from harness.sse import EventStream
from harness.waiting import eventually



@pytest.fixture
def follow():
    """`follow(api, ...)`: a stream that ends with the test."""
    made = []

    def begin(api, **how):
        made.append(EventStream(api, **how))
        assert made[-1].status == 200, made[-1].status
        assert made[-1].headers["content-type"] == "text/event-stream"
        return made[-1]

    yield begin
    for stream in made:
        stream.close()


def job(world, **more):
    """A heartbeat that is up, far from its deadline."""
    made = world.heartbeat(period=3600, grace=60, **more)
    world.ping(made)
    world.wait_status(made, "up")
    return made


def flap(world, made):
    """Down and up again: two events."""
    world.ping(made, "/1")
    world.wait_status(made, "down")
    world.ping(made)
    world.wait_status(made, "up")


def positions(events):
    return [int(e.id) for e in events]


def test_a_stream_tells_at_once_what_webhooks_tell(world, api, follow, receiver):
    hook = receiver.hook()
    made = job(world)
    world.rule([made], [world.channel(hook)])
    stream = follow(api, monitor_id=made["id"])
    assert stream.retry and stream.last_id, "a place to come back to, before anything happened"
    world.ping(made, "/1")
    event = stream.next()
    assert event.type == "incident.opened"
    assert event.data.encode() == hook.expect("incident.opened").raw
    assert int(event.id) > int(stream.last_id) - 1
    world.ping(made)
    assert stream.next().type == "incident.resolved"
    hook.expect("incident.resolved")
    listed = api.all("/api/events", monitor_id=made["id"])
    assert [(str(e["position"]), e["type"], e["body"]) for e in listed] == \
        [(e.id, e.type, json.loads(e.data)) for e in stream.seen]


def test_the_list_pages_and_its_last_cursor_goes_on_later(world, api):
    made = job(world)
    flap(world, made)
    first = api.get("/api/events", monitor_id=made["id"], limit=1)
    assert [e["type"] for e in first["data"]] == ["incident.opened"] and first["next_cursor"]
    rest = api.get("/api/events", monitor_id=made["id"], limit=1, cursor=first["next_cursor"])
    assert [e["type"] for e in rest["data"]] == ["incident.resolved"] and rest["next_cursor"] is None
    later = dict(monitor_id=made["id"], limit=1, cursor=rest["resume_cursor"])
    nothing = api.get("/api/events", **later)
    assert nothing["data"] == [] and nothing["next_cursor"] is None and not nothing["gap"]
    world.ping(made, "/2")
    world.wait_status(made, "down")
    assert [e["type"] for e in api.get("/api/events", **later)["data"]] == ["incident.opened"]
    later["cursor"] = nothing["resume_cursor"]
    assert [e["type"] for e in api.get("/api/events", **later)["data"]] == ["incident.opened"]
    api.call("GET", f"/api/events?cursor={rest['resume_cursor']}", expect=400)  # other filters than before


def test_filters_are_those_of_the_list_and_of_the_stream(world, api, follow):
    mark = world.name("tag").replace(" ", "-")
    plain, tagged = job(world), job(world, tags=["both", mark])
    streams = {
        "tag": follow(api, tags=mark),
        "tags": follow(api, tags=f"{mark},absent"),
        "type": follow(api, type="incident.resolved", monitor_id=f"{plain['id']},{tagged['id']}"),
        "kind": follow(api, monitor_type="http", monitor_id=plain["id"]),
    }
    flap(world, plain)
    flap(world, tagged)
    assert [json.loads(e.data)["data"]["monitor"]["id"] for e in streams["tag"].take(2)] == [tagged["id"]] * 2
    assert [e.type for e in streams["type"].take(2)] == ["incident.resolved"] * 2
    assert all(s.is_quiet() for s in streams.values())
    listed = api.all("/api/events", tags=mark)
    assert [e["position"] for e in listed] == positions(streams["tag"].seen)
    only = api.all("/api/events", incident_id=listed[0]["incident_id"])
    assert [e["id"] for e in only] == [e["id"] for e in listed]
    at = listed[1]["timestamp"]
    assert [e["id"] for e in api.all("/api/events", tags=mark, to=at)] == [listed[0]["id"]]
    assert [e["id"] for e in api.all("/api/events", tags=mark, **{"from": at})] == [listed[1]["id"]]
    assert api.all("/api/events", tags=mark, monitor_type="http") == []
    # Resumed, the same filters hold.
    again = follow(api, last_id=listed[0]["position"], tags=mark)
    assert positions(again.take(1)) == [listed[1]["position"]]


def test_who_resumes_misses_nothing_and_hears_nothing_twice_though_the_engine_was_killed(engine, own_world, follow):
    api, world = own_world.api, own_world
    jobs = [job(world) for _ in range(3)]
    stream = follow(api)
    begun = int(stream.last_id)
    for made in jobs:
        flap(world, made)
    heard = stream.take(4)
    stream.close()
    engine.kill()
    engine.start()
    for made in jobs:
        flap(world, made)
    resumed = follow(api, last_id=heard[-1].id)
    heard += resumed.take(8)
    flap(world, jobs[0])  # live again, right behind what was missed
    heard += resumed.take(2)
    assert resumed.is_quiet()
    listed = [e["position"] for e in api.all("/api/events") if e["position"] > begun]
    assert positions(heard) == listed == sorted(set(listed))
    assert len(listed) == 14
    # By the parameter, for browsers; the header counts when both are there.
    assert positions(follow(api, last_event_id=begun).take(14)) == listed
    assert positions(follow(api, last_event_id=begun, last_id=listed[-2]).take(1)) == listed[-1:]


def test_a_long_past_is_resumed_in_pieces(engine, own_world, follow):
    made = job(own_world)
    flap(own_world, made)
    template = own_world.api.all("/api/events")[0]
    engine.sql(f"""INSERT INTO events SELECT gen_random_uuid(), org_id, type, NULL, 0, at, body, 1000 + g
                   FROM events, generate_series(1, 3000) g WHERE position = {template['position']}""")
    heard = follow(own_world.api, last_id=1).take(3002, within=20)
    assert positions(heard)[:3000] == list(range(1001, 4001))
    assert positions(heard) == sorted(set(positions(heard)))


def test_events_past_their_retention_are_said_to_be_missing(engine, own_world, follow):
    api = own_world.api
    made = job(own_world)
    flap(own_world, made)
    first, second = [e["position"] for e in api.all("/api/events")]
    cursor = api.get("/api/events", limit=1)["next_cursor"]
    engine.sql(f"INSERT INTO event_horizons SELECT org_id, {second} FROM events LIMIT 1")
    engine.sql("DELETE FROM events")
    flap(own_world, made)
    stream = follow(api, last_id=first)
    gap, opened, resolved = stream.take(3)
    assert gap.type == "gap" and json.loads(gap.data) == {"forgotten": second} and gap.id is None
    assert [opened.type, resolved.type] == ["incident.opened", "incident.resolved"]
    page = api.get("/api/events", limit=1, cursor=cursor)
    assert page["gap"] and [str(e["position"]) for e in page["data"]] == [opened.id]
    assert not api.get("/api/events", cursor=page["resume_cursor"], limit=1)["gap"]
    assert follow(api, last_id=second).next().type == "incident.opened", "who had seen the last misses nothing"


def test_streams_of_a_token_are_counted(api, follow):
    made = api.call("POST", "/api/tokens", {"name": "many", "scopes": ["events:read"]}, expect=201).json
    many = api.with_token(made["secret"])
    streams = [follow(many) for _ in range(20)]
    refused = EventStream.refused(many)
    assert refused.status == 429 and int(refused.headers["retry-after"]) > 0
    assert refused.document()["code"] == "rate_limited"
    follow(api)  # others are not in their way
    streams[0].close()
    eventually(lambda: follow_again(many, follow))


def follow_again(api, follow):
    try:
        return follow(api)
    except AssertionError:
        return None


def test_a_stream_beats_and_ends_with_its_token(api, follow):
    made = api.call("POST", "/api/tokens", {"name": "brief", "scopes": ["events:read"]}, expect=201).json
    stream, other = follow(api.with_token(made["secret"])), follow(api)
    eventually(lambda: stream.comments, within=20, what="a heartbeat")
    api.delete(f"/api/tokens/{made['id']}")
    assert stream.ended.wait(60)
    assert "token" in stream.comments[-1]
    assert not other.ended.is_set()


def test_the_feed_needs_its_scope(api):
    made = api.call("POST", "/api/tokens", {"name": "poor", "scopes": ["monitors:read"]}, expect=201).json
    poor = api.with_token(made["secret"])
    poor.call("GET", "/api/events", expect=403)
    assert EventStream.refused(poor).status == 403
    assert EventStream.refused(api.with_token("gct_nonsense")).status == 401


@pytest.mark.parametrize("query, headers, status, pointer", [
    ("type=incident.exploded", {}, 422, "type"),
    ("monitor_id=42", {}, 422, "monitor_id"),
    ("incident_id=mon_00000000000000000000000000", {}, 422, "incident_id"),
    ("monitor_type=telepathy", {}, 422, "monitor_type"),
    ("tags=" + ",".join("x" * 60), {}, 422, "tags"),
    ("limit=10", {}, 422, "limit"),
    ("colour=red", {}, 422, "colour"),
    ("last_event_id=soon", {}, 422, "last_event_id"),
    ("last_event_id=-1", {}, 422, "last_event_id"),
    ("last_event_id=9007199254740991", {}, 422, "last_event_id"),
    ("last_event_id=99999999999999999999999", {}, 422, "last_event_id"),
    ("", {"Last-Event-ID": "evt_1"}, 422, "Last-Event-ID"),
    ("", {"Last-Event-ID": "9007199254740991"}, 422, "Last-Event-ID"),
    ("", {"Accept": "application/json"}, 406, None),
])
def test_a_stream_that_makes_no_sense_does_not_begin(api, query, headers, status, pointer):
    answer = api.call("GET", "/api/events/stream" + ("?" + query if query else ""), headers=headers, expect=status)
    if pointer:
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("query, status", [
    ("cursor=nonsense", 400), ("from=yesterday", 422), ("type=incident.exploded", 422), ("limit=0", 422),
    ("last_event_id=1", 422)])
def test_a_list_that_makes_no_sense_is_refused(api, query, status):
    api.call("GET", f"/api/events?{query}", expect=status)


def test_another_organisation_hears_nothing(shared_engine, world, api, follow):
    _, secret = shared_engine.run("org", "create", "--name", "listeners", "--plan", "self_hosted").stdout.split()
    other = Api(shared_engine, secret)
    made = job(world)
    ours, theirs, past = follow(api, monitor_id=made["id"]), follow(other), follow(other, last_id=0)
    flap(world, made)
    ours.take(2)
    assert theirs.is_quiet() and past.is_quiet()
    assert other.get("/api/events")["data"] == []
    assert other.get("/api/events", monitor_id=made["id"])["data"] == []


def test_a_server_that_stops_ends_its_streams_at_once(engine, own_world, follow):
    stream = follow(own_world.api)
    assert engine.stop(within=10) == 0
    assert stream.ended.wait(5)
    assert stream.retry == 1000 and "stops" in stream.comments[-1]


def test_head_of_a_stream_is_no_stream(api):
    answer = api.send("HEAD", "/api/events/stream")
    assert answer.status == 200 and answer.headers["content-type"] == "text/event-stream" and answer.raw == b""
