"""Time and memory for each revision of a large history against a smaller one, by ``wikitrail import``."""

from __future__ import annotations

from pathlib import Path

from tests.bench_clients import measure
from tests.bench_pages import write_dump
from tests.wikitrail import command_line

SMALL = 11_000


def bench_growth(folder: Path, revisions: int) -> None:
    """Import made-up histories of 11,000 and of ``revisions`` revisions, with pages in proportion."""
    print(f"\nGrowth: wikitrail import of {SMALL} and of {revisions} made-up revisions")
    print(f"  {'revisions':>9} {'seconds':>8} {'CPU s':>7} {'ms each':>8} {'peak MB':>7}")
    each = []
    for count in (SMALL, revisions):
        dump = folder / f"{count}.xml"
        write_dump(dump, count // 13, count)
        seconds, user, memory, _ = measure(command_line("--db", folder / f"{count}.db", "import", dump), folder)
        each.append(user / count)
        print(f"  {count:9} {seconds:8.2f} {user:7.2f} {1000 * user / count:8.2f} {memory / 1e6:7.0f}", flush=True)
        dump.unlink()
    print(f"  CPU time for each revision: {each[1] / each[0]:.2f} times that of the smaller one")
