"""A diff page as JSON-ready values: keys always present, spans as two-element lists."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from parsers.diff_apply import hunk_words
from parsers.diff_feed import FeedEntry
from parsers.diff_model import DiffLine, DiffPage, DiffRevision, DiffRow, Hunk, row_words
from parsers.words import Segment


def diff_to_json(page: DiffPage) -> dict[str, Any]:
    """The diff in the form that ``wikitrail parse --diff`` prints; docs/diff-page.md explains each key."""
    return {
        "state": page.state,
        "layout": page.layout,
        "engine": page.engine,
        "old": _revision(page.old),
        "new": _revision(page.new),
        "hunks": [_hunk(hunk) for hunk in page.hunks],
        "notices": list(page.notices),
        "diagnostics": [asdict(found) for found in page.diagnostics],
    }


def feed_to_json(entries: tuple[FeedEntry, ...]) -> list[dict[str, Any]]:
    """The entries of a feed, each with its diff, or null where it brings none."""
    return [
        {
            "title": entry.title,
            "url": entry.url,
            "old_id": entry.old_id,
            "new_id": entry.new_id,
            "timestamp": entry.timestamp,
            "user": entry.user,
            "diff": None if entry.diff is None else diff_to_json(entry.diff),
            "error": entry.error,
        }
        for entry in entries
    ]


def _revision(revision: DiffRevision | None) -> dict[str, Any] | None:
    return None if revision is None else asdict(revision) | {"tags": list(revision.tags)}


def _hunk(hunk: Hunk) -> dict[str, Any]:
    return {
        "slot": hunk.slot,
        "old_start": hunk.old_start,
        "new_start": hunk.new_start,
        "words": _words(hunk_words(hunk)),
        "rows": [_row(row) for row in hunk.rows],
    }


def _row(row: DiffRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "old": _line(row.old),
        "new": _line(row.new),
        "words": _words(row_words(row)),
        "anchor": row.anchor,
        "partner": row.partner,
    }


def _words(segments: list[Segment]) -> list[dict[str, str]]:
    return [{"op": op, "text": text} for op, text in segments]


def _line(line: DiffLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {"number": line.number, "text": line.text, "marked": [list(span) for span in line.marked]}
