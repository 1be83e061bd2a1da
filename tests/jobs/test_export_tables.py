"""Tables as CSV and JSON lines: every row arrives, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from jobs.export_tables import write_csv
from storage.export import TABLES
from tests.wikitrail import rows, wikitrail


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, sample_wiki_path: Path) -> Path:
    path = tmp_path_factory.mktemp("tables") / "sample.db"
    assert wikitrail("--db", path, "import", sample_wiki_path).code == 0
    return path


def export(db: Path, *options: object) -> str:
    result = wikitrail("--db", db, "export", *options)
    assert (result.code, result.err) == (0, "")
    return result.out


@pytest.mark.parametrize("table", ["infobox", "changes", "record_konzeption"])
def test_csv_and_json_lines_hold_each_row(db: Path, table: str) -> None:
    lines = [json.loads(line) for line in export(db, "--format", "json", "--table", table).splitlines()]
    header, *cells = csv.reader(io.StringIO(export(db, "--format", "csv", "--table", table), newline=""))
    assert header == list(lines[0])
    assert len(lines) == len(cells) == rows(db, f"SELECT count(*) FROM {table}")[0][0] > 0
    for line, row in zip(lines, cells, strict=True):
        assert [cell.removeprefix("'") for cell in row] == [
            ("" if value is None else str(value)).removeprefix("'") for value in line.values()
        ]
    columns = ", ".join(f'"{name}"' for name in header)
    assert {tuple(line.values()) for line in lines} == set(rows(db, f"SELECT {columns} FROM {table}"))


@pytest.mark.parametrize("table", TABLES)
def test_one_page_of_each_table(db: Path, table: str) -> None:
    title = "Radverkehrskonzept"
    ((page_id,),) = rows(db, "SELECT page_id FROM pages WHERE title = ?", title)
    lines = [
        json.loads(line) for line in export(db, "--format", "json", "--table", table, "--page", title).splitlines()
    ]
    assert len(lines) == rows(db, f"SELECT count(*) FROM {table} WHERE page_id = ?", page_id)[0][0] > 0
    assert {line["page_id"] for line in lines} == {page_id}


def test_since_chooses_changes(db: Path) -> None:
    since = "2024-07-01T00:00:00Z"
    lines = export(db, "--format", "json", "--table", "changes", "--since", "2024-07-01").splitlines()
    assert len(lines) == rows(db, "SELECT count(*) FROM changes WHERE timestamp >= ?", since)[0][0] > 0
    times = [json.loads(line)["timestamp"] for line in lines]
    assert times == sorted(times)
    assert times[0] >= since


def test_what_the_wiki_has_deleted_is_left_out_unless_asked_for(db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(db.read_bytes())
    from storage.database import open_database
    from storage.mirror import mark_page_deleted

    ((page_id,),) = rows(copy, "SELECT page_id FROM pages WHERE title = 'Radverkehrskonzept'")
    opened = open_database(copy, create=False)
    with opened.atomic():
        mark_page_deleted(opened, page_id, "2024-08-01T00:00:00Z")
    opened.close()
    for table in ("pages", "revisions"):
        shown, kept = (
            {
                json.loads(line)["page_id"]
                for line in export(copy, "--format", "json", "--table", table, *more).splitlines()
            }
            for more in ((), ("--deleted",))
        )
        assert kept - shown == {page_id}


def test_no_cell_is_a_formula() -> None:
    hostile = ["=1+1", "+49 208", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"]
    harmless = ["a=b", "", "1-2", -5, 2.5, None, "Zeile\n=zwei", 'mit "Zeichen", und Komma']
    out = io.StringIO(newline="")
    assert write_csv(out, ["=Feld", "name"], [[value, "x"] for value in [*hostile, *harmless]]) == 17
    header, *cells = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert header == ["'=Feld", "name"]
    assert [row[0] for row in cells] == [
        *(f"'{value}" for value in hostile),
        *("" if value is None else str(value) for value in harmless),
    ]


def test_csv_to_a_packed_file_says_what_it_wrote(db: Path, tmp_path: Path) -> None:
    import gzip

    out = tmp_path / "links.csv.gz"
    result = wikitrail("--db", db, "export", "--format", "csv", "--table", "links", "-o", out)
    assert (result.code, result.out) == (0, "")
    ((count,),) = rows(db, "SELECT count(*) FROM links")
    assert f"{count} rows of links written to" in result.err
    assert gzip.decompress(out.read_bytes()).startswith(b"page_id,title,kind,target,url,host,label,path")


@pytest.mark.parametrize("options", [("--format", "csv", "--table", "links"), ()])
def test_an_export_never_replaces_a_database(db: Path, options: tuple[str, ...]) -> None:
    held = db.read_bytes()
    result = wikitrail("--db", db, "export", *options, "-o", db)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"Error: {db} is a database, and an export would replace it; choose another --out.\n"
    assert db.read_bytes() == held
