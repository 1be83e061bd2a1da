"""``wikitrail coverage``: what is filled, which names look like slips, which pages could not be read; and as views."""

from __future__ import annotations

import itertools
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.mediawiki import DumpRevision, dump_xml
from tests.wikitrail import Result, rows, wikitrail


def imported(folder: Path, histories: dict[str, list[DumpRevision]]) -> Path:
    """A database of these histories; an export that is imported needs ids."""
    numbers = itertools.count(1)
    xml = re.sub("(</title>|<revision>)", lambda found: f"{found[0]}<id>{next(numbers)}</id>", dump_xml(histories))
    (folder / "wiki.xml").write_text(xml.replace("</title>", "</title><ns>0</ns>"), encoding="utf-8")
    result = wikitrail("--db", folder / "wiki.db", "import", folder / "wiki.xml")
    assert result.code == 0, result.err
    return folder / "wiki.db"


def one(text: str) -> list[DumpRevision]:
    return [DumpRevision("2024-01-01T00:00:00Z", "Nora Feld", text)]


def box(**fields: str) -> str:
    return "{{Konzeption\n" + "".join(f"|{name.replace('_', ' ')}={value}\n" for name, value in fields.items()) + "}}\n"


def pages() -> dict[str, list[DumpRevision]]:
    """Thirty pages with three fields each, and those that differ."""

    def history(*texts: str) -> list[DumpRevision]:
        return [DumpRevision(f"20{19 + n}-03-01T12:00:00Z", "Nora Feld", text) for n, text in enumerate(texts)]

    found = {f"Plan {n}": history(box(Art="Plan", Zuständigkeit=f"Amt {n}", Jahr="")) for n in range(26)}
    found["Plan 26"] = history(box(Art="Plan", Zustaendigkeit="Amt 1", Jahr="-"))
    found["Plan 27"] = history(box(Art="Plan", Zustängigkeit="Amt 1", Ort="hier", Jahr="–<br>—"))
    found["Plan 28"] = history(box(Art="Plan", Fachbereich="Amt 1"), box(Art="Plan", Zuständigkeit="Amt 1"))
    found["Plan 29"] = history(
        box(Art="Plan", zuständigkeit="a", Zuständigkeiten="b", Kosten_gesamt="1") + "Rest [[offen"
    )
    found["Rat"] = history("{{Infobox Rat|Name=a|Art=b}}\n{{unten|")
    return found


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("coverage"), pages())


def coverage(db: Path, *options: str) -> Result:
    result = wikitrail("--db", db, "coverage", *options)
    assert result.code == 0, result.err
    return result


def test_how_often_fields_are_filled_and_since_when(db: Path) -> None:
    first, second = coverage(db, "--json").json["infoboxes"]
    assert [(b["infobox"], b["pages"], b["pages_ever"]) for b in (first, second)] == [
        ("Konzeption", 30, 30), ("Infobox Rat", 1, 1),
    ]  # fmt: skip
    fields = {f["field"]: f for f in first["fields"]}
    assert fields["Art"] == {
        "infobox": "Konzeption", "field": "Art", "boxes": 30, "pages": 30, "filled": 30, "percent": 100.0,
        "pages_ever": 30, "first_at": "2019-03-01T12:00:00Z", "last_at": None, "near": None, "remark": None,
    }  # fmt: skip
    counts = {name: (f["pages"], f["filled"], f["percent"], f["pages_ever"]) for name, f in fields.items()}
    assert counts["Zuständigkeit"] == (27, 27, 90.0, 27)
    assert counts["Jahr"] == (28, 0, 0.0, 28)  # an empty value and a dash are none
    assert counts["Fachbereich"] == (0, 0, 0.0, 1)
    assert fields["Fachbereich"]["last_at"] == "2020-03-01T12:00:00Z"


def test_names_that_look_like_slips(db: Path) -> None:
    fields = coverage(db, "--infobox", "Konzeption", "--json").json["infoboxes"][0]["fields"]
    assert {f["field"]: (f["remark"], f["near"]) for f in fields if f["remark"]} == {
        "zuständigkeit": ("spelling", "Zuständigkeit"),
        "Zuständigkeiten": ("spelling", "Zuständigkeit"),
        "Zustängigkeit": ("spelling", "Zuständigkeit"),
        "Zustaendigkeit": ("one page", None),
        "Ort": ("one page", None),  # short names are not compared: Ort is not Art
        "Fachbereich": ("one page", None),
        "Kosten gesamt": ("one page", None),
    }


NEAR = ("Ansprech-Partner", "ansprech partner", "Ansprechpartnerin", "Ansprechpatner", "Ansprechpartnre",
        "Ansprechspartner", "ANSPRECHPARTNER")  # fmt: skip
