"""Special:Export: many revisions at once with exact times, users, summaries and digests, where a wiki has it open.

Help:Export names the parameters; its histories are had by POST alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from parsers.wiki import Page, Revision
from scraper.dump import DumpPage, DumpSite, read_dump
from scraper.errors import LATER, Damaged, DumpError, UnexpectedAnswer, WikiError
from scraper.html_page import IndexPhp, is_mediawiki
from scraper.large_texts import agrees
from scraper.rows import text_is_exact

TITLES = 50  # current texts in one answer
HISTORIES = 20  # pages whose histories are asked for at once, and the revisions of each
REVISIONS = 50
LONG_HISTORY = 500  # revisions in one answer of a page that has more


@dataclass(frozen=True, slots=True)
class Exported:
    """What one answer held: the wiki's own words about itself, pages by title, revisions by page id, oldest first."""

    siteinfo: Mapping[str, Any]
    pages: Mapping[str, Page]
    revisions: Mapping[int, tuple[Revision, ...]]


class BrokenExport(Damaged):
    """An export that breaks off: the network did it, or the wiki fails at one of its pages."""


class HistoryCut(WikiError):
    """The wiki gives so few revisions at once ($wgExportMaxHistory) that more were made in one second."""


def export(index: IndexPhp, titles: Sequence[str], **params: str | int) -> Exported:
    """One answer, complete. Raises UnexpectedAnswer when it is no export, BrokenExport when it breaks off."""
    asked = {"title": "Special:Export", "pages": "\n".join(titles), **params}
    response = index.ask(asked, post=True)
    if response.status_code == 404 or b"<mediawiki" not in response.content[:2000]:
        if not is_mediawiki(BeautifulSoup(response.content, "lxml", from_encoding="utf-8")):
            raise Damaged(f"{index.url} sent neither XML nor a page of MediaWiki at Special:Export; {LATER}")
        raise UnexpectedAnswer(f"{index.url} gives no XML at Special:Export; the page may be closed.")
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(response.content)
        file.flush()
        try:
            exported = _read(Path(file.name))
        except DumpError as error:
            reason, _, _ = str(error).removeprefix(file.name).partition(" What ")  # is whole is imported: not of this
            raise BrokenExport(
                f"Special:Export of {index.url} sent XML that{reason} Nothing of it was taken; {LATER}"
            ) from error
    return replace(
        exported,
        revisions={
            page_id: tuple(_exact(index, revision) for revision in revisions)
            for page_id, revisions in exported.revisions.items()
        },
    )


def _read(path: Path) -> Exported:
    siteinfo: Mapping[str, Any] = {}
    pages: dict[str, Page] = {}
    revisions: dict[int, list[Revision]] = {}
    for part in read_dump(path):
        if isinstance(part, DumpSite):
            siteinfo = part.siteinfo
        elif isinstance(part, DumpPage):
            pages[part.page.title] = part.page
            revisions.setdefault(part.page.page_id, []).extend(part.revisions)
    ordered = {page_id: tuple(sorted(of, key=lambda r: (r.timestamp, r.rev_id))) for page_id, of in revisions.items()}
    return Exported(siteinfo, pages, ordered)


def _exact(index: IndexPhp, revision: Revision) -> Revision:
    """The revision with its exact text: XML brings texts to NFC and drops control characters, the wiki does not."""
    if text_is_exact(revision):
        return revision
    found = index.raw_text(revision.rev_id)
    if found.odd:
        index.odd[revision.rev_id] = found.odd
        return replace(revision, text=None, text_state="missing")
    exact = revision if found.text is None else replace(revision, text=found.text)
    if not text_is_exact(exact):
        if found.text is not None and agrees(found.text.encode("utf-8", "surrogatepass"), revision.text or ""):
            index.odd[revision.rev_id] = "digest"
            return exact
        raise UnexpectedAnswer(
            f"The text of revision {revision.rev_id} does not have the digest that the wiki states; "
            "run the command again, and tell the wiki's operator if it stays so."
        )
    return exact


def export_current(index: IndexPhp, titles: Sequence[str]) -> Exported:
    """The pages of these titles as they stand, each with its current revision; absent ones are left out."""
    return export(index, titles, curonly=1)


def export_histories(
    index: IndexPhp, pages: Sequence[Page], since: str | None
) -> Iterator[tuple[Page, tuple[Revision, ...], bool]]:
    """Of each page its oldest revisions, from ``since`` on or from the beginning, and whether that is all."""
    for start in range(0, len(pages), HISTORIES):
        group = pages[start : start + HISTORIES]
        answer = _histories(index, [page.title for page in group], since, REVISIONS)
        for page in group:
            part = answer.revisions.get(page.page_id, ())
            yield page, part, _is_whole(page, part, REVISIONS)


def export_rest(
    index: IndexPhp, page: Page, part: Sequence[Revision], since: str | None
) -> Iterator[tuple[Revision, ...]]:
    """What comes after a part of a page's history; a wiki may give fewer at once than it is asked for.

    Raises HistoryCut where it gives too few.
    """
    seen = {revision.rev_id for revision in part}
    limit = LONG_HISTORY
    while True:
        # Revisions of the same second may be cut apart, so that second is asked for again.
        since = _before(part[-1].timestamp) if part else since
        answer = _histories(index, [page.title], since, limit).revisions.get(page.page_id, ())
        fresh = tuple(revision for revision in answer if revision.rev_id not in seen)
        if fresh:
            yield fresh
        if not fresh and len(answer) >= limit:
            limit *= 2
        elif not fresh and answer and page.latest_rev_id not in seen:
            raise HistoryCut(f"Special:Export of {index.url} does not give the whole history of “{page.title}”.")
        elif not fresh or _is_whole(page, answer, limit):
            return
        part = answer
        seen |= {revision.rev_id for revision in fresh}


def _is_whole(page: Page, part: Sequence[Revision], limit: int) -> bool:
    return len(part) < limit and any(revision.rev_id == page.latest_rev_id for revision in part)


def _histories(index: IndexPhp, titles: Sequence[str], since: str | None, limit: int) -> Exported:
    return export(index, titles, dir="asc", limit=limit, **({"offset": since} if since else {}))


def _before(timestamp: str) -> str:
    moment = datetime.fromisoformat(timestamp) - timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
