"""Reads MediaWiki XML exports as a stream: plain, .gz, .bz2 or .zst; schema versions 0.10 and 0.11 (Help:Export).

Entities are off, the tree is cleared as it is read, and memory stays flat however long the file is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from parsers.wiki import LogEvent, Page, Revision
from scraper.dump_rows import BadRow, PageHead, log_event_of, page_head_of, revision_of, siteinfo_of
from scraper.dump_stream import Broken, open_dump, parse_dump
from scraper.errors import DumpError

BATCH = 200  # revisions handed out at once
BATCH_LENGTH = 4_000_000  # characters of their texts
VERSIONS = ("0.10", "0.11")
_TAGS = ("mediawiki", "siteinfo", "page", "revision", "upload", "logitem")
_NAMESPACE = re.compile(r"http://www\.mediawiki\.org/xml/export-(\d+\.\d+)/")


@dataclass(frozen=True, slots=True)
class DumpSite:
    """The dump's ``<siteinfo>`` in the shape of the API's ``query`` object, as far as a dump has it."""

    siteinfo: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DumpPage:
    """A page with some of its revisions; a long page comes in several parts."""

    page: Page
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class DumpWarning:
    """Something that a reader of the dump is to know; comes last, or before the fault that ends the file."""

    message: str


DumpPart = DumpSite | DumpPage | LogEvent | DumpWarning


def read_dump(path: Path) -> Iterator[DumpPart]:
    """The parts of an export in the order of the file.

    Raises DumpError for a file that is missing, no XML, no MediaWiki export, or cut off; what stood before the
    fault has been yielded by then.
    """
    try:
        with open_dump(path) as stream:
            reading = _Reading(path)
            for event in parse_dump(stream, path, _TAGS):
                if isinstance(event, Broken):
                    yield from reading.page_part()
                    yield from reading.warnings()
                    raise reading.broken(event)
                yield from reading.take(*event)
            yield from reading.warnings()
    except FileNotFoundError as error:
        raise DumpError(f"There is no file {path}; check the name.") from error
    except IsADirectoryError as error:
        raise DumpError(f"{path} is a folder; name the XML files in it.") from error
    except OSError as error:
        raise DumpError(f"{path} cannot be read ({error.strerror or error}).") from error


@dataclass(slots=True)
class _Reading:
    """Where the reading of a dump stands."""

    path: Path
    element: etree._Element | None = None  # the page that is open
    head: PageHead | None = None
    revisions: list[Revision] = field(default_factory=list)
    length: int = 0  # characters of the texts in ``revisions``
    last: str = "before the first page"  # what was whole last
    differing: list[int] = field(default_factory=list)
    stubs: int = 0
    other_slots: Counter[str] = field(default_factory=Counter)

    def take(self, event: str, element: etree._Element) -> Iterator[DumpPart]:
        """Go on by the start or the end of one element."""
        name = str(element.tag).rpartition("}")[2]
        if event == "start":
            if name == "mediawiki" and element.getparent() is None:
                self._check_root(element)
            elif name == "page":
                self.element, self.head = element, None
            return
        try:
            if name == "siteinfo":
                yield DumpSite(siteinfo_of(element))
            elif name == "revision":
                self._revision(element)
                if len(self.revisions) >= BATCH or self.length >= BATCH_LENGTH:
                    yield from self.page_part()
            elif name == "page":
                yield from self.page_part()
                self.last = f"after the page “{_title(element)}”"
                self.element = None
            elif name == "logitem":
                log_event = log_event_of(element)
                yield log_event
                self.last = f"after log entry {log_event.log_id}"
        except BadRow as error:
            yield from self.page_part()
            raise DumpError(
                f"{self.path} holds a {name} that cannot be read {self._place()} (line {element.sourceline}): {error};"
                " it is no full export. What stands before it is imported."
            ) from error
        _drop(element)

    def page_part(self) -> Iterator[DumpPage]:
        """The revisions read since the last part, with their page."""
        if self.revisions and self.head is not None:
            yield DumpPage(self.head.page(self.revisions), tuple(self.revisions))
        self.revisions, self.length = [], 0

    def _revision(self, element: etree._Element) -> None:
        if self.head is None:
            parent = element.getparent()
            if parent is None:
                raise BadRow("it stands outside of a page")
            self.head = page_head_of(parent)
        dumped = revision_of(element, self.head.page_id)
        revision = dumped.revision
        self.revisions.append(revision)
        self.length += len(revision.text or "")
        self.last = f"after revision {revision.rev_id}"
        if dumped.differs:
            self.differing.append(revision.rev_id)
        self.stubs += revision.text_state == "missing"
        self.other_slots.update(dumped.other_slots)

    def _check_root(self, element: etree._Element) -> None:
        """Raises DumpError for another vocabulary or schema version; an export of before versions names none."""
        namespace = etree.QName(element).namespace
        known = _NAMESPACE.fullmatch(namespace or "")
        if namespace and not known:
            raise DumpError(f"{self.path} is no MediaWiki export (its namespace is {namespace}).")
        version = known[1] if known else element.get("version", VERSIONS[-1])
        if version not in VERSIONS:
            older = [int(n) for n in version.split(".") if n.isdecimal()] < [0, 10]
            what = "export it anew with a current MediaWiki" if older else "a newer wikitrail may read it"
            raise DumpError(
                f"{self.path} is a MediaWiki export of version {version}, and wikitrail reads {' and '.join(VERSIONS)};"
                f" {what}. Nothing was read."
            )

    def _place(self) -> str:
        inside = "" if self.element is None else f" in the page “{_title(self.element)}”"
        return self.last + inside

    def broken(self, fault: Broken) -> DumpError:
        """The fault as one sentence that says where it is and what to do."""
        line = f", line {fault.line}" if fault.line else ""
        return DumpError(
            f"{self.path} is cut off or damaged {self._place()} (byte {fault.byte} of its XML{line}: {fault.reason})."
            " What is whole before that is imported; fetch the file again and import it once more for the rest."
        )

    def warnings(self) -> Iterator[DumpWarning]:
        """What was odd in what has been read."""
        if self.differing:
            some = ", ".join(map(str, self.differing[:5])) + (", …" if len(self.differing) > 5 else "")
            yield DumpWarning(
                f"{self.path}: {len(self.differing)} texts have another SHA-1 or length than the dump states"
                f" (revisions {some}): the file was altered, or what made it changed them; “audit” fetches them anew"
                " where the wiki itself is mirrored."
            )
        if self.stubs:
            yield DumpWarning(
                f"{self.path}: {self.stubs} revisions come without their text, as in a stub dump; pages, people and"
                " times were imported, and a full dump brings the texts later."
            )
        if self.other_slots:
            roles = ", ".join(f"{role or 'unnamed'} {count}" for role, count in sorted(self.other_slots.items()))
            yield DumpWarning(f"{self.path}: texts of slots other than the main one are left out ({roles}).")


def _title(page: etree._Element) -> str:
    return page.findtext("{*}title") or "without a title"


def _drop(element: etree._Element) -> None:
    """Free an element that has been read. The one before it goes too: lxml still needs the element itself."""
    if element.getparent() is None:
        return
    element.clear()
    parent, previous = element.getparent(), element.getprevious()
    if (
        parent is not None
        and previous is not None
        and etree.QName(previous).localname in ("revision", "upload", "page", "logitem")
    ):
        parent.remove(previous)
