"""Bulk changes found in labelled histories against the truth: what must be reached, and that the score can fail."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.bench_changes import METHODS, grouped, imported
from tests.labelled_history import History
from tests.labelled_score import Score, found_revisions, score_database, score_groups
from tests.labelled_weaving import labelled_history


@pytest.fixture(scope="module")
def history() -> History:
    return labelled_history(11, 300)


@pytest.fixture(scope="module")
def db(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(history, tmp_path_factory.mktemp("labelled"))


def _least(score: Score, facet: str) -> float:
    count = score.total(facet)
    return min(count.precision, count.recall)


def test_bulk_changes_of_every_kind_are_found(history: History, db: Path) -> None:
    score = score_database(history, db)
    assert _least(score, "members") >= 0.99, score.faults
    for facet in ("exceptions", "stragglers", "regressions"):
        assert _least(score, facet) >= 0.98, score.faults
    assert (score.decoys, score.spurious) == (0, 0), score.faults
    found = {name for name, counts in score.counts.items() if counts["members"].right}
    assert found == {label.name for label in history.labels}


def test_other_forms_of_the_same_kinds_are_found_as_well(tmp_path: Path) -> None:
    history = labelled_history(7, 400, forms=True)
    score = score_database(history, imported(history, tmp_path))
    assert _least(score, "members") >= 0.98, score.faults
    assert (score.decoys, score.spurious) == (0, 0), score.faults
    found = {name for name, counts in score.counts.items() if counts["members"].right}
    assert found == {label.name for label in history.labels}


def test_no_other_method_finds_as_much(history: History, db: Path) -> None:
    own = score_groups(history, found_revisions(db)).total("members")
    others = {name: score_groups(history, grouped(history, method)) for name, method in METHODS.items()}
    assert own.recall > 0.98
    assert max(score.total("members").recall for score in others.values()) < 0.5
    assert others["digit mask"].decoys > 0
    assert {name for name, score in others.items() if score.total("members").recall > 0.05} == set(METHODS)


def test_everyday_editing_alone_makes_no_bulk_change(tmp_path: Path) -> None:
    everyday = labelled_history(5, 400, rounds=0)
    score = score_database(everyday, imported(everyday, tmp_path))
    assert (score.spurious, score.faults) == (0, [])


def test_the_score_tells_what_is_missing_and_what_is_too_much(history: History, db: Path, tmp_path: Path) -> None:
    worse = tmp_path / "worse.db"
    with sqlite3.connect(db) as source, sqlite3.connect(worse) as target:
        source.backup(target)
        ((bulk_id,),) = target.execute("SELECT bulk_id FROM bulk_changes WHERE exceptions != '[]' LIMIT 1").fetchall()
        title, revision = history.decoys[0]
        target.execute("UPDATE change_items SET bulk_id = NULL WHERE bulk_id != ?", [bulk_id])
        target.execute(
            "UPDATE change_items SET bulk_id = ? WHERE change_id IN"
            " (SELECT change_id FROM changes WHERE title = ? AND rev_to = ?)",
            [bulk_id, title, revision.rev_id],
        )
        target.execute("UPDATE bulk_changes SET exceptions = '[]'")
    score = score_database(history, worse)
    assert score.total("members").recall < 0.1
    assert score.total("members").precision < 1
    assert score.total("exceptions").recall == 0
    assert score.decoys == 1


def test_the_same_seed_makes_the_same_history() -> None:
    one, other = (labelled_history(3, 40) for _ in range(2))
    texts = [[(r.rev_id, r.at, r.user, r.text) for page in h.pages for r in page.revisions] for h in (one, other)]
    assert texts[0] == texts[1]
