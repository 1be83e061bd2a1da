"""Lists of a wiki as its pages show them: Special:AllPages, and what is new by Special:RecentChanges.

The English names of special pages hold on every wiki (Manual:Special pages).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bs4 import Tag

from parsers.wiki import LogEvent
from scraper.comment_html import read_comment
from scraper.errors import UnexpectedAnswer
from scraper.html_page import HtmlPage, IndexPhp, classes_of, linked_title, query_of

ROWS = 500  # of recent changes in one answer; 5000 is the most that MediaWiki gives
MOST_ROWS = 5000
MOST_DAYS = 90
MOST_LISTS = 100_000  # pages of one namespace's list


def namespaces_of(page: HtmlPage) -> dict[int, str]:
    """The namespaces that Special:AllPages offers, by id; that of articles has no name."""
    options = page.soup.select("select[name=namespace] option[value]")
    found = {int(str(o["value"])): o.get_text().strip() for o in options if str(o["value"]).isdigit()}
    return {number: name if number else "" for number, name in found.items()}


def list_titles(index: IndexPhp) -> Iterator[list[str]]:
    """The full titles of all pages, redirects included, in every namespace; complete, or UnexpectedAnswer."""
    first = index.page({"title": "Special:AllPages", "namespace": 0})
    namespaces = namespaces_of(first)
    if 0 not in namespaces:
        raise UnexpectedAnswer(f"Special:AllPages of {index.url} cannot be read; the wiki may want a login for it.")
    for namespace in namespaces:
        seen: set[str] = set()
        page: HtmlPage | None = None if namespace else first
        params: dict[str, str | int] = {"title": "Special:AllPages", "namespace": namespace}
        for _ in range(MOST_LISTS):
            page = page or index.page(params)
            if namespace not in namespaces_of(page):
                raise UnexpectedAnswer(f"Special:AllPages of {index.url} broke off in namespace {namespace}.")
            links = page.soup.select("ul.mw-allpages-chunk > li > a, table.mw-allpages-table-chunk td > a")
            titles = [title for link in links if (title := linked_title(link))]
            yield titles
            seen |= set(titles)
            # The way back leads to what was listed; the way on leads to what was not.
            prefix = f"{namespaces[namespace]}:" if namespace else ""
            ways = [query_of(a).get("from") for a in page.soup.select(".mw-allpages-nav a[href]")]
            on = next((way for way in ways if way and prefix + way.replace("_", " ") not in seen), None)
            if on is None:
                break
            params["from"] = on
            page = None
        else:
            raise UnexpectedAnswer(f"Special:AllPages of {index.url} does not end.")


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A row of the recent changes: an edit (``rev_id``) or a log entry (``event``); ``titles`` are what it names.

    An entry whose page the wiki hides names none.
    """

    rev_id: int | None
    event: LogEvent | None
    titles: frozenset[str]
    timestamp: str


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """Rows, newest first, and the wiki's clock when it was asked. ``cut``: there were more than could be read."""

    rows: tuple[RecentChange, ...]
    cut: bool
    now: str | None


def recent_changes(index: IndexPhp, since: str | None) -> RecentChanges:
    """What the wiki lists as changed at ``since`` (ISO 8601 UTC) or later, bots and minor edits included."""
    page, rows = _recent_rows(index, since, ROWS)
    if len(rows) >= ROWS:
        page, rows = _recent_rows(index, since, MOST_ROWS)
    told = [row for row in rows if row.has_attr("data-mw-revid") or row.has_attr("data-mw-logid")]
    # A row of another wiki's change has its time alone (Wikibase); one with no data at all is not understood.
    cut = len(rows) >= MOST_ROWS or any(not row.has_attr("data-mw-ts") for row in rows if row not in told)
    return RecentChanges(tuple(_change(row, page.now) for row in told), cut, page.now)


