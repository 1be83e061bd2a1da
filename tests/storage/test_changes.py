"""Changes as they are loaded: what a filter leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.bulk_watch import Wanted
from storage.changes import ChangeFilter, load_changes
from storage.database import Database, open_database
from tests.labelled_history import START, History, Page, Revision, write_history
from tests.wikitrail import wikitrail


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("changes")
    page = Page("Hafen", "", START, 1)
    texts = ["Der Hafen.", "Der [https://a.example/1 Hafen].", "Der [https://b.example/2 Hafen].\n\n[[Kategorie:Ufer]]"]
    for number, text in enumerate(texts, 1):
        page.revisions.append(Revision(START.replace(day=3 + number), "Ute Engel", text, number))
    write_history(History([page], [], []), folder / "wiki.xml")
    assert wikitrail("--db", folder / "wiki.db", "import", folder / "wiki.xml").code == 0
    opened = open_database(folder / "wiki.db", create=False)
    yield opened
    opened.close()


def test_changes_after_one_are_those_stored_later(db: Database) -> None:
    every = [change.change_id for change in load_changes(db, ChangeFilter())]
    assert len(every) > 3
    last_of_second = max(c.change_id for c in load_changes(db, ChangeFilter()) if c.rev_to == 2)
    later = [change.change_id for change in load_changes(db, ChangeFilter(after_id=last_of_second))]
    assert later == [change_id for change_id in every if change_id > last_of_second]
    assert later
    assert list(load_changes(db, ChangeFilter(after_id=max(every)))) == []


def test_a_page_that_changes_twice_is_noted_once(tmp_path: Path) -> None:
    db = open_database(tmp_path / "wiki.db", create=True)
    for latest in (1, 2, 3):
        db.execute(
            "INSERT INTO page_rows (page_id, namespace, title, state, is_redirect, content_model, latest_rev_id,"
            " length, protection, first_seen_at, last_seen_at)"
            " VALUES (1, 0, 'A', 'live', 0, 'wikitext', ?, 1, '[]', '', '')"
            " ON CONFLICT (page_id) DO UPDATE SET latest_rev_id = excluded.latest_rev_id",
            [latest],
        )
    assert db.execute("SELECT page_id FROM bulk_pages").fetchall() == [(1,)]
    db.close()


def test_changes_are_chosen_by_their_ids_and_new_values(db: Database) -> None:
    links = list(load_changes(db, ChangeFilter(kind="link")))
    assert [c.change.after for c in links] == ["https://a.example/1", "https://b.example/2"]
    assert list(load_changes(db, ChangeFilter(ids=[links[1].change_id]))) == links[1:]
    wanted = Wanted.any_of([Wanted("https://b.")])
    assert list(load_changes(db, ChangeFilter(afters={"link": wanted}))) == links[1:]
    assert {c.change.kind for c in load_changes(db, ChangeFilter(afters={"category": Wanted()}))} == {"category"}
