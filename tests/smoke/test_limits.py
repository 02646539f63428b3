"""How often one may ask. Each engine has limits that the story can reach."""
import threading
import time
from urllib.parse import urlsplit

import pytest

from harness.waiting import eventually
from harness.world import World

RATE = ("--rate-limit", "10", "--rate-burst", "20")


def headers_of(answer):
    return {name: answer.headers.get(name) for name in (
        "ratelimit-policy", "ratelimit", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")}


def flood(api, path, n, **how):
    """The statuses of so many requests in a row."""
    return [api.send("GET", path, **how).status for _ in range(n)]


@pytest.fixture
def limited(make_engine):
    """An engine that allows a token 10 requests a second and 20 at once."""
    return make_engine(*RATE).start()


def test_every_authenticated_answer_says_what_is_left(limited):
    api = limited.api()
    first = api.call("GET", "/api/monitors", expect=200)
    assert headers_of(first) == {
        "ratelimit-policy": '"default";q=20;w=2', "ratelimit": '"default";r=19;t=1', "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "19", "x-ratelimit-reset": "1"}
    for method, path, body, status in (("GET", "/api/monitors/mon_x", None, 404), ("POST", "/api/monitors", {}, 422),
                                       ("DELETE", "/api/monitors", None, 405), ("POST", "/api/channels", b"{", 400)):
        answer = api.call(method, path, body, expect=status)
        assert status == 405 or answer.headers["ratelimit-policy"] == '"default";q=20;w=2'
    reader = limited.api("monitors:read").call("GET", "/api/channels", expect=403)
    assert reader.headers["x-ratelimit-remaining"] == "19"


def test_a_flood_is_refused_and_let_in_again_when_it_was_told_to_come_back(limited):
    api = limited.api()
    statuses = flood(api, "/api/monitors", 60)
    assert statuses[:20] == [200] * 20 and 429 in statuses
    refused = eventually(lambda: [x for x in [api.call("GET", "/api/monitors")] if x.status == 429])[0]
    assert refused.json["code"] == "rate_limited"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    time.sleep(int(refused.headers["retry-after"]))
    api.call("GET", "/api/monitors", expect=200)


def test_the_flood_of_one_token_leaves_another_unharmed(limited):
    noisy, quiet = limited.api(), limited.api("monitors:read")
    over = threading.Event()

    def shout():
        while not over.is_set():
            noisy.send("GET", "/api/monitors")

    threads = [threading.Thread(target=shout) for _ in range(4)]
    for t in threads:
        t.start()
    try:
        seen = []
        for _ in range(25):
            seen.append(quiet.call("GET", "/api/monitors").status)
            time.sleep(0.12)
        assert noisy.send("GET", "/api/monitors").status == 429
    finally:
        over.set()
        for t in threads:
            t.join()
    assert seen == [200] * 25


def test_what_has_not_changed_costs_nothing(limited, target):
    api = limited.api()
    path = f"/api/monitors/{World(api).monitor(target)['id']}"
    tag = api.call("GET", path, expect=200).headers["etag"]
    answers = [api.send("GET", path, headers={"If-None-Match": tag}) for _ in range(60)]
    assert [a.status for a in answers] == [304] * 60
    assert all("ratelimit" in a.headers for a in answers)


def test_restarts_give_nobody_more_than_the_rate(make_engine):
    engine = make_engine("--rate-limit", "2", "--rate-burst", "20").start()
    old = engine.api()
    assert flood(old, "/api/monitors", 30).count(200) >= 20
    for _ in range(3):
        begun = time.monotonic()
        engine.restart()
        passed = flood(old, "/api/monitors", 30).count(200)
        assert passed <= 2 * (time.monotonic() - begun) + 1, "no more than the rate gave since the start"
    fresh = engine.api()
    assert flood(fresh, "/api/monitors", 20) == [200] * 20, "a token that is younger than the process has all its burst"
    eventually(lambda: old.send("GET", "/api/monitors").status == 200)


def test_whoever_has_no_token_is_limited_by_address(make_engine):
    engine = make_engine("--anonymous-rate-limit", "2", "--trusted-proxies", "127.0.0.1").start()
    api = engine.api()

    def asks(ip, path="/api/monitors", token="gct_nonsense"):
        return api.send("GET", path, token=token, headers={"X-Forwarded-For": ip})

    assert asks("192.0.2.9", token=api.token).status == 200, "and it is known from here on"
    seen = [asks("192.0.2.1") for _ in range(20)]
    assert [a.status for a in seen[:10]] == [401] * 10
    assert seen[-1].status == 429 and int(seen[-1].headers["retry-after"]) >= 1
    assert asks("192.0.2.1", "/openapi.json", None).status == 429
    assert asks("192.0.2.1", "/no/such/place", None).status == 429
    assert asks("192.0.2.2").status == 401, "another address"
    assert asks("192.0.2.1", token=api.token).status == 200, "a good token is known whatever its neighbours do"
    for path in ("/healthz", "/readyz"):
        assert asks("192.0.2.1", path, None).status == 200, "a load balancer is always told"
    assert [asks(f"2001:db8::{n}").status for n in range(30)].count(401) < 30, "one subscriber has a whole /64"
    assert asks("2001:db8:0:1::1").status == 401


def test_pings_are_limited_by_heartbeat_and_generously_by_address(make_engine):
    engine = make_engine("--ping-token-rate-limit", "1").start()
    world = World(engine.api())
    jobs = [world.heartbeat(period=60, grace=60) for _ in range(3)]
    loud, quiet = jobs[0], jobs[1]
    path = urlsplit(loud["ping_url"]).path
    seen = [world.api.send("POST", path, token=None) for _ in range(30)]
    assert [a.status for a in seen[:10]] == [200] * 10, "ten at once"
    assert seen[-1].status == 429 and int(seen[-1].headers["retry-after"]) >= 1
    for _ in range(5):
        world.ping(quiet)
    world.ping(quiet, "/fail")
    assert world.status(quiet) == "down"


def test_pings_from_one_address_are_limited_whatever_their_tokens(make_engine):
    engine = make_engine("--ping-rate-limit", "1", "--trusted-proxies", "127.0.0.1").start()
    api = engine.api()

    def pings(ip):
        return api.send("GET", "/ping/unknown", token=None, headers={"X-Forwarded-For": ip}).status

    seen = [pings("192.0.2.1") for _ in range(40)]
    assert seen[:4] == [404] * 4 and set(seen) == {404, 429}, "guesses are limited by address"
    assert pings("192.0.2.2") == 404
    assert api.send("GET", "/api/monitors", headers={"X-Forwarded-For": "192.0.2.1"}).status == 200


def test_no_limit_is_no_header(make_engine):
    engine = make_engine("--rate-limit", "0").start()
    answer = engine.api().send("GET", "/api/monitors")
    assert answer.status == 200 and not [x for x in answer.headers if "ratelimit" in x]


@pytest.mark.parametrize("flag, value", [("--rate-limit", "-1"), ("--rate-burst", "many"), ("--ping-rate-limit", "1e9")])
def test_nonsense_is_refused_at_the_start(make_engine, flag, value):
    done = make_engine().run("config", flag, value, check=False)
    assert done.returncode != 0 and flag in done.stderr
