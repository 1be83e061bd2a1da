"""How many requests a run costs where something happened to many pages at once, or ids lie far apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import assert_exact, sync


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def jump(wiki: MediaWiki, ids: int) -> None:
    """Let the next page and revision have ids that lie so much higher, as after a move to another database."""
    wiki.statement("UPDATE sqlite_sequence SET seq = seq + ? WHERE name IN ('page', 'revision')", ids)


def import_pages(wiki: MediaWiki, pages: dict[str, list[DumpRevision]]) -> None:
    """What a command-line import leaves: old times, and no entry in the log."""
    dump = wiki.folder / "import.xml"
    dump.write_text(dump_xml(pages), encoding="utf-8")
    wiki.import_xml(dump)


def requests_of_sync(wiki: MediaWiki, db: Path) -> int:
    mark = wiki.mark()
    sync(db)
    return len(wiki.requests(mark))


@pytest.mark.parametrize("ids", [20_000, 30_000_000])
def test_ids_that_jump_cost_no_more_than_a_list_of_the_wiki(mediawiki: MediaWiki, db: Path, ids: int) -> None:
    mediawiki.edit("Seite", "Vorher")
    sync(db, mediawiki.url)
    jump(mediawiki, ids)
    old = [DumpRevision(f"2011-03-0{n}T10:00:00Z", "Ada Berg", f"Uralt {n}") for n in range(1, 4)]
    import_pages(mediawiki, {"Alt": old, "Seite": [DumpRevision("2010-01-01T10:00:00Z", "Ada Berg", "Noch älter")]})
    jump(mediawiki, ids)
    mediawiki.edit("Nachher", "Text")
    assert requests_of_sync(mediawiki, db) <= 4
    assert_exact(db, mediawiki)
    assert requests_of_sync(mediawiki, db) == 1


def test_a_jump_in_a_wiki_with_more_revisions_than_one_answer_lists(mediawiki: MediaWiki, db: Path) -> None:
    pages = {
        f"Blatt {n}": [DumpRevision(f"2024-03-{1 + k:02}T00:00:00Z", "Ida Kern", f"{n} {k}") for k in range(20)]
        for n in range(60)
    }
    import_pages(mediawiki, pages)
    sync(db, mediawiki.url)
    jump(mediawiki, 20_000)
    import_pages(mediawiki, {"Alt": [DumpRevision("2010-01-01T10:00:00Z", "Ada Berg", "Uralt")]})
    mediawiki.edit("Nachher", "Text")
    assert requests_of_sync(mediawiki, db) <= 7
    assert_exact(db, mediawiki)


def delete_and_restore(wiki: MediaWiki, titles: list[str], db: Path | None) -> None:
    for title in titles:
        wiki.delete(title)
    if db:
        sync(db)
    for title in titles:
        wiki.undelete(title)


@pytest.mark.parametrize("seen", [False, True], ids=["between two runs", "with a run in between"])
def test_ten_restored_pages_cost_at_most_four_requests(mediawiki: MediaWiki, db: Path, seen: bool) -> None:
    history = [DumpRevision(f"2024-03-0{k}T00:00:00Z", "Ida Kern", f"Stand {k}") for k in range(1, 4)]
    import_pages(mediawiki, {f"Konzept {n}": history for n in range(12)})
    sync(db, mediawiki.url)
    delete_and_restore(mediawiki, [f"Konzept {n}" for n in range(10)], db if seen else None)
    mediawiki.edit("Konzept 3", "Und weiter")
    mark = mediawiki.mark()
    sync(db)
    made = [request.params for request in mediawiki.requests(mark)]
    assert len(made) <= 4
    assert not any("generator" in params for params in made), "a list of the whole wiki may be long"
    assert_exact(db, mediawiki)


def test_pages_of_which_a_part_was_restored_cost_no_more_than_a_list_of_the_wiki(
    mediawiki: MediaWiki, db: Path
) -> None:
    """How many revisions came back does not say which."""
    for k in range(3):
        for n in range(40):
            mediawiki.edit(f"Konzept {n}", f"Stand {k}")
    sync(db, mediawiki.url)
    for n in range(40):
        title = f"Konzept {n}"
        times = [
            r["timestamp"]
            for r in mediawiki.api("query", titles=title, prop="revisions", rvlimit=9)["query"]["pages"][0]["revisions"]
        ]
        mediawiki.delete(title)
        mediawiki.undelete(title, timestamps=times[1:2])
        if n % 2:
            mediawiki.undelete(title)
    assert requests_of_sync(mediawiki, db) <= 8
    assert_exact(db, mediawiki)
    assert requests_of_sync(mediawiki, db) == 1
