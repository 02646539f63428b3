"""Two organisations on one engine: every operation of the document, tried with the other's ids, without the scope that
it needs, and with no token at all. The walk finds operations by itself; where it cannot make what a path names, it
fails and says so."""
import re

import pytest

from harness.api import Api
from harness.nouns import WINDOW
from harness.waiting import eventually
from harness.walk import operations, put
from harness.world import World

ID = re.compile(r"^[a-z]+_[0-9a-z]{26}$")
SCOPE = re.compile(r"the scope `([^`]+)`")
# In the query of lists ids of these prefixes are known; anything else must be taught.
PREFIXES = {"mon": "monitors", "rule": "alert-rules", "chn": "channels", "inc": "incidents", "dlv": "deliveries",
            "tok": "tokens", "usr": "users", "sch": "schedules", "org": "organizations", "evt": "events", "aud": "audit-log",
            "pol": "escalation-policies", "mw": "maintenance-windows", "cm": "contact-methods", "nr": "notification-rules",
            "team": "teams"}


@pytest.fixture(scope="module")
def other_api(shared_engine):
    """An administrator of a second organisation."""
    org, secret = shared_engine.run("org", "create", "--name", "other", "--plan", "self_hosted").stdout.split()
    api = Api(shared_engine, secret)
    assert api.get("/api/organization")["id"] == org
    return api


def first_of(api, path):
    """The newest row's id of a list that may not be there."""
    if path not in api.spec["paths"]:
        return None
    rows = api.get(path)["data"]
    return rows[0]["id"] if rows else None


def make(api, target, receiver):
    """One of each noun: `{noun: {path parameter: value}}`, and the ids by prefix."""
    world, hook = World(api), receiver.hook()
    monitor = world.monitor(target, key=f"key-{world.mark}")
    channel = world.channel(hook, key=f"key-{world.mark}")
    rule = world.rule([monitor], [channel], events=["incident.opened"], key=f"key-{world.mark}")
    policy = world.policy([channel], key=f"key-{world.mark}")
    world.wait_status(monitor, "up")
    target.status = 500
    incident = hook.expect("incident.opened").event["data"]["incident"]["id"]
    delivery = eventually(lambda: [d for d in world.deliveries(channel) if d["state"] == "succeeded"])[0]
    token = api.call("POST", "/api/tokens", {"name": "ours", "scopes": ["*:read"]}, expect=201).json
    user = api.create("/api/users", {"email": f"{world.mark}@example.com", "name": "Ada"})
    window = api.create("/api/maintenance-windows", {**WINDOW("ours"), "key": f"key-{world.mark}"})
    schedule = api.create("/api/schedules", {"name": "ours", "key": f"key-{world.mark}"})
    override = api.call("POST", f"/api/schedules/{schedule['id']}/overrides", {
        "kind": "add", "end_at": "2037-01-01T00:00:00.000Z", "user_ids": [user["id"]]}, expect=201).json
    api.post(f"/api/schedules/{schedule['id']}/ical/rotate")
    api.post(f"/api/users/{user['id']}/ical/rotate")
    method = world.contact_method(user["id"], receiver.hook(), key=f"key-{world.mark}")
    notified = api.create("/api/notification-rules", {"user_id": user["id"], "contact_method_id": method["id"],
                                                      "key": f"key-{world.mark}"})
    team = api.create("/api/teams", {"name": "ours", "key": f"key-{world.mark}", "members": [{"user_id": user["id"]}]})
    note = api.call("POST", f"/api/incidents/{incident}/notes", {"text": "ours"}, expect=201).json
    ids = {"schedules": {"id": schedule["id"], "key": schedule["key"], "override_id": override["id"]},
           "monitors": {"id": monitor["id"], "key": monitor["key"]}, "channels": {"id": channel["id"], "key": channel["key"]},
           "alert-rules": {"id": rule["id"], "key": rule["key"]}, "incidents": {"id": incident, "note_id": note["id"]}, "deliveries": {"id": delivery["id"]},
           "escalation-policies": {"id": policy["id"], "key": policy["key"]},
           "maintenance-windows": {"id": window["id"], "key": window["key"]}, "tokens": {"id": token["id"]}, "users": {"id": user["id"]},
           "contact-methods": {"id": method["id"], "key": method["key"]},
           "notification-rules": {"id": notified["id"], "key": notified["key"]}, "teams": {"id": team["id"], "key": team["key"]},
           "organizations": {"id": api.get("/api/organization")["id"]}, "monitor-types": {"type": "http"}}
    for noun in ("events", "audit-log"):
        if row := first_of(api, f"/api/{noun}"):
            ids[noun] = {"id": row}
    return ids


