"""What must hold of changes and intervals, checked on whole histories: ``make properties DUMPS=wiki.xml.gz``.

Each history is imported by wikitrail itself. For every edit: the changes that the database holds are those that
comparing the two texts gives; applied to the earlier record they give the later one; of a text and itself there are
none. No other changes are stored. For random moments: what the intervals say held then is what the parser reads from
the revision of that moment.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from parsers.change import Change
from parsers.compare import compare
from parsers.items import COLUMNS, items_of
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from parsers.wiki import Revision
from scraper.dump import DumpPage, DumpSite, read_dump
from storage.changes import ChangeFilter, load_changes
from storage.database import Database, open_database
from tests.conformance import SAMPLE
from tests.properties_apply import faults
from tests.wikitrail import wikitrail

_SHOWN = 300  # characters of a fault
_Edit = tuple[int, int | None, int | None]  # page, revision before, revision after


@dataclass(slots=True)
class Findings:
    """What was checked, by name and number, and what did not hold."""

    checked: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what if len(what) <= _SHOWN else what[:_SHOWN] + '…'}")


@dataclass(slots=True)
class History:
    """The wikitext of a dump: page titles by id, and the revisions of each page in their order."""

    site: Site
    titles: dict[int, str]
    pages: dict[int, list[Revision]]


def read_history(path: Path) -> History:
    """The revisions that have a text and are wikitext."""
    found = History(Site.default(), {}, defaultdict(list))
    for part in read_dump(path):
        if isinstance(part, DumpSite):
            found.site = Site.from_siteinfo(part.siteinfo)
        elif isinstance(part, DumpPage):
            found.titles[part.page.page_id] = part.page.title
            found.pages[part.page.page_id] += part.revisions
    for page_id, revisions in list(found.pages.items()):
        if any(r.text is None or r.content_model != "wikitext" for r in revisions):
            del found.pages[page_id]
        else:
            revisions.sort(key=lambda r: (r.timestamp, r.rev_id))
    return found


def check_edits(history: History, db: Database, findings: Findings) -> None:
    """Every edit: its changes applied, those that are stored, and a text against itself."""
    stored = _stored_changes(history, db)
    reader, again = Reader(history.site), Reader(history.site)
    for page_id, revisions in history.pages.items():
        title = history.titles[page_id]
        texts = {revision.rev_id: revision.text for revision in revisions}
        last: tuple[int, Record] | None = None
        for revision in revisions:
            assert revision.text is not None
            record = reader.read(revision.text, title)
            if last is not None:
                told = compare(last[1], record)
                check_edit(last[1], record, told, f"{title}@{revision.rev_id}", findings)
                parent = texts.get(revision.parent_id or 0)
                if parent is not None and revision.parent_id != last[0]:
                    # What was imported or merged between the two was not there when this revision was made.
                    told = compare(again.read(parent, title), record)
                rev_from = last[0] if parent is None else revision.parent_id
                findings.checked["edits whose stored changes are those of the texts"] += 1
                if stored.pop((page_id, rev_from, revision.rev_id), []) != told:
                    findings.fault(f"{title}@{revision.rev_id}", "other changes are stored")
            last = revision.rev_id, record
        if last is not None:
            findings.checked["texts without a change against themselves"] += 1
            if compare(last[1], again.read(revisions[-1].text or "", title)):
                findings.fault(title, "a text differs from itself")
    for (page, rev_from, rev_to), changes in stored.items():
        where = f"{history.titles.get(page)}@{rev_to}"
        findings.fault(where, f"{len(changes)} changes since {rev_from} are stored that no edit accounts for")


def _stored_changes(history: History, db: Database) -> dict[_Edit, list[Change]]:
    """The stored changes by page and revisions, but for events of pages and pages that are not looked at."""
    skipped = history.titles.keys() - history.pages.keys()
    stored: defaultdict[_Edit, list[Change]] = defaultdict(list)
    for change in load_changes(db, ChangeFilter()):
        if change.change.kind != "page" and change.page_id not in skipped:
            stored[change.page_id, change.rev_from, change.rev_to].append(change.change)
    return dict(stored)


def check_edit(before: Record, after: Record, told: Sequence[Change], where: str, findings: Findings) -> None:
    """Apply the changes of one edit."""
    findings.checked["edits applied"] += 1
    findings.checked["changes"] += len(told)
    if bool(told) != (before.source != after.source):
        findings.fault(where, "texts differ and no change is told, or the other way round")
    for fault in faults(before, after, told):
        findings.fault(where, fault)


def check_moments(history: History, db: Database, moments: int, seed: int, findings: Findings) -> None:
    """Random moments in the life of random pages, all kinds of items at each."""
    chance = random.Random(seed)
    reader = Reader(history.site)
    first, last = (pick(r.timestamp for rs in history.pages.values() for r in rs) for pick in (min, max))
    ids = sorted(history.pages)
    while findings.checked["moments"] < moments and ids:
        page_id = chance.choice(ids)
        moment = _between(first, last, chance.random())
        revisions = history.pages[page_id]
        at = bisect_right([r.timestamp for r in revisions], moment)
        if not at:
            continue
        findings.checked["moments"] += 1
        expected = items_of(reader.read(revisions[at - 1].text or "", history.titles[page_id]))
        for kind, rows in items_as_of(db, page_id, moment).items():
            findings.checked["items as of"] += len(rows)
            if rows != Counter(expected[kind]):
                findings.fault(f"{history.titles[page_id]} at {moment}", f"other {kind} items")


def _between(first: str, last: str, share: float) -> str:
    start, end = (datetime.fromisoformat(moment) for moment in (first, last))
    return (start + (end - start) * share).strftime("%Y-%m-%dT%H:%M:%SZ")


def items_as_of(db: Database, page_id: int, moment: str) -> Mapping[str, Counter[tuple[object, ...]]]:
    """What the intervals of a page say held at a moment, by kind."""
    found = {}
    for kind, columns in COLUMNS.items():
        rows = db.execute(
            f"SELECT {', '.join(columns)} FROM {kind}_history WHERE page_id = :page AND valid_from <= :at"
            " AND (valid_to IS NULL OR valid_to > :at)",
            {"page": page_id, "at": moment},
        )
        found[kind] = Counter(map(tuple, rows.fetchall()))
    return found


def check_history(path: Path, folder: Path, moments: int, seed: int) -> Findings:
    """Import a dump into a new database and check everything."""
    database = folder / "properties.db"
    database.unlink(missing_ok=True)
    result = wikitrail("--db", database, "import", path, "--json", timeout=3600)
    assert result.code == 0, result.err
    findings, history = Findings(), read_history(path)
    db = open_database(database, create=False)
    try:
        check_edits(history, db, findings)
        check_moments(history, db, moments, seed, findings)
    finally:
        db.close()
    return findings


def main() -> int:
    """Check the dumps that the command line names; 1 when something does not hold."""
    options = _options().parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in options.dumps or [SAMPLE]:
            findings = check_history(path, Path(folder), options.moments, options.seed)
            print(f"{path.name}: " + ", ".join(f"{count} {name}" for name, count in findings.checked.items()))
            print("\n".join(findings.faults[: options.show]) or "everything holds")
            if len(findings.faults) > options.show:
                print(f"… and {len(findings.faults) - options.show} more faults")
            wrong += len(findings.faults)
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dumps", nargs="*", type=Path, help="XML exports; without any, the sample wiki")
    parser.add_argument("--moments", type=int, default=1000, help="random moments (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="faults that are shown of each history (default 20)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
