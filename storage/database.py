"""Opens the database file: makes it, checks that it is ours and not newer than we are, and names its faults."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database as Database

from storage.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DatabaseFull,
    MissingDatabase,
    NewerDatabase,
    NotOurDatabase,
    StorageError,
)
from storage.migrations import migrations

APPLICATION_ID = 0x77696B74  # "wikt", in the file's header: https://www.sqlite.org/pragma.html#pragma_application_id
BUSY_TIMEOUT_MS = 10_000
PAGE_SIZE = 16_384  # bytes; texts of pages are long, and with SQLite's 4096 a third of their space would be waste


def open_database(path: Path, *, create: bool) -> Database:
    """Open ``path`` for reading and writing; make it when ``create``.

    Raises MissingDatabase, NotOurDatabase, NewerDatabase or another StorageError; never touches a foreign file.
    """
    if path.is_dir():
        raise MissingDatabase(f"{path} is a folder; name a file in it with --db.")
    if path.exists() and not path.is_file():  # a device or a pipe, at which SQLite would fail or wait for ever
        raise NotOurDatabase(f"{path} is no plain file; choose another one with --db.")
    if not path.exists():
        if not create:
            raise MissingDatabase(
                f"There is no database at {path}; "
                f"run “wikitrail --db {shlex.quote(str(path))} sync URL” or “import DUMP” to make one."
            )
        if not path.parent.is_dir():
            raise MissingDatabase(f"The folder {path.parent} does not exist; make it, or choose another --db.")
    try:
        with named_faults(path):
            return _open_as_it_lies(path) if not os.access(path.parent, os.W_OK) and path.exists() else _open(path)
    except sqlite3.DatabaseError as error:
        raise NotOurDatabase(f"{path} is not a SQLite database ({error}); choose another file with --db.") from error
    except UnicodeDecodeError as error:  # in the name of a table
        raise _damaged(path, error) from error


@contextmanager
def opened_database(path: Path, *, create: bool = False) -> Iterator[Database]:
    """The database at ``path`` while it is in use, with its faults as sentences. Raises what ``open_database`` does."""
    db = open_database(path, create=create)
    try:
        with named_faults(path):
            yield db
    finally:
        db.close()


def _open(path: Path) -> Database:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
    db = Database(connection)
    try:
        _check_ours(db, path)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32000")
        if migrations.pending(db):
            db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            db.enable_wal()
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


def _open_as_it_lies(path: Path) -> Database:
    """For those who may read the file and not write beside it, where SQLite would keep its index of the log.

    Without a log nothing is being written, and the file can be read as it lies (``immutable``, SQLite URI filenames).
    """
    return open_for_reading(path, "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1")


def open_for_reading(path: Path, how: str = "mode=ro") -> Database:
    """Open a database of ours that cannot be written through this connection."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
    db = Database(connection)
    try:
        _check_ours(db, path)
    except BaseException:
        connection.close()
        raise
    return db


def _check_ours(db: Database, path: Path) -> None:
    (application_id,) = db.execute("PRAGMA application_id").fetchone()
    (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id != APPLICATION_ID and objects:
        raise NotOurDatabase(f"{path} is a database of another program; choose another file with --db.")
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    if newer := sorted({migration.name for migration in migrations.applied(db)} - ours):
        raise NewerDatabase(
            f"{path} was written by another version of wikitrail (it has {newer[-1]}); "
            "use that version, or choose another file with --db."
        )


@contextmanager
def named_faults(path: Path) -> Iterator[None]:
    """Turn SQLite's faults that a user can do something about into sentences."""
    try:
        yield
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR"):
            raise DatabaseFull(
                f"The disk that holds {path} is full or fails ({name}); free some space and run the command again: "
                "what was committed is kept, and the run goes on from there."
            ) from error
        if name.startswith("SQLITE_BUSY"):
            raise DatabaseBusy(f"{path} is in use by another program; try again when it has finished.") from error
        if name.startswith("SQLITE_READONLY") or name == "SQLITE_CANTOPEN":
            raise StorageError(
                f"{path} cannot be written ({error}); check the permissions of file and folder."
            ) from error
        if str(error).startswith("Could not decode to UTF-8"):
            raise _damaged(path, error) from error
        raise
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            raise _damaged(path, error) from error
        raise


def _damaged(path: Path, error: Exception) -> DamagedDatabase:
    return DamagedDatabase(
        f"{path} is damaged ({error}); take a copy from before, or move it away and run “sync” or “import” anew."
    )
