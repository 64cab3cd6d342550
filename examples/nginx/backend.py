"""An app behind forward auth, with nothing but Python's standard library.

It knows its user by the headers that nginx sets, and has never heard of tokens. Only nginx may reach it: it
listens on loopback, unless it has a network that it shares with nginx alone.

    python3 backend.py --port 8000
"""

import argparse
import json
import signal
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Who asks, as nginx tells it; and a page for admins alone."""
        if self.path == "/":
            who = {name: self.headers[name] for name in ("X-User", "X-Role", "X-Session")}
            self.answer(HTTPStatus.OK, {"you": who, "headers": self.headers.keys()})
        elif self.path != "/admins-only":
            self.answer(HTTPStatus.NOT_FOUND, {"error": "there is no such page"})
        elif self.headers["X-Role"] != "admin":
            self.answer(HTTPStatus.FORBIDDEN, {"error": "for admins only"})
        else:
            self.answer(HTTPStatus.OK, {"page": "for admins only"})

    def do_POST(self) -> None:
        """Takes an upload piece by piece, and says how much of it has come with each."""
        length = int(self.headers["Content-Length"] or 0)
        received = 0
        while received < length and (piece := self.rfile.read1(min(length - received, 65536))):
            received += len(piece)
            print(f"received {received} of {length} bytes", flush=True)
        self.answer(HTTPStatus.CREATED, {"user": self.headers["X-User"], "bytes": received})

    def answer(self, status: HTTPStatus, value: Any) -> None:
        body = json.dumps(value, default=list).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """nginx has a log already."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    server = ThreadingHTTPServer((options.host, options.port), App)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit())
    print(f"The app listens on http://{options.host}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
