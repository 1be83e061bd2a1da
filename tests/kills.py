"""Kills runs at random moments, and compares what the next run leaves with what an undisturbed one does.

python tests/kills.py --number 100 --seed 7
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click import echo as say

from parsers.items import COLUMNS
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml, install
from tests.mediawiki_trees import chosen_tree
from tests.storm_texts import text_of
from tests.wikitrail import command_line, environment, rows, wikitrail

JOBS = ("backfill", "delta", "audit")
OUTCOME = {
    "pages": "SELECT page_id, title, state, redirect_to, latest_rev_id, length, protection, text, derived_rev_id,"
    " deleted_at FROM pages",
    "revisions": "SELECT rev_id, page_id, parent_id, timestamp, user, comment, minor, tags, text_state, r.sha1, state,"
    " t.sha1 FROM revisions r LEFT JOIN texts t USING (text_id)",
    "log": "SELECT log_id, type, action, timestamp, user, title, page_id, params, comment FROM log_events",
    "changes": "SELECT page_id, title, rev_from, rev_to, timestamp, user, comment, kind, action, path, label, before,"
    " after, significance, noise_reason FROM changes",
    "bulk changes": "SELECT kind, rule, pages, occurrences FROM bulk_changes",
    "diagnostics": "SELECT page_id, rev_id, code, message, span FROM diagnostics",
    **{
        kind: f"SELECT page_id, {', '.join(columns)}, from_rev, to_rev, valid_from, valid_to FROM {kind}_history"
        for kind, columns in COLUMNS.items()
    },
}
DAMAGE = (
    """UPDATE texts SET data = x'00' WHERE text_id % 7 = 3 AND text_id NOT IN
    (SELECT text_id FROM revisions WHERE state = 'archived' AND text_id IS NOT NULL)""",
    "UPDATE revisions SET user = 'Niemand' WHERE rev_id % 11 = 4 AND state = 'live'",
    "UPDATE pages SET title = title || ' falsch' WHERE page_id % 5 = 2 AND state = 'live'",
    "DELETE FROM revisions WHERE rev_id % 13 = 5 AND state = 'live'",
    "DELETE FROM log_events WHERE log_id % 3 = 1",
)


@dataclass(slots=True)
class Kills:
    """A wiki, mirrors of it from which each job starts, and what an undisturbed run makes of them."""

    wiki: MediaWiki
    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)  # that an undisturbed run takes
    outcomes: dict[str, dict[str, Counter[Any]]] = field(default_factory=dict)
    _runs: int = 0

    def prepare(self) -> None:
        """Fill the wiki, mirror it, let much happen, and do each job once undisturbed."""
        (self.folder / "wikitrail.toml").write_text("[wiki]\nworkers = 2\n", encoding="utf-8")
        fill(self.wiki)
        before = self.folder / "delta.db"
        assert self._do("backfill", before) == 0
        happen(self.wiki)
        for job in JOBS:
            path = self._begin(job)
            start = time.monotonic()
            code = self._do(job, path)
            self.seconds[job] = time.monotonic() - start
            assert code == (1 if job == "audit" else 0), f"the undisturbed {job} ended with {code}"
            self.outcomes[job] = outcome(path)
            if job == "delta":
                damaged = self.folder / "audit.db"
                shutil.copy(path, damaged)
                damage(damaged)
        for what in ("pages", "revisions", "log"):
            assert self.outcomes["audit"][what] == self.outcomes["delta"][what], f"the audit did not repair {what}"

    def kill(self, job: str, chance: random.Random) -> str | None:
        """Kill one run, or some in a row, and let the next one finish; what then differs, if anything."""
        path = self._begin(job)
        killed = 0
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            killed += self._killed(job, path, chance.uniform(0.3, 1.05) * self.seconds[job])
        for again in (job, "delta"):
            code = self._do(again, path)
            if code not in ((0, 1) if again == "audit" else (0,)):
                return f"{again} after {killed} kills ended with {code}"
        found = outcome(path)
        for what, wanted in self.outcomes[job].items():
            if found[what] != wanted:
                return (
                    f"{what}, only after {killed} kills: {found[what] - wanted}; only without: {wanted - found[what]}"
                )
        return None

    def _begin(self, job: str) -> Path:
        self._runs += 1
        path = self.folder / f"{job}-{self._runs}.db"
        if (start := self.folder / f"{job}.db").exists():
            shutil.copy(start, path)
        return path

    def _command(self, job: str, path: Path) -> tuple[object, ...]:
        common = ("--config", self.folder / "wikitrail.toml", "--db", path)
        return (*common, "audit") if job == "audit" else (*common, "sync", self.wiki.url)

    def _do(self, job: str, path: Path) -> int:
        return wikitrail(*self._command(job, path)).code

    def _killed(self, job: str, path: Path, after: float) -> bool:
        """Whether the process was still there to be killed."""
        if job == "audit" and not path.exists():
            return False
        process = subprocess.Popen(
            command_line(*self._command(job, path)),
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() < 0


def fill(wiki: MediaWiki) -> None:
    """Some 300 revisions on 36 pages."""
    chance = random.Random(1)
    titles = [f"Blatt {n}" for n in range(30)] + [
        "Kategorie:Wohnen",
        "Wohnen",
        "Schule",
        "Verkehr",
        "Hilfe:Start",
        "Alt",
    ]
    pages = {}
    for number, title in enumerate(titles):
        times = sorted(
            f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-1{number % 10}T10:00:00Z" for _ in range(8)
        )
        pages[title] = [DumpRevision(at, "Ada Berg", text_of(title, chance.randrange(60)), "Stand") for at in times]
    dump = wiki.folder / "fill.xml"
    dump.write_text(dump_xml(pages), encoding="utf-8")
    wiki.maintenance("importDump", "--no-updates", str(dump))


def happen(wiki: MediaWiki) -> None:
    """Of everything that happens to pages, some."""
    for number in range(8):
        wiki.edit(f"Blatt {number}", text_of("", 20 + number), user="Nora Feld", summary="neu")
    wiki.move("Blatt 9", "Blatt 9 neu")
    wiki.move("Blatt 10", "Blatt 10 neu", redirect=False)
    for title in ("Blatt 11", "Blatt 12", "Blatt 13"):
        wiki.delete(title)
    wiki.undelete("Blatt 11")
    wiki.edit("Blatt 12", "Neu begonnen")
    wiki.edit("Blatt 13", "Neu begonnen")
    wiki.undelete("Blatt 13")
    first = wiki.api("query", titles="Schule", prop="revisions", rvlimit=1, rvdir="newer")["query"]["pages"][0]
    wiki.revision_delete(first["revisions"][0]["revid"], hide=("content", "user"))
    wiki.protect("Verkehr")
    old = wiki.folder / "old.xml"
    versions = [DumpRevision(f"2003-01-0{n}T10:00:00Z", "Ada Berg", text_of("", n)) for n in range(1, 8)]
    old.write_text(dump_xml({"Blatt 14": versions, "Ganz alt": versions}), encoding="utf-8")
    wiki.import_xml(old)
    wiki.merge("Ganz alt", "Blatt 15")
    for number in range(16, 26):
        wiki.edit(f"Blatt {number}", text_of("", number), user="Ida Kern")


def damage(path: Path) -> None:
    """Make a mirror differ from its wiki, in many places."""
    connection = sqlite3.connect(path)
    for statement in DAMAGE:
        connection.execute(statement)
    connection.commit()
    connection.close()


def outcome(path: Path) -> dict[str, Counter[Any]]:
    """What a run leaves, without what tells of the run itself."""
    return {what: Counter(rows(path, query)) for what, query in OUTCOME.items()}


def kills(wiki: MediaWiki, folder: Path, number: int, seed: int) -> Iterator[tuple[str, str | None]]:
    """So many kills, each as its job and what differed afterwards."""
    run = Kills(wiki, folder)
    run.prepare()
    chance = random.Random(seed)
    for n in range(number):
        job = JOBS[n % len(JOBS)]
        yield job, run.kill(job, chance)


def main() -> int:
    """Kill so many runs and say what differed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--number", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    if reason := chosen_tree().lacks():
        say(reason)
        return 1
    with tempfile.TemporaryDirectory() as name:
        template = install(Path(name) / "template", chosen_tree())
        with MediaWiki(template, Path(name) / "wiki") as wiki:
            results = list(kills(wiki, Path(name), asked.number, asked.seed))
    failures = [(job, failure) for job, failure in results if failure]
    for job, failure in failures:
        say(f"{job}: {failure}")
    say(f"seed {asked.seed}: {len(results)} times killed, {len(failures)} times a difference")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
