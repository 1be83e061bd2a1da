"""The faults of networks and wikis, by name: what a spoiled answer looks like, and what wikitrail is to make of it."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from itertools import cycle
from typing import Any

from tests.fault_proxy import Call, Fault, Reply

JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=UTF-8"}
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Anmelden</title></head><body><form>Passwort</form></body></html>"
BUSY_PAGE = "<html><head><title>Wartung</title></head><body><h1>Gleich wieder da</h1></body></html>"


def answered(status: int, body: str | bytes, headers: dict[str, str] = JSON) -> Fault:
    """This in place of the wiki's answer."""
    data = body.encode() if isinstance(body, str) else body
    return lambda call: call.send(Reply(status, headers, data))


def busy(status: int, **headers: str) -> Fault:
    """A server, or what stands before it, that has no time."""
    return answered(status, BUSY_PAGE, HTML | {key.replace("_", "-"): value for key, value in headers.items()})


def too_many_requests_until(seconds: float) -> Fault:
    """429 with a date, on a server whose clock is an hour off."""

    def fault(call: Call) -> None:
        now = time.time() + 3600
        headers = HTML | {"Date": formatdate(now, usegmt=True), "Connection": "close"}
        headers["Retry-After"] = formatdate(now + seconds, usegmt=True)
        text = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        call.send_raw(f"HTTP/1.1 429 Too Many Requests\r\n{text}Content-Length: 0\r\n\r\n".encode())

    return fault


def api_error(code: str, info: str, headers: dict[str, str] | None = None, **more: Any) -> Fault:
    """An error that the API reports, with status 200."""
    body = json.dumps({"error": {"code": code, "info": info, **more}})
    return answered(200, body, JSON | {"MediaWiki-API-Error": code} | (headers or {}))


def changed(change: Callable[[dict[str, Any]], Any]) -> Fault:
    """The wiki's own answer with something else in its JSON; a text that is none goes through as it is."""

    def fault(call: Call) -> None:
        reply = call.forward()
        call.send(reply.with_json(change(reply.json)) if reply.body.startswith(b"{") else reply)

    return fault


def cut(share: float, keep_length: bool) -> Fault:
    """The first part of the body; with ``keep_length`` the header promises all of it, and the connection ends."""

    def fault(call: Call) -> None:
        reply = call.forward()
        part = reply.body[: int(len(reply.body) * share)]
        if not keep_length:
            call.send(Reply(reply.status, reply.headers, part))
            return
        call.send(Reply(reply.status, reply.headers | {"Content-Length": str(len(reply.body))}, part))
        call.handler.close_connection = True

    return fault


