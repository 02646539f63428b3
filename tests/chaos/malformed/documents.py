"""JSON documents that are almost right. Objects are lists of pairs while they are being spoiled, so that a key can come
twice and a value can be no JSON at all."""
import json


class Pairs(list):
    """An object as (key, value) pairs."""


class Raw(bytes):
    """Bytes that stand in a document as they are."""


def opened(value):
    if isinstance(value, dict):
        return Pairs((k, opened(v)) for k, v in value.items())
    return [opened(v) for v in value] if isinstance(value, list) else value


def written(value):
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, Pairs):
        return b"{" + b",".join(written(k) + b":" + written(v) for k, v in value) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(written(v) for v in value) + b"]"
    return json.dumps(value).encode()


LONG = "x" * 70_000
SCALARS = [None, True, False, 0, -1, 1, 2, 59, 86_401, 2**31, 2**53 + 1, 2**63, 2**64, -2**63 - 1, 0.5, 1e308, -0.0, "", " ",
           "x", "null", "0", LONG, "\u0000", "\u202e", "é" * 300, "\U0001f600", "../../etc/passwd", "http://", "http://[",
           "http://127.0.0.1:99999/", "https://user:pw@host/", "http://0x7f.1/", "file:///etc/passwd", "mon_", "*", "2xx",
           "'; drop table monitors; --", "%s%n", "${jndi:x}", [], {}, [[]], [{}], {"": {}}]
RAW = [Raw(x) for x in (b"", b"NaN", b"-", b"01", b"1e999", b"1.", b".5", b"+1", b"0x10", b"nul", b"tru", b"undefined",
                        b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\\x"', b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"',
                        b'"\x01"', b'"\n"', b'"', b"'x'", b"[", b"]", b"{", b"}", b"[1,]", b"{,}", b'{"a"}', b'{"a":1,}',
                        b"/**/1", b"1 2", b"9" * 400, b"1" + b"0" * 5000, b"[" * 2000, b"[" * 900 + b"]" * 900,
                        b'{"a":' * 500 + b"1" + b"}" * 500)]


def _holders(value, found):
    """Every object and list with something inside."""
    if isinstance(value, list) and value:
        found.append(value)
        for item in value:
            _holders(item[1] if isinstance(value, Pairs) else item, found)
    return found


def spoil(value, dice, names):
    """`value` with one thing changed. `names`: property names that mean something somewhere."""
    root = [value]
    holder = dice.choice(_holders(root, []))
    at = dice.randrange(len(holder))
    key, old = holder[at] if isinstance(holder, Pairs) else (None, holder[at])
    new = opened(dice.choice(SCALARS) if dice.random() < 0.7 else dice.choice(RAW))
    what = dice.randrange(7)
    if what == 0:
        del holder[at]
    elif what == 1:
        holder.insert(at, holder[at])
    elif what == 2 and key is not None:
        holder[at] = (dice.choice(names), old)
    elif what == 3 and key is not None:
        holder.insert(at, (dice.choice(names), new))
    elif what == 4 and isinstance(old, str):
        cut = dice.randrange(len(old) + 1)
        replacement = old[:cut] + dice.choice(["", "\u0000", "é", " ", "%", "'", "\ud800", "0", old]) + old[cut + 1:]
        holder[at] = replacement if key is None else (key, replacement)
    elif what == 5:
        nested = [old] * dice.choice([1, 2, 30, 201])
        holder[at] = nested if key is None else (key, nested)
    else:
        holder[at] = new if key is None else (key, new)
    return root[0] if root else Raw(b"")
