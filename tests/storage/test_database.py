"""The schema: the names of the design, its promises, and the views made for analysts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.derived import DerivedChanges, DerivedPage, LocalStrings
from storage.intervals import PageIntervals
from storage.schema_items import HISTORY_TABLES
from storage.strings import Strings
from storage.wide_views import refresh_wide_views, view_name
from storage.writing import write_page

COLUMNS = {
    "site": "api_url sitename generator lang namespaces siteinfo fetched_at",
    "pages": "page_id namespace title state is_redirect redirect_to content_model latest_rev_id length protection"
    " first_seen_at last_seen_at deleted_at",
    "revisions": "rev_id page_id parent_id timestamp user user_id comment minor size sha1 content_model tags text_state"
    " user_hidden comment_hidden state text_id observed_at",
    "texts": "text_id sha1 length encoding base_id data",
    "log_events": "log_id type action timestamp user title page_id params comment",
    "infobox_history": "page_id infobox instance field value raw value_type value_norm from_rev to_rev"
    " valid_from valid_to",
    "section_history": "page_id from_rev to_rev valid_from valid_to",
    "link_history": "page_id from_rev to_rev valid_from valid_to",
    "category_history": "page_id from_rev to_rev valid_from valid_to",
    "paper_history": "page_id from_rev to_rev valid_from valid_to",
    "template_history": "page_id from_rev to_rev valid_from valid_to",
    "changes": "change_id run_id page_id title rev_from rev_to timestamp user comment observed_at kind action path"
    " before after significance noise_reason bulk_id",
    "bulk_changes": "bulk_id kind rule pattern_before pattern_after first_at last_at pages occurrences exceptions"
    " stragglers regressions",
    "runs": "run_id job started_at finished_at status requests bytes counts error",
    "diagnostics": "page_id rev_id code message span",
}
VIEWS = {"infobox", "links", "sections", "categories", "papers", "page_summary"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wiki.db", create=True)
    yield database
    database.close()


def test_tables_columns_and_views_have_the_names_of_the_design(db: Database) -> None:
    for table, columns in COLUMNS.items():
        assert set(columns.split()) <= {row[1] for row in db.execute(f"PRAGMA table_info({table})").fetchall()}, table
    assert set(db.view_names()) >= VIEWS
    assert [name for name in db.table_names() if not db.table(name).strict] == ["_sqlite_migrations"]
    assert db.journal_mode == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_opening_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    before = db.schema
    again = open_database(tmp_path / "wiki.db", create=False)
    assert again.schema == before
    again.close()


def add_fields(db: Database, box: str, fields: Mapping[str, str | tuple[str, str, str]]) -> None:
    """Fields of an infobox on a page; a tuple is a value with its type and standard form."""
    db.execute(
        "INSERT OR IGNORE INTO pages (page_id, namespace, title, state, is_redirect, content_model, latest_rev_id,"
        " length, protection, first_seen_at, last_seen_at)"
        " VALUES (1, 0, 'A', 'live', 0, 'wikitext', 1, 1, '[]', '', '')"
    )
    local = LocalStrings()
    page = PageIntervals(1)
    typed = {field: given if isinstance(given, tuple) else (given, None, None) for field, given in fields.items()}
    rows = tuple((box, 1, field, value, value, kind, norm) for field, (value, kind, norm) in typed.items())
    page.advance(local, {**dict.fromkeys(HISTORY_TABLES, ()), "infobox": (rows,)}, None, (1, "2024-01-01T00:00:00Z"))
    nothing = DerivedChanges([], [])
    write_page(db, Strings(db), DerivedPage(1, False, local, page.take(), nothing, None))


def test_one_view_per_infobox_with_a_column_a_field(db: Database) -> None:
    add_fields(db, "Konzeption", {"Zuständigkeit": "Bereich 2-6", "Art": "Konzept"})
    refresh_wide_views(db)
    assert list(db.query('SELECT title, "Zuständigkeit", "Art" FROM record_konzeption')) == [
        {"title": "A", "Zuständigkeit": "Bereich 2-6", "Art": "Konzept"}
    ]


def test_fields_that_were_renamed_share_a_column(db: Database) -> None:
    add_fields(db, "Konzeption", {"Zuständigkeit": "", "Amt": "Bereich 2-6", "Fachbereich": "alt", "a/b": "1"})
    refresh_wide_views(db, {"Zuständigkeit": ["Amt"], "Konzeption/Art": ["Fachbereich"], "Andere/Art": ["a/b"]})
    (row,) = db.query("SELECT * FROM record_konzeption")
    assert row == {
        "page_id": 1, "title": "A", "instance": 1, "Zuständigkeit": "Bereich 2-6", "Art": "alt", "a/b": "1",
    }  # fmt: skip


def test_a_field_that_reads_as_a_number_or_date_has_a_second_column(db: Database) -> None:
    add_fields(db, "Konzeption", {"Jahr": ("ca. 2014", "year", "2014"), "Stand": ("1. Mai 2020", "date", "2020-05-01")})
    refresh_wide_views(db)
    (row,) = db.query('SELECT "Jahr", "Jahr_norm", "Stand_norm" FROM record_konzeption')
    assert row == {"Jahr": "ca. 2014", "Jahr_norm": 2014, "Stand_norm": "2020-05-01"}


def test_names_from_the_wiki_cannot_break_out_of_a_view(db: Database) -> None:
    hostile = ['x"; DROP TABLE pages; --', "it's", "TITLE", "title", "[a]", "page_id", ""]
    add_fields(db, "Box '\" ]", {name: f"Wert von {name}" for name in hostile})
    refresh_wide_views(db)
    (row,) = list(db.query(f'SELECT * FROM "{view_name("Box")}"'))
    assert sorted(str(value) for value in row.values() if str(value).startswith("Wert")) == sorted(
        f"Wert von {name}" for name in hostile
    )
    refresh_wide_views(db)
    assert db["pages"].count == 1
