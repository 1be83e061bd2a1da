"""What a command loads before it begins: those that only read the database start quickly."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.wikitrail import ROOT, environment

HEAVY = {"bs4", "lxml", "jinja2", "babel", "requests", "apscheduler", "distributed"}


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("text", set()),
        ("changes", set()),
        ("status", set()),
        ("coverage", set()),
        ("report", {"jinja2", "babel"}),
        ("parse", set()),
    ],
)
def test_a_command_loads_only_what_it_needs(command: str, needed: set[str]) -> None:
    program = (
        "import sys; from jobs.cli import cli;"
        f"cli.main(args=['{command}', '--help'], prog_name='wikitrail', standalone_mode=False);"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert HEAVY & set(done.stderr.split()) == needed
