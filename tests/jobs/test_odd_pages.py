"""A wiki without API, some of whose texts and pages cannot be shown: all others are mirrored, and it is said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.test_odd_texts import HELD, blob, lose_model, restart, rewrite
from tests.mediawiki import MediaWiki
from tests.pages_wiki import API_REFUSED, EXPORT_CLOSED
from tests.wikitrail import rows, sync, wikitrail

Maker = Callable[..., MediaWiki]
CLOSED = API_REFUSED + EXPORT_CLOSED


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def own_warnings(db: Path, *args: object) -> list[str]:
    """What a run warns of, without what it says of every wiki that is read through its pages."""
    return [warning for warning in sync(db, *args)["warnings"] if "not provably exact" not in warning]


def test_a_text_that_the_wiki_has_lost_is_missing(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(CLOSED)
    rev_ids = [wiki.edit("Seite", f"Stand {n}") for n in range(4)]
    for lost in (rev_ids[1], rev_ids[3]):
        wiki.statement("DELETE FROM text WHERE old_id = ?", blob(lost, wiki))
    restart(wiki)
    (warning,) = own_warnings(db, wiki.url)
    assert warning.startswith(f"2 texts make the wiki fail (revisions {rev_ids[1]}, {rev_ids[3]})")
    assert [rows(db, HELD, i)[0][0] for i in rev_ids] == ["present", "missing", "present", "missing"]
    times = {i: str(at) for i, at in rows(wiki.db_path, "SELECT rev_id, CAST(rev_timestamp AS TEXT) FROM revision")}
    held = rows(db, "SELECT rev_id, timestamp FROM revisions")
    assert {i: "".join(c for c in at if c.isdigit()) for i, at in held} == times
    wiki.edit("Andere", "Seite")
    assert own_warnings(db) == []
    assert rows(db, "SELECT text FROM pages WHERE title = 'Andere'") == [("Seite",)]
    assert own_warnings(db, "--full") == []


def test_a_text_that_is_held_stays_when_the_wiki_loses_it(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(CLOSED)
    rev_ids = [wiki.edit("Seite", f"Stand {n}") for n in range(3)]
    sync(db, wiki.url)
    held = rows(db, "SELECT * FROM revisions")
    wiki.statement("DELETE FROM text WHERE old_id = ?", blob(rev_ids[1], wiki))
    restart(wiki)
    assert wikitrail("--db", db, "audit").code == 0
    assert rows(db, "SELECT * FROM revisions") == held
    assert wikitrail("--db", db, "text", rev_ids[1]).out == "Stand 1"


def test_a_page_that_has_lost_its_revisions_is_counted(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(CLOSED)
    wiki.edit("Leer", "Text")
    rev_id = wiki.edit("Seite", "Text")
    wiki.statement("DELETE FROM revision WHERE rev_page = (SELECT page_id FROM page WHERE page_title = 'Leer')")
    assert own_warnings(db, wiki.url) == ["1 page is listed and not shown by the wiki: Leer; tell its operator."]
    assert rows(db, HELD, rev_id) == [("present", 0)]
    assert wikitrail("--db", db, "audit").code == 0


@pytest.mark.parametrize("settings", [API_REFUSED, CLOSED], ids=["export", "history pages"])
def test_a_content_model_that_the_wiki_knows_no_more(make_mediawiki: Maker, db: Path, settings: str) -> None:
    """The export breaks off in the middle, and the page's own history fails."""
    wiki = make_mediawiki(settings)
    rev_ids = [wiki.edit(f"Seite {n}", "Text") for n in range(6)]
    wiki.edit("Modul", "return 1")
    lose_model(wiki, "Modul")
    restart(wiki)
    assert own_warnings(db, wiki.url) == ["1 page is listed and not shown by the wiki: Modul; tell its operator."]
    assert [rows(db, HELD, i) for i in rev_ids] == [[("present", 0)]] * 6
    new = wiki.edit("Seite 1", "Neu")
    sync(db)
    assert rows(db, HELD, new) == [("present", 0)]


def test_an_export_with_another_digest_than_it_states_is_taken(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(API_REFUSED)
    rev_ids = [wiki.edit("Seite", f"Stand {n}") for n in range(3)]
    rewrite(wiki, rev_ids[0], "Vom Verwalter geändert".encode())
    rewrite(wiki, rev_ids[1], b"Gr\xf6\xdfe")
    digest, encoding = own_warnings(db, wiki.url)
    assert digest.startswith(f"1 text has another SHA-1 than the wiki states (revision {rev_ids[0]})")
    assert encoding.startswith(f"1 text is not UTF-8 on the wiki (revision {rev_ids[1]})")
    assert wikitrail("--db", db, "text", rev_ids[0]).out == "Vom Verwalter geändert"
    assert rows(db, HELD, rev_ids[1]) == [("missing", 1)]
    assert own_warnings(db, "--full") == []
    assert wikitrail("--db", db, "audit").code == 0
