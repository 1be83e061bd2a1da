"""A wiki read through its pages, since its API is off: what stands now, and histories, by the cheapest open way.

Special:Export gives everything exactly, many revisions at once. Where it is closed, history pages and
``action=raw`` give the same but for summaries (read back from HTML) and user ids, one request a revision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from parsers.wiki import Page, Revision
from scraper.errors import LATER, Damaged, UnexpectedAnswer
from scraper.export_page import (
    HISTORIES,
    TITLES,
    BrokenExport,
    HistoryCut,
    export_current,
    export_histories,
    export_rest,
)
from scraper.history_page import HistoryRow, exact_time, first_history_page, history_rows, read_history
from scraper.html_page import Failing, HtmlPage, IndexPhp, RawText

PART = 50  # revisions of one page that are handed out at once where each costs a request


@dataclass(frozen=True, slots=True)
class Standing:
    """Pages as they stand now, current revisions that came with them, titles under which the wiki has none.

    ``unreadable`` are titles that the wiki has and does not show.
    """

    pages: tuple[Page, ...]
    current: tuple[Revision, ...]
    missing: frozenset[str]
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """Some revisions of a page's history; ``listed`` are the ids that the wiki shows in this part, read or not."""

    page: Page
    revisions: tuple[Revision, ...]
    listed: frozenset[int]


