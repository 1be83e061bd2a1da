"""Texts that a wiki fails to show, or shows otherwise than it states: all else is mirrored, and it is said once."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.fault_proxy import Exchange, Fault, FaultProxy
from tests.fault_runs import run_here
from tests.faults import api_error
from tests.mediawiki import MediaWiki
from tests.wikitrail import assert_exact, rows, sync, wikitrail

HELD = "SELECT text_state, text_id IS NULL FROM revisions WHERE rev_id = ?"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def lose_model(wiki: MediaWiki, title: str, model: str = "Scribunto") -> None:
    """What an extension that brought a content model leaves when it is removed."""
    wiki.statement("INSERT OR IGNORE INTO content_models (model_name) VALUES (?)", model)
    wiki.statement(
        "UPDATE content SET content_model = (SELECT model_id FROM content_models WHERE model_name = ?) WHERE content_id"
        " IN (SELECT slot_content_id FROM slots WHERE slot_revision_id IN (SELECT rev_id FROM revision JOIN page"
        " ON page_id = rev_page WHERE page_title = ?))",
        model,
        title.replace(" ", "_"),
    )
    wiki.statement("UPDATE page SET page_content_model = ? WHERE page_title = ?", model, title.replace(" ", "_"))


def restart(wiki: MediaWiki) -> None:
    """So that it forgets what it has in memory."""
    wiki.stop()
    wiki.start()


def blob(rev_id: int, wiki: MediaWiki) -> int:
    """The row of the wiki's table ``text`` that holds a revision's text."""
    ((address,),) = rows(
        wiki.db_path,
        "SELECT content_address FROM slots JOIN content ON content_id = slot_content_id WHERE slot_revision_id = ?",
        rev_id,
    )
    return int(str(address.decode() if isinstance(address, bytes) else address).removeprefix("tt:"))


def rewrite(wiki: MediaWiki, rev_id: int, text: bytes) -> None:
    """Somebody alters a text in the wiki's own database; what it states of it stays."""
    wiki.statement("UPDATE text SET old_text = ?, old_flags = 'utf-8' WHERE old_id = ?", text, blob(rev_id, wiki))
    restart(wiki)


def without_odd(db: Path, wiki: MediaWiki) -> None:
    """All but the texts that count as missing is exact."""
    missing = {rev_id for (rev_id,) in rows(db, "SELECT rev_id FROM revisions WHERE text_state = 'missing'")}
    truth = {r["rev_id"]: r for r in wiki.truth()["revisions"]}
    held = {
        row[0]: row[1:]
        for row in rows(db, "SELECT rev_id, page_id, timestamp, user, comment, sha1, content_model FROM revisions"
                            " WHERE state = 'live'")
    }  # fmt: skip
    assert held == {
        i: (r["page_id"], r["timestamp"], r["user"], r["comment"], r["sha1"], r["content_model"])
        for i, r in truth.items()
    }
    texts = {r["sha1"] for i, r in truth.items() if i not in missing}
    assert texts == {sha1 for (sha1,) in rows(db, "SELECT sha1 FROM texts")}


def test_a_wiki_with_a_content_model_that_it_knows_no_more_is_mirrored_around_it(
    mediawiki: MediaWiki, db: Path
) -> None:
    lost: list[int] = []
    for n in range(70):
        mediawiki.edit(f"Seite {n}", f"Text {n}")
        if n in (3, 50):
            lost = [mediawiki.edit(f"Modul {n}", f"return {k}") for k in range(3)]
    for title in ("Modul 3", "Modul 50"):
        lose_model(mediawiki, title)
    mark = mediawiki.mark()
    (warning,) = sync(db, mediawiki.url)["warnings"]
    assert len(mediawiki.requests(mark)) <= 40
    assert warning.startswith("6 texts have a content model that the wiki does not know, “Scribunto” (revisions ")
    assert rows(db, HELD, lost[-1]) == [("missing", 1)]
    page = rows(db, "SELECT content_model, latest_rev_id, length, protection FROM pages WHERE title = 'Modul 50'")
    assert page == [("Scribunto", lost[-1], 8, None)]
    without_odd(db, mediawiki)
    mark = mediawiki.mark()
    assert sync(db)["warnings"] == []
    assert len(mediawiki.requests(mark)) == 1
    assert wikitrail("--db", db, "audit").code == 0
    mediawiki.edit("Seite 1", "neu")
    mediawiki.statement("UPDATE page SET page_title = 'Modul_4' WHERE page_title = 'Modul_3'")
    assert sync(db)["revisions_new"] == 1
    assert wikitrail("--db", db, "audit").code == 1
    assert rows(db, "SELECT count(*) FROM pages WHERE title = 'Modul 4'") == [(1,)]
    for title in ("Modul 4", "Modul 50"):
        lose_model(mediawiki, title, "text")
    restart(mediawiki)
    audit = wikitrail("--db", db, "audit", "--json")
    assert audit.code == 1
    assert_exact(db, mediawiki)
    assert wikitrail("--db", db, "audit").code == 0


