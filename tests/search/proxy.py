"""A node behind a proxy that fails on demand: requests that hang, answers that are lost or held back."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Fault(Enum):
    HANG = "the request is not passed on, and never answered"
    LOSE = "the request is done, its answer lost: the connection breaks"
    HOLD = "the request is done, its answer held back until the proxy heals"


@dataclass
class Proxy:
    """`fault` befalls requests whose path holds `where`; `happened` is set once it has."""

    target: str
    fault: Fault | int | None = None
    where: str = ""
    happened: threading.Event = field(default_factory=threading.Event)
    healed: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def fail(self, fault: Fault | int, where: str = "") -> None:
        """From now on; a number is answered as a status."""
        self.happened.clear()
        self.healed.clear()
        self.fault, self.where = fault, where

    def heal(self) -> None:
        self.fault = None
        self.healed.set()


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    proxy = Proxy(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.heal()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # whoever asked has given up or was killed
            self.close_connection = True

    def _pass_on(self) -> None:
        proxy = self.proxy
        proxy.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.fault if proxy.where in self.path else None
        if fault is Fault.HANG:
            proxy.happened.set()
            proxy.healed.wait()
            self.close_connection = True
        elif isinstance(fault, int):
            proxy.happened.set()
            self._answer(fault, {"X-Elastic-Product": "Elasticsearch"}, b"")
        else:
            self._answer_as_node(fault, *self._ask(body))

    def _answer_as_node(self, fault: Fault | None, status: int, headers: dict[str, str], body: bytes) -> None:
        if fault is Fault.LOSE:
            self.proxy.happened.set()
            self.close_connection = True
            return
        if fault is Fault.HOLD:
            self.proxy.happened.set()
            self.proxy.healed.wait()
        self._answer(status, headers, body)

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        node = http.client.HTTPConnection(urlsplit(self.proxy.target).netloc, timeout=120)
        try:
            node.request(self.command, self.path, body, dict(self.headers))
            answer = node.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            node.close()

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() in ("content-type", "x-elastic-product"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _pass_on

    def log_message(self, *arguments: object) -> None:
        """Tests have no use for it."""
