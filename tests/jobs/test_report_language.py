"""Words of the report: both languages whole, plurals right, times in the zone of the reader."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import jobs.report
from jobs.report import render_report
from jobs.report.data import BulkEntry
from jobs.report.language import Language
from jobs.report.story import Story, tell
from jobs.report.summary import Summary
from parsers.change import BulkCase, BulkChange
from tests.jobs.report_samples import NEW, OLD, Edits, change, report_data, sample_report

FOLDER = Path(jobs.report.__file__).parent
KEYWORDS = {"say": None, "number_of": (1, 2)}
PLACEHOLDERS = re.compile(r"\{\w+\}")


def used_messages() -> set[str | tuple[str, ...]]:
    """Every message that the modules and templates of the report say."""
    found = extract_from_dir(
        FOLDER,
        method_map=[("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")],
        options_map={"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
        keywords=KEYWORDS,
    )
    return {message if isinstance(message, str) else tuple(message[:2]) for _, _, message, _, _ in found}


def translated() -> dict[str | tuple[str, ...], Message]:
    with (FOLDER / "locale" / "de.po").open("rb") as source:
        catalog = read_po(source, locale="de", abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): message for message in catalog if message.id
    }


def test_german_has_every_message_and_no_other() -> None:
    used = used_messages()
    assert "Skip to the report" in used
    assert ("one page was missed", "{n} pages were missed") in used
    assert set(translated()) == used


def test_translations_keep_the_placeholders() -> None:
    for key, message in translated().items():
        originals = (key,) if isinstance(key, str) else key
        texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        assert len(texts) == len(originals)
        for original, text in zip(originals, texts, strict=True):
            assert text, key
            wanted = set(PLACEHOLDERS.findall(original))
            assert set(PLACEHOLDERS.findall(text)) == wanted, key


@pytest.mark.parametrize(
    ("code", "number", "said"),
    [
        ("de", 0, "0 Seiten wurden dabei übersehen"),
        ("de", 1, "eine Seite wurde dabei übersehen"),
        ("de", 2, "zwei Seiten wurden dabei übersehen"),
        ("de", 12, "zwölf Seiten wurden dabei übersehen"),
        ("de", 13, "13 Seiten wurden dabei übersehen"),
        ("de", 1200, "1.200 Seiten wurden dabei übersehen"),
        ("en", 0, "0 pages were missed"),
        ("en", 1, "one page was missed"),
        ("en", 2, "two pages were missed"),
        ("en", 12, "twelve pages were missed"),
        ("en", 13, "13 pages were missed"),
        ("en", 1200, "1,200 pages were missed"),
    ],
)
def test_plurals(code: str, number: int, said: str) -> None:
    language = Language(code, "Europe/Berlin")
    assert language.number_of("one page was missed", "{n} pages were missed", number) == said


def link_update_of(pages: int, missed: int, wrong: int, back: int = 0) -> str:
    """The sentence on a link update, German."""
    cases = [BulkCase(f"Seite {n}", n, f"{OLD}{n}", f"{NEW}{n + 1}") for n in range(4)]
    at = "2024-07-23T06:20:00Z"
    edits = Edits()
    for n in range(pages):
        edits.add(n, f"Seite {n}", at, "A", change("link", "changed", "P", f"{OLD}{n}", f"{NEW}{n}"), bulk_id=1)
    cases = [replace(case, rev_id=edits.changes[0].rev_to or 0) for case in cases]
    bulk = BulkChange(
        "link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", at, at, pages, pages, (),
        tuple(cases[:wrong]), tuple(cases[:missed]), tuple(cases[:back]),
    )  # fmt: skip
    story = tell(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)))
    language = Language("de", "Europe/Berlin")
    return language.plain(Summary(story, language).bulk.sentence(story.bulk[0]))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            (12, 2, 1),
            (
                "Auf zwölf Seiten wurden zwölf Links von allris.oberhausen.de auf ratsinfo.oberhausen.de umgestellt; "
                "zwei Seiten wurden dabei übersehen; auf einer Seite stimmt die Nummer nicht mehr."
            ),
        ),
        (
            (1, 0, 0),
            "Auf einer Seite wurde ein Link von allris.oberhausen.de auf ratsinfo.oberhausen.de umgestellt.",
        ),
        (
            (3, 1, 2, 1),
            (
                "Auf drei Seiten wurden drei Links von allris.oberhausen.de auf ratsinfo.oberhausen.de umgestellt; "
                "eine Seite wurde dabei übersehen; auf zwei Seiten stimmt die Nummer nicht mehr; "
                "eine Seite kehrte später zur alten Form zurück."
            ),
        ),
    ],
)
def test_bulk_change_in_one_sentence(numbers: tuple[int, ...], said: str) -> None:
    assert link_update_of(*numbers) == said


@pytest.mark.parametrize(
    ("kind", "action", "before", "after", "said"),
    [
        ("infobox", "renamed", "A", "B", "Auf zwei Seiten wurde das Feld „A“ in „B“ umbenannt."),
        ("infobox", "changed", "A", "B", "Auf zwei Seiten wurde der Feldwert „A“ durch „B“ ersetzt."),
        ("category", "changed", "A", "B", "Auf zwei Seiten wurde die Kategorie „A“ durch „B“ ersetzt."),
        ("section", "renamed", "A", "B", "Auf zwei Seiten wurde die Abschnittsüberschrift „A“ in „B“ geändert."),
        ("template", "renamed", "A", "B", "Auf zwei Seiten wurde die Wiki-Vorlage „A“ durch „B“ ersetzt."),
        ("link", "changed", "http://a.example/1", "http://a.example/2",
         "Auf zwei Seiten bekamen zwei Links zu a.example eine neue Adresse."),
        ("link", "changed", "Plan Nord", "Leitplan Mitte",
         "Auf zwei Seiten wurden zwei Links von Plan Nord auf Leitplan Mitte umgestellt."),
        ("file", "changed", "Datei:A.png", "Datei:B.png",
         "Auf zwei Seiten wurde „Datei:A.png“ durch „Datei:B.png“ ersetzt."),
        ("category", "added", "", "B", "Auf zwei Seiten kam „B“ hinzu."),
        ("category", "removed", "A", "", "Auf zwei Seiten wurde „A“ entfernt."),
    ],
)  # fmt: skip
def test_every_sort_of_bulk_change_has_its_words(kind: str, action: str, before: str, after: str, said: str) -> None:
    edits = Edits()
    for page in (1, 2):
        edits.add(page, "Seite", "2024-07-02T08:00:00Z", "A", change(kind, action, "", before or None, after or None))
    at = "2024-07-02T08:00:00Z"
    bulk = BulkChange(kind, "r", before, after, at, at, 2, 2, (1, 2))
    story = tell(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)))
    language = Language("de", "Europe/Berlin")
    assert language.plain(Summary(story, language).bulk.sentence(story.bulk[0])) == said


def summary_of(code: str, pages: int, created: int, deleted: int) -> str:
    edits = Edits()
    for at in range(pages):
        what = "created" if at < created else "deleted" if at < created + deleted else ""
        item = change("page", what) if what else change("category", "added", "", None, "X")
        edits.add(at, f"Seite {at}", "2024-07-02T08:00:00Z", "A", item)
    language = Language(code, "Europe/Berlin")
    return " ".join(map(language.plain, Summary(tell(report_data(*edits.changes)), language).paragraph()))


@pytest.mark.parametrize(
    ("code", "numbers", "said"),
    [
        ("de", (1, 0, 0), ("In diesem Zeitraum hat sich eine Seite geändert (eine Bearbeitung). "
         "Geändert wurde eine Kategorie.")),
        ("de", (2, 1, 1), ("In diesem Zeitraum haben sich zwei Seiten geändert (eine Bearbeitung). "
         "Eine Seite wurde neu angelegt und eine Seite wurde gelöscht.")),
        ("de", (5, 2, 2), ("In diesem Zeitraum haben sich fünf Seiten geändert (drei Bearbeitungen). "
         "Zwei Seiten wurden neu angelegt und zwei Seiten wurden gelöscht. "
         "Davon abgesehen änderte sich der Inhalt einer Seite: eine Kategorie.")),
        ("en", (1, 0, 0), "In this period one page changed, in one edit. What changed: one category."),
        ("en", (2, 1, 1), ("In this period two pages changed, in one edit. "
         "One page was created and one page was deleted.")),
    ],
)  # fmt: skip
def test_summary_reads_well_with_few_and_many(code: str, numbers: tuple[int, int, int], said: str) -> None:
    assert summary_of(code, *numbers) == said


@pytest.mark.parametrize(
    ("values", "german", "english"),
    [
        ({}, "1.–31. Juli 2024", "1–31 July 2024"),
        ({"since": "2024-06-30T22:00:00Z", "until": "2024-07-31T22:00:00Z"}, "1.–31. Juli 2024", "1–31 July 2024"),
        ({"until": "2024-07-02T00:00:00Z"}, "1. Juli 2024", "1 July 2024"),
        ({"since": "2024-07-01T06:30:00Z", "until": "2024-07-02T06:30:00Z"},
         "1. Juli 2024, 08:30 Uhr bis 2. Juli 2024, 08:30 Uhr", "1 July 2024, 08:30 to 2 July 2024, 08:30"),
        ({"since": "2024-06-28T00:00:00Z"}, "28. Juni – 31. Juli 2024", "28 June – 31 July 2024"),
        ({"since": "2023-07-01T00:00:00Z"}, "1. Juli 2023 – 31. Juli 2024", "1 July 2023 – 31 July 2024"),
        ({"until": None}, "Seit 1. Juli 2024", "Since 1 July 2024"),
        ({"since": None}, "Bis 31. Juli 2024", "Up to 31 July 2024"),
        ({"since": None, "until": None}, "Der gesamte Verlauf", "The whole history"),
        ({"since": "2024-07-08T05:00:00Z", "until": None, "since_last_report": True},
         "Seit dem letzten Bericht vom 8. Juli 2024, 07:00 Uhr", "Since the last report of 8 July 2024, 07:00"),
        ({"since": "2024-07-08T05:00:00Z", "since_last_report": True},
         "Seit dem letzten Bericht vom 8. Juli 2024, 07:00 Uhr, bis 31. Juli 2024",
         "Since the last report of 8 July 2024, 07:00, up to 31 July 2024"),
        ({"since": None, "until": None, "since_last_report": True}, "Der gesamte Verlauf", "The whole history"),
    ],
)  # fmt: skip
def test_period(values: dict[str, str | None], german: str, english: str) -> None:
    story = tell(report_data(**values))
    said = [Summary(story, Language(code, "Europe/Berlin")).period() for code in ("de", "en")]
    assert said == [german, english]


def test_times_are_shown_in_the_zone_of_the_report() -> None:
    edits = Edits()
    edits.add(1, "Seite", "2024-01-31T23:30:00Z", "A", change("category", "added", "", None, "X"))
    berlin = render_report(report_data(*edits.changes), "txt", "de")
    lisbon = render_report(report_data(*edits.changes, timezone="Europe/Lisbon"), "txt", "de")
    assert "1. Februar 2024, 00:30 Uhr" in berlin
    assert "31. Januar 2024, 23:30 Uhr" in lisbon


def test_values_that_look_like_placeholders_stay_as_they_are() -> None:
    edits = Edits()
    link = change("link", "added", "{name}", None, "https://a.example/{n}", label="{place} {where}")
    edits.add(1, "{n}", "2024-07-02T08:00:00Z", "{users}", link, comment="{text}")
    text = render_report(report_data(*edits.changes, site_name="{site} {n}"), "txt", "en")
    assert "What changed in the wiki {site} {n}" in text
    assert "New link “{place} {where}” under “{name}”" in text
    assert "Note: “{text}”" in text


@pytest.mark.parametrize("code", ["fr", "../de", ""])
def test_unknown_language_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="choose one of de, en"):
        render_report(sample_report(), "txt", code)


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of html, md, txt, json"):
        render_report(sample_report(), "pdf", "de")


def of_many(code: str) -> tuple[Summary, Story]:
    """Five bulk changes, of which the last two have flaws."""
    edits, entries, at = Edits(), [], "2024-07-02T08:00:00Z"
    for number in range(1, 6):
        pages = range(10 * number, 10 * number + 8 - number)
        for page in pages:
            place = "Infobox Stoff/Stand/Art" if number == 1 else "Konzeption/Stand"
            told = change("infobox", "changed", place, f"alt {number}", f"neu {number}")
            if number == 2:
                told = change("category", "added", "", None, "Neu")
            if number == 3:
                told = change("link", "changed", "", f"http://a.example/v?x={page}", f"http://a.example/v?y={page}")
            edits.add(page, f"Seite {page}", at, "A", told)
        members = tuple(c.change_id for c in edits.changes[-len(pages) :])
        kind, rev = edits.changes[-1].change.kind, edits.changes[-1].rev_to or 0
        bulk = BulkChange(
            kind, "r", f"alt {number}", f"neu {number}", at, at, len(pages), len(pages), members,
            exceptions=(BulkCase("Seite 50", rev, "alt 5", "neu 7"),) if number == 5 else (),
            stragglers=(BulkCase("Seite 90", 9, "alt", None), BulkCase(f"Seite {number}", 9, "alt", None))
            if number > 3 else (),
        )  # fmt: skip
        if number == 3:
            bulk = replace(bulk, pattern_before="http://a.example/v?x={x}", pattern_after="http://a.example/v?y={y}")
        entries.append(BulkEntry(number, bulk))
    story = tell(report_data(*edits.changes, bulk=tuple(entries)))
    return Summary(story, Language(code, "Europe/Berlin")), story


def test_flaws_of_bulk_changes_that_are_not_told_on_top_are_counted_there() -> None:
    summary, _ = of_many("de")
    opening = " ".join(summary.lang.plain(sentence) for sentence in summary.paragraph())
    assert "wurde im Feld „Stand/Art“ der Wert „alt 1“ durch „neu 1“ ersetzt" in opening
    assert (
        "Dazu kommen zwei weitere Umstellungen; drei Seiten wurden dabei übersehen; "
        "auf einer Seite weicht das Ergebnis ab."
    ) in opening


def test_a_bulk_change_is_headed_by_what_it_is_about() -> None:
    summary, story = of_many("en")
    titles = [summary.lang.plain(summary.bulk.title(bulk)) for bulk in story.bulk[:3]]
    assert titles == [
        "Bulk change 1: alt 1 → neu 1 (Stand/Art)",
        "Bulk change 2: alt 2 → neu 2 (category)",
        "Bulk change 3: new addresses at a.example",
    ]


def test_categories_that_went_and_came_are_counted_by_pages() -> None:
    summary, story = of_many("de")
    assert summary.bulk.facts(story.bulk[1])[0] == "Sechs Seiten"
