"""When changes are one piece of work: stretches of time, and bursts that stand out from everyday editing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from parsers.bulk_rules import MIN_PAGES
from parsers.change import PageChange

# Members further apart than this are of two bulk changes, even if one rule explains both.
MAX_GAP = timedelta(days=90)
# Everyday editing is measured over no less time than this.
_LEAST_TIME = timedelta(days=60)
_EVERYDAY = timedelta(days=7)
_LEAST_BURST = timedelta(hours=1)
# How many bursts as dense as one may be expected of everyday editing alone for that one to be a piece of work.
_BY_CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class Burst:
    """What makes many equal edits one piece of work: so many pages with no longer pause between them.

    ``everyday`` says that single edits of the kind come in everyday editing as well.
    """

    pages: int
    gap: timedelta
    everyday: bool = True


# For what may come by chance now and then: one title, value or word for another.
RARE = (Burst(MIN_PAGES, timedelta(days=3)), Burst(4, timedelta(days=7)), Burst(5, timedelta(days=14)))


def time_of(change: PageChange) -> datetime:
    """When a change was made."""
    return moment(change.timestamp)


@lru_cache(maxsize=100_000)
def moment(timestamp: str) -> datetime:
    """A time stamp, ISO 8601."""
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
    members: Sequence[PageChange], bounds: Sequence[Burst], begun: datetime, others: int = 0
) -> Iterator[list[PageChange]]:
    """The stretches of members of which at least one is a burst of one of these kinds.

    The same two values may follow one another in everyday editing, too. So a burst must have several times the
    edits that would come in its time at the rate of the rest: of the pages of other members and of ``others`` (the
    pages of edits the other way round) from when the history had ``begun`` to the last member; and no burst like it
    may be expected in all that time, since among many edits some follow closely by chance. What once was a piece of
    work is one again in another stretch of time.
    """
    ordered = in_order(members)
    lasting = max(time_of(ordered[-1]) - begun, _LEAST_TIME) if ordered else _LEAST_TIME
    for bound in bounds:
        for part in _parted(ordered, bound.gap):
            pages, took = page_count(part), time_of(part[-1]) - time_of(part[0])
            single = (page_count(ordered) - pages + others) * bound.everyday
            usual = single * (took + min(bound.gap, _EVERYDAY)) / lasting
            by_chance = single * _tail(single * max(took, _LEAST_BURST) / lasting, pages - 1)
            if pages >= bound.pages + int(3 * usual) and by_chance <= _BY_CHANCE:
                yield from stretches(ordered)
                return


def _tail(mean: float, least: int) -> float:
    """How probable ``least`` or more of events are that come independently of each other (Poisson distribution)."""
    term = total = math.exp(-mean)
    for number in range(1, least):
        term *= mean / number
        total += term
    return max(0.0, 1 - total)


def _parted(ordered: Iterable[PageChange], gap: timedelta) -> Iterator[list[PageChange]]:
    part: list[PageChange] = []
    for change in ordered:
        if part and time_of(change) - time_of(part[-1]) > gap:
            yield part
            part = []
        part.append(change)
    if part:
        yield part
