"""Bulk changes brought up to date run by run are those that a search over everything finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

import jobs.sync
from jobs.bulk_search import refresh_bulk_changes
from jobs.config import Config
from jobs.runner import running
from jobs.settings import Settings
from parsers.bulk import search_bulk_changes
from parsers.bulk_watch import Wanted
from parsers.change import BulkChange, CurrentItem, PageChange
from storage.bulk_changes import load_bulk_changes
from storage.bulk_memory import first_time
from storage.bulk_source import StoredSource
from storage.database import Database, open_database
from tests.labelled_history import DAYS, START, History, Page, Revision, write_history
from tests.labelled_weaving import labelled_history


class Everything(StoredSource):
    """A source that leaves nothing out."""

    def later(self, wanted: Mapping[str, Wanted]) -> Iterator[PageChange]:
        return super().later(dict.fromkeys(wanted, Wanted()))

    def current(self, wanted: Mapping[str, Wanted]) -> Iterator[CurrentItem]:
        return super().current(dict.fromkeys(wanted, Wanted()))


def _plain(bulk: BulkChange) -> BulkChange:
    return replace(bulk, members=tuple(sorted(bulk.members)), addresses=bulk.addresses or None)


def _order(bulk: BulkChange) -> tuple[str, ...]:
    return bulk.first_at, bulk.kind, bulk.rule, bulk.last_at, str(bulk.members[0])


def differences(path: Path) -> list[tuple[BulkChange | None, BulkChange | None]]:
    """Where what is held is not what a search over everything finds."""
    db = open_database(path, create=False)
    try:
        held = sorted((_plain(bulk) for _, bulk in load_bulk_changes(db)), key=_order)
        found, _, _ = search_bulk_changes(Everything(db), first_time(db))
        whole = sorted(map(_plain, found), key=_order)
    finally:
        db.close()
    lacking = [(None, bulk) for bulk in whole if bulk not in held]
    return [*((bulk, None) for bulk in held if bulk not in whole), *lacking]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each run whether it had to search."""
    told: list[bool] = []

    def refresh(db: Database) -> bool:
        told.append(refresh_bulk_changes(db))
        return told[-1]

    monkeypatch.setattr(jobs.sync, "refresh_bulk_changes", refresh)
    return told


def import_until(db: Path, dump: Path, until: str | None) -> None:
    settings = Settings(Config(), db.parent, db, quiet=True)
    with running("import", db, create=True) as run:
        jobs.sync.import_dumps(run, settings, [dump], until=until)


@pytest.mark.parametrize(("seed", "forms"), [(21, False), (22, True)])
def test_however_a_history_is_parted_into_runs(seed: int, forms: bool, tmp_path: Path, searched: list[bool]) -> None:
    history = labelled_history(seed, 60, per_page=3, forms=forms)
    dump, db = tmp_path / "wiki.xml", tmp_path / "wiki.db"
    write_history(history, dump)
    random = Random(seed)
    cuts = sorted(random.uniform(60, DAYS) for _ in range(7))
    cuts += [cut + random.uniform(0.1, 3) for cut in cuts]  # and some short parts
    for cut in sorted(cuts):
        import_until(db, dump, (START + timedelta(days=cut)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        assert differences(db) == []
    import_until(db, dump, None)
    assert differences(db) == []
    assert True in searched


Edit = tuple[int, str, str]  # page, old and new text


def small_history(*runs: list[Edit]) -> History:
    """Six pages with a link each, that was migrated on five of them, and later edits."""
    pages = []
    rev_id = 0
    for page_id in range(1, 7):
        page = Page(f"Seite {page_id}", "", START, page_id)
        old = f"* [http://alt.example/v?nr={page_id} Vorlage {page_id}]\n\n== Lage ==\nAm Kanahl, Ort {page_id}."
        texts = [old, old.replace("http://alt", "https://neu")] if page_id < 6 else [old]
        for day, text in enumerate(texts):
            rev_id += 1
            page.revisions.append(Revision(START + timedelta(days=day, minutes=page_id), "Ute Engel", text, rev_id))
        pages.append(page)
    for run, edits in enumerate(runs, 1):
        for page_id, old, new in edits:
            page = pages[page_id - 1]
            text = page.revisions[-1].text
            assert old in text
            rev_id += 1
            when = START + timedelta(days=100 * run, minutes=rev_id)
            page.revisions.append(Revision(when, "Tom Dahlke", text.replace(old, new), rev_id))
    return History(pages, [], [])


def corrected(*pages: int) -> list[Edit]:
    return [(page, "Kanahl", "Kanal") for page in pages]


@pytest.mark.parametrize(
    ("before", "edits", "must_search"),
    [
        ([], [(1, "Am Kanahl", "Beim alten Hafen")], False),
        ([], [(6, "Am Kanahl", "Beim alten Hafen")], True),  # the revision of a straggler is told
        ([], [(6, "http://alt", "https://neu")], True),
        ([], [(1, "https://neu", "http://alt")], True),
        ([], [(2, "Kanahl", "[http://alt.example/v?nr=77 Kanal]")], True),
        ([], [(2, "* [https://neu.example/v?nr=2 Vorlage 2]\n", "")], False),
        ([], [(3, "== Lage ==", "== Ort ==")], False),
        ([], corrected(1, 2), False),
        ([], corrected(1, 2, 3), True),
        (corrected(1, 2), corrected(3), True),
        (corrected(1, 2, 3, 4, 5), [(6, "Am Kanahl", "Beim alten Hafen")], True),
        (
            [*corrected(1, 2, 3, 4, 5), (6, "http://alt", "https://neu")],
            [(6, "Am Kanahl", "Beim alten Hafen")],
            True,
        ),
        (corrected(1, 2, 3, 4, 5), [(2, "Ort 2.", "Ort 2. Auch hier am Kanahl.")], True),
        (corrected(1, 2, 3, 4), [(1, "Ort 1", "Ort 11")], False),
        (corrected(1, 2, 3, 4), [(1, "Kanal", "Kanahl")], True),
        ([(n, "== Lage ==", "== Ort ==") for n in (1, 2, 3)], [(4, "== Lage ==\n", "")], True),
        ([(n, "== Lage ==", "== Ort ==") for n in (1, 2, 3)], [(1, "== Ort ==", "== Ort ==\nHier.")], False),
    ],
)
def test_only_what_could_alter_a_bulk_change_is_searched_for(
    before: list[Edit], edits: list[Edit], must_search: bool, tmp_path: Path, searched: list[bool]
) -> None:
    dump, db = tmp_path / "wiki.xml", tmp_path / "wiki.db"
    write_history(small_history(before), dump)
    import_until(db, dump, None)
    write_history(small_history(before, edits), dump)
    import_until(db, dump, None)
    assert differences(db) == []
    assert searched == [True, must_search]
