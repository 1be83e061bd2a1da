"""Long lists and histories are followed to their end; what is no page of the wiki is never read as one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import scraper.history_page
import scraper.page_lists
from scraper.errors import Damaged, UnexpectedAnswer
from scraper.export_page import export
from scraper.find_pages import find_pages
from scraper.history_page import exact_time, first_history_page, read_history
from scraper.html_page import HtmlPage, IndexPhp, RawText
from scraper.page_lists import list_titles, recent_changes
from scraper.pages import PageSource
from scraper.session import Session
from tests.fault_proxy import Exchange, Fault, FaultProxy
from tests.faults import answered, redirect
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.pages_wiki import API_REFUSED


@pytest.fixture(scope="module")
def wiki(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    folder = tmp_path_factory.mktemp("limits")
    with MediaWiki(mediawiki_template, folder / "wiki", settings=API_REFUSED) as wiki:
        long = [DumpRevision(f"2015-03-01T08:{number:02}:00Z", "Alte Hand", f"Stand {number}") for number in range(13)]
        path = folder / "alt.xml"
        path.write_text(dump_xml({"Lang": long}), encoding="utf-8")
        wiki.import_xml(path)
        with sqlite3.connect(wiki.db_path, timeout=20) as connection:
            connection.executemany(
                "INSERT INTO page (page_namespace, page_title, page_is_redirect, page_is_new, page_random,"
                " page_touched, page_latest, page_len) VALUES (?, ?, ?, 0, 0.5, '20150301080000', 1, 1)",
                [(number % 2 * 10, f"Seite_{number:04}", number % 3 == 0) for number in range(1500)],
            )
        connection.close()
        for number in range(3):
            wiki.edit("Neu", f"Stand Nummer {number}")
        yield wiki


@pytest.fixture
def index(wiki: MediaWiki) -> IndexPhp:
    return IndexPhp(Session(), f"{wiki.url}/index.php")


def test_lists_of_several_pages(index: IndexPhp, wiki: MediaWiki) -> None:
    """Both namespaces have 750 titles; a list shows 345."""
    titles = [title for part in list_titles(index) for title in part]
    assert len(titles) == len(set(titles))
    assert set(titles) == {page["title"] for page in wiki.truth()["pages"]}


def test_a_history_of_several_pages(index: IndexPhp, wiki: MediaWiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scraper.history_page, "ROWS", 5)
    parts = list(read_history(index, "Lang", first_history_page(index, "Lang")))
    assert [len(part) for part in parts] == [5, 5, 3]
    ids = [row.rev_id for part in parts for row in part]
    true = [r["rev_id"] for r in wiki.truth()["revisions"] if r["text"].startswith(b"Stand ") and r["page_id"] == 2]
    assert ids == sorted(true, reverse=True)


def test_recent_changes_that_were_cut_off_say_so(index: IndexPhp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scraper.page_lists, "ROWS", 2)
    whole = recent_changes(index, None)
    assert not whole.cut
    assert len(whole.rows) > 2
    monkeypatch.setattr(scraper.page_lists, "MOST_ROWS", 2)
    cut = recent_changes(index, None)
    assert cut.cut
    assert len(cut.rows) == 2


def test_the_first_address_may_lead_to_another_host(wiki: MediaWiki) -> None:
    with contextmanager(FaultProxy().serve)() as named:
        named.plan = lambda exchange: lambda call: redirect(f"{wiki.url}{call.handler.path}", 301)(call)
        found = find_pages(Session(), f"{named.url}/index.php/Neu")
        assert found.source.index.url == f"{wiki.url}/index.php"
        assert len(named.exchanges) == 1


def test_a_page_that_the_wiki_does_not_have(index: IndexPhp) -> None:
    assert not first_history_page(index, "Gibt es nicht").found


@pytest.mark.parametrize(
    ("php", "words"),
    [
        ("echo '<!doctype html><title>Anmeldung</title>'; exit;", "no page of MediaWiki"),
        ("echo '{}'; exit;", "no page of MediaWiki"),
        (
            "if ($_SERVER['HTTP_HOST'] < 'l') header('Location: http://localhost:' . $_SERVER['SERVER_PORT']); exit;",
            "redirects to http://localhost",
        ),
        ("$wgHooks['SpecialPage_initList'][] = function (&$list) { unset($list['Allpages']); };", "cannot be read"),
    ],
)
def test_what_is_no_list_is_not_read_as_an_empty_one(
    mediawiki_template: Path, tmp_path: Path, php: str, words: str
) -> None:
    with MediaWiki(mediawiki_template, tmp_path / "wiki") as wiki:
        wiki.configure(php)
        with pytest.raises(UnexpectedAnswer, match=words):
            list(list_titles(IndexPhp(Session(), f"{wiki.url}/index.php")))


def test_an_export_that_breaks_off_is_not_read_as_a_short_one(mediawiki_template: Path, tmp_path: Path) -> None:
    with MediaWiki(mediawiki_template, tmp_path / "wiki") as wiki:
        index = IndexPhp(Session(), f"{wiki.url}/index.php")
        assert list(export(index, ["Hauptseite"], curonly=1).pages) == ["Hauptseite"]
        wiki.configure("$wgHooks['ModifyExportQuery'][] = function () { echo '<halb'; exit; };")
        with pytest.raises(Damaged, match=r"cut off or damaged .* Nothing of it was taken"):
            export(index, ["Hauptseite"], curonly=1)


ROWS = """<meta name=generator content="MediaWiki 1.31"><div class=mw-changeslist><ul class=special>{}</ul></div>"""
EDIT = '<li data-mw-revid=7 data-mw-ts=20240102030405><a class=mw-changeslist-title title="Kanal">Kanal</a></li>'


@pytest.mark.parametrize(
    ("row", "cut", "told"),
    [
        ("", False, [(7, "2024-01-02T03:04:05Z")]),
        ("<li>ohne Angaben</li>", True, [(7, "2024-01-02T03:04:05Z")]),
        ("<li data-mw-ts=20240102030406>aus einem anderen Wiki</li>", False, [(7, "2024-01-02T03:04:05Z")]),
        ("<li data-mw-revid=8>ohne Zeit</li>", False, [(7, "2024-01-02T03:04:05Z"), (8, "2024-05-05T00:00:00Z")]),
    ],
)
def test_rows_that_say_too_little_are_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, row: str, cut: bool, told: list[tuple[int, str]]
) -> None:
    """No wiki at hand makes such rows; older ones and extensions may."""
    page = HtmlPage(BeautifulSoup(ROWS.format(EDIT + row), "lxml"), {}, True, "2024-05-05T00:00:00Z")
    monkeypatch.setattr(IndexPhp, "page", lambda *_: page)
    found = recent_changes(IndexPhp(Session(), "https://wiki.example/index.php"), None)
    assert (found.cut, [(change.rev_id, change.timestamp) for change in found.rows]) == (cut, told)


def test_the_time_of_a_current_revision_whose_text_is_lost(wiki: MediaWiki, index: IndexPhp) -> None:
    lost = max(r["rev_id"] for r in wiki.truth()["revisions"] if r["text"].startswith(b"Stand Nummer"))
    (true,) = [r["timestamp"] for r in wiki.truth()["revisions"] if r["rev_id"] == lost]
    assert exact_time(index, "Neu", lost, None) == true


HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def behind(wiki: MediaWiki) -> Iterator[FaultProxy]:
    """What stands between us and the wiki."""
    with contextmanager(FaultProxy(wiki.url).serve)() as proxy:
        yield proxy


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_page_that_breaks_off_is_not_read(index: IndexPhp, behind: FaultProxy, share: float) -> None:
    whole = index.ask({"title": "Special:RecentChanges"}).content
    behind.plan = lambda exchange: answered(200, whole[: int(len(whole) * share)], HTML)
    with pytest.raises(Damaged, match="breaks off"):
        recent_changes(IndexPhp(Session(), f"{behind.url}/index.php"), None)


def test_a_page_of_something_else_does_not_say_that_a_revision_is_missing(index: IndexPhp, behind: FaultProxy) -> None:
    assert index.raw_text(999_999) == RawText()
    behind.plan = lambda exchange: answered(404, "<html>busy</html>", HTML)
    with pytest.raises(UnexpectedAnswer, match="does not give the text"):
        IndexPhp(Session(), f"{behind.url}/index.php").raw_text(1)


@pytest.mark.parametrize("said", ["", "<html>Bitte anmelden</html>", "<mediawiki><page>"])
def test_what_is_no_export_does_not_say_that_exports_are_closed(behind: FaultProxy, said: str) -> None:
    behind.plan = lambda exchange: answered(200, said, HTML)
    with pytest.raises(Damaged, match="Special:Export"):
        export(IndexPhp(Session(), f"{behind.url}/index.php"), ["|"])


RAW = {"Content-Type": "text/x-wiki; charset=UTF-8", "Last-Modified": "Sun, 01 Mar 2015 08:00:00 GMT"}


def texts_of(index: IndexPhp, title: str) -> list[str | None]:
    source = PageSource(index, exports=False)
    pages = [page for standing in source.standing([title]) for page in standing.pages]
    return [revision.text for part in source.histories(pages, None, ()) for revision in part.revisions]


@pytest.mark.parametrize("said", ["", "Stand Num", "Stand Nummer 0 und mehr"])
def test_a_text_that_is_not_as_long_as_its_history_states_is_asked_for_again(behind: FaultProxy, said: str) -> None:
    asked: list[str] = []

    def shortened(exchange: Exchange) -> Fault | None:
        if exchange.params.get("action") != "raw":
            return None
        asked.append(exchange.params["oldid"])
        return answered(200, said, RAW) if asked.count(asked[-1]) == 1 else None

    behind.plan = shortened
    there = IndexPhp(Session(), f"{behind.url}/index.php")
    assert texts_of(there, "Neu") == ["Stand Nummer 0", "Stand Nummer 1", "Stand Nummer 2"]
    if not said:
        behind.plan = lambda exchange: answered(200, said, RAW) if "raw" in exchange.params.values() else None
        with pytest.raises(Damaged, match="of another length"):
            texts_of(there, "Neu")


def test_a_length_that_the_wiki_has_wrong_does_not_keep_a_text_out(wiki: MediaWiki, index: IndexPhp) -> None:
    with sqlite3.connect(wiki.db_path, timeout=20) as connection:
        connection.execute("UPDATE revision SET rev_len = 3 WHERE rev_id = (SELECT max(rev_id) FROM revision)")
    connection.close()
    assert texts_of(index, "Neu")[-1] == "Stand Nummer 2"
