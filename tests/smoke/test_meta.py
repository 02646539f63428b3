"""What the server says of itself."""
import re
import subprocess

from harness.engine import BINARY

VERSION = subprocess.run([BINARY, "version"], capture_output=True, text=True, check=True).stdout


def test_meta_names_the_version_and_no_addresses_unless_told(api):
    meta = api.get("/api/meta")
    assert (meta["event_version"], meta["regions"]) == (1, ["local"])
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", meta["version"]) and meta["version"] in VERSION
    assert meta["version"] == api.spec["info"]["version"]
    assert meta["egress_addresses"] == []
    api.get("/api/meta", x="1", expect=422)
    api.call("GET", "/api/meta", token=None, expect=401)


def test_the_addresses_that_were_configured_are_told_as_they_were_given(make_engine):
    addresses = ["203.0.113.7", "198.51.100.0/24", "2001:db8::/48"]
    engine = make_engine(*[x for a in addresses for x in ("--egress-addresses", a)]).start()
    api = engine.api("monitors:read")
    assert api.get("/api/meta")["egress_addresses"] == addresses
    assert engine.api("channels:read").call("GET", "/api/meta", expect=403).json["code"] == "forbidden"


def test_what_is_no_address_is_refused_at_the_start(make_engine):
    engine = make_engine("--egress-addresses", "somewhere")
    engine.launch()
    assert engine.process.wait(20) != 0
    assert "`somewhere` is no address and no CIDR block" in engine.tail()
    engine.process = None
