"""One run of a job on a database: locked, numbered, measured, and recorded however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from jobs.clock import utc_now
from jobs.errors import EXPECTED, Locked
from jobs.mirror import Counts
from scraper.session import Traffic
from storage.database import Database, named_faults, open_database, opened_database
from storage.errors import StorageError
from storage.runs import finish_run, start_run


@dataclass(slots=True)
class Run:
    """A run under way. The job fills in what it did; ``summary`` is what ``--json`` prints."""

    path: Path
    db: Database
    run_id: int
    now: str
    counts: Counts = field(default_factory=Counts)
    traffic: Traffic = field(default_factory=Traffic)
    pages_changed: int = 0
    changes: int = 0
    warnings: list[str] = field(default_factory=list)
    since: str | None = None  # from when on the wiki was asked what is new, by its clock; None where it was not
    status: str = "running"
    _started: float = field(default_factory=time.monotonic)

    def summary(self) -> dict[str, Any]:
        """The run in the form of the command line's contract; ``seconds`` are wall time, ``waited`` part of it.

        ``since`` is when the run before asked: revisions and log are read from then on, however long it is ago.
        """
        return {
            "run_id": self.run_id,
            "status": self.status,
            "requests": self.traffic.requests,
            "bytes": self.traffic.bytes,
            "pages_seen": len(self.counts.pages),
            "revisions_new": self.counts.revisions,
            "pages_changed": self.pages_changed,
            "changes": self.changes,
            "warnings": self.warnings,
            "since": self.since,
            "waited": round(self.traffic.waited, 3),
            "seconds": round(time.monotonic() - self._started, 3),
        }


@contextmanager
def running(job: str, path: Path, *, create: bool) -> Iterator[Run]:
    """Do a job on the database at ``path`` with no other run beside it.

    Raises Locked at once when there is one. However the block ends, the ``runs`` table says so; a process that
    was killed leaves no lock, since the operating system gives it back.
    """
    # Whatever links lead to the file, it has one lock; it lies where SQLite keeps its own files.
    place = Path(os.path.realpath(path))
    lock = FileLock(f"{place}.lock")
    if path.is_dir() or not (path.exists() or (create and place.parent.is_dir())):
        open_database(path, create=create)  # says what is wrong, before a lock lies beside what is no database
    try:
        lock.acquire(timeout=0)
    except Timeout as error:  # an OSError too, so it comes first
        if not Path(lock.lock_file).exists():  # nobody holds what cannot be made, as in /proc
            raise StorageError(f"{path} cannot be written; check its folder and permissions.") from error
        raise Locked(f"Another run works on {path}; try again when it has finished.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}); check its folder and permissions.") from error
    try:
        with opened_database(path, create=create) as db:
            yield from _recorded(path, db, job)
    finally:
        lock.release()


def _recorded(path: Path, db: Database, job: str) -> Iterator[Run]:
    run = Run(path, db, start_run(db, job, utc_now()), utc_now())
    error: str | None = "stopped before it was done"
    run_status = "interrupted"
    try:
        with named_faults(path):  # so that the note of the run has the sentence too
            yield run
        run_status, error = "ok", None
    except EXPECTED as fault:
        run_status, error = "failed", str(fault)
        raise
    except Exception as fault:
        run_status, error = "failed", f"{type(fault).__name__}: {fault}"
        raise
    finally:
        run.status = run_status
        # On a full disk the note itself cannot be written; the next run then marks this one as interrupted.
        with suppress(Exception):
            finish_run(
                db, run.run_id, utc_now(), run_status, run.traffic.requests, run.traffic.bytes, run.summary(), error
            )
