"""A toy service with versions, and the means to deploy one and to go back: what jobs of continuous integration work on."""
import subprocess
import sys
import urllib.request

from .peers import Port
from .waiting import eventually

# Says its version; one whose name ends in `bad` turns sour after a second.
SERVICE = '''
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
version, port, begun = sys.argv[1], int(sys.argv[2]), time.monotonic()
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        sour = version.endswith("bad") and time.monotonic() - begun > 1
        self.send_response(500 if sour else 200)
        self.end_headers()
        self.wfile.write(version.encode())
    def log_message(self, *_):
        pass
for _ in range(200):  # the version before may still hold the port
    try:
        ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    except OSError:
        time.sleep(0.05)
'''
DEPLOY = '''#!/bin/sh
set -eu
[ ! -f pid ] || kill "$(cat pid)" 2> /dev/null || true
{python} service.py "$1" {port} > /dev/null 2>&1 &
echo $! > pid
'''


class Site:
    """A folder with a service that runs as version `1-good`, `./deploy VERSION` and `./rollback`."""

    def __init__(self, folder, api):
        self.folder, self.api = folder, api
        self.port = Port()
        self.port.close()
        self.url = f"http://127.0.0.1:{self.port.number}/"
        self.write("service.py", SERVICE)
        self.write("deploy", DEPLOY.format(python=sys.executable, port=self.port.number))
        self.write("rollback", "#!/bin/sh\nexec ./deploy 1-good\n")
        subprocess.run(["./deploy", "1-good"], cwd=folder, check=True, timeout=10)
        eventually(lambda: self.version() == "1-good", 10)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def version(self):
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def monitors(self):
        return self.api.all("/api/monitors", tags="ci")

    def close(self):
        try:
            pid = int((self.folder / "pid").read_text())
            subprocess.run(["kill", str(pid)], check=False, capture_output=True)
        except OSError:
            pass
