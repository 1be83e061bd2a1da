"""Scores what was found in a labelled history against its labels: by row and, beside other methods, by revision."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.labelled_history import Edit, History, Label
from tests.wikitrail import rows

Key = Hashable
FACETS = ("members", "exceptions", "stragglers", "regressions")


@dataclass(slots=True)
class Count:
    """How many were found rightly, found wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: Collection[Key], true: Collection[Key]) -> None:
        both = len(set(found) & set(true))
        self.right += both
        self.wrong += len(set(found)) - both
        self.missed += len(set(true)) - both

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Score:
    """Counts by kind and facet; ``decoys`` swept in, ``spurious`` rules that no label knows; ``faults`` in words."""

    counts: dict[str, dict[str, Count]] = field(
        default_factory=lambda: defaultdict(lambda: {facet: Count() for facet in FACETS})
    )
    decoys: int = 0
    spurious: int = 0
    pages: int = 0
    faults: list[str] = field(default_factory=list)

    def total(self, facet: str) -> Count:
        """The counts of all kinds together."""
        counts = [kind[facet] for kind in self.counts.values()]
        return Count(sum(c.right for c in counts), sum(c.wrong for c in counts), sum(c.missed for c in counts))

    def add(self, other: Score) -> None:
        """Take the counts of another history in."""
        for name, facets in other.counts.items():
            for facet, count in facets.items():
                mine = self.counts[name][facet]
                mine.right, mine.wrong = mine.right + count.right, mine.wrong + count.wrong
                mine.missed += count.missed
        self.decoys, self.spurious = self.decoys + other.decoys, self.spurious + other.spurious
        self.pages += other.pages
        self.faults += other.faults


def score_database(history: History, db: Path) -> Score:
    """Score the tables ``changes`` and ``bulk_changes`` alone."""
    bulks: defaultdict[int, list[Any]] = defaultdict(list)
    for bulk_id, *row in rows(
        db, "SELECT bulk_id, title, rev_to, kind, before, after FROM changes WHERE bulk_id IS NOT NULL"
    ):
        bulks[bulk_id].append(tuple(row))
    told = {
        row[0]: (row[1], dict(zip(FACETS[1:], map(json.loads, row[2:]), strict=True)))
        for row in rows(db, "SELECT bulk_id, rule, exceptions, stragglers, regressions FROM bulk_changes")
    }
    score = Score(pages=len(history.pages))
    true = {number: {_key(edit) for edit in label.members} for number, label in enumerate(history.labels)}
    owners = _owners(true, {bulk_id: [_truest(row, true) for row in found] for bulk_id, found in bulks.items()})
    for number, label in enumerate(history.labels):
        counts = score.counts[label.name]
        own = [bulk_id for bulk_id, owner in owners.items() if owner == number]
        best = max(own, key=lambda bulk_id: len({_truest(row, true) for row in bulks[bulk_id]}), default=None)
        before = repr(counts)
        for bulk_id in own:
            # What a second bulk change tells of the same label is not found, but told twice.
            found = {_truest(row, true) for row in bulks[bulk_id]}
            counts["members"].add(found, true[number] if bulk_id == best else found)
            if bulk_id != best:
                score.faults.append(f"{label.name}: told apart as {told[bulk_id][0]}")
        if best is None:
            counts["members"].add((), true[number])
        cases = told[best][1] if best is not None else {facet: [] for facet in FACETS[1:]}
        _score_cases(counts, label, cases)
        if repr(counts) != before and any(c.wrong or c.missed for c in counts.values()):
            score.faults += _faults(
                label, cases, bulks[best] if best else [], true[number], told[best][0] if best else ""
            )
    for bulk_id, owner in owners.items():
        if owner is None:
            score.spurious += 1
            score.faults.append(f"spurious: {told[bulk_id][0]}")
    decoys = {(title, revision.rev_id) for title, revision in history.decoys}
    swept = {row[:2] for found in bulks.values() for row in found} & decoys
    score.decoys = len(swept)
    score.faults += [f"decoy swept in: {row}" for row in sorted(swept)]
    return score


