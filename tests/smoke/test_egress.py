"""A hosted engine never connects to its own network, however the address is written."""
import pytest

from harness.world import World


@pytest.fixture(scope="module")
def hosted():
    from harness.engine import Engine
    engine = Engine("--hosted").start()
    yield engine
    engine.close()


@pytest.fixture
def hosted_world(hosted):
    return World(hosted.api())


HOSTS = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]",
         "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1",
         "172.16.0.1", "192.168.0.1", "100.64.0.1", "[fe80::1]", "[fc00::1]", "224.0.0.1", "255.255.255.255"]


@pytest.mark.parametrize("host", HOSTS)
def test_an_address_of_ours_is_never_connected_to(hosted_world, target, host):
    api = hosted_world.api
    body = {"name": host, "type": "http", "interval_seconds": 3600, "http": {
        "url": f"http://{host}:{target.port.number}/"}}
    answer = api.call("POST", "/api/monitors", body, expect=(201, 422))
    if answer.status == 201:
        result = api.post(f"/api/monitors/{answer.json['id']}/run")
        assert result["verdict"] != "up"
        assert result["reason"] in ("egress_denied", "dns_nxdomain", "dns_servfail", "dns_timeout"), result
        if host in ("127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"):
            assert result["reason"] == "egress_denied", result
    assert target.seen == []


def test_a_tcp_monitor_is_guarded_too(hosted_world, tcp_target):
    monitor = hosted_world.api.create("/api/monitors", {
        "name": "tcp", "type": "tcp", "interval_seconds": 3600,
        "tcp": {"host": "127.0.0.1", "port": tcp_target.port.number}})
    result = hosted_world.api.post(f"/api/monitors/{monitor['id']}/run")
    assert result["reason"] == "egress_denied"


def test_a_webhook_to_our_own_network_is_not_sent(hosted_world, receiver):
    hook = receiver.hook()
    channel = hosted_world.channel(hook)
    attempt = hosted_world.api.post(f"/api/channels/{channel['id']}/test")
    assert attempt["error"] == "egress_denied"
    assert attempt["response"] is None
    assert hook.attempts == []


def test_a_self_hosted_engine_says_that_it_may_reach_private_addresses(shared_engine):
    log = shared_engine.log.read_text()
    assert "private" in log
