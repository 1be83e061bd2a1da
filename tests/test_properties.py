"""Changes and intervals tell the same story on whole histories; ``make properties`` checks others."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from parsers.change import Change
from parsers.compare import compare
from parsers.record import Record
from storage.database import open_database
from tests import properties
from tests.labelled_history import START, History, Page, Revision, write_history
from tests.labelled_weaving import labelled_history
from tests.mutations import base_texts, mutate
from tests.parsers.compared import changes, read
from tests.parsers.test_compare_properties import WIKITEXT
from tests.properties import Findings, check_edits, check_history, read_history
from tests.properties_apply import faults
from tests.wikitrail import rows, wikitrail


def test_they_hold_on_the_sample_wiki(sample_wiki_path: Path, tmp_path: Path) -> None:
    findings = check_history(sample_wiki_path, tmp_path, moments=300, seed=1)
    assert findings.faults == []
    assert findings.checked["edits applied"] > 150
    assert findings.checked["edits whose stored changes are those of the texts"] > 150
    assert findings.checked["moments"] == 300
    assert findings.checked["items as of"] > 300


def test_they_hold_on_a_generated_history(tmp_path: Path) -> None:
    dump = tmp_path / "history.xml"
    write_history(labelled_history(3, 60), dump)
    findings = check_history(dump, tmp_path, moments=100, seed=2)
    assert findings.faults == []
    assert findings.checked["edits applied"] > 100


def test_they_hold_where_a_revision_was_imported_before_one_that_was_made_without_it(tmp_path: Path) -> None:
    page = Page("Hafen", "", START, 1)
    for number, text in enumerate(["Der Hafen.", "Der [[Hafen]] am Fluss.", "Der Hafen. [[Kategorie:Ufer]]"], 1):
        page.revisions.append(Revision(START.replace(day=3 + number), "Ute Engel", text, number))
    dump = tmp_path / "history.xml"
    write_history(History([page], [], []), dump)
    known = "<revision><id>3</id>"
    text = dump.read_text(encoding="utf-8")
    assert known in text
    dump.write_text(text.replace(known, f"{known}<parentid>1</parentid>"), encoding="utf-8")
    findings = check_history(dump, tmp_path, moments=5, seed=1)
    assert findings.faults == []
    assert findings.checked["edits whose stored changes are those of the texts"] == 2
    assert rows(tmp_path / "properties.db", "SELECT DISTINCT rev_from FROM changes WHERE rev_to = 3") == [(1,)]


def test_stored_changes_that_no_edit_accounts_for_are_a_fault(sample_wiki_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "wiki.db"
    assert wikitrail("--db", path, "import", sample_wiki_path).code == 0
    db, findings = open_database(path, create=False), Findings()
    try:
        db.execute(
            "UPDATE change_steps SET rev_from = rev_to, rev_to = rev_from"
            " WHERE step_id = (SELECT min(step_id) FROM change_steps WHERE rev_from IS NOT NULL)"
        )
        check_edits(read_history(sample_wiki_path), db, findings)
    finally:
        db.close()
    stored, left = findings.faults
    assert stored.endswith(": other changes are stored")
    assert left.endswith(" are stored that no edit accounts for")


def test_the_command_says_what_it_checked_and_fails_when_something_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_told(before: Record, after: Record) -> list[Change]:
        return []

    monkeypatch.setattr(properties, "compare", nothing_told)
    monkeypatch.setattr("sys.argv", ["properties", "--moments", "5", "--show", "2"])
    assert properties.main() == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("sample-wiki.xml: 175 edits applied")
    assert said[-1].startswith("… and ")
    assert len(said) == 4


@settings(max_examples=400)
@given(WIKITEXT, WIKITEXT)
@example("{{Konzeption|Art=Plan|Amt=[[Amt]]}}{{Konzeption\n|Art=Bericht}}", "{{Konzeption\n|Art=Bericht}}" * 2)
def test_changes_lead_from_any_text_to_any_other(before: str, after: str) -> None:
    assert list(faults(read(before), read(after), changes(before, after))) == []


def test_changes_lead_to_mutated_pages() -> None:
    chance = random.Random(5)
    bases = [base.text for base in base_texts()]
    wrong: list[str] = []
    for _ in range(1500):
        text = chance.choice(bases)[:6000]
        before, after = read(text), read(mutate(text, chance.choice(bases), chance))
        wrong += faults(before, after, compare(before, after))
    assert wrong == []


PAGE = """{{Konzeption|Art=Plan|Amt=3-2}}
Ein Netz mit [[Amt]] und [http://a.example/x Plan].
== Ziele ==
Mehr Räder für die ganze Stadt.
=== Zahlen ===
Elf von hundert Wegen. Vorlage B/16/0815-01
[[Datei:Rad.png|mini]] {{Hinweis}} {{Rot|eins}} [[Kategorie:Rad]]
"""
AFTER = """{{Konzeption|Art=Netz|Büro=3-2}}
Ein Netz mit [[Büro]] und [http://a.example/y Plan].
== Ziele ==
Mehr Autos für die ganze Stadt.
== Zahlen ==
Elf von hundert Wegen. Vorlage B/16/0815-02
[[Datei:Auto.png|mini]] {{Merke}} {{Grün|eins}} [[Kategorie:Auto]]
"""


def pair() -> tuple[Record, Record, list[Change]]:
    before, after = read(PAGE), read(AFTER)
    return before, after, compare(before, after)


def test_a_change_that_is_missing_or_told_twice_is_a_fault() -> None:
    before, after, told = pair()
    assert len({change.kind for change in told}) >= 6
    assert list(faults(before, after, told)) == []
    for change in told:
        assert list(faults(before, after, [other for other in told if other != change])), f"missing: {change}"
        if (change.kind, change.action) != ("section", "moved"):
            assert list(faults(before, after, [*told, change])), f"twice: {change}"


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_change_with_another_value_is_a_fault(side: str) -> None:
    before, after, told = pair()
    for at, change in enumerate(told):
        if getattr(change, side) is not None and (change.kind, change.action) != ("section", "moved"):
            wrong = replace(change, **{side: "Anderes"})
            assert list(faults(before, after, [*told[:at], wrong, *told[at + 1 :]])), f"{side}: {change}"
