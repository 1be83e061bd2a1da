"""A proxy on loopback between wikitrail and a real MediaWiki, which spoils the answers that a test chooses.

It speaks HTTP/1.1 with keep-alive to wikitrail, so that a test sees connections as well as requests.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server", "host"}


@dataclass(slots=True)
class Exchange:
    """One request as the proxy saw it; ``number`` counts from 0, ``at`` and ``until`` are seconds of one clock."""

    number: int
    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    connection: int
    at: float
    until: float = 0.0


@dataclass(slots=True)
class Reply:
    """What goes back to wikitrail: ``headers`` without the length, which is that of the body unless they state one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def with_json(self, data: Any) -> Reply:
        """The same with another body."""
        return Reply(self.status, self.headers, json.dumps(data).encode())


@dataclass(slots=True)
class Call:
    """A request in the hands of a fault: ``forward`` asks the wiki, ``send`` answers, ``socket`` is the connection."""

    exchange: Exchange
    forward: Callable[[], Reply]
    send: Callable[[Reply], None]
    handler: BaseHTTPRequestHandler

    @property
    def socket(self) -> socket.socket:
        connection: socket.socket = self.handler.connection
        return connection

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are; the connection ends after them."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()
        self.handler.close_connection = True

    def close(self) -> None:
        """End the connection, as a server does that stops."""
        self.handler.close_connection = True

    def reset(self) -> None:
        """End the connection so that the other side sees a reset (SO_LINGER of 0 seconds)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.socket.detach())
        self.handler.close_connection = True

    def wait_for_the_end(self) -> None:
        """Say nothing until the other side gives up."""
        self.socket.settimeout(60)
        self.socket.recv(1)
        self.handler.close_connection = True


Fault = Callable[[Call], None]
Plan = Callable[[Exchange], Fault | None]


@dataclass(slots=True)
class FaultProxy:
    """``url`` is where wikitrail asks; ``upstream`` the wiki's address, which may change between runs. ``plan`` says
    which fault an exchange meets, if any; ``exchanges`` is what was seen. With ``tls`` it speaks https. Where the wiki
    does not change while it is served, ``recorded`` keeps its answers, so that it is asked the same only once."""

    upstream: str = ""
    tls: ssl.SSLContext | None = None
    plan: Plan = lambda exchange: None
    exchanges: list[Exchange] = field(default_factory=list)
    url: str = ""
    recorded: dict[tuple[object, ...], Reply] | None = None
    _connections: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self) -> Iterator[FaultProxy]:
        """Serve until the generator is closed: for ``contextlib.contextmanager`` and fixtures."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        server.daemon_threads = True
        server.block_on_close = False
        if self.tls:
            server.socket = self.tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def next_connection(self) -> int:
        with self._lock:
            self._connections += 1
            return self._connections

    def begin(self, method: str, target: str, headers: Mapping[str, str], body: bytes, connection: int) -> Exchange:
        parts = urlsplit(target)
        params = dict(parse_qsl(parts.query) + parse_qsl(body.decode()))
        with self._lock:
            number = len(self.exchanges)
            exchange = Exchange(number, method, parts.path, params, headers, connection, time.monotonic())
            self.exchanges.append(exchange)
        return exchange

    def forward(self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, plain: bool) -> Reply:
        """The wiki's own answer; ``plain`` asks for it without compression, to look into it."""
        key = (self.upstream, method, target, body, plain)
        if self.recorded is None:
            return self._ask(method, target, headers, body, plain=plain)
        if key not in self.recorded:
            self.recorded[key] = self._ask(method, target, headers, body, plain=plain)
        return self.recorded[key]

    def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, plain: bool) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=30)
        passed = {key: value for key, value in headers.items() if key.lower() not in HOP_BY_HOP}
        if plain:
            passed["Accept-Encoding"] = "identity"
        with contextlib.closing(connection):
            connection.request(method, target, body or None, passed)
            response = connection.getresponse()
            kept = {key: value for key, value in response.getheaders() if key.lower() not in HOP_BY_HOP}
            return Reply(response.status, kept, response.read())


def _handler_for(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def setup(self) -> None:
            super().setup()
            self.number = proxy.next_connection()

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # wikitrail went away, or did not like the certificate
                super().handle()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = dict(self.headers.items())
            exchange = proxy.begin(self.command, self.path, headers, body, self.number)
            fault = proxy.plan(exchange)

            def forward() -> Reply:
                return proxy.forward(self.command, self.path, headers, body, plain=fault is not None)

            try:
                if fault is None:
                    self.send(forward())
                else:
                    fault(Call(exchange, forward, self.send, self))
            finally:
                exchange.until = time.monotonic()

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

        def send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for key, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
