"""Processes that derive whole pages while this one fetches and writes: a first run has work for every core."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from heapq import nlargest
from multiprocessing import util
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType

from jobs.ending import FROM_TERMINAL
from jobs.growing import GrowingPages
from jobs.page_reader import PageReader, reader_for
from storage.database import open_for_reading
from storage.derived import DerivedPage
from storage.texts import TextStore

REVISIONS_A_WORKER = 4_000  # reading them takes some seconds, starting a process one
MOST_WORKERS = 4  # more would wait for the one that writes
PAGES_A_TASK = 8  # handing over a task costs about as much as deriving a small page
MOST_WAITING = 40  # tasks whose results wait to be written: they are held in memory
WORTH_TAKING_ON = 3  # revisions of a page that is not all here

_pages: list[GrowingPages] = []  # those of a worker process


@dataclass(slots=True)
class _Worker:
    """One process, and what it was given to do: pages to take on, which bring nothing out, and whole pages."""

    pool: ProcessPoolExecutor
    growing: Future[None] | None = None
    collected: list[int] = field(default_factory=list)
    tasks: int = 0  # of whole pages, not out yet

    def idle(self) -> bool:
        """Whether it has nothing to do. Raises what went wrong with the pages that it was to take on."""
        if self.growing is not None and self.growing.done():
            self.growing.result()
            self.growing = None
        return not self.tasks and self.growing is None


class Workers:
    """Processes that derive pages of the database at ``path``; they read what is committed. None until ``start``.

    ``wanted`` is their number; by default as many as the work is worth, and one per core at most. A page is always the
    same worker's, since that one may have taken it on before it was whole.
    """

    def __init__(
        self, wanted: int | None, path: Path, infoboxes: Collection[str] | None, run_id: int, now: str
    ) -> None:
        self._wanted = wanted
        self._prepared = (path, infoboxes, run_id, now)
        self._workers: list[_Worker] = []
        self._of_page: dict[int, _Worker] = {}
        self._tasks: deque[tuple[_Worker, Future[list[DerivedPage]]]] = deque()
        self._arrived: Counter[int] = Counter()  # revisions of a page since it was taken on

    def start(self, revisions: int) -> None:
        """Start those that are wanted, or that so many revisions are worth; more of them when more turn out to come."""
        count = self._wanted
        if count is None:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            count = worth_workers(revisions, cores)
        # Not forked: a child must not inherit this process's connections (sqlite.org/howtocorrupt.html).
        method = multiprocessing.get_context("spawn")
        while len(self._workers) < count:
            self._workers.append(_Worker(ProcessPoolExecutor(1, method, _start, self._prepared)))

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, future in self._tasks:
            future.cancel()
        for worker in self._workers:
            worker.pool.shutdown(wait=True, cancel_futures=True)

    @property
    def active(self) -> bool:
        """Whether there are any."""
        return bool(self._workers)

    def take_on(self, page_ids: Iterable[int]) -> None:
        """Let workers that have nothing else to do begin with pages, of which these revisions are new here."""
        self._arrived.update(page_ids)
        for worker in self._workers:
            if not worker.idle():
                continue
            mine = {
                page_id: arrived
                for page_id, arrived in self._arrived.items()
                if arrived >= WORTH_TAKING_ON and self._of_page.get(page_id, worker) is worker
            }
            if most := nlargest(PAGES_A_TASK, mine, key=mine.__getitem__):
                for page_id in most:
                    del self._arrived[page_id]
                    self._of_page[page_id] = worker
                worker.growing = worker.pool.submit(_take_on, most)

    def hand_over(self, page_ids: Iterable[int]) -> int:
        """Take on whole pages, as many as can wait; they are derived in tasks of several. How many were taken on."""
        taken = 0
        for page_id in page_ids:
            if len(self._tasks) >= MOST_WAITING:
                break
            taken += 1
            self._arrived.pop(page_id, None)
            worker = self._of_page.pop(page_id, None) or min(self._workers, key=lambda one: one.tasks)
            worker.collected.append(page_id)
            if len(worker.collected) == PAGES_A_TASK:
                self._submit(worker)
        return taken

    def _submit(self, worker: _Worker) -> None:
        self._tasks.append((worker, worker.pool.submit(_derive, worker.collected)))
        worker.collected = []
        worker.tasks += 1

    def _take_out(self) -> list[DerivedPage]:
        worker, future = self._tasks.popleft()
        worker.tasks -= 1
        return future.result()

    def done(self) -> Iterator[list[DerivedPage]]:
        """What is finished by now."""
        while self._tasks and self._tasks[0][1].done():
            yield self._take_out()

    def rest(self) -> Iterator[list[DerivedPage]]:
        """All that was handed over and is not out yet."""
        for worker in self._workers:
            if worker.collected:
                self._submit(worker)
        while self._tasks:
            yield self._take_out()

    def derive(self, page_ids: Sequence[int]) -> Iterator[list[DerivedPage]]:
        """All of these pages, a few tasks ahead of what is taken out."""
        while page_ids:
            page_ids = page_ids[self.hand_over(page_ids) :]
            if page_ids:
                yield self._take_out()
        yield from self.rest()


def worth_workers(revisions: int, cores: int) -> int:
    """How many processes so many revisions are worth beside the one that fetches and writes."""
    worth = (revisions + REVISIONS_A_WORKER // 2) // REVISIONS_A_WORKER
    return min(worth, cores, MOST_WORKERS) if cores > 1 else 0


def _start(path: Path, infoboxes: Collection[str] | None, run_id: int, now: str) -> None:
    """Prepare a worker process; it ends with its parent, however that ended."""
    for number in FROM_TERMINAL:  # those from the terminal go to all; the parent decides
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # reading leaves no cycles, and looking for them costs a fifth
    # Its memory goes with it: giving back each object first takes a second.
    util.Finalize(None, os._exit, (0,), exitpriority=0)
    db = open_for_reading(path)
    _pages.append(GrowingPages(PageReader(db, reader_for(db, infoboxes), TextStore(db), run_id, now)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _take_on(page_ids: list[int]) -> None:
    (pages,) = _pages
    with pages.db.atomic():  # one view of the database for all that is read
        for page_id in page_ids:
            pages.take_on(page_id)


def _derive(page_ids: list[int]) -> list[DerivedPage]:
    (pages,) = _pages
    with pages.db.atomic():
        return [pages.whole_page(page_id) for page_id in page_ids]
