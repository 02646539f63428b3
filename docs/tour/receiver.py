#!/usr/bin/env python3
"""A webhook receiver for the tour: keeps what arrives as N.headers and N.body in a folder, and says so.

usage: receiver.py PORT FOLDER
"""
import http.server
import itertools
import json
import pathlib
import sys

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
numbers = itertools.count(1)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = next(numbers)
        (folder / f"{number}.headers").write_text(str(self.headers))
        (folder / f"{number}.body").write_bytes(body)
        print(number, json.loads(body)["type"], flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", port), Receiver).serve_forever()
