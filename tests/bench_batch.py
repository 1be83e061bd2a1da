"""``parse --batch`` on a history with one worker and with two, in turn: wall time, and its ratio."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from scraper.dump import DumpPage, read_dump
from tests.wikitrail import environment

_ROUNDS = 3


def bench_batch(dump: Path, folder: Path) -> None:
    """Print how long both take: the median of the rounds, and of the ratios of each round."""
    lines = folder / "history.jsonl"
    count = write_lines(dump, lines)
    rounds = [(_seconds(lines, 1), _seconds(lines, 2)) for _ in range(_ROUNDS)]
    print(f"\nparse --batch on {count} texts, {lines.stat().st_size / 1e6:.0f} MB of JSON lines, start included")
    for workers, place in ((1, 0), (2, 1)):
        print(f"  --workers {workers}: {median(one[place] for one in rounds):8.1f} s")
    print(
        f"  Two workers are {speed_up(rounds):.2f} times as fast as one; what else the machine does counts against it"
    )


def write_lines(dump: Path, path: Path) -> int:
    """Write the texts of a dump as ``parse --batch`` takes them, page by page; how many there are."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for part in read_dump(dump):
            if not isinstance(part, DumpPage):
                continue
            for one in part.revisions:
                if one.text is not None:
                    count += 1
                    line = {"id": one.rev_id, "title": part.page.title, "text": one.text}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return count


def speed_up(rounds: Sequence[tuple[float, float]]) -> float:
    """The median, over rounds that ran one after the other, of the first time divided by the second."""
    return median(first / second for first, second in rounds)


def _seconds(lines: Path, workers: int, clock: Callable[[], float] = time.monotonic) -> float:
    command = [sys.executable, "-m", "jobs.cli", "parse", "--batch", "--workers", str(workers)]
    with lines.open("rb") as file:
        start = clock()
        # Python keeps what it compiled, as it does of what is installed.
        subprocess.run(
            command, stdin=file, stdout=subprocess.DEVNULL, env=environment(PYTHONDONTWRITEBYTECODE=""), check=True
        )
        return clock() - start
