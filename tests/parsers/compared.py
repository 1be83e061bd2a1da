"""Two texts of a page to their changes, as the tests of comparing have it."""

from __future__ import annotations

from parsers.change import Change
from parsers.compare import compare
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site

READER = Reader(Site.default())


def read(text: str, title: str = "Radkonzept") -> Record:
    return READER.read(text, title)


def changes(before: str, after: str, title: str = "Radkonzept") -> list[Change]:
    return compare(read(before, title), read(after, title))
