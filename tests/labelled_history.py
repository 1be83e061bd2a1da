"""Histories whose bulk changes are known beforehand: pages with their revisions, and labels that say what is true.

Events are carried out in the order of their times, each on the text that the page has by then, so that edits of all
kinds lie between and beside the labelled ones. The same arguments give the same history.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

START = datetime(2019, 3, 4, 8, tzinfo=UTC)
DAYS = 1500  # that a history lasts
USERS = ("Ines Albers", "Jost Brandt", "Mira Cordes", "Tom Dahlke", "Ute Engel")

_OPENING = ("{{", "{|", "<!--", "<nowiki", "<math", "<gallery", "<div", "<ref")
_CLOSING = ("}}", "|}", "-->", "</nowiki", "</math", "</gallery", "</div", "</ref")

_HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
<siteinfo><sitename>Probe</sitename><case>first-letter</case><namespaces>
<namespace key="0" case="first-letter" /><namespace key="6" case="first-letter">Datei</namespace>
<namespace key="14" case="first-letter">Kategorie</namespace></namespaces></siteinfo>
"""


@dataclass(slots=True, eq=False)
class Revision:
    """One version of a page; ``rev_id`` is given when the history is whole."""

    at: datetime
    user: str
    text: str
    rev_id: int = 0


@dataclass(slots=True, eq=False)
class Page:
    """A page as it grows; ``kept`` are pieces of its text that only labelled edits may touch."""

    title: str
    text: str
    created: datetime
    page_id: int = 0
    revisions: list[Revision] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)

    def free_lines(self) -> list[int]:
        """Numbers of the lines of running text, lists and tables that any edit may touch."""
        free = []
        opened = 0
        for number, line in enumerate(self.text.split("\n")):
            opened += sum(line.count(mark) for mark in _OPENING) - sum(line.count(mark) for mark in _CLOSING)
            plain = len(line) > 25 and line[0] not in "=|{}[!<: " and not any(piece in line for piece in self.kept)
            if plain and not opened and not any(mark in line for mark in _OPENING):
                free.append(number)
        return free


@dataclass(frozen=True, slots=True)
class Row:
    """What ``changes`` is to tell of one edit; without ``exact`` only the kind is asked for."""

    kind: str
    before: str | None
    after: str | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """One labelled edit: a row of a revision."""

    title: str
    revision: Revision
    row: Row


@dataclass(slots=True)
class Label:
    """The truth about one bulk change; a straggler is a title with what still stands there, if that is exact."""

    name: str
    members: list[Edit] = field(default_factory=list)
    exceptions: list[Edit] = field(default_factory=list)
    stragglers: list[tuple[str, str | None]] = field(default_factory=list)
    regressions: list[Edit] = field(default_factory=list)
    same_rule: bool = False  # as other labels of this name


@dataclass(slots=True)
class History:
    """Pages in the order of their ids, the labels, and the revisions of edits that only look like bulk changes."""

    pages: list[Page]
    labels: list[Label]
    decoys: list[tuple[str, Revision]]


Action = Callable[[datetime], None]


class World:
    """Pages and what is going to happen to them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pages: list[Page] = []
        self.labels: list[Label] = []
        self.decoys: list[tuple[str, Revision]] = []
        self._events: list[tuple[datetime, int, Action]] = []
        self._numbers = count()

    def at(self, when: datetime, action: Action) -> None:
        """Plan an action."""
        heapq.heappush(self._events, (when, next(self._numbers), action))

    def some_day(self, first: int = 30, last: int = DAYS - 400) -> datetime:
        """A time in office hours between two days of the history."""
        return START + timedelta(days=self.random.randint(first, last), minutes=self.random.randint(0, 500))

    def save(self, page: Page, text: str, when: datetime, user: str | None = None) -> Revision:
        """A revision of a page; there is at most one in a second."""
        if page.revisions and when <= page.revisions[-1].at:
            when = page.revisions[-1].at + timedelta(seconds=1)
        page.text = text
        page.revisions.append(Revision(when, user or self.random.choice(USERS), text))
        return page.revisions[-1]

    def run(self) -> History:
        """Let everything happen; ids of pages and revisions follow time."""
        for page in self.pages:
            self.at(page.created, lambda when, page=page: _create(self, page, when))  # type: ignore[misc]
        while self._events:
            when, _, action = heapq.heappop(self._events)
            action(when)
        revisions = sorted((r for page in self.pages for r in page.revisions), key=lambda revision: revision.at)
        for rev_id, revision in enumerate(revisions, 1):
            revision.rev_id = rev_id
        for page_id, page in enumerate(self.pages, 1):
            page.page_id = page_id
        return History(self.pages, self.labels, self.decoys)


def _create(world: World, page: Page, when: datetime) -> None:
    world.save(page, page.text, when)


def write_history(history: History, path: Path, head: str = _HEAD) -> None:
    """Write a history as an XML export that ``wikitrail import`` reads."""
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        for page in history.pages:
            file.write(f"<page><title>{escape(page.title)}</title><ns>0</ns><id>{page.page_id}</id>\n")
            file.writelines(_revisions(page.revisions))
            file.write("</page>\n")
        file.write("</mediawiki>\n")


def _revisions(revisions: Iterable[Revision]) -> Iterator[str]:
    for one in revisions:
        yield (
            f"<revision><id>{one.rev_id}</id><timestamp>{one.at:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"<contributor><username>{one.user}</username></contributor>"
            f"<model>wikitext</model><format>text/x-wiki</format>"
            f'<text xml:space="preserve">{escape(one.text)}</text></revision>\n'
        )
