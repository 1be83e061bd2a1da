"""When changes are one piece of work: stretches of time, and bursts that stand out from everyday editing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from parsers.bulk_induction import MIN_PAGES
from parsers.change import PageChange

# Members further apart than this are of two bulk changes, even if one rule explains both.
MAX_GAP = timedelta(days=90)
# Everyday editing is measured over no less time than this.
_LEAST_TIME = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Burst:
    """What makes many equal edits one piece of work: so many pages with no longer pause between them."""

    pages: int
    gap: timedelta


def time_of(change: PageChange) -> datetime:
    """When a change was made."""
    return _moment(change.timestamp)


@lru_cache(maxsize=100_000)
def _moment(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp)


def page_count(changes: Iterable[PageChange]) -> int:
    """On how many pages changes were made."""
    return len({change.page_id for change in changes})


def in_order(changes: Iterable[PageChange]) -> list[PageChange]:
    """Changes in the order of time."""
    return sorted(changes, key=lambda change: (change.timestamp, change.change_id))


def stretches(members: Iterable[PageChange], gap: timedelta = MAX_GAP) -> Iterator[list[PageChange]]:
    """Parts of the members that no pause longer than ``gap`` divides, if they have pages enough."""
    for stretch in _parted(in_order(members), gap):
        if page_count(stretch) >= MIN_PAGES:
            yield stretch


def bursts(
    members: Sequence[PageChange], bounds: Sequence[Burst], lasting: timedelta, others: int = 0
) -> Iterator[list[PageChange]]:
    """The stretches that hold a burst of one of these kinds.

    The same two values may follow one another in everyday editing, too. So a burst must have several times the
    edits that would come in its time at the rate of the rest: of the other members and ``others`` (edits the
    other way round) in a history ``lasting`` so long.
    """
    ordered = in_order(members)
    good = set()
    for bound in bounds:
        for part in _parted(ordered, bound.gap):
            took = time_of(part[-1]) - time_of(part[0]) + bound.gap
            usual = (len(ordered) - len(part) + others) * took / max(lasting, _LEAST_TIME)
            if page_count(part) >= bound.pages + 3 * usual:
                good |= {change.change_id for change in part}
    for stretch in stretches(ordered):
        if any(change.change_id in good for change in stretch):
            yield stretch


def _parted(ordered: Iterable[PageChange], gap: timedelta) -> Iterator[list[PageChange]]:
    part: list[PageChange] = []
    for change in ordered:
        if part and time_of(change) - time_of(part[-1]) > gap:
            yield part
            part = []
        part.append(change)
    if part:
        yield part
