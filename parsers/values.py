"""Typed readings of a field's text: dates, years, numbers, money, addresses, pages, in German and English forms.

Dates are ISO 8601, spans of time ISO 8601 intervals (``2015/2020``, open ones ``2019/..`` as in ISO 8601-2), with
the precision day, month, quarter, year, range or open. Numbers have a decimal point; ``approximate`` is their
precision after "ca." and the like. Money is an amount and an ISO 4217 code (``1500000 EUR``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter

from parsers.papers import plain_characters
from parsers.record import Link, Value

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner january jan jän",
            "februar feber february feb",
            "märz march mär mrz mar maerz",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<name>[A-Za-zÄäé]{3,9})\\.?"
_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?",
        rf"(?P<day>\d{{1,2}})\.?\s?{_MONTH}\s?(?P<year>\d{{4}})",
        rf"{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})",
        rf"{_MONTH}\s?(?P<year>\d{{4}})",
        r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])",
        r"(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d{2})",
    )
)
_QUARTER = re.compile(
    rf"(?P<quarter>IV|I{{1,3}}|[1-4])\.?\s?(?:Quartal|Q\.?)\s?/?\s?{_YEAR}|Q(?P<q>[1-4])[\s/]?(?P<y>\d{{4}})"
)
_WEEKDAY = re.compile(r"(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[a-zäß]*\.?,?\s(?:den\s)?", re.IGNORECASE)
_ONE_YEAR = re.compile(_YEAR)
_SCHOOL_YEAR = re.compile(rf"{_YEAR}/(?P<end>\d{{2}}|\d{{4}})")
_RANGE = re.compile(rf"(?:von\s)?{_YEAR}\s?(?:-|bis|to)\s?(?P<end>\d{{4}}|\d{{2}})")
_SINCE = re.compile(r"(?:seit|ab|since|from)\s(?:dem\s)?(?P<rest>.+)", re.IGNORECASE)
_UNTIL = re.compile(r"(?:bis|until)\s(?:zum\s)?(?P<rest>.+)", re.IGNORECASE)
_ABOUT = re.compile(r"(?:ca\.?|circa|etwa|rund|about|approx\.?|~|≈)\s?", re.IGNORECASE)
_NUMBER = r"(?P<number>[-+]?(?:\d{1,3}(?:[.,' ]\d{3})+|\d+)(?:[.,]\d+)?)"
_SCALES = {
    "": 1,
    "tsd": 1_000,
    "tausend": 1_000,
    "thousand": 1_000,
    "mio": 1_000_000,
    "million": 1_000_000,
    "millionen": 1_000_000,
    "mill": 1_000_000,
    "mrd": 1_000_000_000,
    "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000,
    "billion": 1_000_000_000,
}
_SCALE = rf"(?P<scale>{'|'.join(sorted(filter(None, _SCALES), key=len, reverse=True))})?\.?"
_CURRENCIES = {
    name: code
    for code, names in {"EUR": "€ eur euro", "USD": "$ usd", "GBP": "£ gbp", "CHF": "chf", "DEM": "dm dem"}.items()
    for name in names.split()
}
_CURRENCY = r"(?P<{}>€|EUR|Euro|\$|USD|£|GBP|CHF|DM|DEM)"
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY.format('before')}\s?)?{_NUMBER}(?:,[-–]+)?\s?{_SCALE}\s?(?:{_CURRENCY.format('after')})?",
    re.IGNORECASE,
)
_DASHES = str.maketrans("‐‑‒–—−", "------")
_GERMAN_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$")
_ENGLISH_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?$|[-+]?\d{1,3}(?:,\d{3})+\.\d+$")
_MAX_TEXT = 200
_MAX_PLACED = 1000  # links that are looked for in the text of their field


def parse_values(text: str, links: Sequence[Link] = ()) -> tuple[Value, ...]:
    """The values of a field, in source order: one for each line of its text, and one for each link in it.

    A line that is nothing but the label of a link gives the link's value alone; empty text gives no value. A line
    stands before the links in it.
    """
    if not links:
        return tuple(parse_value(line.strip()) for line in text.split("\n") if line.strip())
    labels = {link.label.strip() for link in links}
    found: list[tuple[int, Value]] = []
    position = 0
    for line in text.split("\n"):
        written = line.strip()
        if written and written not in labels:
            found.append((position, parse_value(written)))
        position += len(line) + 1
    found += _linked_values(text, links)
    return tuple(value for _, value in sorted(found, key=itemgetter(0)))


def _linked_values(text: str, links: Sequence[Link]) -> Iterator[tuple[int, Value]]:
    """The value of each link, once, and where in the text it stands; of one that shows nothing, where the last did."""
    seen: set[Value] = set()
    position = 0
    for number, link in enumerate(links):
        at = text.find(link.label, position) if link.label and number < _MAX_PLACED else -1
        position = at if at >= 0 else position
        value = _linked(link)
        if value is not None and value not in seen:
            seen.add(value)
            yield position, value
        position += len(link.label) if at >= 0 else 0


def _linked(link: Link) -> Value | None:
    if link.kind == "external" and link.url:
        return Value("url", link.url)
    return Value("page", link.target) if link.target else None


@lru_cache(maxsize=10_000)
def parse_value(text: str) -> Value:
    """The value of one line; ``text`` where it is nothing more special."""
    if len(text) > _MAX_TEXT or not any(map(str.isdigit, text)):
        return Value("text", text)
    plain = " ".join(plain_characters(text).translate(_DASHES).split())
    return _time(plain) or _amount(plain) or Value("text", text)


def _time(plain: str) -> Value | None:
    about = _ABOUT.match(plain)
    if about:
        found = _time(plain[about.end() :])
        return Value(found.type, found.value, "approximate") if found else None
    if match := _SINCE.fullmatch(plain):
        found = _time(match["rest"])
        return Value(found.type, f"{found.value}/..", "open") if found and "/" not in found.value else None
    if match := _RANGE.fullmatch(plain) or _SCHOOL_YEAR.fullmatch(plain):
        return _years(match["year"], match["end"])
    if match := _UNTIL.fullmatch(plain):
        found = _time(match["rest"])
        return Value(found.type, f"../{found.value}", "open") if found and "/" not in found.value else None
    if _ONE_YEAR.fullmatch(plain):
        return Value("year", plain, "year")
    if match := _QUARTER.fullmatch(plain):
        number = match["q"] or {"I": "1", "II": "2", "III": "3", "IV": "4"}.get(match["quarter"], match["quarter"])
        return Value("date", f"{match['year'] or match['y']}-Q{number}", "quarter")
    weekday = _WEEKDAY.match(plain)
    return _date(plain) or (_date(plain[weekday.end() :]) if weekday else None)


def _years(first: str, last: str) -> Value | None:
    end = last if len(last) == 4 else first[:2] + last
    if int(end) <= int(first) or int(end) - int(first) > 200:
        return None
    return Value("year", f"{first}/{end}", "range")


def _date(plain: str) -> Value | None:
    for pattern in _DATES:
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        parts = match.groupdict()
        month = _MONTHS.get((parts.get("name") or "").lower()) or int(parts.get("month") or 0)
        year = int(parts["year"])
        if len(parts["year"]) == 2:  # POSIX strptime %y: 69 to 99 are of the last century
            year += 1900 if year > 68 else 2000
        try:
            day = date(year, month, int(parts.get("day") or 1))
        except ValueError:
            continue
        if parts.get("day"):
            return Value("date", day.isoformat(), "day")
        return Value("date", day.isoformat()[:7], "month")
    return None


def _amount(plain: str) -> Value | None:
    about = _ABOUT.match(plain)
    match = _AMOUNT.fullmatch(plain[about.end() :] if about else plain)
    number = _decimal(match["number"]) if match else None
    if match is None or number is None:
        return None
    number *= _SCALES[(match["scale"] or "").lower()]
    precision = "approximate" if about else None
    symbol = (match["before"] or match["after"] or "").lower()
    shown = format(number.normalize(), "f")
    return Value("money", f"{shown} {_CURRENCIES[symbol]}", precision) if symbol else Value("number", shown, precision)


def _decimal(written: str) -> Decimal | None:
    """A number in German form (``2.500,75``), English form where no German reading fits (``2,500.75``)."""
    compact = written.replace(" ", "").replace("'", "")
    if _ENGLISH_THOUSANDS.match(compact):
        compact = compact.replace(",", "")
    elif _GERMAN_THOUSANDS.match(compact):
        compact = compact.replace(".", "").replace(",", ".")
    else:
        compact = compact.replace(",", ".")
    try:
        return Decimal(compact)
    except InvalidOperation:
        return None
