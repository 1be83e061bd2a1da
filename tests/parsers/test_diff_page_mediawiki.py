"""Diff pages of a real MediaWiki: read, they lead from one stored text to the next, exactly."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from parsers.diff_apply import apply_diff, hunk_words
from parsers.diff_feed import parse_diff_feed
from parsers.diff_model import DiffLine, DiffPage, DiffPageError, DiffRevision, DiffRow, row_words
from parsers.diff_page import parse_diff_page
from parsers.words import word_diff
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.parsers.diff_texts import edited_texts
from tests.parsers.test_diff_page import edits

TITLE = "Freiflächen & Brachen"
ENGINES = ["php", "wikidiff2"]
SKINS = ["vector", "vector-2022", "monobook", "timeless", "minerva"]
LANGUAGES = ["de", "en", "fr"]
# The engine is chosen by each request, and feeds show long diffs too.
SETTINGS = "$wgDiffEngine = $_REQUEST['engine'] ?? 'wikidiff2'; $wgFeedDiffCutoff = 1000000; $wgFeedLimit = 100;"


class Page:
    """A page that was edited in every way; ``revisions`` are (id, text) as the wiki's database has them."""

    def __init__(self, wiki: MediaWiki) -> None:
        self.wiki = wiki
        self.session = requests.Session()
        self.session.trust_env = False
        texts = edited_texts()
        dump = wiki.folder / "dump.xml"
        revisions = [
            DumpRevision(f"2024-07-{1 + n // 24:02}T{n % 24:02}:46:00Z", "Änne", text, f"Schritt {n}", minor=n % 2 == 1)
            for n, text in enumerate(texts)
        ]
        dump.write_text(dump_xml({TITLE: revisions}), encoding="utf-8", newline="")
        wiki.import_xml(dump)
        stored = [
            (rev["rev_id"], rev["text"].decode()) for rev in wiki.truth()["revisions"] if "Schritt" in rev["comment"]
        ]
        self.revisions = stored
        assert [text for _, text in stored] == texts

    def get(self, **params: str | int) -> str:
        """What ``index.php`` answers."""
        response = self.session.get(f"{self.wiki.url}/index.php", params={"title": TITLE, **params}, timeout=60)
        return response.content.decode()

    def compare(self, before: str, after: str, engine: str) -> str:
        """The rows that ``action=compare`` answers for two texts."""
        texts = {"fromslots": "main", "toslots": "main", "fromtext-main": before, "totext-main": after}
        models = {"fromcontentmodel-main": "wikitext", "tocontentmodel-main": "wikitext"}
        answer = self.wiki.api("compare", **texts, **models, prop="diff", engine=engine)
        return str(answer["compare"]["body"])

    def neighbours(self) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
        return pairwise(self.revisions)


