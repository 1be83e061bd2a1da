"""What is asked of a wiki's API, in batches: the whole history, what is new, pages, revision lists.

Events say only what is dirty; the truth is then fetched, pages and revisions together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from parsers.wiki import LogEvent, Page, Revision
from scraper.abilities import version_of
from scraper.api import SITEINFO, Api, Batch, Params, Point, Split
from scraper.errors import LATER, ApiError, Damaged, NotUtf8
from scraper.large_texts import fetch_raw
from scraper.rows import log_events_of, number, page_of, revision_ids, revision_of, revision_times, text_is_exact
from scraper.unshown import query_shown, unshown_of

T = TypeVar("T")
BATCH = 50  # texts, ids or titles in one request; what the API allows without special rights
TEXT_IN_MEMORY = 4_000_000  # characters of text to aim at in one batch, where our account may have many at once
REVISION_PROPS: Params = {
    "prop": "revisions|info",
    "inprop": "protection",
    "rvprop": "ids|timestamp|flags|user|userid|comment|size|sha1|slotsha1|contentmodel|tags|content",
    "rvslots": "main",
}
EVENT_PROPS = "ids|title|type|user|timestamp|comment|details"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Pages as they are now, and revisions in the order of their history (time, then id).

    ``odd`` says of revisions what is odd about their texts: ``digest`` (it is another one than the wiki states), or
    why the wiki has the text and does not show it: ``encoding`` (it is not UTF-8), ``model …``, or ``fault``
    (without an API).
    """

    pages: tuple[Page, ...]
    revisions: tuple[Revision, ...]
    missing_pages: frozenset[int] = frozenset()
    missing_revisions: frozenset[int] = frozenset()
    odd: Mapping[int, str] = field(default_factory=dict)

    def only(self, rev_ids: Collection[int]) -> Fetched:
        """These revisions, with their pages."""
        revisions = tuple(revision for revision in self.revisions if revision.rev_id in rev_ids)
        pages = {revision.page_id for revision in revisions}
        odd = {rev_id: reason for rev_id, reason in self.odd.items() if rev_id in rev_ids}
        return Fetched(tuple(page for page in self.pages if page.page_id in pages), revisions, odd=odd)


NOTHING = Fetched((), ())


@dataclass(frozen=True, slots=True)
class News:
    """What is new since a moment: log events, ids of revisions with a time since then, the wiki's clock.

    ``fetched`` holds the revisions right after the highest known id (``probed``), so that a small change costs one
    request. ``siteinfo`` has the parts ``general``, ``namespaces`` and ``namespacealiases``.
    """

    now: str
    events: tuple[LogEvent, ...]
    recent_revisions: Mapping[int, int]
    fetched: Fetched
    probed: range
    siteinfo: Mapping[str, Any]


