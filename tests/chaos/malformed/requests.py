"""Valid requests of every documented operation, each apart in its parts, so that one part can be spoiled while the
others stay right and the spoiled one is reached."""
import copy
import json
import re
from urllib.parse import quote

from .documents import opened, spoil, written

DEEP = {  # more properties than the examples of /openapi.json show
    "/api/monitors": [
        {"name": "a", "type": "http", "key": "k-%d", "tags": ["env:prod"], "interval_seconds": 30, "timeout_ms": 5000,
         "failure_threshold": 2, "recovery_threshold": 3, "retry": {"attempts": 2, "delay_ms": 100}, "paused": True,
         "http": {"url": "http://127.0.0.1:9/", "method": "POST", "headers": [{"name": "X-A", "value": "b"}], "body": "x",
                  "expected_status": ["2xx", "301"], "required_keyword": "ok", "follow_redirects": True}},
        {"name": "b", "type": "tcp", "interval_seconds": 60, "paused": True, "tcp": {"host": "127.0.0.1", "port": 9}},
        {"name": "c", "type": "heartbeat", "heartbeat": {"period_seconds": 3600, "grace_seconds": 60}}],
    "/api/channels": [{"name": "d", "type": "webhook", "enabled": False, "webhook": {
        "url": "http://127.0.0.1:9/", "headers": [{"name": "X-A", "value": "b"}], "timeout_seconds": 5}}],
    "/api/tokens": [{"name": "e", "scopes": ["monitors:read"], "expires_at": "2036-01-01T00:00:00Z"}],
}
VALUES = {"boolean": ["true", "false"], "integer": ["1", "50", "200"],
          "date-time": ["2026-11-23T13:37:00Z", "2000-01-01T00:00:00.123Z"]}


class Request:
    def __init__(self, method, path, query=(), body=None, headers=()):
        self.method, self.path, self.query = method, path, list(query)
        self.target = None  # overrides path and query
        self.version = b"HTTP/1.1"
        self.headers = [[b"Host", b"x"], *([k, v] for k, v in headers)]
        self.document, self.body = (opened(body), None) if body is not None else (None, b"")
        self.chunks = None  # sizes to cut the body in, or the bytes of a chunked body
        self.id = None  # the X-Request-Id that must come back

    def content(self):
        return self.body if self.body is not None else written(self.document)

    def bytes(self):
        target = self.target
        if target is None:
            text = "/".join(quote(x, safe=":") for x in self.path.split("/"))
            pairs = "&".join(f"{quote(k)}={quote(v, safe=',')}" for k, v in self.query)
            target = (text + ("?" + pairs if pairs else "")).encode()
        head = b"%s %s %s\r\n" % (self.method, target, self.version)
        head += b"".join(b"%s: %s\r\n" % (k, v) for k, v in self.headers)
        content = self.content()
        if isinstance(self.chunks, bytes):
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + self.chunks
        if self.chunks:
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(content, self.chunks)
        if content or self.method in (b"POST", b"PUT", b"PATCH"):
            head += b"Content-Length: %d\r\n" % len(content)
        return head + b"\r\n" + content

    def set(self, name, value):
        self.headers = [x for x in self.headers if x[0].lower() != name.lower()] + [[name, value]]


def chunked(content, sizes):
    out, at, i = b"", 0, 0
    while at < len(content):
        part = content[at:at + sizes[i % len(sizes)]]
        out += b"%x\r\n%s\r\n" % (len(part), part)
        at, i = at + len(part), i + 1
    return out + b"0\r\n\r\n"


class Things:
    """What exists at the server, for requests that shall get further than a 404."""

    def __init__(self, api, ids, ping, cursor):
        self.spec, self.token, self.ids, self.ping, self.cursor = api.spec, api.token, ids, ping, cursor
        self.names = sorted({name for schema in self.spec["components"]["schemas"].values()
                             for name in schema.get("properties", {})})
        self.operations = [(method.upper(), path, operation) for path, item in self.spec["paths"].items()
                           for method, operation in item.items() if not (method == "delete" and path.startswith("/api"))
                           and not path.endswith(("/stream", "/wait", "/config"))]
        # The answers of the first two have no end, or a late one; the third may prune what the others need.

    def resolved(self, node):
        for part in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else ():
            node = (self.spec if part == "components" else node)[part]
        return node

    def fill(self, path, dice):
        noun = path.split("/")[2] if path.startswith("/api/") else ""
        path = path.replace("{id}", dice.choice(self.ids.get(noun) or ["x"])).replace("{token}", self.ping)
        return path.replace("{verb}", dice.choice(["start", "fail", "log", "0", "1", "255"]))


def example_of(media):
    return media["example"] if "example" in media else next(iter(media["examples"].values()))["value"]


