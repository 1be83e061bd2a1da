"""Strings come back exactly, from SQL alone, also where they are kept as edits of another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import strings as strings_module
from storage.database import Database, open_database
from storage.derived import LocalStrings
from storage.edits import LONG, edits_between
from storage.schema_items import string_sql
from storage.strings import Strings
from storage.writing import _real_numbers


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wiki.db", create=True)
    yield database
    database.close()


def read(db: Database, number: int) -> str:
    (text,) = db.execute(f"SELECT {string_sql('?')}", [number]).fetchone()
    return str(text)


LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, min_size=12, max_size=30), data=st.data())
def test_every_version_of_a_text_comes_back(db: Database, lines: list[str], data: st.DataObject) -> None:
    versions = ["\n".join(lines)]
    for _ in range(4):
        lines = list(lines)
        at = data.draw(st.integers(0, len(lines)))
        lines[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(LINE, max_size=2))
        versions.append("\n".join(lines))
    strings = Strings(db)
    numbers = [strings.number(text, like) for text, like in zip(versions, [None, *versions], strict=False)]
    strings.flush()
    assert [read(db, number) for number in numbers] == versions
    fresh = Strings(db)
    assert fresh.load(numbers) == dict(zip(numbers, versions, strict=True))
    assert [fresh.number(text) for text in versions] == numbers, "what was loaded is known"


def test_a_long_text_that_is_like_an_earlier_one_costs_what_differs(db: Database) -> None:
    first = "\n".join(f"Zeile {n} über die Straßen und Plätze von Oberhausen" for n in range(100))
    second = first.replace("Zeile 7 ", "Die siebte Zeile ").replace("Zeile 90 ", "Die neunzigste ")
    strings = Strings(db)
    strings.number(first)
    number = strings.number(second, first)
    strings.flush()
    text, edits = db.execute("SELECT text, edits FROM strings WHERE string_id = ?", [number]).fetchone()
    assert text is None
    assert len(edits) < 300
    assert read(db, number) == second


def test_what_is_short_or_unlike_is_kept_whole(db: Database) -> None:
    strings = Strings(db)
    strings.number("Rathaus")
    strings.number("a" * LONG)
    strings.number("Rathauses", "Rathaus")
    strings.number("b" * LONG, "a" * LONG)
    strings.flush()
    assert db.execute("SELECT count(*), count(text) FROM strings").fetchone() == (4, 4)


def test_edits_that_another_process_made_are_those_of_the_writer(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "\n".join(f"* [[Seite {n}]] mit den Wegen und Stegen Nummer {n}" for n in range(60))
    page += "\n" + "\n".join(f"[[Seite {n}]]" for n in range(9))
    local = LocalStrings()
    for text in ["kurz", page[40:400], page[40:200] + " und nicht " + page[300:500], "anders " * 20]:
        local.number(text)
    local.each([f"Seite {n}" for n in range(9)], leading=True)
    stored = []
    for ahead in (False, True):
        strings = Strings(db)
        strings.base_on(strings.number(page))
        assert strings.rests_on(page)
        if ahead:
            local.make_edits(page)
            strings.use_edits(page, local.made)
            monkeypatch.setattr(strings_module, "edits_between", lambda *_: pytest.fail("they were made already"))
            monkeypatch.setattr(strings_module, "edits_of_page", lambda *_: pytest.fail("they were made already"))
        numbers = _real_numbers(strings, local)
        marks = ", ".join("?" * len(numbers))
        rows = db.execute(f"SELECT text, edits FROM strings WHERE string_id IN ({marks})", numbers).fetchall()
        stored.append(rows)
    assert stored[0] == stored[1]
    assert sum(text is None for text, _ in stored[0]) == 3


def test_forgotten_strings_are_kept_again_and_still_right(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.strings.MAX_REMEMBERED", 10)
    strings = Strings(db)
    texts = [f"{n} " * LONG for n in range(50)]
    numbers = [strings.number(text, texts[n - 1] if n else None) for n, text in enumerate(texts)]
    again = [strings.number(text) for text in texts]
    strings.flush()
    assert [read(db, number) for number in (*numbers, *again)] == [*texts, *texts]


def test_two_parts_of_a_run_do_not_give_the_same_number(db: Database) -> None:
    first, second = Strings(db), Strings(db)
    numbers = []
    for strings, text in ((first, "Rathaus"), (second, "Bahnhof"), (first, "Zeche"), (second, "Rathaus")):
        numbers.append((strings.number(text), text))
        strings.flush()
    assert [read(db, number) for number, _ in numbers] == [text for _, text in numbers]


def test_a_large_text_is_kept_as_few_copies_or_whole() -> None:
    base = "".join(f"Zeile {n} mit {n * n} Zeichen\n" for n in range(30_000))
    edits = edits_between(base, base.replace("Zeile 15000 ", "Reihe 15000 "))
    assert edits is not None
    assert len(json.loads(edits)) <= 5
    assert edits_between(base, base.replace("00 mit", "00 ohne")) is None  # SQLite would take seconds to read it
