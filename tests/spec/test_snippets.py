"""The snippets of docs/guides/webhooks.md, run as they are against a real delivery: the right one is taken; a wrong secret,
an old timestamp, a changed body and a missing header are refused; during a roll both secrets are good."""
import base64
import json
import subprocess
import time

import pytest

from conftest import ROOT, TOOLS, run
from harness.receiver import standard_signature

SNIPPETS = ROOT / "docs/guides/snippets"

PYTHON = """
import base64, json, sys
from verify import verify
print(json.dumps([verify(x["secret"], x["headers"], base64.b64decode(x["body"])) for x in json.load(sys.stdin)]))
"""
NODE = """
const { verify } = require('./verify.js')
const cases = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(cases.map((x) => verify(x.secret, x.headers, Buffer.from(x.body, 'base64')))))
"""
GO = """package webhook

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"
)

func TestCases(t *testing.T) {
	var cases []struct {
		Secret, Body string
		Headers      map[string]string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		t.Fatal(err)
	}
	verdicts := []bool{}
	for _, x := range cases {
		header := http.Header{}
		for name, value := range x.Headers {
			header.Set(name, value)
		}
		body, _ := base64.StdEncoding.DecodeString(x.Body)
		verdicts = append(verdicts, Verify(x.Secret, header, body, 5*time.Minute))
	}
	text, _ := json.Marshal(verdicts)
	fmt.Println(string(text))
}
"""


def python(folder, cases):
    (folder / "verify.py").write_bytes((SNIPPETS / "verify.py").read_bytes())
    (folder / "run.py").write_text(PYTHON)
    return ask(["python3", "-B", "run.py"], folder, cases)


def typescript(folder, cases):
    (folder / "verify.ts").write_bytes((SNIPPETS / "verify.ts").read_bytes())
    (folder / "run.js").write_text(NODE)
    modules = TOOLS / "npm/node_modules"
    done = run(modules / ".bin/tsc", "--strict", "--target", "es2022", "--module", "commonjs", "--typeRoots", modules / "@types",
               "--types", "node", "verify.ts", cwd=folder)
    assert done.returncode == 0, done.stdout
    return ask(["node", "run.js"], folder, cases)


def go(folder, cases):
    (folder / "verify.go").write_bytes((SNIPPETS / "verify.go").read_bytes())
    (folder / "verify_test.go").write_text(GO)
    (folder / "go.mod").write_text("module webhook\n\ngo 1.19\n")
    built = run("go", "test", "-c", "-o", "cases", ".", cwd=folder, env={"GOFLAGS": "", "GOTOOLCHAIN": "local"})
    assert built.returncode == 0, built.stdout + built.stderr
    return ask(["./cases"], folder, cases)


def ask(command, folder, cases):
    done = subprocess.run(command, cwd=folder, input=json.dumps(cases), text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout.splitlines()[0])


def signed(secret, headers, body, at):
    """As gochron would have sent it then."""
    stamp = str(int(at))
    return {**headers, "webhook-timestamp": stamp,
            "webhook-signature": standard_signature(secret, headers["webhook-id"], stamp, body)}


@pytest.fixture
def deliveries(world, receiver, api):
    """(secret, headers, body) of one from before a roll, then one from within its overlap, and the new secret."""
    hook = receiver.hook()
    channel = world.channel(hook)
    old = hook.secret
    assert api.post(f"/api/channels/{channel['id']}/test")["error"] is None
    first = hook.expect("channel.test")
    rolled = api.post(f"/api/channels/{channel['id']}/secret/roll", {"overlap_seconds": 600})
    hook.secret, hook.previous_secret = rolled["secret"]["value"], old
    api.post(f"/api/channels/{channel['id']}/test")
    second = hook.expect("channel.test")
    return old, rolled["secret"]["value"], first, second


@pytest.mark.parametrize("language", [python, typescript, go])
def test_a_snippet_tells_ours_from_all_others(language, deliveries, tmp_path):
    old, new, first, second = deliveries
    body, headers = first.raw, dict(first.headers)
    without = {k: v for k, v in headers.items() if k != "webhook-signature"}
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    now = time.time()
    cases = [  # secret, headers, body, whether it is ours
        (old, headers, body, True),
        (old, dict(second.headers), second.raw, True),
        (new, dict(second.headers), second.raw, True),
        (new, headers, body, False),
        (other, headers, body, False),
        (old, headers, body + b" ", False),
        (old, headers, body.replace(b"channel.test", b"channel.tset"), False),
        (old, without, body, False),
        (old, {**headers, "webhook-id": "evt_x"}, body, False),
        (old, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body, False),
        (old, {**headers, "webhook-timestamp": "soon"}, body, False),
        (old, signed(old, headers, body, now - 600), body, False),
        (old, signed(old, headers, body, now + 600), body, False),
        (old, signed(old, headers, body, now - 100), body, True),
    ]
    asked = [{"secret": s, "headers": h, "body": base64.b64encode(b).decode()} for s, h, b, _ in cases]
    assert language(tmp_path, asked) == [wanted for *_, wanted in cases]
