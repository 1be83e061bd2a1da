"""What was made and undone within the period: one line each, counted, in every form; other returns in their edit."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jobs.report import FORMATS, Limits, render_report
from jobs.report.data import BulkEntry, ReportData
from jobs.report.story import tell
from parsers.change import BulkChange, Revert
from tests.jobs.report_samples import Edits, change, report_data


def history(*, undo_by: str = "A. Amt", first: str = "2024-07-02") -> Edits:
    """A page with an edit of Z. Zufall that was undone, and another one with an edit that stands."""
    edits = Edits()
    edits.add(7, "Kanal", f"{first}T09:30:00Z", "Z. Zufall", change("section", "changed", "Ziele", "drei", "dreißig"))
    edits.add(7, "Kanal", "2024-07-04T09:30:00Z", undo_by, change("section", "changed", "Ziele", "dreißig", "drei"))
    edits.add(8, "Hafen", "2024-07-05T09:30:00Z", "A. Amt", change("section", "changed", "Lage", "Süd", "Nord"))
    return edits


REVERT = Revert(2002, 1501, "2024-06-03T08:00:00Z", "M. Muster", 1)


def data(edits: Edits, **values: object) -> ReportData:
    """The second edit brought back what stood before the first."""
    return report_data(*edits.changes, reverts={2002: REVERT}, **values)


def test_it_is_told_in_one_line_and_counted_apart() -> None:
    story = tell(data(history()))
    (undone,) = story.undone
    assert (undone.title, undone.edits, undone.users, undone.undone_by) == ("Kanal", 1, ("Z. Zufall",), "A. Amt")
    assert undone.revisions == (2001, 2002)
    assert [page.title for page in story.pages] == ["Hafen"]
    assert (story.totals.pages, story.totals.edits) == (1, 1)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_form_says_how_many(form: str, language: str) -> None:
    report = " ".join(render_report(data(history()), form, language).split())
    said = {
        "de": "Eine Bearbeitung wurde in diesem Zeitraum gemacht und wieder zurückgenommen",
        "en": "One edit was made and undone in this period",
    }
    assert report.count(said[language]) == 1
    assert report.replace("\\", "").count("Z. Zufall") == 1
    assert "dreißig" not in report


def test_json_names_the_revisions() -> None:
    (told,) = json.loads(render_report(data(history()), "json", "de"))["undone"]
    assert (told["rev_from"], told["rev_to"], told["revisions"]) == (1501, 2002, [2001, 2002])


def test_who_undid_an_own_edit_is_said_once() -> None:
    report = " ".join(render_report(data(history(undo_by="Z. Zufall")), "txt", "de").split())
    assert "Kanal: https" not in report
    assert "Eine Bearbeitung von Z. Zufall, am 4. Juli 2024, 11:30 Uhr selbst zurückgenommen." in report
    assert report.count("Z. Zufall") == 1


def test_nothing_is_folded_when_that_is_not_wanted() -> None:
    story = tell(data(history(), fold_undone=False))
    assert story.undone == ()
    assert [page.title for page in story.pages] == ["Hafen", "Kanal"]


def test_a_return_to_before_the_period_is_told_in_its_edit() -> None:
    edits = history()
    shown = replace(data(edits), changes=tuple(edits.changes[1:]))
    assert tell(shown).undone == ()
    for language, said in (
        ("de", "Zurück zur Version vom 3. Juni 2024, 10:00 Uhr, von M. Muster; eine Bearbeitung wurde zurückgenommen."),
        ("en", "Returned to the version of 3 June 2024, 10:00 by M. Muster; one edit was undone."),
    ):
        for form in ("txt", "html"):
            assert said in " ".join(render_report(shown, form, language).split())


def test_edits_of_a_bulk_change_are_not_folded() -> None:
    edits = history()
    bulk = BulkChange("section", "drei → dreißig", "drei", "dreißig", "", "", 3, 3, (1,))
    story = tell(data(edits, bulk=(BulkEntry(1, bulk),)))
    assert story.undone == ()
    assert [page.title for page in story.pages] == ["Hafen", "Kanal"]


def test_an_edit_between_that_stands_outside_the_report_keeps_the_return_told() -> None:
    edits = history()
    shown = replace(data(edits), reverts={2002: replace(REVERT, reverted_to=1400, undone=2)})
    assert tell(shown).undone == ()


def test_a_return_within_what_another_one_undid_is_told_with_it() -> None:
    edits = Edits()
    for day, (old, new) in enumerate([("a", "b"), ("b", "c"), ("c", "b"), ("b", "a")], 1):
        step = change("section", "changed", "Ziele", old, new)
        edits.add(7, "Kanal", f"2024-07-0{day}T09:30:00Z", "Z. Zufall", step)
    # Each edit stands on the one before it.
    edits.changes = [replace(c, rev_from=2000 + n) for n, c in enumerate(edits.changes)]
    reverts = {
        2003: Revert(2003, 2001, "2024-07-01T09:30:00Z", "Z. Zufall", 1),
        2004: Revert(2004, 2000, "2024-06-01T09:30:00Z", None, 3),
    }
    (undone,) = tell(report_data(*edits.changes, reverts=reverts)).undone
    assert (undone.edits, undone.revisions) == (3, (2001, 2002, 2003, 2004))


def test_a_long_list_is_cut_and_says_so() -> None:
    edits, reverts = Edits(), {}
    for page in range(5):
        for old, new in (("a", "b"), ("b", "a")):
            step = change("section", "changed", "Ziele", old, new)
            edits.add(page + 1, f"Seite {page}", f"2024-07-0{page + 1}T09:30:00Z", "Z. Zufall", step)
        last = edits.changes[-1].rev_to or 0
        reverts[last] = Revert(last, last - 1 - 500, "2024-06-01T09:30:00Z", "M. Muster", 1)
    told = render_report(report_data(*edits.changes, reverts=reverts), "txt", "en", Limits(cases=3))
    assert "Five edits were made and undone" in told
    assert "… and two more" in told
    assert "Seite 4" not in told