def test_a_text_that_is_held_stays_when_the_wiki_knows_its_model_no_more(mediawiki: MediaWiki, db: Path) -> None:
    rev_id = mediawiki.edit("Modul", "return 1")
    lose_model(mediawiki, "Modul", "text")
    sync(db, mediawiki.url)
    lose_model(mediawiki, "Modul")
    assert wikitrail("--db", db, "audit").code == 1
    assert rows(db, HELD, rev_id) == [("present", 0)]
    assert wikitrail("--db", db, "audit").code == 0
    summary = sync(db, "--full")
    assert summary["warnings"] == []
    assert rows(db, HELD, rev_id) == [("present", 0)]
    new = mediawiki.edit("Seite", "[[Modul]]")
    assert sync(db)["revisions_new"] == 1
    assert rows(db, HELD, new) == [("present", 0)]


def test_a_new_revision_of_a_lost_model_and_log_entries_about_its_page(mediawiki: MediaWiki, db: Path) -> None:
    rev_ids = [mediawiki.edit("Modul", f"return {n}") for n in range(3)]
    sync(db, mediawiki.url)
    mediawiki.edit("Modul", "return 3")
    mediawiki.protect("Modul")
    mediawiki.delete("Modul")
    mediawiki.undelete("Modul")
    lose_model(mediawiki, "Modul")
    summary = sync(db)
    assert (summary["status"], summary["revisions_new"]) == ("ok", 2)
    assert rows(db, HELD, rev_ids[0]) == [("present", 0)]
    assert rows(db, "SELECT count(*) FROM revisions WHERE text_state = 'missing'") == [(2,)]
    mark = mediawiki.mark()
    sync(db)
    assert len(mediawiki.requests(mark)) == 1
    assert wikitrail("--db", db, "audit").code in (0, 1)
    assert wikitrail("--db", db, "audit").code == 0


def test_a_text_with_another_digest_than_the_wiki_states_is_taken(mediawiki: MediaWiki, db: Path) -> None:
    rev_ids = [mediawiki.edit("Seite", f"Stand {n}") for n in range(3)]
    rewrite(mediawiki, rev_ids[1], "Vom Verwalter geändert".encode())
    mark = mediawiki.mark()
    (warning,) = sync(db, mediawiki.url)["warnings"]
    assert [r.params["oldid"] for r in mediawiki.requests(mark) if "oldid" in r.params] == [str(rev_ids[1])]
    assert warning.startswith(f"1 text has another SHA-1 than the wiki states (revision {rev_ids[1]})")
    assert wikitrail("--db", db, "text", rev_ids[1]).out == "Vom Verwalter geändert"
    stated = hashlib.sha1(b"Stand 1", usedforsecurity=False).hexdigest()
    assert rows(db, "SELECT sha1 FROM revisions WHERE rev_id = ?", rev_ids[1]) == [(stated,)]
    for _ in range(2):
        audit = wikitrail("--db", db, "audit", "--json")
        assert (audit.code, audit.json["warnings"]) == (0, [])
    assert sync(db, "--full")["warnings"] == []
    rewrite(mediawiki, rev_ids[2], b"Noch eine")
    assert len(sync(db, "--full")["warnings"]) == 1
    assert wikitrail("--db", db, "audit").code == 0


