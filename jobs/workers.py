"""Processes that derive whole pages while this one fetches and writes: a first run has work for every core."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import util
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType

from jobs.page_reader import PageReader, reader_for
from storage.database import open_for_reading
from storage.derived import DerivedPage
from storage.texts import TextStore

WORTH_WORKERS = 2_000  # revisions: reading them takes some seconds, starting processes one
MOST_WORKERS = 4  # more would wait for the one that writes
PAGES_A_TASK = 8  # handing over a task costs about as much as deriving a small page
MOST_WAITING = 40  # tasks whose results wait to be written: they are held in memory

_reader: list[PageReader] = []  # that of a worker process


class Workers:
    """Processes that derive pages of the database at ``path``; they read what is committed. None until ``start``.

    ``wanted`` is their number; by default one per core, where there is work enough.
    """

    def __init__(
        self, wanted: int | None, path: Path, infoboxes: Collection[str] | None, run_id: int, now: str
    ) -> None:
        self._wanted = wanted
        self._prepared = (path, infoboxes, run_id, now)
        self._pool: ProcessPoolExecutor | None = None
        self._tasks: deque[Future[list[DerivedPage]]] = deque()
        self._collected: list[int] = []

    def start(self, revisions: int) -> None:
        """Start them for so many revisions, if they are wanted or worth it."""
        count = self._wanted
        if count is None:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            count = min(cores, MOST_WORKERS) if cores > 1 and revisions >= WORTH_WORKERS else 0
        if count and self._pool is None:
            # Not forked: a child must not inherit this process's connections (sqlite.org/howtocorrupt.html).
            self._pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _start, self._prepared)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def active(self) -> bool:
        """Whether there are any."""
        return self._pool is not None

    def hand_over(self, page_ids: Iterable[int]) -> int:
        """Take on pages, as many as can wait; they are derived in tasks of several. How many were taken on."""
        taken = 0
        for page_id in page_ids:
            if len(self._tasks) >= MOST_WAITING:
                break
            taken += 1
            self._collected.append(page_id)
            if len(self._collected) == PAGES_A_TASK:
                self._submit()
        return taken

    def _submit(self) -> None:
        assert self._pool is not None
        self._tasks.append(self._pool.submit(_derive, self._collected))
        self._collected = []

    def done(self) -> Iterator[list[DerivedPage]]:
        """What is finished by now."""
        while self._tasks and self._tasks[0].done():
            yield self._tasks.popleft().result()

    def rest(self) -> Iterator[list[DerivedPage]]:
        """All that was handed over and is not out yet."""
        if self._collected:
            self._submit()
        while self._tasks:
            yield self._tasks.popleft().result()

    def derive(self, page_ids: Sequence[int]) -> Iterator[list[DerivedPage]]:
        """All of these pages, a few tasks ahead of what is taken out."""
        while page_ids:
            page_ids = page_ids[self.hand_over(page_ids) :]
            if page_ids:
                yield self._tasks.popleft().result()
        yield from self.rest()


def _start(path: Path, infoboxes: Collection[str] | None, run_id: int, now: str) -> None:
    """Prepare a worker process; it ends with its parent, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt from the terminal goes to all; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # reading leaves no cycles, and looking for them costs a fifth
    # Its memory goes with it: giving back each object first takes a second.
    util.Finalize(None, os._exit, (0,), exitpriority=0)
    db = open_for_reading(path)
    _reader.append(PageReader(db, reader_for(db, infoboxes), TextStore(db), run_id, now))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _derive(page_ids: list[int]) -> list[DerivedPage]:
    (reader,) = _reader
    with reader.db.atomic():  # one view of the database for all that is read
        return [reader.whole_page(page_id) for page_id in page_ids]
