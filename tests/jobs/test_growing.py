"""A page that is read while its history arrives ends as one that is read when all of it is here."""

from __future__ import annotations

import tempfile
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import growing
from jobs.growing import GrowingPages
from jobs.page_reader import PageReader
from parsers.reader import Reader
from parsers.site import Site
from parsers.wiki import Page, Revision
from storage import mirror
from storage.database import Database, open_database
from storage.derived import DerivedPage
from storage.texts import TextStore

NOW = "2024-07-01T00:00:00Z"
PAGE = Page(1, 0, "Park", False, "wikitext", 9, 0, "[]")
TEXTS = ["== Ziele ==\n[[Wege]]", "== Ziele ==\n[[Wege]] und [[Stege]]", "{{Infobox Park|Name=B}}", "Leer", "", None]

# text, minutes after the one before, and which earlier (or later) revision it was made from, counted back
history = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.sampled_from([1, 1, 1, 0, -5]), st.sampled_from([1, 1, 1, 1, 2, 0, -1])),
    min_size=1,
    max_size=9,
)


def revisions(steps: list[tuple[str | None, int, int]]) -> list[Revision]:
    found, minute = [], 30
    for number, (text, later, back) in enumerate(steps, 1):
        minute += later
        parent = number - back if back and number - back > 0 else 0
        found.append(
            Revision(
                number, 1, parent, f"2024-01-02T00:{max(minute, 0):02}:00Z", "Nora Feld", 2, "", False,
                len((text or "").encode()), None, "wikitext", (), "hidden" if text is None else "present",
                user_hidden=False, comment_hidden=False, text=text,
            )
        )  # fmt: skip
    return found


def plain(page: DerivedPage) -> tuple[object, ...]:
    return (page.page_id, page.strings.texts, astuple(page.items), astuple(page.changes), page.reading)


def page_reader(db: Database) -> PageReader:
    return PageReader(db, Reader(Site.default()), TextStore(db), 1, NOW)


def grown_and_whole(steps: list[tuple[str | None, int, int]], renamed: int) -> tuple[DerivedPage, DerivedPage]:
    """``renamed`` is the number of the revision with which the page bears another title."""
    arriving = revisions(steps)
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "wiki.db", create=True)
        texts, pages = TextStore(db), GrowingPages(page_reader(db))
        for revision in sorted(arriving, key=lambda one: (one.timestamp, one.rev_id)):
            title = "Park (Stadt)" if revision.rev_id >= renamed else "Park"
            mirror.save_pages(db, [replace(PAGE, title=title, latest_rev_id=len(arriving))], NOW)
            mirror.save_revision(db, texts, revision, NOW)
            pages.take_on(1)
        grown, whole = pages.whole_page(1), page_reader(db).whole_page(1)
        db.close()
    return grown, whole


@settings(max_examples=40)
@given(history, st.integers(1, 12))
def test_whatever_arrives_it_ends_as_when_read_as_a_whole(
    steps: list[tuple[str | None, int, int]], renamed: int
) -> None:
    grown, whole = grown_and_whole(steps, renamed)
    assert plain(grown) == plain(whole)


def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read = count_calls(monkeypatch, PageReader, "take")
    grown_and_whole([(text, 1, 1) for text in TEXTS[:3]], renamed=99)
    assert len(read) == 6  # each once as it came, once in the whole


def test_only_so_much_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MOST_HELD", 30)
    taken = count_calls(monkeypatch, GrowingPages, "_take")
    grown, whole = grown_and_whole([(text, 1, 1) for text in TEXTS[:4]], renamed=99)
    assert plain(grown) == plain(whole)
    assert len(taken) == 2


def count_calls(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[tuple[object, ...]]:
    calls: list[tuple[object, ...]] = []
    original = getattr(owner, name)

    def counted(*args: object, **more: object) -> object:
        calls.append(args)
        return original(*args, **more)

    monkeypatch.setattr(owner, name, counted)
    return calls
