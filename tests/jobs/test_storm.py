"""A storm on a real MediaWiki, and the shortest sequences that once made a mirror differ from its wiki."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.storm import shrink, storm
from tests.storm_actions import ACTIONS
from tests.storm_scenes import Op, generate
from tests.storm_texts import text_of
from tests.wikitrail import assert_exact, rows, sync, wikitrail

OPERATIONS = int(os.environ.get("WIKITRAIL_STORM_OPS", "500"))
SEED = int(os.environ.get("WIKITRAIL_STORM_SEED", "5"))

RELATIVE = 48  # a text with a relative link, which means another page when its own has moved

CASES: dict[str, list[Op]] = {
    # The time of the deletion was taken from the last entry of the deletion log that bears the title.
    "the time of a deletion is not that of a later revision deletion": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("sync",),
        ("delete", "Schule"),
        ("hide_archived", "Schule", 0, True, "user"),
    ],
    # A page kept the title that it bore when it was last seen, and its deletion got the time of the run.
    "a page that was moved and then deleted bears its last title": [
        ("edit", "Schule", 3),
        ("sync",),
        ("move", "Schule", "Kategorie:Wohnen", False, False),
        ("delete", "Kategorie:Wohnen"),
    ],
    # Only the title that the log names was looked at, and there the page was no more.
    "a page that was restored and moved away is read again whole": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("sync",),
        ("delete", "Schule"),
        ("sync",),
        ("restore", "Schule", 0, 0),
        ("move", "Schule", "Verkehr", False, False),
        ("move", "Verkehr", "Anderswo 1", False, False),
    ],
    # The ids before a revision that only the audit found were asked for by the next run, which found nothing.
    "a run after an audit that found a high id costs one request": [
        ("edit", "Schule", 3),
        ("edit", "Verkehr", 3),
        ("sync",),
        ("burst", "Verkehr", 120),
        ("delete", "Verkehr"),
        ("import_old", "Schule", False, ("2009-03-01T10:00:00Z", 29)),
        ("tag_unlogged", "Schule", 0),
    ],
    # Known revisions were taken as they had been before they were deleted.
    "what was hidden while it was deleted comes back hidden": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("sync",),
        ("delete", "Schule"),
        ("sync",),
        ("hide_archived", "Schule", 0, True, "user"),
        ("restore", "Schule", 0, 0),
    ],
    # Nothing was read out of it, and its redirect led nowhere.
    "what is left of a moved stylesheet leads to it": [
        ("edit", "MediaWiki:Probe.css", 3),
        ("sync",),
        ("move", "MediaWiki:Probe.css", "MediaWiki:Neue Probe.css", True, False),
    ],
    # The audit compared the log in one direction only.
    "a log entry that the wiki lost is marked": [
        ("edit", "Schule", 3),
        ("sync",),
        ("lose_log",),
    ],
    # The log entry got the id of whatever page bears its title today.
    "a log entry keeps the page id that it was written with": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("delete", "Schule"),
        ("hide_archived", "Schule", 0, True, "user"),
        ("edit", "Schule", 5),
    ],
    # Nothing was read again, since the text had not changed.
    "relative links of a moved page lead elsewhere": [
        ("edit", "Diskussion:Wohnen", RELATIVE),
        ("sync",),
        ("move", "Diskussion:Wohnen", "Diskussion:Verkehr", False, False),
    ],
    # All of a page that nobody knew and that came back counted as old.
    "an edit of a page that was made, deleted and restored since the last run is announced": [
        ("edit", "Schule", 3),
        ("delete", "Schule"),
        ("restore", "Schule", 0, 0),
        ("edit", "Schule", 4),
    ],
    # The edit was built upon a page that was still held as deleted.
    "an edit of a page that was deleted, and restored since, is announced": [
        ("edit", "Schule", 3),
        ("sync",),
        ("delete", "Schule"),
        ("sync",),
        ("restore", "Schule", 0, 0),
        ("edit", "Schule", 4),
    ],
    # The edit stands before what it was made from, by time.
    "an edit on top of an import from the future is announced": [
        ("edit", "Schule", 3),
        ("import_old", "Schule", False, ("2031-01-01T10:00:00Z", 4)),
        ("sync",),
        ("edit", "Schule", 5),
        ("sync",),
        ("edit", "Schule", 6),
    ],
    # Until the new current one was here, an import from the future counted as the last that had been read.
    "an edit after a move is announced on a page with revisions from the future": [
        ("edit", "Schule", 3),
        ("import_old", "Schule", False, ("2031-03-01T10:00:00Z", 4)),
        ("import_old", "Schule", False, ("2031-01-01T10:00:00Z", 5)),
        ("edit", "Schule", 6),
        ("sync",),
        ("move", "Schule", "Verkehr", False, False),
        ("edit", "Verkehr", 7),
    ],
    # The last that had been read bears a time to come, stays deleted, and the edit was not made from it.
    "an edit after a part of a page was restored is announced, its last revision from the future": [
        ("edit", "Schule", 3),
        ("import_old", "Schule", False, ("2031-03-01T10:00:00Z", 4)),
        ("sync",),
        ("delete", "Schule"),
        ("sync",),
        ("restore", "Schule", 0, 1),
        ("edit", "Schule", 5),
    ],
    # More than fifty ids that lead nowhere lie before the new one, and its time is old.
    "the current revision of a page is fetched however far its id is off": [
        ("import_old", "Schule", False, ("2010-01-01T10:00:00Z", 3)),
        ("sync",),
        ("burst", "Wohnen", 60),
        ("delete", "Wohnen"),
        ("import_old", "Schule", False, ("2011-01-01T10:00:00Z", 4)),
        ("tag", "Schule", 0, True),
    ],
    # What the log says of the time before was taken as done, and what vanished is in no listing.
    "a run that reads everything again finds what vanished": [
        ("edit", "Schule", 3),
        ("pause", 1.1),
        ("edit", "Schule", 4),
        ("sync",),
        ("delete", "Schule"),
        ("restore", "Schule", 1, 1),
        ("pause", 2.1),
        ("sync", True),
    ],
    # The highest id that was held counted as the end of what was seen; one with a lower id and an old time was not.
    "an import is found that a run had not come to when it was cut": [
        ("edit", "Verkehr", 3),
        ("edit", "Wohnen", 4),
        ("sync",),
        ("import_old", "Schule", True, ("2005-02-01T10:00:00Z", 3), ("2006-02-01T10:00:00Z", 4)),
        ("merge", "Verkehr", "Wohnen", 0),
        ("cut", 8),
    ],
    # The new page's revisions were added to those of the page that had borne its id.
    "a page that was deleted and whose id was given to another is that other page": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("sync",),
        ("delete", "Schule"),
        ("reuse_ids",),
        ("edit", "Verkehr", 5),
        ("sync",),
        ("restore", "Schule", 0, 0),
        ("audit",),
    ],
    # No entry of the log says which revisions bore the name or the tag.
    "a user who was renamed and a tag that was deleted are so everywhere": [
        ("edit", "Schule", 3, "Uwe Alt"),
        ("edit", "Schule", 4, "Nora Feld"),
        ("tag", "Schule", 0, True),
        ("sync",),
        ("rename_user", "Uwe Alt", "Uwe Neu"),
        ("sync",),
        ("drop_tag",),
    ],
    # Sysops see no entry of the public log for it.
    "an audit finds what was suppressed and what was tagged unlogged": [
        ("edit", "Schule", 3),
        ("edit", "Schule", 4),
        ("sync",),
        ("suppress", "Schule", 0, True, "content", "user"),
        ("suppress_log", 0, "content", "comment"),
        ("tag_unlogged", "Schule", 1),
        ("audit",),
    ],
    # The entry of a restore said nothing, and the pages that are live were looked at alone.
    "a page comes back although the wiki hides that it was restored": [
        ("edit", "Schule", 3),
        ("sync",),
        ("delete", "Schule"),
        ("sync",),
        ("restore", "Schule", 0, 0),
        ("hide_log", 0, "content"),
        ("audit",),
    ],
    # Ids that had been asked for a moment too early counted as such that the wiki does not have.
    "an import that comes between two requests of a run is found whole": [
        ("edit", "Wohnen", 3),
        ("sync",),
        *(("edit", "Schule", number) for number in range(3, 9)),
        ("meanwhile", 2, "burst", "Wohnen", 60),
        ("sync",),
    ],
    # The deletion names no page; the entry itself was kept as it had been.
    "a hidden entry of the log hides no deletion, and is hidden here": [
        ("edit", "Schule", 3),
        ("edit", "Verkehr", 3),
        ("delete", "Verkehr"),
        ("sync",),
        ("hide_log", 0, "content", "comment"),
        ("delete", "Schule"),
        ("hide_log", 0, "content", "comment", "user"),
    ],
    # It was taken for one on top of what was known, and its intervals began after they had ended.
    "a revision that is imported after an absence stands before it": [
        ("import_old", "Schule", False, ("2005-01-01T10:00:00Z", 3)),
        ("sync",),
        ("delete", "Schule"),
        ("restore", "Schule", 0, 0),
        ("sync",),
        ("import_old", "Schule", False, ("2009-01-01T10:00:00Z", 5)),
    ],
    # What a page includes is protected with it, and the log names that page alone.
    "a protection that is passed on is that of the page that has it": [
        ("edit", "Vorlage:Hinweis", 1),
        ("edit", "Schule", next(n for n in range(60) if "{{Hinweis" in text_of("", n))),
        ("sync",),
        ("protect", "Schule", "edit", "sysop", "2035-01-01T00:00:00Z", True),
        ("tag", "Vorlage:Hinweis", 0, True),
    ],
}


@pytest.mark.parametrize("ops", CASES.values(), ids=CASES.keys())
def test_short_sequences_that_once_made_a_difference(
    mediawiki_template: Path, tmp_path: Path, ops: Sequence[Op]
) -> None:
    outcome = storm([("sync",), *ops], mediawiki_template, tmp_path / "wiki")
    assert outcome.failure is None
    assert not outcome.refused, "the wiki refuses a part of the case"


@pytest.mark.parametrize("steps", [7, 10])
def test_an_import_behind_the_first_run_is_found(mediawiki_template: Path, tmp_path: Path, steps: int) -> None:
    ops: list[Op] = [
        ("burst", "Wohnen", 120),
        ("cut", steps),  # now the first run has read all up to 2012
        ("import_old", "Schule", False, ("2005-01-01T10:00:00Z", 3)),
        ("edit", "Verkehr", 4),
        ("sync",),
    ]
    assert storm(ops, mediawiki_template, tmp_path / "wiki").failure is None


def test_a_storm_leaves_no_difference(mediawiki_template: Path, tmp_path: Path) -> None:
    outcome = storm(generate(OPERATIONS, SEED), mediawiki_template, tmp_path / "wiki")
    assert outcome.failure is None, f"seed {SEED}: {outcome.failure}"
    assert outcome.done.total() > outcome.refused.total()
    assert len(outcome.done) > len(ACTIONS) // 2


def test_a_failing_sequence_is_cut_down_to_what_it_needs() -> None:
    ops: list[Op] = [("edit", str(n), n) for n in range(40)]
    needed = {7, 31}
    assert shrink(ops, lambda part: needed <= {op[2] for op in part}, 60) == [("edit", "7", 7), ("edit", "31", 31)]


def test_a_mirror_that_was_begun_from_a_dump_is_exact_after_one_run(mediawiki: MediaWiki, tmp_path: Path) -> None:
    db, dump = tmp_path / "wiki.db", tmp_path / "dump.xml"
    first = mediawiki.edit("Wohnen", "Stand 0")
    for title in ("Schule", "Hilfe:Verkehr", "Wohnen"):
        for number in range(1, 3):
            mediawiki.edit(title, f"Stand {number} [[/Unten]]")
    dump.write_bytes(mediawiki.maintenance("dumpBackup", "--full", "--quiet"))
    assert wikitrail("--db", db, "import", dump).code == 0
    mediawiki.revision_delete(first, hide=("content", "user"))
    mediawiki.move("Hilfe:Verkehr", "Hilfe:Bahn", redirect=False)
    mediawiki.delete("Schule")
    mediawiki.edit("Schule", "Neu begonnen")
    sync(db, mediawiki.url)
    assert_exact(db, mediawiki)
    assert rows(db, "SELECT DISTINCT target FROM link_history WHERE target LIKE 'Hilfe%'") == [("Hilfe:Bahn/Unten",)]


def test_a_quiet_run_costs_one_request_however_much_went_before(mediawiki: MediaWiki, tmp_path: Path) -> None:
    db, dump = tmp_path / "wiki.db", tmp_path / "many.xml"
    start = datetime.now(UTC) - timedelta(seconds=560)  # all of it within the time that every run lists again
    times = [(start + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(520)]
    dump.write_text(dump_xml({"Verkehr": [DumpRevision(at, "Ida Kern", at) for at in times]}), encoding="utf-8")
    mediawiki.import_xml(dump)
    assert sync(db, mediawiki.url)["revisions_new"] == 521
    mediawiki.edit("Verkehr", "zuletzt")
    assert sync(db)["revisions_new"] == 1
    assert sync(db)["requests"] == 1
    assert_exact(db, mediawiki)


def test_a_dump_that_is_older_or_newer_than_the_mirror_leaves_it_exact(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """What a dump says of the wiki is not taken as what the wiki says: the next run compares."""
    db, older, newer = tmp_path / "wiki.db", tmp_path / "older.xml", tmp_path / "newer.xml"
    mediawiki.edit("Schule", "Stand 0")
    mediawiki.edit("Verkehr", "Stand 0")
    older.write_bytes(mediawiki.maintenance("dumpBackup", "--full", "--quiet"))
    mediawiki.delete("Schule")
    sync(db, mediawiki.url)
    first = mediawiki.edit("Verkehr", "Stand 1")
    mediawiki.edit("Verkehr", "Stand 2")
    newer.write_bytes(mediawiki.maintenance("dumpBackup", "--full", "--quiet"))
    mediawiki.revision_delete(first, hide=("content",))
    assert wikitrail("--db", db, "import", older, newer).code == 0
    assert rows(db, "SELECT state FROM pages WHERE title = 'Schule'") == [("live",)]
    sync(db)
    assert_exact(db, mediawiki)
    assert sync(db)["requests"] == 1
