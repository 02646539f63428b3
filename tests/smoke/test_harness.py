"""The harness's own judgement, against published values: were it wrong, every other story would prove nothing."""
from harness.receiver import github_signature, standard_signature
from harness.schema import violations


def test_the_receiver_signs_as_github_publishes():
    assert github_signature("It's a Secret to Everybody", b"Hello, World!") == \
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_receiver_signs_as_standard_webhooks_publishes():
    assert standard_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                              b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_schema_check_sees_what_is_wrong():
    schema = {"type": "object", "required": ["id", "tags"], "additionalProperties": False, "properties": {
        "id": {"type": "string", "pattern": "^mon_"}, "tags": {"type": "array", "items": {"$ref": "#/tag"}},
        "note": {"type": ["string", "null"], "maxLength": 3}}}
    document = {"tag": {"enum": ["a", "b"]}}
    assert violations({"id": "mon_1", "tags": ["a"], "note": None}, schema, document) == []
    for broken in ({"id": "mon_1"}, {"id": "chn_1", "tags": []}, {"id": "mon_1", "tags": ["c"]},
                   {"id": "mon_1", "tags": [], "x": 1}, {"id": "mon_1", "tags": [], "note": "four"}, [], None):
        assert len(violations(broken, schema, document)) == 1
    assert violations({}, {"unevaluatedItems": False}, {}), "a keyword that is not checked is reported"
