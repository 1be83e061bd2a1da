"""The story of a report: each thing told once, in order, and within limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.report import Limits
from jobs.report.data import BulkEntry
from jobs.report.fold import Entry, fold_edit
from jobs.report.story import tell
from parsers.change import BulkCase, BulkChange, Change
from tests.jobs.report_samples import NEW, OLD, Edits, change, large_report, report_data, sample_report

LINKS = "Weiterführende Links"
SITE = "https://www.stadt.example/umbau"


def told(*changes: Change, elsewhere: tuple[Change, ...] = ()) -> list[tuple[str, str, str | None, str | None]]:
    """What one edit is told as: kind, action, before and after of each entry."""
    edit = fold_edit(changes, elsewhere, Limits())
    return [(entry.kind, entry.action, entry.before, entry.after) for entry in edit.entries]


def test_placeholder_replaced_by_a_link_is_one_entry() -> None:
    section = change("section", "changed", LINKS, "-", "Zum Umbau")
    link = change("link", "added", LINKS, None, SITE, label="Zum Umbau")
    assert fold_edit([section, link], [], Limits()).entries == (Entry("link", "filled", LINKS, "-", SITE, "Zum Umbau"),)


def test_link_replaced_by_a_placeholder_is_one_entry() -> None:
    section = change("section", "changed", LINKS, "Zum Umbau", "–")
    link = change("link", "removed", LINKS, SITE, None, label="Zum Umbau")
    assert told(section, link) == [("link", "emptied", SITE, "–")]


def test_text_that_gained_only_the_label_of_a_link_is_told_by_the_link() -> None:
    section = change("section", "changed", LINKS, "Mehr dazu:", "Mehr dazu: Zum Umbau")
    link = change("link", "added", LINKS, None, SITE, label="Zum Umbau")
    assert told(section, link) == [("link", "added", None, SITE)]


def test_text_that_gained_more_than_a_link_is_told_as_well() -> None:
    section = change("section", "changed", LINKS, "Mehr dazu:", "Neu ist dies: Zum Umbau")
    link = change("link", "added", LINKS, None, SITE, label="Zum Umbau")
    assert told(section, link) == [
        ("section", "changed", "Mehr dazu:", "Neu ist dies: Zum Umbau"),
        ("link", "added", None, SITE),
    ]


def test_link_of_another_section_explains_nothing() -> None:
    section = change("section", "changed", "Ziele", "-", "Zum Umbau")
    link = change("link", "added", LINKS, None, SITE, label="Zum Umbau")
    assert [kind for kind, *_ in told(section, link)] == ["section", "link"]


@pytest.mark.parametrize("where", ["own", "elsewhere"])
def test_paper_whose_address_moved_with_its_link_is_not_told_again(where: str) -> None:
    link = change("link", "changed", "P", f"{OLD}1", f"{NEW}1", label="Vorlage - B/16/1")
    paper = change("paper", "changed", "P", f"B/16/1 {OLD}1", f"B/16/1 {NEW}1")
    if where == "own":
        assert told(link, paper) == [("link", "changed", f"{OLD}1", f"{NEW}1")]
    else:
        assert told(paper, elsewhere=(link,)) == []


def test_paper_whose_number_changed_is_told() -> None:
    link = change("link", "changed", "P", f"{OLD}1", f"{NEW}1", label="Vorlage - B/16/2")
    paper = change("paper", "changed", "P", f"B/16/1 {OLD}1", f"B/16/2 {NEW}1")
    assert [kind for kind, *_ in told(link, paper)] == ["link", "paper"]


def test_paper_without_a_link_is_told() -> None:
    assert told(change("paper", "added", "P", None, "B/17/9")) == [("paper", "added", None, "B/17/9")]


def test_link_that_is_the_new_value_of_a_field_is_told_by_the_field() -> None:
    field = change("infobox", "changed", "Konzeption/Art", "Bericht", "Konzept")
    link = change("link", "added", "", None, "Konzept", label="Konzept")
    assert told(field, link) == [("infobox", "changed", "Bericht", "Konzept")]


def test_new_page_shows_its_fields_and_counts_the_rest() -> None:
    edit = fold_edit(
        [
            change("category", "added", "", None, "Bildung"),
            change("section", "added", "Ziele", None, "Text"),
            change("section", "added", "Analyse", None, "Text"),
            change("infobox", "added", "Konzeption/Art", None, "Konzept"),
            change("page", "created"),
        ],
        [],
        Limits(),
    )
    assert [(entry.kind, entry.action) for entry in edit.entries] == [("page", "created"), ("infobox", "added")]
    assert edit.contents == (("infobox", 1), ("section", 2), ("category", 1))


def test_deleted_page_is_told_as_deleted_and_no_more() -> None:
    gone = change("infobox", "removed", "Konzeption/Art", "Konzept", None)
    assert told(change("page", "deleted"), gone) == [("page", "deleted", None, None)]


def test_entries_come_in_reading_order() -> None:
    kinds = ["template", "category", "link", "section", "infobox", "page"]
    entries = told(*(change(kind, "added", f"in {kind}", None, f"a {kind}") for kind in kinds))
    assert [kind for kind, *_ in entries] == kinds[::-1]


def test_long_field_values_show_their_differing_words() -> None:
    before = "Das Dezernat für Planung, Bauen und Umwelt " * 4 + "im Rathaus"
    edit = fold_edit([change("infobox", "changed", "Konzeption/Zuständigkeit", before, before + " Nord")], [], Limits())
    (entry,) = edit.entries
    assert [run.text for run in entry.words if run.op == "insert"] == [" Nord"]
    assert sum(run.left_out for run in entry.words) > 60


def test_sample_counts_each_page_and_each_change_once() -> None:
    story = tell(sample_report())
    totals = story.totals
    assert (totals.pages, totals.created, totals.deleted, totals.moved) == (17, 1, 1, 1)
    assert (totals.content, totals.cosmetic_only, totals.edits) == (4, 1, 18)
    assert dict(totals.content_items) == {"infobox": 5, "section": 3, "link": 2, "category": 1}
    assert story.timeline is not None
    assert sum(bar.total for bar in story.timeline.bars) == 18
    assert sum(bar.bulk for bar in story.timeline.bars) == 12


def test_members_of_a_bulk_change_are_told_there_alone() -> None:
    story = tell(sample_report())
    (bulk,) = story.bulk
    assert (bulk.what, bulk.before, bulk.after) == ("host", "allris.oberhausen.de", "ratsinfo.oberhausen.de")
    assert sum(page.count for page in bulk.members) == 17
    assert bulk.mixed == ("Lichtkonzept Innenstadt",)
    entries = [entry for page in story.pages for entry in page.entries]
    assert not any("allris" in (entry.before or "") for entry in entries)
    part = [page.title for page in story.pages if page.bulk_numbers]
    assert len(part) == 12
    assert [page.title for page in story.detailed if page.has_news and page.bulk_numbers] == [
        "Bibliothek der Zukunft",
        "Lichtkonzept Innenstadt",
    ]


def test_page_shows_what_a_bulk_change_did_there_without_counting_it() -> None:
    story = tell(sample_report())
    (page,) = (page for page in story.detailed if page.title == "Spielraumkonzept")
    (edit,) = page.edits
    assert not edit.entries
    assert [(m.number, m.entry.label, m.entry.before, m.entry.after) for m in edit.members] == [
        (1, "Vorlage - B/16/5400-01", f"{OLD}13000", f"{NEW}13000"),
        (1, "Vorlage - B/17/100-01", f"{OLD}14000", f"{NEW}14000"),
    ]
    assert page.content == ()


def test_members_shown_of_a_page_are_limited_and_counted() -> None:
    edits = Edits()
    for day in (2, 3, 4):
        links = [change("link", "changed", "P", f"{OLD}{day}{n}", f"{NEW}{day}{n}") for n in range(5)]
        edits.add(1, "Seite", f"2024-07-0{day}T08:00:00Z", "A", *links, bulk_id=1)
    at = "2024-07-02T08:00:00Z"
    bulk = BulkChange("link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", at, at, 1, 15, ())
    (page,) = tell(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),)), Limits(members=7)).detailed
    assert [(len(edit.members), edit.members_left_out) for edit in page.edits] == [(5, 0), (2, 3), (0, 5)]


def test_bulk_change_that_reaches_out_of_the_period_tells_its_part() -> None:
    edits = Edits()
    for page in (1, 2):
        links = [change("link", "changed", "P", f"{OLD}{page}{n}", f"{NEW}{page}{n}") for n in range(page)]
        edits.add(page, f"Seite {page}", f"2024-07-0{page}T08:00:00Z", f"U{page}", *links, bulk_id=1)
    bulk = BulkChange(
        "link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", "2024-05-01T08:00:00Z", "2024-09-01T08:00:00Z", 18, 26, (),
        exceptions=(BulkCase("Seite 1", 2001, f"{OLD}10", f"{NEW}11"), BulkCase("Fern", 1402, f"{OLD}7", f"{NEW}8")),
        regressions=(BulkCase("Fern", 1500, f"{NEW}5", f"{OLD}5"),),
    )  # fmt: skip
    (told,) = tell(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),))).bulk
    assert (told.pages, told.occurrences, told.pages_in_period, told.occurrences_in_period) == (18, 26, 2, 3)
    assert (told.first_in_period_at, told.last_in_period_at) == ("2024-07-01T08:00:00Z", "2024-07-02T08:00:00Z")
    assert told.users == ("U1", "U2")
    assert told.is_partial
    assert [case.title for case in told.new_exceptions] == ["Seite 1"]
    assert (told.exception_pages, told.outside_exception_pages, told.regression_pages) == (1, 1, 0)


def test_bulk_change_without_a_change_in_the_report_is_not_told() -> None:
    at = "2024-05-01T08:00:00Z"
    bulk = BulkChange("link", "r", f"{OLD}{{n}}", f"{NEW}{{n}}", at, at, 1, 1, (99,))
    assert tell(report_data(bulk=(BulkEntry(1, bulk),))).bulk == ()


def test_links_of_a_new_section_are_told_with_it() -> None:
    own = [change("link", "added", LINKS, None, f"{SITE}/{n}", label=f"Teil {n}") for n in range(2)]
    other = change("link", "added", "Ziele", None, SITE, label="Ziel")
    section = change("section", "added", LINKS, None, "Teil 0 Teil 1")
    new, link = fold_edit([section, *own, other], [], Limits()).entries
    assert new.links == (("Teil 0", f"{SITE}/0"), ("Teil 1", f"{SITE}/1"))
    assert (link.kind, link.label) == ("link", "Ziel")


def test_log_entries_are_no_edits() -> None:
    edits = Edits()
    at = "2024-07-02T08:00:00Z"
    edits.add(1, "Weg", at, "A", change("page", "deleted"))
    edits.add(2, "Neu", at, "A", change("page", "moved", "", "Alt", "Neu"))
    edits.add(3, "Seite", at, "A", change("page", "created"), change("category", "added", "", None, "X"))
    restored = replace(edits.changes[0], change_id=99, rev_to=None, change=change("page", "restored"))
    story = tell(report_data(*edits.changes, restored))
    assert (story.totals.edits, story.totals.deleted, story.totals.moved) == (1, 1, 1)


def test_exception_shows_the_old_and_the_new_number() -> None:
    (case,) = tell(sample_report()).bulk[0].exceptions
    assert (case.old_key, case.new_key) == ("13056", "13907")


@pytest.mark.parametrize(
    ("pattern", "text", "key"),
    [
        ("http://a/x?n={n}&s={m}", "http://a/x?n=12&s=34", "12 34"),
        ("http://a/x?n={n}", "http://b/x?n=12", None),
        ("{n}.html", "12.html", "12"),
        ("a{n}a", "a", None),
        ("no variable", "no variable", None),
    ],
)
def test_key_is_what_stands_for_the_variables(pattern: str, text: str, key: str | None) -> None:
    bulk = BulkChange("link", "r", pattern, pattern, "2024-07-01T00:00:00Z", "2024-07-01T00:00:00Z", 1, 1, ())
    bulk = replace(bulk, exceptions=(BulkCase("Seite", 1, text, None),))
    edits = Edits()
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", change("link", "changed", "", "a", "b"), bulk_id=1)
    (case,) = tell(report_data(*edits.changes, bulk=(BulkEntry(1, bulk),))).bulk[0].exceptions
    assert case.old_key == key


def test_renamed_field_is_told_by_its_name() -> None:
    edits = Edits()
    renamed = change("infobox", "renamed", "Konzeption/Zuständigkeit", "Fachbereich", "Zuständigkeit")
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "M. Muster", renamed)
    at = "2024-07-02T08:00:00Z"
    bulk = BulkChange("infobox", "r", "Fachbereich", "Zuständigkeit", at, at, 1, 1, (1,))
    story = tell(report_data(*edits.changes, bulk=(BulkEntry(9, bulk),)))
    assert (story.bulk[0].what, story.bulk[0].before) == ("field", "Fachbereich")
    assert not story.pages[0].has_news


@pytest.mark.parametrize(
    ("told", "before", "after", "what"),
    [
        (change("section", "changed", "Stand", "Die Massname", "Die Maßnahme"), "Massname", "Maßnahme", "text"),
        (change("section", "renamed", "Ziele", "Zielsetzung", "Ziele"), "Zielsetzung", "Ziele", "section"),
        (change("template", "changed", "", "{{T|a=1}}", "{{T|b=1}}"), "{{T|a=…}}", "{{T|b=…}}", "text"),
        (change("infobox", "changed", "K/F", "Amt 1/2", "Stelle 1/2"), "Amt …/2", "Stelle …/2", "value"),
    ],
)
def test_bulk_change_is_named_by_what_became_what(told: Change, before: str, after: str, what: str) -> None:
    edits = Edits()
    at = "2024-07-02T08:00:00Z"
    edits.add(1, "Seite", at, "M. Muster", told)
    old, new = (name.replace("…", "{value}") for name in (before, after))
    bulk = BulkChange(told.kind, "r", old, new, at, at, 1, 1, (1,))
    (story,) = tell(report_data(*edits.changes, bulk=(BulkEntry(9, bulk),))).bulk
    assert (story.what, story.before, story.after) == (what, before, after)


def test_change_of_a_bulk_change_that_is_not_reported_is_told_on_its_page() -> None:
    edits = Edits()
    link = change("link", "changed", "P", f"{OLD}1", f"{NEW}1", label="Vorlage")
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "M. Muster", link, bulk_id=77)
    assert [page.title for page in tell(report_data(*edits.changes)).detailed] == ["Seite"]


def test_edits_of_a_page_come_in_time_order_under_its_latest_title() -> None:
    edits = Edits()
    field = change("infobox", "changed", "K/F", "a", "b")
    edits.add(1, "Neu", "2024-07-09T08:00:00Z", "B", field)
    edits.add(1, "Alt", "2024-07-02T08:00:00Z", "A", field)
    edits.add(1, "Alt", "2024-07-05T08:00:00Z", "A", change("page", "moved", "", "Alt", "Neu"))
    (page,) = tell(report_data(*edits.changes)).pages
    assert page.title == "Neu"
    assert [edit.timestamp[8:10] for edit in page.edits] == ["02", "05", "09"]


def test_pages_come_in_dictionary_order() -> None:
    edits = Edits()
    for at, title in enumerate(["Zoo", "Öffnung", "apfel", "Ofen", "Äpfel und Birnen"]):
        edits.add(at, title, "2024-07-02T08:00:00Z", "A", change("category", "added", "", None, "X"))
    titles = [page.title for page in tell(report_data(*edits.changes)).pages]
    assert titles == ["apfel", "Äpfel und Birnen", "Ofen", "Öffnung", "Zoo"]


def test_limits_count_what_they_leave_out() -> None:
    story = tell(large_report(40), Limits(pages=10, entries=3))
    assert len(story.pages) == 40
    assert len(story.detailed) == 10
    assert all(len(page.entries) == 3 and page.left_out == 1 for page in story.detailed)
    assert (story.hidden_pages, story.hidden_changes) == (30, 30 * 4 + 10)


def test_pages_with_most_news_are_kept() -> None:
    edits = Edits()
    for at, title in enumerate(["Aal", "Bach", "Zoo"]):
        fields = [change("infobox", "changed", f"K/{n}", "a", "b") for n in range(at + 1)]
        edits.add(at, title, "2024-07-02T08:00:00Z", "A", *fields)
    story = tell(report_data(*edits.changes), Limits(pages=2))
    assert [page.title for page in story.detailed] == ["Bach", "Zoo"]


@pytest.mark.parametrize(
    ("first", "last", "step", "bars"),
    [
        ("2024-07-02T22:30:00Z", "2024-07-04T10:00:00Z", "day", 2),  # the first is 3 July in Berlin
        ("2024-01-01T10:00:00Z", "2024-06-30T10:00:00Z", "week", 26),
        ("2022-01-31T10:00:00Z", "2024-03-31T10:00:00Z", "month", 27),
        ("2010-01-31T10:00:00Z", "2024-03-31T10:00:00Z", "year", 15),
    ],
)
def test_timeline_takes_the_finest_step_that_fits(first: str, last: str, step: str, bars: int) -> None:
    edits = Edits()
    for at in (first, last):
        edits.add(1, "Seite", at, "A", change("category", "added", "", None, "X"))
    timeline = tell(report_data(*edits.changes, since=None, until=None)).timeline
    assert timeline is not None
    assert (timeline.step, len(timeline.bars)) == (step, bars)
    assert [timeline.bars[0].total, timeline.bars[-1].total] == [1, 1]


def test_timeline_of_one_day_is_left_out() -> None:
    edits = Edits()
    edits.add(1, "Seite", "2024-07-02T08:00:00Z", "A", change("category", "added", "", None, "X"))
    assert tell(report_data(*edits.changes, since=None, until=None)).timeline is None


def test_a_passage_that_was_reworded_on_its_way_shows_its_words() -> None:
    moved = change("text", "moved", "Ziele", "Elf von hundert Wegen", "Elf von hundert Fahrten", label="Lage")
    (entry,) = fold_edit([moved], [], Limits()).entries
    assert [(words.op, words.text) for words in entry.words] == [
        ("equal", "Elf von hundert "), ("delete", "Wegen"), ("insert", "Fahrten"),
    ]  # fmt: skip


def test_a_paragraph_that_changed_places_beside_reworded_ones_is_not_shown_as_removed_and_added() -> None:
    first, second, third = "Elf von hundert Wegen.", "Mehr Räder für alle.", "Ein Netz für die Stadt."
    section = change("section", "changed", "Ziele", f"{first}\n{second}\n{third}", f"{second}\n{third} Bald.\n{first}")
    (entry,) = fold_edit([section], [], Limits()).entries
    assert [(words.op, words.text) for words in entry.words if words.op in ("insert", "delete")] == [
        ("insert", " Bald."),
    ]  # fmt: skip
    swapped = change("section", "changed", "Ziele", f"{first}\n{second}", f"{second}\n{first}")
    assert fold_edit([swapped], [], Limits()).entries[0].words
