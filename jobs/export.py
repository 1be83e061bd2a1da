"""The export: chooses what is written, opens where it goes, and says what an export cannot hold."""

from __future__ import annotations

import bz2
import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import zstandard

from jobs.errors import UsageError
from jobs.export_tables import write_csv, write_json_lines
from jobs.export_xml import XmlExport
from jobs.files import becoming
from jobs.progress import Progress
from jobs.wording import few
from storage.database import Database
from storage.export import Selection, load_history, load_pages, load_table, page_ids_of, snapshot, table_names
from storage.lookup import as_titled, titles_like
from storage.mirror import load_site
from storage.texts import TextStore

PACKINGS = (".gz", ".bz2", ".zst")
_OTHER_PACKINGS = (".7z", ".zip", ".xz", ".rar")
_SQLITE = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat2.html#the_database_header
_ZSTD_LEVEL = 10


def export_xml(db: Database, out: Path | None, wanted: Selection, *, quiet: bool) -> XmlExport:
    """Write a MediaWiki export of the selected pages to a file, or to stdout for None; what was written.

    Raises UsageError for an empty database, DamagedText, and OSError.
    """
    site = load_site(db)
    if site is None:
        raise UsageError("The database holds no wiki yet; run “wikitrail sync URL” or “import DUMP” first.")
    with snapshot(db), output(out) as file:
        pages = load_pages(db, wanted)
        texts = TextStore(db)
        export = XmlExport(file.write)
        export.begin(site["siteinfo"], site["lang"])
        with Progress("pages", len(pages), quiet=quiet or (out is None and sys.stdout.isatty())) as progress:
            for page in pages:
                export.page(page, load_history(db, texts, page, wanted))
                progress.advance(1)
        export.end()
    return export


def xml_warnings(export: XmlExport) -> list[str]:
    """What an export could not hold, a sentence each."""
    warnings = []
    if export.replaced:
        where = f" (revisions {few(export.replaced_in)})" if export.replaced_in else ""
        warnings.append(f"{export.replaced} characters that XML cannot hold were replaced by U+FFFD{where}.")
    if export.without_text:
        warnings.append(
            f"{export.without_text} revisions are written without text, as they are held; MediaWiki imports them empty."
        )
    return warnings


def export_table(db: Database, out: Path | None, format: str, table: str, wanted: Selection) -> int:
    """Write a table or view as ``csv`` or ``json`` (lines); how many rows. Raises UsageError for an unknown one."""
    if table not in (names := table_names(db)):
        raise UsageError(f"There is no table “{table}”; --table knows {', '.join(names)}.")
    with snapshot(db), output(out) as file:
        write = write_csv if format == "csv" else write_json_lines
        return write(file, *load_table(db, table, wanted))


def chosen_pages(db: Database, titles: tuple[str, ...], *, deleted: bool) -> tuple[int, ...] | None:
    """Ids of the pages with these full titles; None for no title. Raises UsageError for one that is not held."""
    ids: list[int] = []
    for title in titles:
        found = page_ids_of(db, title) or page_ids_of(db, as_titled(title))
        chosen = [page_id for page_id, gone in found.items() if deleted or not gone]
        if found and not chosen:
            raise UsageError(f"The wiki has deleted “{title}”; --deleted exports what the mirror keeps of it.")
        if not found:
            near = titles_like(db, title)
            hint = f"did you mean “{near[0]}”?" if near else "“select title from pages” lists them."
            raise UsageError(f"There is no page “{title}” in the database; {hint}")
        ids += chosen
    return tuple(ids) if titles else None


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """A text file in UTF-8, packed as its ending says, that gets its name when all of it is written; stdout for None.

    Raises UsageError for a folder, a folder that does not exist, a packing that is not known, or a database.
    """
    if path is None:
        stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
        try:
            yield stdout
            stdout.flush()
        finally:
            stdout.detach()
        return
    target = path.resolve()
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it with --out.")
    if not target.parent.is_dir():
        raise UsageError(f"The folder {target.parent} does not exist; make it, or choose another --out.")
    if target.suffix.lower() in _OTHER_PACKINGS:
        raise UsageError(f"An export is packed as {', '.join(PACKINGS)}, and not as {target.suffix}.")
    if target.exists() and not target.is_file():  # a device or a pipe keeps its name
        with _packed(target, target.suffix) as text:
            yield text
        return
    if _is_database(target):  # most likely that of --db: writing over it would lose the mirror
        raise UsageError(f"{path} is a database, and an export would replace it; choose another --out.")
    with becoming(target) as part, _packed(part, target.suffix) as text:
        yield text


def _is_database(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


@contextmanager
def _packed(path: Path, ending: str) -> Iterator[TextIO]:
    with path.open("wb") as file:
        packing: object = file
        if ending.lower() == ".gz":
            packing = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
        elif ending.lower() == ".bz2":
            packing = bz2.BZ2File(file, "wb")
        elif ending.lower() == ".zst":
            packing = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).stream_writer(file, closefd=False)
        with io.TextIOWrapper(cast(BinaryIO, packing), encoding="utf-8", errors="replace", newline="") as text:
            yield text
