"""One view per infobox, ``record_konzeption``: a row a page, a column a field, as the pages stand now."""

from __future__ import annotations

import re
import unicodedata

from sqlite_utils import Database

MAX_COLUMNS = 200  # fields of one infobox, the most used first; SQLite's own limit is 2000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
MAX_VIEWS = 200  # infoboxes, the most used first


def refresh_wide_views(db: Database) -> None:
    """Make the ``record_…`` views anew where infoboxes or fields have come or gone."""
    wanted = _wanted(db)
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


def _wanted(db: Database) -> dict[str, str]:
    boxes = db.execute(
        "SELECT infobox FROM infobox_history GROUP BY infobox ORDER BY count(DISTINCT page_id) DESC, infobox LIMIT ?",
        [MAX_VIEWS],
    ).fetchall()
    views: dict[str, str] = {}
    for (box,) in boxes:
        name = view_name(str(box))
        while name in views:
            name += "_2"
        views[name] = _view_sql(db, name, str(box))
    return views


def _view_sql(db: Database, name: str, box: str) -> str:
    fields = db.execute(
        "SELECT field FROM infobox_history WHERE infobox = ? GROUP BY field"
        " ORDER BY sum(to_rev IS NULL) DESC, count(DISTINCT page_id) DESC, field LIMIT ?",
        [box, MAX_COLUMNS],
    ).fetchall()
    taken = {"page_id", "title", "instance"}
    columns = []
    for (field,) in fields:
        column = str(field) or "_"
        while column.casefold() in taken:  # SQLite compares column names without regard to case
            column += "_2"
        taken.add(column.casefold())
        columns.append(f"  max(CASE field WHEN {_literal(db, str(field))} THEN value END) AS {_quoted(column)}")
    return (
        f"CREATE VIEW {_quoted(name)} AS\nSELECT page_id, title, instance,\n"
        + ",\n".join(columns)
        + f"\nFROM infobox WHERE infobox = {_literal(db, box)}\nGROUP BY page_id, title, instance"
    )


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
