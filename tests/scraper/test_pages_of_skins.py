"""What is read from a wiki's pages is the same in every skin and language."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scraper.find_pages import find_pages
from scraper.history_page import first_history_page, read_history
from scraper.html_page import IndexPhp
from scraper.page_lists import list_titles, namespaces_of, recent_changes
from scraper.pages import PageSource
from scraper.session import Session
from tests.mediawiki import MediaWiki
from tests.mediawiki_truth import Truth
from tests.pages_wiki import API_REFUSED
from tests.wikitrail import rows

SKINS = ("vector", "vector-2022", "monobook", "timeless")
LANGUAGES = ("de", "en", "fr")


@pytest.fixture(scope="module")
def wiki(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    with MediaWiki(mediawiki_template, tmp_path_factory.mktemp("skins") / "wiki", settings=API_REFUSED) as wiki:
        wiki.edit("Brücke", "Eins", user="Nora Feld", summary="/* Bau */ siehe [[Kanal|den Kanal]] & <i>mehr</i>")
        hidden = wiki.edit("Brücke", "Zwei", user=None, summary="(geheim)")
        wiki.edit("Brücke", "Drei", user="Ole Grün", minor=True)
        wiki.revision_delete(hidden, hide=("content", "user", "comment"))
        wiki.move("Brücke", "Neue Brücke", reason="neu gebaut")
        wiki.edit("Kanal", "Eins")
        wiki.edit("Diskussion:Kanal", "Warum?", user="Nora Feld")
        wiki.protect("Kanal", reason="oft geändert")
        wiki.edit("Kategorie:Bau", "Alles")
        wiki.edit("Weg", "Eins")
        wiki.delete("Weg", reason="[[Kanal]] genügt")
        wiki.maintenance("rebuildLocalisationCache", "--lang=fr")
        yield wiki


@pytest.mark.parametrize(("skin", "language"), list(itertools.product(SKINS, LANGUAGES)))
def test_histories_and_recent_changes(wiki: MediaWiki, skin: str, language: str) -> None:
    wiki.configure(f"$wgDefaultSkin = '{skin}'; $wgLanguageCode = '{language}';")
    index = IndexPhp(Session(), f"{wiki.url}/index.php")
    names = namespaces_of(index.page({"title": "Special:AllPages", "namespace": 0}))
    truth = wiki.truth()
    (standing,) = PageSource(index, exports=False).standing(["Neue Brücke"])
    (page,), (true,) = standing.pages, [p for p in truth["pages"] if p["title"] == "Neue Brücke"]
    assert {name: value for name, value in asdict(page).items() if name != "protection"} == true
    assert history(index, page.title) == true_history(truth, page.page_id)
    assert changes(index, partial(numbered, names)) == true_changes(wiki)


@pytest.mark.parametrize(
    ("skin", "language"), list(zip(("vector-2022", "monobook", "timeless"), LANGUAGES, strict=True))
)
def test_what_a_wiki_says_of_itself_and_its_titles(wiki: MediaWiki, skin: str, language: str) -> None:
    wiki.configure(f"$wgDefaultSkin = '{skin}'; $wgLanguageCode = '{language}';")
    found = find_pages(Session(), f"{wiki.url}/index.php?title=Kanal")
    general = found.siteinfo["general"]
    assert (general["sitename"], general["lang"], general["script"]) == ("Testwiki", language, "/index.php")
    assert general["generator"].startswith("MediaWiki 1.")
    assert found.siteinfo["statistics"]["pages"] == 6
    assert found.source.exports
    names = namespaces_of(found.source.index.page({"title": "Special:AllPages", "namespace": 0}))
    assert names[1] == {"de": "Diskussion", "en": "Talk", "fr": "Discussion"}[language]
    titles = [title for part in list_titles(found.source.index) for title in part]
    true = [(page["namespace"], page["title"].split(":")[-1]) for page in wiki.truth()["pages"]]
    assert sorted(numbered(names, title) for title in titles) == sorted(true)


def numbered(names: Mapping[int, str], title: str) -> tuple[int, str]:
    """A full title with the number of its namespace in place of its name."""
    prefix, _, rest = title.partition(":")
    return next(((number, rest) for number, name in names.items() if rest and name == prefix), (0, title))


def history(index: IndexPhp, title: str) -> list[tuple[Any, ...]]:
    parts = read_history(index, title, first_history_page(index, title))
    return [
        (row.rev_id, row.user, row.comment, row.minor, row.size, row.text_hidden, row.user_hidden, row.comment_hidden)
        for part in parts
        for row in part
    ]


def true_history(truth: Truth, page_id: int) -> list[tuple[Any, ...]]:
    return [
        (
            r["rev_id"], None if r["deleted"] & 4 else r["user"], None if r["deleted"] & 2 else r["comment"],
            r["minor"], len(r["text"]), bool(r["deleted"] & 1), bool(r["deleted"] & 4), bool(r["deleted"] & 2),
        )
        for r in sorted(truth["revisions"], key=lambda r: (r["timestamp"], r["rev_id"]), reverse=True)
        if r["page_id"] == page_id
    ]  # fmt: skip


def changes(index: IndexPhp, number: Callable[[str], tuple[int, str]]) -> set[tuple[Any, ...]]:
    """What the recent changes name, with the pages that each is about but for those of users."""
    return {
        (
            row.rev_id or 0, row.event.log_id if row.event else 0,
            f"{row.event.type}/{row.event.action}" if row.event else "/", row.timestamp,
            row.event.comment if row.event else "", frozenset(map(number, row.titles)),
        )
        for row in recent_changes(index, None).rows
    }  # fmt: skip


def true_changes(wiki: MediaWiki) -> set[tuple[Any, ...]]:
    """The same from the wiki's own table; a move names both of its titles."""
    found = set()
    for rev_id, log_id, kind, action, timestamp, comment, namespace, title in rows(
        wiki.db_path,
        "SELECT rc_this_oldid, rc_logid, rc_log_type, rc_log_action, rc_timestamp, comment_text, rc_namespace, rc_title"
        " FROM recentchanges JOIN comment ON comment_id = rc_comment_id WHERE rc_source != 'mw.categorize'",
    ):
        titles = {(namespace, text(title).replace("_", " "))}
        if text(kind) == "move":
            titles.add((0, "Neue Brücke"))
        t = text(timestamp)
        stamp = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}Z"
        logged = bool(log_id)
        found.add(
            (
                0 if logged else rev_id, log_id, f"{text(kind)}/{text(action)}", stamp,
                text(comment) if logged else "", frozenset(titles),
            )
        )  # fmt: skip
    return found


def text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
