"""Intervals of a page that was away for a while: built step by step and built anew, they are the same."""

from __future__ import annotations

from pathlib import Path

from jobs.derive import Deriver
from jobs.page_reader import reader_for
from parsers.wiki import LogEvent, Page, Revision
from storage import mirror
from storage.database import open_database
from storage.items import read_items
from storage.runs import start_run

GONE, BACK = "2024-05-06T10:00:00Z", "2024-05-06T10:00:01Z"


def revision(rev_id: int, timestamp: str, text: str) -> Revision:
    return Revision(
        rev_id=rev_id, page_id=1, parent_id=rev_id - 1 or None, timestamp=timestamp, user="Nora Feld", user_id=3,
        comment="", minor=False, size=len(text), sha1=None, content_model="wikitext", tags=(), text_state="present",
        user_hidden=False, comment_hidden=False, text=text,
    )  # fmt: skip


def event(log_id: int, action: str, timestamp: str) -> LogEvent:
    return LogEvent(log_id, "delete", action, timestamp, "Nora Feld", "Park", 1, "{}", "")


def test_an_edit_within_the_second_of_the_restore(tmp_path: Path) -> None:
    db = open_database(tmp_path / "wiki.db", create=True)
    try:
        start_run(db, "sync", "2026-01-01T00:00:00Z")
        deriver = Deriver(db, reader_for(db, None), 1, "2026-01-01T00:00:00Z")

        def save(rev_id: int, timestamp: str, text: str) -> None:
            made = revision(rev_id, timestamp, text)
            mirror.save_pages(db, [Page(1, 0, "Park", False, "wikitext", rev_id, len(text), "[]")], BACK)
            mirror.save_revision(db, deriver.texts, made, BACK)
            deriver.revisions([made])

        save(1, "2024-05-06T09:00:00Z", "Ein [[Weg]].")
        mirror.save_log_events(db, [event(1, "delete", GONE), event(2, "restore", BACK)])
        deriver.revisions([], rewritten=[1])
        save(2, BACK, "Ein [[Bach]].")
        step_by_step = read_items(db, 1)
        deriver.revisions([], rewritten=[1])
        assert read_items(db, 1) == step_by_step
        links = [(row[1], *row[-2:]) for row in step_by_step["link"]]
        assert sorted(links, key=lambda link: (link[1], link[0] == "Bach")) == [
            ("Weg", "2024-05-06T09:00:00Z", GONE),
            ("Weg", BACK, BACK),
            ("Bach", BACK, None),
        ]
    finally:
        db.close()
