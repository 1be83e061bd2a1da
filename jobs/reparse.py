"""Reads the held history again with the parser of today, and tells what reads differently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from jobs.derive import Deriver
from jobs.page_reader import reader_for
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from jobs.sync import finish
from parsers.memory import without_collection
from storage.history import pages_by_id
from storage.items import read_items
from storage.queries import pages_of_other_parsers, read_pages


@dataclass(frozen=True, slots=True)
class ReadDifferently:
    """Items of one kind on one page that are no longer read, and that are now, as rows of its history table."""

    title: str
    kind: str
    gone: tuple[tuple[Any, ...], ...]
    new: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Reparsed:
    """How many pages were read again, what reads differently, and how many deleted pages were left as they were."""

    pages: int
    differences: list[ReadDifferently]
    deleted_left: int


def reparse(run: Run, settings: Settings, *, every_page: bool) -> Reparsed:
    """Build the intervals of live pages anew from the held texts; announced changes stay as they are.

    Without ``every_page`` only those that another version of the parser read, or that were read with other infoboxes
    in the configuration. Each page is one transaction: a run that was cut goes on with the rest.
    """
    reader = reader_for(run.db, settings.config.wiki.infoboxes)
    deriver = Deriver(run.db, reader, run.run_id, run.now)
    page_ids = read_pages(run.db) if every_page else pages_of_other_parsers(run.db, reader.version)
    titles = {page_id: page.title for page_id, page in pages_by_id(run.db, page_ids).items()}
    differences: list[ReadDifferently] = []
    with Progress("pages read", len(page_ids), quiet=settings.quiet) as progress, without_collection():
        for page_id in page_ids:
            with run.db.atomic():
                before = read_items(run.db, page_id)
                deriver.again(page_id)
                after = read_items(run.db, page_id)
            run.counts.pages.add(page_id)
            differences += _differences(titles[page_id], before, after)
            progress.advance(1)
    finish(run, settings, always=bool(page_ids))
    return Reparsed(len(page_ids), differences, len(pages_of_other_parsers(run.db, reader.version, "deleted")))


def _differences(
    title: str, before: dict[str, Counter[tuple[Any, ...]]], after: dict[str, Counter[tuple[Any, ...]]]
) -> list[ReadDifferently]:
    found = []
    for kind, held in before.items():
        gone, new = held - after[kind], after[kind] - held
        if gone or new:
            found.append(ReadDifferently(title, kind, tuple(gone.elements()), tuple(new.elements())))
    return found
