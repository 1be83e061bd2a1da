"""Typed values in German and English forms."""

from __future__ import annotations

import pytest

from parsers.record import Link, Value
from parsers.values import parse_value, parse_values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3. Mai 2016", Value("date", "2016-05-03", "day")),
        ("3.\u00a0Mai\u00a02016", Value("date", "2016-05-03", "day")),
        ("3.5.16", Value("date", "2016-05-03", "day")),
        ("03.05.2016", Value("date", "2016-05-03", "day")),
        ("2021/11/01", Value("date", "2021-11-01", "day")),
        ("2021-11-01", Value("date", "2021-11-01", "day")),
        ("May 3, 2016", Value("date", "2016-05-03", "day")),
        ("Dienstag, 3. Mai 2016", Value("date", "2016-05-03", "day")),
        ("Mai 2016", Value("date", "2016-05", "month")),
        ("3. Febr. 2016", Value("date", "2016-02-03", "day")),
        ("03.05.2016.", Value("date", "2016-05-03", "day")),
        ("IV/2023", Value("date", "2023-Q4", "quarter")),
        ("Q1-2024", Value("date", "2024-Q1", "quarter")),
        ("4. Qu. 2023", Value("date", "2023-Q4", "quarter")),
        ("1. Hj. 2024", Value("date", "2024-01/2024-06", "range")),
        ("V/2024", Value("text", "V/2024")),
        ("01067", Value("text", "01067")),
        ("I. Quartal 2024", Value("date", "2024-Q1", "quarter")),
        ("Q3 2024", Value("date", "2024-Q3", "quarter")),
        ("2020", Value("year", "2020", "year")),
        ("2016/17", Value("year", "2016/2017", "range")),
        ("2015–2020", Value("year", "2015/2020", "range")),
        ("2015 bis 2020", Value("year", "2015/2020", "range")),
        ("seit 2019", Value("year", "2019/..", "open")),
        ("ca. 2019", Value("year", "2019", "approximate")),
        ("1,5 Mio. €", Value("money", "1500000 EUR", None)),
        ("€ 2,500.75", Value("money", "2500.75 EUR", None)),
        ("2.500 Euro", Value("money", "2500 EUR", None)),
        ("ca. 2.500", Value("number", "2500", "approximate")),
        ("2500", Value("number", "2500", None)),
        ("3,14", Value("number", "3.14", None)),
        ("12. Mai 22", Value("date", "2022-05-12", "day")),
        ("12.5.2024 14:30 Uhr", Value("date", "2024-05-12", "day")),
        ("Stand: Mai 2020", Value("date", "2020-05", "month")),
        ("am 3. Mai 2016", Value("date", "2016-05-03", "day")),
        ("05.2021", Value("date", "2021-05", "month")),
        ("2021/11", Value("date", "2021-11", "month")),
        ("Quartal I/2024", Value("date", "2024-Q1", "quarter")),
        ("2024 Q3", Value("date", "2024-Q3", "quarter")),
        ("third quarter of 2024", Value("date", "2024-Q3", "quarter")),
        ("2. Halbjahr 2024", Value("date", "2024-07/2024-12", "range")),
        ("3.–5. Mai 2016", Value("date", "2016-05-03/2016-05-05", "range")),
        ("3. Mai bis 5. Juni 2016", Value("date", "2016-05-03/2016-06-05", "range")),
        ("vom 1.10. bis zum 31.12.2020", Value("date", "2020-10-01/2020-12-31", "range")),
        ("Mai/Juni 2016", Value("date", "2016-05/2016-06", "range")),
        ("May 3 - June 5, 2016", Value("date", "2016-05-03/2016-06-05", "range")),
        ("Q4 2023 bis Q1 2024", Value("date", "2023-Q4/2024-Q1", "range")),
        ("5. Juni bis 3. Mai 2016", Value("text", "5. Juni bis 3. Mai 2016", None)),
        ("2015 bis heute", Value("year", "2015/..", "open")),
        ("2019 ff.", Value("year", "2019/..", "open")),
        ("from 2015 to 2020", Value("year", "2015/2020", "range")),
        ("Ende 2023", Value("year", "2023", "approximate")),
        ("rd. 2,3 Mio. EUR", Value("money", "2300000 EUR", "approximate")),
        ("500 T€", Value("money", "500000 EUR", None)),
        ("€1.5m", Value("money", "1500000 EUR", None)),
        ("about 2,500", Value("number", "2500", "approximate")),
        ("$2,500", Value("money", "2500 USD", None)),
        ("2,500", Value("number", "2.5", None)),
        ("1500.- CHF", Value("money", "1500 CHF", None)),
        ("2021 / 2022", Value("year", "2021/2022", "range")),
        ("1999/00", Value("year", "1999/2000", "range")),
        ("1st of November 2021", Value("date", "2021-11-01", "day")),
        ("1. Mai 2021, 10 Uhr", Value("date", "2021-05-01", "day")),
        ("2021-11-01T10:00:00+01:00", Value("date", "2021-11-01", "day")),
        ("2021-11-01/2021-12-01", Value("date", "2021-11-01/2021-12-01", "range")),
        ("den 1.11.2021", Value("date", "2021-11-01", "day")),
        ("Jahr: 2020", Value("year", "2020", "year")),
        ("bis einschließlich 2025", Value("year", "../2025", "open")),
        ("Herbst 2021", Value("year", "2021", "approximate")),
        ("seit Frühjahr 2021", Value("year", "2021/..", "open")),
        ("Sommer 2021/22", Value("text", "Sommer 2021/22", None)),
        ("Mai '21", Value("date", "2021-05", "month")),
        ("Mai 21", Value("text", "Mai 21", None)),
        ("Q3/21", Value("date", "2021-Q3", "quarter")),
        ("3. Quartal '21", Value("date", "2021-Q3", "quarter")),
        ("Q321", Value("text", "Q321", None)),
        ("Q1–Q3 2021", Value("date", "2021-Q1/2021-Q3", "range")),
        ("1.–3. Quartal 2021", Value("date", "2021-Q1/2021-Q3", "range")),
        ("TEUR 20", Value("money", "20000 EUR", None)),
        ("T€ 20", Value("money", "20000 EUR", None)),
        ("1’500 CHF", Value("money", "1500 CHF", None)),
        ("1.5 million euros", Value("money", "1500000 EUR", None)),
        ("US$ 1,500", Value("money", "1500 USD", None)),
        ("5.5.", Value("text", "5.5.", None)),
        ("5k", Value("text", "5k", None)),
        ("0-4", Value("text", "0-4", None)),
        ("31.02.2016", Value("text", "31.02.2016", None)),
        ("B/16/5505-01", Value("text", "B/16/5505-01", None)),
        ("Bereich 2-6", Value("text", "Bereich 2-6", None)),
    ],
)
def test_value(text: str, expected: Value) -> None:
    assert parse_value(text) == expected


def test_lines_and_links_are_values_of_their_own() -> None:
    page = Link("internal", "Amt für Statistik", None, None, "Amt", 0, (0, 1))
    site = Link("external", None, "https://x.example", "x.example", "Netz", 0, (2, 3))
    assert parse_values("Amt\n2020\nsiehe Netz", [page, site]) == (
        Value("page", "Amt für Statistik"),
        Value("year", "2020", "year"),
        Value("text", "siehe Netz"),
        Value("url", "https://x.example"),
    )
    assert parse_values("") == ()


def test_values_stand_in_the_order_of_the_source() -> None:
    def to(title: str, label: str, at: int) -> Link:
        return Link("internal", title, None, None, label, 0, (at, at + 1))

    picture = Link("file", "Datei:Plan.png", None, None, "", 0, (4, 5))
    links = [to("Konzept", "das Konzept", 0), picture, to("Plan", "Plan", 6), to("Konzept", "noch einmal", 8)]
    assert [value.value for value in parse_values("das Konzept\nzweite Zeile\nPlan\nnoch einmal\n2016", links)] == [
        "Konzept",
        "Datei:Plan.png",
        "zweite Zeile",
        "Plan",
        "2016",
    ]