@pytest.fixture(scope="module")
def page(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A wiki of its own, since it needs another language and settings."""
    with MediaWiki(mediawiki_template, tmp_path_factory.mktemp("diffs") / "wiki", settings=SETTINGS) as wiki:
        wiki.maintenance("rebuildLocalisationCache", "--lang=fr")
        yield Page(wiki)


def assert_same_change(read: DiffPage, before: str, after: str) -> None:
    """Reading is comparing: the text that results, the edits by words, and the lines of each row."""
    assert apply_diff(read, before) == after
    assert edits(*(hunk_words(hunk) for hunk in read.hunks)) == edits(word_diff(before, after))
    for row in read.rows:
        words = row_words(row)
        assert "".join(text for op, text in words if op != "insert") == (row.old.text if row.old else "")
        assert "".join(text for op, text in words if op != "delete") == (row.new.text if row.new else "")
    if before:  # into an empty text anything can be put
        with pytest.raises(DiffPageError, match="does not fit"):
            apply_diff(read, "Davor steht etwas anderes.\n" + before)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_kind_of_edit(page: Page, engine: str) -> None:
    for (old_id, before), (new_id, after) in page.neighbours():
        read = parse_diff_page(page.get(oldid=old_id, diff=new_id, diffonly=1, engine=engine))
        assert (read.engine, read.layout, read.state) == (engine, "table", "shown")
        assert_same_change(read, before, after)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("skin", SKINS)
def test_skins_and_languages(page: Page, skin: str, language: str) -> None:
    """The whole page, with the rendered revision below the diff; one of many edits has line numbers above 1,000."""
    pages = set()
    for engine in ENGINES:
        for (old_id, before), (new_id, after) in [(page.revisions[0], page.revisions[20]), page.revisions[-6:-4]]:
            html = page.get(oldid=old_id, diff=new_id, useskin=skin, uselang=language, engine=engine)
            assert f'lang="{language}"' in html
            assert f"skin-{skin}" in html
            read = parse_diff_page(html)
            assert_same_change(read, before, after)
            assert read.old is not None
            assert read.new is not None
            assert (read.old.rev_id, read.new.rev_id) == (old_id, new_id)
            assert {read.old.title, read.new.title} == {TITLE}
            assert re.fullmatch(r"Schritt \d+", read.new.comment or "")
            assert "2024" in read.old.heading
            pages.add(html)
    assert len(pages) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_history_feed(page: Page, engine: str) -> None:
    """The escaped diffs of a feed, newest first. Feeds are NFC, and so are the texts to compare with."""
    feed = page.get(action="history", feed="atom", limit=100, engine=engine).encode()
    texts = {rev_id: unicodedata.normalize("NFC", text) for rev_id, text in page.revisions}
    entries = {entry.new_id: entry for entry in parse_diff_feed(feed)}
    assert entries.keys() == texts.keys()
    read = 0
    for (old_id, _), (new_id, _) in page.neighbours():
        entry = entries[new_id]
        assert entry.error is None
        if texts[old_id] == texts[new_id]:
            continue
        assert entry.diff is not None
        assert_same_change(entry.diff, texts[old_id], texts[new_id])
        read += 1
    assert read > 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_column(page: Page, language: str) -> None:
    """wikidiff2's other layout. It leaves out blanks that changed behind unchanged words, and says so."""
    exact = 0
    for (old_id, before), (new_id, after) in page.neighbours():
        inline: dict[str, str | int] = {"diff-type": "inline", "diffonly": 1, "uselang": language}
        read = parse_diff_page(page.get(oldid=old_id, diff=new_id, **inline))
        assert read.layout == "inline"
        applied = apply_diff(read, before)
        assert "".join(applied.split()) == "".join(after.split())
        exact += applied == after
    assert exact >= 30


def test_what_the_head_says(page: Page) -> None:
    wiki = page.wiki
    title = "Kopf/Änderung"
    first = wiki.edit(title, "eins", user="Bernd Beispiel", summary="angelegt")
    second = wiki.edit(title, "eins\nzwei", user="Änne Muster", summary="(mit) [[Klammern]] & „Zeichen“", minor=True)
    third = wiki.edit(title, "eins", user=None)
    read = parse_diff_page(page.get(title=title, oldid=first, diff=second))
    assert read.old == DiffRevision(
        first, title, read.old.heading if read.old else "", None, "Bernd Beispiel", "angelegt", False, (), False
    )
    assert read.new is not None
    assert (read.new.user, read.new.comment, read.new.minor) == ("Änne Muster", "(mit) Klammern & „Zeichen“", True)
    assert read.rows[-1] == DiffRow("added", None, DiffLine(2, "zwei"))
    assert read.notices == ()

    over = parse_diff_page(page.get(title=title, oldid=first, diff=third))
    assert (over.state, over.hunks, len(over.notices)) == ("identical", (), 2)
    assert over.new is not None
    assert (over.new.user, over.new.comment, over.new.tags) == ("127.0.0.1", "", ("mw-manual-revert",))
    assert apply_diff(over, "eins") == "eins"

    oldest = parse_diff_page(page.get(title=title, oldid=first, diff="prev"))
    assert (oldest.state, oldest.old) == ("first", None)
    with pytest.raises(DiffPageError, match="no earlier revision"):
        apply_diff(oldest, "")


def test_hidden_revisions(page: Page) -> None:
    wiki = page.wiki
    title = "Verborgenes"
    ids = [wiki.edit(title, f"Stand {n}", summary=f"Stand {n}", user="Bernd Beispiel") for n in range(3)]
    wiki.revision_delete(ids[1], hide=["content", "user", "comment"])
    read = parse_diff_page(page.get(title=title, oldid=ids[0], diff=ids[1]))
    assert (read.state, read.hunks) == ("hidden", ())
    assert read.new is not None
    assert (read.new.rev_id, read.new.user, read.new.comment, read.new.text_hidden) == (ids[1], None, None, True)
    assert read.old is not None
    assert (read.old.rev_id, read.old.user, read.old.comment, read.old.text_hidden) == (
        ids[0],
        "Bernd Beispiel",
        "Stand 0",
        False,
    )
    with pytest.raises(DiffPageError, match="hidden"):
        apply_diff(read, "Stand 0")


def test_pages_that_are_no_diff(page: Page) -> None:
    others: list[dict[str, str | int]] = [{}, {"action": "history"}, {"oldid": 99999, "diff": 99998}]
    others.append({"action": "edit"})
    for params in others:
        with pytest.raises(DiffPageError, match="holds no MediaWiki diff"):
            parse_diff_page(page.get(**params))


@pytest.mark.parametrize("engine", ENGINES)
def test_random_texts(page: Page, engine: str) -> None:
    """Texts of few words and many blanks, the hardest to read back, through the API's comparison."""
    chance = random.Random(20240723)
    pieces = ["a", "b", "Wort", " ", "  ", "\t", "\n", "\n\n", "<b>", "&#160;", "−", "+", "ä", "\u2003", "; ", "|"]
    done = 0
    for _ in range(80):
        words = chance.choices(pieces, k=chance.randint(0, 40))
        changed = list(words)
        for _ in range(chance.randint(1, 4)):
            at = chance.randint(0, len(changed))
            changed[at : at + chance.randint(0, 2)] = chance.choices(pieces, k=chance.randint(0, 3))
        before, after = "".join(words).rstrip("\n"), "".join(changed).rstrip("\n")
        body = page.compare(before, after, engine)
        if body:
            assert apply_diff(parse_diff_page(body), before) == after, (before, after, body)
            done += 1
    assert done > 50


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n\u00a0 ·\u00a0 Punkt \u00a0\nb", "a\n\u00a0 ·\u00a0 Punkt \u00a0\nc"),  # in a line around
        ("a\n\u00a0 ·\u00a0 Punkt \u00a0\nb", "a\nb"),  # in a line that goes
        ("\u00a0 ·\u00a0 Punkt, ganz  alt \u00a0", "\u00a0 ·\u00a0 Punkt, ganz  neu \u00a0"),  # in one that changes
        ("\u00a0\nalt", "\u00a0\nneu"),
    ],
)
def test_no_break_spaces_beside_blanks(page: Page, engine: str, before: str, after: str) -> None:
    """PHP's engine writes two blanks like a no-break space and a blank; the old text says which it was."""
    read = parse_diff_page(page.compare(before, after, engine))
    assert apply_diff(read, before) == after
    codes = [found.code for found in read.diagnostics]
    assert codes == (["blank-or-no-break-space"] if engine == "php" and "Punkt" in before else [])


