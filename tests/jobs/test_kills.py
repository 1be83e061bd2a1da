"""Runs that are killed at any moment: the next one leaves what an undisturbed run would have left."""

from __future__ import annotations

import os
from pathlib import Path

from tests.kills import kills
from tests.mediawiki import MediaWiki

NUMBER = int(os.environ.get("WIKITRAIL_KILLS", "12"))
SEED = int(os.environ.get("WIKITRAIL_KILLS_SEED", "1"))


def test_a_killed_run_is_completed_by_the_next(mediawiki: MediaWiki, tmp_path: Path) -> None:
    failures = [f"{job}: {failure}" for job, failure in kills(mediawiki, tmp_path, NUMBER, SEED) if failure]
    assert not failures, f"seed {SEED}: {failures}"
