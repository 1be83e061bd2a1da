"""Reads the API's JSON (formatversion=2) into pages, revisions and log events; a row of another shape is an error.

What the wiki hides is hidden here too, also from an account that may see it: a mirror and its reports show what the
public may read, whoever made them. Manuals: API:Revisions, API:Info, API:Logevents, Help:RevisionDelete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from parsers.wiki import LogEvent, Page, Revision
from scraper.errors import UnexpectedAnswer, one_line
from scraper.timestamps import is_time

FAULTS = (KeyError, TypeError, ValueError, AttributeError)  # what a row of another shape leads to


def number(row: Mapping[str, Any], key: str) -> int:
    """An id out of a row."""
    try:
        return _number(row[key])
    except FAULTS as error:
        raise UnexpectedAnswer(f"The wiki sent a row without {key} ({_short(row)}).") from error


def revision_ids(rows: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Ids of revisions with those of their pages, out of rows of ``list=allrevisions``."""
    return {number(r, "revid"): number(row, "pageid") for row in rows for r in row.get("revisions", [])}


def revision_times(rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The same with the times of the revisions in place of their pages."""
    return {number(r, "revid"): str(r.get("timestamp", "")) for row in rows for r in row.get("revisions", [])}


def page_of(row: Mapping[str, Any]) -> Page:
    """A row of ``prop=info`` (with ``inprop=protection``)."""
    try:
        return Page(
            page_id=_number(row["pageid"]),
            namespace=_number(row["ns"]),
            title=_text(row["title"]),
            is_redirect=bool(row.get("redirect", False)),
            content_model=_text(row["contentmodel"]),
            latest_rev_id=_number(row["lastrevid"]),
            length=_number(row["length"]),
            protection=_protection(row["protection"]) if "protection" in row else None,
        )
    except FAULTS as error:
        raise UnexpectedAnswer(f"The wiki sent a page that cannot be read ({error!r} in {_short(row)}).") from error


def _protection(rows: list[Mapping[str, Any]]) -> str:
    # What a page that includes this one passes on (cascade) is that page's protection, and changes with its text.
    rows = [row for row in rows if "source" not in row]
    rows = sorted(rows, key=lambda r: (str(r.get("type")), str(r.get("level")), str(r.get("expiry"))))
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)


def revision_of(row: Mapping[str, Any], page_id: int, *, with_text: bool = True) -> Revision:
    """A row of ``prop=revisions`` with ``rvslots=main`` (or without slots, as before 1.32).

    Without text the wiki says by its hash alone whether the text is hidden; ``text`` is then None in any state.
    """
    try:
        slot = row["slots"].get("main", row) if row.get("slots") else row
        text = slot.get("content")
        hidden = any(part.get(key) for part in (slot, row) for key in ("texthidden", "sha1hidden"))
        missing = any(part.get(key) for part in (slot, row) for key in ("textmissing", "missing", "slotsmissing"))
        if with_text and text is None and not hidden and not missing:
            raise KeyError("content")
        sha1 = None if hidden else slot.get("sha1", row.get("sha1")) or None
        user_hidden = bool(row.get("userhidden"))
        comment_hidden = bool(row.get("commenthidden"))
        return Revision(
            rev_id=_number(row["revid"]),
            page_id=page_id,
            parent_id=_number(row.get("parentid", 0)) or None,
            timestamp=_time(row["timestamp"]),
            user=None if user_hidden else _text(row["user"]),
            user_id=None if user_hidden else _number(row["userid"]),
            comment=None if comment_hidden else _text(row["comment"]),
            minor=bool(row.get("minor", False)),
            size=_number(row.get("size", 0)),
            sha1=sha1 and _text(sha1),
            content_model=_text(slot.get("contentmodel", row.get("contentmodel", "wikitext"))),
            tags=tuple(sorted(map(_text, row.get("tags", [])))),
            text_state="hidden" if hidden else "missing" if missing else "present",
            user_hidden=user_hidden,
            comment_hidden=comment_hidden,
            text=None if hidden or text is None else _text(text),
        )
    except FAULTS as error:
        raise UnexpectedAnswer(f"The wiki sent a revision that cannot be read ({error!r} in {_short(row)}).") from error


def log_event_of(row: Mapping[str, Any]) -> LogEvent:
    """A row of ``list=logevents``; parts that the wiki hides are None."""
    action_hidden = row.get("actionhidden")
    try:
        return LogEvent(
            log_id=_number(row["logid"]),
            type=_text(row.get("type", "")),
            action=_text(row.get("action", "")),
            timestamp=_time(row["timestamp"]),
            user=None if row.get("userhidden") else _optional(row, "user"),
            title=None if action_hidden else _optional(row, "title"),
            # logpage is what was written then, pageid who bears the title today
            page_id=None if action_hidden else _number(row.get("logpage", row.get("pageid", 0))) or None,
            params=json.dumps({} if action_hidden else _params(row), ensure_ascii=False, sort_keys=True),
            comment=None if row.get("commenthidden") else _optional(row, "comment"),
        )
    except FAULTS as error:
        raise UnexpectedAnswer(
            f"The wiki sent a log entry that cannot be read ({error!r} in {_short(row)})."
        ) from error


def log_events_of(result: Mapping[str, Any]) -> list[LogEvent]:
    """The log entries of an answer, without those of the log of suppressions, which only some accounts may see."""
    return [log_event_of(row) for row in result.get("logevents", []) if row.get("type") != "suppress"]


def text_is_exact(revision: Revision) -> bool:
    """Whether the text has the digest that the wiki states; the API normalises texts to NFC, the wiki does not."""
    if revision.text is None or revision.sha1 is None:
        return True
    data = revision.text.encode("utf-8", "surrogatepass")
    return hashlib.sha1(data, usedforsecurity=False).hexdigest() == revision.sha1


def _number(value: object) -> int:
    """An integer that SQLite can hold; some versions of MediaWiki send ids as strings."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no number")
    found = int(value)
    if not -(2**63) <= found < 2**63:
        raise ValueError(f"{value!r} is too large")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _optional(row: Mapping[str, Any], key: str) -> str | None:
    return _text(row[key]) if key in row else None


def _time(value: object) -> str:
    if not is_time(value):
        raise ValueError(f"{value!r} is no time")
    return _text(value)


def _params(row: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a log entry; PHP writes an object without keys as a list."""
    params = row.get("params", {}) or {}
    if not isinstance(params, dict):
        raise TypeError(f"{params!r} is no object")
    return params


def _short(row: Mapping[str, Any]) -> str:
    if not isinstance(row, Mapping):
        return one_line(repr(row))
    plain = {k: v for k, v in row.items() if k not in ("slots", "revisions")}
    return one_line(json.dumps(plain, ensure_ascii=False))