@dataclass(slots=True)
class Fetcher:
    """Asks one wiki. Every method may raise the errors of ``scraper.errors``."""

    api: Api

    def history(self, continued: Mapping[str, str | int] | None) -> Iterator[tuple[Fetched, Mapping[str, Any] | None]]:
        """All revisions of all live pages, oldest first, each batch with the point to resume from after it.

        Batches are as large as our account may have them, and smaller where texts are long.
        """
        params = {"generator": "allrevisions", "garvdir": "newer", **REVISION_PROPS}
        size, done, resumed = self.api.can.batch, False, continued is not None
        seen: set[Point] = set()
        while not done:
            try:
                asked = {**params, "garvlimit": size}
                for batch in query_shown(self.api, asked, continued, whole=size > BATCH, seen=seen):
                    yield self._fetched(batch.result), batch.following
                    continued, resumed = batch.following, False
                    if (fitting := min(self._fitting(batch), 2 * size)) != size:
                        size = fitting
                        break
                done = continued is None
            except Split:
                size = BATCH
            except (ApiError, Damaged):
                if not resumed:
                    raise
                continued, resumed, seen = (
                    None,
                    False,
                    set(),
                )  # the point to go on from is damaged, or no longer good: begin again

    def _fitting(self, batch: Batch) -> int:
        """How many revisions to ask for next, going by the length of these."""
        revisions = [r for page in batch.result.get("pages", []) for r in page.get("revisions", [])]
        length = sum(int(r.get("size", 0)) for r in revisions)
        return max(BATCH, min(self.api.can.batch, len(revisions) * TEXT_IN_MEMORY // max(length, 1)))

    def log(self, since: str | None = None, until: str | None = None) -> Iterator[tuple[LogEvent, ...]]:
        """The wiki's whole log, or what it says of a span of time (both ends included), oldest first."""
        params: dict[str, str | int] = {
            "list": "logevents", "leprop": EVENT_PROPS, "ledir": "newer", "lelimit": "max",
        }  # fmt: skip
        span = {key: moment for key, moment in (("lestart", since), ("leend", until)) if moment}
        for batch in self.api.query(params | span):
            yield tuple(log_events_of(batch.result))

    def news(self, revisions_since: str, events_since: str, highest_known: int, late: Collection[int] = ()) -> News:
        """What happened since two moments of the wiki's clock: one request when that is little.

        Revisions are listed by ``allrevisions``, which does not expire as recent changes do, and the ids after the
        highest known are asked for outright: imports with old times are found there, and by no cursor of time.
        ``late`` are lower ids that were not there when they were asked for, and may be now.
        """
        probed = range(highest_known + 1, highest_known + 1 + BATCH - len(late))
        params = {
            **self._by_ids([*late, *probed]),
            "list": "allrevisions|logevents",
            "arvdir": "newer", "arvstart": revisions_since, "arvprop": "ids", "arvlimit": "max",
            "leprop": EVENT_PROPS, "ledir": "newer", "lestart": events_since, "lelimit": "max",
            "meta": "siteinfo", "siprop": "general|namespaces|namespacealiases",
            "curtimestamp": 1,
        }  # fmt: skip
        now, fetched = "", []
        events: dict[int, LogEvent] = {}  # a list that is read twice in part names an event twice
        recent: dict[int, int] = {}
        siteinfo: Mapping[str, Any] = {}
        for batch in query_shown(self.api, params):
            now, siteinfo = now or batch.now, siteinfo or batch.result
            events |= {event.log_id: event for event in log_events_of(batch.result)}
            recent |= revision_ids(batch.result.get("allrevisions", []))
            if "pages" in batch.result or "badrevids" in batch.result:
                fetched.append(self._fetched(batch.result))
        if not now or "general" not in siteinfo:
            raise Damaged(f"{self.api.url} does not tell its time and name; {LATER}")
        generator = str(siteinfo["general"].get("generator", ""))
        self.api.can = replace(self.api.can, version=version_of(generator))  # it may have been updated
        found = merge(fetched)
        answered = found.missing_revisions.union(revision.rev_id for revision in found.revisions)
        self._check_complete("revisions", [*late, *probed], answered)
        return News(now, tuple(events.values()), recent, found, probed, siteinfo)

    def newest(self) -> tuple[str, int, int]:
        """The wiki's clock; among the revisions with the newest times the highest id, and the id of the very last.

        Both ids are 0 where there is none.
        """
        params: Params = {
            "list": "allrevisions", "arvdir": "older", "arvlimit": "max", "arvprop": "ids|timestamp", "curtimestamp": 1,
        }  # fmt: skip
        (batch,) = islice(self.api.query(params), 1)
        times = revision_times(batch.result.get("allrevisions", []))
        return batch.now, max(times, default=0), max(times, key=lambda i: (times[i], i), default=0)

    def siteinfo(self) -> dict[str, Any]:
        """What the wiki says of itself, whole."""
        return next(self.api.query(SITEINFO)).result

    def revisions(self, rev_ids: Iterable[int]) -> Iterator[Fetched]:
        """These revisions with their pages; ids that the wiki does not have come as ``missing_revisions``."""
        for ids in in_batches(sorted(set(rev_ids)), self.api.can.batch):
            yield from self._some_revisions(ids)

    def _some_revisions(self, ids: Sequence[int]) -> Iterator[Fetched]:
        """As ``revisions``, for one request's number of ids; many that are large are asked for in smaller parts."""
        asked = self._by_ids(ids)
        answered: set[int] = set()
        try:
            for batch in query_shown(self.api, asked, whole=len(ids) > BATCH):
                fetched = self._fetched(batch.result)
                answered |= fetched.missing_revisions.union(revision.rev_id for revision in fetched.revisions)
                yield fetched
            self._check_complete("revisions", ids, answered)
        except Split:
            for part in in_batches(ids):
                yield from self._some_revisions(part)

    def _by_ids(self, rev_ids: Iterable[int]) -> Params:
        """The query for revisions by their ids.

        To those who may see what is deleted the API does not say of it that the wiki lacks it (ApiPageSet,
        initFromRevIDs); they are told of it by ``prop=deletedrevisions``.
        """
        params: dict[str, str | int] = {**REVISION_PROPS, "revids": "|".join(map(str, rev_ids))}
        if self.api.can.sees_deleted:
            params |= {"prop": "revisions|info|deletedrevisions", "drvprop": "ids", "drvlimit": "max"}
        return params

    def pages(self, page_ids: Iterable[int] = (), titles: Iterable[str] = ()) -> Fetched:
        """These pages as they are now, without revisions; absent ids come as ``missing_pages``."""
        page_ids = set(page_ids)
        info: Params = {"prop": "info", "inprop": "protection"}
        asked: list[tuple[str, Sequence[str]]] = [
            *(("pageids", ids) for ids in in_batches((str(i) for i in sorted(page_ids)), self.api.can.batch)),
            *(("titles", names) for names in in_batches(sorted(set(titles)), self.api.can.batch)),
        ]
        found = []
        for key, values in asked:
            found += [self._fetched(batch.result) for batch in query_shown(self.api, {**info, key: "|".join(values)})]
        pages = merge(found)
        self._check_complete("pages", page_ids, pages.missing_pages.union(page.page_id for page in pages.pages))
        return pages

    def _check_complete(self, what: str, asked: Iterable[int], answered: AbstractSet[int]) -> None:
        """What an answer leaves out is neither there nor missing: nothing may be inferred from it."""
        if left_out := sorted(set(asked) - answered):
            raise Damaged(
                f"{self.api.url} left out {what} that it was asked for ({', '.join(map(str, left_out[:5]))}); {LATER}"
            )

    def _fetched(self, result: Mapping[str, Any]) -> Fetched:
        """An answer."""
        rows = result.get("pages", [])
        live = [row for row in rows if not row.get("missing") and not row.get("invalid") and "pageid" in row]
        revisions = [revision_of(r, number(row, "pageid")) for row in live for r in row.get("revisions", [])]
        odd = unshown_of(live)
        return Fetched(
            pages=tuple(page_of(row) for row in live),
            revisions=tuple(sorted((self._exact(r, odd) for r in revisions), key=lambda r: (r.timestamp, r.rev_id))),
            missing_pages=frozenset(number(row, "pageid") for row in rows if row.get("missing") and "pageid" in row),
            missing_revisions=frozenset(
                number(row, "revid")
                for part in (
                    (result.get("badrevids") or {}).values(),
                    *(row.get("deletedrevisions", []) for row in rows),
                )
                for row in part
            )
            - {r.rev_id for r in revisions},
            odd=odd,
        )

    def _exact(self, revision: Revision, odd: dict[int, str]) -> Revision:
        """The revision with its exact text: asked for raw where the API has altered it (NFC, JSON blanks).

        What is odd about the text is noted in ``odd``.
        """
        if text_is_exact(revision):
            return revision
        decomposed = replace(revision, text=unicodedata.normalize("NFD", revision.text or ""))
        if text_is_exact(decomposed):
            return decomposed
        try:
            exact = replace(revision, text=fetch_raw(self.api, revision.rev_id, revision.sha1, revision.text))
        except NotUtf8:
            odd[revision.rev_id] = "encoding"
            return replace(revision, text=None, text_state="missing")
        if not text_is_exact(exact):
            odd[revision.rev_id] = "digest"
        return exact


def in_batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Lists of at most ``size`` values."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def merge(parts: Sequence[Fetched]) -> Fetched:
    """Several answers as one."""
    pages = {page.page_id: page for part in parts for page in part.pages}
    revisions = {revision.rev_id: revision for part in parts for revision in part.revisions}
    return Fetched(
        pages=tuple(pages.values()),
        revisions=tuple(sorted(revisions.values(), key=lambda r: (r.timestamp, r.rev_id))),
        missing_pages=frozenset().union(*(part.missing_pages for part in parts)) - pages.keys(),
        missing_revisions=frozenset().union(*(part.missing_revisions for part in parts)) - revisions.keys(),
        odd={rev_id: reason for part in parts for rev_id, reason in part.odd.items()},
    )
