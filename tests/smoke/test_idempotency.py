"""A request that is repeated under its key has one effect and one answer, whatever happens between."""
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.waiting import eventually
from harness.walking import one_of_each, parameters_of, writes


def fresh_key():
    return uuid.uuid4().hex


def keyed(key, **more):
    return {"Idempotency-Key": key, **more}


def monitor_body(name, **more):
    return {"name": name, "type": "tcp", "paused": True, "tcp": {"host": "127.0.0.1", "port": 9}, **more}


def named(api, name):
    return [m for m in api.all("/api/monitors", q=name) if m["name"] == name]


def same_answer(first, second):
    assert second.headers.get("idempotency-replayed") == "true", second
    assert "idempotency-replayed" not in first.headers
    assert (first.status, first.raw) == (second.status, second.raw)
    for name in ("location", "etag", "content-type", "cache-control"):
        assert first.headers.get(name) == second.headers.get(name), name


def test_a_repeated_request_gets_the_first_answer_and_has_no_second_effect(world, api):
    name, key = world.name("once"), fresh_key()
    first = api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    again = api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    same_answer(first, again)
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    api.patch(first.headers["location"], {"description": "changed since"})
    same_answer(first, api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201))
    assert len(named(api, name)) == 1
    second = api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(fresh_key()), expect=201)
    assert second.headers["location"] != first.headers["location"]


def test_the_first_answer_says_what_the_monitor_says_itself(world, api, target):
    body = {"name": world.name("shown"), "type": "http", "interval_seconds": 3600, "http": {"url": target.url}}
    made = api.call("POST", "/api/monitors", body, headers=keyed(fresh_key()), expect=201)
    now = api.get(made.headers["location"])
    changing = {"status", "status_since", "last_checked_at", "uptime_24h"}
    assert {k: v for k, v in made.json.items() if k not in changing} == \
        {k: v for k, v in now.items() if k not in changing}
    path = f"/api/monitors/{now['id']}"
    paused = api.call("POST", f"{path}/pause", headers=keyed(fresh_key()), expect=200)
    assert paused.json == api.get(path)
    assert paused.headers["etag"] == f'"{now["version"] + 1}"'
    resumed = api.call("POST", f"{path}/resume", headers=keyed(fresh_key()), expect=200)
    assert resumed.json == api.get(path)


def test_of_twenty_at_once_one_has_the_effect(world, api):
    for _ in range(5):
        name, key, gate = world.name("rush"), fresh_key(), threading.Barrier(20)

        def ask(_, name=name, key=key, gate=gate):
            gate.wait()
            return api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=(201, 409))

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(ask, range(20)))
        made = [a for a in answers if a.status == 201]
        busy = [a for a in answers if a.status == 409]
        assert sum("idempotency-replayed" not in a.headers for a in made) == 1
        assert len({a.raw for a in made}) == 1
        assert all(a.headers["retry-after"] == "1" and a.json["code"] == "idempotency_key_in_use" for a in busy)
        assert len(named(api, name)) == 1


def test_of_twenty_rolls_at_once_one_rolls(world, api, receiver):
    channel = world.channel(receiver.hook())
    path, key = f"/api/channels/{channel['id']}", fresh_key()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: api.call("POST", f"{path}/secret/roll", headers=keyed(key), expect=(200, 409)),
                                range(20)))
    assert len({a.json["secret"]["value"] for a in answers if a.status == 200}) == 1
    assert api.get(path)["secret"]["version"] == channel["secret"]["version"] + 1


def test_a_key_belongs_to_one_request_of_one_token(world, api, shared_engine):
    name, key = world.name("mine"), fresh_key()
    api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    for path, body in (("/api/monitors", monitor_body(name + "!")), ("/api/monitors?", monitor_body(name)),
                       ("/api/channels", {"name": "x", "type": "webhook", "webhook": {"url": "http://127.0.0.1/"}})):
        refused = api.call("POST", path, body, headers=keyed(key), expect=422).json
        assert refused["code"] == "idempotency_key_reused"
    other = shared_engine.api()
    other.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    assert len(named(api, name)) == 2


def test_what_failed_is_not_kept(world, api):
    name, key = world.name("mended"), fresh_key()
    taken = world.name("taken").replace(" ", "-")
    api.create("/api/monitors", monitor_body(name, key=taken))
    api.call("POST", "/api/monitors", {"name": name}, headers=keyed(key), expect=422)
    api.call("POST", "/api/monitors", monitor_body(name, key=taken), headers=keyed(key), expect=409)
    made = api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    assert "idempotency-replayed" not in made.headers


@pytest.mark.parametrize("key", ["", " ", "two words", "\xfc", "x" * 256, "tab\tinside"])
def test_a_key_is_visible_text(world, api, key):
    name = world.name("never")
    api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key.encode("latin-1")), expect=400)
    assert not named(api, name)


def test_a_secret_is_shown_again_to_who_asks_again_and_is_nowhere_readable(api, shared_engine, receiver):
    hook, key = receiver.hook(), fresh_key()
    body = {"name": "kept", "type": "webhook", "webhook": {"url": hook.url}}
    first = api.call("POST", "/api/channels", body, headers=keyed(key), expect=201)
    secret = first.json["secret"]["value"]
    assert secret.startswith("whsec_")
    same_answer(first, api.call("POST", "/api/channels", body, headers=keyed(key), expect=201))
    rolled = api.call("POST", f"{first.headers['location']}/secret/roll", headers=keyed(fresh_key()), expect=200)
    assert rolled.json["secret"]["value"] not in (None, secret)
    tables = shared_engine.sql("SELECT count(*) FROM kept_answers WHERE position('whsec_'::bytea IN answer) > 0")
    assert tables == [["0"]]


