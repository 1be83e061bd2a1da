"""Reads the history page of a page (``action=history``): its revisions, newest first, and the way to older ones.

Rows are found by ``data-mw-revid`` in ``#pagehistory``; markup of MediaWiki 1.31 to 1.45.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import Tag

from scraper.comment_html import read_comment
from scraper.errors import UnexpectedAnswer
from scraper.html_page import HtmlPage, IndexPhp, classes_of, query_of

ROWS = 500
MOST_PAGES = 20_000  # of one history, 500 rows each; a wiki that pages for ever is left


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What a history page says of a revision; its display of the time is not read, since it has no seconds.

    ``user_id`` is 0 for unregistered and imported users and None otherwise: the page does not state it.
    """

    rev_id: int
    user: str | None
    user_id: int | None
    user_hidden: bool
    comment: str | None
    comment_hidden: bool
    minor: bool
    size: int
    text_hidden: bool
    tags: tuple[str, ...]


def first_history_page(index: IndexPhp, title: str) -> HtmlPage:
    """The newest part of a page's history; ``found`` is False where there is no such page. May raise Failing."""
    return index.page({"title": title, "action": "history", "limit": ROWS}, may_fail=True)


def read_history(index: IndexPhp, title: str, page: HtmlPage) -> Iterator[list[HistoryRow]]:
    """The history of a page in parts, newest first, of which ``page`` is the first."""
    params: dict[str, str | int] = {"title": title, "action": "history", "limit": ROWS}
    seen: set[int] = set()
    for _ in range(MOST_PAGES):
        rows = [row for row in history_rows(page) if row.rev_id not in seen]
        if not rows:
            raise UnexpectedAnswer(f"The history of “{title}” at {index.url} cannot be read; nothing is taken from it.")
        yield rows
        seen |= {row.rev_id for row in rows}
        following = page.soup.select_one("a.mw-nextlink[href]")
        if following is None or "offset" not in query_of(following):
            return
        params["offset"] = query_of(following)["offset"]
        page = index.page(params)
    raise UnexpectedAnswer(f"The history of “{title}” at {index.url} does not end.")


def history_rows(page: HtmlPage) -> list[HistoryRow]:
    """The revisions on a history page, as they stand there."""
    rows = page.soup.select("#pagehistory li")
    return [_row(row) for row in rows if _rev_id(row)]


def _rev_id(row: Tag) -> int:
    value = str(row.get("data-mw-revid", ""))
    if not value.isdigit():
        button = row.select_one("input[name=diff], input[name=oldid]")
        value = str(button.get("value", "")) if button else ""
    return int(value) if value.isdigit() else 0


def _row(row: Tag) -> HistoryRow:
    names = row.select_one(".history-user") or row
    link = names.select_one("a.mw-userlink")
    user_hidden = link is None and names.select_one(".history-deleted") is not None
    comment, comment_hidden = read_comment(row)
    user_classes = set(classes_of(link)) if link else set()
    return HistoryRow(
        rev_id=_rev_id(row),
        user=None if user_hidden else link.get_text().strip() if link else names.get_text().strip(),
        user_id=0 if {"mw-anonuserlink", "mw-extuserlink"} & user_classes else None,
        user_hidden=user_hidden,
        comment=comment,
        comment_hidden=comment_hidden,
        minor=row.select_one("abbr.minoredit, abbr.minor") is not None,
        size=_size(row),
        text_hidden=row.select_one("a.mw-changeslist-date") is None,
        tags=tuple(sorted(name.removeprefix("mw-tag-") for name in classes_of(row) if name.startswith("mw-tag-"))),
    )


def _size(row: Tag) -> int:
    element = row.select_one(".history-size")
    if element is None:
        return 0
    stated = str(element.get("data-mw-bytes", "")) or re.sub(r"\D", "", element.get_text())
    return int(stated or 0)


def exact_time(index: IndexPhp, title: str, rev_id: int, newer: tuple[str, int] | None) -> str | None:
    """The time of a revision of which no text is shown; ``newer`` are time and id of the one right above it, if any.

    The page that begins with the revision names its time to the second in the links to what lies around it. None
    when it cannot be had so.
    """
    digits = re.sub(r"\D", "", newer[0]) if newer else ""
    for offset in (f"{digits}|{newer[1]}", digits) if newer else ("",):  # with the id since 1.36
        page = index.page({"title": title, "action": "history", "limit": 1, "offset": offset})
        if [row.rev_id for row in history_rows(page)] != [rev_id]:
            continue
        for link in page.soup.select("a.mw-nextlink[href], a.mw-prevlink[href]"):
            if found := re.match(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", query_of(link).get("offset", "")):
                return "{}-{}-{}T{}:{}:{}Z".format(*found.groups())
    return None
