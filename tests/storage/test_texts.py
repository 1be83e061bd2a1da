"""Texts come back exactly, whatever they hold and however long their chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import Database, open_database
from storage.errors import DamagedText
from storage.texts import BY_DIGEST, MAX_CHAIN_DEPTH, MAX_CHAIN_LENGTH, TextStore


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wiki.db", create=True)
    yield database
    database.close()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=300), min_size=1, max_size=12))
def test_every_text_comes_back(db: Database, texts: list[str]) -> None:
    ids: list[int] = []
    for text in texts:
        ids.append(TextStore(db).save(text, ids[-1] if ids else None))
    assert [TextStore(db).load(text_id) for text_id in ids] == texts


def test_half_a_surrogate_and_control_characters_come_back(db: Database) -> None:
    text = "a\ud800b\x00c\x85\r\n"
    assert TextStore(db).load(TextStore(db).save(text, None)) == text


def test_an_equal_text_is_stored_once(db: Database) -> None:
    first = TextStore(db).save("Wohnen", None)
    TextStore(db).save("Bauen", first)
    assert TextStore(db).save("Wohnen", None) == first
    assert db.execute("SELECT count(*) FROM texts").fetchone() == (2,)


def test_a_small_edit_costs_little_and_chains_stay_short(db: Database) -> None:
    base = "\n".join(f"Satz {n} über ein Konzept der Stadt, Nummer {n * 7919}." for n in range(300))
    last = TextStore(db).save(base, None)
    for n in range(3 * MAX_CHAIN_DEPTH):
        last = TextStore(db).save(base + f"\nNachtrag {n}", last)
    depth, length = db.execute("SELECT max(chain_depth), max(chain_length) FROM texts").fetchone()
    assert depth <= MAX_CHAIN_DEPTH
    assert length <= MAX_CHAIN_LENGTH
    raw, packed = db.execute("SELECT sum(length), sum(length(data)) FROM texts").fetchone()
    assert packed < 0.05 * raw


def test_a_damaged_text_is_never_handed_out(db: Database) -> None:
    text_id = TextStore(db).save("a", None)
    db.execute("UPDATE texts SET data = ? WHERE text_id = ?", [b"b", text_id])
    with pytest.raises(DamagedText, match="damaged"):
        TextStore(db).load(text_id)


def test_a_known_text_is_found_by_an_index(db: Database) -> None:
    plan = db.execute(f"EXPLAIN QUERY PLAN {BY_DIGEST}", {"sha1": "0" * 40}).fetchall()
    assert "texts_by_sha1" in plan[0][3], "a scan would make each text cost as much as all before it"
