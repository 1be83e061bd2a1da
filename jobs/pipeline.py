"""``run``: sync, then a report on what was observed since the last one. The line for cron, and the daemon's job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jobs.contact import check_wiki_named
from jobs.exactness import without_exactness
from jobs.reporting import gather_report, write_report
from jobs.runner import running
from jobs.settings import Settings
from jobs.sync import sync
from storage.changes import ChangeFilter
from storage.mirror import get_state, set_state
from storage.queries import last_change_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: its summary, the reports that it wrote, and whether it was the first (which reports nothing)."""

    summary: dict[str, Any]
    reports: list[Path]
    first: bool


def run_pipeline(settings: Settings) -> Outcome:
    """One whole run under one lock. No change since the last report means no report.

    The first run takes the wiki's history in and reports nothing: what was there already is no news.
    """
    reports: list[Path] = []
    check_wiki_named(settings)
    with running("run", settings.database, create=True) as run:
        sync(run, settings, None, full=False)
        reported = get_state(run.db, "reported_change_id")
        last = last_change_id(run.db)
        if reported is not None and last > reported:
            report = settings.config.report
            data = replace(
                gather_report(run.db, ChangeFilter(after_id=reported), report),
                since=get_state(run.db, "reported_at"),
                since_last_report=True,
                last_sync_at=run.now,
                warnings=without_exactness(run.warnings),
            )
            stamp = run.now.replace(":", "").replace("-", "")
            reports = write_report(
                data, settings.place(report.directory), f"report-{stamp}", report.formats, report.languages
            )
        with run.db.atomic():
            if reports or reported is None:
                set_state(run.db, "reported_change_id", last)
                set_state(run.db, "reported_at", run.now)
    return Outcome(run.summary(), reports, reported is None)
