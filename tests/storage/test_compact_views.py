"""Pages, revisions and texts are views over compact tables: what is written to them by hand is what they show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.wiki import LogEvent, Page, Revision
from storage import lookup, mirror
from storage.audit import damaged_revisions, give_up_texts
from storage.database import Database, open_database
from storage.texts import TextStore
from storage.times import seconds

NOW = "2026-01-02T03:04:05Z"
TEXT = "Das Konzept für den Park"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wiki.db", create=True)
    mirror.save_pages(database, [Page(1, 0, "Park", False, "wikitext", 2, 24, "[]")], NOW)
    yield database
    database.close()


def revision(**values: object) -> Revision:
    fields: dict[str, object] = {
        "rev_id": 1, "page_id": 1, "parent_id": None, "timestamp": "2024-05-06T07:08:09Z", "user": "Nora Feld",
        "user_id": 3, "comment": "neu", "minor": True, "size": 24, "sha1": None, "content_model": "wikitext",
        "tags": ("mobile",), "text_state": "missing", "user_hidden": False, "comment_hidden": False, "text": None,
    }  # fmt: skip
    return Revision(**{**fields, **values})  # type: ignore[arg-type]


def held(db: Database, rev_id: int = 1) -> dict[str, object]:
    (row,) = db.query("SELECT * FROM revisions WHERE rev_id = ?", [rev_id])
    return row


SHOWN = {
    "rev_id": 1, "page_id": 1, "parent_id": None, "timestamp": "2024-05-06T07:08:09Z", "user": "Nora Feld",
    "user_id": 3, "comment": "neu", "minor": 1, "size": 24, "sha1": None, "content_model": "wikitext",
    "tags": '["mobile"]', "text_state": "missing", "user_hidden": 0, "comment_hidden": 0, "state": "live",
    "text_id": None, "observed_at": NOW,
}  # fmt: skip


def test_a_revision_is_shown_as_it_was_saved(db: Database) -> None:
    texts = TextStore(db)
    assert mirror.save_revision(db, texts, revision(), NOW)
    assert held(db) == SHOWN
    hidden = revision(user=None, user_id=None, comment=None, user_hidden=True, comment_hidden=True, text_state="hidden",
                      tags=(), content_model="json", minor=False, parent_id=7)  # fmt: skip
    assert not mirror.save_revision(db, texts, hidden, "later")
    assert held(db) == SHOWN | {
        "user": None, "user_id": None, "comment": None, "user_hidden": 1, "comment_hidden": 1, "text_state": "hidden",
        "tags": "[]", "content_model": "json", "minor": 0, "parent_id": 7,
    }  # fmt: skip


@pytest.mark.parametrize("sha1", ["ab" * 20, "no digest", None])
def test_what_the_wiki_states_of_a_text_is_shown_whether_it_is_true_or_not(db: Database, sha1: str | None) -> None:
    mirror.save_revision(db, TextStore(db), revision(sha1=sha1, size=5, text_state="present", text="Das Konzept"), NOW)
    assert (held(db)["sha1"], held(db)["size"]) == (sha1, 5)
    assert list(damaged_revisions(db)) == [1]


@pytest.mark.parametrize(
    "timestamp",
    ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-W01-1T00:00:00Z", "gestern",
     "2024-02-29T12:00:00+01:00", ""],
)  # fmt: skip
def test_any_time_is_shown_as_it_was_written(db: Database, timestamp: str) -> None:
    mirror.save_revision(db, TextStore(db), revision(timestamp=timestamp), NOW)
    assert held(db)["timestamp"] == timestamp
    db.execute("UPDATE revisions SET timestamp = ?", [timestamp])
    assert held(db)["timestamp"] == timestamp
    assert db.execute("SELECT time FROM revision_rows").fetchone() == (seconds(timestamp),)


def test_a_revision_that_is_altered_by_hand_is_shown_so(db: Database) -> None:
    text = revision(size=len(TEXT.encode()), sha1="eb4f6e3a9f", text_state="present", text=TEXT)
    mirror.save_revision(db, TextStore(db), text, NOW)
    before = held(db)
    db.execute("UPDATE revisions SET user = 'Niemand', minor = 0, state = 'gone' WHERE rev_id = 1")
    assert held(db) == before | {"user": "Niemand", "minor": 0, "state": "gone"}
    db.execute("UPDATE revisions SET comment = NULL, text_id = NULL, text_state = 'hidden', tags = '[]'")
    changed = {"comment": None, "text_id": None, "text_state": "hidden", "tags": "[]"}
    assert held(db) == before | {"user": "Niemand", "minor": 0, "state": "gone"} | changed
    row = held(db) | {"rev_id": 2, "user": "Ada Stern"}
    db.execute(f"INSERT INTO revisions ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    assert held(db, 2) == row
    db.execute("DELETE FROM revisions WHERE rev_id = 1")
    assert [row["rev_id"] for row in db.query("SELECT rev_id FROM revisions")] == [2]


def test_a_page_that_is_altered_by_hand_is_shown_so(db: Database) -> None:
    (before,) = db.query("SELECT * FROM pages")
    db.execute("UPDATE pages SET title = 'Stadtpark', text = 'Rasen' WHERE title = 'Park'")
    assert list(db.query("SELECT * FROM pages")) == [before | {"title": "Stadtpark", "text": "Rasen"}]
    db.execute("UPDATE pages SET text = NULL")
    assert list(db.query("SELECT * FROM pages")) == [before | {"title": "Stadtpark"}]
    db.execute("DELETE FROM pages")
    assert list(db.query("SELECT * FROM pages")) == []


def test_size_and_digest_outlive_a_text_that_is_given_up(db: Database) -> None:
    text = revision(size=len(TEXT.encode()), text_state="present", text=TEXT)
    mirror.save_revision(db, TextStore(db), text, NOW)
    (digest,) = db.execute("SELECT sha1 FROM texts").fetchone()
    mirror.save_revision(db, TextStore(db), revision(size=text.size, text_state="present", text=TEXT, sha1=digest), NOW)
    assert list(damaged_revisions(db)) == []
    give_up_texts(db, [1])
    assert held(db) == SHOWN | {"size": text.size, "sha1": digest}
    assert db.execute("SELECT count(*) FROM texts").fetchone() == (0,)


@pytest.mark.parametrize(
    "query",
    ["SELECT user FROM revisions WHERE rev_id = 1", "SELECT user FROM revisions WHERE page_id = 1",
     "SELECT sha1 FROM texts WHERE text_id = 1", "SELECT text FROM pages WHERE title = 'Park'",
     "SELECT text FROM pages WHERE page_id = 1", "SELECT label FROM link_history WHERE page_id = 1",
     "SELECT after FROM changes WHERE page_id = 1", "SELECT after FROM changes WHERE bulk_id = 1"],
)  # fmt: skip
def test_an_analyst_does_not_wait_for_a_scan(db: Database, query: str) -> None:
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()]
    assert not [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]


@pytest.mark.parametrize("table", ["revisions", "log_events"])
@pytest.mark.parametrize(("most", "expected"), [(9, "01"), (3, "01"), (2, "02"), (0, "04")])
def test_from_when_on_there_are_at_most_so_many_rows(db: Database, table: str, most: int, expected: str) -> None:
    times = [f"2024-01-01T00:00:{second:02}Z" for second in range(7)]
    texts = TextStore(db)
    for number, time in enumerate(times):
        mirror.save_revision(db, texts, revision(rev_id=number + 1, timestamp=time), NOW)
    mirror.save_log_events(
        db, [LogEvent(n, "move", "move", time, "Nora Feld", "Park", 1, "{}", "") for n, time in enumerate(times)]
    )
    assert lookup.start_of_overlap(db, table, times[1], times[4], most) == f"2024-01-01T00:00:{expected}Z"
