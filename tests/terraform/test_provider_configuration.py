"""What is wrong with the provider's own configuration is told once, at its attribute, with what to do."""
import contextlib
import http.server
import ssl
import threading
import urllib.request

import pytest

from workspace import HEADER

TYPO = "gct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13jQp3M"
UNKNOWN = "gct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13jQp3L"
ASKED = 'data "gochron_limits" "a" {}\ndata "gochron_organization" "b" {}\n'


@contextlib.contextmanager
def tls_front(url, certificate, key):
    """HTTPS in front of a server: its URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            request = urllib.request.Request(url + self.path, headers={"Authorization": self.headers["Authorization"]})
            with urllib.request.urlopen(request, timeout=20) as answer:
                body = answer.read()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

        def handle(self):
            with contextlib.suppress(ssl.SSLError):  # who does not trust the certificate hangs up
                super().handle()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def configured(workspace, **settings):
    given = "\n".join(f'  {name} = "{x}"' for name, x in settings.items())
    return workspace.write(text=HEADER + f'provider "gochron" {{\n{given}\n}}\n' + ASKED)


@pytest.mark.parametrize("settings, says", [
    ({"endpoint": "gochron.example.com"}, '"gochron.example.com" has no scheme: write "https://gochron.example.com".'),
    ({"endpoint": "ftp://gochron.example.com"}, "is neither an http nor an https URL"),
    ({"endpoint": "https://"}, "names no host"),
    ({"endpoint": "https://me:secret@gochron.example.com"}, "has user information"),
    ({"endpoint": "https://gochron.example.com/api/"}, "ends in /api"),
    ({"endpoint": "https://gochron.example.com?x=1"}, "has a query"),
    ({"token": TYPO}, "has a typo: its checksum is another one"),
    ({"token": "hunter2"}, "is no API token: they begin with `gct_`"),
    ({"ca_file": "/no/such.pem"}, '"/no/such.pem" cannot be read'),
    ({"ca_file": "main.tf"}, "holds no certificate in PEM form")])
def test_what_can_never_work_is_told_by_validate(workspace, settings, says):
    told = configured(workspace, **settings).refused("validate", "-no-color")
    (name, value), = settings.items()
    assert says in told and f'{name} = ' in told
    assert name != "token" or value not in told.replace(f'token = "{value}"', "")


def test_what_the_environment_says_is_checked_as_well(workspace):
    told = configured(workspace).refused(env={"GOCHRON_URL": "gochron.example.com", "GOCHRON_TOKEN": TYPO})
    assert '"gochron.example.com" (from GOCHRON_URL) has no scheme' in told
    assert "What is set (from GOCHRON_TOKEN) has a typo" in told and TYPO not in told


def test_nothing_set_says_both_ways_to_set_it(workspace):
    told = configured(workspace).refused(env={"GOCHRON_URL": "", "GOCHRON_TOKEN": ""})
    assert "Set `endpoint` of the provider, or GOCHRON_URL" in told and "Set GOCHRON_TOKEN, or `token`" in told


def test_a_token_that_the_server_does_not_know_is_told_once(workspace):
    told = configured(workspace, token=UNKNOWN).refused()
    assert told.count("Error: ") == 1 and "with provider[" in told and "token = " in told
    assert "The server knows no such token: it was revoked, has expired" in told


def test_a_server_that_is_not_there_is_told_once(workspace):
    from harness.peers import Port
    port = Port()
    port.close()
    told = configured(workspace, endpoint=f"http://127.0.0.1:{port.number}").refused()
    assert told.count("Error: ") == 1 and "The server cannot be reached" in told and "endpoint = " in told
    assert "connection refused" in told and "Is it running, and is `endpoint`, or GOCHRON_URL, right?" in told


def test_a_server_that_is_another_one_is_told_once(workspace, target):
    told = configured(workspace, endpoint=target.url).refused()
    assert told.count("Error: ") == 1 and "Not gochron" in told and "does not speak gochron's API" in told


def test_an_untrusted_certificate_names_ca_file(workspace, certificate):
    with tls_front(workspace.api.engine.url, *certificate) as url:
        told = configured(workspace, endpoint=url).refused()
    assert told.count("Error: ") == 1 and "The server's certificate is not trusted" in told
    assert "set `ca_file`, or GOCHRON_CA_FILE" in told


def test_a_server_of_an_own_authority_is_trusted_by_ca_file(workspace, authority):
    ca, good, other = authority
    with tls_front(workspace.api.engine.url, *good) as url:
        configured(workspace, endpoint=url, ca_file=ca).apply()
        assert "The server's certificate is not trusted" in configured(workspace, endpoint=url).refused()
    with tls_front(workspace.api.engine.url, *other) as url:
        told = configured(workspace, endpoint=url, ca_file=ca).refused()
        assert "The server's certificate is not trusted" in told and "It is one of another host" in told and "endpoint = " in told


def test_a_token_without_the_scope_says_which_it_lacks(workspace, api):
    poor = api.create("/api/tokens", {"name": "poor", "scopes": ["monitors:read"]})["secret"]
    told = workspace.write(text=HEADER + ASKED).refused(env={"GOCHRON_TOKEN": poor})
    assert "The token lacks a scope" in told and "limits:read" in told