def _sample(schema, things, dice):
    one = things.resolved(schema.get("items", schema))
    if "enum" in one:
        return dice.choice(one["enum"])
    kind = one.get("format") or one.get("type")
    if "pattern" in one and one["pattern"].startswith("^mon_"):
        return dice.choice(things.ids["monitors"])
    return dice.choice(VALUES.get(kind, ["a", "env:prod", ""]))


def valid(things, dice):
    """A request that a careful client could send."""
    method, template, operation = dice.choice(things.operations)
    query = [(p["name"], things.cursor if p["name"] == "cursor" else _sample(p["schema"], things, dice))
             for p in map(things.resolved, operation.get("parameters", [])) if p["in"] == "query" and dice.random() < 0.4]
    body = None
    if "requestBody" in operation:
        media = next(iter(operation["requestBody"]["content"].values()))
        collection = "/".join(template.split("/")[:3])
        deep = DEEP.get(collection) if template in (collection, collection + "/{id}") else None
        body = copy.deepcopy(dice.choice(deep) if deep and dice.random() < 0.7 else example_of(media))
        if "key" in body:
            body["key"] %= dice.randrange(10**9)
        if body.get("channel_ids"):
            body["channel_ids"] = things.ids["channels"][:1]
        if method == "PATCH":
            body = {k: v for k, v in body.items() if k not in ("type", "key")}
    r = Request(method.encode(), things.fill(template, dice), query, body)
    if template.startswith("/ping/") and method != "GET":
        r.body = dice.choice([b"", b"all is well", b"\x00\xff\xfe" * 50, b"x" * 99_000])
    if template.startswith("/api/") or template == "/metrics":
        r.headers.append([b"Authorization", b"Bearer " + things.token.encode()])
    if body is not None:
        r.headers.append([b"Content-Type", b"application/merge-patch+json" if method == "PATCH" else b"application/json"])
    if dice.random() < 0.15 and r.content():
        r.chunks = [dice.choice([1, 7, 100, 100_000])]
        if len(r.content()) > 5000:
            r.chunks = [4096]
    return r


# -- one part spoiled, the request still whole ------------------------------------------------------------------------

def _spoil_document(r, things, dice):
    if not r.document:
        return _spoil_query(r, things, dice)
    r.document = spoil(r.document, dice, things.names)
    if dice.random() < 0.2:
        r.body = flipped(r.content(), dice)


def _spoil_path(r, things, dice):
    parts = r.path.split("/")
    at = dice.randrange(1, len(parts))
    old = parts[at]
    parts[at] = dice.choice(["", ".", "..", old + "x", old[:-1], old.upper(), old[::-1], "x" * 300, "\u0000", "é",
                             old + "/" + old, old.replace("_", "-"), "7" * 26, "mon_" + "z" * 26, "mon_" + "0" * 26])
    r.path = "/".join(parts)


def _spoil_target(r, things, dice):
    whole = r.bytes().split(b" ", 2)[1]
    junk = dice.choice([b"%", b"%zz", b"%00", b"%ff", b"%c0%af", b"#", b"//", b"?", b"&&=&=", b"%2f..%2f", b"=" * 50, b"+",
                        b";", b"%u1234", b"[", b"\\", b"a" * 7000, b"&" * 3000])
    at = dice.randrange(1, len(whole) + 1)
    r.target = dice.choice([whole[:at] + junk + whole[at:], whole + b"?" + junk, b"http://x" + whole, b"*", junk])


def _spoil_query(r, things, dice):
    r.query.append((dice.choice(["limit", "cursor", "ids", "q", "from", "to", "sort", "rid", "bucket", "time_zone", "nope"]),
                    dice.choice(["-1", "0", "201", "1e3", "9" * 30, "", "x", things.cursor[:-2], things.cursor[::-1],
                                 "A" * 5000, "," * 500, "2026-13-45T99:99:99Z", "Mars/Phobos", "\u0000", "é", "true"])))


def _spoil_cursor(r, things, dice):
    at = dice.randrange(len(things.cursor))
    text = things.cursor[:at] + dice.choice("Aa0-_=+/ .") + things.cursor[at + dice.randrange(2):]
    r.path, r.query = dice.choice(["/api/monitors", "/api/channels", "/api/incidents"]), [("cursor", text)]
    r.method = b"GET"


def _spoil_token(r, things, dice):
    token = things.token
    at = dice.randrange(len(token))
    other = dice.choice([token[:at] + dice.choice("aZ9_ ") + token[at + 1:], token[:at], token + "0", "", "gct_", "x" * 9000,
                         token.upper(), "é"])
    scheme = dice.choice(["Bearer ", "bearer ", "Bearer", "Basic ", "Bearer  ", ""])
    r.set(b"Authorization", (scheme + other).encode())


def _spoil_method(r, things, dice):
    r.method = dice.choice([b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"BREW", b"PROPFIND"])


