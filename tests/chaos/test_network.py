"""Hundreds of hostile targets and receivers at once, and the neighbours who notice nothing."""
import bisect
import datetime
import json
import time

import pytest

from authority import make_certificates
from harness.waiting import eventually
from harness.world import World
from helpers import Helper, open_files, percentile, resident_mib

# What is wrong with the target, and what is said of it. The reasons are the contract of API.md.
SAID = {
    "refuses": "connect_refused", "black-hole": "connect_timeout", "reset": "connect_reset",
    "silent": "first_byte_timeout", "hangs-up": "protocol_error", "drips-head": "read_timeout",
    "drips-body": "read_timeout", "endless-body": "keyword_missing", "endless-chunks": "keyword_missing",
    "endless-head": "protocol_error", "many-headers": "protocol_error", "bomb": "keyword_missing",
    "redirects": "redirect_limit", "too-short": "protocol_error", "two-lengths": "protocol_error",
    "huge-length": "protocol_error", "minus-length": "protocol_error", "length-and-chunks": "protocol_error",
    "cut-chunk": "protocol_error", "bad-chunk": "protocol_error", "not-http": "protocol_error", "broken": "status_mismatch",
    "expired": "tls_expired", "early": "tls_expired", "self-signed": "tls_untrusted", "wrong-host": "tls_hostname",
    "no-intermediate": "tls_untrusted", "old": "tls_protocol", "tls-hangs": "tls_timeout", "tls-drips": "tls_timeout", "tls-dies": "tls_protocol",
    "tls-resets": "connect_reset", "tls-plain": "tls_protocol",
}
NAMES = {"nxdomain": "dns_nxdomain", "servfail": "dns_servfail", "silence": "dns_timeout", "metadata": "egress_denied",
         "circle": "dns_nxdomain", "garbage": "dns_timeout"}  # what is no answer to the question is dropped, whoever sent it
HARMLESS = ["forged", "long", "half"]  # lies that change nothing: a stranger's answer, a cut one, one of two servers ill
SECURE = {"expired", "early", "self-signed", "wrong-host", "no-intermediate", "old"}
POSTED = {"refuses": "connect_refused", "black-hole": "connect_timeout", "reset": "connect_reset",
          "silent": "first_byte_timeout", "hangs-up": "protocol_error", "drips-head": "read_timeout",
          "endless-head": "protocol_error", "broken": "status_mismatch"}


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return folder, make_certificates(folder)


@pytest.fixture
def hostile(trusted):
    helper = Helper("hostile", str(trusted[0]))
    yield helper
    helper.close()


@pytest.fixture
def witness():
    helper = Helper("witness")
    yield helper
    helper.close()


@pytest.fixture
def world(make_engine, hostile):
    servers = ",".join(f"127.0.0.1:{port}" for port in hostile.hello["names"])
    engine = make_engine("--nameservers", servers).start()
    return World(engine.api())


class Street:
    """Healthy monitors, one a path at the witness, checked each second."""

    def __init__(self, world, witness, count):
        self.world, self.witness = world, witness
        self.url = f"http://127.0.0.1:{witness.hello['port']}"
        self.monitors = [world.api.create("/api/monitors", {
            "name": f"healthy {i}", "type": "http", "interval_seconds": 1, "timeout_ms": 900,
            "http": {"url": f"{self.url}/{i}"}}) for i in range(count)]
        for monitor in self.monitors:
            world.wait_status(monitor, "up")

    def observe(self, length, each_second=lambda: None):
        """For each round of so many seconds, how many milliseconds after its slot the request was at the witness."""
        self.witness.ask("report")
        begun, over = time.time(), time.time() + length
        while time.time() < over:
            time.sleep(min(1.0, max(0.0, over - time.time())))
            each_second()
        came = {}
        for at, _, path, *_ in json.loads(self.witness.ask("report")):
            came.setdefault(path, []).append(at)
        late = []
        for i, monitor in enumerate(self.monitors):
            arrivals = came[f"/{i}"]
            for row in eventually(lambda: self.rows(monitor, begun + 1, over - 1, int(length) - 3), within=5):
                slot = datetime.datetime.fromisoformat(row["round_at"].replace("Z", "+00:00")).timestamp()
                at = bisect.bisect_left(arrivals, slot)
                assert at < len(arrivals) and arrivals[at] - slot < 1, f"no request for the round of {row['round_at']}"
                late.append((arrivals[at] - slot) * 1000)
        return late

    def rows(self, monitor, begin, end, least):
        text = [datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
                for t in (begin, end)]
        rows = self.world.api.all(f"/api/monitors/{monitor['id']}/results", **{"from": text[0], "to": text[1]})
        assert len(rows) >= least, f"{len(rows)} rounds in {end - begin:.0f} s"
        assert {row["verdict"] for row in rows} == {"up"}, rows
        return rows


def say(late):
    return "p50 {:.1f}, p99 {:.1f}, max {:.1f} ms".format(percentile(late, 50), percentile(late, 99), max(late))


def hostile_monitors(world, hostile, authority, web, copies):
    """(monitor, its reason) for each kind, `copies` times; every two seconds, a second each."""
    ports = hostile.hello["ports"]
    urls = {kind: f"{'https' if kind in SECURE or kind.startswith('tls-') else 'http'}://127.0.0.1:{ports[kind]}/"
            for kind in SAID}
    made = []
    for copy in range(copies):
        for kind, url in urls.items():
            http = {"url": url, "tls": {"ca_pem": authority}}
            if SAID[kind] == "keyword_missing":
                http["required_keyword"] = "absent"
            made.append((kind, http, SAID[kind]))
        for kind in [*NAMES, *HARMLESS]:
            made.append((kind, {"url": f"http://{kind}.n{copy}.chaos.test:{web}/dns"}, NAMES.get(kind)))
    return [(world.api.create("/api/monitors", {
        "name": f"{kind} {i}", "type": "http", "interval_seconds": 2, "timeout_ms": 1000, "http": http}), reason)
        for i, (kind, http, reason) in enumerate(made)]


