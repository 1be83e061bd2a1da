"""How well infoboxes are filled, which of their fields look wrong, and which pages could not be read whole."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

from storage.errors import StorageError


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """One field of an infobox, as ``coverage_fields`` explains it; ``percent`` is None where the box is on no page."""

    infobox: str
    field: str
    boxes: int
    pages: int
    filled: int
    percent: float | None
    pages_ever: int
    first_at: str
    last_at: str | None
    near: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class BoxCoverage:
    """One infobox with its fields, the best filled first."""

    infobox: str
    pages: int
    pages_ever: int
    first_at: str
    fields: tuple[FieldCoverage, ...]


@dataclass(frozen=True, slots=True)
class PageDiagnostic:
    """What could not be read on a page as it stands now, ``occurrences`` times."""

    title: str
    rev_id: int
    code: str
    occurrences: int
    message: str
    infoboxes: tuple[str, ...]


def infobox_names(db: Database) -> list[str]:
    """The names of all infoboxes that any page ever had, the most used first. Raises StorageError for an older file."""
    if "coverage_infoboxes" not in db.view_names():
        raise StorageError("The database was made by an older version of wikitrail; make it anew with sync or import.")
    rows = db.execute("SELECT infobox FROM coverage_infoboxes ORDER BY pages DESC, pages_ever DESC, infobox")
    return [str(row[0]) for row in rows.fetchall()]


def load_coverage(db: Database, names: Collection[str]) -> list[BoxCoverage]:
    """The infoboxes of these names, the most used first, with all fields that they ever had."""
    wanted = [json.dumps(list(names))]
    fields = [
        FieldCoverage(*row)
        for row in db.execute(
            "SELECT infobox, field, boxes, pages, filled, percent, pages_ever, first_at, last_at, near, remark"
            " FROM coverage_fields WHERE infobox IN (SELECT value FROM json_each(?))"
            " ORDER BY filled DESC, pages DESC, pages_ever DESC, field",
            wanted,
        ).fetchall()
    ]
    boxes = db.execute(
        "SELECT infobox, pages, pages_ever, first_at FROM coverage_infoboxes"
        " WHERE infobox IN (SELECT value FROM json_each(?)) ORDER BY pages DESC, pages_ever DESC, infobox",
        wanted,
    ).fetchall()
    return [
        BoxCoverage(name, pages, pages_ever, first_at, tuple(field for field in fields if field.infobox == name))
        for name, pages, pages_ever, first_at in boxes
    ]


def load_page_diagnostics(db: Database, names: Collection[str] | None) -> list[PageDiagnostic]:
    """The diagnostics of all live pages, or of those with an infobox of these names, by page."""
    rows = db.execute(
        "SELECT title, rev_id, code, occurrences, message, infoboxes FROM coverage_diagnostics ORDER BY title, code"
    ).fetchall()
    found = [
        PageDiagnostic(title, rev_id, code, times, message, tuple(json.loads(boxes)))
        for title, rev_id, code, times, message, boxes in rows
    ]
    return [one for one in found if names is None or set(one.infoboxes) & set(names)]
