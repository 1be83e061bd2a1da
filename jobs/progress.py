"""Progress on a terminal; nothing on a pipe."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress


def note(sentence: str) -> None:
    """A sentence on stderr, above the bar if one is shown: rich takes over ``sys.stderr``, click goes around that."""
    print(sentence, file=sys.stderr)


class Progress:
    """A bar on stderr while it is a terminal and ``quiet`` is not asked for; used as a context manager."""

    def __init__(self, label: str, total: int | None = None, *, quiet: bool = False) -> None:
        shown = sys.stderr.isatty() and not quiet
        self._bar = RichProgress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), disable=not shown, transient=True,
        )  # fmt: skip
        self._label = label
        self._total = total
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        self._bar.start()
        self._task = self._bar.add_task(self._label, total=self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stage(self, label: str, total: int | None) -> None:
        """Another kind of step begins."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = self._bar.add_task(label, total=total)

    def advance(self, steps: int) -> None:
        """So many more steps are done."""
        if self._task is not None:
            self._bar.advance(self._task, steps)
