"""What a MediaWiki really holds, read from its own SQLite database: the truth to compare a mirror with."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypedDict


class TruePage(TypedDict):
    """A live page; ``title`` is the full title with spaces and the wiki's own namespace name."""

    page_id: int
    namespace: int
    title: str
    is_redirect: bool
    latest_rev_id: int
    length: int
    content_model: str


class TrueRevision(TypedDict):
    """A revision. ``deleted`` has bits 1 text, 2 comment, 4 user, 8 suppressed; nothing is left out for them.

    ``text`` holds the exact bytes of the main slot, ``sha1`` their hex digest; ``parent_id`` is 0 for a
    first one.
    """

    rev_id: int
    page_id: int
    parent_id: int
    timestamp: str
    user: str
    comment: str
    minor: bool
    deleted: int
    content_model: str
    sha1: str
    text: bytes


class TrueLogEvent(TypedDict):
    """A log entry; ``page_id`` is 0 where there is none."""

    log_id: int
    type: str
    action: str
    timestamp: str
    user: str
    title: str
    page_id: int
    comment: str
    deleted: int


class Truth(TypedDict):
    """Everything, each list in the order of its ids. ``archived`` are the revisions of deleted pages."""

    pages: list[TruePage]
    revisions: list[TrueRevision]
    archived: list[TrueRevision]
    log: list[TrueLogEvent]


# Until 1.39 a table between held the comments of revisions, until 1.35 the actors; the column is 0 then.
_BETWEEN = {
    "revision_comment_temp": ("rev_comment_id", "revcomment_rev", "revcomment_comment_id"),
    "revision_actor_temp": ("rev_actor", "revactor_rev", "revactor_actor"),
}

_REVISIONS = """
select r.rev_id, r.rev_page, r.rev_parent_id, r.rev_timestamp, a.actor_name, m.comment_text, r.rev_minor_edit,
       r.rev_deleted, cm.model_name, c.content_sha1, c.content_address
from revision r
join actor a on a.actor_id = {rev_actor}
join comment m on m.comment_id = {rev_comment_id}
join slots s on s.slot_revision_id = r.rev_id
join slot_roles sr on sr.role_id = s.slot_role_id and sr.role_name = 'main'
join content c on c.content_id = s.slot_content_id
join content_models cm on cm.model_id = c.content_model
order by r.rev_id
"""

_ARCHIVED = """
select r.ar_rev_id, r.ar_page_id, r.ar_parent_id, r.ar_timestamp, a.actor_name, m.comment_text,
       r.ar_minor_edit, r.ar_deleted, cm.model_name, c.content_sha1, c.content_address
from archive r
join actor a on a.actor_id = r.ar_actor
join comment m on m.comment_id = r.ar_comment_id
join slots s on s.slot_revision_id = r.ar_rev_id
join slot_roles sr on sr.role_id = s.slot_role_id and sr.role_name = 'main'
join content c on c.content_id = s.slot_content_id
join content_models cm on cm.model_id = c.content_model
order by r.ar_rev_id
"""

_LOG = """
select l.log_id, l.log_type, l.log_action, l.log_timestamp, a.actor_name, l.log_namespace, l.log_title,
       l.log_page, m.comment_text, l.log_deleted
from logging l
join actor a on a.actor_id = l.log_actor
join comment m on m.comment_id = l.log_comment_id
order by l.log_id
"""

_PAGES = """
select page_id, page_namespace, page_title, page_is_redirect, page_latest, page_len, page_content_model
from page order by page_id
"""


def read_truth(db_path: Path, namespaces: dict[int, str], fetch_text: Callable[[bytes], bytes]) -> Truth:
    """Read the database at ``db_path``; ``fetch_text`` is MediaWiki's script: addresses in, texts out.

    Raises ValueError for a text that cannot be read, or whose hash is not the one that the wiki keeps.
    """
    with closing(sqlite3.connect(f"file:{db_path}?mode=ro", uri=True, timeout=20)) as connection:
        connection.text_factory = bytes  # the wiki stores strings as text here and as blobs there
        texts = _Texts(connection, fetch_text)
        return {
            "pages": list(_pages(connection, namespaces)),
            "revisions": [_revision(row, texts) for row in connection.execute(_revisions(connection))],
            "archived": [_revision(row, texts) for row in connection.execute(_ARCHIVED)],
            "log": list(_log(connection, namespaces)),
        }


