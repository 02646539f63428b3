"""What Schemathesis must know of gochron beyond the document. Nothing is left out of any check here: the two rules below
say what JSON Schema has no words for, and everything else that is refused is a finding."""
import json
import os
import re

import schemathesis

# Rules about other properties, other resources, or the moment: no schema of one value can say them.
BEYOND_SCHEMAS = {
    "inconsistent",       # with another property
    "immutable",          # as it was made
    "unknown_id",         # of something that is not there
    "unknown_reference",  # the same in a configuration, where a key may stand for it
    "unknown_time_zone",  # one that the server's database has not
    "not_allowed",        # more than the token has
    "duplicate",          # equal in meaning, such as header names in another case
    "required",           # by the value of another property
    "never",              # a schedule that does not come to pass
    "too_long",           # occurrences that run into each other
    "too_many",           # on one day
    "in_the_past",        # of something new
    "wrong_code",         # not the one that was sent
    "not_found",          # of many writes one is of something that is not there,
    "stale",              # or that has another version,
    "taken",              # or whose key another has,
    "conflict",           # or that is in use
}
# Problems that depend on earlier requests alone.
BY_WHAT_WAS_BEFORE = ("idempotency_key_reused", "plan_limit_exceeded")
# What a pattern only comes near: label lengths and ports, time zones that exist, days that a month has, certificates that
# can be read.
FORMATS = ("url", "runbook_url", "webhook_url", "server_url", "base_url", "host", "server_name", "time_zone", "ca_pem",
           "anchor_local", "expression", "rule", "start_local", "exclude_dates")
TIMES_AND_POSITIONS = ("expires_at", "start_at", "end_at", "from", "to", "at", "as_of", "until", "after", "last_event_id", "Last-Event-ID")


def beyond_schemas(error):
    pointer = [x for x in error["pointer"].split("/") if not x.isdigit()]
    if error["code"] in BEYOND_SCHEMAS:
        return True
    # Of a target the type beside it says which ids it has, and whether a key can stand for one.
    if error["code"] == "invalid_format" and pointer[-2:] == ["targets", "id"]:
        return True
    if error["code"] == "invalid_format":
        # RFC 5321 bounds an address as a whole and its local part on its own: two bounds, and a pattern has room for one.
        return pointer[-1] in FORMATS or error["detail"] in ("This header is written by us.",
                                                             "At most 64 characters before the @.")
    # What may be anything is bounded in bytes of JSON.
    if error["code"] == "too_long" and pointer[-1] == "details":
        return True
    # Times in the past or the future, ranges that run backwards, ports beyond the last.
    if error["code"] == "out_of_range":
        return pointer[-1] in (*TIMES_AND_POSITIONS, *FORMATS) or "expected_status" in pointer
    # JSON Schema counts 60.0 as an integer; what is returned byte for byte cannot be written in two ways.
    return error["code"] == "wrong_type" and "fractional" in error["detail"]


# Without its own token a run is told 401 and learns nothing more.
OWN_TOKENS = os.environ.get("GOCHRON_OWN_TOKENS", "").split(",")


def _whole(x):
    return int(x) if str(x).isdigit() else 0


@schemathesis.hook
def before_call(context, case, kwargs):
    """Whoever asks neither revokes nor rotates himself: another id of the kind stands for his."""
    if (case.path_parameters or {}).get("id") in OWN_TOKENS:
        case.path_parameters["id"] = case.path_parameters["id"][:-4] + "0000"
    # A link may take a word for an id with which the path is another operation's: `/api/monitors/bulk`.
    given = (case.path_parameters or {}).get("id")
    if given and case.path.replace("{id}", str(given)) in case.operation.schema.raw_schema["paths"]:
        case.path_parameters["id"] = f"{given}0"
    # An operation that waits waits as long as it is told; a minute of it would show nothing that a second does not.
    if case.path.endswith("/wait") and 1 <= _whole((case.query or {}).get("timeout_seconds", 300)) <= 3600:
        case.query = {**(case.query or {}), "timeout_seconds": 1}


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


def from_a_null(case):
    """Stateful tests take a parameter from an earlier answer, be it null there: an event without an incident."""
    values = [*(case.query or {}).values(), *(case.path_parameters or {}).values()]
    return any(x is None or x == "None" for x in values)


@schemathesis.check
def refuses_only_what_no_schema_says(ctx, response, case):
    """A request that fits its schemas is refused with 422 for reasons that a schema cannot give, and with 400 only for a
    cursor that no page gave, for U+0000, which no text of ours may have, or for a number beyond all that machines hold."""
    if not case.meta or not case.meta.generation.mode.is_positive or any(unlike_its_pattern(case)) or from_a_null(case):
        return
    problem = json.loads(response.content) if response.status_code in (400, 422) else {}
    if response.status_code == 400:
        made_up = "cursor" in (case.query or {}) and "cursor" in problem["detail"]
        nul = "U+0000" in problem["detail"] or "\\u0000" in json.dumps(case.query or {}, default=str)
        vast = "number" in problem["detail"]  # one that neither 64 bits nor a double hold
        assert made_up or nul or vast, f"fits the document, and is malformed all the same: {problem}"
    if response.status_code == 422 and problem["code"] not in BY_WHAT_WAS_BEFORE:
        left = [x for x in problem["errors"] if not beyond_schemas(x)]
        assert problem["errors"] and not left, f"fits the document, and is refused all the same: {problem}"


@schemathesis.check
def says_which_of_many_writes_are_refused(ctx, response, case):
    """Of many writes, each on its own, one that does not fit its schema is refused in its result."""
    if case.meta and case.meta.generation.mode.is_negative and case.path.endswith("/bulk") and response.status_code == 200:
        results = json.loads(response.content)["results"]
        assert any(x["error"] for x in results), f"does not fit the document, and all of it was done: {results}"
