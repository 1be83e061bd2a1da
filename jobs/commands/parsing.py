"""The command that reads texts from anywhere: ``parse``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from jobs.batch import dask_cluster, processes, read_alone, read_with, reader_of
from jobs.commands.options import shared_options
from jobs.errors import UsageError
from jobs.json_text import json_text
from parsers.diff_model import DiffPageError
from parsers.memory import without_collection
from parsers.record import Record
from parsers.record_json import record_to_json
from parsers.site import Site


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
        click.echo(json_text(_parse_diff(file.read(), file.name)))
        return
    told = siteinfo.read() if siteinfo else None
    try:
        reader = reader_of(told)
    except ValueError as error:
        raise UsageError(
            f"{siteinfo.name} is not the JSON of a siteinfo ({error}); it is what "
            "api.php?action=query&meta=siteinfo&format=json&formatversion=2 answers."
        ) from error
    if batch:
        for lines in _read_batch(file, told, workers, dask):
            click.echo(lines, nl=False)
        return
    text = file.read()
    with without_collection():
        record = _parse_html(text, title, reader.site) if html else reader.read(_decode(text), title)
        click.echo(json_text(record_to_json(record)))


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


# The parser of HTML takes as long to import as all else, and is imported where it is used.


def _parse_html(data: bytes, title: str, site: Site) -> Record:
    from parsers.html_record import parse_html
    from parsers.html_source import decode_html

    page, encoding = decode_html(data)
    return parse_html(page, title, site, encoding)


def _parse_diff(data: bytes, name: str) -> Any:
    from parsers.diff_feed import is_feed, parse_diff_feed
    from parsers.diff_json import diff_to_json, feed_to_json
    from parsers.diff_page import parse_diff_page

    try:
        if is_feed(data):
            return feed_to_json(parse_diff_feed(data))
        return diff_to_json(parse_diff_page(_decode(data)))
    except DiffPageError as error:
        raise UsageError(f"{name}: {error}") from error
