"""The mirror against a real MediaWiki, whose own database is the truth."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import assert_exact, rows, sync, wikitrail


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def fill(wiki: MediaWiki) -> None:
    """A small wiki with pages in several namespaces, models and forms."""
    for number in range(3):
        wiki.edit(
            "Wohnraumkonzept", f"Stand {number}\n== Ziele ==\n* {number}", user="Nora Feld", summary=f"Schritt {number}"
        )
    wiki.edit("Kategorie:Wohnen", "Alles zum Wohnen", minor=True)
    wiki.edit("Benutzer:Nora Feld", "Guten Tag")
    wiki.edit("Diskussion:Wohnraumkonzept", "Frage?", user=None)
    wiki.edit("MediaWiki:Common.css", "body { margin: 0 }")
    wiki.edit("Senior:innenförderplan", "Ein Doppelpunkt")
    wiki.edit("Alt", "#WEITERLEITUNG [[Wohnraumkonzept#Ziele]]")


def test_backfill_is_exact_from_any_page_address(mediawiki: MediaWiki, db: Path) -> None:
    fill(mediawiki)
    summary = sync(db, f"{mediawiki.url}/index.php/Wohnraumkonzept")
    assert_exact(db, mediawiki)
    assert summary["status"] == "ok"
    assert summary["revisions_new"] == 10
    assert rows(db, "SELECT redirect_to FROM pages WHERE title = 'Alt'") == [("Wohnraumkonzept#Ziele",)]
    assert rows(db, "SELECT text FROM pages WHERE title = 'Benutzer:Nora Feld'") == [("Guten Tag",)]


def test_what_is_left_of_a_moved_stylesheet_leads_to_it(mediawiki: MediaWiki, db: Path) -> None:
    for page in ("MediaWiki:Größe 1+2.css", "MediaWiki:Alt.js"):
        mediawiki.edit(page, "")
        mediawiki.move(page, page.replace("MediaWiki:", "MediaWiki:Neu "))
    sync(db, mediawiki.url)
    assert_exact(db, mediawiki)
    assert rows(db, "SELECT title, redirect_to FROM pages WHERE is_redirect = 1 ORDER BY title") == [
        ("MediaWiki:Alt.js", "MediaWiki:Neu Alt.js"),
        ("MediaWiki:Größe 1+2.css", "MediaWiki:Neu Größe 1+2.css"),
    ]


def test_a_wiki_that_changed_its_language_is_read_by_its_new_words(mediawiki: MediaWiki, db: Path) -> None:
    """No log tells that titles bear other prefixes now, and that texts read otherwise."""
    mediawiki.edit("Kategorie:Wohnen", "Alles zum Wohnen")
    mediawiki.edit("Benutzer:Nora Feld", "Guten Tag")
    mediawiki.edit("Text", "[[Category:Wohnen]] [[Kategorie:Bauen]]")
    sync(db, mediawiki.url)
    mediawiki.configure("$wgLanguageCode = 'en';")
    mediawiki.stop()
    mediawiki.start()
    summary = sync(db)
    assert "read anew" in summary["warnings"][0]
    assert_exact(db, mediawiki)
    assert ("Category:Wohnen",) in rows(db, "SELECT title FROM pages")
    assert rows(db, "SELECT name FROM categories") == [("Wohnen",)]
    mark = mediawiki.mark()
    assert sync(db)["warnings"] == []
    assert len(mediawiki.requests(mark)) == 1


def test_a_run_that_finds_nothing_costs_one_request_and_writes_nothing(mediawiki: MediaWiki, db: Path) -> None:
    fill(mediawiki)
    sync(db, mediawiki.url)
    before = {table: rows(db, f"SELECT * FROM {table}") for table in ("pages", "revisions", "changes", "log_events")}
    mark = mediawiki.mark()
    summary = sync(db)
    assert len(mediawiki.requests(mark)) == 1 == summary["requests"]
    assert {table: rows(db, f"SELECT * FROM {table}") for table in before} == before


def test_ten_changed_pages_cost_at_most_four_requests(mediawiki: MediaWiki, db: Path) -> None:
    for number in range(12):
        mediawiki.edit(f"Konzept {number}", "Anfang")
    sync(db, mediawiki.url)
    for number in range(10):
        mediawiki.edit(f"Konzept {number}", "Fortschreibung")
    mark = mediawiki.mark()
    assert sync(db)["pages_changed"] == 10
    assert len(mediawiki.requests(mark)) <= 4
    assert_exact(db, mediawiki)


def test_five_hundred_new_revisions_on_three_hundred_pages_cost_at_most_sixteen_requests(
    mediawiki: MediaWiki, db: Path, tmp_path: Path
) -> None:
    sync(db, mediawiki.url)
    pages = {
        f"Blatt {n}": [
            DumpRevision(f"2024-03-{1 + n % 28:02}T0{k}:00:00Z", "Ida Kern", f"{n} {k}") for k in range(1 + (n < 200))
        ]
        for n in range(300)
    }
    dump = tmp_path / "many.xml"
    dump.write_text(dump_xml(pages), encoding="utf-8")
    mediawiki.import_xml(dump)
    mark = mediawiki.mark()
    assert sync(db)["revisions_new"] == 500
    assert len(mediawiki.requests(mark)) <= 16
    assert_exact(db, mediawiki)


def import_page(wiki: MediaWiki, title: str, *versions: DumpRevision) -> None:
    """What a command-line import leaves: old times, and no entry in the log."""
    dump = wiki.db_path.parent / "import.xml"
    dump.write_text(dump_xml({title: list(versions)}), encoding="utf-8")
    wiki.import_xml(dump)


def moved(wiki: MediaWiki) -> None:
    wiki.move("Wohnraumkonzept", "Wohnkonzept")


def moved_without_redirect(wiki: MediaWiki) -> None:
    wiki.move("Wohnraumkonzept", "Wohnkonzept", redirect=False)


def titles_swapped(wiki: MediaWiki) -> None:
    wiki.move("Wohnraumkonzept", "Zwischen", redirect=False)
    wiki.move("Senior:innenförderplan", "Wohnraumkonzept", redirect=False)
    wiki.move("Zwischen", "Senior:innenförderplan", redirect=False)


def deleted(wiki: MediaWiki) -> None:
    wiki.delete("Wohnraumkonzept")


def deleted_and_restored(wiki: MediaWiki) -> None:
    wiki.delete("Wohnraumkonzept")
    wiki.undelete("Wohnraumkonzept")


def deleted_and_made_anew(wiki: MediaWiki) -> None:
    wiki.delete("Wohnraumkonzept")
    wiki.edit("Wohnraumkonzept", "Neu begonnen")


def restored_into_a_new_page(wiki: MediaWiki) -> None:
    deleted_and_made_anew(wiki)
    wiki.undelete("Wohnraumkonzept")


def moved_then_deleted(wiki: MediaWiki) -> None:
    wiki.move("Wohnraumkonzept", "Wohnkonzept", redirect=False)
    wiki.delete("Wohnkonzept")


def merged(wiki: MediaWiki) -> None:
    wiki.merge("Kurz", "Wohnraumkonzept")


def hidden(wiki: MediaWiki) -> None:
    first = min(r["rev_id"] for r in wiki.truth()["revisions"] if r["comment"] == "Schritt 0")
    wiki.revision_delete(first, hide=("content", "comment", "user"))


def protected(wiki: MediaWiki) -> None:
    wiki.protect("Wohnraumkonzept")


def imported_with_old_times(wiki: MediaWiki) -> None:
    for title in ("Wohnraumkonzept", "Ganz alt"):
        import_page(wiki, title, DumpRevision("2010-01-01T10:00:00Z", "Ada Berg", "Uralt"))


def null_edit_and_revert(wiki: MediaWiki) -> None:
    wiki.edit("Wohnraumkonzept", "Unsinn")
    wiki.edit("Wohnraumkonzept", "Stand 2\n== Ziele ==\n* 2")
    wiki.edit("Wohnraumkonzept", "Stand 2\n== Ziele ==\n* 2")


EVENTS = [
    moved, moved_without_redirect, titles_swapped, deleted, deleted_and_restored, deleted_and_made_anew,
    restored_into_a_new_page, moved_then_deleted, merged, hidden, protected, imported_with_old_times,
    null_edit_and_revert,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_one_delta_makes_the_mirror_exact_again(
    mediawiki: MediaWiki, db: Path, event: Callable[[MediaWiki], None]
) -> None:
    import_page(mediawiki, "Kurz", DumpRevision("2009-05-01T10:00:00Z", "Ada Berg", "Vorläufer"))
    fill(mediawiki)
    sync(db, mediawiki.url)
    event(mediawiki)
    sync(db)
    assert_exact(db, mediawiki)
    again = sync(db)
    assert (again["revisions_new"], again["changes"], again["requests"]) == (0, 0, 1)


def test_what_is_deleted_stays_marked_and_comes_back(mediawiki: MediaWiki, db: Path) -> None:
    fill(mediawiki)
    sync(db, mediawiki.url)
    mediawiki.delete("Wohnraumkonzept", reason="überholt")
    sync(db)
    assert rows(db, "SELECT state FROM pages WHERE title = 'Wohnraumkonzept'") == [("deleted",)]
    assert rows(db, "SELECT DISTINCT state FROM revisions WHERE comment LIKE 'Schritt%'") == [("archived",)]
    assert rows(db, "SELECT count(*) FROM sections WHERE page = 'Wohnraumkonzept'") == [(0,)]
    mediawiki.undelete("Wohnraumkonzept")
    sync(db)
    assert_exact(db, mediawiki)
    assert rows(db, "SELECT text FROM sections WHERE page = 'Wohnraumkonzept' AND title = 'Ziele'") == [("2",)]
    events = rows(
        db, "SELECT action, title, comment FROM changes WHERE kind = 'page' AND action IN ('deleted', 'restored')"
    )
    assert events == [("deleted", "Wohnraumkonzept", "überholt"), ("restored", "Wohnraumkonzept", "")]


def test_a_page_was_not_there_between_its_deletion_and_its_restore(mediawiki: MediaWiki, db: Path) -> None:
    """Also for a mirror that was begun later, and when the page is read again whole."""
    fill(mediawiki)
    sync(db, mediawiki.url)
    time.sleep(1.1)
    mediawiki.delete("Wohnraumkonzept")
    time.sleep(1.1)
    sync(db)
    mediawiki.undelete("Wohnraumkonzept")
    time.sleep(1.1)
    mediawiki.edit("Wohnraumkonzept", "Stand 3\n== Ziele ==\n* 2")
    sync(db)
    later = db.with_name("later.db")
    sync(later, mediawiki.url)
    gone, back = (
        next(e["timestamp"] for e in mediawiki.truth()["log"] if e["type"] == "delete" and e["action"] == action)
        for action in ("delete", "restore")
    )
    made = rows(db, "SELECT timestamp FROM revisions WHERE comment = 'Schritt 2'")[0][0]
    shown = (
        "SELECT h.text, valid_from, valid_to FROM section_history h JOIN pages USING (page_id) WHERE h.title = 'Ziele'"
    )
    for mirror in (db, later):
        assert rows(mirror, f"{shown} AND h.text = '2' ORDER BY 2") == [("2", made, gone), ("2", back, None)]
        as_of = f"{shown} AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)"
        assert [len(rows(mirror, as_of, at, at)) for at in (made, gone, back, "2999")] == [1, 0, 1, 1]
    first = rows(db, "SELECT min(rev_id) FROM revisions WHERE comment LIKE 'Schritt%'")[0][0]
    mediawiki.revision_delete(first, hide=("content",))
    sync(db)
    assert rows(db, f"{shown} AND h.text = '2' ORDER BY 2") == [("2", made, gone), ("2", back, None)]


def test_a_user_who_was_merged_into_another_is_so_everywhere(mediawiki: MediaWiki, db: Path) -> None:
    """What the extension UserMerge does and logs; no entry says which revisions were made by the one that is gone."""
    fill(mediawiki)
    mediawiki.edit("Wohnraumkonzept", "Stand 3", user="Uwe Neu")
    sync(db, mediawiki.url)
    assert rows(db, "SELECT count(*) FROM revisions WHERE user = 'Nora Feld'") == [(3,)]
    table, column = "revision", "rev_actor"
    if rows(mediawiki.db_path, "SELECT 1 FROM sqlite_master WHERE name = 'revision_actor_temp'"):  # before 1.39
        table, column = "revision_actor_temp", "revactor_actor"
    actor = "(SELECT actor_id FROM actor WHERE actor_name = ?)"
    for where in {(table, column), ("revision", "rev_actor")}:
        mediawiki.statement(
            f"UPDATE {where[0]} SET {where[1]} = {actor} WHERE {where[1]} = {actor}", "Uwe Neu", "Nora Feld"
        )
    mediawiki.script(
        "$entry = new ManualLogEntry('usermerge', 'mergeuser'); $entry->setPerformer(User::newFromName('Admin'));"
        "$entry->setTarget(Title::makeTitle(NS_USER, 'Nora Feld')); $entry->setParameters(['oldName' => 'Nora Feld',"
        " 'newName' => 'Uwe Neu']); $entry->insert();"
    )
    sync(db)
    assert rows(db, "SELECT count(*) FROM revisions WHERE user = 'Nora Feld'") == [(0,)]
    assert_exact(db, mediawiki)


def test_texts_are_exact_where_the_api_alters_them(mediawiki: MediaWiki, db: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Förderung für Ältere")
    for number, text in enumerate((decomposed, "", "x" * 300_000)):
        import_page(mediawiki, f"Text {number}", DumpRevision("2024-05-01T10:00:00Z", "Ada Berg", text))
    held = [revision["text"] for revision in mediawiki.truth()["revisions"]]
    assert decomposed.encode() in held, "the wiki did not keep the decomposed text"
    sync(db, mediawiki.url)
    assert_exact(db, mediawiki)


def test_the_first_run_resumes_from_the_last_batch(mediawiki: MediaWiki, db: Path, tmp_path: Path) -> None:
    pages = {f"Blatt {n}": [DumpRevision("2024-03-01T00:00:00Z", "Ida Kern", f"Text {n}")] for n in range(120)}
    dump = tmp_path / "many.xml"
    dump.write_text(dump_xml(pages), encoding="utf-8")
    mediawiki.import_xml(dump)
    mediawiki.configure(
        "if (isset($_GET['garvcontinue']) && !file_exists($wgSQLiteDataDir . '/go')) { http_response_code(403); exit; }"
    )
    cut = wikitrail("--db", db, "sync", mediawiki.url)
    assert cut.code == 1
    assert rows(db, "SELECT count(*) FROM revisions") == [(50,)]
    (mediawiki.db_path.parent / "go").touch()
    assert sync(db)["revisions_new"] == 71
    assert_exact(db, mediawiki)


def test_another_wiki_is_noticed(mediawiki: MediaWiki, make_mediawiki: Callable[..., MediaWiki], db: Path) -> None:
    sync(db, mediawiki.url)
    other = make_mediawiki("$wgSitename = 'Anderes Wiki';")
    result = wikitrail("--db", db, "sync", other.url)
    assert result.code == 2
    assert "choose another --db" in result.err


def test_a_wiki_whose_database_has_another_name_is_another_wiki(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    ours = mediawiki.api("query", meta="siteinfo")["query"]["general"]["wikiid"]
    path = mediawiki.db_path
    path.rename(path.with_name("umgezogen.sqlite"))
    mediawiki.stop()
    mediawiki.configure("$wgDBname = 'umgezogen';")
    mediawiki.start()
    result = wikitrail("--db", db, "sync")
    assert result.code == 2
    assert f"with the id “{ours}”" in result.err
    assert "with the id “umgezogen”" in result.err
    assert "choose another --db" in result.err