def test_a_text_that_is_not_utf_8_counts_as_missing(mediawiki: MediaWiki, db: Path) -> None:
    rev_ids = [mediawiki.edit("Seite", f"Stand {n}") for n in range(3)]
    rewrite(mediawiki, rev_ids[1], b"Gr\xf6\xdfe")
    (warning,) = sync(db, mediawiki.url)["warnings"]
    assert warning.startswith(f"1 text is not UTF-8 on the wiki (revision {rev_ids[1]})")
    assert rows(db, HELD, rev_ids[1]) == [("missing", 1)]
    assert rows(db, HELD, rev_ids[2]) == [("present", 0)]
    assert sync(db)["requests"] == 1
    assert wikitrail("--db", db, "audit").code == 0
    assert sync(db, "--full")["warnings"] == []
    refused = wikitrail("--db", db, "text", rev_ids[1])
    assert (refused.code, "missing on the wiki" in refused.err) == (1, True)


def fails_at(rev_ids: set[int]) -> Callable[[Exchange], Fault | None]:
    """A wiki that fails inside whenever one of these texts is asked for, as with a damaged blob."""
    failing = api_error("internal_api_error_TypeError", "[Zx1] Caught exception")

    def plan(exchange: Exchange) -> Fault | None:
        asked = exchange.params
        ids = {int(i) for i in asked.get("revids", "").split("|") if i}
        hit = "generator" in asked or ids & rev_ids
        return failing if hit and "content" in asked.get("rvprop", "").split("|") else None

    return plan


def test_a_text_that_is_damaged_here_and_has_a_lost_model_there_is_given_up(mediawiki: MediaWiki, db: Path) -> None:
    rev_id = mediawiki.edit("Modul", "return 1")
    lose_model(mediawiki, "Modul", "text")
    sync(db, mediawiki.url)
    lose_model(mediawiki, "Modul")
    with closing(sqlite3.connect(db)) as held, held:
        held.execute(
            "UPDATE text_rows SET data = x'00' WHERE text_id = (SELECT text_id FROM revision_rows WHERE rev_id = ?)",
            [rev_id],
        )
    assert wikitrail("--db", db, "audit").code == 1
    assert rows(db, HELD, rev_id) == [("missing", 1)]
    assert wikitrail("--db", db, "audit").code == 0


def test_a_text_that_an_outage_keeps_away_is_waited_for(mediawiki: MediaWiki, db: Path) -> None:
    rev_ids = [mediawiki.edit("Seite", f"Text {n}") for n in range(3)]
    left = iter(range(5))
    with contextmanager(FaultProxy(mediawiki.url).serve)() as proxy:
        plan = fails_at(set(rev_ids))
        proxy.plan = lambda exchange: plan(exchange) if plan(exchange) and next(left, None) is not None else None
        assert run_here("--db", db, "sync", f"{proxy.url}/api.php", "--json").json["warnings"] == []
    assert_exact(db, mediawiki)


@pytest.mark.parametrize("failing", [1, 60])
def test_a_wiki_that_goes_on_failing_inside_is_taken_for_an_outage(
    mediawiki: MediaWiki, db: Path, failing: int
) -> None:
    rev_ids = [mediawiki.edit(f"Seite {n}", f"Text {n}") for n in range(60)]
    with contextmanager(FaultProxy(mediawiki.url).serve)() as proxy:
        proxy.plan = fails_at(set(rev_ids[:failing]))
        mark = mediawiki.mark()
        result = run_here("--db", db, "sync", f"{proxy.url}/api.php")
        assert (result.code, "fails inside (internal_api_error_TypeError" in result.err) == (75, True), result.err
        assert "busy" not in result.err
        assert len(mediawiki.requests(mark)) < 20
        assert rows(db, "SELECT count(*) FROM revisions") == [(0,)]
        proxy.plan = lambda exchange: None
        assert run_here("--db", db, "sync", f"{proxy.url}/api.php", "--json").json["warnings"] == []
    assert_exact(db, mediawiki)
