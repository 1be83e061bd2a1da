"""The audit finds what no log tells, says what differed, and leaves an exact mirror."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from parsers.wiki import LogEvent
from scraper.api import Api
from scraper.fetch import Fetcher
from scraper.listing import Listed, list_wiki
from tests.mediawiki import MediaWiki
from tests.storm_checks import Checker
from tests.wikitrail import assert_exact, rows, sync, wikitrail


@pytest.fixture
def db(mediawiki: MediaWiki, tmp_path: Path) -> Path:
    path = tmp_path / "wiki.db"
    for number in range(3):
        mediawiki.edit("Wohnraumkonzept", f"Stand {number}\n== Ziele ==\n* Ziel {number}")
    sync(path, mediawiki.url)
    return path


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_exact_mirror_passes(db: Path) -> None:
    result = wikitrail("--db", db, "audit")
    assert (result.code, result.out) == (0, ""), result
    assert "exact" in result.err


def test_what_the_wiki_does_not_log_is_found_and_repaired(mediawiki: MediaWiki, db: Path) -> None:
    """Somebody altered the wiki's own database, as maintenance scripts do."""
    execute(mediawiki.db_path, "UPDATE revision SET rev_minor_edit = 1 WHERE rev_id = 2")
    result = wikitrail("--db", db, "audit", "--json")
    assert result.code == 1
    fields = {(d["what"], d["field"]) for d in result.json["differences"]}
    assert fields == {("revision", "minor")}
    assert_exact(db, mediawiki)
    assert wikitrail("--db", db, "audit").code == 0


def test_a_page_whose_current_revision_is_another_held_one_is_read_anew(mediawiki: MediaWiki, db: Path) -> None:
    """Somebody turned a page back in the wiki's own database; an answer that was made during an edit looks the same."""
    (page_id,) = rows(db, "SELECT page_id FROM pages WHERE title = 'Wohnraumkonzept'")[0]
    first = rows(db, "SELECT min(rev_id), size FROM revisions WHERE page_id = ?", page_id)[0]
    execute(
        mediawiki.db_path, f"UPDATE page SET page_latest = {first[0]}, page_len = {first[1]} WHERE page_id = {page_id}"
    )
    assert wikitrail("--db", db, "audit").code == 1
    held = "SELECT latest_rev_id, text FROM pages WHERE page_id = ?"
    assert rows(db, held, page_id) == [(first[0], "Stand 0\n== Ziele ==\n* Ziel 0")]
    assert rows(db, "SELECT text FROM sections WHERE page_id = ? AND title = 'Ziele'", page_id) == [("Ziel 0",)]
    assert wikitrail("--db", db, "audit").code == 0


def test_a_log_entry_that_the_wiki_has_no_more_is_kept_and_marked(mediawiki: MediaWiki, db: Path) -> None:
    """Somebody removed it from the wiki's own database, as deleteAutoPatrolLogs.php does; later it came back."""
    execute(mediawiki.db_path, "CREATE TABLE aside AS SELECT * FROM logging", "DELETE FROM logging WHERE log_id = 1")
    result = wikitrail("--db", db, "audit", "--json")
    assert result.code == 1
    assert result.json["differences"] == [{"what": "event", "id": 1, "field": "state", "mirror": "live", "wiki": None}]
    assert rows(db, "SELECT state FROM log_events WHERE log_id = 1") == [("gone",)]
    assert wikitrail("--db", db, "audit").code == 0
    execute(mediawiki.db_path, "INSERT INTO logging SELECT * FROM aside WHERE log_id = 1")
    assert wikitrail("--db", db, "audit").code == 1
    assert rows(db, "SELECT DISTINCT state FROM log_events") == [("live",)]
    assert_exact(db, mediawiki)


def test_an_audit_reads_the_pages_anew_when_an_interwiki_prefix_was_added(mediawiki: MediaWiki, db: Path) -> None:
    """No log tells of it, and the one request of a run does not ask for the prefixes."""
    mediawiki.edit("Quelle", "[[fremd:Seite]]")
    sync(db)
    assert rows(db, "SELECT kind FROM links WHERE target = 'Fremd:Seite'") == [("internal",)]
    execute(
        mediawiki.db_path,
        "INSERT INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans)"
        " VALUES ('fremd', 'https://fremd.example/$1', '', '', 0, 0)",
    )
    result = wikitrail("--db", db, "audit", "--json")
    assert result.code == 0
    assert "read anew" in result.json["warnings"][0]
    assert rows(db, "SELECT kind FROM links WHERE title = 'Quelle'") == [("interwiki",)]
    assert wikitrail("--db", db, "audit", "--json").json["warnings"] == []


