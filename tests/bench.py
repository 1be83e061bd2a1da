"""``make bench``: how long things take, each beside a peer in the same run, as a ratio.

    python tests/bench.py [DUMP]

DUMP is a MediaWiki XML export to measure on; without one the sample wiki is used, which is small. Figures are
medians of three runs. Needs the real MediaWiki that the tests use (Debian's ``mediawiki`` package).
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import mwparserfromhell
import requests

from parsers.compare import compare
from parsers.items import items_of
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from scraper.dump import DumpPage, read_dump
from tests.mediawiki import MediaWiki, install
from tests.mediawiki_trees import chosen_tree
from tests.wikitrail import ROOT, rows, sync

RUNS = 3


def main() -> None:
    """Measure and print one table for each thing measured."""
    dump = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "sample-wiki.xml"
    bench_reading(dump)
    if reason := chosen_tree().lacks():
        print(f"\nThe mirror is not measured: {reason}")
        return
    with tempfile.TemporaryDirectory() as folder:
        bench_mirror(dump, Path(folder))


def timed(action: Callable[[], object]) -> float:
    """Median seconds of an action."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return median(taken)


def bench_reading(dump: Path) -> None:
    """Reading the records of a history, page by page, beside ``mwparserfromhell.parse`` alone on each revision."""
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
            for text in texts:
                record = reader.read(text, title)
                items_of(record)
                if last is not None:
                    compare(last, record)
                last = record

    base = timed(peer)
    count = sum(map(len, pages.values()))
    print(f"Reading {count} revisions of {len(pages)} pages, {characters / 1e6:.1f} million characters")
    print(f"  {'':40} {'seconds':>9} {'Mchar/s':>9} {'speed':>7}")
    for name, seconds in (
        ("mwparserfromhell.parse alone", base),
        ("wikitrail: records", timed(ours)),
        ("wikitrail: records, items and changes", timed(whole)),
    ):
        print(f"  {name:40} {seconds:9.2f} {characters / seconds / 1e6:9.2f} {base / seconds:6.2f}x")


def bench_mirror(dump: Path, folder: Path) -> None:
    """The whole history by API, beside a bare loop that keeps nothing; then a run with nothing new."""
    with MediaWiki(install(folder / "template", chosen_tree()), folder / "wiki") as wiki:
        wiki.import_xml(dump)

        def bare_loop() -> None:
            session, more = requests.Session(), {"continue": ""}
            params = {
                "action": "query", "list": "allrevisions", "arvdir": "newer", "arvlimit": "50", "arvslots": "main",
                "arvprop": "ids|timestamp|user|comment|content|sha1|size|tags|flags", "format": "json",
                "formatversion": "2",
            }  # fmt: skip
            while more:
                more = session.get(wiki.api_url, params={**params, **more}, timeout=60).json().get("continue")

        number = iter(range(RUNS + 1))
        databases = [folder / f"{n}.db" for n in range(RUNS + 1)]
        bare_mark = wiki.mark()
        bare = timed(bare_loop)
        bare_requests = len(wiki.requests(bare_mark)) // RUNS
        mark = wiki.mark()
        backfill = timed(lambda: sync(databases[next(number)], wiki.url))
        requests_made = len(wiki.requests(mark)) // RUNS
        mark = wiki.mark()
        nothing = timed(lambda: sync(databases[0]))
        nothing_made = len(wiki.requests(mark)) // RUNS
        ((revisions,),) = rows(databases[0], "SELECT count(*) FROM revisions")
        ((raw, packed),) = rows(databases[0], "SELECT sum(length), sum(length(data)) FROM texts")
        ((whole,),) = rows(databases[0], "SELECT sum(size) FROM revisions")
    size = databases[0].stat().st_size
    print(f"\nMirroring {revisions} revisions, {whole / 1e6:.1f} MB of text")
    print(f"  {'':40} {'seconds':>9} {'requests':>9} {'time':>7}")
    print(f"  {'bare loop (keeps nothing)':40} {bare:9.2f} {bare_requests:9} {1:6.2f}x")
    print(f"  {'wikitrail sync (all of it, in SQLite)':40} {backfill:9.2f} {requests_made:9} {backfill / bare:6.2f}x")
    print(f"  {'wikitrail sync with nothing new':40} {nothing:9.2f} {nothing_made:9} {nothing / bare:6.2f}x")
    print(f"  texts in the database: {packed / whole:.1%} of all text ({packed / raw:.1%} of the distinct texts),")
    print(f"  the whole database: {size / whole:.1%} of all text")


if __name__ == "__main__":
    main()
