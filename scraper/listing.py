"""Revisions without their texts, 500 a request: of the whole wiki, of one page, or some by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.wiki import Page, Revision
from scraper.api import Api, Params
from scraper.fetch import REVISION_PROPS, in_batches
from scraper.rows import page_of, revision_ids, revision_of
from scraper.unshown import query_shown

ROWS = 10  # times as many rows of a list come with one request as texts
PROPS = str(REVISION_PROPS["rvprop"]).removesuffix("|content")


@dataclass(frozen=True, slots=True)
class Listed:
    """Pages and revisions of one answer, and the wiki's clock when it was made; texts are None."""

    pages: tuple[Page, ...]
    revisions: tuple[Revision, ...]
    now: str


def list_wiki(api: Api) -> Iterator[Listed]:
    """The wiki in batches, oldest revisions first; a page comes with each batch that has revisions of it."""
    params = {**REVISION_PROPS, "rvprop": PROPS, "generator": "allrevisions", "garvdir": "newer", "garvlimit": "max"}
    for batch in query_shown(api, params):
        rows = batch.result.get("pages", [])
        yield Listed(
            tuple(page_of(row) for row in rows),
            tuple(
                revision_of(r, int(row["pageid"]), with_text=False) for row in rows for r in row.get("revisions", [])
            ),
            batch.now,
        )


def list_page(api: Api, page_id: int) -> list[Revision]:
    """All revisions that the wiki shows on a page."""
    return _listed(api, {"pageids": page_id, "rvlimit": "max"})


def list_revisions(api: Api, rev_ids: Iterable[int]) -> list[Revision]:
    """Those of these revisions that the wiki shows."""
    batches = in_batches(sorted(rev_ids), api.can.batch)
    return [revision for ids in batches for revision in _listed(api, {"revids": "|".join(map(str, ids))})]


def _listed(api: Api, which: Params) -> list[Revision]:
    return [
        revision_of(row, int(page["pageid"]), with_text=False)
        for batch in api.query({"prop": "revisions", "rvprop": PROPS, "rvslots": "main", **which})
        for page in batch.result.get("pages", [])
        for row in page.get("revisions", [])
    ]


def list_ids(api: Api) -> Iterator[dict[int, int]]:
    """The ids of all revisions that the wiki shows, each with that of its page, in batches."""
    for batch in api.query({"list": "allrevisions", "arvdir": "newer", "arvprop": "ids", "arvlimit": "max"}):
        yield revision_ids(batch.result["allrevisions"])


def walk_costs(api: Api, revisions: int) -> int:
    """Requests, at most, for a list of the whole wiki, of which so many revisions are known."""
    return revisions // (ROWS * api.can.batch) + 2
