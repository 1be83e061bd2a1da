"""A storm on a real MediaWiki: seeded random operations with syncs in between, each compared with the wiki itself.

    python tests/storm.py --ops 10000 --seed 7

An operation is a tuple of plain values, so a sequence that fails can be cut short by itself and pasted as a case.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

from click import echo as say

from jobs.mirror import OVERLAP
from tests.mediawiki import MediaWiki, WikiError, install
from tests.mediawiki_trees import chosen_tree
from tests.storm_actions import SETTINGS, Storm
from tests.storm_checks import Checker
from tests.storm_scenes import TAG, Op, generate

SHORT_OVERLAP = timedelta(seconds=1)  # with this a run sees only what is new; a storm is over within the usual one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a storm: operations by name, those that the wiki refused with its reason, and what went wrong."""

    done: Counter[str]
    refused: Counter[str]
    failure: str | None

    @property
    def used(self) -> int:
        """The number of operations before it ended."""
        return self.done.total() + self.refused.total()


def storm(ops: Sequence[Op], template: Path, folder: Path, overlap: timedelta = SHORT_OVERLAP) -> Outcome:
    """Run a sequence on a fresh wiki in ``folder``, which must not exist, and a last sync after it."""
    with MediaWiki(template, folder, settings=SETTINGS) as wiki, patch("jobs.mirror.OVERLAP", overlap):
        checker = Checker(wiki, folder / "mirror.db")
        run = Storm(wiki, checker)
        failure = None
        try:
            wiki.api("managetags", operation="create", tag=TAG)
            for op in ops:
                run.do(op)
            checker.finish()
        except WikiError:
            raise
        except AssertionError as error:
            failure = str(error)
        except Exception:  # noqa: BLE001 - a sync that breaks is shrunk and shown like a difference
            failure = traceback.format_exc()
        return Outcome(run.done, run.refused, failure)


def shrink(ops: Sequence[Op], fails: Callable[[Sequence[Op]], bool], seconds: float) -> list[Op]:
    """A shorter sequence that still fails, found by leaving out ever smaller parts (delta debugging)."""
    best = list(ops)
    deadline = time.monotonic() + seconds
    size = max(len(best) // 2, 1)
    while time.monotonic() < deadline:
        length = len(best)
        start = len(best) - size
        while start > -size and time.monotonic() < deadline:  # the end is what made it fail, so begin there
            shorter = best[: max(start, 0)] + best[start + size :]
            if len(shorter) < len(best) and fails(shorter):
                best = shorter
            start -= size
        if size == 1 and len(best) == length:
            break
        size = max(size // 2, 1)
    return best


def main() -> int:
    """Run one storm and say how it went; a failing sequence is printed as short as it can be made."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ops", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--shrink", type=float, default=300, metavar="SECONDS", help="to spend on a shorter case")
    asked = arguments.parse_args()
    if reason := chosen_tree().lacks():
        say(reason)
        return 1
    folders = count()
    overlap = SHORT_OVERLAP if asked.seed % 2 else OVERLAP
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = install(folder / "template", chosen_tree())

        def outcome(ops: Sequence[Op]) -> Outcome:
            return storm(ops, template, folder / f"wiki-{next(folders)}", overlap)

        ops = generate(asked.ops, asked.seed)
        start = time.monotonic()
        first = outcome(ops)
        say(f"seed {asked.seed}: {first.used} operations in {time.monotonic() - start:.0f} s")
        say(f"  done: {_listed(first.done)}")
        say(f"  refused: {_listed(first.refused)}")
        if first.failure is None:
            say("  no difference")
            return 0
        say(f"  {first.failure}")
        short = shrink(ops[: first.used + 1], lambda part: outcome(part).failure is not None, asked.shrink)
        say(f"Shortest sequence found ({len(short)} operations), with: {outcome(short).failure}")
        say("[\n" + "".join(f"    {op!r},\n" for op in short) + "]")
        return 1


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
