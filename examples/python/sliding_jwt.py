"""A client for sessions with one JWT, with nothing but Python's standard library.

    client = Client("http://127.0.0.1:3000")
    client.login("ada", password)
    print(client.request("GET", "/me").json)
"""

import base64
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the server said; `json` is None where the body is something else, or empty."""

    status: int
    json: Any


class StaysHere(urllib.request.HTTPRedirectHandler):
    """Hands a redirect to the caller: urllib would take the headers along, to whatever server it names."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class Client:
    """Sends the token and keeps the latest `X-JWT`. May be used by several threads."""

    def __init__(self, server: str) -> None:
        self._server = server.rstrip("/") + "/"
        self._opener = urllib.request.build_opener(StaysHere)
        self._lock = threading.Lock()
        self.token: str | None = None

    def login(self, username: str, password: str) -> Answer:
        """Begins a session; its status is 200, or that of the refusal."""
        self.token = None
        return self.request("POST", "login", {"username": username, "password": password})

    def logout(self) -> Answer:
        """Ends the session, and forgets the token in any case."""
        try:
            return self.request("POST", "logout")
        finally:
            self.token = None

    def request(self, method: str, path: str, body: Any = None) -> Answer:
        """One request. Every answer counts, a refusal too: a new token may come with any of them."""
        request = urllib.request.Request(self._server + path.lstrip("/"), method=method)
        sent = self.token
        if sent is not None:
            request.add_header("Authorization", f"Bearer {sent}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            response = self._opener.open(request)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            self._keep(response.headers.get("X-JWT"), sent)
            text = response.read()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(response.status, json.loads(text) if text and is_json else None)

    def _keep(self, new: str | None, sent: str | None) -> None:
        """A late answer never overwrites a newer token, nor that of another login."""
        with self._lock:
            if new is None:
                return
            if self.token == sent or (self.token is not None and is_newer(new, self.token)):
                self.token = new


def is_newer(new: str, old: str) -> bool:
    """Whether both are of one session, and `new` is of a later generation."""
    one, two = claims_of(new), claims_of(old)
    return one["jti"] == two["jti"] and one["gen"] > two["gen"]


def claims_of(token: str) -> dict[str, Any]:
    """What the token says; nothing is verified here, that is the server's part."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
