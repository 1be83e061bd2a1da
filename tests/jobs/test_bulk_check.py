"""The check of a migration's addresses, from an export to the database, the command line and the report."""

from __future__ import annotations

import json
from collections.abc import Set
from datetime import timedelta
from pathlib import Path

import pytest

from tests.labelled_history import START, History, Page, Revision, write_history
from tests.wikitrail import rows, wikitrail

OLD, NEW = "http://alt.example/v.asp?NR={}", "https://neu.example/v?NR={}"
# Each page's numbers before and after; a number above 1000 stands in the old form.
PAGES = {
    "Ahornpark": ([1011, 1012], [11, 12]),
    "Birkenhof": ([1021], [21]),
    "Cafeteria": ([1031, 1032], [31]),  # one was dropped
    "Dorfplatz": ([1041], [44]),  # mistyped
    "Eschenweg": ([1051, 1052], [51, 51]),  # one pasted twice
    "Forsthaus": ([1061, 1062], [61, 1062]),  # one was missed
    "Gartenstadt": ([1071], [1071]),  # the whole page was missed
}


def text(title: str, numbers: list[int]) -> str:
    lines = [
        f"* [{(OLD if n > 1000 else NEW).format(n % 1000)} Vorlage {title} {at}]" for at, n in enumerate(numbers, 1)
    ]
    return "\n".join([f"{title} ist ein Ort.", "", "== Vorlagen ==", *lines])


def write_dump(path: Path, pages: dict[str, tuple[list[int], list[int]]], late: Set[str] = frozenset()) -> None:
    """An export of these pages; those that are ``late`` are not migrated yet."""
    history = History([], [], [])
    rev_id = 0
    for page_id, (title, sides) in enumerate(pages.items(), 1):
        page = Page(title, "", START, page_id)
        for at, numbers in enumerate(sides):
            rev_id += 1
            when = START + timedelta(days=100 * at, minutes=rev_id)
            if at == 0 or title not in late:
                page.revisions.append(Revision(when, "Ines Albers", text(title, numbers), rev_id))
        history.pages.append(page)
    write_history(history, path)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    write_dump(folder / "wiki.xml", PAGES)
    assert wikitrail("--db", folder / "wiki.db", "import", folder / "wiki.xml").code == 0
    return folder / "wiki.db"


def test_each_old_address_has_its_verdict_in_the_database(db: Path) -> None:
    checks = rows(
        db,
        "SELECT title, verdict, old_key, new_key, times FROM bulk_addresses WHERE verdict != 'matched' ORDER BY 1, 2",
    )
    assert checks == [
        ("Cafeteria", "dropped", "32", None, None),
        ("Dorfplatz", "altered", "41", "44", None),
        ("Eschenweg", "altered", "52", "51", None),
        ("Eschenweg", "duplicated", "51", "51", 2),
        ("Forsthaus", "left", "62", None, None),
        ("Gartenstadt", "left", "71", None, None),
    ]
    counts = "addresses, matched, dropped, altered, duplicated, still_old"
    assert rows(db, f"SELECT {counts} FROM bulk_verification") == [(11, 6, 1, 2, 1, 2)]


def test_the_command_line_says_what_the_check_found(db: Path) -> None:
    told = wikitrail("--db", db, "changes", "--bulk").out
    assert "checked: 6 of 11 old addresses have their counterpart, 1 dropped, 2 altered, 2 still old" in told
    assert f"dropped: Cafeteria: {OLD.format(32)}" in told
    assert f"duplicated: Eschenweg: {NEW.format(51)} (2 times)" in told
    (bulk,) = wikitrail("--db", db, "changes", "--bulk", "--json").json
    checked = bulk["verification"]
    assert (checked["addresses"], checked["matched"]) == (11, 6)
    assert [case["title"] for case in checked["left"]] == ["Forsthaus", "Gartenstadt"]
    assert "addresses" not in bulk


def test_the_report_says_what_the_check_found(db: Path, tmp_path: Path) -> None:
    result = wikitrail("--db", db, "report", "--format", "txt,json", "--lang", "de", "-o", tmp_path)
    assert result.code == 0, result.err
    told = " ".join((tmp_path / "report.de.txt").read_text(encoding="utf-8").split())
    assert "Von elf alten Adressen haben sechs ihr Gegenstück; eine ist weggefallen" in told
    report = json.loads((tmp_path / "report.de.json").read_text(encoding="utf-8"))
    assert report["bulk_changes"][0]["verification"]["matched"] == 6


def test_a_straggler_that_is_mended_later_is_checked_again(tmp_path: Path) -> None:
    mended = {title: (old, [n % 1000 for n in old]) for title, (old, _) in PAGES.items()}
    dump, db = tmp_path / "wiki.xml", tmp_path / "wiki.db"
    write_dump(dump, mended, late={"Forsthaus", "Gartenstadt"})
    assert wikitrail("--db", db, "import", dump).code == 0
    counts = "SELECT addresses, matched, still_old FROM bulk_verification"
    assert rows(db, counts) == [(11, 8, 3)]
    write_dump(dump, mended)
    assert wikitrail("--db", db, "import", dump).code == 0
    assert rows(db, counts) == [(11, 11, 0)]
    told = wikitrail("--db", db, "changes", "--bulk").out
    assert "checked: all 11 old addresses have their counterpart" in told
