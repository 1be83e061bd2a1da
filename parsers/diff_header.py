"""Reads the head of a diff table: which revisions are compared, who made them, and what the wiki says about them.

By ids and classes, which are the same from 1.31 on: ``mw-diff-otitle1`` (the revision), ``2`` (user), ``3``
(comment), ``5`` (tags), and the same with ``n`` on the right. Where a hidden revision is not linked (after 1.39),
its id stands in the links to its neighbours and in the page's JavaScript variables.
"""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import parse_qs, urlsplit

from bs4.element import Tag

from parsers.diff_model import DiffRevision
from parsers.diff_rows import classes_of, find_class, plain_text

_TAG_CLASS = "mw-tag-marker-"


def read_revision(cell: Tag, letter: str, page: Tag) -> DiffRevision:
    """The revision that a head cell of the table names: ``letter`` is o or n, ``page`` the whole document."""
    first = _by_id(cell, letter, 1) or cell
    users, remarks, tags = (_by_id(cell, letter, number) for number in (2, 3, 5))
    link = next((a for a in first.find_all("a") if _query_number(a, "oldid")), None)
    script = "" if link is not None else "".join(script.get_text() for script in page.find_all("script"))
    title = link.get("title") if link is not None else None
    time = find_class(first, "mw-diff-timestamp")
    timestamp = time.get("data-timestamp") if time is not None else None
    return DiffRevision(
        rev_id=_rev_id(cell, letter, link, script),
        title=title if isinstance(title, str) else _page_name(script),
        heading=plain_text(link if link is not None else first),
        timestamp=timestamp if isinstance(timestamp, str) else None,
        user=_user(users),
        comment=_comment(remarks),
        minor=remarks is not None and find_class(remarks, "minoredit") is not None,
        tags=_tags(tags),
        text_hidden=find_class(first, "history-deleted") is not None,
    )


def _by_id(cell: Tag, letter: str, number: int) -> Tag | None:
    return cell.find(id=f"mw-diff-{letter}title{number}")


def _rev_id(cell: Tag, letter: str, link: Tag | None, script: str) -> int | None:
    if link is not None:
        return _query_number(link, "oldid")
    neighbour = cell.find("a", id="differences-prevlink" if letter == "o" else "differences-nextlink")
    if neighbour is not None and (found := _query_number(neighbour, "oldid")):
        return found
    name = "wgDiffOldId" if letter == "o" else "wgDiffNewId"
    match = re.search(rf'"{name}"\s*:\s*(\d{{1,18}})\b', script)
    return int(match[1]) if match else None


def _page_name(script: str) -> str | None:
    match = re.search(r'"wgPageName"\s*:\s*("(?:[^"\\]|\\.)*")', script)
    try:
        return str(json.loads(match[1])).replace("_", " ") if match else None
    except ValueError:
        return None


def query_value(address: object, name: str) -> str | None:
    """A parameter of an address, None where it is not there or the address cannot be read."""
    if not isinstance(address, str):
        return None
    try:
        values = parse_qs(urlsplit(address).query).get(name)
    except ValueError:
        return None
    return values[0] if values else None


def _query_number(link: Tag, name: str) -> int | None:
    return to_rev_id(query_value(link.get("href"), name))


def to_rev_id(text: str | None) -> int | None:
    """A revision id, None for words such as ``prev``."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,18}", text) else None


def _user(users: Tag | None) -> str | None:
    link = find_class(users, "mw-userlink") if users is not None else None
    return plain_text(link) if link is not None and "history-deleted" not in classes_of(link) else None


def _comment(remarks: Tag | None) -> str | None:
    """The comment without the parentheses that 1.39 and earlier put around it; None when it is hidden."""
    if remarks is None:
        return ""
    found = find_class(remarks, "comment")
    if found is None:
        return None if find_class(remarks, "history-deleted") is not None else ""
    classes = classes_of(found)
    if "history-deleted" in classes:
        return None
    if "mw-comment-none" in classes:
        return ""
    text = plain_text(found)
    bare = "comment--without-parentheses" in classes
    if not bare and len(text) > 1 and (unicodedata.category(text[0]), unicodedata.category(text[-1])) == ("Ps", "Pe"):
        text = text[1:-1]
    return text.strip()


def _tags(cell: Tag | None) -> tuple[str, ...]:
    markers = cell.find_all(True) if cell is not None else []
    names = (name for marker in markers for name in classes_of(marker) if name.startswith(_TAG_CLASS))
    return tuple(dict.fromkeys(name.removeprefix(_TAG_CLASS) for name in names))
