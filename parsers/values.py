"""Typed readings of a field's text: dates, years, numbers, money, addresses, pages, in German and English forms.

Dates are ISO 8601, spans of time ISO 8601 intervals (``2015/2020``, open ones ``2019/..`` as in ISO 8601-2), with
the precision day, month, quarter, year, range or open. Numbers have a decimal point; ``approximate`` is their
precision after "ca." and the like. Money is an amount and an ISO 4217 code (``1500000 EUR``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter

from parsers.papers import plain_characters
from parsers.record import Link, Value
from parsers.times import ABOUT, parse_time

_NUMBER = r"(?P<number>[-+]?(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+)(?:[.,]\d+)?)"
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
    "billion": 1_000_000_000,  # in English
    "Billion": 1_000_000_000_000,
    "billionen": 1_000_000_000_000,
}
_SCALE = rf"(?P<scale>{'|'.join(sorted(filter(None, _SCALES), key=len, reverse=True))})\.?"
_SHORT_SCALES = {"t": 1_000, "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}  # of money only
_CURRENCIES = {
    name: code
    for code, names in {
        "EUR": "€ eur euro euros",
        "USD": "$ us$ usd",
        "GBP": "£ gbp",
        "CHF": "chf",
        "DEM": "dm dem",
    }.items()
    for name in names.split()
}
_CURRENCY = r"(?P<{}>€|EUR|Euros?|(?:US)?\$|USD|£|GBP|CHF|DM|DEM)"
_AMOUNT = re.compile(
    rf"(?:(?P<leading>[TkM])?{_CURRENCY.format('before')}\s?)?{_NUMBER}(?:[.,]-+)?\s?(?:{_SCALE}|(?P<short>T|k|mn?|bn))?\s?"
    rf"(?:{_CURRENCY.format('after')})?",
    re.IGNORECASE,
)
_DASHES = str.maketrans("‐‑‒–—−", "------")
_GERMAN_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$")
_ENGLISH_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?$|[-+]?\d{1,3}(?:,\d{3})+\.\d+$")
_ENGLISH_ALONE = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+$")
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
    return parse_time(plain) or _amount(plain) or Value("text", text)


def _amount(plain: str) -> Value | None:
    about = ABOUT.match(plain)
    match = _AMOUNT.fullmatch(plain[about.end() :] if about else plain)
    if match is None:
        return None
    symbol = (match["before"] or match["after"] or "").lower()
    if match["short"] and not symbol:
        return None
    if match["number"][0] == "0" and match["number"].isdigit() and len(match["number"]) > 1 and not symbol:
        return None  # a postal code, a telephone number
    english = bool((symbol and not match["scale"]) or (about and about["english"]))
    number = _decimal(match["number"], english=english)
    if number is None:
        return None
    short = (match["short"] or match["leading"] or "").lower()
    scale = match["scale"] or ""
    number *= _SCALES[scale if scale in _SCALES else scale.lower()] * _SHORT_SCALES.get(short, 1)
    precision = "approximate" if about else None
    shown = format(number.normalize(), "f")
    return Value("money", f"{shown} {_CURRENCIES[symbol]}", precision) if symbol else Value("number", shown, precision)


def _decimal(written: str, *, english: bool) -> Decimal | None:
    """A number in German form (``2.500,75``), English form where no German reading fits (``2,500.75``).

    ``2,500`` is a number with decimals, unless the words around it are ``english`` or tell an amount of money.
    """
    compact = written.replace(" ", "").replace("'", "").replace("’", "")
    if _ENGLISH_THOUSANDS.match(compact) or (english and _ENGLISH_ALONE.match(compact)):
        compact = compact.replace(",", "")
    elif _GERMAN_THOUSANDS.match(compact):
        compact = compact.replace(".", "").replace(",", ".")
    else:
        compact = compact.replace(",", ".")
    try:
        return Decimal(compact)
    except InvalidOperation:
        return None
