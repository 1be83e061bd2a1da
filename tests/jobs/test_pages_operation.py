"""A mirror without API says what it is, goes on after a fault, and notices what recent changes have forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.pages_wiki import API_REFUSED, EXPORT_CLOSED, assert_mirrors
from tests.wikitrail import assert_exact, rows, sync, wikitrail

Maker = Callable[..., MediaWiki]
OPEN_API = "# the API is open again"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def test_it_says_everywhere_that_it_is_not_provably_exact(make_mediawiki: Maker, tmp_path: Path) -> None:
    wiki = make_mediawiki(API_REFUSED)
    home = tmp_path / "betrieb"
    home.mkdir()
    init = wikitrail("init", f"{wiki.url}/index.php/Hauptseite", cwd=home)
    assert init.code == 0, init.err
    assert f"no API, read through {wiki.url}/index.php" in init.out
    assert "not provably exact" in init.out
    first = wikitrail("run", cwd=home)
    assert first.code == 0, first.err
    assert "Note: This mirror is not provably exact" in first.err
    status = wikitrail("status", cwd=home)
    assert status.code == 0
    assert "Exact:     This mirror is not provably exact" in status.out
    assert wikitrail("status", "--json", cwd=home).json["by_pages"] is True
    ((address, told),) = rows(home / "wiki.db", "SELECT api_url, siteinfo FROM site")
    assert address == f"{wiki.url}/index.php"
    assert json.loads(told)["mirror"] == {"source": "index.php", "exact": False, "exports": True}
    wiki.edit("Hauptseite", "Willkommen im neuen Wiki", user="Nora Feld")
    (report,) = wikitrail("run", cwd=home).out.splitlines()
    html = (home / report).read_text(encoding="utf-8")
    assert "Willkommen" in html
    assert html.count("nicht nachweislich genau") == 1
    assert "not provably exact" not in html
    told = wikitrail("report", "--format", "json", "--lang", "en", "-o", "bericht", cwd=home).out.strip()
    assert json.loads((home / told).read_text(encoding="utf-8"))["mirror"]["by_pages"] is True


def test_the_audit_reads_everything_again_and_repairs(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(API_REFUSED)
    first = wiki.edit("Brücke", "Eins", summary="eins")
    wiki.edit("Brücke", "Zwei")
    wiki.edit("Kanal", "Drei")
    sync(db, wiki.url)
    calm = wikitrail("--db", db, "audit")
    assert calm.code == 0, calm.err
    assert "No difference was found." in calm.err
    assert "The mirror is exact." not in calm.err
    change(wiki, "UPDATE page SET page_title = 'Damm' WHERE page_title = 'Kanal'")
    change(wiki, f"UPDATE revision SET rev_minor_edit = 1 WHERE rev_id = {first}")
    found = wikitrail("--db", db, "audit", "--json")
    assert found.code == 1, found.err
    told = {(d["what"], d["id"], d["field"]) for d in found.json["differences"]}
    assert told == {("revision", first, "minor"), ("page", 3, "title")}
    assert_mirrors(db, wiki, by_export=True)


def change(wiki: MediaWiki, sql: str) -> None:
    """What no page names: a change in the wiki's own database."""
    with sqlite3.connect(wiki.db_path, timeout=20) as connection:
        connection.execute(sql)
    connection.close()


