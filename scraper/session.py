"""One polite HTTP session: identifies itself, waits between requests, retries what may pass, counts everything.

Manual: https://www.mediawiki.org/wiki/API:Etiquette. Requests are made one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from scraper.errors import AccessDenied, Temporary

VERSION = "0.1.0"
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
FIRST_WAIT = 0.5  # seconds before the first retry; doubled at each further one
LONGEST_URL = 2000  # characters; longer queries are posted, since servers cut addresses


@dataclass(frozen=True, slots=True)
class Manners:
    """How to treat the wiki: ``delay`` seconds between requests, at most ``max_wait`` seconds of waiting for one
    answer, ``maxlag`` seconds of replication lag (Manual:Maxlag parameter), a ``contact`` in the User-Agent."""

    delay: float = 0.0
    max_wait: float = 30.0
    maxlag: int = 5
    contact: str = ""


@dataclass(slots=True)
class Traffic:
    """What was spent: requests made, bytes received as transferred, seconds waited on the wiki's behalf."""

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0

    def add(self, other: Traffic) -> None:
        """Count what another session spent as well."""
        self.requests += other.requests
        self.bytes += other.bytes
        self.waited += other.waited


@dataclass(slots=True)
class Session:
    """``get`` and ``post`` with patience. ``sleep`` and ``clock`` are passed in so that tests need no waiting."""

    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    traffic: Traffic = field(default_factory=Traffic)
    _http: requests.Session = field(default_factory=requests.Session)
    _last_at: float | None = None

    def __post_init__(self) -> None:
        contact = self.manners.contact or "no contact configured"
        self._http.headers["User-Agent"] = f"wikitrail/{VERSION} ({contact}) {requests.utils.default_user_agent()}"

    @property
    def cookies(self) -> requests.cookies.RequestsCookieJar:
        """What the wiki knows us by; empty at first."""
        return self._http.cookies

    def ask(self, url: str, params: Mapping[str, str | int] | None = None, *, post: bool = False) -> requests.Response:
        """GET, or POST with ``post`` and where the address would grow too long; the status is 200 to 299 or 404.

        Raises Temporary when the wiki stays away for longer than ``max_wait`` and AccessDenied on 401 or 403.
        """
        patience = Patience(self)
        while True:
            try:
                response = self._send(url, params, post)
            except requests.exceptions.TooManyRedirects as error:
                raise Temporary(f"{_place(url)} redirects in circles; check the address.") from error
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError,
                    requests.exceptions.ContentDecodingError) as error:  # fmt: skip
                if "NameResolution" in repr(error):
                    raise Temporary(
                        f"The host {urlsplit(url).hostname} cannot be found; check the address and your network."
                    ) from error
                patience.wait(f"{_place(url)} cannot be reached ({_reason(error)})")
                continue
            if response.status_code in (401, 403):
                raise AccessDenied(
                    f"{_place(url)} refuses access (HTTP {response.status_code}); "
                    "the wiki may be for members only, or it blocks programs: ask its operator."
                )
            if response.status_code == 429 or response.status_code >= 500:
                what = f"{_place(url)} is not available at the moment (HTTP {response.status_code})"
                patience.wait(what, retry_after(response))
                continue
            return response

    def _send(self, url: str, params: Mapping[str, str | int] | None, post: bool) -> requests.Response:
        if self._last_at is not None and (rest := self.manners.delay - (self.clock() - self._last_at)) > 0:
            self.pause(rest)
        prepared = self._http.prepare_request(requests.Request("GET", url, params=params))
        if params and (post or len(prepared.url or "") > LONGEST_URL):
            prepared = self._http.prepare_request(requests.Request("POST", url, data=params))
        self.traffic.requests += 1
        settings = self._http.merge_environment_settings(prepared.url or url, {}, False, None, None)
        try:
            response = self._http.send(
                prepared, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT), allow_redirects=not post, **settings
            )
        finally:
            self._last_at = self.clock()
        self.traffic.requests += len(response.history)
        self.traffic.bytes += response.raw.tell() if response.raw is not None else len(response.content)
        return response

    def pause(self, seconds: float) -> None:
        """Wait on the wiki's behalf, counted."""
        self.traffic.waited += seconds
        self.sleep(seconds)


class Patience:
    """The waiting for one answer: doubles its step, obeys the server's wish, and ends at ``max_wait``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._step = FIRST_WAIT
        self._left = session.manners.max_wait

    def wait(self, what: str, wish: float | None = None) -> None:
        """Wait before the next try. Raises Temporary, beginning with ``what``, when the time is used up."""
        seconds = self._step if wish is None else max(wish, FIRST_WAIT)
        if seconds > self._left:
            asks = f" and asks to wait {wish:.0f} s" if wish is not None else ""
            raise Temporary(f"{what}{asks}; try again later.")
        self._left -= seconds
        self._step *= 2
        self._session.pause(seconds)


def retry_after(response: requests.Response) -> float | None:
    """Seconds that the server wants us to wait (RFC 9110, section 10.2.3), or None."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _reason(error: Exception) -> str:
    text = repr(error)
    known = {
        "Connection refused": "connection refused",
        "timed out": "no answer in time",
        "SSL": "its certificate was not accepted",
        "reset": "the connection was cut",
        "IncompleteRead": "the answer was cut off",
        "RemoteDisconnected": "the connection was cut",
        "decode": "the answer was damaged",
    }
    return next((words for sign, words in known.items() if sign in text), type(error).__name__)
