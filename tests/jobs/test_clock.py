"""Clocks that are off, rows that commit late, a list of recent changes that has expired, readers beside the writer."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from jobs.clock import shift, utc_now
from jobs.runner import running
from scraper.api import Api
from tests.mediawiki import MediaWiki
from tests.storm_actions import Storm
from tests.storm_checks import Checker
from tests.wikitrail import assert_exact, command_line, environment, rows, sync, wikitrail

HOUR = timedelta(hours=1)


@pytest.fixture
def db(mediawiki: MediaWiki, tmp_path: Path) -> Path:
    for title in ("Schule", "Verkehr"):
        mediawiki.edit(title, "Stand 0")
        mediawiki.edit(title, "Stand 1")
    return tmp_path / "wiki.db"


@pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_our_own_clock_counts_for_nothing(mediawiki: MediaWiki, db: Path, ahead: timedelta) -> None:
    """A page is deleted while the history is read, by a run before which another one had only found the wiki."""
    storm = Storm(mediawiki, Checker(mediawiki, db))
    with patch("jobs.runner.utc_now", lambda: shift(utc_now(), ahead)), patch("jobs.mirror.OVERLAP", timedelta(0)):
        found = "SELECT count(*) FROM sqlite_master WHERE name = 'site'"
        for _ in range(9):  # the first ones make the tables
            storm.cut(3)
            if rows(db, found) == [(1,)] and rows(db, "SELECT count(*) FROM site") == [(1,)]:
                break
        assert rows(db, "SELECT count(*) FROM revisions") == [(0,)]
        storm.meanwhile(3, "delete", "Schule")
        storm.sync()
        storm.move("Verkehr", "Bahn", redirect=False, subpages=False)
        storm.sync()


@pytest.mark.parametrize("hours", [1, 24])
def test_what_happens_after_the_wikis_clock_was_set_back_is_found(mediawiki: MediaWiki, db: Path, hours: int) -> None:
    """The clock was so much ahead when the last run asked for the time, and when what it saw was made."""
    later = f"strftime('%Y%m%d%H%M%S', {{0}}_ts, '+{hours} hour')"
    for table, column in (("revision", "rev_timestamp"), ("logging", "log_timestamp")):
        parts = "||'-'||".join(f"substr({column}, {at}, {n})" for at, n in ((1, 4), (5, 2), (7, 2)))
        parts += "||' '||" + "||':'||".join(f"substr({column}, {at}, 2)" for at in (9, 11, 13))
        mediawiki.statement(f"UPDATE {table} SET {column} = {later.replace('{0}_ts', parts)}")
    sync(db, mediawiki.url)
    with closing(sqlite3.connect(db)) as connection, connection:
        (cursor,) = connection.execute(
            "SELECT json_extract(value, '$') FROM sync_state WHERE key = 'cursor'"
        ).fetchone()
        connection.execute(
            "UPDATE sync_state SET value = json_quote(?) WHERE key = 'cursor'", [shift(cursor, hours * HOUR)]
        )
    mediawiki.delete("Schule")
    mediawiki.move("Verkehr", "Bahn")
    mediawiki.edit("Bahn", "Stand 2")
    sync(db)
    assert_exact(db, mediawiki)
    assert sync(db)["requests"] == 1


@contextmanager
def held_back(wiki: MediaWiki, table: str, key: str, number: int, **changed: Any) -> Iterator[None]:
    """A row of a wiki that commits only afterwards, as those of a long transaction do."""
    with closing(sqlite3.connect(wiki.db_path, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        with connection:
            row = dict(connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", [number]).fetchone()) | changed
            connection.execute(f"DELETE FROM {table} WHERE {key} = ?", [number])
        yield
        with connection:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values()))


def ago(minutes: int) -> str:
    """A time in the form of the wiki's database."""
    return "".join(c for c in shift(utc_now(), -timedelta(minutes=minutes)) if c.isdigit())


