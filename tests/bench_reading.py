"""Reading the records of a history, page by page, beside ``mwparserfromhell.parse`` alone on each revision."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import mwparserfromhell

from parsers.compare import compare
from parsers.items import NO_ITEMS, changed_items, item_groups
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from scraper.dump import DumpPage, read_dump

_RUNS = 3
_SINGLE_PAGES = 300  # about so many of a history are read one by one


def bench_reading(dump: Path) -> None:
    """Print what reading, and reading with items and changes, cost in CPU, as a ratio to the peer.

    The last line is about pages on their own, of which nothing is remembered yet.
    """
    pages: dict[str, list[str]] = {}
    for part in read_dump(dump):
        if isinstance(part, DumpPage):
            pages.setdefault(part.page.title, []).extend(r.text for r in part.revisions if r.text is not None)
    characters = sum(len(text) for texts in pages.values() for text in texts)

    def peer() -> None:
        for texts in pages.values():
            for text in texts:
                mwparserfromhell.parse(text)

    def ours() -> None:
        reader = Reader(Site.default())
        for title, texts in pages.items():
            for text in texts:
                reader.read(text, title)

    def whole() -> None:
        reader = Reader(Site.default())
        for title, texts in pages.items():
            last: Record | None = None
            held = NO_ITEMS
            for text in texts:
                record = reader.read(text, title)
                items = item_groups(record)
                changed_items(held, items)
                if last is not None:
                    compare(last, record)
                last, held = record, items

    base = _timed(peer)
    records, changes = _reading_and_comparing(pages)
    count = sum(map(len, pages.values()))
    print(f"Reading {count} revisions of {len(pages)} pages, {characters / 1e6:.1f} million characters")
    print(f"  {'':40} {'CPU s':>9} {'Mchar/s':>9} {'speed':>7}")
    for name, seconds in (
        ("mwparserfromhell.parse alone", base),
        ("wikitrail: records", _timed(ours)),
        ("wikitrail: records, items and changes", _timed(whole)),
    ):
        print(f"  {name:40} {seconds:9.2f} {characters / seconds / 1e6:9.2f} {base / seconds:6.2f}x")
    print(f"  All changes take {changes / records:.2f} of the time of reading their records")
    count, cost = single_pages(pages)
    print(f"  One page with nothing remembered costs {cost:.2f} times the parse alone ({count} pages, all together)")


def _reading_and_comparing(pages: Mapping[str, Sequence[str]]) -> tuple[float, float]:
    """Seconds of CPU of each, in turns, edit by edit."""
    reader = Reader(Site.default())
    seconds = [0.0, 0.0]
    for title, texts in pages.items():
        last: Record | None = None
        for text in texts:
            start = time.process_time()
            record = reader.read(text, title)
            middle = time.process_time()
            if last is not None:
                compare(last, record)
            seconds[0] += middle - start
            seconds[1] += time.process_time() - middle
            last = record
    return seconds[0], seconds[1]


def single_pages(pages: Mapping[str, Sequence[str]]) -> tuple[int, float]:
    """How many pages were read, each with a reader of its own, and their CPU time as a multiple of the peer's."""
    latest = [(title, texts[-1]) for title, texts in pages.items() if texts]
    latest = latest[:: max(1, len(latest) // _SINGLE_PAGES)]
    site = Site.default()

    def peer() -> None:
        for _, text in latest:
            mwparserfromhell.parse(text)

    def ours() -> None:
        for title, text in latest:
            Reader(site).read(text, title)

    return len(latest), _timed(ours) / _timed(peer)


def _timed(action: Callable[[], object]) -> float:
    """Median seconds of CPU of an action: another program on the machine does not count."""
    taken = []
    for _ in range(_RUNS):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return median(taken)
