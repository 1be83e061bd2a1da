"""Runs under random faults, with a seed: each round mirrors a real MediaWiki while faults strike at random requests.

    python -m tests.fault_storm --seed 7 --rounds 20

A run that a fault has ended is begun again, as cron would; the last one is undisturbed. What the mirror then holds is
compared with that of undisturbed runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from click import echo as say

from tests.fault_proxy import Exchange, Fault
from tests.fault_runs import PHASES, Stages, assert_failed, assert_fine, contents, staged
from tests.faults import CASES
from tests.mediawiki import install
from tests.mediawiki_trees import chosen_tree

MOST_RUNS = 6  # of one phase, before the undisturbed one
SLOW = {"silence in the middle"}  # would wait for the read timeout


@dataclass(slots=True)
class Shower:
    """A plan: each request meets a fault by chance; ``struck`` names those that did, by request number."""

    random: Random
    chance: float
    struck: list[tuple[int, str]] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> Fault | None:
        if self.random.random() >= self.chance:
            return None
        name = self.random.choice([name for name in CASES if name not in SLOW])
        self.struck.append((exchange.number, name))
        return CASES[name].fault


@dataclass(slots=True)
class Tally:
    """What happened: runs that ended well or with a sentence, and how often each fault struck."""

    fine: int = 0
    failed: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def storm(stages: Stages, db: Path, random: Random, tally: Tally) -> None:
    """One round on a database that does not exist yet. Raises AssertionError for a difference, or a bad ending."""
    for phase in PHASES:
        runs: list[list[tuple[int, str]]] = []
        try:
            while not _ended_well(stages, phase, db, random, tally, runs):
                assert len(runs) <= MOST_RUNS, "an undisturbed run failed"
            found = contents(db)
            different = [name for name, rows in stages.contents[phase].items() if found[name] != rows]
            assert not different, f"{different} differ"
        except AssertionError as error:
            raise AssertionError(f"{phase}, with the faults {runs}: {error}") from error


def _ended_well(
    stages: Stages, phase: str, db: Path, random: Random, tally: Tally, runs: list[list[tuple[int, str]]]
) -> bool:
    """One more run; the last that is allowed meets no fault."""
    shower = Shower(random, 0.0 if len(runs) == MOST_RUNS else random.choice([0.03, 0.1, 0.3]))
    runs.append(shower.struck)
    result = stages.run(phase, db, shower)
    tally.faults.update(name for _, name in shower.struck)
    if "Error" in result.err:
        assert_failed(result, db)
        tally.failed += 1
        return False
    assert_fine(result, phase)
    tally.fine += 1
    return True


def main() -> int:
    """Do the rounds and say how they went."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=20)
    asked = arguments.parse_args()
    if reason := chosen_tree().lacks():
        say(reason)
        return 1
    tally, failures, start = Tally(), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with staged(install(folder / "template", chosen_tree()), folder) as stages:
            for number in range(asked.rounds):
                try:
                    storm(stages, folder / f"round-{number}.db", Random(f"{asked.seed} {number}"), tally)
                except AssertionError as error:
                    failures += 1
                    say(f"seed {asked.seed}, round {number}: {error}")
    say(
        f"seed {asked.seed}: {asked.rounds} rounds in {time.monotonic() - start:.0f} s, {failures} with a difference; "
        f"runs that ended well {tally.fine}, with a sentence {tally.failed}; faults {tally.faults.total()}"
    )
    say("  " + ", ".join(f"{name} {number}" for name, number in tally.faults.most_common()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