@pytest.mark.parametrize("stamp", [ago(1), ago(100), "20050101100000"], ids=["now", "earlier", "long ago"])
def test_a_revision_that_commits_after_a_higher_id_is_found(mediawiki: MediaWiki, db: Path, stamp: str) -> None:
    sync(db, mediawiki.url)
    late = mediawiki.edit("Neu", "Stand 0")
    (page_id,) = (page["page_id"] for page in mediawiki.truth()["pages"] if page["title"] == "Neu")
    mediawiki.edit("Verkehr", "Stand 2")
    with (
        held_back(mediawiki, "page", "page_id", page_id),
        held_back(mediawiki, "revision", "rev_id", late, rev_timestamp=stamp),
    ):
        assert sync(db)["revisions_new"] == 1
        assert sync(db)["requests"] == 1
    assert sync(db)["revisions_new"] == 1
    assert_exact(db, mediawiki)
    assert sync(db)["requests"] == 1


def test_a_log_entry_that_commits_late_is_found(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    mediawiki.delete("Schule")
    entry = mediawiki.truth()["log"][-1]["log_id"]
    with held_back(mediawiki, "logging", "log_id", entry, log_timestamp=ago(100)):
        assert sync(db)["requests"] == 1
        assert rows(db, "SELECT state FROM pages WHERE title = 'Schule'") == [("live",)]
    sync(db)
    assert_exact(db, mediawiki)


def test_nothing_is_lost_when_the_list_of_recent_changes_has_expired(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    mediawiki.configure("$wgRCMaxAge = 1;")
    mediawiki.edit("Schule", "Stand 2")
    mediawiki.move("Verkehr", "Bahn")
    mediawiki.delete("Hauptseite")
    mediawiki.statement("DELETE FROM recentchanges")
    result = wikitrail("--db", db, "sync")
    (cursor,) = rows(db, "SELECT json_extract(counts, '$.since') FROM runs ORDER BY run_id DESC")[0]
    assert f"Revisions and log were read since {cursor}" in result.err
    assert_exact(db, mediawiki)


def test_readers_and_the_writer_never_wait_for_each_other(mediawiki: MediaWiki, db: Path) -> None:
    """One reader keeps its transaction open all the time; others come while the writer has its own open."""
    storm = Storm(mediawiki, Checker(mediawiki, db))
    storm.sync()
    mediawiki.edit("Schule", "Stand 2")
    total = "SELECT count(*) FROM revisions"
    read = []
    ask = Api.request

    def request(api: Api, *args: Any) -> dict[str, Any]:
        with closing(sqlite3.connect(db, timeout=0)) as reader:
            read.append(reader.execute(total).fetchone())
        return ask(api, *args)

    with closing(sqlite3.connect(db, timeout=0, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        before = reader.execute(total).fetchone()
        with patch.object(Api, "request", request), patch("storage.database.BUSY_TIMEOUT_MS", 0):
            storm.sync()
            mediawiki.statement("UPDATE revision SET rev_minor_edit = 1 WHERE rev_id = 2")
            storm.checker.unlogged = True
            storm.sync()
        assert reader.execute(total).fetchone() == before
    assert len(read) > 6
    assert rows(db, total) == [(before[0] + 1,)]


def test_a_run_that_was_killed_leaves_no_lock_and_a_second_one_ends_at_once(mediawiki: MediaWiki, db: Path) -> None:
    mediawiki.configure("if (isset($_GET['garvcontinue']) || isset($_GET['revids'])) { sleep(20); }")
    command = command_line("--db", db, "sync", mediawiki.url)
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: any("revids" in request.params for request in mediawiki.requests()))
        second = wikitrail("--db", db, "sync", mediawiki.url)
        assert process.poll() is None
        assert second.code == 75
        assert "Another run works on" in second.err
    finally:
        process.kill()
        process.wait()
    path = mediawiki.folder / "LocalSettings.php"
    path.write_text(path.read_text().replace("sleep(20)", ""))
    sync(db, mediawiki.url)
    assert_exact(db, mediawiki)
    assert "interrupted" in {status for (status,) in rows(db, "SELECT status FROM runs")}


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_link_to_the_database_has_the_lock_of_the_database(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    link = db.parent / "anderswo" / "link.db"
    link.parent.mkdir()
    link.symlink_to(db)
    with running("sync", db, create=False):
        refused = wikitrail("--db", link, "sync")
    assert (refused.code, f"Another run works on {link}" in refused.err) == (75, True)
    assert sync(link)["status"] == "ok"
    assert [path.name for path in link.parent.iterdir()] == ["link.db"]
