"""An organisation of everything, made of the schemas in /openapi.json: what a schema gains is in it at once."""
import re

# What strings may be, whatever the schema: the first of these that fit. Those for people are as nasty as they come.
NASTY = ['Shop ${x} %{y} "q" \\ $${z} %%{w} $${"$"}', "é ☃ 日本 👩‍🔧", "trailing $", "100% $5 ~ %", "a${", "%{ if true }$$$", "plain"]
LINES = ["two\nlines", "tab\there\r\n${x}\n", "<<EOT\nEOT\n", '"', "\\", "\\n \\u0041", "\u0001\u007f"]
WORDS = ["shop.example", "https://shop.example/a?b=%20&c=${d}#", "http://127.0.0.1:9/x", "smtp://127.0.0.1:2525", "09:30", "17:45",
         "2026-01-05T09:00:00", "Europe/Paris", "Asia/Kolkata", "2xx", "200-299", "404", "X-Token", "ada@shop.example",
         "name:value", "tag", "+15551234567", "AC" + "0" * 32, "MG" + "1" * 32, "123456789:AAbb_cc-dd", "-100123", "token123",
         "severity", "monitor", "tag:team"]
SECTIONS = ("users", "channels", "monitors", "contact-methods", "notification-rules", "teams", "schedules",
            "escalation-policies", "alert-rules", "maintenance-windows")
PREFIXES = {"usr": "users", "chn": "channels", "mon": "monitors", "cm": "contact-methods", "team": "teams", "sch": "schedules",
            "pol": "escalation-policies"}
TIME = "2036-{:02}-{:02}T{:02}:30:00.{:03}Z"

# What no schema says of what a noun has to have.
NEEDED = {
    "email": {"email": {"to": ["ada@shop.example"]}},
    "sms": {"sms": {"account_sid": "AC" + "0" * 32, "from": "+15550000000"}},
}
WINDOWS = [{"one_off": {"start_at": "2036-01-01T00:00:00.000Z", "end_at": "2036-01-01T01:00:00.000Z"}},
           {"weekly": {"weekdays": ["monday", "friday"], "start": "09:30", "duration_seconds": 3600}},
           {"monthly": {"days_of_month": [1, -1], "start": "23:00", "duration_seconds": 7200}},
           {"cron": {"expression": "30 4 * * 1", "duration_seconds": 600}},
           {"rrule": {"rule": "FREQ=WEEKLY;BYDAY=MO", "start_local": "2026-01-05T09:00:00", "duration_seconds": 600}}]