def test_hostile_targets_are_told_apart_and_cost_their_neighbours_nothing(world, hostile, witness, trusted, scaled,
                                                                          figures):
    engine, api = world.api.engine, world.api
    pid = engine.process.pid
    street = Street(world, witness, 20)
    calm = street.observe(7)
    files = open_files(pid)

    copies = scaled(6)
    rough = hostile_monitors(world, hostile, trusted[1], witness.hello["port"], copies)
    eventually(lambda: all(m["last_checked_at"] for m in api.all("/api/monitors")), within=15)
    memory, most_files = [], []

    def sample():
        memory.append(resident_mib(pid))
        most_files.append(open_files(pid))

    sample()
    raging = street.observe(max(12, scaled(12)), sample)
    for monitor, reason in rough:
        rows = api.all(f"/api/monitors/{monitor['id']}/results")
        seen = {(row["reason"] or None) for row in rows}
        assert seen == {reason}, f"{monitor['name']}: {seen}, not {reason}: {rows[0].get('message')}"
        assert len(rows) >= 4, f"{monitor['name']}: {len(rows)} rounds"
        slowest = max(row["response_time_ms"] for row in rows)
        assert slowest < 1500, f"{monitor['name']} took {slowest} ms of 1000"

    figures("healthy, calm", say(calm))
    figures(f"healthy beside {len(rough)} hostile", say(raging))
    figures("memory", f"{memory[0]:.0f} to {memory[-1]:.0f} MiB; files {files} before, {max(most_files)} at most")
    assert percentile(raging, 99) - percentile(calm, 99) < 50
    assert memory[-1] - memory[len(memory) // 2] < 16, memory
    assert max(most_files) < files + len(rough) + 50

    hostile.ask("heal")  # and it recovers
    for monitor, reason in rough:
        if reason == "keyword_missing":
            api.patch(f"/api/monitors/{monitor['id']}", {"http": {"required_keyword": None}})
    for monitor, _ in rough:
        world.wait_status(monitor, "up", within=20)
    eventually(lambda: open_files(pid) <= files + 40, within=10)
    assert not [i for i in api.all("/api/incidents") if i["monitor_id"] in {m["id"] for m in street.monitors}]


def hostile_channels(world, hostile):
    made = {}
    for kind in POSTED:
        made[kind] = world.api.create("/api/channels", {
            "name": kind, "type": "webhook",
            "webhook": {"url": f"http://127.0.0.1:{hostile.hello['ports'][kind]}/hook", "timeout_seconds": 1}})
    return made


def told_after(street, witness):
    """All healthy targets fail at once: milliseconds from each failed request to the POST that tells of it."""
    witness.ask("report")
    witness.ask("status 500")
    failed, told = {}, {}

    def all_told():
        for at, method, path, status, event, monitor in json.loads(witness.ask("report")):
            if method == "GET" and status == 500:
                failed.setdefault(path, at)
            elif event == "incident.opened":
                told.setdefault(monitor, at)
        return len(told) == len(street.monitors)

    eventually(all_told, within=30, every=0.2)
    witness.ask("status 200")
    for monitor in street.monitors:
        street.world.wait_status(monitor, "up")
    return [(told[m["id"]] - failed[f"/{i}"]) * 1000 for i, m in enumerate(street.monitors)]


def test_hostile_receivers_delay_no_other_and_get_everything_in_the_end(world, hostile, witness, scaled, figures):
    api = world.api
    street = Street(world, witness, 20)
    honest = api.create("/api/channels", {"name": "honest", "type": "webhook", "webhook": {"url": street.url + "/hook"}})
    world.rule(street.monitors, [honest])
    calm = [x for _ in range(3) for x in told_after(street, witness)]
    bad = hostile_channels(world, hostile)
    world.rule(street.monitors, bad.values())
    raging = [x for _ in range(scaled(3)) for x in told_after(street, witness)]
    figures("told, calm", say(calm))
    figures(f"told beside {len(bad)} hostile receivers", say(raging))
    assert percentile(raging, 99) - percentile(calm, 99) < 50 + 20  # eight more rows in each transaction

    for kind, channel in bad.items():
        def tried():
            begun = [d for d in world.deliveries(channel) if d["attempts"]]
            return [a for d in begun[:5] for a in api.all(f"/api/deliveries/{d['id']}/attempts")]

        attempts = eventually(tried, within=10, what=f"an attempt at {kind}")
        assert {a["error"] for a in attempts} == {POSTED[kind]}, (kind, attempts[0])

    rounds = scaled(3)
    hostile.ask("heal")  # and it recovers, and nothing was lost
    for kind, channel in bad.items():
        # Still owed, or delivered by a retry that came after the healing; none given up.
        owed = [d for d in world.deliveries(channel) if d["state"] in ("pending", "succeeded")]
        assert len(owed) >= rounds * 2 * len(street.monitors) - 2, f"{kind}: {len(owed)} owed"
        attempt = api.post(f"/api/channels/{channel['id']}/test")
        assert attempt["response"]["status"] == 200, (kind, attempt)
    whole = (3 + rounds) * 2 * len(street.monitors)
    eventually(lambda: sum(d["state"] == "succeeded" for d in world.deliveries(honest)) == whole)
