"""Nonsense, at every door: always a clear problem, never a 5xx, never half an effect. The client of the harness already
refuses a 5xx, an undocumented status and a problem that lacks a member."""
import json

import pytest

WRITES = ("post", "put", "patch")
NESTED = b"[" * 5000 + b"]" * 5000
JUNK = {
    "nothing": b"",
    "half an object": b'{"name": "x"',
    "two documents": b"{} {}",
    "a trailing comma": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "a comment": b'{/* */"name": "x"}',
    "NaN": b'{"interval_seconds": NaN}',
    "a bare word": b"yes",
    "a list": b"[]",
    "a string": b'"name"',
    "a number": b"7",
    "null": b"null",
    "bad UTF-8": b'{"name": "\xff\xfe"}',
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a NUL": b'{"name": "a\\u0000b"}',
    "a raw control character": b'{"name": "a\x01b"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "a key twice": b'{"name": "x", "name": "y"}',
    "depth": b'{"name": ' + NESTED + b"}",
    "an unknown property": b'{"nmae": "x"}',
    "a number beyond all bounds": b'{"name": 1e999}',
    "a huge integer": b'{"name": 99999999999999999999999999}',
}


def write_operations(spec):
    """(method, path template) of what takes a body."""
    return [(method.upper(), path) for path, item in spec["paths"].items() for method, operation in item.items()
            if method in WRITES and "requestBody" in operation and path.startswith("/api/")]


@pytest.fixture
def doors(world, api, target, receiver):
    """Every write operation with ids that exist, and a fingerprint of all they could change."""
    monitor, hook = world.monitor(target, paused=True), receiver.hook()
    channel = world.channel(hook)
    rule = world.rule([monitor], [channel])
    ids = {"monitors": monitor["id"], "channels": channel["id"], "alert-rules": rule["id"],
           "incidents": "inc_01h455vb4pex5vsknk084sn02q", "deliveries": "dlv_01h455vb4pex5vsknk084sn02q",
           "tokens": "tok_01h455vb4pex5vsknk084sn02q"}

    def fill(path):
        noun = path.split("/")[2]
        return path.replace("{id}", ids.get(noun, "x"))

    def state():
        own = [api.get(f"/api/{noun}/{ids[noun]}") for noun in ("monitors", "channels", "alert-rules")]
        counts = [len(api.all(f"/api/{noun}")) for noun in ("monitors", "channels", "alert-rules", "tokens")]
        for x in own:
            x.pop("next_check_at", None)
        return own, counts

    return [(method, fill(path)) for method, path in write_operations(api.spec)], state


@pytest.mark.parametrize("what", JUNK)
def test_junk_is_refused_at_every_door_and_changes_nothing(api, doors, what):
    operations, state = doors
    assert len(operations) >= 10
    before = state()
    for method, path in operations:
        optional = "requestBody" in api.operation(method, path) and \
            not api.operation(method, path)["requestBody"].get("required", False)
        if what == "nothing" and optional:
            continue
        answer = api.call(method, path, JUNK[what])
        known = "_01h455vb4pex5vsknk084sn02q" not in path and "/x" not in path
        wrong = (400, 422) if known else (400, 404, 422)
        if path == "/api/organizations":
            wrong += (403,)  # whoever runs this server does not let it be done over HTTP
        assert answer.status in wrong, f"{method} {path}: {answer!r}"
        if answer.status == 422:
            assert answer.json["errors"], answer
    assert state() == before


def test_a_body_of_another_kind_is_not_read(api, doors):
    operations, state = doors
    before = state()
    for method, path in operations:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            api.call(method, path, b'{"name": "x"}', headers={"Content-Type": kind}, expect=(415, 404))
    assert state() == before


def test_a_body_over_the_limit_is_not_swallowed(api):
    body = b'{"name": "' + b"x" * (3 << 20) + b'"}'
    try:
        answer = api.call("POST", "/api/monitors", body)
        assert answer.status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused while we were still sending: as good


def test_all_violations_come_at_once_with_pointers(api):
    problem = api.call("POST", "/api/monitors", {
        "name": "", "type": "http", "interval_seconds": 0, "timeout_ms": 1, "failure_threshold": 21, "colour": "red",
        "tags": [""] * 2, "http": {"url": "ftp://x", "metod": "GET", "expected_status": ["6xx"]}}, expect=422).json
    pointers = {e["pointer"] for e in problem["errors"]}
    assert pointers >= {"/name", "/interval_seconds", "/timeout_ms", "/failure_threshold", "/colour", "/http/url",
                        "/http/metod"}
    nearest = next(e for e in problem["errors"] if e["pointer"] == "/http/metod")
    assert "method" in nearest["detail"], "the nearest known name is offered"