def _recent_rows(index: IndexPhp, since: str | None, limit: int) -> tuple[HtmlPage, list[Tag]]:
    params: dict[str, str | int] = {
        "title": "Special:RecentChanges", "days": MOST_DAYS, "limit": limit, "enhanced": 0,
        "hidebots": 0, "hideminor": 0, "hideanons": 0, "hideliu": 0, "hidemyself": 0, "hidebyothers": 0,
        "hidecategorization": 1, "hideWikibase": 1,
    }  # fmt: skip
    if since:
        params["from"] = re.sub(r"\D", "", since)
    page = index.page(params)
    if page.soup.select_one(".mw-changeslist") is None and (
        page.soup.select_one(".mw-changeslist-empty") is None or page.soup.select_one(".mw-changeslist-timeout")
    ):
        raise UnexpectedAnswer(f"Special:RecentChanges of {index.url} cannot be read; try again later.")
    return page, list(page.soup.select(".mw-changeslist ul.special > li"))


def _change(row: Tag, now: str | None) -> RecentChange:
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", str(row.get("data-mw-ts", "")))
    # Where a wiki states no times but for display, a change bears the time at which it was seen.
    timestamp = "{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else now or ""
    target = row.select_one("[data-target-page]")
    if row.select_one(".history-deleted") is not None:
        target = None  # MediaWiki writes words in place of a title there, though the page itself is linked
    titles = [str(target["data-target-page"]).replace("_", " ")] if target else []
    log_id = str(row.get("data-mw-logid", ""))
    if log_id.isdigit():
        links = _logged_links(row)
        titles += [title for link in links if (title := linked_title(link)) and title not in titles]
        return RecentChange(None, _event(row, int(log_id), timestamp, titles, links), frozenset(titles), timestamp)
    link = row.select_one("a.mw-changeslist-title")
    if not titles and link and (title := linked_title(link)):
        titles = [title]
    rev_id = str(row.get("data-mw-revid", ""))
    return RecentChange(int(rev_id) if rev_id.isdigit() else None, None, frozenset(titles), timestamp)


def _logged_links(row: Tag) -> list[Tag]:
    """The links of a log entry to the pages that it is about, in order."""
    place = row.select_one(".mw-changeslist-log-entry") or row
    unrelated = (
        "a.mw-userlink, .mw-usertoollinks a, .comment a, .mw-changeslist-links a, a.mw-changeslist-links, a.external"
    )
    others = {id(link) for link in place.select(unrelated)}
    return [a for a in place.select("a[href]") if id(a) not in others and not {"diff", "offset"} & query_of(a).keys()]


def _event(row: Tag, log_id: int, timestamp: str, titles: list[str], links: list[Tag]) -> LogEvent:
    """The log entry in the form that the API's have; of its parameters those that a page shows by structure."""
    kind, _, action = str(row.get("data-mw-logaction", "")).partition("/")
    user = row.select_one(".mw-changeslist-log-entry a.mw-userlink, a.mw-userlink")
    comment, _ = read_comment(row)
    # Words stand in place of what is hidden: of the user, then of the page, then of the comment.
    hidden = len(row.select(".history-deleted")) - (user is None) - (not links)
    params: Mapping[str, str] = {}
    if kind == "move" and len(titles) > 1:
        params = {"target_title": titles[1]}
    elif kind == "protect" and (limits := _text_behind(links)):
        params = {"description": limits}
    return LogEvent(
        log_id=log_id,
        type=kind,
        action=action,
        timestamp=timestamp,
        user=user.get_text().strip() if user else None,
        title=titles[0] if titles else None,
        page_id=None,
        params=json.dumps(params, ensure_ascii=False, sort_keys=True),
        comment=None if hidden > 0 else comment,
    )


def _text_behind(links: list[Tag]) -> str:
    """The plain text between the last page that an entry names and its comment: the limits of a protection."""
    parts = []
    for sibling in links[-1].next_siblings if links else ():
        if isinstance(sibling, Tag):
            if "comment" in classes_of(sibling) or sibling.name == "a":
                break
            continue
        parts.append(str(sibling))
    return "".join(parts).strip(" \u200e\u200f\n(")
