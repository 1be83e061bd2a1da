"""The report as HTML: structure, addresses, and wiki text that tries to be more than text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from jobs.report import Limits, ReportData, render_report
from tests.jobs.report_samples import Edits, change, large_report, report_data, sample_report


def page_of(data: ReportData, lang: str = "de", **limits: int) -> BeautifulSoup:
    return BeautifulSoup(render_report(data, "html", lang, Limits(**limits)), "lxml")


def text_of(tag: Tag | NavigableString | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text().split())


@pytest.fixture(scope="module")
def sample() -> BeautifulSoup:
    return page_of(sample_report())


@pytest.mark.parametrize("lang", ["de", "en"])
def test_document_names_its_language_and_title(lang: str) -> None:
    page = page_of(sample_report(), lang)
    assert page.html is not None
    assert page.html["lang"] == lang
    assert text_of(page.title).endswith(("1.–31. Juli 2024", "1–31 July 2024"))


def test_file_is_self_contained_and_runs_nothing(sample: BeautifulSoup) -> None:
    assert not sample.find_all(["script", "link", "img", "iframe", "object", "embed", "form", "base"])
    assert "url(" not in sample.style.get_text() if sample.style else False
    assert "@import" not in str(sample.style)
    policy = sample.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert isinstance(policy, Tag)
    assert "default-src 'none'" in policy["content"]
    assert not [tag for tag in sample.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_headings_step_down_one_level_at_a_time(sample: BeautifulSoup) -> None:
    levels = [int(tag.name[1]) for tag in sample.find_all(re.compile(r"^h[1-6]$"))]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_inner_links_lead_somewhere(sample: BeautifulSoup) -> None:
    ids = [str(tag["id"]) for tag in sample.find_all(id=True)]
    assert len(ids) == len(set(ids))
    targets = {str(tag["href"])[1:] for tag in sample.find_all("a", href=re.compile("^#"))}
    assert targets <= set(ids)
    assert {"main", "bulk", "overview", "pages", "about", "bulk-1", "page-31"} <= targets


def test_tables_have_captions_and_headers_with_scope(sample: BeautifulSoup) -> None:
    for table in sample.find_all("table"):
        assert table.caption is not None
        assert all(th.get("scope") in ("col", "row") for th in table.find_all("th"))
        assert table.find("th", scope="col")
        assert table.find("th", scope="row")


def test_summary_stands_first(sample: BeautifulSoup) -> None:
    assert text_of(sample.find(class_="lead")) == (
        "In diesem Zeitraum haben sich 17 Seiten geändert (18 Bearbeitungen). Eine Seite wurde neu angelegt, eine "
        "Seite wurde gelöscht und eine Seite wurde verschoben. Auf zwölf Seiten wurden 17 Links von "
        "allris.oberhausen.de auf ratsinfo.oberhausen.de umgestellt; zwei Seiten wurden dabei übersehen; auf einer "
        "Seite stimmt die Nummer nicht mehr. Davon abgesehen änderte sich der Inhalt von vier Seiten: fünf Felder, "
        "drei Abschnitte, zwei Links und eine Kategorie. Auf einer Seite änderte sich nur die Gestaltung."
    )


def test_fields_stand_as_old_and_new_value(sample: BeautifulSoup) -> None:
    table = sample.select_one("#page-31 table.fields")
    assert table is not None
    assert [[text_of(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")] == [
        ["Feld", "vorher", "nachher"],
        ["Zuständigkeit", "Dezernat 3", "Bereich 5-1 / Stadtplanung"],
        ["Jahr der Veröffentlichung", "leer", "2024"],
        ["Räumlicher Geltungsbereich", "nicht vorhanden", "Gesamtstadt"],
        ["Ansprechpartner", "Frau Beispiel", "nicht vorhanden"],
    ]


def test_word_differences_are_marked_and_said(sample: BeautifulSoup) -> None:
    words = sample.select_one("#page-31 .words")
    assert words is not None
    assert [text_of(tag) for tag in words.find_all("del")] == [f"[entfernt:] {w}" for w in ("drei", "4,2", "2025")]
    assert [text_of(tag) for tag in words.find_all("ins")] == [f"[neu:] {w}" for w in ("zwei", "5,1", "2026")]
    assert text_of(words).startswith("[…] Ufer zu einem zusammenhängenden Freiraum")


def test_edits_link_to_the_comparison_in_the_wiki(sample: BeautifulSoup) -> None:
    hrefs = [a["href"] for a in sample.select("#page-31 .edit .meta a")]
    base = "https://wiki.example/index.php?title=Freiraum_am_Kanal"
    assert hrefs == [f"{base}&diff=2014&oldid=1514", f"{base}&diff=2015&oldid=1515"]
    assert [a["href"] for a in sample.select("#page-207 .meta a")] == [
        "https://wiki.example/index.php?title=Klimaanpassung_in_Schulen&oldid=2016"
    ]
    assert not sample.select("#page-58 a")  # deleted: the wiki would show nothing


def test_stragglers_and_exceptions_are_named(sample: BeautifulSoup) -> None:
    card = sample.select_one(".card")
    assert card is not None
    assert [text_of(h) for h in card.find_all("h4")] == [
        "Auf einer Seite stimmt die Nummer nicht mehr",
        "Zwei Seiten wurden dabei übersehen",
        "Prüfung der Adressen",
    ]
    assert [text_of(cell) for cell in card.select("td")[:2]] == ["13056", "13907"]
    assert [a["href"] for a in card.select(".cases a.title")] == [
        "https://wiki.example/index.php?title=Masterplan_Mobilit%C3%A4t",
        "https://wiki.example/index.php?title=Hafenviertel_%28Rahmenplan%29",
        *["https://wiki.example/index.php?title=Konzept_Offene_Ganztagsschule"] * 2,  # dropped, and duplicated
    ]


def test_chart_has_a_text_and_numbers(sample: BeautifulSoup) -> None:
    chart = sample.find("svg")
    assert isinstance(chart, Tag)
    assert chart["role"] == "img"
    named = [sample.find(id=part) for part in str(chart["aria-labelledby"]).split()]
    assert text_of(named[1]) == (
        "18 Bearbeitungen; dargestellt ist die Zeit von 1. Juli 2024 bis 31. Juli 2024. "
        "Der höchste Balken zählt 13 Bearbeitungen: 23. Juli 2024."
    )
    assert len(chart.find_all("rect", class_="other")) == 6
    assert len(chart.find_all("rect", class_="bulk")) == 1
    assert len(sample.select(".chart tbody tr")) == 6


def test_every_page_is_in_the_overview(sample: BeautifulSoup) -> None:
    rows = [text_of(row) for row in sample.select("table.overview tbody tr")]
    assert len(rows) == 17
    assert rows[1] == "Bibliothek der Zukunft Ein Link, Teil der Umstellung 1 23.07.2024P. Probe"
    assert rows[3] == "Hauptseite Nur Gestaltung 29.07.2024T. Test"


def test_few_pages_are_open_and_many_are_folded() -> None:
    few, many = page_of(large_report(5)), page_of(large_report(300), pages=100)
    assert len(few.select("details.page[open]")) == 5
    assert len(many.select("details.page")) == 100
    assert not many.select("details.page[open]")
    assert "fehlen hier 200 Seiten mit 800 Änderungen" in text_of(many.find(class_="omitted"))


def test_empty_report_has_no_empty_parts() -> None:
    page = page_of(report_data(), "en")
    assert text_of(page.find("main")) == (
        "In short Nothing changed in the wiki in this period. "
        "The data of this report were last compared with the wiki on 1 August 2024, 06:00."
    )
    assert not page.find_all(["table", "svg", "nav", "details"])


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "https://evil.example/\" onclick=\"alert(1)",
    "http://[bad",
    "https:///no-host",
    "http:javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;",
    "\u202egnp.exe",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_wiki_text_stays_text(text: str) -> None:
    edits = Edits()
    edits.add(
        1, text, "2024-07-04T09:30:00Z", text,
        change("infobox", "changed", f"Kasten/{text}", text, f"{text} neu"),
        change("section", "changed", text, f"{text} alt", f"{text} neu"),
        change("section", "added", text, None, text),
        change("link", "changed", text, text, f"{text}x", label=text),
        change("link", "added", text, None, text, label="Text"),
        change("category", "added", "", None, text),
        change("template", "added", "", None, "{{" + text),
        comment=text,
    )  # fmt: skip
    data = report_data(*edits.changes, site_name=text, source=text, warnings=(text,), not_read={text: 1})
    page = page_of(data)
    assert not page.find_all(["script", "img"])
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    for link in page.find_all("a"):
        assert str(link["href"]).startswith(("https://wiki.example/index.php?title=", "#"))
    assert len(page.find_all("style")) == 1
    shown = "".join(text.replace("\u202e", "").split())
    assert shown in "".join(page.get_text().split())
    assert "\u202e" not in str(page)


@pytest.mark.parametrize("base", ["javascript:alert(1)", "", "wiki.example/index.php", 'https://x/"onclick="'])
def test_page_base_that_is_no_web_address_makes_no_links(base: str) -> None:
    edits = Edits()
    edits.add(1, "Seite", "2024-07-04T09:30:00Z", "A", change("category", "added", "", None, "X"))
    page = page_of(report_data(*edits.changes, page_base=base))
    assert {str(link["href"])[0] for link in page.find_all("a")} == {"#"}


def test_web_addresses_are_clickable_without_passing_on_where_from() -> None:
    edits = Edits()
    edits.add(
        1, "Seite", "2024-07-04T09:30:00Z", "A",
        change("link", "added", "L", None, "https://a.example/ö?q=1&r=2#x", label="Text"),
    )  # fmt: skip
    link = page_of(report_data(*edits.changes)).find("a", class_="address")
    assert isinstance(link, Tag)
    assert link["href"] == "https://a.example/ö?q=1&r=2#x"
    assert link["rel"] == ["noopener", "noreferrer", "nofollow"]