@pytest.mark.parametrize(
    ("before", "after", "engine", "expected"),
    [
        ("a\nb", "a\nb\n", "php", "a\nb\n"),
        ("a\nb\n", "a\nc", "php", "a\nc"),
        ("a\nb\n", "a\nc\n", "wikidiff2", "a\nc\n"),
        ("a\nb\n", "a\nc", "wikidiff2", "a\nc\n"),  # not shown: as before
        ("", "a", "wikidiff2", "a"),
        ("a", "", "wikidiff2", ""),
        ("", "a\n\nb", "php", "a\n\nb"),
        ("a", "", "php", ""),
        ("a\n\n\n", "a\n\n", "wikidiff2", "a\n\n"),
        ("a", "a\n\n", "wikidiff2", "a\n\n"),
        ("a\n", "", "wikidiff2", ""),
        ("", "\n", "wikidiff2", "\n"),
    ],
)
def test_the_end_of_a_text(page: Page, before: str, after: str, engine: str, expected: str) -> None:
    assert apply_diff(parse_diff_page(page.compare(before, after, engine)), before) == expected


def test_a_block_that_was_too_much_for_php(page: Page) -> None:
    """PHP's engine then shows its first words only. Such a page does not pass for the change."""
    chance = random.Random(1)
    words = [f"w{n}" for n in range(300)]
    before, after = (" ".join(chance.choices(words, k=9000)) for _ in range(2))
    with pytest.raises(DiffPageError, match="does not fit the text: line 1"):
        apply_diff(parse_diff_page(page.compare(before, after, "php")), before)
    assert apply_diff(parse_diff_page(page.compare(before, after, "wikidiff2")), before) == after
