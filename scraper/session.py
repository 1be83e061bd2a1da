"""One polite HTTP session: identifies itself, waits between requests, retries what may pass, counts everything.

Manual: https://www.mediawiki.org/wiki/API:Etiquette. Requests are made one at a time, on one connection.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
import urllib3

from scraper.errors import AccessDenied, BadCertificate, Refused, Temporary
from scraper.patience import Manners, Patience, retry_after

VERSION = "0.1.0"
CONNECT_TIMEOUT = 10.0
LONGEST_URL = 2000  # characters; longer queries are posted, since servers cut addresses
MOST_REDIRECTS = 5
CHUNK = 65_536
# Decoded. A wiki's API sends 8 MB at most ($wgAPIMaxResultSize), a text has 2 MB ($wgMaxArticleSize); operators may
# raise both, yet an answer beyond this is a fault or an attack, and would only fill the memory.
LARGEST_BODY = 64_000_000
LONGEST_ANSWER = 10  # times the read timeout, for an answer that trickles
REDIRECTS = {301, 302, 303, 307, 308}
PASSING_STATUS = {408, 425, 429}  # and all from 500 on


@dataclass(slots=True)
class Traffic:
    """What was spent: requests made, bytes received as transferred, seconds waited on the wiki's behalf."""

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read whole; ``url`` is where it came from, after redirects."""

    url: str
    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text: a MediaWiki sends UTF-8, whatever a header on the way says."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, which is UTF-8 (RFC 8259, section 8.1). Raises ValueError when it is not."""
        try:
            return json.loads(self.content.decode("utf-8-sig"))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class _Http(requests.Session):
    """Leaves redirects to us: requests would turn POST into GET, and read their bodies whatever the size."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' signature
        """None, so that the redirect itself is the answer."""
        return None


@dataclass(slots=True)
class Session:
    """Asks with patience. ``sleep`` and ``clock`` are passed in so that tests need no waiting; ``tell`` gets a
    sentence before each wait that the wiki causes."""

    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    tell: Callable[[str], None] = lambda sentence: None
    traffic: Traffic = field(default_factory=Traffic)
    _http: requests.Session = field(default_factory=_Http)
    _last_at: float | None = None
    _moved: dict[tuple[str, bool], str] = field(default_factory=dict)  # redirects for good; with parameters or without
    _reached: bool = False

    def __post_init__(self) -> None:
        contact = self.manners.contact or "no contact configured"
        agent = f"wikitrail/{VERSION} ({contact}) {requests.utils.default_user_agent()}"
        self._http.headers["User-Agent"] = agent.encode("utf-8")  # a name with umlauts is a contact too

    @property
    def cookies(self) -> requests.cookies.RequestsCookieJar:
        """What the wiki knows us by; empty at first."""
        return self._http.cookies

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def ask(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        *,
        post: bool = False,
        anywhere: bool = False,
        failures: int = 0,
    ) -> Answer:
        """GET, or POST with ``post`` and where the address would grow too long.

        The answer may have any status but 401, 403 and those that mean a busy server. Redirects are followed on the
        same host, and to others with ``anywhere``; with ``post``, which may carry a password, none is. With
        ``failures`` HTTP 500 is an answer too when it has come so often.

        Raises Temporary when the wiki stays away for longer than ``max_wait``, AccessDenied on 401 or 403,
        BadCertificate, and Refused for redirects that lead nowhere and for bodies that are too large.
        """
        patience, failed = self.patience(), 0
        while True:
            try:
                answer = self._follow(url, params, post, anywhere)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                self._check_fault(url, error)
                limit = None if self._reached else self.manners.reach_wait
                patience.wait(f"{_place(url)} cannot be reached ({_reason(error)})", limit=limit)
                continue
            if answer.status_code in (401, 403):
                raise AccessDenied(
                    f"{_place(url)} refuses access (HTTP {answer.status_code}); "
                    "the wiki may be for members only, or it blocks programs: ask its operator."
                )
            failed += answer.status_code == 500
            if answer.status_code == 500 and 0 < failures <= failed:
                return answer
            if answer.status_code in PASSING_STATUS or answer.status_code >= 500:
                what = f"{_place(url)} is not available at the moment (HTTP {answer.status_code})"
                patience.wait(what, retry_after(answer.headers))
                continue
            return answer

    def patience(self) -> Patience:
        """The waiting for one answer, from now on."""
        return Patience(self.manners.max_wait, self.pause, self.clock, self.tell)

    def pause(self, seconds: float) -> None:
        """Wait on the wiki's behalf, counted."""
        self.traffic.waited += seconds
        self.sleep(seconds)

    def _follow(self, url: str, params: Mapping[str, str | int] | None, post: bool, anywhere: bool) -> Answer:
        """The answer at the end of the redirects; each step asks in the same way (GET or POST)."""
        address = self._moved.get((url, bool(params)), url)
        request = requests.Request("GET", address, params=params)
        if params and (post or len(self._http.prepare_request(request).url or "") > LONGEST_URL):
            request = requests.Request("POST", address, data=params)
        for _ in range(MOST_REDIRECTS + 1):
            prepared = self._http.prepare_request(request)
            answer = self._send(prepared)
            if post or answer.status_code not in REDIRECTS or "Location" not in answer.headers:
                return answer
            target = _target(answer)
            if not (stays(answer.url, target) or (anywhere and _is_http(target))):
                raise Refused(
                    f"{_place(url)} redirects to {_place(target)}; if the wiki has moved there, give that address to "
                    "“wikitrail sync”, else open it in a browser to see what stands in the way."
                )
            # A wiki redirects to the own name of a special page for good, too; that holds for these parameters alone.
            if answer.status_code in (301, 308) and _is_same_script(answer.url, target):
                self._moved[url, bool(params)] = urlsplit(target)._replace(query="").geturl() if params else target
            request = requests.Request(request.method, target, data=request.data)
        raise Refused(f"{_place(url)} redirects in circles; open it in a browser and check the address.")

    def _send(self, prepared: requests.PreparedRequest) -> Answer:
        if self._last_at is not None and (rest := self.manners.delay - (self.clock() - self._last_at)) > 0:
            self.pause(rest)
        self.traffic.requests += 1
        settings = self._http.merge_environment_settings(prepared.url or "", {}, True, None, None)
        timeout = (min(CONNECT_TIMEOUT, self.manners.timeout), self.manners.timeout)
        response = None
        try:
            response = self._http.send(prepared, timeout=timeout, **settings)
            self._reached = True
            try:
                content = self._read(response)
            except (requests.RequestException, urllib3.exceptions.HTTPError):
                if response.status_code < 500:
                    raise
                content = b""  # nothing is read from an error page, and PHP states a wrong length for some
            return Answer(str(prepared.url), response.status_code, response.headers, content)
        finally:
            self._last_at = self.clock()
            if response is not None:
                self.traffic.bytes += response.raw.tell()
                response.close()

    def _read(self, response: requests.Response) -> bytes:
        """The decoded body, in pieces, so that one that unpacks to gigabytes is noticed before it is in memory."""
        parts: list[bytes] = []
        size, deadline = 0, self.clock() + LONGEST_ANSWER * self.manners.timeout
        while data := response.raw.read1(CHUNK, decode_content=True):
            size += len(data)
            parts.append(data)
            if size > LARGEST_BODY:
                raise Refused(
                    f"{_place(response.url)} sends more than {LARGEST_BODY // 1_000_000} MB in one answer, which was "
                    "refused; open the address in a browser, and tell the wiki's operator."
                )
            if self.clock() > deadline:
                raise requests.Timeout("timed out: the answer trickles")
        return b"".join(parts)

    def _check_fault(self, url: str, error: Exception) -> None:
        """Raises what no waiting helps against."""
        text, host = repr(error), urlsplit(url).hostname
        if "CERTIFICATE_VERIFY_FAILED" in text:
            raise BadCertificate(
                f"The certificate of {host} was not accepted ({_certificate_fault(text)}); check the address and this "
                "machine's clock. For an authority of your own set REQUESTS_CA_BUNDLE to the file with its certificate."
            ) from error
        if "NameResolution" in text and not self._reached:
            raise Temporary(f"The host {host} cannot be found; check the address and your network.") from error
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            raise Refused(f"{_place(url)} leads to what is no address; check it in a browser.") from error


