"""What Schemathesis must know of gochron beyond the document. Nothing is left out of any check here: the two rules below
say what JSON Schema has no words for, and everything else that is refused is a finding."""
import json
import re

import schemathesis

# Rules about other properties, other resources, or the moment: no schema of one value can say them.
BEYOND_SCHEMAS = {
    "inconsistent",  # with another property
    "immutable",     # as it was made
    "unknown_id",    # of something that is not there
    "not_allowed",   # more than the token has
    "duplicate",     # equal in meaning, such as header names in another case
    "required",      # by the value of another property
}
# Problems that depend on earlier requests alone.
BY_WHAT_WAS_BEFORE = ("idempotency_key_reused", "plan_limit_exceeded")
# `format` is an annotation, so a generator need not heed it: URLs, hosts, zones, certificates.
FORMATS = ("url", "runbook_url", "host", "server_name", "time_zone", "ca_pem", "tags", "headers", "name", "value")


def beyond_schemas(error):
    pointer = error["pointer"].split("/")
    # A bulk write's body is that of the write which `method` names, so that the document leaves it open.
    if pointer[1:2] == ["operations"] and "body" in pointer[:-1]:
        return True
    if error["code"] in BEYOND_SCHEMAS:
        return True
    if error["code"] == "invalid_format":
        return any(part in FORMATS for part in pointer)
    # Times in the past or the future, and ranges that run backwards.
    if error["code"] == "out_of_range":
        return pointer[-1] in ("expires_at", "from", "to", "at") or "expected_status" in pointer
    # JSON Schema counts 60.0 as an integer; what is returned byte for byte cannot be written in two ways.
    return error["code"] == "wrong_type" and "fractional" in error["detail"]


@schemathesis.hook
def filter_body(context, body):
    """No address but our own: a monitor that is made is checked, and names do not resolve here."""
    literal = re.findall(r"\d+[.]\d+[.]\d+[.]\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*", json.dumps(body, default=str))
    return all(x.startswith("127.") or not any(c.isalnum() for c in x) for x in literal)


def unlike_its_pattern(case):
    """Headers that the generator makes without heeding their pattern (quotes, for one)."""
    for parameter in case.operation.headers:
        value = (case.headers or {}).get(parameter.name)
        pattern = parameter.definition.get("schema", {}).get("pattern")
        if value is not None and pattern and not re.search(pattern, str(value)):
            yield parameter.name


@schemathesis.check
def refuses_only_what_no_schema_says(ctx, response, case):
    """A request that fits its schemas is refused with 422 for reasons that a schema cannot give, and with 400 only for a
    cursor that no page gave or for U+0000, which no text of ours may have."""
    if not case.meta or not case.meta.generation.mode.is_positive or any(unlike_its_pattern(case)):
        return
    problem = json.loads(response.content) if response.status_code in (400, 422) else {}
    if response.status_code == 400:
        made_up = "cursor" in (case.query or {}) and "cursor" in problem["detail"]
        assert made_up or "U+0000" in problem["detail"], f"fits the document, and is malformed all the same: {problem}"
    if response.status_code == 422 and problem["code"] not in BY_WHAT_WAS_BEFORE:
        left = [x for x in problem["errors"] if not beyond_schemas(x)]
        assert problem["errors"] and not left, f"fits the document, and is refused all the same: {problem}"
