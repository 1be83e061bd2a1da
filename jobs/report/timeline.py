"""Edits counted by day, week, month or year: what the chart of a report draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# The most bars of each step that can still be told apart: six weeks, half a year, five years.
_MAX_BARS = {"day": 45, "week": 27, "month": 62}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its first day, the edits in it that were part of a bulk change, and the others."""

    start: date
    bulk: int
    other: int

    @property
    def total(self) -> int:
        return self.bulk + self.other


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars without gaps in time order; ``step`` is day, week, month or year."""

    step: str
    bars: tuple[Bar, ...]

    @property
    def highest(self) -> int:
        return max(bar.total for bar in self.bars)

    @property
    def has_bulk(self) -> bool:
        return any(bar.bulk for bar in self.bars)


def count_by_period(
    marks: Sequence[tuple[str, bool]], since: str | None, until: str | None, timezone: str
) -> Timeline | None:
    """Count edits, given as (ISO time, part of a bulk change), in the finest step that gives few enough bars.

    The bars cover the whole period, so that a quiet week is seen as one. None when fewer than two of them
    would have any height, for a chart would then show nothing.
    """
    zone = ZoneInfo(timezone)
    days = [(local_time(at, zone).date(), in_bulk) for at, in_bulk in marks]
    if not days:
        return None
    first, last = min(day for day, _ in days), max(day for day, _ in days)
    first = min(first, first_day(since, zone)) if since else first
    last = max(last, last_day(until, zone)) if until else last
    step, starts = _finest(first, last)
    counts = Counter((_start_of(day, step), in_bulk) for day, in_bulk in days)
    bars = tuple(Bar(day, counts[day, True], counts[day, False]) for day in starts)
    return Timeline(step, bars) if sum(bar.total > 0 for bar in bars) > 1 else None


def _finest(first: date, last: date) -> tuple[str, list[date]]:
    for step, most in _MAX_BARS.items():
        starts = _starts(first, last, step)
        if len(starts) <= most:
            return step, starts
    return "year", _starts(first, last, "year")


def local_time(timestamp: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 UTC time in the given zone."""
    return datetime.fromisoformat(timestamp).astimezone(zone)


def starts_day(timestamp: str, zone: ZoneInfo) -> bool:
    """Whether a time is midnight, in the zone or in UTC: ``--since 2024-07-01`` is one."""
    local = local_time(timestamp, zone)
    return (local.hour, local.minute) == (0, 0) or timestamp.endswith("T00:00:00Z")


def first_day(since: str, zone: ZoneInfo) -> date:
    """The first day of a period that starts at ``since``."""
    ahead = timedelta(hours=12) if starts_day(since, zone) else timedelta()
    return (local_time(since, zone) + ahead).date()


def last_day(until: str, zone: ZoneInfo) -> date:
    """The last day of a period that ends before ``until``."""
    back = timedelta(hours=12) if starts_day(until, zone) else timedelta(seconds=1)
    return (local_time(until, zone) - back).date()


def _start_of(day: date, step: str) -> date:
    """The first day of the day's week (Monday, ISO 8601), month or year."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    if step == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if step == "year" else day


def _starts(first: date, last: date, step: str) -> list[date]:
    """The start of every day, week, month or year from ``first`` to ``last``."""
    leap = {"day": 1, "week": 7, "month": 31, "year": 366}[step]
    starts = [_start_of(first, step)]
    while (following := _start_of(starts[-1] + timedelta(days=leap), step)) <= last:
        starts.append(following)
    return starts