def test_malformed_json_says_where(api):
    problem = api.call("POST", "/api/monitors", b'{"name": "x", }', expect=400).json
    assert any(c.isdigit() for c in problem["detail"]), problem


def wrong_values(schema, spec):
    """Values that no reading of a property's schema allows."""
    while "$ref" in schema or "anyOf" in schema:
        if "anyOf" in schema:  # something named, or null
            schema = schema["anyOf"][0]
            continue
        node = spec
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = node
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "anyOf" in schema or "oneOf" in schema or not types:
        return []
    values = {"string": 7, "integer": "seven", "number": "seven", "boolean": "yes", "array": {}, "object": []}
    found = [values[t] for t in types if t in values][:1]
    if "integer" in types:
        found += [1.5, True, 2 ** 63, -2 ** 63]
        found += [schema["minimum"] - 1] if "minimum" in schema else []
        found += [schema["maximum"] + 1] if "maximum" in schema else []
    if "string" in types and "maxLength" in schema:
        found.append("x" * (schema["maxLength"] + 1))
    if "enum" in schema:
        found.append("none of them")
    if "array" in types and "maxItems" in schema:
        found.append(["x"] * (schema["maxItems"] + 1))
    return found


def test_every_property_refuses_what_its_schema_excludes(world, api, target, receiver):
    """Driven by the document: one wrong property at a time, in an otherwise good PATCH."""
    monitor = world.monitor(target, paused=True)
    channel = world.channel(receiver.hook())
    rule = world.rule([monitor], [channel])
    tried = 0
    for path, made in (("/api/monitors", monitor), ("/api/channels", channel), ("/api/alert-rules", rule)):
        own = f"{path}/{made['id']}"
        before = api.get(own)
        for name, schema in request_properties(api, own).items():
            for value in wrong_values(schema, api.spec):
                problem = api.call("PATCH", own, {name: value}, expect=422).json
                assert any(e["pointer"].startswith(f"/{name}") for e in problem["errors"]), (name, value, problem)
                tried += 1
        assert api.get(own)["version"] == before["version"]
    assert tried > 50


def request_properties(api, path):
    content = api.operation("PATCH", path)["requestBody"]["content"]
    schema = next(iter(content.values()))["schema"]
    while "$ref" in schema:
        schema = api._resolve(schema["$ref"])
    return schema["properties"]


@pytest.mark.parametrize("bad", ["x", "mon_", "mon_0", "mon_" + "z" * 26, "chn_01h455vb4pex5vsknk084sn02q",
                                 "mon_01h455vb4pex5vsknk084sn02q", "%00", "..%2f", "mon_01H455VB4PEX5VSKNK084SN02Q",
                                 "%ff", "a" * 3000, "'; drop table monitors; --".replace(" ", "%20")])
def test_ids_that_name_nothing(api, bad):
    for suffix in ("", "/results", "/incidents"):
        api.call("GET", f"/api/monitors/{bad}{suffix}", expect=(400, 404))
    api.call("DELETE", f"/api/monitors/{bad}", expect=(400, 404))
    api.call("PATCH", f"/api/monitors/{bad}", {"name": "x"}, expect=(400, 404))


@pytest.mark.parametrize("url", ["", "x", "//host", "http://", "http:///path", "ftp://host/", "http://user:pw@host/",
                                 "http://host:0/", "http://host:65536/", "http://host:x/", "http://a b/",
                                 "http://host/\r\nX: y", "javascript:alert(1)", "http://[::1", "http://" + "a" * 3000])
def test_urls_that_are_none(world, api, url):
    api.call("POST", "/api/monitors", {"name": "x", "type": "http", "http": {"url": url}}, expect=422)
    api.call("POST", "/api/channels", {"name": "x", "type": "webhook", "webhook": {"url": url}}, expect=422)


def test_text_comes_back_byte_for_byte(world, api, target):
    odd = "naïve 🚨 \"quoted\" \\ / \u2028 \t tab, ﷽ and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢"
    monitor = world.monitor(target, description=odd, paused=True)
    assert api.get(f"/api/monitors/{monitor['id']}")["description"] == odd
    assert json.loads(api.send("GET", f"/api/monitors/{monitor['id']}").raw)["description"] == odd


def test_a_rule_may_not_name_what_is_not_there(world, api, target, receiver):
    channel = world.channel(receiver.hook())
    problem = api.call("POST", "/api/alert-rules", {
        "name": "x", "monitor_ids": ["mon_01h455vb4pex5vsknk084sn02q"], "channel_ids": [channel["id"]]},
        expect=422).json
    assert any(e["pointer"].startswith("/monitor_ids") for e in problem["errors"])
