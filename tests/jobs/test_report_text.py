"""The report as text: whole outputs, width, and nothing left out that the other forms have."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from jobs.report import Limits, ReportData, render_report
from jobs.report.data import BulkEntry
from jobs.report.language import Language
from jobs.report.not_read import not_read_reason
from parsers.change import AddressCheck, BulkCase, BulkChange, Change
from parsers.diagnostics import MESSAGES
from tests.jobs.report_samples import (
    NEW,
    OLD,
    Edits,
    change,
    large_report,
    paper_link,
    report_data,
    sample_report,
)


def small_report() -> Edits:
    edits = Edits()
    edits.add(
        31,
        "Freiraum am Kanal",
        "2024-07-04T09:30:00Z",
        "M. Muster",
        change("infobox", "changed", "Konzeption/Zuständigkeit", "Dezernat 3", "Bereich 5-1"),
        change("infobox", "added", "Konzeption/Jahr", None, "2024"),
        change("section", "changed", "Ziele", "Es gibt drei Brücken.", "Es gibt zwei Brücken."),
        change("link", "changed", "Links", "https://a.example/1", "https://a.example/2", label="Plan"),
        change("section", "changed", "", "a", "a", noise="markup"),
        comment="/* Ziele */ Ratsbeschluss",
    )
    return edits


GERMAN = """\
Was sich im Wiki Musterwiki geändert hat
========================================

1.–31. Juli 2024

In diesem Zeitraum hat sich eine Seite geändert (eine Bearbeitung). Geändert
wurden zwei Felder, ein Abschnitt und ein Link.

Alle Seiten im Überblick
------------------------

  - Freiraum am Kanal: Zwei Felder, ein Abschnitt, ein Link; 04.07.2024; M.
    Muster

Seite für Seite
---------------

Entfernte Wörter stehen in [-…-], neue in {+…+}.

Freiraum am Kanal
.................

* 4. Juli 2024, 11:30 Uhr · M. Muster

Abschnitt „Ziele“ · Anmerkung: „Ratsbeschluss“

Vergleich im Wiki:
https://wiki.example/index.php?title=Freiraum_am_Kanal&diff=2001&oldid=1501

  - Zuständigkeit
    vorher: Dezernat 3
    nachher: Bereich 5-1
  - Jahr
    vorher: (nicht vorhanden)
    nachher: 2024

  - Der Text im Abschnitt „Ziele“ wurde geändert
    Es gibt [-drei-]{+zwei+} Brücken.
  - Der Link „Plan“ unter „Links“ führt jetzt zu einer anderen Adresse
    vorher: https://a.example/1
    nachher: https://a.example/2

Nur Gestaltung: eine Änderung (Hervorhebung)

Zu diesem Bericht
-----------------

  - Der Datenbestand dieses Berichts wurde zuletzt am 1. August 2024, 06:00
    Uhr mit dem Wiki abgeglichen.
  - Der Datenbestand umfasst 886 Seiten.
  - Quelle: https://wiki.example/api.php
  - Bericht erstellt am 1. August 2024, 06:05 Uhr.
