"""Commands that read what is held: ``text``, ``changes``, ``status``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from jobs.clock import utc_now
from jobs.commands.options import MOMENT, check_period, current_settings, say, shared_options
from jobs.errors import DONE, USAGE, UsageError
from jobs.health import check_health, health_text
from jobs.wording import counted
from parsers.change import BulkChange, PageChange, Revert
from parsers.version import parser_version
from storage.bulk_changes import load_bulk_changes
from storage.changes import ChangeFilter, load_changes
from storage.database import Database, opened_database
from storage.lookup import as_titled, titles_like
from storage.reverts import load_reverts
from storage.texts import load_revision_text

KINDS = ("page", "infobox", "section", "link", "category", "template", "file", "redirect", "paper", "text")


@click.command()
@shared_options
@click.argument("rev_id", type=click.IntRange(1, 2**63 - 1))
def text(rev_id: int) -> None:
    """Print the exact wikitext of a revision."""
    with opened_database(current_settings().database) as db:
        wikitext = load_revision_text(db, rev_id)
    sys.stdout.buffer.write(wikitext.encode("utf-8", "surrogatepass"))


@click.command()
@shared_options
@click.option("--since", type=MOMENT, help="From this time on: 2024-07-01, 2024-07-01T08:30Z, 7d.")
@click.option("--until", type=MOMENT, help="Before this time.")
@click.option("--page", help="Of the page with this full title.")
@click.option("--kind", type=click.Choice(KINDS), help="Of this kind.")
@click.option("--bulk", is_flag=True, help="Bulk changes: one rule that explains the same change on many pages.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def changes(
    since: str | None, until: str | None, page: str | None, kind: str | None, bulk: bool, as_json: bool
) -> None:
    """List changes, oldest first, or bulk changes."""
    check_period(since, until)
    with opened_database(current_settings().database) as db:
        page = None if page is None else _known_title(db, page)
        if bulk:
            found = [(i, b) for i, b in load_bulk_changes(db, since, until) if kind in (None, b.kind)]
            found = found if page is None else _on_page(db, found, page)
            lines: list[Any]
            lines = [_bulk_json(i, b) for i, b in found] if as_json else [_bulk_line(i, b) for i, b in found]
        else:
            listed = list(load_changes(db, ChangeFilter(since, until, page, kind)))
            reverts = load_reverts(db, {c.rev_to for c in listed if c.rev_to})
            line_of = _change_json if as_json else _change_line
            lines = [line_of(c, reverts.get(c.rev_to) if c.rev_to else None) for c in listed]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
    elif lines:
        click.echo("\n".join(map(str, lines)))
    else:
        say("No changes. “wikitrail status” says how far the mirror goes.")


def _known_title(db: Database, title: str) -> str:
    """The title as it is held, however its blanks and umlauts were typed. Raises UsageError for an unknown one."""
    near = titles_like(db, title)
    for wanted in (title, as_titled(title)):
        if wanted in near:
            return wanted
    hint = f"; did you mean “{near[0]}”?" if near else "; “select title from pages” lists them."
    raise UsageError(f"No page with the title “{_short(title)}” was ever seen{hint}")


def _on_page(db: Database, found: list[tuple[int, BulkChange]], title: str) -> list[tuple[int, BulkChange]]:
    """Those bulk changes that this page took part in, or that passed it by."""
    members = {change.bulk_id for change in load_changes(db, ChangeFilter(page=title))}
    return [
        (bulk_id, bulk)
        for bulk_id, bulk in found
        if bulk_id in members
        or any(case.title == title for case in (*bulk.exceptions, *bulk.stragglers, *bulk.regressions))
    ]


def _change_json(change: PageChange, revert: Revert | None) -> dict[str, Any]:
    row = asdict(change)
    whole = {**{key: value for key, value in row.items() if key != "change"}, **row["change"]}
    return {**whole, "reverts_to": revert.reverted_to if revert else None}


def _change_line(change: PageChange, revert: Revert | None) -> str:
    what = change.change
    parts = [
        change.timestamp,
        change.title,
        f"{what.kind} {what.action}",
        what.path,
        " → ".join(map(_short, _differing(what.before, what.after))),
    ]
    mark = f" ({what.noise_reason})" if what.significance == "cosmetic" else ""
    back = f" [back to revision {revert.reverted_to} of {revert.timestamp}]" if revert else ""
    return "  ".join(part for part in parts if part) + mark + back


def _differing(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Two values without what both begin with, where that is long: the rest of the line shows what differs."""
    if before is None or after is None:
        return before, after
    same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    cut = before.rfind(" ", 0, max(same - 20, 0))
    if cut < 40:
        return before, after
    return f"…{before[cut:]}", f"…{after[cut:]}"


def _bulk_json(bulk_id: int, bulk: BulkChange) -> dict[str, Any]:
    """A bulk change with the outcome of the check of its addresses, in which those that match are only counted."""
    row = asdict(bulk)
    del row["addresses"]
    return {"bulk_id": bulk_id, **row, "verification": asdict(found) if (found := bulk.verification) else None}


def _bulk_line(bulk_id: int, bulk: BulkChange) -> str:
    found = f"{counted(bulk.pages, 'page')}, {counted(bulk.occurrences, 'occurrence')}"
    lines = [f"{bulk_id}  {bulk.rule}", f"   {found}, {bulk.first_at} to {bulk.last_at}"]
    for name, cases in (("exception", bulk.exceptions), ("missed", bulk.stragglers), ("came back", bulk.regressions)):
        lines += [
            f"   {name}: {c.title}: {_short(c.before)}" + (f" → {_short(c.after)}" if c.after else "") for c in cases
        ]
    return "\n".join([*lines, *_check_lines(bulk)])


def _check_lines(bulk: BulkChange) -> Iterator[str]:
    """What the check of the addresses says, without what stands among exceptions and stragglers already."""
    checked = bulk.verification
    if checked is None:
        return
    if checked.matched == checked.addresses:
        yield f"   checked: all {checked.addresses} old addresses have their counterpart"
    else:
        flaws = (("dropped", checked.dropped), ("altered", checked.altered), ("still old", checked.left))
        told = ", ".join(f"{len(cases)} {name}" for name, cases in flaws if cases)
        yield f"   checked: {checked.matched} of {checked.addresses} old addresses have their counterpart, {told}"
    named = {(case.title, case.before) for case in (*bulk.exceptions, *bulk.stragglers)}
    for name in ("dropped", "altered", "left"):
        for case in getattr(checked, name):
            if (case.title, case.before) not in named:
                what = f"{_short(case.before)} → {_short(case.after)}" if case.after else _short(case.before)
                yield f"   {'still old' if name == 'left' else name}: {case.title}: {what}"
    for case in checked.duplicated:
        yield f"   duplicated: {case.title}: {_short(case.after)} ({case.times} times)"


def _short(text: str | None, limit: int = 100) -> str:
    """A value on one line of a terminal; control characters, which could steer it, are replaced."""
    if text is None:
        return "–"
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


@click.command()
@shared_options
@click.option("--json", "as_json", is_flag=True, help="Print the state as one JSON object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say how the mirror stands, and if it is too old.

    Exit code 2 when the last good run is older than the configuration allows (status.max_age).
    """
    settings = current_settings()
    parser = parser_version(settings.config.wiki.infoboxes)
    with opened_database(settings.database) as db:
        health = check_health(db, settings.config.status.max_age, utc_now(), parser)
    click.echo(json.dumps(health, ensure_ascii=False, indent=1) if as_json else health_text(health))
    ctx.exit(DONE if health["fresh"] else USAGE)
