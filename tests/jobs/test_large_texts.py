"""Texts that do not fit into an answer of a real MediaWiki, whose limit is set low."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault_runs import DECOMPOSED, assert_failed, assert_fine, run_here
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import assert_exact, rows

LIMIT = 24_000  # bytes of an answer; the first run's siteinfo alone has more than 8,000


@pytest.fixture
def wiki(make_mediawiki: Callable[..., MediaWiki], tmp_path: Path) -> MediaWiki:
    """Histories with small texts, with texts that fit alone, and with texts that fit into no answer."""
    wiki = make_mediawiki()
    sizes = [50, 9_000, 11_000, 23_900, 60_000, 200_000, 70]
    texts = [f"{n} {'x' * sizes[n % 7]}" for n in range(28)] + [DECOMPOSED * 1000, ""]
    pages = {
        f"Blatt {n}": [
            DumpRevision(f"2024-02-{1 + n % 28:02}T0{k}:00:00Z", "Ida Kern", texts[(n + k) % 30]) for k in range(3)
        ]
        for n in range(30)
    }
    dump = tmp_path / "pages.xml"
    dump.write_text(dump_xml(pages), encoding="utf-8")
    wiki.import_xml(dump)
    hidden = min(r["rev_id"] for r in wiki.truth()["revisions"] if len(r["text"]) > LIMIT)
    wiki.revision_delete(hidden)
    wiki.configure(f"$wgAPIMaxResultSize = {LIMIT};")
    return wiki


def test_texts_that_fit_into_no_answer_are_fetched_apart(wiki: MediaWiki, tmp_path: Path) -> None:
    db = tmp_path / "wiki.db"
    mark = wiki.mark()
    assert_fine(run_here("--db", db, "sync", wiki.url), "first")
    assert_exact(db, wiki)
    asked = [request.params for request in wiki.requests(mark)]
    raw = [int(params["oldid"]) for params in asked if params.get("action") == "raw"]
    too_large = rows(db, "SELECT count(*) FROM revisions WHERE size >= ? AND text_state = 'present'", LIMIT)
    assert len(set(raw)) == len(raw)
    assert (
        len(raw)
        <= too_large[0][0] + rows(db, "SELECT count(*) FROM revisions WHERE size BETWEEN 20000 AND 30000")[0][0]
    )


def test_a_large_text_that_is_new(wiki: MediaWiki, tmp_path: Path) -> None:
    db = tmp_path / "wiki.db"
    assert_fine(run_here("--db", db, "sync", wiki.url), "first")
    for n in range(3):
        wiki.edit("Hauptseite", f"{n}" * 40_000)
        wiki.edit(f"Blatt {n}", f"{n}" * 15_000)
    assert_fine(run_here("--db", db, "sync"), "delta")
    assert_exact(db, wiki)
    assert_fine(run_here("--db", db, "audit"), "first")


def test_a_limit_that_nothing_fits_into(mediawiki: MediaWiki, tmp_path: Path) -> None:
    db = tmp_path / "wiki.db"
    assert_fine(run_here("--db", db, "sync", mediawiki.url), "first")
    mediawiki.configure("$wgAPIMaxResultSize = 10;")
    assert "$wgAPIMaxResultSize" in assert_failed(run_here("--db", db, "sync"), db)