def _spoil_media(r, things, dice):
    r.set(dice.choice([b"Content-Type", b"Accept", b"Content-Encoding"]),
          dice.choice([b"", b"text/plain", b"application/json; charset=utf-16", b"*/*", b"x" * 500, b"gzip", b";;;", b",,,",
                       b"application/merge-patch+json", b"\xff\xfe"]))


def _spoil_condition(r, things, dice):
    r.set(dice.choice([b"If-Match", b"If-None-Match"]),
          dice.choice([b"", b"*", b'"', b'"1"', b'"99"', b'W/"1"', b'"-1"', b'"' + b"9" * 40 + b'"', b",,,", b'"1", "2"', b"x"]))


def _spoil_header(r, things, dice):
    r.headers.append(dice.choice([
        [b"X-Request-Id", b"\xff"], [b"X-Request-Id", b"a" * 129], [b"X-Forwarded-For", b"1.2.3.4, junk, ::1"],
        [b"Cookie", b"x" * 6000], [b"Accept-Encoding", b"gzip;q=0"], [b"Range", b"bytes=0-0,1-1"], [b"X" * 200, b""],
        [b"Connection", b"keep-alive, close, upgrade"], [b"Upgrade", b"h2c"], [b"Expect", b"100-continue"],
        [b"Origin", b"null"], [b"X-Bytes", bytes(range(0x80, 0x100))]]))


def _spoil_host(r, things, dice):
    r.set(b"Host", dice.choice([b"", b"\xff\xfe", b'"x"', b"a" * 2000, b"[::1", b"x:y:z", b"<script>", b"x/../y", b"x\ty"]))


def _spoil_size(r, things, dice):
    """Over or under what may be sent to it: the answer comes before the body is read."""
    if dice.random() < 0.2:
        r.body = b" " * dice.choice([102_401, 1_048_577, 1_200_000])
        r.chunks = dice.choice([None, [65_536]])


WHOLE = [_spoil_document] * 8 + [_spoil_path, _spoil_target, _spoil_query, _spoil_query, _spoil_cursor, _spoil_token,
                                _spoil_method, _spoil_media, _spoil_condition, _spoil_header, _spoil_host,
                                _spoil_size]


def spoiled(things, dice):
    """One whole request; one in ten is left as it was."""
    r = valid(things, dice)
    for _ in range(dice.choice([0, 1, 1, 1, 1, 1, 1, 2, 2, 3])):
        dice.choice(WHOLE)(r, things, dice)
    if not any(k.lower() == b"x-request-id" for k, _ in r.headers):
        r.id = f"m-{dice.randrange(16**12):x}"
        r.headers.append([b"X-Request-Id", r.id.encode()])
    return r


# -- broken where it begins and ends ----------------------------------------------------------------------------------

TOKENS = [b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\x00", b" ", b"\t", b":", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
          b"Content-Length: 5, 5\r\n", b"Content-Length: +5\r\n", b"Content-Length: 0x5\r\n",
          b"Content-Length: 18446744073709551617\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
          b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding:\x0bchunked\r\n", b" folded\r\n", b"HTTP/1.1", b"HTTP/2.0",
          b"HTTP/9.9", b"%00", b"0\r\n\r\n", b"FFFFFFFFFFFFFFFF\r\n", b"8000000000000000\r\n", b"-1\r\n", b";x=\"", b"\xff\xfe",
          b"Host: b\r\n", b"Expect: 200-ok\r\n", b"Connection: close\r\n", b"X: " + b"y" * 9000 + b"\r\n",
          b"A: b\r\n" * 120, b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET http://x/ HTTP/1.1\r\n"]


def flipped(data, dice):
    """A few bytes changed, lost, doubled or put in."""
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4])):
        at = dice.randrange(len(data) + 1)
        what = dice.randrange(5)
        if what == 0 and at < len(data):
            data[at] = dice.randrange(256)
        elif what == 1:
            del data[at:at + dice.randrange(1, 9)]
        elif what == 2:
            data[at:at] = dice.choice(TOKENS)
        elif what == 3:
            data[at:at] = data[at // 2:at // 2 + dice.randrange(40)]
        elif dice.random() < 0.3:
            del data[at:]
    return bytes(data)


def unframed(things, dice):
    """Bytes of one connection in which nobody can say where requests end."""
    wire = b"".join(spoiled(things, dice).bytes() for _ in range(dice.choice([1, 1, 1, 2, 3])))
    end = wire.find(b"\r\n\r\n") + 2
    if dice.random() < 0.5:  # at a line's beginning, where it counts
        starts = [0, *(m.end() for m in re.finditer(rb"\r\n", wire[:end]))]
        at = dice.choice(starts)
        return wire[:at] + dice.choice(TOKENS) + wire[at:]
    if dice.random() < 0.5:
        return flipped(wire[:end], dice) + wire[end:]
    return flipped(wire, dice)


def describe(wire):
    return json.dumps(wire.decode("latin-1"))[:3000]
