"""One page of ``index.php``: asked for, proved to be MediaWiki's own, and read by structure.

Nothing here depends on the language of the interface or on the skin: ids, classes, data attributes and the
configuration that MediaWiki writes for its scripts (Manual:Interface/JavaScript#mw.config) are the same in all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from scraper.errors import LATER, Damaged, NotUtf8, UnexpectedAnswer
from scraper.large_texts import decode
from scraper.session import Answer, Session

_CONFIG = re.compile(r'"(wg\w+)":("(?:[^"\\]|\\.)*"|-?\d+|true|false|!0|!1)')
LONGEST_END = 2000  # bytes behind the end of a page: servers add remarks there
_BOOLEANS = {"!0": True, "!1": False}
ALTERNATIONS = 3  # times that what fails is asked for again after what is healthy
FAILURES = 2  # HTTP 500 in a row, before it is asked whether the wiki answers to anything


class Failing(UnexpectedAnswer):
    """A page at which the wiki fails, while it shows others."""


@dataclass(frozen=True, slots=True)
class RawText:
    """The exact text of a revision and its time; each None where the wiki does not show it.

    ``odd`` says why it cannot: ``encoding`` (the text is not UTF-8) or ``fault`` (the wiki fails at it).
    """

    text: str | None = None
    timestamp: str | None = None
    odd: str | None = None


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page that MediaWiki made. ``config`` holds its plain ``wg…`` values, ``now`` the server's clock if stated.

    ``found`` is False when the server said 404.
    """

    soup: BeautifulSoup
    config: Mapping[str, str | int | bool]
    found: bool
    now: str | None


@dataclass(frozen=True, slots=True)
class IndexPhp:
    """The script of a wiki, at ``url``; every address that is asked is built from it, none is taken from a page.

    ``names`` are the wiki's own names of special pages, by the English ones, which it answers with a redirect.
    ``odd`` notes what is odd about texts, by revision, as ``scraper.fetch.Fetched`` does.
    """

    session: Session
    url: str
    names: dict[str, str] = field(default_factory=dict)
    odd: dict[int, str] = field(default_factory=dict)
    shown: list[int] = field(default_factory=list)  # some revisions whose texts were shown

    def ask(self, params: Mapping[str, str | int], *, post: bool = False) -> Answer:
        """What the script answers; the session follows it to no other host."""
        return self.session.ask(self.url, params, post=post)

    def _ask_alone(self, params: Mapping[str, str | int], healthy: Mapping[str, str | int]) -> Answer:
        """As ``ask``; HTTP 500 is an answer where the wiki fails at this, and shows what is ``healthy`` in between."""
        answer = self.session.ask(self.url, params, failures=FAILURES)
        for _ in range(ALTERNATIONS):
            if answer.status_code == 500:
                self.ask(healthy)  # in an outage this waits, and ends the run
                answer = self.session.ask(self.url, params, failures=1)
        return answer

    def page(self, params: Mapping[str, str | int], *, may_fail: bool = False) -> HtmlPage:
        """An HTML page. Raises UnexpectedAnswer when it was not made by MediaWiki, Damaged when it broke off.

        With ``may_fail`` also Failing, where the wiki fails at this page alone.
        """
        title = str(params.get("title", ""))
        asked = {**params, "title": self.names.get(title, title)}
        response = self._ask_alone(asked, {"title": "Special:BlankPage"}) if may_fail else self.ask(asked)
        if response.status_code == 500:
            raise Failing(f"{self.url} fails at “{title}” (HTTP 500); tell the wiki's operator.")
        soup = BeautifulSoup(response.content, "lxml", from_encoding="utf-8")
        if not is_mediawiki(soup):
            raise UnexpectedAnswer(
                f"{self.url} answered with something that is no page of MediaWiki; "
                "open the address in a browser to see what stands in the way."
            )
        if b"</html>" not in response.content[-LONGEST_END:].lower():
            raise Damaged(f"{self.url} sent a page that breaks off; {LATER}")
        config = read_config(soup)
        special = config.get("wgCanonicalSpecialPageName")
        if special and title.startswith("Special:"):
            self.names[title] = str(config["wgPageName"])
        return HtmlPage(soup, config, response.status_code != 404, server_time(response))

    def raw_text(self, rev_id: int) -> RawText:
        """The exact text of a revision and its time.

        ``action=raw`` states the time of the revision as Last-Modified (MediaWiki's RawAction). Where it says 404 it
        sends no page; one that comes with it was made by something in between.
        """
        asked: dict[str, str | int] = {"action": "raw", "oldid": rev_id}
        # Other pages may be shown where the texts cannot be read: only another text tells an outage from a lost one.
        other = next((shown for shown in self.shown if shown != rev_id), None)
        response = self._ask_alone(asked, {**asked, "oldid": other}) if other else self.ask(asked)
        modified = response.headers.get("Last-Modified")
        is_page = "html" in response.headers.get("Content-Type", "")
        if response.status_code == 404 and not is_page:
            return RawText()
        if response.status_code == 500:
            return RawText(None, modified and _iso(modified), "fault")
        if modified is None or is_page:
            raise UnexpectedAnswer(f"{self.url} does not give the text of revision {rev_id} (action=raw is closed).")
        try:
            found = RawText(decode(response.content, rev_id), _iso(modified))
            if len(self.shown) < ALTERNATIONS:
                self.shown.append(rev_id)
            return found
        except NotUtf8:
            return RawText(None, _iso(modified), "encoding")


def is_mediawiki(soup: BeautifulSoup) -> bool:
    """Whether MediaWiki made the page: it says so in its head, in any skin."""
    generator = soup.select_one("meta[name=generator]")
    return generator is not None and str(generator.get("content", "")).startswith("MediaWiki")


def read_config(soup: BeautifulSoup) -> dict[str, str | int | bool]:
    """The plain values that MediaWiki states for its scripts; only its own script in the head is read."""
    for script in soup.select("head script"):
        if '"wgPageName"' in (text := script.get_text()):
            return {
                name: _BOOLEANS[value] if value in _BOOLEANS else json.loads(value)
                for name, value in _CONFIG.findall(text)
            }
    return {}


def server_time(response: Answer) -> str | None:
    """The clock of the server (RFC 9110, section 6.6.1), ISO 8601 UTC; None when it states none."""
    try:
        return _iso(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None


def _iso(http_date: str) -> str:
    moment: datetime = parsedate_to_datetime(http_date)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def query_of(link: Tag) -> dict[str, str]:
    """The parameters in the address of a link."""
    return {key: values[0] for key, values in parse_qs(urlsplit(str(link.get("href", ""))).query).items()}


def classes_of(element: Tag) -> list[str]:
    """The classes of an element."""
    found = element.get("class")
    return list(found) if isinstance(found, list) else str(found or "").split()


def linked_title(link: Tag) -> str | None:
    """The full title that a link leads to: stated in its address where there is no page yet, else beside it."""
    title = query_of(link).get("title") or link.get("title")
    return str(title).replace("_", " ") if title else None
