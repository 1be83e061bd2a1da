"""Commands that read: ``text``, ``parse``, ``changes``, ``report``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from jobs.batch import dask_cluster, processes, read_alone, read_with
from jobs.commands.options import MOMENT, current_settings, say, shared_options
from jobs.config import FORMATS, LANGUAGES
from jobs.errors import UsageError
from jobs.reporting import gather_report, write_report
from parsers.change import BulkChange, PageChange, Revert
from parsers.diff_feed import is_feed, parse_diff_feed
from parsers.diff_json import diff_to_json, feed_to_json
from parsers.diff_model import DiffPageError
from parsers.diff_page import parse_diff_page
from parsers.html_record import parse_html
from parsers.html_source import decode_html
from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site
from storage.changes import ChangeFilter, load_bulk_changes, load_changes
from storage.database import Database, named_faults, open_database
from storage.mirror import get_state, titles_like
from storage.reverts import load_reverts
from storage.texts import load_revision_text

KINDS = ("page", "infobox", "section", "link", "category", "template", "file", "redirect", "paper", "text")


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database of the settings, with its faults as sentences. Raises StorageError."""
    path = current_settings().database
    db = open_database(path, create=False)
    try:
        with named_faults(path):
            yield db
    finally:
        db.close()


@click.command()
@shared_options
@click.argument("rev_id", type=click.IntRange(1, 2**63 - 1))
def text(rev_id: int) -> None:
    """Print the exact wikitext of a revision."""
    with opened_database() as db:
        wikitext = load_revision_text(db, rev_id)
    sys.stdout.buffer.write(wikitext.encode("utf-8", "surrogatepass"))


@click.command()
@shared_options
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--title", default="", help="Title of the page, for relative links.")
@click.option(
    "--siteinfo", type=click.File("rb"), help="JSON of the wiki's meta=siteinfo; German and English by default."
)
@click.option(
    "--batch", is_flag=True, help="Read JSON lines {id, title, text} and print JSON lines {id, record}, in order."
)
@click.option("--workers", type=click.IntRange(1), help="With --batch: read in so many processes.")
@click.option("--dask", metavar="ADDRESS", help="With --batch: read on the Dask cluster with this scheduler.")
@click.option(
    "--diff",
    is_flag=True,
    help="Read a saved diff page, or an Atom or RSS feed with diffs, and print its lines and words.",
)
@click.option("--html", is_flag=True, help="Read a rendered page: a saved one, or parse.text of action=parse.")
def parse(
    file: Any, title: str, siteinfo: Any, batch: bool, workers: int | None, dask: str | None, diff: bool, html: bool
) -> None:
    """Print the record of a wikitext as JSON.

    FILE is a file in UTF-8, or - for standard input. With --html, it may be in any encoding, and says its own title.
    """
    if html and (batch or diff):
        raise UsageError("--html reads one page; give --batch or --diff in a command of its own.")
    if diff and (batch or title or siteinfo):
        raise UsageError("--diff takes a file alone, without --title, --siteinfo and --batch.")
    if (workers or dask) and not batch:
        raise UsageError("--workers and --dask are for many texts: give them with --batch.")
    if workers and dask:
        raise UsageError("Give --workers or --dask, not both.")
    if diff:
        click.echo(json.dumps(_parse_diff(file.read(), file.name), ensure_ascii=False, indent=1))
        return
    told = siteinfo.read() if siteinfo else None
    site = _site(told, siteinfo.name) if told is not None else Site.default()
    if batch:
        for lines in _read_batch(file, told, workers, dask):
            click.echo(lines, nl=False)
        return
    if html:
        page, encoding = decode_html(file.read())
        record = parse_html(page, title, site, encoding)
    else:
        record = Reader(site).read(_decode(file.read()), title)
    click.echo(json.dumps(record_to_json(record), ensure_ascii=False, indent=1))


def _read_batch(
    lines: Iterable[bytes], siteinfo: bytes | None, workers: int | None, dask: str | None
) -> Iterator[bytes]:
    if dask:
        with dask_cluster(dask) as (executor, count):
            yield from read_with(executor, count, lines, siteinfo)
    elif workers and workers > 1:
        yield from read_with(processes(workers), workers, lines, siteinfo)
    else:
        yield from read_alone(lines, siteinfo)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The text is not UTF-8 (byte {error.start}); convert it first, for example with iconv."
        ) from error


def _parse_diff(data: bytes, name: str) -> Any:
    try:
        if is_feed(data):
            return feed_to_json(parse_diff_feed(data))
        return diff_to_json(parse_diff_page(_decode(data)))
    except DiffPageError as error:
        raise UsageError(f"{name}: {error}") from error


def _site(siteinfo: bytes, name: str) -> Site:
    try:
        data = json.loads(siteinfo)
        query = data.get("query", data)
        if "general" not in query and "namespaces" not in query:
            raise KeyError("neither general nor namespaces in it")
        return Site.from_siteinfo(query)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise UsageError(
            f"{name} is not the JSON of a siteinfo ({error}); it is what "
            "api.php?action=query&meta=siteinfo&format=json&formatversion=2 answers."
        ) from error


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
    _check_period(since, until)
    with opened_database() as db:
        if page is not None and page not in (near := titles_like(db, page)):
            hint = f"; did you mean “{near[0]}”?" if near else "; “select title from pages” lists them."
            raise UsageError(f"No page with the title “{page}” was ever seen{hint}")
        if bulk:
            found = [(i, b) for i, b in load_bulk_changes(db, since, until) if kind in (None, b.kind)]
            lines: list[Any]
            lines = [{"bulk_id": i, **asdict(b)} for i, b in found] if as_json else [_bulk_line(i, b) for i, b in found]
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


def _check_period(since: str | None, until: str | None) -> None:
    if since and until and since >= until:
        raise UsageError(f"The period ends ({until}) before it begins ({since}); swap --since and --until.")


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


def _bulk_line(bulk_id: int, bulk: BulkChange) -> str:
    lines = [
        f"{bulk_id}  {bulk.rule}",
        f"   {bulk.pages} pages, {bulk.occurrences} occurrences, {bulk.first_at} to {bulk.last_at}",
    ]
    for name, cases in (("exception", bulk.exceptions), ("missed", bulk.stragglers), ("came back", bulk.regressions)):
        lines += [
            f"   {name}: {c.title}: {_short(c.before)}" + (f" → {_short(c.after)}" if c.after else "") for c in cases
        ]
    return "\n".join(lines)


def _short(text: str | None, limit: int = 100) -> str:
    """A value on one line of a terminal; control characters, which could steer it, are replaced."""
    if text is None:
        return "–"
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


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
    _check_period(since, until)
    with opened_database() as db:
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
