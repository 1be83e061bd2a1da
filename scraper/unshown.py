"""What a wiki fails to show, found by halves, and read without what makes it fail.

A content model whose extension is gone lets MediaWiki answer a whole request with an internal error, whatever else was
asked for. All of a revision but its text can be had, and of a page what its current revision tells. What leads to other
internal errors is not looked for: an outage looks the same as a text that is damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from scraper.api import Api, Batch, Params, Point, point_of
from scraper.errors import Endless, UnknownModel
from scraper.large_texts import main_slot, query_with_texts, rows_of, rows_with_text

AT_ONCE = 50  # ids in one request; what the API allows without special rights
# Models that MediaWiki itself brings, or none stated: that one text fails says nothing of others with the same.
OF_MEDIAWIKI = {"", "wikitext", "javascript", "css", "json", "text", "unknown", "vue"}

Row = dict[str, Any]


def query_shown(
    api: Api,
    params: Params,
    continued: Mapping[str, str | int] | None = None,
    *,
    whole: bool = False,
    seen: set[Point] | None = None,
) -> Iterator[Batch]:
    """``query_with_texts`` for pages and revisions of which the wiki cannot show some: what is had of them comes.

    Such a text counts as missing, and its row has ``unshown`` with the reason: what it takes and may raise is the same.
    """
    latest, seen = continued, set() if seen is None else seen
    while True:
        try:
            for batch in query_with_texts(api, params, latest, whole=whole, seen=seen):
                yield batch
                latest = batch.following
            return
        except UnknownModel:
            bare = api.query(_bare(params), latest)
            # Of a generator only the next batch; what is asked for by ids has its pages in the first one.
            for batch in islice(bare, 1) if "generator" in params else bare:
                _complete(api, params, batch.result)
                yield batch
                latest = batch.following
        if latest is None:
            return
        if point_of(latest) in seen:
            raise Endless(api.url)


def _bare(params: Params) -> dict[str, str | int]:
    """The query without page details and texts, which is what fails."""
    left_out = {"prop", "inprop", "rvprop"}
    props = [prop for prop in str(params["prop"]).split("|") if prop != "info"]
    shown = [prop for prop in str(params.get("rvprop", "")).split("|") if prop and prop != "content"]
    return (
        {key: value for key, value in params.items() if key not in left_out}
        | ({"prop": "|".join(props)} if props else {})
        | ({"rvprop": "|".join(shown)} if shown else {})
    )


def _complete(api: Api, params: Params, result: Mapping[str, Any]) -> None:
    """Put into an answer's rows what was left out of them, as far as the wiki shows it."""
    pages = [row for row in result.get("pages", []) if "pageid" in row and not row.get("missing")]
    if "info" in str(params["prop"]).split("|"):
        details = _details(api, {"prop": "info", "inprop": params["inprop"]}, [row["pageid"] for row in pages])
        for row in pages:
            row.update(details.get(row["pageid"], {"invalid": True}))
    if "content" in str(params.get("rvprop", "")).split("|"):
        rows = {row["revid"]: row for row in rows_of(result) if not main_slot(row).get("sha1hidden")}
        _add_texts(api, {key: params[key] for key in ("rvslots",) if key in params}, rows)
        for page in pages:  # what was deleted meanwhile has no text, and is no revision of the page any more
            page["revisions"] = [
                row for row in page.get("revisions", []) if row["revid"] not in rows or rows_with_text([row])
            ]


def _add_texts(api: Api, params: Params, rows: Mapping[int, Row]) -> None:
    models = {rev_id: str(main_slot(row).get("contentmodel", "")) for rev_id, row in rows.items()}
    asked = {"prop": "revisions", "rvprop": "ids|sha1|slotsha1|contentmodel|content", **params}

    def ask(api: Api, ids: Sequence[int]) -> dict[int, Row]:
        batches = query_with_texts(api, {**asked, "revids": "|".join(map(str, ids))})
        return {row["revid"]: row for batch in batches for row in rows_with_text(rows_of(batch.result)).values()}

    had, failed = _by_halves(api, ask, models)
    for rev_id, row in had.items():
        main_slot(rows[rev_id]).update(main_slot(row))
    for rev_id in failed:
        main_slot(rows[rev_id]).update(textmissing=True, unshown=f"model {models[rev_id]}")


def _details(api: Api, params: Params, page_ids: Sequence[int]) -> dict[int, Row]:
    """Page details by id; where the wiki fails to give them, those of the current revision, without protection."""
    standing: dict[int, Row] = {}
    for ids in _parts(page_ids):
        asked: Params = {
            "prop": "revisions", "rvprop": "ids|size|contentmodel", "rvslots": "main",
            "pageids": "|".join(map(str, ids)),
        }  # fmt: skip
        for batch in api.query(asked):
            for row in batch.result.get("pages", []):
                for revision in row.pop("revisions", []):
                    standing[row["pageid"]] = {
                        **row,
                        "lastrevid": revision["revid"],
                        "length": revision.get("size", 0),
                        "contentmodel": main_slot(revision).get("contentmodel", "wikitext"),
                    }

    def ask(api: Api, ids: Sequence[int]) -> dict[int, Row]:
        batches = api.query({**params, "pageids": "|".join(map(str, ids))})
        return {row["pageid"]: row for batch in batches for row in batch.result.get("pages", []) if "pageid" in row}

    had, failed = _by_halves(api, ask, {i: str(standing[i]["contentmodel"]) if i in standing else "" for i in page_ids})
    return had | {page_id: standing[page_id] for page_id in failed & standing.keys()}


def _by_halves(
    api: Api, ask: Callable[[Api, Sequence[int]], dict[int, Row]], models: Mapping[int, str]
) -> tuple[dict[int, Row], set[int]]:
    """Rows by id, and the ids at which the wiki fails; those of a content model that it does not know at once."""
    had: dict[int, Row] = {}
    failed: set[int] = set()
    left = _by_model(models)
    while left:
        ids = [i for i in left.pop() if models[i] not in api.lost_models]
        if not ids:
            continue
        try:
            had |= ask(api, ids)
        except UnknownModel:
            if models[ids[0]] not in OF_MEDIAWIKI:
                api.lost_models.add(models[ids[0]])
            elif len(ids) > 1:
                half = len(ids) // 2
                left += [ids[half:], ids[:half]]
            else:
                failed |= set(ids)
    return had, failed | {i for i, model in models.items() if model in api.lost_models and i not in had}


def _by_model(models: Mapping[int, str]) -> list[Sequence[int]]:
    """Parts to ask for, the last one first: those of other models than MediaWiki's, each apart, are asked for first."""
    groups: dict[str, list[int]] = {}
    for i, model in models.items():
        groups.setdefault("" if model in OF_MEDIAWIKI else model, []).append(i)
    return [part for model in sorted(groups) for part in _parts(groups[model])]


def _parts(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = list(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def unshown_of(pages: Iterable[Row]) -> dict[int, str]:
    """Why the texts of revisions are not shown, by id, out of the pages of an answer."""
    slots = ((row["revid"], main_slot(row)) for row in rows_of({"pages": pages}))
    return {rev_id: str(slot["unshown"]) for rev_id, slot in slots if "unshown" in slot}
