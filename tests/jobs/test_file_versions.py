"""One version of a file goes and comes back: its page stays as it is, and nothing is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from parsers.wiki import LogEvent
from storage.page_log import deletes_page
from tests.mediawiki import MediaWiki
from tests.storm_actions import SETTINGS, Storm, picture
from tests.storm_checks import Checker
from tests.wikitrail import rows, sync

TITLE = "Datei:Karte der Stadt.png"


@pytest.fixture
def wiki(make_mediawiki: Callable[..., MediaWiki]) -> MediaWiki:
    wiki = make_mediawiki(SETTINGS)
    for number in range(3):
        path = wiki.folder / f"{number}.png"
        path.write_bytes(picture(number))
        wiki.api("upload", filename=TITLE.partition(":")[2], file=path, text="Bild\n== Maßstab ==\n1:5000",
                 ignorewarnings=True)  # fmt: skip
        time.sleep(1.1)  # two versions of one second are one
    return wiki


def test_an_old_version_that_is_deleted_and_restored_is_no_deletion_of_the_page(
    wiki: MediaWiki, tmp_path: Path
) -> None:
    db = tmp_path / "wiki.db"
    sync(db, wiki.api_url)
    held = rows(db, "SELECT * FROM section_history")
    storm = Storm(wiki, Checker(wiki, db))
    for action in (storm.delete_version, storm.restore_version):
        action(TITLE)
        time.sleep(1.1)
        assert sync(db)["changes"] == 0
    logged = rows(db, "SELECT action FROM log_events WHERE type = 'delete' ORDER BY log_id")
    assert logged == [("delete",), ("restore",)]
    assert rows(db, "SELECT count(*) FROM changes WHERE kind = 'page' AND action != 'created'") == [(0,)]
    assert rows(db, "SELECT * FROM section_history") == held
    later = tmp_path / "later.db"
    sync(later, wiki.api_url)
    assert rows(later, "SELECT * FROM section_history") == held
    storm.checker.audit()


def test_the_page_itself_is_told_when_it_goes_and_comes_back(wiki: MediaWiki, tmp_path: Path) -> None:
    """With a version deleted before, and restored in between without the page."""
    db = tmp_path / "wiki.db"
    sync(db, wiki.api_url)
    storm = Storm(wiki, Checker(wiki, db))
    storm.delete_version(TITLE)
    wiki.delete(TITLE)
    sync(db)
    assert rows(db, "SELECT state FROM pages WHERE title = ?", TITLE) == [("deleted",)]
    storm.restore_version(TITLE)
    sync(db)
    wiki.undelete(TITLE)
    sync(db)
    told = rows(db, "SELECT action FROM changes WHERE kind = 'page' AND rev_to IS NULL AND title = ?", TITLE)
    assert told == [("deleted",), ("restored",)]
    assert rows(db, "SELECT count(*) FROM section_history WHERE title = 'Maßstab'") == [(2,)]
    storm.checker.audit()


@pytest.mark.parametrize("before", ["Alte Version ", "删除旧版本", ""])
def test_a_deleted_version_is_known_in_any_language(before: str) -> None:
    comment = f"{before}20240701083000!Karte_der_Stadt.png"
    event = LogEvent(1, "delete", "delete", "2024-07-01T08:30:00Z", "Anna", TITLE, 7, "{}", comment)
    assert not deletes_page(event)
    assert deletes_page(replace(event, comment="Doppelt"))