def test_a_protection_that_has_expired_is_no_difference(mediawiki: MediaWiki, db: Path) -> None:
    """The wiki shows it until somebody next protects a page, and logs nothing when it goes."""
    for title in ("Wohnraumkonzept", "Hauptseite"):
        mediawiki.api("protect", title=title, protections="edit=sysop|move=sysop", expiry="2 seconds|infinite")
    sync(db)
    assert wikitrail("--db", db, "audit").code == 0
    time.sleep(2.1)
    ended = "pr_type = 'edit' AND pr_page = 1"
    execute(mediawiki.db_path, "CREATE TABLE aside AS SELECT * FROM page_restrictions",
            f"DELETE FROM page_restrictions WHERE {ended}")  # fmt: skip
    assert wikitrail("--db", db, "audit").code == 0
    sync(db, "--full")
    execute(mediawiki.db_path, f"INSERT INTO page_restrictions SELECT * FROM aside WHERE {ended}")
    assert wikitrail("--db", db, "audit").code == 0
    execute(mediawiki.db_path, "DELETE FROM page_restrictions WHERE pr_type = 'move' AND pr_page = 1")
    found = wikitrail("--db", db, "audit", "--json").json["differences"]
    assert [(d["id"], d["field"]) for d in found] == [(1, "protection")]


def test_damage_to_the_file_is_found_and_repaired(mediawiki: MediaWiki, db: Path) -> None:
    execute(
        db,
        "UPDATE texts SET data = x'00' WHERE text_id = (SELECT max(text_id) FROM texts)",
        "UPDATE revisions SET user = 'Niemand' WHERE rev_id = 2",
        "UPDATE pages SET title = 'Falsch' WHERE title = 'Hauptseite'",
        "DELETE FROM revisions WHERE rev_id = 3",
    )
    held = rows(db, "SELECT count(*) FROM changes")
    result = wikitrail("--db", db, "audit")
    assert result.code == 1
    assert "page 1: title is 'Falsch' in the mirror and 'Hauptseite' on the wiki; repaired" in result.out
    assert "revision 2: user is 'Niemand'" in result.out
    assert_exact(db, mediawiki)
    assert rows(db, "SELECT count(*) FROM changes") == held, "a repair is no change that somebody made"
    assert wikitrail("--db", db, "audit").code == 0


def test_a_text_that_nobody_has_any_more_is_missing_until_the_wiki_shows_it(mediawiki: MediaWiki, db: Path) -> None:
    mediawiki.delete("Wohnraumkonzept")
    sync(db)
    execute(
        db,
        "UPDATE texts SET data = x'00' WHERE text_id IN (SELECT text_id FROM revisions WHERE state = 'archived')",
    )
    found = wikitrail("--db", db, "audit", "--json").json["differences"]
    assert {(d["field"], d["mirror"], d["wiki"]) for d in found} == {("text", "damaged", None)}
    assert rows(db, "SELECT DISTINCT text_state, text_id FROM revisions WHERE state = 'archived'") == [
        ("missing", None)
    ]
    assert wikitrail("--db", db, "audit").code == 0
    mediawiki.undelete("Wohnraumkonzept")
    sync(db)
    assert_exact(db, mediawiki)


def test_what_somebody_does_during_an_audit_is_no_difference(mediawiki: MediaWiki, db: Path) -> None:
    checker = Checker(mediawiki, db)
    walk = Fetcher.log

    def log(fetcher: Fetcher, *span: str) -> Iterator[tuple[LogEvent, ...]]:
        mediawiki.protect("Wohnraumkonzept")
        return walk(fetcher, *span)

    def listed(api: Api) -> Iterator[Listed]:
        mediawiki.edit("Wohnraumkonzept", "Während der Prüfung")
        return list_wiki(api)

    checker.sync()
    with patch.object(Fetcher, "log", log), patch("jobs.audit.list_wiki", listed):
        checker.audit()
    checker.sync()