"""


def test_small_report_in_german() -> None:
    assert render_report(report_data(*small_report().changes), "txt", "de") == GERMAN


def test_empty_report_says_so_and_how_fresh_the_mirror_is() -> None:
    assert render_report(report_data(), "txt", "en") == (
        "What changed in the wiki Musterwiki\n"
        "===================================\n"
        "\n"
        "1–31 July 2024\n"
        "\n"
        "Nothing changed in the wiki in this period. The data of this report were last\n"
        "compared with the wiki on 1 August 2024, 06:00.\n"
        "\n"
        "About this report\n"
        "-----------------\n"
        "\n"
        "  - The data cover 886 pages.\n"
        "  - Source: https://wiki.example/api.php\n"
        "  - Report made on 1 August 2024, 06:05.\n"
    )


def test_empty_report_of_a_mirror_that_lags_behind_says_so() -> None:
    data = report_data(last_sync_at="2024-07-20T04:00:00Z", revisions_in_period=1)
    text = " ".join(render_report(data, "txt", "en").split())
    assert "One new version was saved, but its content is the same." in text
    assert "What happened after that is not in this report." in text
    unknown = render_report(report_data(last_sync_at=None), "txt", "en")
    assert "It is not known when the data of this report were last compared with the wiki." in " ".join(unknown.split())


def test_lines_fit_on_a_terminal_except_addresses() -> None:
    for lang in ("de", "en"):
        for line in render_report(sample_report(), "txt", lang).splitlines():
            assert len(line) <= 78 or "://" in line


def test_bulk_change_names_exceptions_stragglers_and_regressions() -> None:
    at = "2024-07-02T08:00:00Z"
    edits = Edits()
    edits.add(1, "Seite", at, "A", change("category", "changed", "", "Alt A", "Neu A"))
    bulk = BulkChange(
        "category", "Alt {x} → Neu {x}", "Alt {x}", "Neu {x}", at, at, 1, 1, (1,),
        exceptions=(BulkCase("Ausnahme", 2001, "Alt B", "Neu C"),),
        stragglers=(BulkCase("Nachzügler", 6, "Alt D", None),),
        regressions=(BulkCase("Rückkehrer", 2001, "Neu E", "Alt E"),),
    )  # fmt: skip
    text = render_report(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)), "txt", "de")
    start, end = text.index("Umstellung 1:"), text.index("Alle Seiten im Überblick")
    assert text[start:end] == (
        "Umstellung 1: Alt … → Neu … (Kategorie)\n"
        ".......................................\n\n"
        "Eine Kategorie auf einer Seite · 2. Juli 2024 · A\n\n"
        "Regel: Alt {x} → Neu {x}\n\n"
        "* Auf einer Seite weicht das Ergebnis ab\n\n"
        "  - Ausnahme\n    vorher: B\n    nachher: C\n\n"
        "* Eine Seite wurde dabei übersehen\n\n"
        "  - Nachzügler\n    Alt D\n\n"
        "* Eine Seite kehrte später zur alten Form zurück\n\n"
        "  - Rückkehrer\n    Alt E\n\n"
        "* Seiten\n\n"
        "  - Seite\n\n"
    )


def test_what_went_back_to_the_old_form_is_not_told_again() -> None:
    at = "2024-07-02T08:00:00Z"
    edits = Edits()
    edits.add(1, "Seite", at, "A", change("link", "changed", "", "Rat", "Stadtrat"))
    edits.add(2, "Rückkehrer", at, "B", change("link", "changed", "", "Stadtrat", "Rat"))
    edits.add(3, "Andere", at, "B", change("link", "changed", "", "Stadtrat", "Rat"))
    returned = BulkCase("Rückkehrer", 2002, "Stadtrat", "Rat")
    bulk = BulkChange("link", "Rat → Stadtrat", "Rat", "Stadtrat", at, at, 1, 1, (1,), regressions=(returned,))
    text = " ".join(render_report(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)), "txt", "en").split())
    assert (
        "one page went back to the old form later. Apart from that, the content of one page changed: one link." in text
    )


def test_many_bulk_changes_do_not_flood_the_summary() -> None:
    at = "2024-07-02T08:00:00Z"
    edits = Edits()
    bulk = []
    for n in range(1, 6):
        edits.add(1, "Seite", at, "A", change("category", "changed", "", f"Alt {n}", f"Neu {n}"))
        bulk.append(BulkEntry(n, BulkChange("category", "r", f"Alt {n}", f"Neu {n}", at, at, 1, 1, (n,))))
    text = " ".join(render_report(report_data(*edits.changes, bulk=tuple(bulk)), "txt", "en").split())
    summary = text[: text.index("Changes across many pages")]
    assert summary.count("was replaced by") == 3
    assert "There were two more bulk changes." in summary
    assert "Seite: Part of the bulk changes 1, 2, 3, 4 and 5;" in text
    assert "Rule:" not in text  # the names say it already


def test_what_is_left_out_is_counted_and_where_it_is() -> None:
    text = render_report(large_report(30), "txt", "en", Limits(pages=5, entries=2, overview=10))
    flat = " ".join(text.split())
    assert "25 pages with 110 changes are not told in detail" in flat
    assert "table “changes” of the database" in flat
    assert flat.count("Two more changes of this page are in the table “changes” of the database.") == 5
    assert "… and 20 more" in flat


def test_notes_of_the_run_and_what_could_not_be_read_are_told() -> None:
    data = replace(sample_report(), not_read={"unclosed-template": 2, "some-new-code": 1, "depth-limit": 0})
    text = render_report(data, "txt", "en")
    assert "  - The wiki answered slowly; the run took 40 seconds.\n" in text
    assert "  - some-new-code (1 ×)\n  - A wiki template is not closed and shows as text on the page (2 ×)\n" in text
    assert "nested" not in text


def test_chart_shows_how_much_of_each_day_was_a_bulk_change() -> None:
    lines = render_report(sample_report(), "txt", "de").splitlines()
    start = lines.index("Wann es geschah") + 3
    assert lines[start : start + 8] == [
        "  4. Juli 2024   ## 1",
        "  11. Juli 2024  ## 1",
        "  15. Juli 2024  ## 1",
        "  23. Juli 2024  ##============================ 13",
        "  25. Juli 2024  ## 1",
        "  29. Juli 2024  ## 1",
        "",
        "  # sonstige Bearbeitungen   = Bearbeitungen in Umstellungen",
    ]


def test_hidden_user_and_deleted_page_without_comparison() -> None:
    edits = Edits()
    edits.add(1, "Fort", "2024-07-02T08:00:00Z", None, change("page", "deleted"))
    text = render_report(report_data(*edits.changes), "txt", "en")
    assert "name hidden" in text
    assert "wiki.example/index.php" not in text


def test_without_a_page_base_there_are_no_addresses_of_the_wiki() -> None:
    for form in ("txt", "md", "html", "json"):
        text = render_report(report_data(*small_report().changes, page_base=None), form, "en")
        assert "index.php" not in text


def test_every_kind_and_action_has_a_sentence() -> None:
    kinds = {
        "page": ("created", "restored", "protected", "unheard-of"),
        "infobox": ("added", "removed", "changed", "renamed"),
        "section": ("added", "removed", "changed", "moved", "renamed"),
        "link": ("added", "removed", "changed", "moved"),
        "text": ("added", "removed", "changed", "moved"),
    } | dict.fromkeys(("category", "file", "template", "redirect", "paper", "new"), ("added", "removed", "changed"))
    for kind, actions in kinds.items():
        for action in actions:
            edits = Edits()
            before = None if action == "added" else "vorher-x"
            after = None if action == "removed" else "nachher-y"
            item = change(kind, action, "Kasten/Feld" if kind == "infobox" else "Ziele", before, after)
            edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", item)
            for lang in ("de", "en"):
                text = render_report(report_data(*edits.changes), "txt", lang)
                page = text[text.index("\nSeite\n") :]
                page = page[: page.index("----")]
                said = [line for line in page.splitlines() if line.startswith("  - ")]
                assert said, (kind, action)
                assert "{" not in page.replace("{+", ""), (kind, action)


def test_a_query_that_came_is_told_with_its_section() -> None:
    edits = Edits()
    edits.add(
        1, "Seite", "2024-07-02T08:00:00Z", "A", change("text", "added", "Ziele", None, "{{#ask:[[Kategorie:Rad]]}}")
    )
    told = [render_report(report_data(*edits.changes), "txt", lang) for lang in ("de", "en")]
    assert "Im Abschnitt „Ziele“ kam ein automatischer Inhalt hinzu" in told[0]
    assert "Automatic content was added to the section “Ziele”" in told[1]


def partial_bulk() -> ReportData:
    """Three of 26 links of a bulk change, on two of its 18 pages; one page was wrong long before."""
    edits = Edits()
    for page in (1, 2):
        links = [change("link", "changed", "P", f"{OLD}{page}{n}", f"{NEW}{page}{n}", f"V {n}") for n in range(page)]
        edits.add(page, f"Seite {page}", f"2024-07-0{page}T08:00:00Z", f"U{page}", *links, bulk_id=1)
    bulk = BulkChange(
        "link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", "2024-05-01T08:00:00Z", "2024-09-01T08:00:00Z", 18, 26, (),
        exceptions=(BulkCase("Fern", 1402, f"{OLD}7", f"{NEW}8"),),
    )  # fmt: skip
    return report_data(*edits.changes, bulk=(BulkEntry(1, bulk),))


@pytest.mark.parametrize(
    ("lang", "sentence", "facts", "outside"),
    [
        ("en",
         ("In this period, three links were moved from allris.oberhausen.de to ratsinfo.oberhausen.de on two pages "
         "(so far 26 links on 18 pages)."),
         "Three links on two pages · so far 26 links on 18 pages · 1–2 July 2024 · U1 and U2",
         "One page with a different result lies outside this period."),
        ("de",
         ("In diesem Zeitraum wurden drei Links von allris.oberhausen.de auf ratsinfo.oberhausen.de umgestellt, "
         "und zwar auf zwei Seiten (bisher 26 Links auf 18 Seiten)."),
         "Drei Links auf zwei Seiten · bisher 26 Links auf 18 Seiten · 1.–2. Juli 2024 · U1 und U2",
         "Eine Seite mit abweichendem Ergebnis liegt außerhalb dieses Zeitraums."),
    ],
)  # fmt: skip
def test_part_of_a_bulk_change_is_told_as_a_part(lang: str, sentence: str, facts: str, outside: str) -> None:
    text = " ".join(render_report(partial_bulk(), "txt", lang).split())
    for said in (sentence, facts, outside):
        assert said in text
    assert "Fern" not in text


def test_page_in_a_bulk_change_shows_its_own_link() -> None:
    lines = [" ".join(part.split()) for part in render_report(partial_bulk(), "txt", "en").split("\n\n")]
    at = lines.index("* 1 July 2024, 10:00 · U1")
    assert lines[at + 1] == "Part of bulk change 1"
    assert f"- “V 0”: {OLD}10 → {NEW}10" in lines[at + 2 : at + 4]


def test_every_diagnostic_of_the_parser_has_a_sentence() -> None:
    for lang in ("de", "en"):
        language = Language(lang, "Europe/Berlin")
        said = [not_read_reason(code, language) for code in MESSAGES]
        assert len(set(said)) == len(MESSAGES)
        assert not set(said) & set(MESSAGES)
        assert all(text[0].isupper() for text in said)


def test_file_is_named_once_as_a_file() -> None:
    edits = Edits()
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", change("file", "added", "", None, "Datei:Plan der Stadt.png"))
    assert "Die Datei „Plan der Stadt.png“ wurde eingefügt." in render_report(report_data(*edits.changes), "txt", "de")


def test_marks_do_not_enclose_blanks() -> None:
    edits = Edits()
    texts = ("Es waren 350\u00a0Tsd. Euro.", "Es waren 400 Euro.")
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", change("section", "changed", "Ziele", *texts))
    text = render_report(report_data(*edits.changes), "txt", "de")
    assert "[-350" in text
    assert not re.search(r"\[-\s|\s-\]|\{\+\s|\s\+\}", text)


def test_links_of_a_new_section_are_listed_in_its_entry() -> None:
    edits = Edits()
    links = [change("link", "added", "Mehr", None, f"https://a.example/{n}", f"L{n}") for n in range(12)]
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", change("section", "added", "Mehr", None, "Text."), *links)
    text = " ".join(render_report(report_data(*edits.changes), "txt", "de").split())
    assert "- Neuer Abschnitt „Mehr“ Text. Links darin: „L0“, „L1“, " in text
    assert "„L9“ und zwei weitere" in text
    assert "Neuer Link" not in text


def checked_report(lang: str, *verdicts: str) -> str:
    """What the report says below its heading for the check, of a bulk change with these checks."""
    at = "2024-07-02T08:00:00Z"
    edits = Edits()
    edits.add(1, "Seite", at, "A", paper_link(11, "B/16/1"), bulk_id=1)
    checks = tuple(
        AddressCheck(
            1, "Seite", 1501, 2001, verdict, str(n), str(n), f"{OLD}{n}", f"{NEW}{n}", f"V {n}",
            2 if verdict == "duplicated" else None,
        )
        for n, verdict in enumerate(verdicts, 11)
    )  # fmt: skip
    bulk = BulkChange(
        "link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", at, at, 1, 1, (1,), addresses=checks
    )  # fmt: skip
    text = render_report(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)), "txt", lang)
    start, end = {"de": ("* Prüfung der Adressen", "* Seiten"), "en": ("* Check of the addresses", "* Pages")}[lang]
    return " ".join(text[text.index(start) + len(start) : text.index(end)].split())


MANY = ["matched"] * 87


@pytest.mark.parametrize(
    ("verdicts", "lang", "told"),
    [
        (MANY, "en", "All 87 old addresses have their counterpart."),
        (MANY, "de", "Alle 87 alten Adressen haben ihr Gegenstück."),
        (["matched"], "de", "Die eine alte Adresse hat ihr Gegenstück."),
        (
            ["matched", "dropped"],
            "en",
            f"Of two old addresses, one has its counterpart; one was dropped. - Seite “V 12”: {OLD}12 → {NEW}12",
        ),
        (
            ["matched", *["left"] * 2, *["altered"] * 3],
            "de",
            "Von sechs alten Adressen hat eine ihr Gegenstück; drei führen woandershin und zwei sind noch die alten.",
        ),
        (["dropped"], "de", "Von einer alten Adresse hat keine ihr Gegenstück; eine ist weggefallen."),
        (
            ["matched", "matched", "matched", "duplicated"],
            "de",
            "Alle drei alten Adressen haben ihr Gegenstück. Eine Adresse steht auf ihrer Seite nun öfter als zuvor.",
        ),
        (
            ["matched", "duplicated", "duplicated"],
            "en",
            "The one old address has its counterpart. Two addresses now stand on their page more often than before.",
        ),
    ],
)
def test_check_of_the_addresses_is_told_in_sentences(verdicts: list[str], lang: str, told: str) -> None:
    assert checked_report(lang, *verdicts).startswith(told)


def test_what_other_lists_name_is_not_named_again_by_the_check() -> None:
    text = " ".join(render_report(sample_report(), "txt", "de").split())
    start, end = text.index("* Prüfung der Adressen"), text.index("* Seiten")
    assert text[start:end].strip() == (
        "* Prüfung der Adressen Von 20 alten Adressen haben 16 ihr Gegenstück; eine ist weggefallen, eine hat eine"
        " andere Nummer und zwei sind noch die alten. Eine Adresse steht auf ihrer Seite nun öfter als zuvor."
        f" - Konzept Offene Ganztagsschule"
        f" „Vorlage - B/17/0999-01“: {OLD}16001 (weggefallen)"
        f" - Konzept Offene Ganztagsschule"
        f" „Vorlage - B/17/0999-01“: {NEW}13021 (zwei Mal)"
        " Auf einer Seite hat dieselbe Bearbeitung noch anderes geändert: Lichtkonzept Innenstadt"
    )


@pytest.mark.parametrize(
    ("told", "forms", "german", "english"),
    [
        (
            change("link", "removed", "P", f"{OLD}1", None),
            ("http://a.example/v?n={n}", "{{Ratsinfo|{n}}}"),
            "Auf einer Seite wurde ein Link auf a.example durch die Wiki-Vorlage „Ratsinfo“ ersetzt.",
            "On one page, one link to a.example was replaced by the wiki template “Ratsinfo”.",
        ),
        (
            change("template", "removed", "P", "{{Ratsinfo|1}}", None),
            ("{{Ratsinfo|{n}}}", "http://a.example/v?n={n}"),
            "Auf einer Seite wurde einmal die Wiki-Vorlage „Ratsinfo“ durch einen Link auf",
            "On one page, one use of the wiki template “Ratsinfo” was replaced by a link to",
        ),
        (
            change("link", "changed", "P", f"{OLD}1", f"{NEW}1"),
            ("http://a.example/{rest}", "http://a.example/{rest, lower case}"),
            "Auf einer Seite wurde die Adresse eines Links auf a.example in Kleinbuchstaben umgeschrieben.",
            "On one page, the address of one link to a.example was put in lower case.",
        ),
        (
            change("link", "changed", "P", f"{OLD}1", f"{NEW}1"),
            ("http://a.example/{n}", "http://a.example/{n, 7 digits}"),
            "Auf einer Seite wurde die Nummer in einem Link auf a.example mit Nullen aufgefüllt.",
            "On one page, the number in one link to a.example was filled up with zeros.",
        ),
        (
            change("infobox", "changed", "K/Stelle", "a, b", "a"),
            ("Stelle = {a}, {b}", "Stelle = {a} | Person = {b}"),
            "Auf einer Seite wurde das Feld „Stelle“ in „Stelle“ und „Person“ aufgeteilt.",
            "On one page, the field “Stelle” was split into “Stelle” and “Person”.",
        ),
        (
            change("infobox", "changed", "K/Stelle", "a", "a, b"),
            ("Stelle = {a} | Person = {b}", "Stelle = {a}, {b}"),
            "Auf einer Seite wurden die Felder „Stelle“ und „Person“ zu „Stelle“ zusammengelegt.",
            "On one page, the fields “Stelle” and “Person” were put together as “Stelle”.",
        ),
        (
            change("infobox", "changed", "K/Alt", "a", ""),
            ("Alt = {value}", "Neu = {value}"),
            "Auf einer Seite ist der Wert des Feldes „Alt“ in das Feld „Neu“ gewandert.",
            "On one page, the value of the field “Alt” was moved to the field “Neu”.",
        ),
        (
            change("category", "changed", "", None, "Seite"),
            ("Konzept", "Konzept|{title}"),
            "Auf einer Seite bekam die Kategorie „Konzept“ den Seitentitel als Sortierschlüssel.",
            "On one page, the category “Konzept” was given the title of the page as sort key.",
        ),
        (
            change("category", "changed", "", "x", None),
            ("Konzept|{key}", "Konzept"),
            "Auf einer Seite wurde der Sortierschlüssel der Kategorie „Konzept“ entfernt.",
            "On one page, the sort key of the category “Konzept” was removed.",
        ),
        (
            change("category", "removed", "", "Konzept", None),
            ("[[Kategorie:Konzept]]", "[[:Kategorie:Konzept]]"),
            "Auf einer Seite wurde aus der Kategorie „Konzept“ ein bloßer Link auf die Kategorieseite.",
            "On one page, the category “Konzept” became a mere link to the page of the category.",
        ),
        (
            change("section", "changed", "P", "01.07.2024", "1. Juli 2024"),
            ("{DD}.{MM}.{YYYY}", "{D}. {Month} {YYYY}"),
            "Auf einer Seite werden Datumsangaben nun anders geschrieben, etwa „1. Juli 2024“ statt „01.07.2024“.",
            "On one page, dates were written in another form, such as “01.07.2024” as “1. Juli 2024”.",
        ),
    ],
)
def test_what_took_another_shape_is_told_in_a_sentence(
    told: Change, forms: tuple[str, str], german: str, english: str
) -> None:
    edits = Edits()
    at = "2024-07-02T08:00:00Z"
    rows = 2 if told.action == "removed" or told.kind == "infobox" else 1  # that tell of it together
    edits.add(1, "Seite", at, "M. Muster", *[told] * rows)
    bulk = BulkChange(told.kind, "r", *forms, at, at, 1, rows, tuple(range(1, rows + 1)))
    data = report_data(*edits.changes, bulk=(BulkEntry(9, bulk),))
    for lang, sentence in (("de", german), ("en", english)):
        assert sentence in " ".join(render_report(data, "txt", lang).split())
