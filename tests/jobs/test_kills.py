"""Runs that are killed at any moment: the next one leaves what an undisturbed run would have left."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.kills import kills
from tests.mediawiki import MediaWiki
from tests.storm_checks import Checker, Cut
from tests.wikitrail import rows, sync

NUMBER = int(os.environ.get("WIKITRAIL_KILLS", "12"))
SEED = int(os.environ.get("WIKITRAIL_KILLS_SEED", "1"))


def test_a_killed_run_is_completed_by_the_next(mediawiki: MediaWiki, tmp_path: Path) -> None:
    failures = [f"{job}: {failure}" for job, failure in kills(mediawiki, tmp_path, NUMBER, SEED) if failure]
    assert not failures, f"seed {SEED}: {failures}"


def test_bulk_changes_are_found_although_the_run_that_saw_them_ended_before(
    mediawiki: MediaWiki, tmp_path: Path
) -> None:
    db = tmp_path / "wiki.db"
    for host in ("alt", "neu"):
        for number in range(5):
            mediawiki.edit(f"Blatt {number}", f"Siehe [http://{host}.example/vo?n=10{number}7 die Vorlage].")
        if host == "alt":
            sync(db, mediawiki.url)
    with pytest.raises(Cut), patch("jobs.sync.refresh_bulk_changes", side_effect=Cut):
        Checker(mediawiki, db).sync()
    assert rows(db, "SELECT count(*) FROM bulk_changes") == [(0,)]
    assert sync(db)["changes"] == 0
    assert rows(db, "SELECT pages FROM bulk_changes") == [(5,)]
