"""A proxy before a real MediaWiki that gives its answers the shape of another version.

For versions that cannot be run here. What each shape rests on, from the release notes and the sources of MediaWiki
(ApiQueryRevisionsBase, ApiQueryLogEvents, ApiQueryUserInfo, ApiMain of each branch):

- up to 1.31 a revision has no slots: ``content``, ``contentformat``, ``contentmodel``, ``texthidden`` and
  ``textmissing`` stand in the revision itself; ``rvslots`` and the values ``slotsha1``, ``slotsize`` and ``roles`` of
  ``rvprop`` are not known and lead to the warnings “Unrecognized parameter” and “Unrecognized value for parameter”;
  a wiki whose upgrade left hashes out states ``sha1`` as an empty text
- up to 1.31 the log has no entry for the making of a page (``$wgPageCreationLog``), and a restore has no ``count``
- from 1.32 on there are slots; without ``rvslots`` an answer has the older shape and a deprecation warning
- until 1.38 moving over a redirect logged ``delete_redir``, later ``delete_redir2``
- from 1.43 on a log entry states the id of its revision (``revid``), and siteinfo tells of temporary accounts
- from 1.45 on a merge is logged for its target as well (``merge-into``); hashes of revisions are made from those of
  their slots, as before
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

import requests

Params = dict[str, str]
UNKNOWN_VALUES = {"slotsha1", "slotsize", "roles"}  # of rvprop, before 1.32


@dataclass(frozen=True, slots=True)
class Shape:
    """A version by its ``generator``; ``answer`` rewrites what the wiki says to the parameters that were asked."""

    generator: str
    settings: str
    answer: Callable[[dict[str, Any], Params], None]
    slots: bool = True


def _older(answer: dict[str, Any], asked: Params) -> None:
    """1.31: no slots."""
    warnings = answer.setdefault("warnings", {})
    if "rvslots" in asked:
        warnings["main"] = {"warnings": "Unrecognized parameter: rvslots."}
    if unknown := UNKNOWN_VALUES & set(asked.get("rvprop", "").split("|")):
        listed = ", ".join(sorted(unknown))
        warnings["revisions"] = {"warnings": f'Unrecognized value for parameter "rvprop": {listed}.'}
    for page in answer.get("query", {}).get("pages", []):
        for row in page.get("revisions", []):
            main = row.pop("slots", {}).get("main", {})
            row.update({key: value for key, value in main.items() if key not in ("sha1", "sha1hidden")})
    for event in answer.get("query", {}).get("logevents", []):
        event.get("params", {}).pop("count", None)
        if event.get("action") == "delete_redir2":
            event["action"] = "delete_redir"


def _without_hashes(answer: dict[str, Any], asked: Params) -> None:
    """1.31 with rows that an upgrade left without hashes."""
    _older(answer, asked)
    for page in answer.get("query", {}).get("pages", []):
        for row in page.get("revisions", []):
            if "sha1" in row:
                row["sha1"] = ""


def _as_it_is(answer: dict[str, Any], asked: Params) -> None:
    """1.32 to 1.42 differ in nothing that is asked."""


def _newer(answer: dict[str, Any], asked: Params) -> None:
    """1.43 and later: more is said than before."""
    query = answer.get("query", {})
    for event in query.get("logevents", []):
        event["revid"] = 1
    if "general" in query:
        query["general"]["temporaryaccounts"] = True
        query["autocreatetempuser"] = {"enabled": True}


SHAPES = {
    "1.31": Shape("MediaWiki 1.31.16", "$wgPageCreationLog = false;", _older, slots=False),
    "1.31 without hashes": Shape("MediaWiki 1.31.0", "$wgPageCreationLog = false;", _without_hashes, slots=False),
    "1.32": Shape("MediaWiki 1.32.6", "", _as_it_is),
    "1.44": Shape("MediaWiki 1.44.0", "", _newer),
    "1.45": Shape("MediaWiki 1.45.2", "", _newer),
}


class ShapedWiki:
    """Serves ``source`` (an address of api.php) in a shape, at ``url``, from ``with`` to its end."""

    def __init__(self, source: str, shape: Shape) -> None:
        self.source = source
        self.shape = shape
        self.asked: list[Params] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/api.php"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._session.close()

    def _answer(self, path: str, asked: Params) -> tuple[int, str, bytes]:
        self.asked.append(asked)
        flat = "rvprop" in asked and not self.shape.slots
        sent = {**asked, "rvslots": "main"} if flat else asked
        real = self._session.post(self.source.replace("/api.php", path), data=sent, timeout=60)
        kind = real.headers["Content-Type"]
        if path != "/api.php":
            return real.status_code, kind, real.content
        data = real.json()
        general = data.get("query", {}).get("general")
        if general:
            general["generator"] = self.shape.generator
        self.shape.answer(data, asked)
        return real.status_code, kind, json.dumps(data).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wiki = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(self.path.partition("?")[2])

            def do_POST(self) -> None:
                self._send(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _send(self, query: str) -> None:
                status, kind, body = wiki._answer(self.path.partition("?")[0], dict(parse_qsl(query)))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on stderr."""

        return Handler
