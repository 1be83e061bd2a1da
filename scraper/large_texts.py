"""Texts that do not fit into an answer of the API: asked for apart, by halves, and at last raw.

A wiki limits its answers (https://www.mediawiki.org/wiki/Manual:$wgAPIMaxResultSize). A row beyond that comes never:
the API sends the same ``continue`` for ever.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from scraper.api import TRIES, Api, Batch, Params, Point, Stuck, point_of
from scraper.errors import AccessDenied, Endless, NotUtf8, UnexpectedAnswer


def query_with_texts(
    api: Api,
    params: Params,
    continued: Mapping[str, str | int] | None = None,
    *,
    whole: bool = False,
    seen: set[Point] | None = None,
) -> Iterator[Batch]:
    """``Api.query`` of revisions with their texts, of any size; what it takes and may raise is the same."""
    latest, seen = continued, set() if seen is None else seen
    while True:
        try:
            for batch in api.query(params, latest, whole=whole, seen=seen):
                yield batch
                latest = batch.following
            return
        except Stuck as fault:
            batch = _apart(api, params, latest, fault.result)
        yield batch
        latest = batch.following
        if latest is None:
            return
        if point_of(latest) in seen:
            raise Endless(api.url)


def fetch_raw(api: Api, rev_id: int, sha1: str | None, told: str | None = None) -> str:
    """The exact text of a revision as ``index.php`` gives it, with the digest ``sha1`` where that is known.

    What agrees with the text that the API ``told`` is the wiki's text, also when it has another digest. Raises NotUtf8
    for a text that is none, UnexpectedAnswer when the wiki does not give it.
    """
    try:
        return _ask_raw(api, rev_id, sha1, told)
    except (AccessDenied, UnexpectedAnswer) as error:
        if isinstance(error, NotUtf8) or not api.can.api_alone:
            raise
        raise UnexpectedAnswer(
            f"The API does not give the text of revision {rev_id} as it is (it normalises Unicode, and limits the size "
            "of answers), and index.php does not give it to a bot password; set WIKITRAIL_USER and WIKITRAIL_PASSWORD "
            "to the account itself."
        ) from error


def _ask_raw(api: Api, rev_id: int, sha1: str | None, told: str | None) -> str:
    params: Params = {"action": "raw", "oldid": rev_id, "maxlag": api.session.manners.maxlag}
    patience = api.session.patience()
    fault = UnexpectedAnswer(
        f"The wiki does not give the text of revision {rev_id} with the digest that it states; "
        "run the command again, and tell the wiki's operator if it stays so."
    )
    for _ in range(TRIES):
        answer = api.session.ask(urljoin(api.url, "index.php"), params)
        # What is raw never comes as HTML (RawAction::getContentType), a page to log in does.
        is_html = "html" in answer.headers.get("Content-Type", "")
        same = hashlib.sha1(answer.content, usedforsecurity=False).hexdigest() == sha1 if sha1 else not is_html
        if not same and told is not None and not is_html:
            same = agrees(answer.content, told)
        if answer.status_code == 200 and same:
            return decode(answer.content, rev_id)
        patience.wait(f"{api.url} does not give the text of revision {rev_id}", fault=fault)
    raise fault


def agrees(raw: bytes, told: str) -> bool:
    """Whether what is told of a text in JSON or XML is made from these bytes.

    Both bring texts to NFC, replace what is no UTF-8 and what may not stand there, and the API writes JSON pages anew.
    """
    return _essence(raw.decode("utf-8", "replace")) == _essence(told)


def _essence(text: str) -> str:
    whole = unicodedata.normalize("NFC", text.replace("\N{REPLACEMENT CHARACTER}", ""))
    return "".join(c for c in whole if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cn", "Cs"))


def decode(raw: bytes, rev_id: int) -> str:
    """The text of a revision. Raises NotUtf8."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise NotUtf8(
            f"The text of revision {rev_id} is not UTF-8 on the wiki, as all texts of a MediaWiki are."
        ) from error


def _apart(api: Api, params: Params, continued: Mapping[str, str | int] | None, partial: dict[str, Any]) -> Batch:
    """One batch: its rows without texts, then the texts; ``partial`` is what came of it so far."""
    props = "|".join(prop for prop in str(params["rvprop"]).split("|") if prop != "content")
    (batch,) = islice(api.query({**params, "rvprop": props}, continued), 1)
    had = rows_with_text(rows_of(partial))
    rows = {row["revid"]: row for row in rows_of(batch.result)}
    asked = {"prop": "revisions"} | {key: params[key] for key in ("rvslots",) if key in params}
    lacking = [i for i, row in rows.items() if i not in had and not main_slot(row).get("sha1hidden")]
    had |= _texts(api, {**asked, "rvprop": "ids|sha1|slotsha1|content"}, {i: _digest(rows[i]) for i in sorted(lacking)})
    for rev_id in rows.keys() & had.keys():
        main_slot(rows[rev_id]).update(main_slot(had[rev_id]))
    return batch


def _texts(api: Api, params: Params, digests: Mapping[int, str | None]) -> dict[int, dict[str, Any]]:
    """Rows with texts for these ids, which have these digests; where not all fit into an answer, for either half."""
    ids = list(digests)
    try:
        found = [batch.result for batch in api.query({**params, "revids": "|".join(map(str, ids))})] if ids else []
        return {i: row for result in found for i, row in rows_with_text(rows_of(result)).items()}
    except Stuck as fault:
        had = rows_with_text(rows_of(fault.result))
        left = [i for i in ids if i not in had]
        if len(ids) > 1:
            half = (len(left) + 1) // 2
            parts = [_texts(api, params, {i: digests[i] for i in part}) for part in (left[:half], left[half:])]
            return had | parts[0] | parts[1]
        return had | {i: _raw_row(api, i, digests[i]) for i in left}


def _raw_row(api: Api, rev_id: int, sha1: str | None) -> dict[str, Any]:
    """A row with a text that fits into no answer; one that is no UTF-8 counts as missing."""
    try:
        return {"revid": rev_id, "content": fetch_raw(api, rev_id, sha1)}
    except NotUtf8:
        return {"revid": rev_id, "textmissing": True, "unshown": "encoding"}


def rows_of(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of revisions in an answer, of whatever page."""
    return [row for page in result.get("pages", []) for row in page.get("revisions", []) if "revid" in row]


def rows_with_text(rows: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Rows by id that say all about their text: what it is, or that it is hidden or missing."""
    said = ("content", "texthidden", "textmissing", "missing")
    return {row["revid"]: row for row in rows if any(key in main_slot(row) for key in said)}


def _digest(row: dict[str, Any]) -> str | None:
    """The digest that a row states of its text, if any."""
    found = main_slot(row).get("sha1", row.get("sha1"))
    return str(found) if found else None


def main_slot(row: dict[str, Any]) -> dict[str, Any]:
    """Where a row keeps its text: the main slot, or the row itself before MediaWiki 1.32."""
    slots = row.get("slots")
    slot: Any = slots.get("main", row) if isinstance(slots, dict) else row
    return slot if isinstance(slot, dict) else row
