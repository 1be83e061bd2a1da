"""Many texts to records, one JSON line each: here, in other processes, or on a Dask cluster; order is kept."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import re
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from jobs.ending import FROM_TERMINAL
from jobs.errors import UsageError
from parsers.memory import without_collection
from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site
from parsers.version import PARSER_VERSION
from scraper.errors import Temporary

Line = tuple[int, bytes]  # its number, from 1, and what it says
_TASK_BYTES = 500_000  # neighbours are mostly of one page, of which only what differs is read: not too few at a time
_WAITING = 3  # tasks under way or done for each worker: enough that none is idle, and no more than memory has
_SECONDS_TO_CONNECT = 10
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode  # a record holds no ring
_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?[^/\s]+:\d{1,5}")


@lru_cache(maxsize=1)
def reader_of(siteinfo: bytes | None) -> Reader:
    """What reads the texts of the wiki that ``siteinfo`` describes (the API's answer in JSON), else of the default.

    Raises ValueError with the reason when it is none.
    """
    if siteinfo is None:
        return Reader(Site.default())
    try:
        data = json.loads(siteinfo)
        query = data.get("query", data)
        if "general" not in query and "namespaces" not in query:
            raise ValueError("neither general nor namespaces in it")
        return Reader(Site.from_siteinfo(query))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def read_alone(lines: Iterable[bytes], siteinfo: bytes | None) -> Iterator[bytes]:
    """The answer to each line, as a line of JSON in UTF-8, read in this process."""
    reader = reader_of(siteinfo)
    with without_collection():
        for line in _numbered(lines):
            yield _answer(reader, line)


def read_with(
    make_executor: Callable[[], Executor], workers: int, lines: Iterable[bytes], siteinfo: bytes | None
) -> Iterator[bytes]:
    """The same in the order of the lines, several at a time, from ``workers`` others.

    Where one of them ends before it has answered, a new executor is made if needed, and the lines that it had are
    given out once more, one by one, so that at most one line is answered by an error.
    """
    pool = _Pool(make_executor, siteinfo)
    waiting: deque[tuple[list[Line], Future[bytes]]] = deque()
    try:
        for task in _tasks(lines):
            waiting.append((task, pool.submit(task)))
            if len(waiting) > workers * _WAITING:
                yield pool.answers(*waiting.popleft())
        while waiting:
            yield pool.answers(*waiting.popleft())
    finally:
        for _, future in waiting:
            future.cancel()
        pool.close()


def processes(count: int) -> Callable[[], Executor]:
    """What makes processes beside this one.

    A copy of this one is there at once, where a new one first loads all modules: a third of the time of a few texts.
    Only a process of one thread may be copied, since what others hold locked would stay so (fork(2)).
    """

    def make() -> Executor:
        context = multiprocessing.get_context("fork" if _has_one_thread() else "spawn")
        return ProcessPoolExecutor(count, context, _end_with_parent)

    return make


def _end_with_parent() -> None:
    """An interrupt from the terminal goes to all processes and is the parent's to answer, which ends the others."""
    for number in FROM_TERMINAL:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _has_one_thread() -> bool:
    try:
        # proc(5); Python does not know threads that others started
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Callable[[], Executor], int]]:
    """What hands work to the cluster whose scheduler has this address, and the number of its workers.

    Raises UsageError when the library is missing, the address is none, or the workers have another wikitrail;
    Temporary when nobody answers there.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"{address} is not the address of a Dask scheduler, such as tcp://127.0.0.1:8786.")
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--dask needs the library “distributed”: pip install 'wikitrail[dask]'.") from error
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except OSError as error:
        raise Temporary(f"No Dask scheduler answers at {address}; start it or check the address.") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Temporary(f"The Dask cluster at {address} has no workers; start some and try again.")
        # A function without a name is sent whole: one of ours, by its name, would end a worker that does not know it.
        theirs = client.run(lambda: importlib.import_module("parsers.version").PARSER_VERSION, on_error="return")
        if set(map(repr, theirs.values())) != {repr(PARSER_VERSION)}:
            raise UsageError(f"The workers of {address} do not have this version of wikitrail; install it there.")
        yield (lambda: client.get_executor(pure=False)), threads


class _Pool:
    def __init__(self, make: Callable[[], Executor], siteinfo: bytes | None) -> None:
        self._make, self._siteinfo = make, siteinfo
        self._executor = make()

    def submit(self, task: Sequence[Line]) -> Future[bytes]:
        try:
            return self._executor.submit(_read_task, task, self._siteinfo)
        except BrokenProcessPool:
            self._executor = self._make()
            return self._executor.submit(_read_task, task, self._siteinfo)

    def answers(self, task: Sequence[Line], future: Future[bytes]) -> bytes:
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001 -- whatever ended a worker, the other lines are still to be read
            if len(task) == 1:
                (number, line) = task[0]
                return _refusal(_id_of(line), f"line {number} could not be read: its reader ended ({error})")
            return b"".join(self.answers([line], self.submit([line])) for line in task)

    def close(self) -> None:
        self._executor.shutdown(wait=True)


def _numbered(lines: Iterable[bytes]) -> Iterator[Line]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _tasks(lines: Iterable[bytes]) -> Iterator[list[Line]]:
    task: list[Line] = []
    size = 0
    for line in _numbered(lines):
        task.append(line)
        size += len(line[1])
        if size >= _TASK_BYTES:
            yield task
            task, size = [], 0
    if task:
        yield task


def _read_task(task: Sequence[Line], siteinfo: bytes | None) -> bytes:
    reader = reader_of(siteinfo)
    with without_collection():
        return b"".join(_answer(reader, line) for line in task)


def _answer(reader: Reader, numbered: Line) -> bytes:
    """The record of one line. A line that cannot be read gets an error in its place."""
    number, line = numbered
    task: Any = None
    try:
        task = json.loads(line)
        wikitext, title = task["text"], task.get("title", "")
        if not isinstance(wikitext, str) or not isinstance(title, str):
            raise TypeError("text and title are to be strings")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        given = task.get("id") if isinstance(task, dict) else None
        return _refusal(given, f"line {number} is not an object with id, title and text ({error})")
    try:
        record = record_to_json(reader.read(wikitext, title))
    except Exception as error:  # noqa: BLE001 -- one text is not to keep the others from being read
        return _refusal(task.get("id"), f"line {number} could not be read ({type(error).__name__}: {error})")
    return _json_line({"id": task.get("id"), "record": record})


def _refusal(given: object, message: str) -> bytes:
    return _json_line({"id": given, "error": message})


def _json_line(answer: dict[str, Any]) -> bytes:
    # half of a surrogate pair is no UTF-8: it stays an escape, as JSON has them
    return (_ENCODE(answer) + "\n").encode("utf-8", "backslashreplace")


def _id_of(line: bytes) -> object:
    return json.loads(line).get("id")
