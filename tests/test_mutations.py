"""Ten thousand random mutations are read without an exception; `make mutations` reads more."""

from __future__ import annotations

import pytest

from parsers.reader import Reader
from parsers.record import Record
from tests import mutations


def test_mutants_are_read_without_an_exception() -> None:
    assert mutations.run(10_000, seed=1) is None


def test_a_mutant_that_fails_is_shown_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Reader, text: str, title: str) -> Record:
        raise ValueError(f"{len(text)} characters are too many")

    monkeypatch.setattr(Reader, "read", refuse)
    assert "mutant 0 of seed 2 raised ValueError" in (mutations.run(1, seed=2) or "")
