"""Lists of masked wikitext: flat lines with prefixes, and the tree of items that they stand for (BlockLevelPass)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.addresses import ADDRESS, SCHEMES
from parsers.record import ListItem, ListNode

MAX_LIST_DEPTH = 30
LIST_PREFIX = re.compile(r"[\ufdd0]*+([*#:;]+)")
_COLON = re.compile(
    r"\[\[[^\[\]]*+\]\]|\[[a-zA-Z]*+:?//[^\[\]]*+\]|\b[a-zA-Z]{2,10}://\S*+"
    rf"|\b(?i:{SCHEMES}){ADDRESS}|''+[^'\n]*+(?:'(?!')[^'\n]*+)*+''+"
    r"|<(?P<tag>[a-zA-Z]+)\b[^<>/]*+>[^<>\n]*+</(?P=tag)\s*+>|<[^<>]*+>|(?P<colon>:)"
)
_KINDS = {"*": "ul", "#": "ol", ";": "dl", ":": "dl"}


@dataclass(slots=True)
class Nested:
    """Lists that stand in an item as HTML tags, and all that it shows, these included."""

    lists: tuple[ListNode, ...]
    shown: tuple[str, ...]


Entry = tuple[str, str, Nested | None]  # an item: its prefix, its own text, and what is nested in it


def split_term(masked: str, start: int, end: int) -> int | None:
    """Where the colon stands that parts a term from its definition; None if there is none (``; term : definition``)."""
    return next((match.start() for match in _COLON.finditer(masked, start, end) if match["colon"]), None)


def add_lists(entries: list[Entry], lists: list[ListNode], shown: list[str]) -> None:
    """Add what follows on the line of the last item: lists with what they show, or else text of its own."""
    prefix, text, nested = entries[-1]
    before = nested or Nested((), (text,) if text else ())
    if not lists:
        text = "\n".join(filter(None, (text, *shown)))
    entries[-1] = (prefix, text, Nested((*before.lists, *lists), (*before.shown, *filter(None, shown))))


def shown_lines(entries: list[Entry]) -> list[str]:
    """The lines that a reader sees of a list."""
    if not any(nested for _, _, nested in entries):
        return [text for _, text, _ in entries if text]
    return [line for _, text, nested in entries for line in (nested.shown if nested else (text,)) if line]


def build_lists(entries: list[Entry], depth: int = 0) -> list[ListNode]:
    """The lists that flat lines with prefixes (``*#``) stand for; a change of kind begins another list."""
    lists: list[ListNode] = []
    index = 0
    while index < len(entries):
        kind = _KINDS[entries[index][0][depth]]
        stop = index
        while stop < len(entries) and _KINDS[entries[stop][0][depth]] == kind:
            stop += 1
        lists.append(ListNode(kind, tuple(_build_items(entries[index:stop], depth))))
        index = stop
    return lists


def _build_items(entries: list[Entry], depth: int) -> list[ListItem]:
    items: list[ListItem] = []
    index = 0
    while index < len(entries):
        prefix, text, nested = entries[index]
        own = len(prefix) == depth + 1
        index += own
        stop = index
        while stop < len(entries) and len(entries[stop][0]) > depth + 1:
            stop += 1
        children = build_lists(entries[index:stop], depth + 1)
        inside = nested.lists if nested and own else ()
        items.append(ListItem(text if own else "", (*inside, *children)))
        index = stop
    return items
