"""A REST client that believes nothing: every answer is held against the conventions and against /openapi.json."""
import http.client
import json
from urllib.parse import urlencode, urlsplit

from .schema import violations

# `instance` is missing where the request was refused before its path was known.
PROBLEM = {"type", "title", "status", "detail", "code", "request_id", "errors"}

# Of HTTP itself and the same for every answer; any other header has to be in the document.
HTTP_HEADERS = {"date", "content-type", "content-length", "connection", "transfer-encoding", "cache-control", "vary", "allow",
                "content-security-policy", "referrer-policy", "x-content-type-options", "x-robots-tag"}


class Answer:
    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = {k.lower(): v for k, v in headers}
        self.raw = raw
        self.json = None

    def document(self):
        """The body read as JSON, unchecked."""
        return json.loads(self.raw)

    def __repr__(self):
        return f"{self.status} {self.raw[:2000].decode(errors='replace')}"


class Api:
    def __init__(self, engine, token):
        self.engine = engine
        self.token = token
        self._spec = None

    def with_token(self, token):
        other = Api(self.engine, token)
        other._spec = self._spec
        return other

    # -- the document ---------------------------------------------------------------------------------------------

    @property
    def spec(self):
        if self._spec is None:
            answer = self.send("GET", "/openapi.json", token=None)
            assert answer.status == 200
            self._spec = json.loads(answer.raw)
        return self._spec

    def operation(self, method, path):
        """The documented operation that serves a path, or nothing."""
        method = "get" if method == "HEAD" else method.lower()
        parts = path.split("?")[0].split("/")
        best = None
        for template, item in self.spec["paths"].items():
            pattern = template.split("/")
            if len(pattern) != len(parts) or method not in item:
                continue
            if all(p == x or (p.startswith("{") and x) for p, x in zip(pattern, parts)):
                fixed = sum(not p.startswith("{") for p in pattern)
                if best is None or fixed > best[0]:
                    best = (fixed, item[method])
        return best and best[1]

    # -- requests -------------------------------------------------------------------------------------------------

    def send(self, method, path, body=None, headers=None, token="mine", timeout=20):
        """One request on a connection of its own, nothing checked. `body`: bytes as they are, anything else as JSON."""
        all_headers = {}
        if token is not None:
            all_headers["Authorization"] = f"Bearer {self.token if token == 'mine' else token}"
        if body is not None:
            all_headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        all_headers.update(headers or {})
        where = urlsplit(self.engine.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
        try:
            connection.request(method, path, body, all_headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def call(self, method, path, body=None, expect=None, **how):
        """One request whose answer must be what the document promises. `expect`: a status or several."""
        answer = self.send(method, path, body, **how)
        wanted = (expect,) if isinstance(expect, int) else expect
        assert answer.status < 500 or (wanted and answer.status in wanted), f"{method} {path}: {answer!r}"
        self._check_conventions(method, path, answer)
        self._check_document(method, path, answer)
        self._check_request(method, path, body, answer)
        if wanted:
            assert answer.status in wanted, f"{method} {path}: {answer!r}"
        return answer

    def _check_conventions(self, method, path, answer):
        what = f"{method} {path}: {answer!r}"
        assert answer.headers.get("x-request-id"), f"no X-Request-Id: {what}"
        if method == "HEAD" or answer.status in (204, 304):
            assert not answer.raw, f"a body where none belongs: {what}"
            return
        kind = answer.headers.get("content-type", "").split(";")[0]
        if answer.status >= 400:
            assert kind == "application/problem+json", f"{kind}: {what}"
        elif path.startswith(("/api/", "/openapi")):
            assert kind == "application/json", f"{kind}: {what}"
        if kind.endswith("json"):
            answer.json = json.loads(answer.raw)
        if answer.status >= 400:
            assert PROBLEM <= set(answer.json), f"problem without {PROBLEM - set(answer.json)}: {what}"
            assert answer.json["status"] == answer.status, what
            assert answer.json["request_id"] == answer.headers["x-request-id"], what
            assert answer.json["detail"], what
        if answer.status == 401:
            assert "www-authenticate" in answer.headers, what
        if answer.status == 405:
            assert "allow" in answer.headers, what
        if answer.status in (429, 503):
            assert "retry-after" in answer.headers, what

    def _check_document(self, method, path, answer):
        operation = self.operation(method, path)
        if operation is None:
            assert answer.status in (400, 401, 404, 405, 414), f"undocumented: {method} {path}: {answer!r}"
            return
        documented = operation["responses"].get(str(answer.status))
        assert documented, f"{answer.status} is not documented for {method} {path}: {answer!r}"
        documented = self.resolved(documented)
        strange = set(answer.headers) - HTTP_HEADERS - {x.lower() for x in documented.get("headers", {})}
        assert not strange, f"{method} {path} has headers that its document does not know: {strange}\n{answer!r}"
        kind = answer.headers.get("content-type", "").split(";")[0]
        content = documented.get("content", {})
        if not answer.raw:
            return
        assert kind in content, f"{method} {path}: {kind} is not documented for {answer.status}: {answer!r}"
        if answer.json is not None and "schema" in content[kind]:
            broken = violations(answer.json, content[kind]["schema"], self.spec)
            assert not broken, f"{method} {path} breaks its schema: {broken[:5]}\n{answer!r}"

    def _check_request(self, method, path, body, answer):
        """What is taken, the document calls acceptable. A bulk may have been refused in parts."""
        if answer.status >= 300 or body is None or isinstance(body, bytes) or b'"error":{' in answer.raw:
            return
        for content in self.operation(method, path)["requestBody"]["content"].values():
            broken = violations(body, content["schema"], self.spec)
            assert not broken, f"{method} {path} took what breaks its schema: {broken[:5]}"

    def resolved(self, node):
        """What a node of the document is, or refers to."""
        return self._resolve(node["$ref"]) if "$ref" in node else node

    def _resolve(self, ref):
        node = self.spec
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        return node

    # -- in short -------------------------------------------------------------------------------------------------

    def get(self, path, expect=200, **query):
        if query:
            path += "?" + urlencode(query)
        return self.call("GET", path, expect=expect).json

    def post(self, path, body=None, expect=200, **how):
        return self.call("POST", path, body, expect=expect, **how).json

    def create(self, path, body):
        """POST that makes something: 201, a Location that answers, and what was written comes back."""
        answer = self.call("POST", path, body, expect=201)
        assert answer.headers["location"] == f"{path}/{answer.json['id']}"
        differing = differences(body, answer.json)
        assert not differing, f"not echoed: {differing}"
        return answer.json

    def patch(self, path, body, expect=200, **how):
        return self.call("PATCH", path, body, expect=expect, **how).json

    def put(self, path, body, expect=200, **how):
        return self.call("PUT", path, body, expect=expect, **how).json

    def delete(self, path, expect=204, **how):
        return self.call("DELETE", path, expect=expect, **how).json

    def all(self, path, limit=200, **query):
        """Every row of a list, page by page."""
        rows, cursor = [], None
        for _ in range(1000):
            page = self.get(path, limit=limit, **query, **({"cursor": cursor} if cursor else {}))
            rows += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows
        raise AssertionError(f"{path} does not end")


def differences(sent, got, at=""):
    """Where `got` does not carry what was sent. Objects may have more; everything else is equal."""
    if isinstance(sent, dict) and isinstance(got, dict):
        found = []
        for key, value in sent.items():
            found += differences(value, got.get(key), f"{at}/{key}")
        return found
    if isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
        return [x for i, (a, b) in enumerate(zip(sent, got)) for x in differences(a, b, f"{at}/{i}")]
    return [] if sent == got else [f"{at}: sent {sent!r}, got {got!r}"]