def in_a_good_order(posts):
    """What spoils the others comes last: who is resolved is not acknowledged, who is paused is not run."""
    rank = {"acknowledge": 0, "redeliver": 0, "test": 0, "run": 0, "resolve": 2, "roll": 3, "pause": 4, "reset": 5}
    return sorted(posts, key=lambda x: rank.get(x[1].split("/")[-1], 1))


def test_every_operation_that_posts_takes_a_key(world, api, target, receiver):
    ids = one_of_each(world, api, target, receiver)
    hook, of_method = receiver.hooks.values()
    walked, repeated = [], []
    for method, template, path, body, headers in in_a_good_order(x for x in writes(api, ids) if x[0] == "POST"):
        names = parameters_of(api, method, path)
        assert "Idempotency-Key" in names, template
        api.call(method, path, body, headers={**headers, **keyed("not one")}, expect=400)
        if "{" in path:
            continue
        key = fresh_key()
        first = api.send(method, path, body, headers={**headers, **keyed(key)})
        again = api.send(method, path, body, headers={**headers, **keyed(key)})
        walked.append(template)
        if first.status < 300:
            same_answer(first, again)
            repeated.append(template)
            if template == "/api/incidents/{id}/resolve":
                hook.expect("incident.resolved")
            if template == "/api/incidents":
                made = first.document()["id"]
                hook.expect("incident.opened", incident=made)
                api.post(f"/api/incidents/{made}/resolve")
                hook.expect("incident.resolved", incident=made)
            if template == "/api/contact-methods/{id}/send-code":
                of_method.expect("contact_method.verification")
            if template == "/api/monitors":
                api.delete(first.headers["location"])
        else:
            assert "idempotency-replayed" not in again.headers, template
    assert len(walked) >= 12, walked
    for template in ("/api/monitors", "/api/channels", "/api/alert-rules", "/api/tokens", "/api/monitors/{id}/run",
                     "/api/monitors/{id}/pause", "/api/channels/{id}/secret/roll", "/api/channels/{id}/test",
                     "/api/incidents/{id}/acknowledge", "/api/deliveries/{id}/redeliver", "/api/users",
                     "/api/tokens/{id}/rotate", "/api/schedules", "/api/schedules/{id}/overrides",
                     "/api/schedules/{id}/ical/rotate", "/api/incidents/bulk/acknowledge",
                     "/api/incidents/bulk/resolve", "/api/users/{id}/ical/rotate"):
        assert template in repeated, f"{template} did not succeed: {repeated}"
    assert len(hook.of("channel.test")) == 1
    hook.expect("channel.test")


def test_an_answer_outlives_the_engine(own_world, engine):
    world, api = own_world, own_world.api
    name, key = world.name("kept"), fresh_key()
    first = api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201)
    engine.restart()
    same_answer(first, api.call("POST", "/api/monitors", monitor_body(name), headers=keyed(key), expect=201))
    assert len(named(api, name)) == 1


def usual_time(api):
    """How long a creation takes here, in seconds."""
    def one():
        begun = time.monotonic()
        api.call("POST", "/api/monitors", monitor_body("usual"), headers=keyed(fresh_key()), expect=201)
        return time.monotonic() - begun

    return sorted(one() for _ in range(9))[4]


def test_killed_between_effect_and_answer_the_effect_is_one(own_world, engine):
    """The engine dies at a random instant around the commit; the client asks until it is answered."""
    world, api, dice = own_world, own_world.api, random.Random(20260101)
    outcomes, usual = {"replayed": 0, "done anew": 0}, usual_time(api)
    for round_ in range(30):
        name, key = world.name(f"survivor-{round_}"), fresh_key()

        def ask(name=name, key=key):
            try:
                return api.send("POST", "/api/monitors", monitor_body(name), headers=keyed(key), timeout=5)
            except OSError:
                return None

        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(ask)
            time.sleep(dice.uniform(0, 2 * usual))  # the instant that it dies at
            engine.restart()
            told = first.result()

        def answered():
            answer = ask()
            return answer if answer and answer.status == 201 else None

        answer = eventually(answered, within=20)
        again = ask()
        assert again.status == 201 and again.raw == answer.raw
        assert again.headers["idempotency-replayed"] == "true"
        assert len(named(api, name)) == 1, f"round {round_}"
        replayed = answer.headers.get("idempotency-replayed") == "true"
        outcomes["replayed" if replayed else "done anew"] += 1
        if told and told.status == 201:
            assert replayed and told.raw == answer.raw, "who was answered is answered the same"
    assert all(outcomes.values()), f"the dice met one side only: {outcomes}"


def test_killed_while_a_secret_rolls_it_has_rolled_once(own_world, engine, receiver):
    world, api, dice = own_world, own_world.api, random.Random(20260102)
    usual = usual_time(api)
    channel = world.channel(receiver.hook())
    path = f"/api/channels/{channel['id']}"
    for round_ in range(12):
        key = fresh_key()

        def ask(key=key):
            try:
                return api.send("POST", f"{path}/secret/roll", headers=keyed(key), timeout=5)
            except OSError:
                return None

        with ThreadPoolExecutor(1) as pool:
            pool.submit(ask)
            time.sleep(dice.uniform(0, 2 * usual))  # the instant that it dies at
            engine.restart()

        def answered():
            answer = ask()
            return answer if answer and answer.status == 200 else None

        secret = eventually(answered, within=20).document()["secret"]
        now = api.get(path)["secret"]
        assert now["version"] == secret["version"] == channel["secret"]["version"] + round_ + 1
        assert now["fingerprint"] == secret["fingerprint"]
    rolls = api.all("/api/audit-log", resource_id=channel["id"], action="roll_secret")
    assert len(rolls) == 12