def _revisions(connection: sqlite3.Connection) -> str:
    """The query for revisions, as this version of MediaWiki stores who made them and their comments."""
    tables = {_string(name) for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    columns = {column: f"r.{column}" for column, _, _ in _BETWEEN.values()}
    for table, (column, key, value) in _BETWEEN.items():
        if table in tables:
            columns[column] = f"coalesce(nullif(r.{column}, 0), (select {value} from {table} where {key} = r.rev_id))"
    return _REVISIONS.format_map(columns)


class _Texts:
    """Texts by content address, as Manual:Text_table describes them."""

    def __init__(self, connection: sqlite3.Connection, fetch_text: Callable[[bytes], bytes]) -> None:
        self._connection = connection
        self._fetch_text = fetch_text

    def read(self, address: str) -> bytes:
        kind, _, key = address.partition(":")
        if kind != "tt":
            raise ValueError(f"content address {address!r} is not one of the text table")
        data, flags = self._connection.execute(
            "select old_text, old_flags from text where old_id = ?", (int(key),)
        ).fetchone()
        known = set(_string(flags).split(",")) - {""}
        if known & {
            "object",
            "external",
        }:  # serialised PHP objects, which hold several texts or point elsewhere
            return self._from_script(address)
        if "gzip" in known:
            return zlib.decompress(data, wbits=-15)
        return bytes(data)

    def _from_script(self, address: str) -> bytes:
        name, length, text = self._fetch_text(f"{address}\n".encode()).split(b"\n", 2)
        if name.decode() != address or int(length) != len(text):
            raise ValueError(f"text {address} cannot be read: {name!r}, length {length!r}, got {len(text)} bytes")
        return text


def _pages(connection: sqlite3.Connection, namespaces: dict[int, str]) -> Iterator[TruePage]:
    for page_id, namespace, title, is_redirect, latest, length, model in connection.execute(_PAGES):
        yield {
            "page_id": page_id,
            "namespace": namespace,
            "title": _full_title(namespace, title, namespaces),
            "is_redirect": bool(is_redirect),
            "latest_rev_id": latest,
            "length": length,
            "content_model": _string(model) or "wikitext",
        }


def _revision(
    row: tuple[int, int, int, bytes, bytes, bytes, int, int, bytes, bytes, bytes], texts: _Texts
) -> TrueRevision:
    rev_id, page_id, parent_id, timestamp, user, comment, minor, deleted, model, kept_sha1, address = row
    text = texts.read(_string(address))
    sha1 = hashlib.sha1(text).hexdigest()
    if int(sha1, 16) != int(kept_sha1, 36):
        raise ValueError(f"revision {rev_id}: text of hash {sha1}, but the wiki keeps another one")
    return {
        "rev_id": rev_id,
        "page_id": page_id,
        "parent_id": parent_id or 0,
        "timestamp": _iso(timestamp),
        "user": _string(user),
        "comment": _string(comment),
        "minor": bool(minor),
        "deleted": deleted,
        "content_model": _string(model),
        "sha1": sha1,
        "text": text,
    }


def _log(connection: sqlite3.Connection, namespaces: dict[int, str]) -> Iterator[TrueLogEvent]:
    for (
        log_id,
        kind,
        action,
        timestamp,
        user,
        namespace,
        title,
        page_id,
        comment,
        deleted,
    ) in connection.execute(_LOG):
        yield {
            "log_id": log_id,
            "type": _string(kind),
            "action": _string(action),
            "timestamp": _iso(timestamp),
            "user": _string(user),
            "title": _full_title(namespace, title, namespaces),
            "page_id": page_id or 0,
            "comment": _string(comment),
            "deleted": deleted,
        }


def _string(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


def _full_title(namespace: int, title: bytes | str, namespaces: dict[int, str]) -> str:
    prefix = namespaces[namespace]
    name = _string(title).replace("_", " ")
    return f"{prefix}:{name}" if prefix else name


def _iso(timestamp: bytes | str) -> str:
    """MediaWiki's 14 digits, always UTC (Manual:Timestamp), as ISO 8601."""
    t = _string(timestamp)
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}Z"
