"""One view per infobox, ``record_konzeption``: a row a page, a column a field, as the pages stand now.

Beside a field that reads as a date, a number and the like stands its value in standard form, in ``…_norm``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from sqlite_utils import Database

MAX_COLUMNS = 200  # fields of one infobox, the most used first; SQLite's own limit is 2000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
MAX_VIEWS = 200  # infoboxes, the most used first


Renamed = Mapping[str, Collection[str]]


def refresh_wide_views(db: Database, renamed: Renamed | None = None) -> None:
    """Make the ``record_…`` views anew where infoboxes or fields have come or gone.

    ``renamed`` has the earlier names of fields by today's name, or by ``infobox/name``; they share its column.
    """
    wanted = _wanted(db, renamed or {})
    held: dict[str, str] = dict(
        db.execute(
            r"SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND name LIKE 'record\_%' ESCAPE '\'"
        ).fetchall()
    )
    for name in held.keys() - wanted.keys():
        db.execute(f"DROP VIEW {_quoted(name)}")
    for name, sql in wanted.items():
        if held.get(name) != sql:
            db.execute(f"DROP VIEW IF EXISTS {_quoted(name)}")
            db.execute(sql)


def _wanted(db: Database, renamed: Renamed) -> dict[str, str]:
    boxes = db.execute(
        "SELECT infobox FROM infobox_history GROUP BY infobox ORDER BY count(DISTINCT page_id) DESC, infobox LIMIT ?",
        [MAX_VIEWS],
    ).fetchall()
    views: dict[str, str] = {}
    for (box,) in boxes:
        name = view_name(str(box))
        while name in views:
            name += "_2"
        views[name] = _view_sql(db, name, str(box), renamed)
    return views


def _view_sql(db: Database, name: str, box: str, renamed: Renamed) -> str:
    fields: list[tuple[str, int]] = db.execute(
        "SELECT field, count(value_norm) > 0 FROM infobox_history WHERE infobox = ? GROUP BY field"
        " ORDER BY sum(to_rev IS NULL) DESC, count(DISTINCT page_id) DESC, field LIMIT ?",
        [box, MAX_COLUMNS],
    ).fetchall()
    typed = {field for field, is_typed in fields if is_typed}
    taken = {"page_id", "title", "instance"}
    columns = []
    for column, names in _joined([field for field, _ in fields], box, renamed).items():
        columns.append(f"  {_first_filled(db, names, 'value')} AS {_unused(column or '_', taken)}")
        if typed.intersection(names):
            columns.append(f"  {_first_filled(db, names, _NORM)} AS {_unused(f'{column}_norm', taken)}")
    return (
        f"CREATE VIEW {_quoted(name)} AS\nSELECT page_id, title, instance,\n"
        + ",\n".join(columns)
        + f"\nFROM infobox WHERE infobox = {_literal(db, box)}\nGROUP BY page_id, title, instance"
    )


# Numbers sort and add up as such.
_NORM = "CASE WHEN value_type IN ('number', 'year') THEN CAST(value_norm AS NUMERIC) ELSE value_norm END"


def _joined(fields: Sequence[str], box: str, renamed: Renamed) -> dict[str, list[str]]:
    """The fields that share a column, today's name first; a field that was never renamed has one of its own."""
    today: dict[str, str] = {}
    for key, earlier in renamed.items():
        of_box, slash, field = key.rpartition("/")
        if not slash or of_box == box:
            today |= dict.fromkeys(earlier, field)
        else:
            today |= {name: key for name in earlier if key in fields}  # a field that has a slash in its name
    columns: dict[str, list[str]] = {}
    for field in fields:
        columns.setdefault(today.get(field, field), []).append(field)
    return {column: sorted(names, key=lambda name: name != column) for column, names in columns.items()}


def _first_filled(db: Database, names: Sequence[str], value: str) -> str:
    """SQL for what the first of these fields holds that is filled."""
    held = [f"max(CASE field WHEN {_literal(db, name)} THEN {value} END)" for name in names]
    return held[0] if len(held) == 1 else "coalesce(" + ", ".join(f"nullif({each}, '')" for each in held) + ")"


def _unused(column: str, taken: set[str]) -> str:
    while column.casefold() in taken:  # SQLite compares column names without regard to case
        column += "_2"
    taken.add(column.casefold())
    return _quoted(column)


def view_name(infobox: str) -> str:
    """``record_`` and the infobox's name in lower-case ASCII letters, digits and ``_``; umlauts as ae, oe, ue."""
    name = infobox.casefold().translate(_UMLAUTS)
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "record_" + (re.sub(r"[^a-z0-9]+", "_", name).strip("_") or "unnamed")


def _quoted(name: str) -> str:
    """An SQL identifier, whatever it holds. Brackets would not do: a name may hold ``]``."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def _literal(db: Database, text: str) -> str:
    (literal,) = db.execute("SELECT quote(?)", [text]).fetchone()
    return str(literal)
