"""A hosted engine and every way to write an address of its own network: none is ever connected to, by a check or by a
webhook, at the first request or after a redirect, whatever the name server says in between."""
import socket
import threading

import pytest

from harness.world import World
from test_network import hostile, trusted  # noqa: F401 (fixtures)

# `{p}` is the port of a listener on 127.0.0.1, 127.0.0.2 and ::1 that must stay alone.
LOOPBACK = [
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F000001", "0x7f.1", "0x7f.0x0.0x0.0x1",
    "0177.0.0.1", "0177.1", "017700000001", "00000177.0.0.01", "127.0.0.1.", "0", "0.0.0.0", "0x0", "000",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0002]",
    "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:2::1]",
    "[2001:0:7f00:1::]", "[2001:0:808:808:0:0:80ff:fffe]", "[::1%lo]", "[::1%25lo]", "[fe80::1%lo]", "[fe80::1%25lo]",
    "localhost", "LOCALHOST", "localhost.", "LocalHost.", "a.localhost", "a.b.localhost.", "good.chaos.test"]
ELSEWHERE = [
    "10.0.0.1", "012.0.0.1", "0xa.1", "167772161", "172.16.0.1", "192.168.0.1", "192.168.1", "3232235521", "100.64.0.1",
    "169.254.169.254", "169.254.43518", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fc00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "[2001:db8::1]", "[100::1]",
    "metadata.chaos.test", "rebinds.chaos.test"]
MALFORMED = [
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "%6cocalhost", "localhost%00.example.com", "localhost%2eexample.com",
    "１２７.０.０.１", "127。0。0。1", "ⓛocalhost", "①②⑦.0.0.1", "loc\u00adalhost", "127.0.0.1\u200b",
    "127.0.0.1\t", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1\n", "127.0.0.1\u0000", "127..0.0.1", ".127.0.0.1", "127.0.0.1..",
    "127.0.0.256", "08.0.0.1", "0x", "1e3", "-1", "4294967297", "1.2.3.4.5", "[127.0.0.1]", "[::1", "::1", "[::1]x", "[]",
    "[v1.fe80::a]", "[::1]%lo", "a@127.0.0.1", "a:b@127.0.0.1", "example.com@127.0.0.1", "@127.0.0.1", "a@b@127.0.0.1",
    "example.com%40127.0.0.1", "127.0.0.1\\@example.com", "127.0.0.1\\.example.com", "example.com\\@127.0.0.1", ""]
URLS = [
    "http:127.0.0.1:{p}/", "http:/127.0.0.1:{p}/", "http:///127.0.0.1:{p}/", "//127.0.0.1:{p}/", "127.0.0.1:{p}",
    "http:\\\\127.0.0.1:{p}/", "http://127.0.0.1:{p}:80/", "http://127.0.0.1:+{p}/", "http://127.0.0.1:0x50/",
    "file:///etc/passwd", "gopher://127.0.0.1:{p}/", "ftp://127.0.0.1:{p}/", "unix:/var/run/docker.sock",
    "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/", "http://unix:/var/run/docker.sock:/",
    "http://[unix:/var/run/docker.sock]/", "/var/run/docker.sock", "http://%2fvar%2frun%2fdocker.sock/", "javascript:1",
    "http://", "http:", "", "\u0000http://127.0.0.1:{p}/", "ht\ttp://127.0.0.1:{p}/", "http://127.0.0.1#@example.com:{p}/",
    "http://example.com:{p}@127.0.0.1/", "http://127.0.0.1?@example.com:{p}/", "jar:http://127.0.0.1:{p}/!/"]
REFUSED = {"egress_denied", "dns_nxdomain", "dns_servfail", "dns_timeout"}


class Lonely:
    """Listens where nobody may come."""

    def __init__(self):
        self.visitors, self.sockets, self.port = [], [], 0
        for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, self.port))
            self.port = listener.getsockname()[1]
            listener.listen(64)
            self.sockets.append(listener)
            threading.Thread(target=self.serve, args=(listener, address), daemon=True).start()

    def serve(self, listener, address):
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            self.visitors.append(address)
            visitor.close()

    def close(self):
        for listener in self.sockets:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@pytest.fixture
def lonely():
    listener = Lonely()
    yield listener
    listener.close()


def hosted(make_engine, names, *more):
    servers = ",".join(f"127.0.0.1:{port}" for port in names)
    return World(make_engine("--hosted", "--nameservers", servers, *more).start().api())


def spelled(port):
    return ([f"http://{host}:{port}/" for host in LOOPBACK + ELSEWHERE + MALFORMED] +
            [url.format(p=port) for url in URLS])


