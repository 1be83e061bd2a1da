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
from tests.wikitrail import rows, sync, wikitrail

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
