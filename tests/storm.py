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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click import echo as say

from jobs.mirror import OVERLAP
from tests.mediawiki import ADMIN, DumpRevision, MediaWiki, WikiError, dump_xml, install
from tests.mediawiki_trees import chosen_tree
from tests.storm_checks import Checker
from tests.storm_scenes import HIDEABLE, TAG, Op, generate
from tests.storm_texts import text_of

SHORT_OVERLAP = timedelta(seconds=1)  # with this a run sees only what is new; a storm is over within the usual one


@dataclass(slots=True)
class Storm:
    """Carries out operations on a wiki and syncs a mirror of it; every sync is checked.

    Operations that the wiki refuses change nothing and are counted, so any part of a sequence can be left out.
    """

    wiki: MediaWiki
    checker: Checker
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    _files: Iterator[int] = field(default_factory=count)

    def do(self, op: Op) -> None:
        """One operation."""
        name, *arguments = op
        try:
            ACTIONS[name](self, *arguments)
            self.done[name] += 1
        except WikiError as error:
            if "internal_api_error" in str(error):
                raise
            self.refused[f"{name}: {str(error).split(':')[1].strip()}"] += 1

    # What people do

    def sync(self, full: bool = False) -> None:
        self.checker.sync(full=full)

    def cut(self, steps: int) -> None:
        self.checker.cut(steps)

    def pause(self, seconds: float) -> None:
        """Let so much time pass that the next run does not list again what was before."""
        time.sleep(seconds)

    def edit(self, title: str, number: int, user: str | None = ADMIN, tagged: bool = False) -> None:
        text = text_of(title, number)
        minor = number % 3 == 0 and user is not None
        tags = TAG if tagged else None
        self._edited(self.wiki.edit(title, text, user=user, summary=f"Text {number}", minor=minor, tags=tags))

    def restate(self, title: str, back: int) -> None:
        """Save an earlier text again: a null edit (0) or a revert to the revision that is ``back`` steps ago."""
        revisions = self._history(title, "content")
        if revisions:
            text = revisions[-1 - min(back, len(revisions) - 1)]["slots"]["main"].get("content", "")
            self._edited(self.wiki.edit(title, text, summary=f"{back} zurück", nocreate=True))

    def move(self, old: str, new: str, redirect: bool, subpages: bool) -> None:
        target = {"from": old, "to": new}
        self.wiki.api("move", **target, noredirect=not redirect, movesubpages=subpages, movetalk=subpages)

    def delete(self, title: str) -> None:
        self.wiki.delete(title, reason="weg")

    def restore(self, title: str, first: int, number: int) -> None:
        """Restore ``number`` of the archived revisions from the ``first`` on; all of them when that is 0."""
        times = [revision["timestamp"] for revision in self._archived(title)]
        chosen = sorted(set(times[first : first + number] if times else []))
        if number and not chosen:
            raise WikiError("restore: nothing: there")
        self.wiki.undelete(title, timestamps=chosen if number else ())

    def merge(self, source: str, target: str, upto: int | None) -> None:
        revisions = self._history(source, "timestamp")
        stamp = revisions[min(upto, len(revisions) - 1)]["timestamp"] if upto is not None and revisions else None
        self.wiki.merge(source, target, timestamp=stamp)

    def import_old(self, title: str, logged: bool, *versions: tuple[str, int]) -> None:
        """Import versions (timestamp, text number) of a page; by command line the wiki logs nothing."""
        path = self.wiki.folder / f"storm-{next(self._files)}.xml"
        revisions = [DumpRevision(at, "Ada Berg", text_of(title, number), "alt") for at, number in versions]
        path.write_text(dump_xml({title: revisions}), encoding="utf-8")
        self.wiki.import_xml(path, logged=logged)

    def hide(self, title: str, index: int, *what: str) -> None:
        revisions = self._history(title, "ids")[:-1]  # the text of the current one cannot be hidden
        if revisions:
            self.wiki.revision_delete(revisions[index % len(revisions)]["revid"], hide=what)

    def show(self, title: str, index: int, *what: str) -> None:
        hidden = [r for r in self._history(title, "ids|user|comment") if "userhidden" in r or "commenthidden" in r]
        revisions = hidden or self._history(title, "ids")
        if revisions:
            self.wiki.revision_delete(revisions[index % len(revisions)]["revid"], hide=(), show=what)

    def hide_archived(self, title: str, index: int, hide: bool, *what: str) -> None:
        """The same for a revision of a deleted page, which comes back so when it is restored."""
        revisions = self._archived(title)
        if not revisions:
            raise WikiError("hide_archived: nothing: there")
        stamp = "".join(c for c in revisions[index % len(revisions)]["timestamp"] if c.isdigit())
        hidden, shown = (what, None) if hide else (None, what)
        self.wiki.api("revisiondelete", type="archive", target=title, ids=stamp, hide=hidden, show=shown)

    def protect(self, title: str, kind: str, level: str, expiry: str = "infinite", cascade: bool = False) -> None:
        self.wiki.api("protect", title=title, protections=f"{kind}={level}", expiry=expiry, cascade=cascade)

    def hide_log(self, back: int, *what: str) -> None:
        """Hide parts of the last but so many log entry, or show it whole again."""
        entries = self.wiki.api("query", list="logevents", leprop="ids", lelimit=back + 1)["query"]["logevents"]
        changed = {"hide": what} if what else {"show": HIDEABLE}
        self.wiki.api("revisiondelete", type="logging", ids=entries[-1]["logid"], **changed)

    def burst(self, title: str, number: int) -> None:
        """Import so many revisions by command line: ids run far ahead, and the times are old."""
        self.import_old(title, False, *((f"2012-01-01T00:{n // 60:02}:{n % 60:02}Z", n) for n in range(number)))

    def change_model(self, title: str, model: str) -> None:
        self.wiki.api("changecontentmodel", title=title, model=model, summary="anderes Modell")

    def tag(self, title: str, index: int, add: bool) -> None:
        revisions = self._history(title, "ids")
        if revisions:
            revision = revisions[index % len(revisions)]["revid"]
            self.wiki.api("tag", revid=revision, **{"add" if add else "remove": TAG})

    def _edited(self, rev_id: int) -> None:
        self.checker.edited.add(rev_id)

    def _history(self, title: str, props: str) -> list[dict[str, Any]]:
        """The revisions of a live page, oldest first."""
        rows = self.wiki.api(
            "query", titles=title, prop="revisions", rvprop=props, rvslots="main", rvlimit=50, rvdir="newer"
        )
        revisions: list[dict[str, Any]] = rows["query"]["pages"][0].get("revisions", [])
        return revisions

    def _archived(self, title: str) -> list[dict[str, Any]]:
        """The archived revisions of a title, oldest first."""
        rows = self.wiki.api("query", titles=title, prop="deletedrevisions", drvprop="ids|timestamp", drvlimit=50)
        revisions: list[dict[str, Any]] = rows["query"]["pages"][0].get("deletedrevisions", [])
        return revisions[::-1]


ACTIONS: dict[str, Callable[..., None]] = {
    action.__name__: action
    for action in (
        Storm.sync, Storm.cut, Storm.pause, Storm.edit, Storm.restate, Storm.move, Storm.delete, Storm.restore,
        Storm.merge, Storm.import_old, Storm.burst, Storm.hide, Storm.show, Storm.hide_archived, Storm.hide_log,
        Storm.protect, Storm.change_model, Storm.tag,
    )
}  # fmt: skip


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
    with MediaWiki(template, folder) as wiki, patch("jobs.mirror.OVERLAP", overlap):
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
