"""The whole wiki without its texts: every page and every revision that it shows, 500 a request, for the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parsers.wiki import Page, Revision
from scraper.api import Api
from scraper.fetch import REVISION_PROPS
from scraper.rows import page_of, revision_of
from scraper.unshown import query_shown


@dataclass(frozen=True, slots=True)
class Listed:
    """Pages and revisions of one answer, and the wiki's clock when it was made; texts are None."""

    pages: tuple[Page, ...]
    revisions: tuple[Revision, ...]
    now: str


def list_wiki(api: Api) -> Iterator[Listed]:
    """The wiki in batches, oldest revisions first; a page comes with each batch that has revisions of it."""
    props = str(REVISION_PROPS["rvprop"]).removesuffix("|content")
    params = {**REVISION_PROPS, "rvprop": props, "generator": "allrevisions", "garvdir": "newer", "garvlimit": "max"}
    for batch in query_shown(api, params):
        rows = batch.result.get("pages", [])
        yield Listed(
            tuple(page_of(row) for row in rows),
            tuple(
                revision_of(r, int(row["pageid"]), with_text=False) for row in rows for r in row.get("revisions", [])
            ),
            batch.now,
        )
