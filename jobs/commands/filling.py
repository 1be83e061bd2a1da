"""Commands that fill the database: ``sync`` and ``import``."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import click

from jobs.commands.options import current_settings, say, shared_options
from jobs.contact import check_wiki_named
from jobs.exactness import NOT_EXACT
from jobs.runner import running
from jobs.settings import Settings
from jobs.sync import import_dumps
from jobs.sync import sync as sync_wiki
from jobs.wording import counted, size
from scraper.discover import check_address
from scraper.errors import DumpError


@click.command()
@shared_options
@click.argument("url", required=False)
@click.option("--full", is_flag=True, help="Read the wiki's whole history again, not only what is new.")
@click.option("--json", "as_json", is_flag=True, help="Print what the run did as one JSON object.")
def sync(url: str | None, full: bool, as_json: bool) -> None:
    """Mirror a wiki: first everything, later what is new.

    URL is the address of any page of the wiki; once a database mirrors a wiki it is not needed.
    """
    settings = current_settings()
    if url is not None:
        check_address(url)  # before a database is made for it
    check_wiki_named(settings, url)
    with running("sync", settings.database, create=True) as run:
        sync_wiki(run, settings, url, full=full)
    tell_run(run.summary(), settings, as_json)


@click.command("import")
@shared_options
@click.argument("dumps", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DUMP...")
@click.option("--json", "as_json", is_flag=True, help="Print what the run did as one JSON object.")
def import_(dumps: tuple[Path, ...], as_json: bool) -> None:
    """Read MediaWiki XML exports into the database.

    Plain, .gz, .bz2 or .zst, of any size; versions 0.10 and 0.11. What is there already is left as it is. Of a file
    that breaks off all that is whole is read; the exit code is 1 then.
    """
    for path in dumps:
        if not path.exists() or path.is_dir():
            is_folder = f"{path} is a folder; name the XML files in it."
            raise click.UsageError(is_folder if path.is_dir() else f"There is no file {path}; check the name.")
    settings = current_settings()
    run = None
    try:
        with running("import", settings.database, create=True) as run:
            logged = import_dumps(run, settings, list(dumps))
    except DumpError:
        if run is not None and as_json:
            tell_run(run.summary(), settings, as_json)
        elif run is not None:
            tell_warnings(run.warnings, settings)
        raise
    if logged and not as_json:
        say(f"{counted(logged, 'new log entry', 'new log entries')}.", settings)
    tell_run(run.summary(), settings, as_json, source="Warning")


def tell_warnings(warnings: list[str], settings: Settings, source: str = "Warning") -> None:
    """What was odd, a line each, on stderr."""
    for warning in warnings:
        say(f"{'Note' if warning == NOT_EXACT else source}: {warning}", settings)


def tell_run(summary: dict[str, Any], settings: Settings, as_json: bool, *, source: str = "The wiki warns") -> None:
    """What a run did, as JSON on stdout or as a line on stderr with what to do next; ``source`` of its warnings."""
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    tell_warnings(summary["warnings"], settings, source)
    if not summary["revisions_new"] and not summary["changes"]:
        since = f" since {summary['since']}" if summary["since"] else ""
        say(f"Nothing new{since} ({_spent(summary)}).", settings)
        return
    if summary["since"]:
        say(f"Revisions and log were read since {summary['since']}, the wiki's time of the last run.", settings)
    say(
        f"{counted(summary['revisions_new'], 'new revision')}, {counted(summary['changes'], 'change')} on"
        f" {counted(summary['pages_changed'], 'page')} ({_spent(summary)}).\n"
        f"Next: “wikitrail --db {shlex.quote(str(settings.database))} report --since 7d” tells what changed,"
        f" “… status” how the mirror stands.",
        settings,
    )


def _spent(summary: dict[str, Any]) -> str:
    waiting = f", {summary['waited']:.1f} s of them waiting" if summary["waited"] >= 0.05 else ""
    return f"{counted(summary['requests'], 'request')}, {size(summary['bytes'])}, {summary['seconds']:.1f} s{waiting}"
