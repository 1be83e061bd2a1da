"""Fetches the next batch while the last one is read and written."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from queue import Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


def ahead(source: Iterator[T]) -> Generator[T, None, None]:
    """The items of ``source``, each made in a thread while the one before is used; what it raises is raised here.

    Still one at a time: the next is begun when the last was taken over. The thread is a daemon, since a request may
    wait for minutes, and whoever interrupts the program shall not.
    """
    made: Queue[tuple[T | None, Exception | None]] = Queue(1)
    stopped = Event()

    def make() -> None:
        error: Exception | None = None
        try:
            for item in source:
                made.put((item, None))
                if stopped.is_set():
                    return
        except Exception as raised:  # noqa: BLE001 -- raised again where the items are used
            error = raised
        made.put((None, error or StopIteration()))

    Thread(target=make, daemon=True, name="fetch").start()
    try:
        while True:
            item, error = made.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            assert item is not None
            yield item
    finally:
        stopped.set()
        if made.full():
            made.get_nowait()  # lets the thread go on to see that it may stop