NOT_NEAR = ("Ansprechperson", "Anschrift", "Partner", "Sprechpartner", "Ansprechpartner 2")


def test_which_names_are_near(tmp_path: Path) -> None:
    histories: dict[str, list[DumpRevision]] = {}
    for number, other in enumerate(NEAR + NOT_NEAR):
        for page in "AB":
            histories[f"{page}{number}"] = one(f"{{{{Infobox {number}|Ansprechpartner=x|Art=y}}}}")
        histories[f"C{number}"] = one(f"{{{{Infobox {number}|{other}=x|Art=y}}}}")
    db = imported(tmp_path, histories)
    found = rows(db, "SELECT field, near, remark FROM coverage_fields WHERE field NOT IN ('Art', 'Ansprechpartner')")
    assert {(name, near, remark) for name, near, remark in found} == {
        *((name, "Ansprechpartner", "spelling") for name in NEAR),
        *((name, None, "one page") for name in NOT_NEAR),
    }


def test_views_hold_what_the_command_prints(db: Path) -> None:
    told = coverage(db, "--json").json
    connection = sqlite3.connect(db)
    connection.row_factory = sqlite3.Row
    held = [dict(row) for row in connection.execute("SELECT * FROM coverage_fields")]
    connection.close()
    fields = [field for one in told["infoboxes"] for field in one["fields"]]
    assert sorted(map(str, fields)) == sorted(map(str, held))
    columns = "title, rev_id, code, occurrences, message"
    assert {tuple(one.values())[:5] for one in told["diagnostics"]} == set(
        rows(db, f"SELECT {columns} FROM coverage_diagnostics")
    )


def test_pages_that_could_not_be_read_whole(db: Path) -> None:
    told = coverage(db, "--json").json["diagnostics"]
    assert {(one["title"], one["code"], tuple(one["infoboxes"])) for one in told} == {
        ("Plan 29", "unclosed-link", ("Konzeption",)),
        ("Rat", "unclosed-template", ("Infobox Rat",)),
    }
    told = coverage(db, "--infobox", "Infobox Rat", "--json").json
    assert [one["title"] for one in told["diagnostics"]] == ["Rat"]
    assert [one["infobox"] for one in told["infoboxes"]] == ["Infobox Rat"]


def test_text_for_a_terminal_and_its_queries_run(db: Path) -> None:
    text = coverage(db).out
    assert "Konzeption: on 30 pages, since 2019-03-01" in text
    assert "Zustängigkeit    1 of 30    3 % 2019-03-01  a spelling of “Zuständigkeit”? (on 1 page)" in text
    assert "Jahr             0 of 30    0 % 2019-03-01  blank on 28 pages" in text
    assert "Fachbereich      0 of 30    0 % 2019-03-01  seen on one page only; not used since 2020-03-01" in text
    assert "Plan 29\n    unclosed-link: Double square brackets" in text
    queries = [line.partition(": ")[2] for line in text.splitlines() if "SELECT" in line]
    answers = [rows(db, query.partition(";")[0]) for query in queries]
    assert [len(answer) for answer in answers] == [1, 28, 2]


def test_every_page_is_well(tmp_path: Path) -> None:
    db = imported(tmp_path, {"A": one("Text ohne Kasten")})
    result = coverage(db)
    assert "No infobox was found" in result.err
    assert "Every page could be read whole." in result.out
    assert coverage(db, "--json").json == {"infoboxes": [], "diagnostics": []}


def test_names_from_the_wiki_cannot_steer_a_terminal_or_a_query(tmp_path: Path) -> None:
    result = coverage(imported(tmp_path, {"A": one("{{Konzeption|\u009b31mrot'; DROP TABLE pages; --=|Art=x}}")}))
    assert "\u009b" not in result.out
    assert "rot''; DROP TABLE pages; --'" in result.out


def test_a_file_without_the_views_gets_a_sentence(tmp_path: Path) -> None:
    db = imported(tmp_path, {"A": one("Text")})
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("DROP VIEW coverage_infoboxes")
    result = wikitrail("--db", db, "coverage")
    assert (result.code, result.out) == (1, "")
    assert "older version of wikitrail" in result.err


def test_wrong_usage(db: Path, tmp_path: Path) -> None:
    result = wikitrail("--db", db, "coverage", "--infobox", "Konzept")
    assert (result.code, result.out) == (2, "")
    assert "“Konzept”. There are: Konzeption, Infobox Rat." in result.err
    assert wikitrail("--db", tmp_path / "none.db", "coverage").code == 2
