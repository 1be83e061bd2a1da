"""Gathers what a report tells from the database, and writes it to files."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from jobs.clock import utc_now
from jobs.config import ReportConfig
from jobs.errors import UsageError
from jobs.exactness import is_read_from_pages, without_exactness
from jobs.files import becoming
from jobs.report import render_report
from jobs.report.data import BulkEntry, ReportData
from storage.bulk_changes import load_bulk_changes
from storage.changes import ChangeFilter, load_changes
from storage.database import Database
from storage.mirror import load_site
from storage.queries import diagnostics_by_code, revisions_between, standing
from storage.reverts import load_reverts
from storage.runs import last_run

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def gather_report(db: Database, wanted: ChangeFilter, config: ReportConfig) -> ReportData:
    """All that a report on these changes tells, as the configuration would have it."""
    site = load_site(db)
    if site is None:
        raise UsageError("The database holds no wiki yet; run “wikitrail sync URL” or “wikitrail import DUMP” first.")
    run = last_run(db, status="ok")
    changes = tuple(load_changes(db, wanted))
    told = {change.bulk_id for change in changes}
    general = site.get("siteinfo", {}).get("general", {})
    return ReportData(
        site_name=site.get("sitename") or "Wiki",
        page_base=_page_base(site.get("api_url"), general),
        since=wanted.since,
        until=wanted.until,
        generated_at=utc_now(),
        changes=changes,
        bulk=tuple(BulkEntry(bulk_id, bulk) for bulk_id, bulk in load_bulk_changes(db) if bulk_id in told),
        pages_total=standing(db).pages,
        revisions_in_period=revisions_between(db, wanted.since, wanted.until),
        last_sync_at=run["finished_at"] if run else None,
        source=str(site.get("api_url") or general.get("base") or ""),
        not_read=diagnostics_by_code(db, {change.page_id for change in changes}),
        warnings=without_exactness(run["counts"].get("warnings", ())) if run else (),
        by_pages=is_read_from_pages(site),
        timezone=config.timezone,
        reverts=load_reverts(db, {change.rev_to for change in changes if change.rev_to}),
        fold_undone=config.fold_undone,
    )


def _page_base(api_url: str | None, general: dict[str, str]) -> str | None:
    """The address of ``index.php``: as the wiki states it, else as a dump's base shows it."""
    if api_url:
        return urljoin(urljoin(api_url, general.get("server", "")), general.get("script") or "index.php")
    base = general.get("base", "")
    return base.split("?")[0] if "index.php" in base else None


def write_report(
    data: ReportData, folder: Path, name: str, formats: Sequence[str], languages: Sequence[str]
) -> list[Path]:
    """Write a report as ``NAME.LANGUAGE.FORMAT`` files into a folder, which is made; the paths, in order.

    Raises UsageError when the folder cannot be written, and OSError when there is no room for a file.
    """
    try:
        return _write(data, folder, name, formats, languages)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise UsageError(
            f"The report cannot be written into {folder} ({error.strerror}); choose another folder."
        ) from error


def _write(data: ReportData, folder: Path, name: str, formats: Sequence[str], languages: Sequence[str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language in languages:
        for format_ in formats:
            path = folder / f"{name}.{language}.{format_}"
            with becoming(path) as part:
                part.write_text(render_report(data, format_, language), encoding="utf-8")
            written.append(path)
    return written
