"""After the parser has improved, held texts are read again: history follows, and no change is told that nobody made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mediawiki import MediaWiki
from tests.wikitrail import rows, sync, wikitrail

BOX = "{{{{Steckbrief\n| Träger = {carrier}\n}}}}\nText [[Brücke]]."


@pytest.fixture
def db(mediawiki: MediaWiki, tmp_path: Path) -> Path:
    """A wiki whose box was not known as one when it was read."""
    (tmp_path / "wikitrail.toml").write_text('[wiki]\ninfoboxes = ["Andere"]\n')
    path = tmp_path / "wiki.db"
    for carrier in ("Stadt", "Land"):
        mediawiki.edit("Bad am Markt", BOX.format(carrier=carrier))
    mediawiki.edit("Ohne Steckbrief", "Text")
    mediawiki.edit("Weg", BOX.format(carrier="Bund"))
    result = wikitrail("--db", path, "sync", mediawiki.url, cwd=tmp_path)
    assert result.code == 0, result.err
    mediawiki.delete("Weg")
    result = wikitrail("--db", path, "sync", cwd=tmp_path)
    assert result.code == 0, result.err
    (tmp_path / "wikitrail.toml").write_text('[wiki]\ninfoboxes = ["Steckbrief"]\n')
    return path


def test_what_now_reads_differently_is_told_and_no_change_is_added(db: Path) -> None:
    changes = rows(db, "SELECT * FROM changes ORDER BY change_id")
    assert rows(db, "SELECT * FROM infobox_history") == []
    told = wikitrail("--db", db, "status", cwd=db.parent).out
    assert "3 pages were read by another version; “wikitrail reparse” reads anew" in told
    result = wikitrail("--db", db, "reparse", cwd=db.parent)
    assert result.code == 0, result.err
    assert result.out == "Bad am Markt: infobox: 0 no longer read, 2 new\n"
    assert "3 pages were read again, 1 of them reads differently now." in result.err
    assert "1 deleted page keeps what another version of the parser read." in result.err
    fields = "SELECT field, value, to_rev IS NULL FROM infobox_history ORDER BY from_rev"
    assert rows(db, fields) == [("Träger", "Stadt", 0), ("Träger", "Land", 1)]
    assert rows(db, "SELECT * FROM changes ORDER BY change_id") == changes
    assert "another version" not in wikitrail("--db", db, "status", cwd=db.parent).out
    again = wikitrail("--db", db, "reparse", cwd=db.parent)
    assert (again.out, again.code) == ("", 0)
    assert "All pages were read by this version of the parser" in again.err


def test_reading_everything_again_finds_nothing_else(db: Path) -> None:
    wikitrail("--db", db, "reparse", cwd=db.parent)
    held = [rows(db, f"SELECT * FROM {kind}_history ORDER BY 1, 2, 3, 4, 5, 6, 7") for kind in ("infobox", "link")]
    done = wikitrail("--db", db, "reparse", "--all", "--json", cwd=db.parent).json
    assert (done["pages"], done["differences"]) == (3, [])
    assert held == [
        rows(db, f"SELECT * FROM {kind}_history ORDER BY 1, 2, 3, 4, 5, 6, 7") for kind in ("infobox", "link")
    ]


def test_a_page_that_another_version_read_is_built_anew_with_its_next_revision(mediawiki: MediaWiki, db: Path) -> None:
    before = rows(db, "SELECT count(*) FROM changes")[0][0]
    mediawiki.edit("Bad am Markt", BOX.format(carrier="Kreis"))
    result = wikitrail("--db", db, "sync", "--json", cwd=db.parent)
    assert result.json["changes"] == 1, result.out
    ((kind, path, old, new),) = rows(db, "SELECT kind, path, before, after FROM changes WHERE change_id > ?", before)
    assert (kind, path, old, new) == ("infobox", "Steckbrief/Träger", "Land", "Kreis")
    values = rows(db, "SELECT value FROM infobox_history ORDER BY from_rev")
    assert values == [("Stadt",), ("Land",), ("Kreis",)]
    assert sync(db)["changes"] == 0


def test_earlier_names_of_fields_come_with_the_next_run(mediawiki: MediaWiki, db: Path) -> None:
    wikitrail("--db", db, "reparse", cwd=db.parent)
    with (db.parent / "wikitrail.toml").open("a") as config:
        config.write('[wiki.renamed_fields]\n"Bauherr" = ["Träger"]\n')
    assert wikitrail("--db", db, "sync", cwd=db.parent).code == 0
    assert rows(db, "SELECT title, Bauherr FROM record_steckbrief") == [("Bad am Markt", "Land")]
    (db.parent / "wikitrail.toml").write_text("[wiki]\nrenamed_fields = 3\n")
    result = wikitrail("--db", db, "sync", cwd=db.parent)
    assert result.code == 2
    assert "“wiki.renamed_fields” is to be a section; write [wiki.renamed_fields]" in result.err
