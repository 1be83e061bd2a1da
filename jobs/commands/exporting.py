"""The command that writes the mirror in other forms: ``export``."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.commands.options import MOMENT, current_settings, say, shared_options
from jobs.errors import UsageError
from jobs.export import chosen_pages, export_table, export_xml, xml_warnings
from jobs.wording import counted
from storage.database import opened_database
from storage.export import TABLES, Selection
from storage.mirror import get_state

FORMATS = ("xml", "csv", "json")
_TIMED = ("changes", "revisions")  # tables that --since can choose from


@click.command(short_help="Write an XML dump for a MediaWiki, or one table.")
@shared_options
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="xml", show_default=True,
    help="A MediaWiki export (0.11), or one table as CSV or as JSON, an object a line.",
)  # fmt: skip
@click.option(
    "--table", help=f"For csv and json: {', '.join(TABLES)}, or a record_… view of one infobox.", metavar="NAME"
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, packed if it ends in .gz, .bz2, .zst; else stdout.",
)
@click.option("--page", "titles", multiple=True, help="Only the page with this full title; may be repeated.")
@click.option("--since", type=MOMENT, help="Only revisions (or changes) made from this time on: 2024-07-01, 7d.")
@click.option("--current", is_flag=True, help="For xml: only each page's current revision.")
@click.option("--deleted", is_flag=True, help="Also what the wiki has deleted and the mirror keeps.")
def export(
    format: str,
    table: str | None,
    out: Path | None,
    titles: tuple[str, ...],
    since: str | None,
    current: bool,
    deleted: bool,
) -> None:
    """Write the mirror as a MediaWiki XML export, or a table as CSV or JSON.

    A MediaWiki imports the XML with importDump.php or Special:Import. Pages and revisions that the wiki has deleted
    are left out, since an import would bring them back. In CSV, text that a spreadsheet would take for a formula
    gets an apostrophe in front; JSON holds it as it is.
    """
    _check(format, table, since=since, current=current)
    settings = current_settings()
    out = None if out is None or str(out) == "-" else out
    with opened_database(settings.database) as db:
        wanted = Selection(chosen_pages(db, titles, deleted=deleted), since, current, deleted)
        unfinished = get_state(db, "backfill") is not None
        if table is not None:
            told = f"{counted(export_table(db, out, format, table, wanted), 'row')} of {table}"
            warnings = []
        else:
            written = export_xml(db, out, wanted, quiet=settings.quiet)
            told = f"{counted(written.pages, 'page')}, {counted(written.revisions, 'revision')}"
            warnings = xml_warnings(written)
    for warning in warnings:
        say(f"Warning: {warning}", settings)
    if unfinished:
        say("Note: the first run has not finished, so the export lacks what it has not read; run “wikitrail sync”.")
    if out is not None:
        say(f"{told} written to {out}.", settings)


def _check(format: str, table: str | None, *, since: str | None, current: bool) -> None:
    """Raises UsageError for options that do not go together."""
    if format == "xml" and table is not None:
        raise UsageError("--table is for --format csv or json; an XML export holds whole pages.")
    if format != "xml" and table is None:
        raise UsageError(
            f"--format {format} writes one table: choose it with --table ({', '.join(TABLES)}, or a record_… view)."
        )
    if format != "xml" and current:
        raise UsageError("--current is for --format xml; the tables but changes and revisions hold what is current.")
    if table is not None and table not in _TIMED and since is not None:
        raise UsageError(f"--since is for --format xml and for the tables {' and '.join(_TIMED)}.")
