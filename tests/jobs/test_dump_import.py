"""Dumps: the sample wiki by import is the same as by a real MediaWiki's API, and each packing reads alike."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from parsers.items import COLUMNS, items_of
from parsers.reader import Reader
from parsers.site import Site
from storage.database import open_database
from storage.mirror import load_site
from storage.texts import load_revision_text
from tests.mediawiki import MediaWiki
from tests.wikitrail import assert_exact, rows, sync, wikitrail

# The sample wiki has the namespaces of Semantic MediaWiki and a project namespace of its own.
NAMESPACES = """
$wgMetaNamespace = 'MediawikiOB';
$wgExtraNamespaces += [102 => 'Attribut', 103 => 'Attribut_Diskussion', 108 => 'Konzept', 109 => 'Konzept_Diskussion'];
"""


@pytest.fixture
def db(tmp_path: Path, sample_wiki_path: Path) -> Path:
    """The sample wiki, imported."""
    path = tmp_path / "sample.db"
    result = wikitrail("--db", path, "import", sample_wiki_path, "--json")
    assert result.code == 0, result.err
    assert (result.json["revisions_new"], result.json["pages_seen"]) == (216, 41)
    return path


@pytest.mark.parametrize(("end", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("zst", zstandard.compress)])
def test_each_packing_reads_alike(tmp_path: Path, db: Path, sample_wiki_path: Path, end: str, pack: object) -> None:
    assert callable(pack)
    packed = tmp_path / f"sample.xml.{end}"
    packed.write_bytes(pack(sample_wiki_path.read_bytes()))
    other = tmp_path / "packed.db"
    assert wikitrail("--db", other, "import", packed).code == 0
    for table in ("pages", "revisions", "changes", "link_history"):
        query = f"SELECT count(*), total(page_id) FROM {table}"
        assert rows(other, query) == rows(db, query), table


def test_a_second_import_writes_nothing(db: Path, sample_wiki_path: Path) -> None:
    before = {table: rows(db, f"SELECT * FROM {table}") for table in ("pages", "revisions", "changes", "link_history")}
    result = wikitrail("--db", db, "import", sample_wiki_path, "--json")
    assert (result.json["revisions_new"], result.json["changes"]) == (0, 0)
    assert {table: rows(db, f"SELECT * FROM {table}") for table in before} == before


def test_the_api_of_a_real_wiki_and_the_dump_tell_the_same(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path, db: Path, sample_wiki_path: Path
) -> None:
    mediawiki = make_mediawiki(NAMESPACES)
    mediawiki.import_xml(sample_wiki_path)
    mirrored = tmp_path / "mirrored.db"
    sync(mirrored, mediawiki.url)
    for kind, columns in COLUMNS.items():
        query = (
            f"SELECT page_title, valid_from, valid_to, {', '.join('h.' + c for c in columns)} FROM {kind}_history h"
            " JOIN (SELECT page_id, title AS page_title FROM pages) USING (page_id) WHERE page_title != 'Hauptseite'"
        )
        assert sorted(rows(mirrored, query), key=repr) == sorted(rows(db, query), key=repr), kind


def test_as_of_any_moment_is_what_the_parser_reads_from_the_revision_of_that_moment(db: Path) -> None:
    opened = open_database(db, create=False)
    try:
        site = load_site(opened)
        assert site is not None
        reader = Reader(Site.from_siteinfo(site["siteinfo"]))
        start = datetime(2023, 10, 1, tzinfo=UTC)
        for week in range(90):
            moment = (start + timedelta(days=7 * week)).strftime("%Y-%m-%dT%H:%M:%SZ")
            for page_id, title, rev_id in rows(
                db,
                "SELECT page_id, title, (SELECT rev_id FROM revisions r WHERE r.page_id = p.page_id"
                " AND r.timestamp <= ? ORDER BY timestamp DESC, rev_id DESC LIMIT 1)"
                " FROM pages p WHERE page_id % 6 = ?",
                moment,
                week % 6,
            ):
                wanted = items_of(reader.read(load_revision_text(opened, rev_id), title)) if rev_id else {}
                for kind, columns in COLUMNS.items():
                    held = rows(
                        db,
                        f"SELECT {', '.join(columns)} FROM {kind}_history WHERE page_id = ? AND valid_from <= ?"
                        " AND (valid_to IS NULL OR valid_to > ?)",
                        page_id,
                        moment,
                        moment,
                    )
                    assert sorted(held, key=repr) == sorted(wanted.get(kind, ()), key=repr), (title, moment, kind)
    finally:
        opened.close()


def test_older_revisions_of_a_known_page_rebuild_it_and_announce_nothing(db: Path, tmp_path: Path) -> None:
    page_id, title = rows(db, "SELECT page_id, title FROM pages WHERE title = 'Radverkehrskonzept'")[0]
    before = rows(db, "SELECT * FROM changes")
    older = tmp_path / "older.xml"
    older.write_text(
        f"<mediawiki><page><title>{title}</title><ns>0</ns><id>{page_id}</id><revision><id>9001</id>"
        "<timestamp>2019-01-01T08:00:00Z</timestamp><contributor><username>Ada Berg</username><id>7</id></contributor>"
        "<comment>nachgetragen</comment><text>[[Kategorie:Früher]]</text></revision></page></mediawiki>",
        encoding="utf-8",
    )
    result = wikitrail("--db", db, "import", older)
    assert result.code == 0, result.err
    assert rows(db, "SELECT * FROM changes") == before
    held = rows(db, "SELECT from_rev, valid_from FROM category_history WHERE name = 'Früher'")
    assert held == [(9001, "2019-01-01T08:00:00Z")]


def test_text_prints_the_exact_bytes(db: Path) -> None:
    for rev_id, size in rows(db, "SELECT rev_id, size FROM revisions ORDER BY rev_id LIMIT 5"):
        result = wikitrail("--db", db, "text", rev_id)
        assert len(result.out.encode()) == size


STUBS = """<mediawiki version="0.11"><siteinfo><sitename>Probe</sitename></siteinfo><page><title>Park</title><ns>0</ns>
<id>1</id>{}</page></mediawiki>"""
STUB = (
    "<revision><id>{n}</id>{parent}<timestamp>2024-05-0{n}T10:00:00Z</timestamp>"
    "<contributor><username>Ada Berg</username><id>7</id></contributor>{text}</revision>"
)


def stub_dump(path: Path, *texts: str) -> Path:
    """A dump of one page with these ``<text>`` elements."""
    revisions = [
        STUB.format(n=n, parent=f"<parentid>{n - 1}</parentid>" * (n > 1), text=text) for n, text in enumerate(texts, 1)
    ]
    path.write_text(STUBS.format("".join(revisions)), encoding="utf-8")
    return path


def test_a_full_dump_after_a_stub_dump_brings_the_texts_and_tells_the_same(tmp_path: Path) -> None:
    refers = ['<text bytes="8" location="tt:1" id="1"/>', '<text bytes="25" location="tt:2" id="2"/>']
    stubs = stub_dump(tmp_path / "stubs.xml", *refers)
    full = stub_dump(tmp_path / "full.xml", "<text>Ein Park</text>", "<text>Ein Park [[Kategorie:Grün]]</text>")
    db, direct = tmp_path / "wiki.db", tmp_path / "direct.db"
    result = wikitrail("--db", db, "import", stubs, "--json")
    assert result.code == 0
    assert "2 revisions come without their text" in result.json["warnings"][0]
    assert rows(db, "SELECT rev_id, text_state, text_id FROM revisions") == [(1, "missing", None), (2, "missing", None)]
    assert wikitrail("--db", db, "import", full).code == 0
    assert wikitrail("--db", direct, "import", full).code == 0
    for query in (
        "SELECT rev_id, sha1, text_state, state FROM revisions",
        "SELECT page_id, title, latest_rev_id, text FROM pages",
        "SELECT kind, action, path, before, after, rev_to FROM changes",
        "SELECT name, from_rev, to_rev FROM category_history",
    ):
        assert rows(db, query) == rows(direct, query) != []
    assert wikitrail("--db", db, "import", full, stubs, "--json").json["revisions_new"] == 0


def test_of_several_files_one_that_breaks_off_does_not_keep_the_others_out(
    tmp_path: Path, sample_wiki_path: Path
) -> None:
    cut = tmp_path / "cut.xml"
    cut.write_bytes(sample_wiki_path.read_bytes()[:100_000])
    db = tmp_path / "wiki.db"
    result = wikitrail("--db", db, "import", cut, sample_wiki_path, "--json")
    assert result.code == 1
    assert (result.json["status"], result.json["revisions_new"]) == ("failed", 216)
    assert "cut.xml is cut off or damaged after revision" in result.err
    assert "byte 100000 of its XML" in result.err
    assert rows(db, "SELECT status FROM runs") == [("failed",)]
    assert rows(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name LIKE 'record_%'") != [(0,)]


def test_a_page_that_comes_several_times_is_one_page(tmp_path: Path) -> None:
    first = stub_dump(tmp_path / "a.xml", "<text>eins</text>")
    both = stub_dump(tmp_path / "b.xml", "<text>eins</text>", "<text>zwei</text>").read_text(encoding="utf-8")
    page = both[both.index("<page>") : both.index("</mediawiki>")]
    first.write_text(both.replace("</mediawiki>", f"{page}</mediawiki>").replace("zwei", "drei", 1), encoding="utf-8")
    db = tmp_path / "wiki.db"
    assert wikitrail("--db", db, "import", first, "--json").json["revisions_new"] == 2
    assert rows(db, "SELECT page_id, title, latest_rev_id, text FROM pages") == [(1, "Park", 2, "drei")]


def test_what_cannot_all_be_so_is_told(tmp_path: Path) -> None:
    """One revision on two pages, and one title of two pages."""
    first = stub_dump(tmp_path / "a.xml", "<text>eins</text>", "<text>zwei</text>")
    other = first.read_text(encoding="utf-8").replace("<id>1</id>", "<id>9</id>", 1)
    second, third = tmp_path / "b.xml", tmp_path / "c.xml"
    second.write_text(other.replace("Park", "Garten"), encoding="utf-8")
    third.write_text(other.replace("<id>2</id>", "<id>20</id>", 1), encoding="utf-8")
    db = tmp_path / "wiki.db"
    assert wikitrail("--db", db, "import", first, "--json").json["warnings"] == []
    (warning,) = wikitrail("--db", db, "import", second, "--json").json["warnings"]
    assert "b.xml: 2 revisions stand on another page in the database (1, 2) and stayed there" in warning
    warnings = wikitrail("--db", db, "import", third, "--json").json["warnings"]
    assert "c.xml: 1 revision stands on another page" in warnings[0]
    assert "c.xml: 1 title belongs to several pages now (Park)" in warnings[1]
    assert rows(db, "SELECT rev_id, page_id FROM revisions") == [(1, 1), (2, 1), (20, 9)]


def test_one_id_for_two_contents_in_a_file_is_told(tmp_path: Path) -> None:
    db, path = tmp_path / "wiki.db", tmp_path / "a.xml"
    rev = (
        "<revision><id>{}</id><timestamp>2024-05-01T10:00:00Z</timestamp><contributor><ip>192.0.2.1</ip></contributor>"
        '<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">{}</text></revision>'
    )
    pages = [
        ("Eins", 1, [(1, "erster Text"), (1, "anderer Text"), (2, "gleich"), (2, "gleich")]),
        ("Zwei", 2, [(3, "a")]),
        ("Drei", 3, [(3, "b"), (4, "c")]),
        ("Vier", 2, [(5, "d")]),
        ("Zwei", 2, [(6, "e")]),
    ]
    path.write_text(
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">'
        + "".join(
            f"<page><title>{title}</title><ns>0</ns><id>{i}</id>{''.join(rev.format(*r) for r in revs)}</page>"
            for title, i, revs in pages
        )
        + "</mediawiki>",
        encoding="utf-8",
    )
    result = wikitrail("--db", db, "import", path, "--json")
    assert result.code == 0, result.err
    elsewhere, otherwise, doubled = result.json["warnings"]
    assert "1 revision stands on another page in the database (3) and stayed there" in elsewhere
    assert "2 revisions come with another text than before, here or in the database (1, 3)" in otherwise
    assert "1 page id belongs to two pages of the file (2)" in doubled
    assert wikitrail("--db", db, "text", 1).out == "erster Text"
    assert wikitrail("--db", db, "text", 3).out == "a"


def test_revisions_of_a_page_that_the_wiki_deleted_are_kept_as_archived(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.edit("Alt", "erste")
    dump = tmp_path / "dump.xml"
    mediawiki.edit("Alt", "zweite")
    dump.write_bytes(mediawiki.maintenance("dumpBackup", "--full", "--quiet"))
    db = tmp_path / "wiki.db"
    sync(db, mediawiki.url)
    newest = mediawiki.latest("Alt")
    mediawiki.delete("Alt")
    sync(db)
    text = dump.read_text(encoding="utf-8").replace(f"<id>{newest}</id>", "<id>9999</id>")
    dump.write_text(text, encoding="utf-8")
    assert wikitrail("--db", db, "import", dump).code == 0
    assert rows(db, "SELECT state FROM revisions WHERE rev_id = 9999") == [("archived",)]
    assert rows(db, "SELECT state FROM pages WHERE title = 'Alt'") == [("deleted",)]


def test_a_log_that_came_from_a_dump_is_made_whole_by_the_first_run(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """A dump's log names no page ids, and details in the form of the wiki's own database."""
    db, dump = tmp_path / "wiki.db", tmp_path / "log.xml"
    mediawiki.edit("Quelle", "Eins")
    mediawiki.move("Quelle", "Ziel")
    dump.write_bytes(mediawiki.maintenance("dumpBackup", "--logs", "--quiet"))
    assert wikitrail("--db", db, "import", dump).code == 0
    sync(db, mediawiki.url)
    assert_exact(db, mediawiki)
    assert wikitrail("--db", db, "audit").code == 0


def test_a_dump_may_come_through_a_pipe(tmp_path: Path, db: Path, sample_wiki_path: Path) -> None:
    piped = tmp_path / "piped.db"
    packed = gzip.compress(sample_wiki_path.read_bytes())
    assert wikitrail("--db", piped, "import", "/dev/stdin", stdin=packed).code == 0
    assert rows(piped, "SELECT rev_id, sha1 FROM revisions") == rows(db, "SELECT rev_id, sha1 FROM revisions")


SECOND_SLOT = """
$wgHooks['MediaWikiServices'][] = static function ( $services ) {
	$services->addServiceManipulator( 'SlotRoleRegistry', static function ( $registry ) {
		$registry->defineRoleWithModel( 'anhang', CONTENT_MODEL_TEXT );
	} );
};
"""


def test_revisions_with_two_slots_of_a_real_wiki(make_mediawiki: Callable[..., MediaWiki], tmp_path: Path) -> None:
    wiki = make_mediawiki(SECOND_SLOT)
    source, dump, db = tmp_path / "slots.xml", tmp_path / "dump.xml", tmp_path / "wiki.db"
    source.write_text(
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11"><page><title>Doppelt</title>'
        "<revision><timestamp>2024-05-01T10:00:00Z</timestamp><contributor><ip>192.0.2.1</ip></contributor>"
        '<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">Haupttext</text>'
        "<content><role>anhang</role><origin>1</origin><model>text</model><format>text/plain</format>"
        '<text xml:space="preserve">Beilage</text></content></revision></page></mediawiki>',
        encoding="utf-8",
    )
    wiki.import_xml(source)
    dump.write_bytes(wiki.maintenance("dumpBackup", "--full", "--quiet"))
    assert b"Beilage" in dump.read_bytes()
    result = wikitrail("--db", db, "import", dump)
    assert result.code == 0
    assert "texts of slots other than the main one are left out (anhang 1)" in result.err
    assert "another SHA-1" not in result.err
    (page,) = (p for p in wiki.truth()["pages"] if p["title"] == "Doppelt")
    (true,) = (r for r in wiki.truth()["revisions"] if r["page_id"] == page["page_id"])
    held = rows(db, "SELECT r.sha1, p.text FROM revisions r JOIN pages p USING (page_id) WHERE title = 'Doppelt'")
    assert held == [(true["sha1"], "Haupttext")]
