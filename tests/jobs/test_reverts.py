"""Returns to an earlier text: found where MediaWiki tags them, and shown to the analyst."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import rows, sync, wikitrail

RETURNS = ("mw-manual-revert", "mw-rollback", "mw-undo")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def pages_with_returns(wiki: MediaWiki, folder: Path) -> int:
    """Pages with a return of each sort, and edits that look like one; the rollback's revision id."""
    for text in ("eins", "zwei", "eins", "drei", "zwei", "eins"):
        wiki.edit("Hand", text, user="Nora Feld")
    far = {
        f"Fern {n}": [DumpRevision(f"2024-03-01T{hour:02}:00:00Z", "Ida Kern", f"Fassung {hour}") for hour in range(n)]
        for n in (16, 17)
    }
    dump = folder / "far.xml"
    dump.write_text(dump_xml(far), encoding="utf-8")
    wiki.import_xml(dump)
    for title in far:  # the first version is 16 and 17 edits ago
        wiki.edit(title, "Fassung 0")
    wiki.edit("Null", "eins")
    wiki.protect("Null")  # a revision with the same text
    wiki.edit("Null", "zwei")
    wiki.edit("Null", "eins")
    wiki.edit("Rolle", "gut", user="Nora Feld")
    wiki.edit("Rolle", "schlecht", user="Ida Kern")
    wiki.edit("Rolle", "schlechter", user="Ida Kern")
    token = wiki.api("query", meta="tokens", type="rollback")["query"]["tokens"]["rollbacktoken"]
    wiki.api("rollback", title="Rolle", user_="Ida Kern", token=token)
    wiki.edit("Undo", "gut", user="Nora Feld")
    bad = wiki.edit("Undo", "schlecht", user="Ida Kern")
    wiki.api("edit", title="Undo", undo=bad)
    return wiki.latest("Rolle")


def test_returns_are_those_that_mediawiki_tags(mediawiki: MediaWiki, db: Path, tmp_path: Path) -> None:
    rolled_back = pages_with_returns(mediawiki, tmp_path)
    sync(db, mediawiki.url)
    tagged = rows(
        db,
        f"SELECT DISTINCT rev_id FROM revisions, json_each(tags) t WHERE t.value IN {RETURNS} ORDER BY rev_id",
    )
    assert len(tagged) >= 7
    assert rows(db, "SELECT title FROM reverts WHERE title LIKE 'Fern%'") == [("Fern 16",)]
    assert rows(db, "SELECT rev_id FROM reverts ORDER BY rev_id") == tagged
    ((page, user, to_user, undone),) = rows(
        db, f"SELECT title, user, reverted_to_user, undone FROM reverts WHERE rev_id = {rolled_back}"
    )
    assert (page, user, to_user, undone) == ("Rolle", "Admin", "Nora Feld", 2)
    assert rows(
        db,
        "SELECT count(*) FROM reverts r JOIN revisions a ON a.rev_id = r.rev_id JOIN revisions b ON"
        " b.rev_id = r.reverted_to WHERE a.sha1 = b.sha1 AND b.timestamp = r.reverted_to_timestamp",
    ) == [(len(tagged),)]


def test_changes_say_where_an_edit_returned_to(mediawiki: MediaWiki, db: Path) -> None:
    first = mediawiki.edit("Plan", "gut", user="Nora Feld")
    mediawiki.edit("Plan", "schlecht", user="Ida Kern")
    mediawiki.edit("Plan", "gut", user="Nora Feld")
    sync(db, mediawiki.url)
    told = wikitrail("--db", db, "changes", "--page", "Plan", "--json").json
    assert [change["reverts_to"] for change in told] == [None, None, first]
    lines = wikitrail("--db", db, "changes", "--page", "Plan").out.splitlines()
    assert [f"[back to revision {first} of " in line for line in lines] == [False, False, True]


def test_the_report_folds_what_was_made_and_undone_unless_told_not_to(
    mediawiki: MediaWiki, db: Path, tmp_path: Path
) -> None:
    mediawiki.edit("Plan", "gut", user="Nora Feld")
    mediawiki.edit("Plan", "schlecht", user="Ida Kern")
    mediawiki.edit("Plan", "gut", user="Nora Feld")
    sync(db, mediawiki.url)
    asked = ("--format", "txt", "--lang", "en", "-o", tmp_path)

    def report(*options: str) -> str:
        assert wikitrail("--db", db, "report", *asked, *options).code == 0
        return " ".join((tmp_path / "report.en.txt").read_text("utf-8").split())

    folded = report()
    assert "One edit was made and undone in this period; it is not told in detail." in folded
    assert "schlecht" not in folded
    config = tmp_path / "wikitrail.toml"
    config.write_text(f'database = "{db}"\n[report]\nfold_undone = false\n', "utf-8")
    assert wikitrail("--config", config, "report", *asked).code == 0
    assert "schlecht" in (tmp_path / "report.en.txt").read_text("utf-8")
    whole = report("--no-fold")
    assert "made and undone" not in whole
    assert "by Nora Feld; one edit was undone." in whole
    assert rows(db, "SELECT count(*) FROM changes WHERE kind = 'section'") == [(2,)]
