"""Commands for the analyst: ``coverage``."""

from __future__ import annotations

from dataclasses import asdict

import click

from jobs.commands.options import current_settings, say, shared_options
from jobs.coverage import coverage_text
from jobs.errors import UsageError
from jobs.json_text import json_text
from storage.coverage import infobox_names, load_coverage, load_page_diagnostics
from storage.database import opened_database


@click.command()
@shared_options
@click.option("--infobox", "chosen", multiple=True, help="Of this infobox only; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def coverage(chosen: tuple[str, ...], as_json: bool) -> None:
    """Say how well infoboxes are filled and read.

    Per infobox and field: on how many pages it is filled, since when it is used, and which names look like slips
    (nearly spelt like another, seen on one page only, rare). Then the pages of which something could not be read.
    """
    with opened_database(current_settings().database) as db:
        names = infobox_names(db)
        for name in chosen:
            if name not in names:
                known = ", ".join(names[:10]) or "none; “infoboxes” in the configuration names templates to read as one"
                raise UsageError(f"No page ever had an infobox “{name}”. There are: {known}.")
        boxes = load_coverage(db, chosen or names)
        pages = load_page_diagnostics(db, chosen or None)
    if as_json:
        found = {"infoboxes": [asdict(box) for box in boxes], "diagnostics": [asdict(page) for page in pages]}
        click.echo(json_text(found))
        return
    if not boxes:
        say("No infobox was found on any page. “infoboxes” in the configuration names templates to read as one.")
    click.echo(coverage_text(boxes, pages))
