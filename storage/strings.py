"""Keeps the strings of history and changes once each, long ones as edits of one that they are like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from storage.derived import StringList, as_in_lists, edits_of_page
from storage.edits import LONG, edits_between
from storage.schema_items import list_sql, string_sql

MAX_REMEMBERED = 20_000  # strings, twice: when a generation is full, the one before it is forgotten
MAX_REMEMBERED_LENGTH = 3_000_000  # characters of a generation
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
        self._page: tuple[int, str] | None = None  # a whole string that strings of the page at hand are edits of
        self._listed_page: str | None = None  # the same with separators as in lists
        self._made: Mapping[str | StringList, str | None] = {}  # edits of the page's text that were made elsewhere
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
        if listed.leading and self._page is not None and self._listed_page is not None:
            kept = listed.as_json()
            number = self._young.get(_LIST + kept, self._old.get(_LIST + kept))
            if number is None:
                edits = self._edits_of_page(listed)
                if edits is not None:
                    number = self._append(None, self._page[0], edits)
            if number is not None:
                self._remember(_LIST + kept, number)
                return number
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
            number = self._append(kept, None, None)
        self._remember(_LIST + kept, number)
        return number

    def optional(self, text: str | None) -> int | None:
        """The same where there may be no string."""
        return None if text is None else self.number(text)

    def _add(self, text: str, like: str | None) -> int:
        number = self._next()
        base: tuple[int, str] | None = None
        edits: str | None = None
        if len(text) >= LONG:
            base, edits = self._edits(text, like)
            self._bases[number] = base if base and edits else (number, text)
        self._pending.append((number, None, base[0], edits) if base and edits else (number, text, None, None))
        return number

    def _append(self, text: str | None, base_id: int | None, edits: str | None) -> int:
        number = self._next()
        self._pending.append((number, text, base_id, edits))
        return number

    def _next(self) -> int:
        if not self._pending:  # another part of the run may have written since
            (last,) = self._db.execute("SELECT coalesce(max(string_id), 0) FROM strings").fetchone()
            self._last = int(last)
        self._last += 1
        return self._last

    def _edits(self, text: str, like: str | None) -> tuple[tuple[int, str] | None, str | None]:
        """A whole string and the edits that make this text of it, where they are much shorter."""
        near = None if like is None else self._young.get(like, self._old.get(like))
        found: tuple[tuple[int, str] | None, str | None] = (None, None)
        most = len(text) // 2
        for base in dict.fromkeys((self._page, None if near is None else self._bases.get(near))):
            if base is not None and 4 * most > len(text):
                edits = self._edits_of_page(text) if base is self._page else edits_between(base[1], text, most)
                if edits is not None:
                    found, most = (base, edits), len(edits)
        return found

    def _edits_of_page(self, text: str | StringList) -> str | None:
        if text in self._made:
            return self._made[text]
        assert self._page is not None
        assert self._listed_page is not None
        return edits_of_page(self._page[1], self._listed_page, text)

    def base_on(self, number: int | None) -> None:
        """What is kept next is likely to stand in this string, the text of a page."""
        self._page = None if number is None else self._bases.get(number)
        self._listed_page = None if self._page is None else as_in_lists(self._page[1])
        self._made = {}

    def rests_on(self, text: str | None) -> bool:
        """Whether the page that was named with ``base_on`` has this text."""
        return self._page is not None and self._page[1] == text

    def use_edits(self, text: str | None, made: Mapping[str | StringList, str | None]) -> None:
        """Take edits that ``LocalStrings.make_edits`` made of a text, if that is the page's."""
        if self.rests_on(text):
            self._made = made

    def edits_of(self, number: int, text: str) -> str | None:
        """The edits that make a text of a string, if they are short and that string is kept whole."""
        if number not in self._bases:
            self.load([number])
        base_id, base = self._bases.get(number, (None, ""))
        return edits_between(base, text) if base_id == number else None

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
            f"SELECT w.value, {string_sql('w.value')}, s.base_id, b.text"
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
            f"SELECT w.value, {list_sql('w.value')} FROM json_each(?) w", [json.dumps(list(numbers))]
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