def length_too_small(call: Call) -> None:
    """The header promises less than comes; the rest is taken for the next answer."""
    reply = call.forward()
    call.send(Reply(reply.status, reply.headers | {"Content-Length": str(len(reply.body) // 2)}, reply.body))


def reset_in_the_middle(call: Call) -> None:
    reply = call.forward()
    length = {"Content-Length": str(len(reply.body))}
    call.send(Reply(reply.status, reply.headers | length, reply.body[: len(reply.body) // 2]))
    call.reset()


def closed_at_once(call: Call) -> None:
    call.close()


def closed_without_a_length(call: Call) -> None:
    """Half a body, and nothing says that there is more."""
    reply = call.forward()
    call.send_raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
    call.send_raw(reply.body[: len(reply.body) // 2])


def silent_in_the_middle(call: Call) -> None:
    """A body that pauses for longer than the read timeout."""
    reply = call.forward()
    length = {"Content-Length": str(len(reply.body))}
    call.send(Reply(reply.status, reply.headers | length, reply.body[:10]))
    call.wait_for_the_end()


def packed(data: bytes) -> Fault:
    return answered(200, data, JSON | {"Content-Encoding": "gzip"})


def gzip_bomb() -> Fault:
    """Four megabytes that unpack to four gigabytes: a gzip file may have many members (RFC 1952, section 2.2)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = packer.compress(bytes(64_000_000)) + packer.flush()
    return packed(member * 64)


def gzip_cut(call: Call) -> None:
    body = gzip.compress(call.forward().body)
    packed(body[: len(body) // 2])(call)


def gzip_damaged(call: Call) -> None:
    body = bytearray(gzip.compress(call.forward().body))
    body[len(body) // 2] ^= 0xFF
    packed(bytes(body))(call)


def wrong_charset(call: Call) -> None:
    """The header names another encoding than that of the body, which is right: JSON is UTF-8."""
    reply = call.forward()
    charset = {"Content-Type": "application/json; charset=iso-8859-1"}
    call.send(
        Reply(reply.status, {k: v for k, v in reply.headers.items() if k != "Content-Type"} | charset, reply.body)
    )


def invalid_utf8(call: Call) -> None:
    reply = call.forward()
    text = json.dumps(reply.json, ensure_ascii=False) if reply.body.startswith(b"{") else reply.body.decode()
    call.send(replace(reply, body=text.replace('"', 'ä"').encode("latin-1", "replace")))


def going_on_from(*points: dict[str, str]) -> Fault:
    """These in turn as the points to go on from, without end."""
    turn = cycle(points)
    return changed(lambda data: data | {"continue": next(turn)})


def redirect(target: str, status: int = 302) -> Fault:
    """``{self}`` in the target is the address that was asked."""

    def fault(call: Call) -> None:
        here = f"http://{call.exchange.headers['Host']}{call.handler.path}"
        call.send(Reply(status, HTML | {"Location": target.replace("{self}", here)}, b""))

    return fault


def without_data(data: dict[str, Any]) -> dict[str, Any]:
    """A warning in place of the data."""
    warnings = {"query": {"warnings": 'Unrecognized value for parameter "list": logevents'}}
    return {key: value for key, value in data.items() if key not in ("query", "continue")} | {"warnings": warnings}


def without_what_was_asked_for(call: Call) -> None:
    """A page that was asked for by an id is left out, and nothing says that there is more."""

    def change(data: dict[str, Any]) -> dict[str, Any]:
        if data["query"].get("pages") and {"revids", "pageids"} & call.exchange.params.keys():
            del data["query"]["pages"][0]
        return data

    changed(change)(call)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, and what comes of it: ``passes`` when it strikes once (the run ends well all the same), and the
    ``code`` and ``words`` of the sentence when it goes on for ever."""

    fault: Fault
    code: int
    words: str
    passes: bool = True


BACK = {"lecontinue": "20010101000000|1", "continue": "-||"}
FORTH = {"lecontinue": "20010102000000|1", "continue": "-||"}
AFTER = "try again later"

CASES: dict[str, Case] = {
    "503": Case(busy(503), 75, AFTER),
    "503 with Retry-After": Case(busy(503, Retry_After="2"), 75, "asks to wait 2 s"),
    "503 with a Retry-After beyond the bound": Case(busy(503, Retry_After="900"), 75, "asks to wait 900 s", False),
    "503 with a Retry-After that is none": Case(busy(503, Retry_After="\xb2bald"), 75, AFTER),
    "429 with seconds": Case(busy(429, Retry_After="1"), 75, "HTTP 429"),
    "429 with a date": Case(too_many_requests_until(3), 75, "asks to wait 3 s"),
    "500": Case(busy(500), 75, "HTTP 500"),
    "502": Case(busy(502), 75, "HTTP 502"),
    "504": Case(busy(504), 75, "HTTP 504"),
    "maxlag": Case(
        api_error("maxlag", "Waiting for db1: 7 seconds lagged", {"Retry-After": "5", "X-Database-Lag": "7"}, lag=7),
        75, "maxlag",
    ),
    "ratelimited": Case(api_error("ratelimited", "You've exceeded your rate limit."), 75, "ratelimited"),
    "readonly": Case(api_error("readonly", "The wiki is in read-only mode.", readonlyreason="Umzug"), 75, "readonly"),
    "badtoken": Case(api_error("badtoken", "Invalid CSRF token."), 75, "badtoken"),
    "internal error": Case(
        api_error("internal_api_error_DBQueryError", "[Zx1]\nCaught exception\x1b[31m\nof type"), 75, "DBQueryError"
    ),
    "another internal error": Case(
        api_error("internal_api_error_TypeError", "[Zx1] Caught"), 75, "fails inside (internal_api_error_TypeError"
    ),
    "an error without an end": Case(api_error("unknown_action", "Unbekannt. " * 900), 1, "unknown_action", False),
    "a login page": Case(answered(200, LOGIN_PAGE, HTML), 1, "an HTML page instead of API data"),
    "403": Case(busy(403), 1, "HTTP 403", False),
    "404": Case(busy(404), 1, "instead of API data"),
    "nothing": Case(answered(200, b""), 75, "answered with nothing"),
    "no content": Case(answered(204, b""), 75, "answered with nothing"),
    "half a body": Case(cut(0.5, keep_length=False), 75, "damaged"),
    "half a body and the end": Case(cut(0.5, keep_length=True), 75, "the answer was cut off"),
    "half a body without a length": Case(closed_without_a_length, 75, "damaged"),
    "a length that is too small": Case(length_too_small, 75, AFTER),
    "a list": Case(answered(200, "[1, 2]"), 1, "another shape"),
    "null": Case(answered(200, "null"), 1, "something else"),
    "a number": Case(answered(200, "42"), 1, "another shape"),
    "brackets without end": Case(answered(200, "[" * 200_000), 75, "damaged"),
    "an empty object": Case(answered(200, "{}"), 1, "another shape"),
    "an object of another program": Case(answered(200, '{"query": ["a"], "batchcomplete": true}'), 1, "another shape"),
    "done, and nothing else": Case(answered(200, '{"batchcomplete": true}'), 1, "another shape"),
    "a warning": Case(answered(200, '{"warnings": {"main": {"warnings": "Nein"}}}'), 1, "another shape"),
    "a warning in place of data": Case(changed(without_data), 75, "Unrecognized value", False),
    "rows of another shape": Case(
        changed(lambda data: {**data, "query": {"pages": [7], "allrevisions": None, "logevents": {}}}), 1, "shape"
    ),
    "fewer pages than asked for": Case(without_what_was_asked_for, 75, "left out", False),
    "a gzip bomb": Case(gzip_bomb(), 1, "more than 64 MB", False),
    "gzip that ends early": Case(gzip_cut, 75, "damaged"),
    "gzip that is damaged": Case(gzip_damaged, 75, "damaged"),
    "gzip that is none": Case(packed(b'{"batchcomplete": true}'), 75, "damaged"),
    "invalid UTF-8": Case(invalid_utf8, 75, "damaged"),
    "a reset in the middle": Case(reset_in_the_middle, 75, "the connection was cut"),
    "closed at once": Case(closed_at_once, 75, "the connection was cut"),
    "silence in the middle": Case(silent_in_the_middle, 75, "no answer in time"),
    "a redirect in circles": Case(redirect("{self}"), 1, "redirects in circles", False),
    "a redirect to another host": Case(redirect("http://anmeldung.invalid/"), 1, "redirects to", False),
    "a redirect to no address": Case(redirect("data:text/plain,x", 301), 1, "redirects to", False),
    "the same point to go on from, for ever": Case(going_on_from(BACK), 75, "again and again", False),
    "points to go on from that go in circles": Case(going_on_from(BACK, FORTH), 75, "in circles", False),
}  # fmt: skip
