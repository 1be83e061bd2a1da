"""The whole wiki without its texts: every page and every revision that it shows, 500 a request, for the audit."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.wiki import Page, Revision
from scraper.api import Api
from scraper.fetch import REVISION_PROPS
from scraper.rows import page_of, revision_of


def list_wiki(api: Api) -> Iterator[tuple[tuple[Page, ...], tuple[Revision, ...]]]:
    """Pages and revisions in batches, oldest revisions first; texts are None, and a page comes with each batch
    that has revisions of it."""
    props = str(REVISION_PROPS["rvprop"]).removesuffix("|content")
    params = {**REVISION_PROPS, "rvprop": props, "generator": "allrevisions", "garvdir": "newer", "garvlimit": "max"}
    for batch in api.query(params):
        rows = batch.result.get("pages", [])
        yield (
            tuple(page_of(row) for row in rows),
            tuple(
                revision_of(r, int(row["pageid"]), with_text=False) for row in rows for r in row.get("revisions", [])
            ),
        )
