"""docs/questions.md: every query runs as it stands, and gives the answer that stands below it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wikitrail import ROOT, wikitrail

PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Question:
    """A question as the page shows it: the query, the names of its columns, the rows of its answer as text."""

    title: str
    sql: str
    columns: list[str]
    answer: list[list[str]]


def cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def read_questions() -> list[Question]:
    found = []
    for block in re.split(r"^(?=## )", PAGE, flags=re.MULTILINE)[1:]:
        title, _, rest = block[3:].partition("\n")
        _, sql, table = re.split(r"```sql\n|```\n", rest)
        header, _, *lines = table.strip().splitlines()
        found.append(Question(title, sql, cells(header), [cells(line) for line in lines]))
    return found


QUESTIONS = read_questions()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the page's own command makes."""
    command = re.search(r"^    wikitrail --db sample\.db (import data/sample-wiki\.xml)$", PAGE, re.MULTILINE)
    assert command is not None
    path = tmp_path_factory.mktemp("questions") / "sample.db"
    assert wikitrail("--db", path, *command[1].split()).code == 0
    return path


def shown(value: object) -> str:
    return "–" if value is None else str(value).replace("\n", " / ")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_answer(question: Question, database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        cursor = connection.execute(question.sql)
        columns = [column[0] for column in cursor.description]
        answer = [[shown(value) for value in row] for row in cursor.fetchall()]
    assert (columns, answer) == (question.columns, question.answer)
    assert answer, "an answer without rows teaches nothing"


def test_there_are_a_dozen_and_more() -> None:
    assert len({question.title for question in QUESTIONS}) == len(QUESTIONS) == PAGE.count("```sql") >= 12
