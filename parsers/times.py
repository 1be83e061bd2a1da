"""Times in the words of editors: days, months, quarters, half-years, years and spans, in German and English forms.

Values are ISO 8601, spans ISO 8601 intervals (``2015/2020``, open ones ``2019/..`` as in ISO 8601-2).
"""

from __future__ import annotations

import re
from datetime import date

from parsers.record import Value

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner january jan jän",
            "februar feber february feb febr",
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


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_MONTH = "(?P<name>[A-Za-zÄäé]{3,9})\\.?"
_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d\d)"
_CLOCK = r"(?:[T ,]{1,2}(?:um\s|at\s)?\d{1,2}(?:\sUhr|[:.]\d{2}(?::\d{2})?(?:\s?Uhr|Z|[-+]\d{2}:?\d{2})?))?"
_DATES = _patterns(
    rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}|\d{{2}})(?:\.|{_CLOCK})",
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_CLOCK}",
    rf"(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s?(?:of\s)?{_MONTH}\s?(?P<year>\d{{4}}|(?<=\s)['’]?\d{{2}}){_CLOCK}",
    r"(?P<day>\d{1,2})\s(?P<month>\d{1,2})\s(?P<year>\d{4})",  # what is seen of {{Datum|3|5|2016}}
    r"(?P<year>\d{4})\s(?P<month>\d{1,2})\s(?P<day>\d{1,2})",
    rf"{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}}){_CLOCK}",
    rf"{_MONTH}\s?(?P<year>\d{{4}}|['’]\d{{2}})",
    r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])",
    r"(?P<month>0?[1-9]|1[0-2])[/.](?P<year>(?:19|20)\d{2})",
    r"(?P<year>(?:19|20)\d{2})/(?P<month>0?[1-9]|1[0-2])",
)
_COUNT = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "erstes": 1,
    "zweites": 2,
}
_COUNTED = r"(?P<count>IV|I{1,3}|[1-4]|first|second|third|fourth|erstes|zweites)(?:\.|st|nd|rd|th)?"
_QUARTER_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d\d|(?<=[\s/])['’]?\d\d)"
_QUARTERS = _patterns(
    rf"{_COUNTED}\s?(?:Quartal|quarter(?:\sof)?|Quart\.|Qu?\.?)\s?/?\s?{_QUARTER_YEAR}",
    rf"(?:Quartal\s|quarter\s|Q)(?P<count>IV|I{{1,3}}|[1-4])(?:[\s/]{{0,3}}|-){_QUARTER_YEAR}",
    rf"(?P<count>IV|I{{1,3}})\s?/\s?{_YEAR}",
    rf"{_YEAR}[\s/-]?Q(?P<count>[1-4])",
)
_HALVES = _patterns(
    rf"{_COUNTED}\s?(?:Halbjahr|Hj\.?|half(?:\sof)?)\s?/?\s?{_YEAR}",
    rf"(?:Halbjahr\s|H)(?P<count>I{{1,2}}|[12])[\s/]{{0,3}}{_YEAR}",
)
_WEEKDAY = re.compile(r"(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[a-zäß]*\.?,?\s(?:den\s)?", re.IGNORECASE)
_ONE_YEAR = re.compile(_YEAR)
_SCHOOL_YEAR = re.compile(rf"{_YEAR}\s?/\s?(?P<end>\d{{2}}|\d{{4}})")
_RANGE = re.compile(rf"(?:von\s|from\s)?{_YEAR}\s?(?:-|bis|to)\s?(?P<end>\d{{4}}|\d{{2}})")
_SINCE = re.compile(r"(?:seit|ab|since|from)\s(?:dem\s)?(?P<rest>.+)", re.IGNORECASE)
_ONWARDS = re.compile(
    r"(?P<rest>.*\d)\s?(?:ff?\.?|-|(?:-|bis|to)\s?(?:heute|jetzt|today|now|present|dato))", re.IGNORECASE
)
_UNTIL = re.compile(
    r"(?:bis|until)\s(?:(?:zum|einschließlich|einschl\.|inklusive|inkl\.)\s)?(?P<rest>.+)", re.IGNORECASE
)
ABOUT = re.compile(
    r"(?:(?:ca\.?|circa|etwa|rund|rd\.?|knapp|fast|ungefähr|(?P<english>about|around|roughly|nearly|almost|approx\.?))"
    r"\s|[~≈]|ca\.)\s?",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"(?:anfang|mitte|ende|um|early|mid|late|frühjahr|frühling|sommer|herbst|winter|spring|summer|autumn|fall)(?:\s|-)",
    re.IGNORECASE,
)
# Words before a time that say nothing more than it does
_LEADING = re.compile(
    r"(?:(?:zum\s)?stand(?:\s?:|\svom)?|(?:im\s)?jahre?:?|im|am|vom|den|as\sof|in|on|dated)\s", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s?-\s?|\s(?:bis(?:\szum)?|to|until|till)\s|(?<=[a-zä.])/(?=[A-Z])|(?<=\d)/(?=\d{4}-)")
_DAY_ALONE = re.compile(r"(\d{1,2})\.?")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?")


def month_number(name: str) -> int | None:
    """The number of a month by its German or English name, whole or abbreviated; None for other words."""
    return _MONTHS.get(name.lower())


def parse_time(plain: str) -> Value | None:
    """The time that a text with plain blanks and hyphens tells, or None; nothing else may stand in it."""
    if about := ABOUT.match(plain) or _PART_OF.match(plain):
        return _moment(plain[about.end() :], "{}", "approximate")
    if match := _SINCE.fullmatch(plain) or _ONWARDS.fullmatch(plain):
        since = _moment(match["rest"], "{}/..", "open")
        if since:
            return since
    if match := _RANGE.fullmatch(plain) or _SCHOOL_YEAR.fullmatch(plain):
        years = _years(match["year"], match["end"])
        if years:
            return years
    if match := _UNTIL.fullmatch(plain):
        return _moment(match["rest"], "../{}", "open")
    if leading := _LEADING.match(plain):
        return parse_time(plain[leading.end() :])
    return _point(plain) or _half(plain) or _span(plain)


def _moment(plain: str, form: str, precision: str) -> Value | None:
    """The time that a text tells, in a form and precision of its own; None if it is none, or a span already."""
    found = parse_time(plain)
    return Value(found.type, form.format(found.value), precision) if found and "/" not in found.value else None


def _years(first: str, last: str) -> Value | None:
    end = last if len(last) == 4 else first[:2] + last
    if last == "00":  # 1999/00
        end = str(int(end) + 100)
    if int(end) <= int(first) or int(end) - int(first) > 200:
        return None
    return Value("year", f"{first}/{end}", "range")


def _point(plain: str) -> Value | None:
    """A year, quarter, month or day."""
    if _ONE_YEAR.fullmatch(plain):
        return Value("year", plain, "year")
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(plain):
            return Value("date", f"{_full_year(match['year'])}-Q{_counted(match)}", "quarter")
    weekday = _WEEKDAY.match(plain)
    return _date(plain) or (_date(plain[weekday.end() :]) if weekday else None)


def _counted(match: re.Match[str]) -> int:
    count = match["count"].lower()
    return _COUNT.get(count) or int(count)


def _half(plain: str) -> Value | None:
    for pattern in _HALVES:
        match = pattern.fullmatch(plain)
        if match and _counted(match) <= 2:
            first, last = ("01", "06") if _counted(match) == 1 else ("07", "12")
            return Value("date", f"{match['year']}-{first}/{match['year']}-{last}", "range")
    return None


def _span(plain: str) -> Value | None:
    """From one time to another, of which the first may leave to the second what they share (``3. bis 5. Mai 2016``)."""
    for cut in _BETWEEN.finditer(plain):
        last = _point(plain[cut.end() :])
        if last is None or last.type != "date":
            continue
        begin = _LEADING.sub("", plain[: cut.start()], count=1).removeprefix("von ").removeprefix("from ")
        first = _point(begin) or _completed(begin, last)
        if first and first.type == "date" and len(first.value) == len(last.value) and first.value < last.value:
            return Value("date", f"{first.value}/{last.value}", "range")
    return None


def _completed(begin: str, last: Value) -> Value | None:
    year, _, month = last.value[:7].partition("-")
    if last.precision == "quarter":
        return _point(f"{begin} {year}") or _point(f"{begin} Quartal {year}")
    if match := _DAY_ALONE.fullmatch(begin):
        return _date(f"{match[1]}.{month}.{year}") if last.precision == "day" else None
    if match := _DAY_AND_MONTH.fullmatch(begin):
        return _date(f"{match[1]}.{match[2]}.{year}")
    return _date(f"{begin} {year}") or _date(f"{begin}, {year}")


def _full_year(written: str) -> int:
    """A year of four or two digits; as in POSIX strptime %y, 69 to 99 are of the last century."""
    digits = written.lstrip("'’")
    return int(digits) + (0 if len(digits) > 2 else 1900 if int(digits) > 68 else 2000)


def _date(plain: str) -> Value | None:
    for pattern in _DATES:
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        parts = match.groupdict()
        month = _MONTHS.get((parts.get("name") or "").lower()) or int(parts.get("month") or 0)
        try:
            day = date(_full_year(parts["year"]), month, int(parts.get("day") or 1))
        except ValueError:
            continue
        if parts.get("day"):
            return Value("date", day.isoformat(), "day")
        return Value("date", day.isoformat()[:7], "month")
    return None