@pytest.fixture(scope="module")
def ours(shared_api, own_peers):
    return make(shared_api, *own_peers())


@pytest.fixture(scope="module")
def theirs(other_api, own_peers):
    return make(other_api, *own_peers())


@pytest.fixture(scope="module")
def own_peers():
    """A target and a receiver for each call, for as long as the module runs."""
    from harness.peers import Target
    from harness.receiver import Receiver
    made = []

    def peers():
        made.append((Target(), Receiver()))
        return made[-1]

    yield peers
    for target, receiver in made:
        target.close()
        receiver.close()


def secrets_of(ids):
    """What of one organisation must never be seen by the other."""
    return [v for noun, known in ids.items() for name, v in known.items()
            if ID.match(v) and noun not in ("organizations", "monitor-types")]


@pytest.fixture
def unharmed(shared_api, ours):
    """Nothing of ours has changed after the story."""
    def state():
        configured = {noun: shared_api.get(f"/api/{noun}/{ours[noun]['id']}")["version"]
                      for noun in ("monitors", "channels", "alert-rules", "tokens", "users", "schedules",
                                   "escalation-policies", "maintenance-windows", "contact-methods",
                                   "notification-rules", "teams")}
        return configured, shared_api.get(f"/api/incidents/{ours['incidents']['id']}")["state"]

    before = state()
    yield
    assert state() == before


def test_no_operation_knows_the_ids_of_another_organisation(api, other_api, ours, unharmed):
    walked = 0
    for op in operations(api.spec):
        if op.is_public or not op.parameters or op.noun == "monitor-types":
            continue
        answer = other_api.call(op.method.upper(), op.at(ours), op.body())
        walked += 1
        if op.noun == "organizations":
            assert answer.status == 403, f"{op!r}: {answer!r}"
        elif op.parameters == ["key"] and op.method == "put":
            assert answer.status in (201, 422), f"{op!r} is about their own: {answer!r}"
        else:
            assert answer.status == 404, f"{op!r}: {answer!r}"
    assert walked >= 40, walked


def test_no_list_shows_what_another_organisation_has(api, other_api, ours, theirs):
    walked = 0
    for op in operations(api.spec):
        if op.is_public or op.method != "get" or op.is_stream:
            continue
        path = op.at(theirs)
        for named in ([], *([f"{name}={ours[PREFIXES[prefix]]['id']}"] for name, prefix in op.query_ids()
                            if PREFIXES[prefix] in ours)):
            query = "?" + "&".join(named + op.patience) if named + op.patience else ""
            answer = other_api.send("GET", path + query)
            assert answer.status in (200, 400, 403, 404, 409, 422), f"{op!r}{query}: {answer!r}"
            walked += 1
            for value in secrets_of(ours):
                # What was asked with may be quoted in a refusal, and nowhere else.
                assert answer.status != 200 or value.encode() not in answer.raw, f"{op!r}{query}: {answer!r}"
    assert walked >= 30, walked