def _target(answer: Answer) -> str:
    """Where a redirect leads. Raises Refused when that is no address."""
    try:
        return urldefrag(urljoin(answer.url, answer.headers["Location"])).url
    except ValueError as error:
        raise Refused(
            f"{_place(answer.url)} redirects to what is no address; open it in a browser to see what stands in the way."
        ) from error


def stays(source: str, target: str) -> bool:
    """Whether an address lies where another does: the same scheme, host and port, or https on the same host."""
    before, after = urlsplit(source), urlsplit(target)
    upgraded = (before.scheme, after.scheme) == ("http", "https") and before.hostname == after.hostname
    return upgraded or (before.scheme, before.netloc.lower()) == (after.scheme, after.netloc.lower())


def _is_http(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_same_script(source: str, target: str) -> bool:
    """Whether a redirect only moves a script elsewhere: index.php sends whoever asks for one page to another, too."""
    before, after = urlsplit(source), urlsplit(target)
    return before.path.rpartition("/")[2] == after.path.rpartition("/")[2] and before.query == after.query


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _certificate_fault(text: str) -> str:
    """OpenSSL's own words, such as “certificate has expired”."""
    return text.partition("certificate verify failed: ")[2].partition(" (_ssl")[0] or "its authority is not known"


def _reason(error: Exception) -> str:
    text = repr(error)
    known = {
        "NameResolution": "its name cannot be resolved",
        "Connection refused": "connection refused",
        "timed out": "no answer in time",
        "SSL": "no encrypted connection came about",
        "reset": "the connection was cut",
        "IncompleteRead": "the answer was cut off",
        "RemoteDisconnected": "the connection was cut",
        "ConnectionBroken": "the connection was cut",
        "InvalidChunk": "the answer was cut off",
        "decode": "the answer was damaged",
        "Decode": "the answer was damaged",
        "BadStatusLine": "the answer was damaged",
    }
    return next((words for sign, words in known.items() if sign in text), type(error).__name__)
