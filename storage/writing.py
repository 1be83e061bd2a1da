"""Writes what was derived of pages: intervals, changes, and what was read of the newest revision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from parsers.items import COLUMNS
from storage.bulk_memory import save_signatures
from storage.derived import DerivedChanges, DerivedPage, LocalStrings, Reading, Rows, StringList, Value
from storage.items import forget_page
from storage.schema_items import CHANGE, HISTORY_TABLES, ITEMS, STEP, Column
from storage.strings import Strings


def _string_positions(columns: Sequence[Column], offset: int) -> tuple[int, ...]:
    return tuple(n for n, (_, type_, _) in enumerate(columns, offset) if type_ not in ("INTEGER", "TIME"))


# Which values of a row are numbers of strings; two columns stand before an item's own and before a step's and change's.
_STRINGS_OF = {kind: _string_positions(columns, 2) for kind, (_, columns) in ITEMS.items()}
_STRINGS_OF_STEP = _string_positions(STEP, 2)
_STRINGS_OF_CHANGE = _string_positions(CHANGE, 2)
_INSERT_ITEM = {
    kind: f"INSERT INTO {kind}_items (page_id, item, {', '.join(COLUMNS[kind])}, members, from_rev, to_rev, ended_by)"
    f" VALUES ({', '.join('?' * (len(COLUMNS[kind]) + 6))})"
    for kind in HISTORY_TABLES
}
_PART_ITEM = {
    kind: f"INSERT INTO {kind}_items (page_id, item, {', '.join(COLUMNS[kind])}, members, from_rev, to_rev, began_at,"
    f" ended_by) SELECT page_id, ?, {', '.join(COLUMNS[kind])}, ?, from_rev, ?, began_at, ? FROM {kind}_items"
    " WHERE page_id = ? AND item = ?"
    for kind in HISTORY_TABLES
}


def write_page(db: Database, strings: Strings, page: DerivedPage) -> None:
    """Write what was derived of a page, within the caller's transaction."""
    if page.rebuilt:
        forget_page(db, strings, page.page_id)
    if page.reading is not None:
        _write_reading(db, strings, page.page_id, page.reading)
        strings.use_edits(page.reading.text, page.strings.made)
    numbers = _real_numbers(strings, page.strings)
    for kind, parted in page.items.parted.items():
        db.conn.executemany(_PART_ITEM[kind], parted)
    for kind, ended in page.items.ended.items():
        db.conn.executemany(
            f"UPDATE {kind}_items SET members = ?, to_rev = ?, ended_by = ? WHERE page_id = ? AND item = ?", ended
        )
    for kind, begun in page.items.begun.items():
        db.conn.executemany(_INSERT_ITEM[kind], _with_numbers(begun, _STRINGS_OF[kind], numbers))
    _write_changes(db, page.changes, numbers)
    strings.base_on(None)


def write_changes(db: Database, strings: Strings, local: LocalStrings, changes: DerivedChanges) -> None:
    """Append changes; ``change_id`` goes on from the last one."""
    _write_changes(db, changes, _real_numbers(strings, local))


def _real_numbers(strings: Strings, local: LocalStrings) -> list[int]:
    numbers = [
        strings.list_number(text) if isinstance(text, StringList) else strings.number(text, like)
        for text, like in local.texts
    ]
    strings.flush()
    return numbers


def _write_changes(db: Database, changes: DerivedChanges, numbers: Sequence[int]) -> None:
    if not changes.changes:
        return
    (last,) = db.execute("SELECT coalesce(max(last_change_id), 0) FROM change_steps").fetchone()
    for table, rows, positions in (
        ("change_steps", changes.steps, _STRINGS_OF_STEP),
        ("change_items", changes.changes, _STRINGS_OF_CHANGE),
    ):
        marks = ", ".join("?" * len(rows[0]))
        db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", _with_numbers(rows, positions, numbers, last))
    save_signatures(db, changes.signatures, last)


def _write_reading(db: Database, strings: Strings, page_id: int, reading: Reading) -> None:
    (held,) = db.execute("SELECT text FROM page_rows WHERE page_id = ?", [page_id]).fetchone()
    number = edits = None
    if reading.text is not None:
        if held is not None:
            edits = strings.edits_of(held, reading.text)
        number = strings.number(reading.text) if edits is None else held
        strings.base_on(number)
        strings.flush()
    db.execute(
        "UPDATE page_rows SET derived_rev_id = ?, parser = ?, text = ?, text_edits = ?, redirect_to = ?"
        " WHERE page_id = ?",
        [reading.rev_id, reading.parser, number, edits, reading.redirect_to, page_id],
    )
    db.execute("DELETE FROM diagnostics WHERE page_id = ?", [page_id])
    db.conn.executemany(
        "INSERT INTO diagnostics (page_id, rev_id, code, message, span) VALUES (?, ?, ?, ?, ?)",
        [(page_id, reading.rev_id, *row) for row in reading.diagnostics],
    )


def _with_numbers(
    rows: Rows, positions: Sequence[int], numbers: Sequence[int], offset: int = 0
) -> Iterable[list[Value]]:
    """Rows with the real numbers of their strings; ``offset`` is added to the first two values."""
    for row in rows:
        values = list(row)
        for position in positions:
            local = values[position]
            if local is not None:
                assert isinstance(local, int)
                values[position] = numbers[local] if local >= 0 else -numbers[~local]
        if offset:
            values[0] += offset  # type: ignore[operator]
            values[1] += offset  # type: ignore[operator]
        yield values
