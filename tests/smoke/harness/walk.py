"""Every operation of /openapi.json, found there and not listed here."""
import copy
import re

METHODS = ("get", "put", "patch", "post", "delete")
ID_PATTERN = re.compile(r"\^\(?(\w+)\)?_")


class Operation:
    def __init__(self, spec, path, method, item):
        self.spec, self.path, self.method, self.item = spec, path, method, item
        self.noun = path.split("/")[2] if path.startswith("/api/") else None
        self.parameters = re.findall(r"\{(\w+)\}", path)

    def __repr__(self):
        return f"{self.method.upper()} {self.path}"

    @property
    def is_public(self):
        return self.item.get("security") == []

    @property
    def is_stream(self):
        """Never ends: its answer must not be waited for."""
        return any("text/event-stream" in resolved(r, self.spec).get("content", {})
                   for r in self.item["responses"].values())

    @property
    def patience(self):
        """What keeps an operation that waits from waiting long: a query parameter, or nothing."""
        known = [resolved(p, self.spec)["name"] for p in self.item.get("parameters", [])]
        return ["timeout_seconds=1"] if "timeout_seconds" in known else []

    def at(self, ids):
        """The path with `ids[noun][parameter]` in it."""
        path = self.path
        for name in self.parameters:
            known = ids.get(self.noun, {})
            assert name in known, f"{self!r}: this walk does not know a {{{name}}} of {self.noun}: teach it in make()"
            path = path.replace("{" + name + "}", known[name])
        return path

    def body(self):
        """An example of its body that is good but for whose it is; nothing where there is none."""
        content = self.item.get("requestBody", {}).get("content", {})
        for media in content.values():
            if "example" in media:
                return copy.deepcopy(media["example"])
            for example in media.get("examples", {}).values():
                return copy.deepcopy(example["value"])
        return {} if content else None

    def body_ids(self):
        """(place, prefix) of each id in its body's schema: a place is a list of names, `0` for an item of an array."""
        for media in self.item.get("requestBody", {}).get("content", {}).values():
            yield from ids_in(media["schema"], self.spec, [], set())

    def query_ids(self):
        """(name, prefix) of each query parameter that takes ids."""
        for parameter in self.item.get("parameters", []):
            parameter = resolved(parameter, self.spec)
            if parameter["in"] != "query":
                continue
            for _, prefix in ids_in(parameter.get("schema", {}), self.spec, [], set()):
                yield parameter["name"], prefix


def operations(spec):
    return [Operation(spec, path, method, item[method])
            for path, item in spec["paths"].items() for method in METHODS if method in item]


def resolved(node, spec):
    while "$ref" in node:
        found = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def ids_in(schema, spec, place, seen):
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen = seen | {schema["$ref"]}
        schema = resolved(schema, spec)
    if schema.get("readOnly"):
        return
    match = ID_PATTERN.match(schema.get("pattern", ""))
    if match:
        yield place, match.group(1)
    for part in (x for kind in ("allOf", "anyOf", "oneOf") for x in schema.get(kind, [])):
        yield from ids_in(part, spec, place, seen)
    for name, part in schema.get("properties", {}).items():
        yield from ids_in(part, spec, [*place, name], seen)
    if isinstance(schema.get("items"), dict):
        yield from ids_in(schema["items"], spec, [*place, 0], seen)


def put(body, place, value):
    """`value` at that place of a copy of `body`; arrays on the way become arrays of one item."""
    if not place:
        return value
    head, rest = place[0], place[1:]
    if head == 0:
        first = body[0] if isinstance(body, list) and body else None
        return [put(first, rest, value)]
    copied = dict(body) if isinstance(body, dict) else {}
    copied[head] = put(copied.get(head), rest, value)
    return copied
