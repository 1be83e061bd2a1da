"""Word differences of a long page that one edit rewrote all over, beside difflib, rapidfuzz alone and wikidiff2.

The page is a list of 65 KiB with 160 links. The edit gives every link another address and moves a paragraph. All are
measured in CPU time, in turns, since other programs on the machine come and go.
"""

from __future__ import annotations

import difflib
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rapidfuzz.distance import Indel

from parsers.compare import compare
from parsers.reader import Reader
from parsers.site import Site
from parsers.words import word_diff

LINKS = 160
SIZE = 65 * 1024  # bytes
ROUNDS = 7
_WORDS = "Stadt Rat Weg Ufer Brücke Plan Ziel Markt Schule Hafen Allee Energie Wasser Förderung und der mit für".split()
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_OLD, _NEW = "http://allris.example/bi/vo020.asp", "https://ratsinfo.example/vo020"
# CPU of the difference alone, without the start of PHP; wikidiff2 is Debian's php-wikidiff2.
_PHP = """
$before = file_get_contents($argv[1]); $after = file_get_contents($argv[2]);
$cpu = function() { $u = getrusage(); return $u['ru_utime.tv_sec'] + $u['ru_utime.tv_usec'] / 1e6; };
$start = $cpu(); wikidiff2_do_diff($before, $after, 2); echo $cpu() - $start;
"""


def rewritten_page() -> tuple[str, str]:
    """The page before and after the edit."""
    chance = random.Random(1)
    lines, size = [], SIZE // LINKS
    for number in range(LINKS):
        line = f"* [{_OLD}?VOLFDNR={10_000 + number} Vorlage - B/16/{number:04}-01]"
        while len(line.encode()) < size - 6:
            line += " " + chance.choice(_WORDS)
        lines.append(line + ".")
    after = [line.replace(_OLD, _NEW) for line in lines]
    after.insert(120, after.pop(20))
    return "\n".join(lines), "\n".join(after)


def bench_words(folder: Path) -> None:
    """Print the median CPU time of each, as a multiple of ours."""
    before, after = rewritten_page()
    reader = Reader(Site.default())
    records = reader.read(before, "Liste"), reader.read(after, "Liste")
    actions: dict[str, Callable[[], float]] = {
        "wikitrail: word differences": _cpu(lambda: word_diff(before, after)),
        "wikitrail: all changes, item by item": _cpu(lambda: compare(*records)),
        "rapidfuzz alone, on words": _cpu(lambda: Indel.opcodes(_TOKEN.findall(before), _TOKEN.findall(after))),
    }
    if wikidiff2_lacks() is None:
        for name, text in (("before", before), ("after", after)):
            (folder / name).write_text(text, encoding="utf-8")
        actions["wikidiff2 (C++)"] = lambda: wikidiff2(folder / "before", folder / "after")
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(ROUNDS):
        for name, action in actions.items():
            taken[name].append(action())
    times = {name: median(seconds) for name, seconds in taken.items()}
    times["difflib, on words (one round)"] = _cpu(lambda: _difflib(before, after))()
    ours = times["wikitrail: word differences"]
    print(f"Word differences of a page of {len(before.encode()) // 1024} KiB, {LINKS} links and a paragraph rewritten")
    for name, seconds in times.items():
        print(f"  {name:40} {1000 * seconds:9.1f} ms {seconds / ours:8.2f}x")
    if reason := wikidiff2_lacks():
        print(f"  wikidiff2 is not measured: {reason}")


def wikidiff2_lacks() -> str | None:
    """Why wikidiff2 cannot be run here, or None."""
    if shutil.which("php") is None:
        return "there is no php; apt-get install php-cli php-wikidiff2"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=False, timeout=60).stdout
    return None if "wikidiff2" in modules.split() else "php lacks it; apt-get install php-wikidiff2"


def wikidiff2(before: Path, after: Path) -> float:
    """Seconds of CPU that wikidiff2 takes for two files."""
    done = subprocess.run(
        ["php", "-r", _PHP, str(before), str(after)], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


def _difflib(before: str, after: str) -> object:
    return difflib.SequenceMatcher(None, _TOKEN.findall(before), _TOKEN.findall(after)).get_opcodes()


def _cpu(action: Callable[[], object]) -> Callable[[], float]:
    def timed() -> float:
        start = time.process_time()
        action()
        return time.process_time() - start

    return timed