def test_nothing_of_ours_can_be_named_in_their_bodies(api, other_api, ours, theirs, unharmed):
    walked = []
    for op in operations(api.spec):
        if op.is_public or op.noun == "organizations":
            continue
        for place, prefix in op.body_ids():
            foreign = ours.get(PREFIXES[prefix])
            if not foreign:
                continue
            answer = other_api.send(op.method.upper(), op.at(theirs), put(op.body(), place, foreign["id"]))
            walked.append((repr(op), place))
            if answer.status >= 300:
                assert answer.status in (400, 403, 404, 409, 422), f"{op!r} {place}: {answer!r}"
            elif op.path == "/api/config":  # an id of nobody's there: what has it is made anew, with an id of its own
                assert place[-1] == "id" and foreign["id"].encode() not in answer.raw, f"{op!r} {place}: {answer!r}"
            elif op.path == "/api/monitors/test":  # an attempt of which nothing stays: what it depends on is not looked at
                assert place[0] == "depends_on" and foreign["id"].encode() not in answer.raw, f"{op!r} {place}: {answer!r}"
            elif op.path.startswith("/api/schedules") and op.path.endswith("/preview"):  # shifts, of which nobody is told
                assert "handoff_channel_ids" in place and foreign["id"].encode() not in answer.raw, f"{op!r}: {answer!r}"
            else: # a list of results, one an item: nothing was done
                assert b"not_found" in answer.raw or b"unknown_id" in answer.raw, f"{op!r} {place}: {answer!r}"
    assert len(walked) >= 5, walked


def test_a_rule_of_theirs_for_every_monitor_means_every_one_of_theirs(other_api, ours, receiver):
    hook = receiver.hook()
    channel = other_api.create("/api/channels", {"name": "theirs", "type": "webhook", "webhook": {"url": hook.url}})
    hook.secret = channel["secret"]["value"]
    other_api.create("/api/alert-rules", {"name": "all", "channel_ids": [channel["id"]]})
    # The failing monitor of ours is told to nobody there, which the receiver would call unexpected.


def nouns_of(api):
    """As a refused scope lists them."""
    refused = api.call("POST", "/api/tokens", {"name": "x", "scopes": ["nonsense:read"]}, expect=422).json
    listed = refused["errors"][0]["detail"].split("one of: ")[1].rstrip(".")
    return [n for n in listed.split(", ") if n != "*"]


def test_every_operation_needs_its_scope_and_no_other(api, ours, unharmed):
    every = sorted(f"{noun}:{verb}" for noun in nouns_of(api) for verb in ("read", "write"))
    tokens = {}

    def bearing(scopes):
        key = tuple(scopes)
        if key not in tokens:
            made = api.call("POST", "/api/tokens", {"name": "some", "scopes": sorted(scopes)}, expect=201).json
            tokens[key] = api.with_token(made["secret"])
        return tokens[key]

    walked = 0
    for op in operations(api.spec):
        if op.is_public:
            continue
        found = SCOPE.search(op.item["description"])
        assert found, f"{op!r} does not say which scope it needs"
        scope = found.group(1)
        lacking = [x for x in every if x != scope] + (["*:write"] if scope == "admin" else [])
        answer = bearing(lacking).call(op.method.upper(), op.at(ours), op.body())
        assert answer.status == 403, f"{op!r}: {answer!r}"
        if answer.status == 403:
            assert scope in answer.json["detail"], f"{op!r}: {answer!r}"
        walked += 1
    assert walked >= 60, walked


def test_no_operation_that_is_not_public_answers_without_a_token(api, ours, unharmed):
    walked = 0
    for op in operations(api.spec):
        if not op.is_public:
            for token in (None, "gct_" + "0" * 49):
                answer = api.call(op.method.upper(), op.at(ours), op.body(), token=token)
                assert answer.status == 401, f"{op!r}: {answer!r}"
            walked += 1
    assert walked >= 60, walked
    assert {op.path.split("/")[1] for op in operations(api.spec) if op.is_public} <= {
        "ping", "in", "healthz", "readyz", "openapi.json", "docs", "status", "ical", "a",
        "in"}, "what is public is known by name"
