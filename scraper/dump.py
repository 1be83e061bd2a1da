"""Reads MediaWiki XML exports as a stream: plain, .gz, .bz2 or .zst; schema versions 0.10 and 0.11 (Help:Export).

Entities are off, the tree is cleared as it is read, and memory stays flat however long the file is.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import zstandard
from lxml import etree

from parsers.wiki import LogEvent, Page, Revision
from scraper.errors import DumpError

BATCH = 200  # revisions handed out at once


@dataclass(frozen=True, slots=True)
class DumpSite:
    """The dump's ``<siteinfo>`` in the shape of the API's ``query`` object, as far as a dump has it."""

    siteinfo: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DumpPage:
    """A page with some of its revisions; ``last`` with the final ones of the page."""

    page: Page
    revisions: tuple[Revision, ...]
    last: bool


Stream = BinaryIO | gzip.GzipFile | bz2.BZ2File
DumpPart = DumpSite | DumpPage | LogEvent


def read_dump(path: Path) -> Iterator[DumpPart]:
    """The parts of an export in the order of the file.

    Raises DumpError for a file that is missing, no XML, no MediaWiki export, or cut off; what stood before the
    fault has been yielded by then.
    """
    try:
        with _open(path) as stream:
            yield from _parts(stream, path)
    except FileNotFoundError as error:
        raise DumpError(f"There is no file {path}; check the name.") from error
    except IsADirectoryError as error:
        raise DumpError(f"{path} is a folder; name the XML files in it.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        raise DumpError(f"{path} is cut off or damaged ({error}); fetch it again.") from error
    except OSError as error:
        raise DumpError(f"{path} cannot be read ({error.strerror or error}).") from error
    except etree.XMLSyntaxError as error:
        raise DumpError(f"{path} is cut off or no XML (line {error.lineno}: {error.msg}); fetch it again.") from error


def _open(path: Path) -> Stream:
    with path.open("rb") as file:
        start = file.read(3)
    if start == b"\x28\xb5\x2f":
        unpacked: BinaryIO = zstandard.open(path, "rb")
        return unpacked
    if start[:2] == b"\x1f\x8b":
        return gzip.open(path)
    if start == b"BZh":
        return bz2.open(path)
    return path.open("rb")


def _parts(stream: Stream, path: Path) -> Iterator[DumpPart]:
    events = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    page: etree._Element | None = None
    revisions: list[Revision] = []
    root_seen = False
    for event, element in _until_broken(events):
        if element is None:
            if page is not None and revisions:
                yield DumpPage(_page(page, revisions), tuple(revisions), last=True)
            raise event
        name = etree.QName(element).localname
        if not root_seen:
            if name != "mediawiki":
                raise DumpError(f"{path} is XML, but no MediaWiki export (it begins with <{name}>).")
            root_seen = True
        if event == "start":
            if name == "page":
                page, revisions = element, []
            continue
        if name == "siteinfo":
            yield DumpSite(_siteinfo(element))
        elif name == "revision" and page is not None:
            revisions.append(_revision(element, int(_text(page, "id") or 0), path))
            _drop(element)
            if len(revisions) >= BATCH:
                yield DumpPage(_page(page, revisions), tuple(revisions), last=False)
                revisions = []
        elif name == "page" and page is not None:
            if revisions:
                yield DumpPage(_page(page, revisions), tuple(revisions), last=True)
            page = None
            _drop(element)
        elif name == "logitem":
            yield _log_event(element)
            _drop(element)


def _until_broken(events: Iterable[tuple[str, etree._Element]]) -> Iterator[tuple[Any, etree._Element | None]]:
    """The events, then the fault that ended them, so that the reader can hand out what is whole before it."""
    try:
        yield from events
    except (etree.XMLSyntaxError, EOFError, zlib.error, zstandard.ZstdError, OSError) as error:
        yield error, None


def _drop(element: etree._Element) -> None:
    """Free an element that has been read. The one before it goes too: lxml still needs the element itself."""
    element.clear()
    parent, previous = element.getparent(), element.getprevious()
    if (
        parent is not None
        and previous is not None
        and etree.QName(previous).localname in ("revision", "page", "logitem")
    ):
        parent.remove(previous)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return element.find(f"{{*}}{name}")


def _text(element: etree._Element, name: str) -> str | None:
    child = _child(element, name)
    return None if child is None else (child.text or "")


def _siteinfo(element: etree._Element) -> dict[str, Any]:
    parent, namespaces = element.getparent(), _child(element, "namespaces")
    general = {
        "sitename": _text(element, "sitename"),
        "wikiid": _text(element, "dbname"),
        "base": _text(element, "base"),
        "generator": _text(element, "generator"),
        "case": _text(element, "case"),
        "lang": parent.get("{http://www.w3.org/XML/1998/namespace}lang") if parent is not None else None,
    }
    return {
        "general": {key: value for key, value in general.items() if value},
        "namespaces": {
            row.get("key", ""): {"id": int(row.get("key", 0)), "name": row.text or "", "case": row.get("case", "")}
            for row in (namespaces if namespaces is not None else ())
        },
    }


def _page(element: etree._Element, revisions: list[Revision]) -> Page:
    """The page as its dump shows it; its newest revision is taken for the current one."""
    newest = max(revisions, key=lambda r: (r.timestamp, r.rev_id))
    return Page(
        page_id=int(_text(element, "id") or 0),
        namespace=int(_text(element, "ns") or 0),
        title=(_text(element, "title") or "").replace("_", " "),
        is_redirect=_child(element, "redirect") is not None,
        content_model=newest.content_model,
        latest_rev_id=newest.rev_id,
        length=newest.size,
    )


def _revision(element: etree._Element, page_id: int, path: Path) -> Revision:
    text_element, contributor, comment = (_child(element, n) for n in ("text", "contributor", "comment"))
    rev_id, timestamp = _text(element, "id"), _text(element, "timestamp")
    if not rev_id or not timestamp or not page_id:
        raise DumpError(
            f"{path} holds a revision without id or time (line {element.sourceline}); it is no full export."
        )
    hidden = text_element is None or text_element.get("deleted") is not None
    text = None if hidden or text_element is None else (text_element.text or "")
    data = (text or "").encode("utf-8", "surrogatepass")
    user_hidden = contributor is None or contributor.get("deleted") is not None
    comment_hidden = comment is not None and comment.get("deleted") is not None
    user = None
    if contributor is not None and not user_hidden:
        user = _text(contributor, "username") or _text(contributor, "ip") or ""
    stated = text_element.get("bytes") if text_element is not None else None
    if text is not None and stated is not None and int(stated) != len(data) and not data:
        text = None  # a stub dump: it states a length and carries no text
    return Revision(
        rev_id=int(rev_id),
        page_id=page_id,
        parent_id=int(_text(element, "parentid") or 0) or None,
        timestamp=timestamp,
        user=user,
        user_id=None if user_hidden or contributor is None else int(_text(contributor, "id") or 0),
        comment=None if comment_hidden else (comment.text or "" if comment is not None else ""),
        minor=_child(element, "minor") is not None,
        size=int(stated) if stated is not None else len(data),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest() if text is not None else None,
        content_model=_text(element, "model") or "wikitext",
        tags=(),
        text_state="present" if text is not None else "hidden" if hidden else "missing",
        user_hidden=user_hidden,
        comment_hidden=comment_hidden,
        text=text,
    )


def _log_event(element: etree._Element) -> LogEvent:
    contributor = _child(element, "contributor")
    kind = _text(element, "type") or ""
    raw = _text(element, "params") or ""
    params: dict[str, str] = {"raw": raw} if raw else {}
    if kind == "move" and raw:
        params = {"target_title": _php_string(raw, "4::target") or raw.split("\n")[0]}
    elif kind == "protect" and (limits := _php_string(raw, "4::description")):
        params = {"description": limits}
    return LogEvent(
        log_id=int(_text(element, "id") or 0),
        type=kind,
        action=_text(element, "action") or "",
        timestamp=_text(element, "timestamp") or "",
        user=None if contributor is None else _text(contributor, "username"),
        title=(_text(element, "logtitle") or "").replace("_", " ") or None,
        page_id=None,
        params=json.dumps(params, ensure_ascii=False, sort_keys=True),
        comment=_text(element, "comment"),
    )


def _php_string(raw: str, key: str) -> str | None:
    """A string of a log entry's details: PHP-serialised since 1.19, lines before that (Manual:Logging table)."""
    found = re.search(rf'"{re.escape(key)}";s:(\d+):"'.encode(), raw.encode())
    return raw.encode()[found.end() : found.end() + int(found[1])].decode() if found else None