@dataclass(frozen=True, slots=True)
class PageSource:
    """One wiki. ``exports``: its Special:Export gives histories. Every method may raise the errors of the scraper."""

    index: IndexPhp
    exports: bool
    _views: dict[str, HtmlPage] = field(default_factory=dict)  # the history page that was read last, by title

    def standing(self, titles: Collection[str]) -> Iterator[Standing]:
        """How the pages of these full titles stand, in batches. Absence is confirmed by the page's own 404."""
        ordered = sorted(titles)
        if not self.exports:
            for title in ordered:
                yield self._standing_by_history(title)
            return
        for start in range(0, len(ordered), TITLES):
            batch = ordered[start : start + TITLES]
            yield from self._standing_by_export(batch)

    def histories(self, pages: Sequence[Page], since: str | None, held: Collection[int]) -> Iterator[HistoryPart]:
        """The histories of pages, or what is new in them since a time.

        ``held`` are ids of revisions that need not be read again while the wiki shows them whole.
        """
        if self.exports:
            for start in range(0, len(pages), HISTORIES):
                yield from self._by_export(pages[start : start + HISTORIES], since, held)
            return
        for page in pages:
            yield from self._by_history(page, held)

    def _standing_by_export(self, titles: Sequence[str]) -> Iterator[Standing]:
        """At a page that breaks the export off the wiki fails, or the network did: it is looked for by halves."""
        try:
            answer = export_current(self.index, titles)
        except BrokenExport:
            if len(titles) == 1:
                yield self._standing_by_history(titles[0])
            else:
                half = len(titles) // 2
                for part in (titles[:half], titles[half:]):
                    yield from self._standing_by_export(part)
            return
        absent = {title: self._exists(title) for title in titles if title not in answer.pages}
        yield Standing(
            pages=tuple(answer.pages.values()),
            current=tuple(revision for part in answer.revisions.values() for revision in part),
            missing=frozenset(title for title, exists in absent.items() if not exists),
            unreadable=frozenset(title for title, exists in absent.items() if exists),
        )

    def _by_export(self, pages: Sequence[Page], since: str | None, held: Collection[int]) -> Iterator[HistoryPart]:
        """The histories of as many pages as one export may have, or of each half of them where it breaks off."""
        try:
            exported = list(export_histories(self.index, pages, since))
        except BrokenExport:
            if len(pages) == 1:
                yield from self._by_history(pages[0], held)
            else:
                half = len(pages) // 2
                for part in (pages[:half], pages[half:]):
                    yield from self._by_export(part, since, held)
            return
        for page, revisions, whole in exported:
            if since is None and len(revisions) == 1 and revisions[0].parent_id:
                self._check_exports_history(page)
            yield HistoryPart(page, revisions, _ids(revisions))
            if not whole:
                yield from self._rest(page, revisions, since, held)

    def _rest(
        self, page: Page, part: Sequence[Revision], since: str | None, held: Collection[int]
    ) -> Iterator[HistoryPart]:
        read = _ids(part)
        try:
            for revisions in export_rest(self.index, page, part, since):
                read |= _ids(revisions)
                yield HistoryPart(page, revisions, _ids(revisions))
        except (HistoryCut, BrokenExport):
            yield from self._by_history(page, read.union(held))

    def _exists(self, title: str) -> bool:
        try:
            return self.index.page({"title": title, "action": "history", "limit": 1}, may_fail=True).found
        except Failing:
            return True

    def _check_exports_history(self, page: Page) -> None:
        """A wiki may have closed the histories of Special:Export since; it gives the current revision alone then."""
        shown = self.index.page({"title": page.title, "action": "history", "limit": 2})
        if len(history_rows(shown)) > 1:
            raise UnexpectedAnswer(
                f"Special:Export of {self.index.url} gives no histories any more; "
                "run “wikitrail sync --full”, which chooses the way anew."
            )

    def _standing_by_history(self, title: str) -> Standing:
        """A history page also states which page it is of, in the configuration of its scripts."""
        self._views.clear()
        try:
            view = first_history_page(self.index, title)
        except Failing:
            return Standing((), (), frozenset(), frozenset([title]))
        if not view.found:
            return Standing((), (), frozenset([title]))
        if not history_rows(view) and int(view.config.get("wgArticleId", 0)) > 0:  # its revisions are lost
            return Standing((), (), frozenset(), frozenset([title]))
        self._views[title] = view
        return Standing((_page_of(view, title),), (), frozenset())

    def _by_history(self, page: Page, held: Collection[int]) -> Iterator[HistoryPart]:
        view = self._views.pop(page.title, None) or first_history_page(self.index, page.title)
        if not view.found:  # moved or deleted since it was listed
            return
        rows = [row for part in read_history(self.index, page.title, view) for row in part]
        above: tuple[str, int] | HistoryRow | None = None  # the row above, newer: its time and id, if it was read
        found: list[Revision] = []
        listed: set[int] = set()
        for row, parent in zip(rows, [*rows[1:], None], strict=True):
            listed.add(row.rev_id)
            hidden = row.text_hidden or row.user_hidden or row.comment_hidden
            if row.rev_id not in held or hidden:
                revision = self._revision(page, row, parent, above)
                found.append(revision)
                above = (revision.timestamp, row.rev_id)
            else:
                above = row
            if len(found) >= PART:
                yield HistoryPart(page, tuple(reversed(found)), frozenset(listed))
                found, listed = [], set()
        yield HistoryPart(page, tuple(reversed(found)), frozenset(listed))

    def _time_of_hidden(self, page: Page, row: HistoryRow, above: tuple[str, int] | HistoryRow | None) -> str:
        """The time of a revision whose text is not shown. Raises UnexpectedAnswer where it cannot be read."""
        if isinstance(above, HistoryRow):
            shown = self.index.raw_text(above.rev_id)
            above = (shown.timestamp, above.rev_id) if shown.timestamp else None
        found = exact_time(self.index, page.title, row.rev_id, above)
        if found is None:
            raise UnexpectedAnswer(
                f"The time of revision {row.rev_id} of “{page.title}” cannot be read, and its text is not shown; "
                "run the command again, and ask the wiki's operator for an XML export if it stays so."
            )
        return found

    def _text(self, page: Page, row: HistoryRow) -> RawText:
        """A text and its time. Raises Damaged where it is empty, or twice another one, and should be longer.

        What is twice the same is the wiki's text, and the length that it states is not.
        """
        shown = self.index.raw_text(row.rev_id)
        if shown.text is None or not row.size or _length(shown) == row.size:
            return shown
        again = self.index.raw_text(row.rev_id)
        if _length(again) == row.size:
            return again
        if not shown.text or again != shown:
            raise Damaged(
                f"{self.index.url} sent a text for revision {row.rev_id} of “{page.title}” of another length than its"
                f" history states ({row.size} bytes); {LATER}"
            )
        return shown

    def _revision(
        self, page: Page, row: HistoryRow, parent: HistoryRow | None, above: tuple[str, int] | HistoryRow | None
    ) -> Revision:
        shown = RawText() if row.text_hidden else self._text(page, row)
        timestamp, sha1, size = shown.timestamp or self._time_of_hidden(page, row, above), None, row.size
        state = "hidden" if row.text_hidden else "missing" if shown.text is None else "present"
        if shown.text is not None:
            data = shown.text.encode("utf-8", "surrogatepass")
            sha1, size = hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data)
        elif shown.odd:
            self.index.odd[row.rev_id] = shown.odd
        return Revision(
            rev_id=row.rev_id,
            page_id=page.page_id,
            parent_id=parent.rev_id if parent else None,
            timestamp=timestamp,
            user=row.user,
            user_id=row.user_id,
            comment=row.comment,
            minor=row.minor,
            size=size,
            sha1=sha1,
            content_model=page.content_model,
            tags=row.tags,
            text_state=state,
            user_hidden=row.user_hidden,
            comment_hidden=row.comment_hidden,
            text=shown.text,
        )


def _length(shown: RawText) -> int | None:
    """Bytes of a text that is shown."""
    return None if shown.text is None else len(shown.text.encode("utf-8", "surrogatepass"))


def _ids(revisions: Sequence[Revision]) -> frozenset[int]:
    return frozenset(revision.rev_id for revision in revisions)


def _page_of(view: HtmlPage, asked: str) -> Page:
    """The page that a history page is of. Raises UnexpectedAnswer when the skin leaves the configuration out."""
    config, rows = view.config, history_rows(view)
    try:
        page_id, latest = int(config["wgArticleId"]), int(config["wgCurRevisionId"])
        if page_id <= 0 or latest <= 0 or not rows:
            raise KeyError("wgArticleId")
        return Page(
            page_id=page_id,
            namespace=int(config["wgNamespaceNumber"]),
            title=str(config["wgPageName"]).replace("_", " "),
            is_redirect=bool(config.get("wgIsRedirect", False)),
            content_model=str(config.get("wgPageContentModel", "wikitext")),
            latest_rev_id=latest,
            length=next((row.size for row in rows if row.rev_id == latest), rows[0].size),
        )
    except (KeyError, ValueError) as error:
        raise UnexpectedAnswer(f"The history page of “{asked}” does not state its page id ({error}).") from error
