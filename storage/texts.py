"""Keeps each distinct text once, compressed, as a delta to its neighbour where that is smaller.

zstandard with the neighbour as a raw-content dictionary: see "Dictionary" in RFC 8878, section 5. Chains are
bounded so that any text can be read quickly.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict, deque
from dataclasses import dataclass

import zstandard
from sqlite_utils import Database

from storage.errors import DamagedText, UnknownRevision
from storage.schema_revisions import ENCODINGS
from storage.strings import Strings

MAX_CHAIN_LENGTH = 2_000_000  # bytes to decompress for one text: a few milliseconds
MAX_CHAIN_DEPTH = 40
LEVEL = 6  # 9 takes four times as long for a hundredth less
OPENINGS = 2  # texts that a page's first one is compared with: each costs as much as compressing it
MAX_REMEMBERED = 8_000_000  # bytes of the texts that followed each other of late
MAX_REMEMBERED_LENGTH = 200_000  # bytes of one text
_CODE = {encoding: number for number, encoding in enumerate(ENCODINGS)}
_RAW = zstandard.DICT_TYPE_RAWCONTENT
# The plus keeps SQLite from putting :sha1 into the first term, which then would use no index.
BY_DIGEST = "SELECT text_id FROM text_rows WHERE substr(sha1, 1, 4) = substr(:sha1, 1, 4) AND +sha1 = :sha1"


class TextStore:
    """Saves and loads texts of one database; remembers the last ones, since neighbours follow each other."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._recent: OrderedDict[int, bytes] = OrderedDict()
        self._recent_length = 0
        self._openings: deque[int] = deque(maxlen=OPENINGS)  # the last texts that are not deltas to one of their page
        self.strings = Strings(db)  # those of the revisions that the texts belong to
        self.verify = False  # whether a text that is held already is read and, if damaged, written anew

    def save(self, text: str, neighbour_id: int | None) -> int:
        """Store a text and return its ``text_id``; ``neighbour_id`` is a text that is probably alike.

        The id of an equal text is returned when there is one.
        """
        data = text.encode("utf-8", "surrogatepass")
        digest = _digest(data)
        if known := self._db.execute(BY_DIGEST, {"sha1": digest}).fetchone():
            if self.verify:
                self._mend(int(known[0]), data)
            return int(known[0])
        packed = self._pack(data, neighbour_id)
        opens = packed.base_id is None or packed.base_id != neighbour_id
        cursor = self._db.execute(
            "INSERT INTO text_rows (sha1, length, encoding, base_id, chain_length, chain_depth, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                digest,
                len(data),
                _CODE[packed.encoding],
                packed.base_id,
                packed.chain_length,
                packed.chain_depth,
                packed.data,
            ],
        )
        assert cursor.lastrowid is not None
        if opens:
            self._openings.append(cursor.lastrowid)
        self._remember(cursor.lastrowid, data)
        return cursor.lastrowid

    def _mend(self, text_id: int, data: bytes) -> None:
        self._forget(text_id)
        try:
            self.load(text_id)
        except DamagedText:
            packed = zstandard.ZstdCompressor(level=LEVEL).compress(data)
            self._db.execute(
                "UPDATE text_rows SET encoding = ?, base_id = NULL, chain_length = ?, chain_depth = 0, length = ?,"
                " data = ? WHERE text_id = ?",
                [_CODE["zstd"], len(data), len(data), packed, text_id],
            )
            self._forget(*list(self._recent))

    def stated(self, text_id: int | None, size: int, sha1: str | None) -> tuple[int | None, bytes | str | int | None]:
        """What the wiki states of a revision's text, as ``revision_rows`` keeps it: NULL where the text says it."""
        digest: bytes | str | int | None = sha1
        if sha1 is None:
            digest = None if text_id is None else 0
        elif re.fullmatch("[0-9a-f]{40}", sha1):
            digest = bytes.fromhex(sha1)
        if text_id is None:
            return size, digest
        row = self._db.execute("SELECT length, sha1 FROM text_rows WHERE text_id = ?", [text_id]).fetchone()
        return None if row[0] == size else size, None if row[1] == digest else digest

    def load(self, text_id: int) -> str:
        """The text, exactly as stored. Raises DamagedText when its digest does not match."""
        try:
            data = self._load_bytes(text_id)
        except zstandard.ZstdError:
            data = b""
        (digest,) = self._db.execute("SELECT sha1 FROM text_rows WHERE text_id = ?", [text_id]).fetchone()
        if _digest(data) != digest:
            raise DamagedText(
                f"Text {text_id} in the database is damaged; restore the file from a backup or mirror it anew."
            )
        return data.decode("utf-8", "surrogatepass")

    def _pack(self, data: bytes, neighbour_id: int | None) -> _Packed:
        delta = None if neighbour_id is None else self._delta(data, neighbour_id, MAX_CHAIN_LENGTH, MAX_CHAIN_DEPTH)
        if delta is None:
            # Pages that were begun one after the other are often alike: the same infobox, the same headings.
            near = [
                self._delta(data, opening, MAX_CHAIN_LENGTH // 8, MAX_CHAIN_DEPTH // 4) for opening in self._openings
            ]
            delta = min((way for way in near if way is not None), key=lambda way: len(way.data), default=None)
        if delta is not None and 4 * len(delta.data) < len(data):
            return delta  # no other way comes near
        alone = _Packed("zstd", None, len(data), 0, zstandard.ZstdCompressor(level=LEVEL).compress(data))
        plain = _Packed("plain", None, len(data), 0, data)
        return min((way for way in (plain, alone, delta) if way is not None), key=lambda way: len(way.data))

    def _delta(self, data: bytes, neighbour_id: int, max_length: int, max_depth: int) -> _Packed | None:
        """The text with its neighbour as prefix, or None where the chain would grow too long."""
        length, depth = self._db.execute(
            "SELECT chain_length, chain_depth FROM text_rows WHERE text_id = ?", [neighbour_id]
        ).fetchone()
        if length + len(data) > max_length or depth >= max_depth:
            return None
        base = zstandard.ZstdCompressionDict(self._load_bytes(neighbour_id), dict_type=_RAW)
        packed = zstandard.ZstdCompressor(level=LEVEL, dict_data=base).compress(data)
        return _Packed("zstd-delta", neighbour_id, length + len(data), depth + 1, packed)

    def _load_bytes(self, text_id: int) -> bytes:
        chain = []
        content = b""
        current: int | None = text_id
        while current is not None:
            if current in self._recent:
                content = self._recent[current]
                break
            encoding, base_id, data = self._db.execute(
                "SELECT encoding, base_id, data FROM text_rows WHERE text_id = ?", [current]
            ).fetchone()
            chain.append((ENCODINGS[encoding], data))
            current = base_id
        for encoding, data in reversed(chain):
            content = _unpack(encoding, data, content)
        self._remember(text_id, content)
        return content

    def _remember(self, text_id: int, data: bytes) -> None:
        if len(data) > MAX_REMEMBERED_LENGTH:
            return
        if text_id not in self._recent:
            self._recent_length += len(data)
        self._recent[text_id] = data
        self._recent.move_to_end(text_id)
        while self._recent_length > MAX_REMEMBERED:
            _, forgotten = self._recent.popitem(last=False)
            self._recent_length -= len(forgotten)

    def _forget(self, *text_ids: int) -> None:
        for text_id in text_ids:
            self._recent_length -= len(self._recent.pop(text_id, b""))


@dataclass(frozen=True, slots=True)
class _Packed:
    """A text in one of its encodings; lengths in bytes, see the columns of ``texts``."""

    encoding: str
    base_id: int | None
    chain_length: int
    chain_depth: int
    data: bytes


def _digest(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _unpack(encoding: str, data: bytes, base: bytes) -> bytes:
    if encoding == "plain":
        return data
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompress(data)
    prefix = zstandard.ZstdCompressionDict(base, dict_type=_RAW)
    return zstandard.ZstdDecompressor(dict_data=prefix).decompress(data)


def load_revision_text(db: Database, rev_id: int) -> str:
    """The exact wikitext of a revision. Raises UnknownRevision when it is not held, and says why."""
    row = db.execute("SELECT text_id, text_state FROM revisions WHERE rev_id = ?", [rev_id]).fetchone()
    if row is None:
        raise UnknownRevision(f"There is no revision {rev_id} in this database; “status” says how far the mirror goes.")
    text_id, state = row
    if text_id is None:
        raise UnknownRevision(f"The text of revision {rev_id} is {state} on the wiki, so it cannot be shown.")
    return TextStore(db).load(text_id)
