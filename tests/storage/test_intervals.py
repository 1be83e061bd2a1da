"""Intervals of a page come back exactly, however its items came and went and whenever they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.items import COLUMNS, Row
from storage.database import Database, open_database
from storage.derived import DerivedChanges, DerivedPage, LocalStrings, Reading
from storage.intervals import PageIntervals
from storage.schema_items import HISTORY_TABLES
from storage.strings import Strings
from storage.writing import write_page

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
LINK = st.tuples(
    st.just("internal"), WORD, st.none(), st.none(), st.one_of(st.just(""), WORD), st.sampled_from(["", "A / B"]),
    st.integers(0, 1), st.just(1),
)  # fmt: skip
FIELD = st.tuples(st.just("Konzept"), st.integers(1, 2), WORD, WORD, WORD, st.none(), st.one_of(st.none(), WORD))
LONG_NAMES = [[f"Feld {n}", f"Wert {n} mit „Zeichen“ \\ und \t\x01"] for n in range(9)]
TEMPLATE = st.tuples(WORD, st.integers(1, 2), st.sampled_from([json.dumps(p, ensure_ascii=False) for p in (
    LONG_NAMES, LONG_NAMES[1:], [["1", "a\0b" * 40]], [],
)]))  # fmt: skip
REVISION = st.fixed_dictionaries(
    {
        "link": st.lists(LINK, max_size=25, unique=True),
        "infobox": st.lists(FIELD, max_size=20, unique_by=lambda row: row[:3]),
        "template": st.lists(TEMPLATE, max_size=3, unique_by=lambda row: row[:2]),
    }
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wiki.db", create=True)
    yield database
    database.close()


def expected(history: list[Mapping[str, list[Row]]], kind: str) -> set[tuple[object, ...]]:
    """Each item with the first and the last revision of each stretch in which it held; ids count from 1."""
    found: set[tuple[object, ...]] = set()
    began: dict[Row, int] = {}
    for rev_id, items in enumerate([*history, {}], 1):
        held = set(items.get(kind, ()))
        for row in began.keys() - held:
            found.add((*row, began.pop(row), rev_id - 1 if rev_id <= len(history) else None))
        for row in held - began.keys():
            began[row] = rev_id
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.lists(REVISION, min_size=1, max_size=3), data=st.data())
def test_items_come_and_go(db: Database, base: list[Mapping[str, list[Row]]], data: st.DataObject) -> None:
    pools = {kind: [row for revision in base for row in revision[kind]] for kind in ("link", "infobox", "template")}
    history = [base[0]]
    later = st.fixed_dictionaries({kind: st.permutations(pool) for kind, pool in pools.items()})
    history += [
        {kind: list(dict.fromkeys(rows[len(rows) // 3 :])) for kind, rows in revision.items()}
        for revision in data.draw(st.lists(later, min_size=1, max_size=6))
    ]
    page_id = db.execute("SELECT coalesce(max(page_id), 0) + 1 FROM pages").fetchone()[0]
    db.execute(
        "INSERT INTO pages (page_id, namespace, title, state, is_redirect, content_model, latest_rev_id, length,"
        " first_seen_at, last_seen_at) VALUES (?, 0, 'A', 'live', 0, 'wikitext', 1, 1, '', '')",
        [page_id],
    )
    strings = Strings(db)
    intervals = PageIntervals(page_id)
    local = LocalStrings()
    for rev_id, items in enumerate(history, 1):
        groups = {kind: (tuple(items.get(kind, ())),) for kind in HISTORY_TABLES}
        intervals.advance(local, groups, (rev_id - 1, ""), (rev_id, ""))
        step = data.draw(st.sampled_from(["go on", "write", "write and load"]))
        if step != "go on" or rev_id == len(history):
            text = " ".join(str(value) for row in items["link"] for value in row)
            reading = Reading(rev_id, "", text, None, [])
            write_page(
                db, strings, DerivedPage(page_id, False, local, intervals.take(), DerivedChanges([], []), reading)
            )
            assert db.execute("SELECT text FROM pages WHERE page_id = ?", [page_id]).fetchone() == (text,)
            local = LocalStrings()
        if step == "write and load":
            strings = Strings(db)
            intervals = PageIntervals.load(db, strings, page_id)
    for kind in ("link", "infobox", "template"):
        columns = ", ".join(COLUMNS[kind])
        rows = db.execute(f"SELECT {columns}, from_rev, to_rev FROM {kind}_history WHERE page_id = ?", [page_id])
        stored = rows.fetchall()
        assert len(stored) == len(set(stored))
        assert set(stored) == expected(history, kind)
