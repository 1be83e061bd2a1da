"""``make bench``: how long things take, each beside peers in the same run, as a ratio. Nothing passes or fails.

    python tests/bench.py [DUMP] [--pages N] [--revisions N] [--rounds N] [--growth REVISIONS] [--words]

DUMP is a MediaWiki XML export (plain, .gz or .bz2) to measure on; without one, pages are made up. Mirroring needs
the real MediaWiki that the tests use (Debian's ``mediawiki`` package); the peers are installed from PyPI once.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench_batch import bench_batch
from tests.bench_growth import bench_growth
from tests.bench_mirror import bench_mirror
from tests.bench_pages import write_dump
from tests.bench_reading import bench_reading
from tests.bench_words import bench_words
from tests.mediawiki_trees import chosen_tree


def main() -> None:
    """Measure and print one table for each thing measured."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.growth:
            bench_growth(folder, asked.growth)
            return
        bench_words(folder)
        if asked.words:
            return
        dump = asked.dump
        if dump is None:
            dump = folder / "made-up.xml"
            write_dump(dump, asked.pages, asked.revisions)
        bench_reading(dump)
        bench_batch(dump, folder)
        if reason := chosen_tree().lacks():
            print(f"\nThe mirror is not measured: {reason}")
        else:
            bench_mirror(dump.resolve(), folder, asked.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure wikitrail beside its peers.")
    parser.add_argument("dump", nargs="?", type=Path, help="an XML export to measure on; default: made-up pages")
    parser.add_argument("--pages", type=int, default=200, help="made-up pages (default 200)")
    parser.add_argument("--revisions", type=int, default=2_500, help="their revisions in all (default 2500)")
    parser.add_argument("--rounds", type=int, default=2, help="runs of each client; the quickest counts (default 2)")
    parser.add_argument("--growth", type=int, metavar="REVISIONS", help="only this: growth up to so many revisions")
    parser.add_argument("--words", action="store_true", help="only this: word differences of one page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
