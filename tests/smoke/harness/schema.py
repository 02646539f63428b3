"""The part of JSON Schema 2020-12 that /openapi.json uses. An unknown keyword is an error, so that nothing is skipped
in silence."""
import re

ANNOTATIONS = {"title", "description", "default", "example", "examples", "readOnly", "writeOnly", "deprecated", "format",
               "$comment", "contentMediaType", "discriminator"}
TYPES = {
    "object": lambda x: isinstance(x, dict),
    "array": lambda x: isinstance(x, list),
    "string": lambda x: isinstance(x, str),
    "boolean": lambda x: isinstance(x, bool),
    "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
    "number": lambda x: isinstance(x, (int, float)) and not isinstance(x, bool),
    "null": lambda x: x is None,
}


def violations(value, schema, document, at=""):
    """A line for each way in which `value` breaks `schema`; `document` is where `#/...` references look."""
    if schema is True or schema == {}:
        return []
    if schema is False:
        return [f"{at}: nothing is allowed here"]
    found = []
    for keyword, rule in schema.items():
        if keyword.startswith("x-") or keyword in ANNOTATIONS:
            continue
        check = KEYWORDS.get(keyword)
        if check is None:
            found.append(f"{at}: the document uses `{keyword}`, which this check does not know")
        else:
            found += check(value, rule, schema, document, at)
    return found


def _ref(value, rule, schema, document, at):
    node = document
    for part in rule.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return violations(value, node, document, at)


def _type(value, rule, schema, document, at):
    names = rule if isinstance(rule, list) else [rule]
    return [] if any(TYPES[name](value) for name in names) else [f"{at}: {value!r} is not {rule}"]


def _properties(value, rule, schema, document, at):
    if not isinstance(value, dict):
        return []
    return [x for key in value if key in rule for x in violations(value[key], rule[key], document, f"{at}/{key}")]


def _additional(value, rule, schema, document, at):
    if not isinstance(value, dict):
        return []
    others = [key for key in value if key not in schema.get("properties", {})]
    return [x for key in others for x in violations(value[key], rule, document, f"{at}/{key}")]


def _required(value, rule, schema, document, at):
    return [f"{at}/{key}: missing" for key in rule if isinstance(value, dict) and key not in value]


def _items(value, rule, schema, document, at):
    if not isinstance(value, list):
        return []
    return [x for i, item in enumerate(value) for x in violations(item, rule, document, f"{at}/{i}")]


def _any_of(value, rule, schema, document, at):
    tries = [violations(value, option, document, at) for option in rule]
    return [] if any(not x for x in tries) else [f"{at}: no alternative fits: {min(tries, key=len)}"]


def _one_of(value, rule, schema, document, at):
    fitting = sum(not violations(value, option, document, at) for option in rule)
    return [] if fitting == 1 else [f"{at}: {fitting} alternatives fit {value!r}"]


def _all_of(value, rule, schema, document, at):
    return [x for option in rule for x in violations(value, option, document, at)]


def _bound(kind, measure, broken):
    def check(value, rule, schema, document, at):
        if not isinstance(value, kind) or isinstance(value, bool):
            return []
        return [f"{at}: {measure(value)} against a bound of {rule}"] if broken(measure(value), rule) else []
    return check


def _pattern(value, rule, schema, document, at):
    ok = not isinstance(value, str) or re.search(rule, value)
    return [] if ok else [f"{at}: {value!r} does not match {rule}"]


def _unique(value, rule, schema, document, at):
    texts = [repr(x) for x in value] if isinstance(value, list) else []
    return [f"{at}: repeated items"] if rule and len(texts) != len(set(texts)) else []


KEYWORDS = {
    "$ref": _ref,
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": lambda v, rule, s, d, at: [] if violations(v, rule, d, at) else [f"{at}: {v!r} is what it must not be"],
    "pattern": _pattern,
    "uniqueItems": _unique,
    "enum": lambda v, rule, s, d, at: [] if v in rule else [f"{at}: {v!r} is none of {rule}"],
    "const": lambda v, rule, s, d, at: [] if v == rule else [f"{at}: {v!r} is not {rule!r}"],
    "minimum": _bound((int, float), lambda x: x, lambda x, r: x < r),
    "maximum": _bound((int, float), lambda x: x, lambda x, r: x > r),
    "exclusiveMinimum": _bound((int, float), lambda x: x, lambda x, r: x <= r),
    "exclusiveMaximum": _bound((int, float), lambda x: x, lambda x, r: x >= r),
    "minLength": _bound(str, len, lambda x, r: x < r),
    "maxLength": _bound(str, len, lambda x, r: x > r),
    "minItems": _bound(list, len, lambda x, r: x < r),
    "maxItems": _bound(list, len, lambda x, r: x > r),
    "minProperties": _bound(dict, len, lambda x, r: x < r),
    "maxProperties": _bound(dict, len, lambda x, r: x > r),
}
