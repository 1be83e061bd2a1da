"""Infoboxes: which templates are one, and what those written as templates, wikitables and HTML have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TypeVar

from parsers.record import Param
from parsers.site import Site
from parsers.titles import parameter_name, template_name

T = TypeVar("T")

BOX_WORDS = "infobox|steckbrief|taxobox"  # in the class of what says that it is a box; a regular expression
MIN_PAIRS = 2  # of name and value, in what does not say that it is a box

_NAMED_BOX = re.compile(
    r"(?:^|[\s_/-])(?:info|tax|geo|persone?n|steck)?-?box|^info-?box|box$|^steckbrief|^konzeption$", re.IGNORECASE
)
# What is called an infobox is one wherever it stands, as what has that class is in HTML
_SAYS_BOX = re.compile(r"^info-?box|[\s_/-]info-?box$|^steckbrief|^konzeption$", re.IGNORECASE)
_INLINE = re.compile(
    r"^(?:cite|citation|literatur|internetquelle|coordinate|coord|navigation|navi|quote|zitat|color|colour|anchor|ref)",
    re.IGNORECASE,
)
# What maintenance notices are given; two of these do not make a box of facts
_HOUSEKEEPING = frozenset(
    "date datum reason grund text talk diskussion section abschnitt class klasse style stil small width breite align "
    "ausrichtung float image bild user benutzer typ type url title titel lang sprache category kategorie sig".split()
)


class InfoboxRule:
    """Says which uses of a template are infoboxes.

    With ``names`` those templates are, wherever they stand. Without, a template that stands in no other one is when
    it is called an infobox (``Infobox Rat``, ``Steckbrief``, ``Konzeption``) and has a named parameter. One of the lead
    that begins its line is also when it is called some other box (``Taxobox``), or has at least two named parameters
    that are more than the housekeeping of a maintenance notice (``Datum``, ``Grund``) and is none of the well-known
    inline templates.
    """

    def __init__(self, names: Collection[str] | None, site: Site) -> None:
        self.names = None if names is None else {template_name(name, site) or name for name in names}

    def anywhere(self, name: str) -> bool:
        """Whether an infobox of this name may stand at any place of a line."""
        return self.names is not None or _SAYS_BOX.search(name) is not None

    def applies(self, name: str, params: tuple[Param, ...], *, alone: bool, leads: bool) -> bool:
        """Whether a use of a template may be an infobox.

        ``alone`` is true of one that nothing else in braces holds, ``leads`` of one of these in the lead.
        """
        if self.names is not None:
            return name in self.names
        if not leads and not (alone and _SAYS_BOX.search(name)):
            return False
        named = {param.name.lower() for param in params if not param.name.isdigit() and param.name}
        if _NAMED_BOX.search(name):
            return bool(named)
        return len(named - _HOUSEKEEPING) >= MIN_PAIRS and not _INLINE.match(name)


def label_name(text: str) -> str:
    """The text of a label as the name of a field: on one line, without a colon behind it; "" if nothing is left."""
    return parameter_name(text.rstrip(" :\u00a0"))


def last_of_each(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Names with their values; of a repeated one the last, at its place, as a template would see it."""
    last: dict[str, T] = {}
    for name, value in pairs:
        last.pop(name, None)
        last[name] = value
    return last