class Organization:
    """`made`: noun -> the answers; `secrets`: (id, property) -> what was written."""

    def __init__(self, api, dice):
        self.api, self.dice = api, dice
        self.schemas = api.spec["components"]["schemas"]
        self.made = {noun: [] for noun in SECTIONS}
        self.secrets, self.serial = {}, 0

    # -- values ---------------------------------------------------------------------------------------------------

    def resolved(self, schema):
        if "$ref" in schema:
            return {**self.schemas[schema["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def value(self, schema, name):
        schema = self.resolved(schema)
        if "anyOf" in schema:
            return self.value(self.dice.choice([x for x in schema["anyOf"] if x.get("type") != "null"]), name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.dice.choice([x for x in schema["enum"] if x is not None])
        kind = schema["type"] if isinstance(schema["type"], str) else next(x for x in schema["type"] if x != "null")
        return getattr(self, f"a_{kind}")(schema, name)

    def a_object(self, schema, _):
        required = schema.get("required", [])
        return {name: self.value(x, name) for name, x in schema["properties"].items()
                if name in required or (name != "ttl_seconds" and self.dice.random() < 0.4)}

    def a_array(self, schema, name):
        size = self.dice.randrange(schema.get("minItems", 0), min(schema.get("maxItems", 3), 4) + 1)
        items = [self.value(schema["items"], name) for _ in range(size)]
        return [x for n, x in enumerate(items) if x is not None and x not in items[:n]]

    def a_boolean(self, *_):
        return self.dice.random() < 0.5

    def a_integer(self, schema, _):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return self.dice.choice([low, high, self.dice.randint(low, high)])

    def a_number(self, schema, name):
        return self.a_integer(schema, name) + self.dice.choice([0, 0.5])

    def a_string(self, schema, name):
        pattern = schema.get("pattern", "")
        reference = re.match(r"\^\(?([a-z|]+)\)?_\[0-7\]", pattern)
        if reference:
            rows = [r for prefix in reference[1].split("|") for r in self.made[PREFIXES[prefix]]]
            return self.dice.choice(rows)["id"] if rows else None
        if schema.get("format") == "date-time":
            return TIME.format(*(self.dice.randrange(1, n) for n in (13, 29, 24, 1000)))
        if name in ("key", "email", "name", "topic"):
            self.serial += 1
        if name == "key":
            return f"{self.dice.choice(['shop', 'a.b', 'a-b', '9', '_'])}-{self.serial}"
        if name == "email":
            return f"somebody{self.serial}@shop.example"
        fit = lambda x: re.search(pattern, x) and schema.get("minLength", 0) <= len(x) <= schema.get("maxLength", 4096)
        fits = list(filter(fit, NASTY + LINES + WORDS))
        fits = fits or [x * schema.get("minLength", 1) for x in "a0" if re.search(pattern, x * schema.get("minLength", 1))]
        if not fits and "null" in schema["type"]:
            return None
        assert fits, f"nothing fits {name}: {schema}"
        chosen = self.dice.choice(fits)
        return next(filter(fit, self.marked(chosen))) if schema.get("writeOnly") else chosen

    def marked(self, text):
        """The same, known again wherever it is: for secrets."""
        self.serial += 1
        mark = f"{self.serial:04}770077"
        return [text + mark, text[:-len(mark)] + mark, "x" + mark, text[:1] + mark]

    # -- resources ------------------------------------------------------------------------------------------------

    def make(self, noun, count, kind=None):
        path = f"/api/{noun}"
        schema = self.resolved(self.api.operation("POST", path)["requestBody"]["content"]["application/json"]["schema"])
        if kind:
            schema = self.resolved({"$ref": schema["discriminator"]["mapping"][kind]})
        for _ in range(count):
            self.made[noun].append(self.one(path, schema, kind))

    def one(self, path, schema, kind):
        """Makes one. What the server does not take is made anew, or left out: it says what that is."""
        body = self.candidate(path, schema, kind)
        for attempt in range(60):
            answer = self.api.call("POST", path, body, expect=(201, 409, 422))
            if answer.status == 201:
                self.remember(answer.json["id"], schema, body)
                return answer.json
            if attempt % 6 == 5 or answer.status == 409:
                body = self.candidate(path, schema, kind)
                continue
            for error in answer.json["errors"]:
                self.drop(body, error["pointer"], schema)
        raise AssertionError(f"{path} takes nothing of this kind ({kind}): {answer!r}\n{body}")

    def candidate(self, path, schema, kind):
        body = self.value(schema, "")
        if path.endswith("maintenance-windows"):
            for one in WINDOWS:
                body.pop(next(iter(one)), None)
            body.update(self.dice.choice(WINDOWS))
        for target in [t for step in body.get("steps", []) for t in step["targets"]]:
            target["id"] = self.dice.choice(self.made[target["type"] + "s"])["id"]
        if path.endswith("notification-rules"):
            method = self.dice.choice(self.made["contact-methods"])
            body.update(contact_method_id=method["id"], user_id=method["user_id"])
        if path.endswith("monitors"):
            body["paused"] = True
        for name, needed in NEEDED.get(kind, {}).items():
            body[name].update(needed)
        return body

    def drop(self, body, pointer, schema):
        *parents, name = pointer.split("/")[1:] or [""]
        at, of = body, schema
        for step in parents:
            at = at[int(step)] if isinstance(at, list) and int(step) < len(at) else at.get(step, {}) if isinstance(at, dict) else {}
            of = self.resolved(of)
            of = self.resolved(of.get("items") or of.get("properties", {}).get(step, {}))
        if isinstance(at, list):
            del at[int(name):int(name) + 1]
        elif name in at and name not in of.get("required", []):
            del at[name]
        elif name in of.get("properties", {}):
            at[name] = self.value(of["properties"][name], name)
        elif parents:
            self.drop(body, "/" + "/".join(parents), schema)

    def remember(self, id, schema, body):
        schema = self.resolved(schema)
        for name, x in schema.get("properties", {}).items():
            if not isinstance(body, dict) or body.get(name) is None:
                continue
            if x.get("writeOnly"):
                self.secrets[id, name] = body[name]
            elif isinstance(body[name], dict):
                inner = self.resolved(x)
                self.remember(id, inner if "properties" in inner else self.resolved(x["anyOf"][0]), body[name])


def random_organization(api, dice, size):
    """About `size` resources: some of every noun and of every type."""
    it = Organization(api, dice)
    some = max(2, size // 30)
    kinds = lambda noun: it.resolved(api.operation("POST", f"/api/{noun}")["requestBody"]["content"]["application/json"]["schema"])[
        "discriminator"]["mapping"]
    it.make("users", some)
    for kind in kinds("channels"):
        it.make("channels", max(1, some // 4), kind)
    for kind in kinds("monitors"):
        it.make("monitors", some * 2, kind)
    for kind in kinds("contact-methods"):
        it.make("contact-methods", 1, kind)
    for noun in ("notification-rules", "teams", "schedules", "escalation-policies", "alert-rules", "maintenance-windows"):
        it.make(noun, some if noun != "alert-rules" else some * 2)
    return it
