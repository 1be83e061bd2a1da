"""The demo: the embedded sample wiki goes the whole way, offline, and the result is told in a few lines."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path

from jobs.config import FORMATS, LANGUAGES, Config
from jobs.errors import UsageError
from jobs.report import render_brief, tell
from jobs.report.language import Language
from jobs.reporting import gather_report, write_report
from jobs.runner import running
from jobs.settings import Settings
from jobs.sync import import_dumps
from storage.changes import ChangeFilter
from storage.database import opened_database
from storage.errors import StorageError
from storage.mirror import load_site
from storage.queries import standing

SAMPLE = "sample-wiki.xml"
SAMPLE_NAME = "MediawikiOB (Beispiel)"
BEGINNING = "2024-07-01T00:00:00Z"  # the sample's link update falls into July 2024


def run_demo(out: Path) -> str:
    """Play the sample's history up to BEGINNING, then the rest, and report on the rest; what to print."""
    database = out / "wiki.db"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _remove_earlier_demo(database)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); choose another folder with --out.") from error
    settings = Settings(Config(), out, database, quiet=True)
    with as_file(files("data").joinpath(SAMPLE)) as sample:
        with running("import", database, create=True) as run:
            import_dumps(run, settings, [sample], until=BEGINNING)
        with running("import", database, create=True) as run:
            import_dumps(run, settings, [sample], since=BEGINNING)
    with opened_database(database) as db:
        data = gather_report(db, ChangeFilter(since=BEGINNING), settings.config.report)
        held = standing(db)
    reports = write_report(data, out, "report", FORMATS, LANGUAGES)
    summary = render_brief(tell(data), Language("en", data.timezone))
    shown = {path.suffix + path.suffixes[0]: path for path in reports}
    return (
        f"The sample wiki “{data.site_name}” went the whole way: {held.pages} pages, {held.revisions} revisions,"
        f" {held.changes} changes.\n\nFrom 1 July 2024 on:\n{summary}\n\n"
        f"Report:    {shown['.html.en']} (Deutsch: {shown['.html.de']}; also .md, .txt, .json)\n"
        f"Database:  {database}\n\n"
        "Open the report in a browser, the database with any SQLite tool. Next:\n"
        f"  {_command()} --db {shlex.quote(str(database))} changes --bulk\n"
        f"  {_command()} --db wiki.db sync https://your.wiki/any/page"
    )


def _remove_earlier_demo(database: Path) -> None:
    """Make room for the demo's database; raises UsageError when the file there is anything else."""
    if not database.exists():
        return
    try:
        with opened_database(database) as db:
            site = load_site(db)
    except StorageError:
        site = None
    if site is None or site["sitename"] != SAMPLE_NAME:
        raise UsageError(f"{database} exists and is not from an earlier demo; choose another folder with --out.")
    for leftover in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)


def _command() -> str:
    """How to call wikitrail from here: by name where the shell finds it, else by its path."""
    return "wikitrail" if shutil.which("wikitrail") else shlex.quote(sys.argv[0])
