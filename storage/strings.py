"""Keeps the strings of history and changes once each, long ones as edits of one that they are like."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from storage.derived import StringList
from storage.edits import edits_between
from storage.schema_items import long_sql

LONG = 200  # characters from which a string may be kept as edits
MAX_REMEMBERED = 40_000  # strings, twice: when a generation is full, the one before it is forgotten
MAX_REMEMBERED_LENGTH = 5_000_000  # characters of a generation
MAX_LISTED = 100_000
_LIST = "\0"  # before the JSON of a list, among the strings that are remembered: it must not be kept as edits


class Strings:
    """Numbers for strings, written with ``flush``. Remembers those of late; one that is forgotten is kept twice.

    Serves one run: after a transaction that was rolled back it must not be used again.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._last = 0
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}
        self._length = 0
        self._listed: set[int] = set()  # hashes of strings that stand in a list, but have no number yet
        self._bases: dict[int, tuple[int, str]] = {}  # long strings to the whole one that their edits rest on
        self._pending: list[tuple[int, str | None, int | None, str | None]] = []

    def number(self, text: str, like: str | None = None) -> int:
        """The number of a string; ``like`` is one that was numbered before and that it may be edits of."""
        number = self._young.get(text)
        if number is not None:
            return number
        number = self._old.get(text)
        if number is None:
            number = self._add(text, like)
        self._remember(text, number)
        return number

    def list_number(self, listed: StringList) -> int:
        """The number of a list of strings: JSON of their numbers, or of strings that come for the first time."""
        elements: list[str | int | None] = []
        for text in listed.texts:
            if text is None:
                elements.append(None)
            elif not listed.leading or text in self._young or text in self._old or hash(text) in self._listed:
                elements.append(self.number(text))
            else:
                if len(self._listed) >= MAX_LISTED:
                    self._listed.clear()
                self._listed.add(hash(text))
                elements.append(text)
        kept = json.dumps(elements, ensure_ascii=False, separators=(",", ":"))
        number = self._young.get(_LIST + kept, self._old.get(_LIST + kept))
        if number is None:
            number = self._add(kept, None)
        self._remember(_LIST + kept, number)
        return number

    def optional(self, text: str | None) -> int | None:
        """The same where there may be no string."""
        return None if text is None else self.number(text)

    def _add(self, text: str, like: str | None) -> int:
        if not self._pending:  # another part of the run may have written since
            (last,) = self._db.execute("SELECT coalesce(max(string_id), 0) FROM strings").fetchone()
            self._last = int(last)
        self._last += 1
        base = edits = None
        if len(text) >= LONG:
            if like is not None and (near := self._young.get(like, self._old.get(like))) is not None:
                base = self._bases.get(near)
                edits = edits_between(base[1], text) if base else None
            self._bases[self._last] = base if base and edits else (self._last, text)
        self._pending.append((self._last, None, base[0], edits) if base and edits else (self._last, text, None, None))
        return self._last

    def _remember(self, text: str, number: int) -> None:
        self._young[text] = number
        self._length += len(text)
        if len(self._young) > MAX_REMEMBERED or self._length > MAX_REMEMBERED_LENGTH:
            self._old, self._young, self._length = self._young, {}, 0
            held = set(self._old.values())
            self._bases = {number: base for number, base in self._bases.items() if number in held}

    def load(self, numbers: Iterable[int]) -> dict[int, str]:
        """The texts of these numbers, remembered from now on."""
        rows = self._db.execute(
            f"SELECT w.value, {long_sql('w.value')}, s.base_id, b.text"
            " FROM json_each(?) w JOIN strings s ON s.string_id = w.value"
            " LEFT JOIN strings b ON b.string_id = s.base_id",
            [json.dumps(list(numbers))],
        ).fetchall()
        for number, text, base_id, base in rows:
            self._remember(text, number)
            if len(text) >= LONG:
                self._bases[number] = (base_id, base) if base_id is not None else (number, text)
        return {number: text for number, text, *_ in rows}

    def load_lists(self, numbers: Iterable[int]) -> dict[int, tuple[str | None, ...]]:
        """The lists of these numbers, remembered from now on."""
        rows = self._db.execute(
            "SELECT string_id, text FROM strings WHERE string_id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(numbers))],
        ).fetchall()
        lists: dict[int, list[str | int | None]] = {number: json.loads(kept) for number, kept in rows}
        texts = self.load({element for elements in lists.values() for element in elements if isinstance(element, int)})
        for number, kept in rows:
            self._remember(_LIST + kept, number)
        return {
            number: tuple(texts[element] if isinstance(element, int) else element for element in elements)
            for number, elements in lists.items()
        }

    def flush(self) -> None:
        """Write the strings that are new, within the transaction of the rows that name them."""
        if self._pending:
            self._db.conn.executemany(
                "INSERT INTO strings (string_id, text, base_id, edits) VALUES (?, ?, ?, ?)", self._pending
            )
            self._pending.clear()
