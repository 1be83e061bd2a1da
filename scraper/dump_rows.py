"""Turns the elements of an XML export into pages, revisions and log events (Help:Export, export-0.11.xsd)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from parsers.wiki import LogEvent, Page, Revision
from scraper.timestamps import is_time

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class BadRow(Exception):
    """An element that lacks what it must have, or holds nonsense; the message says what."""


@dataclass(frozen=True, slots=True)
class PageHead:
    """What an export says of a page before its revisions."""

    page_id: int
    namespace: int
    title: str
    is_redirect: bool

    def page(self, revisions: Sequence[Revision]) -> Page:
        """The page, the newest of these revisions taken for its current one: an export does not say which is."""
        newest = max(revisions, key=lambda revision: (revision.timestamp, revision.rev_id))
        return Page(
            page_id=self.page_id,
            namespace=self.namespace,
            title=self.title,
            is_redirect=self.is_redirect,
            content_model=newest.content_model,
            latest_rev_id=newest.rev_id,
            length=newest.size,
        )


@dataclass(frozen=True, slots=True)
class DumpedRevision:
    """A revision and what is odd about it: its text has another hash or length than is stated; further slots' roles."""

    revision: Revision
    differs: bool
    other_slots: tuple[str, ...]


Parts = dict[str, etree._Element]


def _parts(element: etree._Element) -> Parts:
    """The children by local name; of several with one name the first."""
    parts: Parts = {}
    for child in element.iterchildren("*"):
        parts.setdefault(str(child.tag).rpartition("}")[2], child)
    return parts


def _text(parts: Parts, name: str) -> str | None:
    child = parts.get(name)
    return None if child is None else (child.text or "")


def _number(text: str | None, what: str) -> int:
    """A number as SQLite can hold it; 0 where there is none."""
    if not text:
        return 0
    if not re.fullmatch(r"\s*-?\d{1,18}\s*", text, re.ASCII):
        raise BadRow(f"its {what} is “{text[:40]}”")
    return int(text)


def siteinfo_of(element: etree._Element) -> dict[str, Any]:
    """``<siteinfo>`` in the shape of the API's ``query`` object, as far as an export has it."""
    parts, parent = _parts(element), element.getparent()
    general = {
        "sitename": _text(parts, "sitename"),
        "wikiid": _text(parts, "dbname"),
        "base": _text(parts, "base"),
        "generator": _text(parts, "generator"),
        "case": _text(parts, "case"),
        "lang": parent.get(_XML_LANG) if parent is not None else None,
    }
    return {
        "general": {key: value for key, value in general.items() if value},
        "namespaces": {
            row.get("key", ""): {
                "id": _number(row.get("key"), "namespace"), "name": row.text or "", "case": row.get("case", "")
            }
            for row in parts.get("namespaces", ())
        },
    }  # fmt: skip


def page_head_of(element: etree._Element) -> PageHead:
    """What stands at the beginning of ``<page>``. Raises BadRow where id or title is missing."""
    parts = _parts(element)
    head = PageHead(
        page_id=_number(_text(parts, "id"), "id"),
        namespace=_number(_text(parts, "ns"), "namespace"),
        title=(_text(parts, "title") or "").replace("_", " "),
        is_redirect="redirect" in parts,
    )
    if head.page_id <= 0 or not head.title:
        raise BadRow("it has no id or no title")
    return head


