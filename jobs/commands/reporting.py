"""The command that tells people what changed: ``report``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from jobs.commands.options import MOMENT, check_period, current_settings, say, shared_options
from jobs.config import FORMATS, LANGUAGES
from jobs.errors import UsageError
from jobs.reporting import gather_report, write_report
from storage.changes import ChangeFilter
from storage.database import opened_database
from storage.mirror import get_state


@click.command()
@shared_options
@click.option("--since", type=MOMENT, help="From this time on: 2024-07-01, 2024-07-01T08:30Z, 7d.")
@click.option("--until", type=MOMENT, help="Before this time.")
@click.option("--format", "formats", help="Any of html,md,txt,json, joined by commas.")
@click.option("--lang", "languages", help="Any of de,en, joined by commas.")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path(), help="Folder to write into.")
@click.option(
    "--fold/--no-fold",
    default=None,
    help="Tell edits that were made and undone within the period in one line each, or like all others.",
)
def report(
    since: str | None, until: str | None, formats: str | None, languages: str | None, out: Path, fold: bool | None
) -> None:
    """Write a report for people who know no wikitext.

    Files report.LANGUAGE.FORMAT; their paths are printed.
    """
    settings = current_settings()
    chosen = replace(
        settings.config.report,
        formats=_choice("--format", formats, FORMATS) or settings.config.report.formats,
        languages=_choice("--lang", languages, LANGUAGES) or settings.config.report.languages,
        fold_undone=settings.config.report.fold_undone if fold is None else fold,
    )
    check_period(since, until)
    with opened_database(settings.database) as db:
        data = gather_report(db, ChangeFilter(since, until), chosen)
        if get_state(db, "backfill") is not None:
            say("Note: the first run has not finished, so the report lacks what it has not read; run “wikitrail sync”.")
    for path in write_report(data, out, "report", chosen.formats, chosen.languages):
        click.echo(path)


def _choice(option: str, given: str | None, allowed: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in (given or "").split(",") if name.strip()))
    if unknown := [name for name in names if name not in allowed]:
        raise UsageError(f"{option} knows {', '.join(allowed)}, and not “{unknown[0]}”.")
    return names
