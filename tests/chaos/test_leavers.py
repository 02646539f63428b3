"""Clients that leave at random instants: while they send, while the server works, while they read; with a FIN or a reset.
Every request has an id of its own, most answers name it or the resource that was asked for, and a client that stays gets
its own answers, in its own order, and nothing else."""
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.waiting import eventually

COUNT, AT_ONCE = 50_000, 64
CLIENT = os.environ.get("GOCHRON_LEAVERS") or str(Path(__file__).parents[2] / "build/release/bin/chaos_leavers")


def figure(api, name):
    for line in api.send("GET", "/metrics").raw.decode().splitlines():
        if line.startswith(f"gochron_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no metric {name}")


def routes(world, token):
    """Answers that come at once, from an actor, from Postgres, after a commit; all different."""
    monitors = [world.heartbeat(period=86_400, grace=3600) for _ in range(12)]
    rows = [("GET", "/healthz", 200, "", "")]
    for m in monitors:
        path = f"/api/monitors/{m['id']}"
        rows += [("GET", path, 200, f'"id":"{m["id"]}"', ""), ("HEAD", path, 200, "", ""),
                 ("GET", f"/api/monitors?ids={m['id']}", 200, f'"id":"{m["id"]}"', ""),
                 ("GET", path.replace("mon_0", "mon_1"), 404, '"request_id":"%ID%"', "")]
    for m in monitors[:4]:
        path = f"/api/monitors/{m['id']}"
        rows.append(("PATCH", path, 200, '"description":"of %ID%"', '{"description":"of %ID%"}'))
        rows.append(("POST", urlsplit(m["ping_url"]).path, 200, "OK", "ran"))
    return monitors, "".join("\t".join(map(str, (*row, token))) + "\n" for row in rows)


def at_rest(engine, api):
    """How many descriptors it has open once no client is left but the one who asks; nothing before."""
    return len(os.listdir(f"/proc/{engine.process.pid}/fd")) if figure(api, "http_connections") <= 1 else None


def crowd(engine, lines, count, seed):
    command = [CLIENT, str(urlsplit(engine.url).port), str(count), str(AT_ONCE), str(seed)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60 + count / 500)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return json.loads(done.stdout)


@pytest.mark.skipif(not os.access(CLIENT, os.X_OK), reason=f"no {CLIENT}: build the target chaos_leavers")
def test_no_client_gets_the_answer_of_one_that_left(own_world, seed, scaled, figures):
    engine, api = own_world.api.engine, own_world.api
    monitors, lines = routes(own_world, api.token)
    crowd(engine, lines, 2000, seed + 1)  # pools fill up
    descriptors = eventually(lambda: at_rest(engine, api), 15)
    before = figure(api, "http_stale_replies_total")
    seen = crowd(engine, lines, scaled(COUNT), seed)
    stale = figure(api, "http_stale_replies_total") - before
    figures("clients that left", f"{seen}, answers to nobody: {stale:.0f}")
    assert seen["requests"] >= scaled(COUNT)
    assert min(seen["left_sending"], seen["left_waiting"], seen["left_reading"]) > seen["connections"] / 50
    assert stale > seen["requests"] / 1000, "hardly an answer came too late: the clients left at the wrong time"
    assert seen["busy"] < seen["answered"] / 100
    # And it serves on, with nothing left behind of those who went.
    assert eventually(lambda: at_rest(engine, api), 15) <= descriptors + 6  # a pool may have grown; leaks are thousands
    assert {m["id"] for m in monitors} == {m["id"] for m in api.all("/api/monitors")}
    assert figure(api, "actor_restarts_total") == 0
