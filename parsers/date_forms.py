"""Dates as they stand in texts, in the forms that people write them in, and texts with their dates in one form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from parsers.common_ends import common_ends
from parsers.immutable import dataclass
from parsers.times import month_number

NUMERIC, LONG, ISO, DAY_FIRST, MONTH_FIRST = "numeric", "long", "iso", "day first", "month first"
_WORD = r"[A-Za-zÄä]{3,9}"
_DATE = re.compile(
    rf"(?<![\w.])(?:(?P<numeric>(\d\d?)\.\s?(\d\d?)\.\s?(\d{{4}}))|(?P<long>(\d\d?)\.\s?({_WORD})\s(\d{{4}}))"
    rf"|(?P<iso>(\d{{4}})-(\d\d)-(\d\d))|(?P<day>(\d\d?)\s({_WORD})\s(\d{{4}}))|(?P<month>({_WORD})\s(\d\d?),\s(\d{{4}})))"
    r"(?![\w-]|\.\d)"
)
DATE = _DATE.pattern
_YEAR = re.compile(r"\d{4}").search
LONGEST = 25  # characters of a date


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text. ``form`` is one of the above; ``padded``: its day or month has a zero before it, or could."""

    day: date
    form: str
    padded: bool | None
    start: int
    end: int
    written: str


def find_dates(text: str) -> Iterator[WrittenDate]:
    """The dates of a text, to the day, in their order."""
    for match in _DATE.finditer(text):
        form, (one, two, three) = _read(match)
        day, month, year = {
            ISO: (three, two, one),
            MONTH_FIRST: (two, one, three),
        }.get(form, (one, two, three))
        number = int(month) if month.isdigit() else month_number(month)
        try:
            found = date(int(year), number or 0, int(day))
        except ValueError:
            continue
        short = [part for part in (day, month) if part.isdigit() and int(part) < 10]
        yield WrittenDate(found, form, len(short[0]) == 2 if short else None, *match.span(), match[0])


def _read(match: re.Match[str]) -> tuple[str, tuple[str, str, str]]:
    groups = match.groups()
    at = next(at for at in range(0, len(groups), 4) if groups[at] is not None)
    return (NUMERIC, LONG, ISO, DAY_FIRST, MONTH_FIRST)[at // 4], groups[at + 1 : at + 4]  # type: ignore[return-value]


def with_iso_dates(text: str) -> str:
    """A text with all its dates as ``2024-07-01``."""
    pieces, at = [], 0
    for found in find_dates(text):
        pieces += [text[at : found.start], found.day.isoformat()]
        at = found.end
    return "".join([*pieces, text[at:]])


def rewritten_dates(before: str, after: str) -> list[tuple[WrittenDate, WrittenDate, bool]]:
    """Dates of a text that stand in another form in a later one, each with that.

    Where one of a form went and one of another came, and they differ in the day, the month or the year alone, that
    is a slip: the last value is False. Dates of one form are no rewriting.
    """
    if not (_YEAR(before) and _YEAR(after)):
        return []
    parts = unlike_parts(before, after)
    if not all(map(_YEAR, parts)):
        return []
    old, new = _without_common(*(list(find_dates(text)) for text in parts))
    pairs: list[tuple[WrittenDate, WrittenDate, bool]] = []
    for is_kept in (True, False):
        for one in list(old):
            other = next((d for d in new if form_of(d, one) != form_of(one, d) and _is_like(one, d, is_kept)), None)
            if other:
                pairs.append((one, other, is_kept))
                old.remove(one)
                new.remove(other)
    return pairs


def unlike_parts(before: str, after: str) -> tuple[str, str]:
    """Two texts without what they begin and end with in common, but for so much that no date is cut."""
    head, tail = (max(0, same - LONGEST) for same in common_ends(before, after))
    return before[head : len(before) - tail], after[head : len(after) - tail]


def _is_like(one: WrittenDate, other: WrittenDate, is_same: bool) -> bool:
    if is_same:
        return one.day == other.day
    parts = zip(one.day.timetuple()[:3], other.day.timetuple()[:3], strict=True)
    return one.form != other.form and sum(a == b for a, b in parts) == 2


def form_of(one: WrittenDate, other: WrittenDate) -> str:
    """The form of a date beside another one: where both have the same form, how their numbers are padded tells them."""
    if one.form != other.form or one.padded is None or other.padded is None:
        return one.form
    return f"{one.form}, padded" if one.padded else f"{one.form}, short"


def _without_common(
    old: Sequence[WrittenDate], new: Sequence[WrittenDate]
) -> tuple[list[WrittenDate], list[WrittenDate]]:
    counts = [Counter((d.day, d.form, d.padded) for d in side) for side in (old, new)]
    sides = []
    for own, other, dates in ((counts[0], counts[1], old), (counts[1], counts[0], new)):
        left = own - other
        kept = []
        for d in dates:
            if left[d.day, d.form, d.padded] > 0:
                left[d.day, d.form, d.padded] -= 1
                kept.append(d)
        sides.append(kept)
    return sides[0], sides[1]


def shown_form(form: str, *, padded: bool) -> tuple[str, ...]:
    """A form as literal texts and the names of its parts in turn: ``("", "DD", ".", "MM", ".", "YYYY")``."""
    day, month = ("DD", "MM") if padded else ("D", "M")
    return {
        NUMERIC: ("", day, ".", month, ".", "YYYY"),
        LONG: ("", day, ". ", "Month", " ", "YYYY"),
        ISO: ("", "YYYY", "-", "MM", "-", "DD"),
        DAY_FIRST: ("", day, " ", "Month", " ", "YYYY"),
        MONTH_FIRST: ("", "Month", " ", day, ", ", "YYYY"),
    }[form.partition(",")[0]]
