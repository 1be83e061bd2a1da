"""Keeps each distinct text once, compressed, as a delta to its neighbour where that is smaller.

zstandard with the neighbour as a raw-content dictionary: see "Dictionary" in RFC 8878, section 5. Chains are
bounded so that any text can be read quickly.
"""

from __future__ import annotations

import hashlib

import zstandard
from sqlite_utils import Database

from storage.errors import DamagedText, UnknownRevision

MAX_CHAIN_LENGTH = 2_000_000  # bytes to decompress for one text: a few milliseconds
MAX_CHAIN_DEPTH = 40
LEVEL = 9
_RAW = zstandard.DICT_TYPE_RAWCONTENT


def save_text(db: Database, text: str, neighbour_id: int | None) -> int:
    """Store a text and return its ``text_id``; ``neighbour_id`` is a text that is probably alike.

    The id of an equal text is returned when there is one.
    """
    data = text.encode("utf-8", "surrogatepass")
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    if known := db.execute("SELECT text_id FROM texts WHERE sha1 = ?", [digest]).fetchone():
        return int(known[0])
    encoding, packed = "zstd", zstandard.ZstdCompressor(level=LEVEL).compress(data)
    base_id, chain_length, chain_depth = None, len(data), 0
    if neighbour_id is not None and (delta := _delta(db, data, neighbour_id)) and len(delta[0]) < len(packed):
        encoding, base_id, (packed, chain_length, chain_depth) = "zstd-delta", neighbour_id, delta
    if len(data) <= len(packed):
        encoding, base_id, packed, chain_length, chain_depth = "plain", None, data, len(data), 0
    cursor = db.execute(
        "INSERT INTO texts (sha1, length, encoding, base_id, chain_length, chain_depth, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [digest, len(data), encoding, base_id, chain_length, chain_depth, packed],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _delta(db: Database, data: bytes, neighbour_id: int) -> tuple[bytes, int, int] | None:
    """The delta with its chain's length and depth, or None where the chain would grow too long."""
    length, depth = db.execute(
        "SELECT chain_length, chain_depth FROM texts WHERE text_id = ?", [neighbour_id]
    ).fetchone()
    if length + len(data) > MAX_CHAIN_LENGTH or depth >= MAX_CHAIN_DEPTH:
        return None
    base = zstandard.ZstdCompressionDict(_load_bytes(db, neighbour_id), dict_type=_RAW)
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=base)
    return compressor.compress(data), length + len(data), depth + 1


def load_text(db: Database, text_id: int) -> str:
    """The text, exactly as stored. Raises DamagedText when its digest does not match."""
    data = _load_bytes(db, text_id)
    (digest,) = db.execute("SELECT sha1 FROM texts WHERE text_id = ?", [text_id]).fetchone()
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != digest:
        raise DamagedText(
            f"Text {text_id} in the database is damaged; restore the file from a backup or mirror it anew."
        )
    return data.decode("utf-8", "surrogatepass")


def _load_bytes(db: Database, text_id: int) -> bytes:
    chain = []
    current: int | None = text_id
    while current is not None:
        encoding, base_id, data = db.execute(
            "SELECT encoding, base_id, data FROM texts WHERE text_id = ?", [current]
        ).fetchone()
        chain.append((encoding, data))
        current = base_id
    content = b""
    for encoding, data in reversed(chain):
        content = _unpack(encoding, data, content)
    return content


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
    return load_text(db, text_id)