def revision_of(element: etree._Element, page_id: int) -> DumpedRevision:
    """``<revision>`` with its main slot. Raises BadRow where id or time is missing.

    ``sha1`` is what the export states (else of the text as it stands here), since that is what the wiki has.
    """
    parts = _parts(element)
    rev_id, timestamp = _number(_text(parts, "id"), "id"), (_text(parts, "timestamp") or "").strip()
    if rev_id <= 0 or not is_time(timestamp):
        raise BadRow("it has no id or no time")
    slot, comment = parts.get("text"), parts.get("comment")
    others = tuple(_text(_parts(child), "role") or "" for child in element.iterchildren("{*}content"))
    hidden = slot is not None and slot.get("deleted") is not None
    size, text = _content(slot)
    data = (text or "").encode("utf-8", "surrogatepass")
    ours = hashlib.sha1(data, usedforsecurity=False).hexdigest() if text is not None else None
    # The revision's own hash is that of the main slot only where there is no other slot (Manual:Revision table).
    stated = None if hidden or slot is None else _hex_digest(slot.get("sha1") or (not others and _text(parts, "sha1")))
    user, user_id = contributor_of(parts.get("contributor"))
    comment_hidden = comment is not None and comment.get("deleted") is not None
    revision = Revision(
        rev_id=rev_id,
        page_id=page_id,
        parent_id=_number(_text(parts, "parentid"), "parent") or None,
        timestamp=timestamp,
        user=user,
        user_id=user_id,
        comment=None if comment_hidden else _text(parts, "comment") or "",
        minor="minor" in parts,
        size=size if size is not None else len(data),
        sha1=stated or ours,
        content_model=_text(parts, "model") or "wikitext",
        tags=(),
        text_state="hidden" if hidden else "missing" if text is None else "present",
        user_hidden=user is None,
        comment_hidden=comment_hidden,
        text=text,
    )
    differs = text is not None and (stated not in (None, ours) or size not in (None, len(data)))
    return DumpedRevision(revision, differs, others)


def _content(slot: etree._Element | None) -> tuple[int | None, str | None]:
    """Stated length and text of a slot; None for a text that is hidden, or that a stub only refers to."""
    if slot is None:
        return None, None
    stated = slot.get("bytes")
    size = None if stated is None else _number(stated, "length")
    if slot.get("deleted") is not None:
        return size, None
    if len(slot):
        raise BadRow("its text holds XML elements, whose signs were not escaped")
    refers = slot.get("location") is not None or slot.get("id") is not None
    if not slot.text and (size or (size is None and refers)):
        return size, None
    return size, slot.text or ""


def _hex_digest(stated: str | bool | None) -> str | None:
    """A SHA-1 as exports state it (31 digits of base 36; some tools write hex) in hex; None where there is none."""
    try:
        number = int(stated, 16 if len(stated) == 40 else 36) if isinstance(stated, str) and stated else None
    except ValueError:
        return None
    return None if number is None or number < 0 or number >> 160 else f"{number:040x}"


def contributor_of(element: etree._Element | None) -> tuple[str | None, int | None]:
    """Name (or address) and id of who made it; both None when hidden."""
    if element is None or element.get("deleted") is not None:
        return None, None
    parts = _parts(element)
    return _text(parts, "username") or _text(parts, "ip") or "", _number(_text(parts, "id"), "user id")


def log_event_of(element: etree._Element) -> LogEvent:
    """``<logitem>``; parts that the wiki hides are None. Raises BadRow where id or time is missing."""
    parts = _parts(element)
    log_id, timestamp = _number(_text(parts, "id"), "id"), (_text(parts, "timestamp") or "").strip()
    if log_id <= 0 or not is_time(timestamp):
        raise BadRow("it has no id or no time")
    kind, raw, comment = _text(parts, "type") or "", _text(parts, "params") or "", parts.get("comment")
    return LogEvent(
        log_id=log_id,
        type=kind,
        action=_text(parts, "action") or "",
        timestamp=timestamp,
        user=contributor_of(parts.get("contributor"))[0],
        title=(_text(parts, "logtitle") or "").replace("_", " ") or None,
        page_id=None,
        params=json.dumps(_log_params(kind, raw), ensure_ascii=False, sort_keys=True),
        comment=None if comment is not None and comment.get("deleted") is not None else _text(parts, "comment") or "",
    )


def _log_params(kind: str, raw: str) -> dict[str, str]:
    """What the mirror reads of an entry's details, under the API's names; the rest stays as it is written."""
    if kind == "move" and raw:
        return {"target_title": _php_string(raw, "4::target") or raw.split("\n")[0]}
    if kind == "protect" and (limits := _php_string(raw, "4::description")):
        return {"description": limits}
    return {"raw": raw} if raw else {}


def _php_string(raw: str, key: str) -> str | None:
    """A string of a log entry's details: PHP-serialised since 1.19, lines before that (Manual:Logging table)."""
    data = raw.encode()
    found = re.search(rf'"{re.escape(key)}";s:(\d+):"'.encode(), data)
    return data[found.end() : found.end() + int(found[1])].decode(errors="replace") if found else None
