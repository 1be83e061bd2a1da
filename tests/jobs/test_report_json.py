"""The report as JSON: keys that programs rely on, and the same story in every language."""

from __future__ import annotations

import json
from typing import Any

from jobs.report import Limits, render_report
from tests.jobs.report_samples import NEW, OLD, Edits, change, large_report, report_data, sample_report


def report(**limits: int) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(render_report(sample_report(), "json", "en", Limits(**limits)))
    return result


def test_keys_are_those_of_the_format() -> None:
    data = report()
    assert list(data) == [
        "format", "language", "title", "summary", "site", "period", "generated_at", "totals", "timeline",
        "bulk_changes", "pages", "undone", "omitted", "mirror", "not_read", "warnings",
    ]  # fmt: skip
    assert data["format"] == 1
    assert list(data["pages"][0]) == [
        "page_id", "title", "url", "events", "bulk_numbers", "last_at", "users", "edits", "cosmetic", "left_out",
    ]  # fmt: skip


def test_only_words_depend_on_the_language() -> None:
    english = report()
    german = json.loads(render_report(sample_report(), "json", "de"))
    for name in ("language", "title", "summary"):
        assert english.pop(name) != german.pop(name)
    assert english == german


def test_one_edit_as_a_whole() -> None:
    edits = Edits()
    section = change("section", "changed", "Ziele", "drei Brücken", "zwei Brücken")
    edits.add(7, "Kanal", "2024-07-04T09:30:00Z", "M. Muster", section, comment="neu")
    (page,) = json.loads(render_report(report_data(*edits.changes), "json", "de"))["pages"]
    assert page["edits"] == [
        {
            "rev_from": 1501,
            "rev_to": 2001,
            "timestamp": "2024-07-04T09:30:00Z",
            "user": "M. Muster",
            "comment": "neu",
            "entries": [
                {
                    "kind": "section",
                    "action": "changed",
                    "place": "Ziele",
                    "before": "drei Brücken",
                    "after": "zwei Brücken",
                    "label": None,
                    "words": [
                        {"op": "delete", "text": "drei", "left_out": 0},
                        {"op": "insert", "text": "zwei", "left_out": 0},
                        {"op": "equal", "text": " Brücken", "left_out": 0},
                    ],
                    "links": [],
                }
            ],
            "bulk_numbers": [],
            "contents": {},
            "members": [],
            "members_left_out": 0,
            "returned": None,
            "diff_url": "https://wiki.example/index.php?title=Kanal&diff=2001&oldid=1501",
        }
    ]


def test_bulk_change_holds_its_cases_with_addresses() -> None:
    (bulk,) = report()["bulk_changes"]
    assert set(bulk) == {
        "bulk_id", "number", "kind", "rule", "pattern_before", "pattern_after", "before", "after", "mixed",
        "first_at", "last_at", "pages", "occurrences", "first_in_period_at", "last_in_period_at", "pages_in_period",
        "occurrences_in_period", "users", "members", "exceptions", "stragglers", "regressions", "verification",
    }  # fmt: skip
    assert (bulk["bulk_id"], bulk["pages"], bulk["occurrences"], len(bulk["members"])) == (4, 12, 17, 12)
    assert (bulk["pages_in_period"], bulk["occurrences_in_period"]) == (12, 17)
    assert bulk["exceptions"] == [
        {
            "title": "Seniorenförderplan",
            "rev_id": 2009,
            "before": f"{OLD}13056",
            "after": f"{NEW}13907",
            "label": "Vorlage - B/16/5408-01",
            "old_key": "13056",
            "new_key": "13907",
            "in_period": True,
            "url": "https://wiki.example/index.php?title=Seniorenf%C3%B6rderplan",
        }
    ]
    assert [case["title"] for case in bulk["stragglers"]] == ["Masterplan Mobilität", "Hafenviertel (Rahmenplan)"]


def test_left_out_pages_are_counted() -> None:
    data = json.loads(render_report(large_report(20), "json", "en", Limits(pages=5)))
    assert len(data["pages"]) == 5
    assert data["omitted"] == {"pages": 15, "changes": 60}


def test_broken_characters_do_not_break_the_file() -> None:
    edits = Edits()
    edits.add(1, "a\ud800b\x00", "2024-07-04T09:30:00Z", "u\udfff", change("category", "added", "", None, "\ud800"))
    for form in ("json", "html", "md", "txt"):
        render_report(report_data(*edits.changes), form, "de").encode("utf-8")


def test_check_of_the_addresses_counts_what_matches_and_lists_the_rest() -> None:
    checked = report()["bulk_changes"][0]["verification"]
    assert (checked["addresses"], checked["matched"]) == (20, 16)
    assert {name: len(checked[name]) for name in ("dropped", "altered", "duplicated", "left")} == {
        "dropped": 1, "altered": 1, "duplicated": 1, "left": 2,
    }  # fmt: skip
    assert checked["duplicated"][0]["times"] == 2
    assert checked["dropped"] == [
        {
            "title": "Konzept Offene Ganztagsschule",
            "rev_id": 2004,
            "before": f"{OLD}16001",
            "after": None,
            "label": "Vorlage - B/17/0999-01",
            "old_key": "16001",
            "new_key": None,
            "in_period": True,
            "verdict": "dropped",
            "times": None,
            "url": "https://wiki.example/index.php?title=Konzept_Offene_Ganztagsschule",
        }
    ]
