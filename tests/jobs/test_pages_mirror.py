"""A wiki whose API is off: mirrored through its pages, and compared with the wiki's own database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mediawiki import MediaWiki
from tests.pages_wiki import API_REFUSED, EXPORT_CLOSED, assert_mirrors, fill
from tests.wikitrail import rows, sync

Maker = Callable[..., MediaWiki]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


@pytest.mark.parametrize("more", ["", EXPORT_CLOSED], ids=["export", "history pages"])
def test_first_run_and_what_follows(make_mediawiki: Maker, tmp_path: Path, db: Path, more: str) -> None:
    wiki = make_mediawiki(API_REFUSED + more)
    fill(wiki, tmp_path)
    first = sync(db, f"{wiki.url}/index.php/Hauptseite")
    assert any("not provably exact" in warning for warning in first["warnings"])
    assert_mirrors(db, wiki, by_export=not more)
    mark = wiki.mark()
    assert sync(db)["revisions_new"] == 0
    assert [request.params["title"] for request in wiki.requests(since=mark)] == ["Spezial:Letzte_Änderungen"]
    change(wiki)
    sync(db)
    assert_mirrors(db, wiki, by_export=not more)
    assert not [request for request in wiki.requests() if request.params.get("action") == "edit"]


def change(wiki: MediaWiki) -> None:
    """One of each thing that the recent changes name."""
    wiki.edit("Konzept 1", "Ganz neu", user="Nora Feld", summary="neu")
    for number in range(3):
        wiki.edit("Neue Seite", f"Stand {number}", user=None)
    wiki.move("Konzept 4", "Konzept vier")
    wiki.delete("Kategorie:Wohnen")
    wiki.undelete("Konzept 5")
    wiki.move("Hilfe:Konzept 3", "Hilfe:Drei", redirect=False)
    wiki.delete("Hilfe:Drei")
    first, second = (
        row[0] for row in rows(wiki.db_path, "SELECT rev_id FROM revision ORDER BY rev_id LIMIT 2 OFFSET 1")
    )
    wiki.revision_delete(first, hide=("content", "comment"))
    wiki.revision_delete(second, hide=("user",))
    wiki.edit("Verborgen", "Das fünfte")
