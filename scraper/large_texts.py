"""Texts that do not fit into an answer of the API: asked for apart, by halves, and at last raw.

A wiki limits its answers (https://www.mediawiki.org/wiki/Manual:$wgAPIMaxResultSize). A row beyond that comes never:
the API sends the same ``continue`` for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from scraper.api import TRIES, Api, Batch, Params, Stuck
from scraper.errors import UnexpectedAnswer


def query_with_texts(
    api: Api, params: Params, continued: Mapping[str, str | int] | None = None, *, whole: bool = False
) -> Iterator[Batch]:
    """``Api.query`` of revisions with their texts, of any size; what it may raise is the same."""
    latest = continued
    while True:
        try:
            for batch in api.query(params, latest, whole=whole):
                yield batch
                latest = batch.following
            return
        except Stuck as fault:
            batch = _apart(api, params, latest, fault.result)
        yield batch
        latest = batch.following
        if latest is None:
            return


def fetch_raw(api: Api, rev_id: int, sha1: str | None) -> str:
    """The exact text of a revision as ``index.php`` gives it, with the digest ``sha1`` where that is known.

    Raises UnexpectedAnswer when the wiki does not give it.
    """
    params: Params = {"action": "raw", "oldid": rev_id, "maxlag": api.session.manners.maxlag}
    patience = api.session.patience()
    fault = UnexpectedAnswer(
        f"The wiki does not give the text of revision {rev_id} with the digest that it states; "
        "run the command again, and tell the wiki's operator if it stays so."
    )
    for _ in range(TRIES):
        answer = api.session.ask(urljoin(api.url, "index.php"), params)
        same = sha1 is None or hashlib.sha1(answer.content, usedforsecurity=False).hexdigest() == sha1
        with suppress(UnicodeDecodeError):
            if answer.status_code == 200 and same:
                return answer.content.decode("utf-8", "surrogatepass")
        patience.wait(f"{api.url} does not give the text of revision {rev_id}", fault=fault)
    raise fault


def _apart(api: Api, params: Params, continued: Mapping[str, str | int] | None, partial: dict[str, Any]) -> Batch:
    """One batch: its rows without texts, then the texts; ``partial`` is what came of it so far."""
    props = "|".join(prop for prop in str(params["rvprop"]).split("|") if prop != "content")
    (batch,) = islice(api.query({**params, "rvprop": props}, continued), 1)
    had = _rows_with_text(partial)
    rows = {row["revid"]: row for row in _rows(batch.result)}
    asked = {"prop": "revisions"} | {key: params[key] for key in ("rvslots",) if key in params}
    lacking = [i for i, row in rows.items() if i not in had and not _slot(row).get("sha1hidden")]
    had |= _texts(api, {**asked, "rvprop": "ids|sha1|slotsha1|content"}, sorted(lacking))
    for rev_id in rows.keys() & had.keys():
        _slot(rows[rev_id]).update(_slot(had[rev_id]))
    return batch


def _texts(api: Api, params: Params, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Rows with texts for these ids; where not all fit into an answer, for either half."""
    try:
        found = [batch.result for batch in api.query({**params, "revids": "|".join(map(str, ids))})] if ids else []
        return {i: row for result in found for i, row in _rows_with_text(result).items()}
    except Stuck as fault:
        had = _rows_with_text(fault.result)
        left = [i for i in ids if i not in had]
        if len(ids) > 1:
            half = (len(left) + 1) // 2
            return had | _texts(api, params, left[:half]) | _texts(api, params, left[half:])
        return {i: {"revid": i, "content": fetch_raw(api, i, None)} for i in left}


def _rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for page in result.get("pages", []) for row in page.get("revisions", []) if "revid" in row]


def _rows_with_text(result: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Rows by id that say all about their text: what it is, or that it is hidden or missing."""
    said = ("content", "texthidden", "textmissing", "missing")
    return {row["revid"]: row for row in _rows(result) if any(key in _slot(row) for key in said)}


def _slot(row: dict[str, Any]) -> dict[str, Any]:
    """Where a row keeps its text: the main slot, or the row itself before MediaWiki 1.32."""
    slots = row.get("slots")
    slot: Any = slots.get("main", row) if isinstance(slots, dict) else row
    return slot if isinstance(slot, dict) else row