def _key(edit: Edit) -> Key:
    place = (edit.title, edit.revision.rev_id, edit.row.kind)
    return (*place, edit.row.before, edit.row.after) if edit.row.exact else place


def _truest(row: tuple[Any, ...], true: Mapping[int, Collection[Key]]) -> Key:
    """The key under which a label can know a row: whole, or by its revision and kind."""
    short = row[:3]
    return short if any(short in keys for keys in true.values()) else row


def _owners(true: Mapping[int, Collection[Key]], found: Mapping[int, Iterable[Key]]) -> dict[int, int | None]:
    """For each bulk change that was found, the label that most of its members are of."""
    owners: dict[int, int | None] = {}
    for bulk_id, keys in found.items():
        counts = Counter(number for key in keys for number, members in true.items() if key in members)
        owners[bulk_id] = counts.most_common(1)[0][0] if counts else None
    return owners


def _score_cases(counts: Mapping[str, Count], label: Label, cases: Mapping[str, Any]) -> None:
    for facet, true in (("exceptions", label.exceptions), ("regressions", label.regressions)):
        found = {(case["title"], case["rev_id"]) for case in cases[facet]}
        counts[facet].add(found, {(edit.title, edit.revision.rev_id) for edit in true})
    exact = {title for title, before in label.stragglers if before is not None}
    found = {(case["title"], case["before"] if case["title"] in exact else None) for case in cases["stragglers"]}
    if not exact:
        found = {(case["title"], None) for case in cases["stragglers"]}
    counts["stragglers"].add(found, set(label.stragglers))


def _faults(
    label: Label, cases: Mapping[str, Any], found: Iterable[tuple[Any, ...]], true: Collection[Key], rule: str
) -> list[str]:
    held = {_truest(row, {0: true}) for row in found}
    words = [f"{label.name} [{rule}] wrong {key}"[:300] for key in held - set(true)]
    words += [f"{label.name} [{rule}] missed {key}"[:300] for key in set(true) - held]
    wanted = {"exceptions": label.exceptions, "regressions": label.regressions}
    for facet in FACETS[1:]:
        edits = wanted.get(facet, ())
        want = {(edit.title, edit.revision.rev_id) for edit in edits} or {(title, 0) for title, _ in label.stragglers}
        want = want if edits or facet == "stragglers" else set()
        have = {(case["title"], case["rev_id"] if facet in wanted else 0) for case in cases[facet]}
        words += [f"{label.name} [{rule}] {facet} +{sorted(have - want)} -{sorted(want - have)}"] * (have != want)
    return words


def score_groups(history: History, groups: Iterable[Collection[tuple[str, int]]]) -> Score:
    """Score groups of revisions, which is all that the other methods find."""
    found = dict(enumerate(groups))
    true = {
        number: {(edit.title, edit.revision.rev_id) for edit in label.members}
        for number, label in enumerate(history.labels)
    }
    score = Score(pages=len(history.pages))
    owners = _owners(true, found)
    for number, label in enumerate(history.labels):
        own = [group for group, owner in owners.items() if owner == number]
        best = max(own, key=lambda group: len(set(found[group]) & true[number]), default=None)
        members = score.counts[label.name]["members"]
        members.add(found[best] if best is not None else (), true[number])
    score.spurious = sum(owner is None for owner in owners.values())
    decoys = {(title, revision.rev_id) for title, revision in history.decoys}
    score.decoys = len(decoys & {key for group in found.values() for key in group})
    return score


def found_revisions(db: Path) -> list[set[tuple[str, int]]]:
    """The bulk changes of a database as groups of revisions."""
    groups: defaultdict[int, set[tuple[str, int]]] = defaultdict(set)
    for bulk_id, title, rev_id in rows(db, "SELECT bulk_id, title, rev_to FROM changes WHERE bulk_id IS NOT NULL"):
        groups[bulk_id].add((title, rev_id))
    return list(groups.values())