def test_no_spelling_of_a_forbidden_address_is_connected_to(make_engine, hostile, lonely, figures):  # noqa: F811
    world = hosted(make_engine, hostile.hello["names"])
    api = world.api
    innocent = api.create("/api/monitors", {"name": "innocent", "type": "http", "interval_seconds": 86400, "http": {
        "url": "http://nxdomain.chaos.test/"}})
    counts = {"refused at the request": 0, "refused at the connection": 0}
    for url in spelled(lonely.port):
        body = {"type": "http", "interval_seconds": 86400, "timeout_ms": 2000, "http": {"url": url}}
        made = api.call("POST", "/api/monitors", {"name": "monitor", **body}, expect=(201, 400, 422))
        edited = api.call("PATCH", f"/api/monitors/{innocent['id']}", {"http": {"url": url}}, expect=(200, 400, 422))
        channel = api.call("POST", "/api/channels", {"name": "channel", "type": "webhook", "webhook": {
            "url": url, "timeout_seconds": 2}}, expect=(201, 400, 422))
        assert {made.status, channel.status} in ({201}, {400}, {422}), f"{url!r}: a channel may what a monitor may not"
        assert (edited.status == 200) == (made.status == 201), f"{url!r}: an edit may what a creation may not"
        if made.status != 201:
            counts["refused at the request"] += 1
            continue
        counts["refused at the connection"] += 1
        result = api.post(f"/api/monitors/{made.json['id']}/run")
        assert result["verdict"] == "down" and result["reason"] in REFUSED, f"{url!r}: {result}"
        attempt = api.post(f"/api/channels/{channel.json['id']}/test")
        assert attempt["error"] in REFUSED and attempt["response"] is None, f"{url!r}: {attempt}"
        api.delete(f"/api/monitors/{made.json['id']}")
    for host in LOOPBACK + ELSEWHERE:  # checks of TCP are guarded by the same rule
        body = {"type": "tcp", "interval_seconds": 86400, "timeout_ms": 2000, "tcp": {
            "host": host.strip("[]"), "port": lonely.port}}
        made = api.call("POST", "/api/monitors", {"name": "tcp", **body}, expect=(201, 422))
        if made.status == 201:
            result = api.post(f"/api/monitors/{made.json['id']}/run")
            assert result["verdict"] == "down" and result["reason"] in REFUSED, f"{host}: {result}"
    assert lonely.visitors == []
    figures("spellings", ", ".join(f"{count} {what}" for what, count in counts.items()))
    literal = [f"http://{host}:{lonely.port}/" for host in MALFORMED]
    assert counts["refused at the request"] >= len(literal)


def test_what_is_allowed_leads_to_nothing_else(make_engine, hostile, target, receiver, lonely, figures):  # noqa: F811
    """127.0.0.1 is allowed by name, so a redirect or a second answer of the name server may lead away from it."""
    world = hosted(make_engine, hostile.hello["names"], "--egress-allow", "127.0.0.1/32")
    api = world.api
    monitor = world.monitor(target, interval_seconds=86400)
    run = f"/api/monitors/{monitor['id']}/run"
    assert api.post(run)["verdict"] == "up"
    target.status = 302
    away = ["127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "[::1]", "localhost.evil.localhost",
            "[::ffff:127.0.0.2]", "0.0.0.0", "0", "169.254.169.254", "metadata.chaos.test"]
    for host in away:
        target.headers = {"Location": f"http://{host}:{lonely.port}/"}
        result = api.post(run)
        refused = result["reason"] == "egress_denied" or host == "localhost.evil.localhost"
        assert result["verdict"] == "down" and refused, f"{host}: {result}"
    for location in ("file:///etc/passwd", "gopher://127.0.0.2/", "unix:/var/run/docker.sock", "http://a@127.0.0.2/"):
        target.headers = {"Location": location}
        assert api.post(run)["reason"] == "protocol_error", location
    target.status, target.headers = 200, {}

    name = world.api.create("/api/monitors", {
        "name": "rebinds", "type": "http", "interval_seconds": 1, "timeout_ms": 900,
        "http": {"url": f"http://turns.chaos.test:{lonely.port}/"}})
    for _ in range(40):
        api.post(f"/api/monitors/{name['id']}/run")
    assert "127.0.0.2" not in lonely.visitors and "::1" not in lonely.visitors
    figures("redirects", f"{len(away)} ways to leave an allowed address, none taken")

    hook = receiver.hook()  # and it recovers: what is allowed is still reached
    channel = world.channel(hook)
    assert api.post(f"/api/channels/{channel['id']}/test")["response"]["status"] == 200
    hook.expect("channel.test")
    assert api.post(run)["verdict"] == "up"
