"""Reads the diffs in MediaWiki's feeds (``action=history&feed=atom``, recent changes; Atom or RSS).

An entry holds the comment and then the diff table, escaped, with styles in place of some classes
(FeedUtils::formatDiffRow2). A diff above ``$wgFeedDiffCutoff`` (32 KiB) is only a link, a page's first revision its
text; texts of feeds are NFC. XML is read with entities off.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from parsers.diff_header import query_value, to_rev_id
from parsers.diff_model import DiffPage, DiffPageError
from parsers.diff_page import parse_diff_page


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. ``old_id`` is None where the feed says only ``prev``; ``timestamp`` is as the feed has it.

    ``diff`` is None where the entry brings none; ``error`` says why one that it brings could not be read.
    """

    title: str
    url: str
    old_id: int | None
    new_id: int | None
    timestamp: str | None
    user: str | None
    diff: DiffPage | None
    error: str | None = None


def is_feed(data: bytes) -> bool:
    """Whether this is XML, to be read as a feed, and no HTML (XHTML neither)."""
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<?xml", b"<feed", b"<rss")) and b"<html" not in start


def parse_diff_feed(xml: bytes) -> tuple[FeedEntry, ...]:
    """The entries of a feed in its order. Raises DiffPageError when it is no feed."""
    # No entities, no DTD, no network: a feed is untrusted.
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DiffPageError(f"This feed is not whole XML ({_one_line(error)}).") from error
    entries = [node for node in root.iter() if _name(node) in ("entry", "item")]
    if _name(root) not in ("feed", "rss"):
        raise DiffPageError("This XML is neither an Atom nor an RSS feed.")
    return tuple(_entry(node) for node in entries)


def _entry(node: etree._Element) -> FeedEntry:
    links = [child.get("href") or child.text or "" for child in node if _name(child) == "link"]
    url = links[0].strip() if links else ""
    html = _text(node, "summary") or _text(node, "content") or _text(node, "description") or ""
    diff = error = None
    if "diff-lineno" in html or "diff-marker" in html or "mw-diff-" in html:
        try:
            diff = parse_diff_page(html)
        except DiffPageError as fault:
            error = str(fault)
    author = next((child for child in node if _name(child) == "author"), None)
    return FeedEntry(
        title=_text(node, "title") or "",
        url=url,
        old_id=to_rev_id(query_value(url, "oldid")),
        new_id=to_rev_id(query_value(url, "diff")),
        timestamp=_text(node, "updated") or _text(node, "pubDate"),
        user=(_text(author, "name") if author is not None else None) or _text(node, "creator"),
        diff=diff,
        error=error,
    )


def _name(node: etree._Element) -> str:
    """The name without its namespace; empty for what is no element (a processing instruction)."""
    tag: object = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(node: etree._Element, name: str) -> str | None:
    found = next((child for child in node if _name(child) == name), None)
    return found.text if found is not None else None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
