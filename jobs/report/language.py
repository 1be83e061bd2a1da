"""One language: its translations, plurals, dates and numbers, and sentences with pieces that need care.

English is the language of the source; every other language is one file ``locale/<code>.po``, read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from jobs.report.timeline import local_time

LANGUAGES = {"de": "de_DE", "en": "en_GB"}

# Numbers that a sentence spells out; none of these bends with its noun, and "one" is a message's own form.
_NUMBER_WORDS = {
    "de": ("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence.

    ``kind`` is text; quote: wiki text in quotation marks; page: a page's title; address: an address; link:
    our own words for ``href``; code; note: our own words in place of a value; insert, delete, gap: of a
    compared text. ``href`` is where the piece leads, already known to be a web address.
    """

    text: str
    kind: str = "text"
    href: str | None = None


Rich = tuple[Piece, ...]


class Language:
    """Says things in one language, with times in one time zone."""

    def __init__(self, code: str, timezone: str) -> None:
        if code not in LANGUAGES:
            raise ValueError(f"no translation to {code!r}; choose one of {', '.join(LANGUAGES)}")
        self.code = code
        self.zone = ZoneInfo(timezone)
        self.locale = Locale.parse(LANGUAGES[code])
        self.quotes = ("„", "“") if code == "de" else ("“", "”")
        self._translations = _load_translations(code)

    def say(self, message: str, **values: str) -> str:
        """The message in this language, each ``{name}`` filled; what the values hold is not read again."""
        return _fill(self._translations.gettext(message), values)

    def number_of(self, one: str, many: str, number: int, **values: str) -> str:
        """The form of a message that goes with ``number``, which fills ``{n}``: in words from two to twelve."""
        chosen = self._translations.ngettext(one, many, number)
        return _fill(chosen, {"n": self._in_words(number), **values})

    def rich(self, message: str, **values: Rich | Piece | str) -> Rich:
        """A message of ``say`` or ``number_of``, the ``{name}`` left in it filled with pieces."""
        pieces: list[Piece] = []
        for at, part in enumerate(_PLACEHOLDER.split(message)):
            value = values[part] if at % 2 else part
            if isinstance(value, tuple):
                pieces += value
            elif isinstance(value, Piece):
                pieces.append(value)
            elif value:
                pieces.append(Piece(value))
        return tuple(pieces)

    def plain(self, rich: Rich) -> str:
        """A sentence as plain text, wiki text in quotation marks."""
        start, end = self.quotes
        return "".join(f"{start}{p.text}{end}" if p.kind == "quote" else p.text for p in rich)

    def _in_words(self, number: int) -> str:
        words = _NUMBER_WORDS[self.code]
        return words[number - 2] if 2 <= number < len(words) + 2 else self.number(number)

    def number(self, number: int) -> str:
        """A number in digits: 1.200."""
        return str(format_decimal(number, locale=self.locale))

    def day(self, timestamp: str) -> str:
        """The day of a time: 23. Juli 2024."""
        return self.calendar_day(local_time(timestamp, self.zone).date())

    def short_day(self, timestamp: str) -> str:
        """The day of a time, for tables: 23.07.2024, 23 Jul 2024."""
        return str(format_date(local_time(timestamp, self.zone).date(), "medium", locale=self.locale))

    def moment(self, timestamp: str) -> str:
        """A time to the minute: 23. Juli 2024, 08:46 Uhr."""
        local = local_time(timestamp, self.zone)
        time = str(format_datetime(local, "HH:mm", locale=self.locale))
        return self.say("{day}, {time}", day=self.day(timestamp), time=time)

    def calendar_day(self, day: date) -> str:
        """A day: 23. Juli 2024."""
        return str(format_date(day, "long", locale=self.locale))

    def days(self, first: date, last: date) -> str:
        """A span of days, both included; what they share is said once: 1.–31. Juli 2024."""
        if first == last:
            return self.calendar_day(first)
        pattern = self.locale.date_formats["long"].pattern
        if first.year == last.year:
            pattern = pattern.removesuffix(" y")
        if (first.year, first.month) == (last.year, last.month):
            return f"{format_date(first, pattern.removesuffix(' MMMM'), locale=self.locale)}–{self.calendar_day(last)}"
        return f"{format_date(first, pattern, locale=self.locale)} – {self.calendar_day(last)}"

    def bar_name(self, start: date, step: str) -> str:
        """The name of a bar of the chart: a day, a week by its days, a month or a year."""
        if step == "day":
            return self.calendar_day(start)
        if step == "week":
            return self.days(start, start + timedelta(days=6))
        return str(format_date(start, "MMMM y" if step == "month" else "y", locale=self.locale))

    def enumerate(self, parts: Sequence[str]) -> str:
        """Parts as a person lists them: a, b und c."""
        return str(format_list(list(parts), locale=self.locale)) if parts else ""

    def as_local(self, timestamp: str) -> datetime:
        return local_time(timestamp, self.zone)


def upper_first(text: str) -> str:
    """A clause of a sentence as one that starts with a capital."""
    return text[:1].upper() + text[1:]


def _fill(message: str, values: dict[str, str]) -> str:
    """``{name}`` replaced by its value; names without a value stay, to be filled with pieces later."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), message) if values else message


@lru_cache
def _load_translations(code: str) -> NullTranslations:
    """The translations of ``locale/<code>.po``, compiled in memory; none for English, the source."""
    if code == "en":
        return NullTranslations()
    with files(__package__).joinpath("locale", f"{code}.po").open("rb") as source:
        catalog = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
