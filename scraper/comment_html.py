"""Reads an edit summary back from the HTML that MediaWiki makes of it, as far as that can be turned round.

``/* Section */`` and links come back as they were written, unless a label was written that equals the title
(Help:Edit summary). Special:Export states summaries exactly; this is for wikis that have closed it.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from bs4 import Tag
from bs4.element import NavigableString

from scraper.html_page import classes_of, linked_title

_BRACKETS = {"(": ")", "（": "）"}


def read_comment(row: Tag) -> tuple[str | None, bool]:
    """The summary of a row of a history or a list of changes, and whether it is hidden (it is None then)."""
    element = row.select_one(".comment")
    if element is None or "mw-comment-none" in classes_of(element):
        return "", False
    around = [element, *element.parents]
    if any("history-deleted" in classes_of(e) for e in around if e is not row and isinstance(e, Tag)):
        return None, True
    text = _read(element)
    if "comment--without-parentheses" not in classes_of(element):
        stripped = text.strip()
        if stripped[:1] in _BRACKETS and stripped.endswith(_BRACKETS[stripped[0]]):
            text = stripped[1:-1]
    return text.strip(), False


def _read(element: Tag) -> str:
    parts = []
    for child in element.children:
        if isinstance(child, NavigableString):
            parts.append(str(child))
        elif isinstance(child, Tag):
            if "autocomment" in classes_of(child):
                parts.append(_section(child))
            elif child.name == "a":
                parts.append(_link(child))
            else:
                parts.append(_read(child))
    return "".join(parts)


def _section(element: Tag) -> str:
    """``→Section: `` in the language of the interface; the name itself stands in a link where there is one."""
    link = element.find("a")
    text = (link if isinstance(link, Tag) else element).get_text().strip(" \u00a0").lstrip("→←\u200e\u200f")
    name = text if link else text.rstrip(": \u00a0")
    return f"/* {name} */"


def _link(link: Tag) -> str:
    label, title = link.get_text(), linked_title(link)
    if title is None or {"external", "extiw"} & set(classes_of(link)):
        return label
    if "new" in classes_of(link) and label and title.startswith(f"{label} ("):
        title = label  # an address without the title in it: the tooltip says in words that there is no page
    section = unquote(urlsplit(str(link.get("href", ""))).fragment).replace("_", " ")
    target = f"{title}#{section}" if section else title
    return f"[[{label}]]" if label.replace("_", " ") in (title, target) else f"[[{target}|{label}]]"
