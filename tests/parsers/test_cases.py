"""Hard wikitext as data: each folder of ``tests/cases`` holds a text and the parts of its record that matter.

Only keys that ``expected.json`` gives are compared; a list must have as many items as the expected one. ``title``
is the page's title. What MediaWiki makes of a text is the truth; where reading more is friendlier, a diagnostic
says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.records import read_json

CASES = Path(__file__).parent.parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def pick(actual: Any, expected: Any) -> Any:
    """Of the actual value, what the expected one speaks of."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: pick(actual.get(key, "(no such key)"), value) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        return [pick(one, other) for one, other in zip(actual, expected, strict=True)]
    return actual


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    text = (CASES / name / "input.wikitext").read_text(encoding="utf-8")
    expected = json.loads((CASES / name / "expected.json").read_text(encoding="utf-8"))
    assert expected, "a case that expects nothing proves nothing"
    record = read_json(text, expected.get("title", "Seite"))
    assert pick(record, expected) == expected


def test_every_folder_is_complete() -> None:
    assert len(NAMES) > 50
    for name in NAMES:
        assert sorted(path.name for path in (CASES / name).iterdir()) == ["expected.json", "input.wikitext"]
