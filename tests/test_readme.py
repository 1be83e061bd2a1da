"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.wikitrail import ROOT, rows, wikitrail

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the demo ran, and what it printed."""
    folder = tmp_path_factory.mktemp("readme")
    result = wikitrail("demo", cwd=folder)
    assert result.code == 0, result.err
    return folder, result.out


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_demo_prints_what_the_readme_shows(demo: tuple[Path, str]) -> None:
    (shown,) = [block for block in blocks("console") if block.startswith("$ make demo")]
    lines = shown.splitlines()[1:]
    assert lines[-1] == "…"
    assert demo[1].splitlines()[: len(lines) - 1] == lines[:-1]


def test_the_question_has_the_answer_that_the_readme_shows(demo: tuple[Path, str]) -> None:
    (sql,) = blocks("sql")
    table = re.search(r"```sql.*?```\n\n((?:\|[^\n]*\n)+)", README, flags=re.DOTALL)
    assert table is not None
    shown = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[1].splitlines()[2:]]
    answer = rows(demo[0] / "wikitrail-demo" / "wiki.db", sql)
    assert [tuple(str(value) for value in row) for row in answer] == shown


def test_every_file_and_command_that_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
    named = set(re.findall(r"^\$ wikitrail (?:--\S+ \S+\.db )?([a-z]+)", README, flags=re.MULTILINE))
    assert named >= {"sync", "report", "init", "run", "status"}
    for command in named:
        assert wikitrail(command, "--help").code == 0, command
