"""Commands that operate the mirror: ``run``, ``schedule``, ``audit``, ``reparse``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from jobs.clock import utc_now
from jobs.commands.filling import tell_run
from jobs.commands.options import current_settings, say, shared_options
from jobs.contact import check_wiki_known
from jobs.errors import DONE, EXPECTED, FAILED
from jobs.exactness import NOT_EXACT
from jobs.pipeline import run_pipeline
from jobs.reparse import reparse as reparse_pages
from jobs.runner import running
from jobs.settings import Settings
from jobs.sync import audit_wiki
from jobs.wording import counted

MOST_SHOWN = 20  # differences on a terminal


@click.command()
@shared_options
@click.option("--json", "as_json", is_flag=True, help="Print what the run did as one JSON object.")
def run(as_json: bool) -> None:
    """Sync, then report what is new: the line for cron.

    A report tells what changed since the last one; none is written when nothing did.
    """
    _run_once(current_settings(), as_json)


def _run_once(settings: Settings, as_json: bool) -> None:
    outcome = run_pipeline(settings)
    tell_run(outcome.summary, settings, as_json)
    if outcome.first:
        say("This was the first run: the next ones report what changes from now on.", settings)
    for path in outcome.reports:
        click.echo(path, err=as_json)


@click.command()
@shared_options
def schedule() -> None:
    """Do “run” at the times of the configuration.

    It goes on until it is stopped, after failed runs too.
    """
    from jobs.schedule import make_trigger, next_time, serve

    settings = current_settings()
    trigger = make_trigger(settings.config.schedule)
    check_wiki_known(settings)

    def job() -> None:
        say(f"{utc_now()} run", settings)
        try:
            _run_once(settings, as_json=False)
        except EXPECTED as error:
            click.echo(f"{utc_now()} the run failed: {error}", err=True)

    config = settings.config.schedule
    say(
        f"Runs at “{config.cron}” ({config.timezone}), next {next_time(trigger):%Y-%m-%d %H:%M}; Ctrl-C stops.",
        settings,
    )
    serve(trigger, job, lambda text: say(text, settings))


@click.command()
@shared_options
@click.option("--json", "as_json", is_flag=True, help="Print the run and its differences as one JSON object.")
@click.pass_context
def audit(ctx: click.Context, as_json: bool) -> None:
    """Compare mirror and wiki both ways, and repair.

    It finds what the wiki does not log (command-line imports, tags added later, suppression) and damage to the
    file. Exit code 1 when it found a difference; it is repaired then.
    """
    settings = current_settings()
    with running("audit", settings.database, create=False) as run:
        found = audit_wiki(run, settings)
    if as_json:
        click.echo(json.dumps({**run.summary(), "differences": [asdict(d) for d in found]}, ensure_ascii=False))
    else:
        for d in found[:MOST_SHOWN]:
            click.echo(f"{d.what} {d.id}: {d.field} is {d.mirror!r} in the mirror and {d.wiki!r} on the wiki; repaired")
        if len(found) > MOST_SHOWN:
            click.echo(f"… and {len(found) - MOST_SHOWN} more; --json lists them all.")
        sound = "No difference was found." if NOT_EXACT in run.warnings else "The mirror is exact."
        say(
            sound if not found else f"{counted(len(found), 'difference was', 'differences were')} found and repaired.",
            settings,
        )
        if NOT_EXACT in run.warnings:
            say(NOT_EXACT, settings)
    ctx.exit(FAILED if found else DONE)


@click.command()
@shared_options
@click.option("--all", "every_page", is_flag=True, help="Also the pages that this version of the parser has read.")
@click.option("--json", "as_json", is_flag=True, help="Print the run and what reads differently as one JSON object.")
def reparse(every_page: bool, as_json: bool) -> None:
    """Read the held texts again after the parser has improved.

    History tables and views then show what this version reads, also after “infoboxes” was altered in the
    configuration. Changes that were told before stay as they are, and none are added.
    """
    settings = current_settings()
    with running("reparse", settings.database, create=False) as run:
        done = reparse_pages(run, settings, every_page=every_page)
    if as_json:
        told = {"pages": done.pages, "deleted_left": done.deleted_left, "differences": done.differences}
        click.echo(json.dumps({**run.summary(), **told}, ensure_ascii=False, default=asdict))
        return
    for d in done.differences[:MOST_SHOWN]:
        click.echo(f"{d.title}: {d.kind}: {len(d.gone)} no longer read, {len(d.new)} new")
    if len(done.differences) > MOST_SHOWN:
        click.echo(f"… and {len(done.differences) - MOST_SHOWN} more; --json lists them all, item by item.")
    if not done.pages:
        say("All pages were read by this version of the parser; --all reads them again all the same.", settings)
    else:
        differing = len({d.title for d in done.differences})
        again = counted(done.pages, "page was", "pages were")
        say(f"{again} read again, {counted(differing, 'of them reads', 'of them read')} differently now.", settings)
    if done.deleted_left:
        left = counted(done.deleted_left, "deleted page keeps", "deleted pages keep")
        say(f"{left} what another version of the parser read.", settings)