def test_a_full_run_goes_over_to_the_api_when_it_is_open_again(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(f"if (!file_exists('/nirgends')) {{ {API_REFUSED} }}")
    wiki.edit("Brücke", "Eins", summary="eins")
    wiki.move("Brücke", "Neue Brücke")
    sync(db, wiki.url)
    settings = wiki.folder / "LocalSettings.php"
    settings.write_text(settings.read_text().replace("http_response_code(403); exit;", OPEN_API + "\n"))
    assert sync(db)["warnings"] != []
    full = sync(db, "--full")
    assert full["warnings"] == []
    assert_exact(db, wiki)
    assert "Exact:" not in wikitrail("--db", db, "status").out


def test_a_mirror_by_the_api_never_goes_over_to_pages(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki()
    sync(db, wiki.url)
    wiki.configure(API_REFUSED)
    for arguments in ([], [f"{wiki.url}/index.php/Hauptseite"]):
        result = wikitrail("--db", db, "sync", *arguments)
        assert result.code == 1, result
        assert "HTTP 403" in result.err
    assert rows(db, "SELECT api_url FROM site") == [(wiki.api_url,)]


@pytest.mark.parametrize("more", ["", EXPORT_CLOSED], ids=["export", "history pages"])
def test_a_first_run_that_was_cut_off_is_completed(make_mediawiki: Maker, db: Path, tmp_path: Path, more: str) -> None:
    wiki = make_mediawiki(API_REFUSED + more)
    for number in range(3):
        for title in ("Brücke", "Kanal", "Deich"):
            wiki.edit(title, f"{title} {number}")
    (wiki.folder / "stop").touch()
    limit = "$_POST['limit'] ?? 0" if not more else "($_GET['oldid'] ?? 0) == 6"
    wiki.configure(f"if (file_exists(__DIR__ . '/stop') && ({limit})) {{ http_response_code(503); exit; }}")
    config = tmp_path / "wikitrail.toml"
    config.write_text(f'database = "{db}"\n[wiki]\nurl = "{wiki.url}"\nmax_wait = 0.0\n', encoding="utf-8")
    cut = wikitrail("--config", config, "sync")
    assert cut.code == 75, cut.err
    assert "Complete:  no" in wikitrail("--config", config, "status").out
    (wiki.folder / "stop").unlink()
    assert wikitrail("--config", config, "sync").code == 0
    assert_mirrors(db, wiki, by_export=not more)
    assert "Complete:" not in wikitrail("--config", config, "status").out
    assert rows(db, "SELECT count(*) FROM changes WHERE kind = 'page' AND action = 'created'") == [(4,)]


def test_what_recent_changes_have_forgotten_is_found_by_comparing_titles(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(API_REFUSED)
    for title in ("Brücke", "Kanal", "Deich"):
        wiki.edit(title, "Eins")
    sync(db, wiki.url)
    wiki.edit("Brücke", "Zwei")
    wiki.delete("Kanal")
    wiki.move("Deich", "Damm", redirect=False)
    wiki.edit("Neu", "Eins")
    change(wiki, "DELETE FROM recentchanges")
    change_cursor(db, "2026-01-01T00:00:00Z")
    told = sync(db)["warnings"]
    assert "all titles of the wiki were compared instead" in told[0]
    live = rows(db, "SELECT title, text FROM pages WHERE state = 'live' AND title != 'Hauptseite' ORDER BY title")
    assert live == [("Brücke", "Zwei"), ("Damm", "Eins"), ("Neu", "Eins")]
    assert rows(db, "SELECT title FROM pages WHERE state = 'deleted'") == [("Kanal",)]


def change_cursor(db: Path, moment: str) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE sync_state SET value = json_quote(?) WHERE key = 'pages_cursor'", [moment])
    connection.close()


def test_a_log_entry_that_hides_its_page(make_mediawiki: Maker, db: Path) -> None:
    wiki = make_mediawiki(API_REFUSED)
    wiki.edit("Brücke", "Eins")
    sync(db, wiki.url)
    wiki.delete("Brücke")
    entry = wiki.api("query", list="logevents", leaction="delete/delete", lelimit=1)["query"]["logevents"][0]["logid"]
    wiki.api("revisiondelete", type="logging", ids=entry, hide="content|user|comment")
    sync(db)
    assert rows(db, "SELECT title, state FROM pages WHERE page_id > 1") == [("Brücke", "deleted")]
    assert rows(db, "SELECT title, user, comment FROM log_events WHERE log_id = ?", entry) == [(None, None, None)]


@pytest.mark.parametrize(
    ("settings", "by_export"),
    [("$wgExportMaxHistory = 3;", True), ("$wgExportAllowHistory = false;", False)],
    ids=["few at once", "no histories"],
)
def test_an_export_that_is_limited(
    make_mediawiki: Maker, tmp_path: Path, db: Path, settings: str, by_export: bool
) -> None:
    wiki = make_mediawiki(API_REFUSED + settings)
    times = [f"2015-03-0{1 + number // 4}T08:0{number % 4 // 3}:00Z" for number in range(11)]  # some in one second
    history = [DumpRevision(moment, "Alte Hand", f"Stand {number}") for number, moment in enumerate(times)]
    path = tmp_path / "alt.xml"
    path.write_text(dump_xml({"Lange Geschichte": history, "Kurze": history[:1]}), encoding="utf-8")
    wiki.import_xml(path)
    sync(db, wiki.url)
    assert_mirrors(db, wiki, by_export=by_export)
