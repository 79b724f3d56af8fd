"""A server for pages on this machine: files of the package, and functions from JSON to JSON behind a token."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import Any, ClassVar, Self

HOST = "127.0.0.1"
TOKEN = "X-Netspec-Token"
"""The header in which a page sends back the token of its address."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PATIENCE = 30
"""The seconds after which a connection that sends nothing is closed."""
DISCARDED = 2**26
"""The bytes of a body that is too large that are read, so that the answer arrives: who is still sending doesn't
listen."""

Route = Callable[[Any], Any]
"""A function of the JSON body of a request, None if it has none, to the JSON of the answer."""


class RefusedError(Exception):
    """What a request asks for is refused; the message is for the person at the page."""

    def __init__(self, reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Asset:
    """A file that a page consists of, with its type."""

    content: bytes
    type: str

    @classmethod
    def of(cls, path: Path) -> Self:
        return cls(path.read_bytes(), f"{TYPES[path.suffix]}; charset=utf-8")


class Loopback:
    """Serves `assets` by their paths to this machine, and `routes` by method and path to who has the token.

    It listens on 127.0.0.1 from its creation on, at any free port if `port` is 0, and answers from `start` on; as a
    context it starts and closes itself. `most_bytes` is the largest body of a request. A request for another host or
    from the page of another origin is refused, so that neither a page on the web nor a name that was pointed at this
    machine gets an answer.

    Raises OSError if the port can't be used.
    """

    def __init__(
        self,
        routes: Mapping[tuple[str, str], Route],
        assets: Mapping[str, Asset],
        *,
        port: int = 0,
        most_bytes: int = 2**20,
    ) -> None:
        self.routes, self.assets, self.most_bytes = dict(routes), dict(assets), most_bytes
        self.token = secrets.token_urlsafe(24)
        self._server = _Server((HOST, port), type("Handler", (_Handler,), {"page": self}))
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        """The address to open. The token is in its fragment, which a browser sends to nobody."""
        return f"http://{HOST}:{self.port}/#{self.token}"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts that a request may name."""
        return frozenset(f"{name}:{self.port}" for name in (HOST, "localhost"))

    def start(self) -> None:
        """Answer requests, in threads of their own, until `close`."""
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no further requests, and give the port back."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()
        self._server.close_connections()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: Any) -> None:
        self._connections: set[socket] = set()
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End all connections, which a browser keeps open."""
        for connection in list(self._connections):
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):  # who asked has gone
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    page: ClassVar[Loopback]
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    # an answer is one packet: as two, of which the second waits for a delayed acknowledgement, it takes 40 ms
    disable_nagle_algorithm = True
    wbufsize = 2**16

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        try:
            self._ensure_from_here()
            body, path = self._body(), self.path.partition("?")[0]
            if self.command == "GET" and path in self.page.assets:
                asset = self.page.assets[path]
                self._send(HTTPStatus.OK, asset.content, asset.type)
                return
            self._ensure_token()
            route = self.page.routes.get((self.command, path))
            if route is None:
                raise RefusedError("there is nothing at this address", HTTPStatus.NOT_FOUND)
            answer = route(_json(body))
        except RefusedError as refused:
            self._send_json(refused.status, {"error": refused.reason})
        except Exception:
            self._send_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "the server failed; its terminal shows why"})
            raise
        else:
            self._send_json(HTTPStatus.OK, answer)

    def _ensure_from_here(self) -> None:
        """Raises RefusedError for another host, whose name leads here, and for a page of another origin."""
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in self.page.hosts:
            self._refuse_unread("the request is for another host", HTTPStatus.FORBIDDEN)
        if origin is not None and origin.removeprefix("http://") not in self.page.hosts:
            self._refuse_unread("the request is from another page", HTTPStatus.FORBIDDEN)

    def _ensure_token(self) -> None:
        given = self.headers.get(TOKEN, "").encode("latin-1", "replace")
        if not secrets.compare_digest(given, self.page.token.encode()):
            reason = "the address lacks the token of this server; open the one that it printed"
            raise RefusedError(reason, HTTPStatus.FORBIDDEN)

    def _body(self) -> bytes:
        """The body of the request. Raises RefusedError if it is too large or has no length."""
        if "Transfer-Encoding" in self.headers:
            self._refuse_unread("the body has no length", HTTPStatus.LENGTH_REQUIRED)
        length, most = self.headers.get("Content-Length", "0"), self.page.most_bytes
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            self._refuse_unread("the length of the body is no number", HTTPStatus.BAD_REQUEST)
        if int(length) > most:
            self._discard(min(int(length), DISCARDED))
            reason = f"the request has {int(length):_} bytes, but at most {most:_} are accepted"
            self._refuse_unread(reason, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.rfile.read(int(length))

    def _discard(self, left: int) -> None:
        while left > 0 and (read := len(self.rfile.read(min(left, 2**16)))):
            left -= read

    def _refuse_unread(self, reason: str, status: HTTPStatus) -> None:
        """Refuse a request whose body isn't read: what is left of it is no further request."""
        self.close_connection = True
        raise RefusedError(reason, status)

    def _send_json(self, status: int, answer: Any) -> None:
        content = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
        self._send(status, content, "application/json; charset=utf-8")

    def _send(self, status: int, content: bytes, type: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": type, "Content-Length": str(len(content)), **HEADERS}
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses, such as another method, as JSON too."""
        self.close_connection = True
        self._send_json(code, {"error": message or HTTPStatus(code).phrase})

    def version_string(self) -> str:
        return "netspec"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for the person who opened the page."""


def _json(body: bytes) -> Any:
    """The JSON of a body; None if it is empty. Raises RefusedError."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise RefusedError("the body of the request is no JSON") from None
