"""The XML export: a real MediaWiki imports it to the same texts, people and times, and so does wikitrail itself."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import zstandard

from tests.mediawiki import ADMIN, MediaWiki
from tests.wikitrail import rows, sync, wikitrail

SPECIAL = (
    "Ein <b>Satz</b> & noch \"einer\" ]]> 'dazu'.\n\n  == Überschrift ==\n"
    "\t|Zelle 🏗 \u00a0\u2028 &amp;lt; {{Vorlage|a=b}}"
)


@pytest.fixture(scope="module")
def source(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    """A wiki with all that an export has to carry."""
    with MediaWiki(mediawiki_template, tmp_path_factory.mktemp("source") / "wiki") as wiki:
        wiki.edit("Rathaus", "Das Rathaus.", user="Ada Berg", summary="neu & <wichtig>")
        wiki.edit("Rathaus", SPECIAL, user="Jan Öl", minor=True)
        wiki.edit("Rathaus", "Das Rathaus.", user=None, summary="zurück")
        wiki.edit("Rathaus", "Neu: " + "lang " * 9000, user="Ada Berg")
        wiki.move("Rathaus", "Altes Rathaus", reason="Umzug")  # often in the second of the edit, with its text
        wiki.protect("Altes Rathaus")
        wiki.edit("Kategorie:Bauten", "", user="Jan Öl", createonly=True)
        wiki.edit("Diskussion:Park/Teil", "Wer weiß? ~~~~", user="Jan Öl")
        wiki.edit("Zum Park", "#WEITERLEITUNG [[Diskussion:Park/Teil#Frage]]")
        wiki.edit("MediaWiki:Probe.css", "a > b { color: red }")
        wiki.edit("MediaWiki:Probe.json", '{"a":   [1,\n2]}')
        hidden = wiki.edit("Verborgen", "Geheimnis eins", user="Ada Berg", summary="geheimer Grund")
        wiki.edit("Verborgen", "Offen", user="Jan Öl")
        wiki.revision_delete(hidden, hide=("content", "comment", "user"))
        wiki.edit("Gelöscht", "weg damit")
        yield wiki


@pytest.fixture(scope="module")
def mirror(source: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("mirror") / "wiki.db"
    sync(db, source.url)
    source.delete("Gelöscht")
    sync(db)
    return db


def export(db: Path, out: Path, *options: object) -> Path:
    result = wikitrail("--db", db, "export", "-o", out, *options)
    assert result.code == 0, result.err
    return out


History = dict[str, list[tuple[Any, ...]]]


def histories(wiki: MediaWiki, *, hide: bool) -> History:
    """Each page's revisions, oldest first; what is hidden as an import gives it."""
    truth = wiki.truth()
    titles = {page["page_id"]: page["title"] for page in truth["pages"]}
    found: History = {}
    for r in sorted(truth["revisions"], key=lambda r: (r["timestamp"], r["rev_id"])):
        deleted = r["deleted"] if hide else 0
        user = "Unknown user" if deleted & 4 else r["user"].rpartition(">")[2]
        found.setdefault(titles[r["page_id"]], []).append(
            (
                r["timestamp"], user, "" if deleted & 2 else r["comment"], r["minor"], r["content_model"],
                b"" if deleted & 1 else r["text"],
            )
        )  # fmt: skip
    return found


def current(wiki: MediaWiki) -> dict[str, Any]:
    truth = wiki.truth()
    texts = {r["rev_id"]: r["text"] for r in truth["revisions"]}
    return {page["title"]: (texts[page["latest_rev_id"]], page["is_redirect"]) for page in truth["pages"]}


def test_import_dump_of_a_real_mediawiki_gives_the_same_wiki(
    make_mediawiki: Callable[..., MediaWiki], source: MediaWiki, mirror: Path, tmp_path: Path
) -> None:
    copy = make_mediawiki()
    copy.import_xml(export(mirror, tmp_path / "wiki.xml"))
    assert histories(copy, hide=False) == histories(source, hide=True)
    assert current(copy) == current(source)


def test_the_api_of_a_real_mediawiki_imports_it(
    make_mediawiki: Callable[..., MediaWiki], source: MediaWiki, mirror: Path, tmp_path: Path
) -> None:
    copy = make_mediawiki()
    copy.import_xml(export(mirror, tmp_path / "wiki.xml"), logged=True)
    imported, true = histories(copy, hide=False), histories(source, hide=True)
    assert imported.keys() == true.keys()
    for title, revisions in true.items():
        # The API adds a revision of its own to each page, which says who imported it.
        own = [r for r in imported[title] if r not in revisions]
        assert [r for r in imported[title] if r in revisions] == revisions, title
        assert all(r[1] == ADMIN and r[5] == revisions[-1][5] for r in own), title
    assert current(copy) == current(source)


PAGES = (
    "SELECT page_id, namespace, title, state, is_redirect, redirect_to, content_model, latest_rev_id, length, text"
    " FROM pages WHERE state = 'live'"
)
REVISIONS = (
    "SELECT rev_id, page_id, parent_id, timestamp, user, user_id, comment, minor, size, r.sha1, content_model,"
    " text_state, user_hidden, comment_hidden, r.state, t.sha1, t.length FROM revisions r LEFT JOIN texts t"
    " USING (text_id) WHERE r.state = 'live' ORDER BY rev_id"
)
MIRRORED = (PAGES, REVISIONS, "SELECT sitename, generator, lang FROM site")


@pytest.mark.parametrize("ending", ["xml", "xml.gz", "xml.bz2", "xml.zst"])
def test_wikitrail_imports_it_to_the_same_mirror(mirror: Path, tmp_path: Path, ending: str) -> None:
    db = tmp_path / "again.db"
    result = wikitrail("--db", db, "import", export(mirror, tmp_path / f"wiki.{ending}"), "--json")
    assert (result.code, result.json["warnings"]) == (0, [])
    for query in MIRRORED:
        assert rows(db, query) == rows(mirror, query) != []


def test_dumps_of_the_wiki_itself_give_the_mirror_that_its_api_gives(
    source: MediaWiki, mirror: Path, tmp_path: Path
) -> None:
    dump, log, db = tmp_path / "full.xml", tmp_path / "log.xml", tmp_path / "dumped.db"
    dump.write_bytes(source.maintenance("dumpBackup", "--full", "--quiet"))
    log.write_bytes(source.maintenance("dumpBackup", "--logs", "--quiet"))
    result = wikitrail("--db", db, "import", dump)
    assert (result.code, "Warning" in result.err) == (0, False)
    assert "new log entries" not in result.err
    for query in MIRRORED:
        assert rows(db, query) == rows(mirror, query) != []
    ((count,),) = rows(mirror, "SELECT count(*) FROM log_events")
    assert f"{count} new log entries.\n" in wikitrail("--db", db, "import", log).err
    events = "SELECT log_id, type, action, timestamp, user, title, comment FROM log_events"
    assert rows(db, events) == rows(mirror, events) != []
    assert wikitrail("--db", db, "import", dump, log, "--json").json["revisions_new"] == 0


def test_special_export_gives_the_same_revisions(source: MediaWiki, mirror: Path, tmp_path: Path) -> None:
    titles = "\n".join(title for (title,) in rows(mirror, "SELECT title FROM pages WHERE state = 'live'"))
    form = {"title": "Special:Export", "action": "submit", "pages": titles, "history": "1"}
    with requests.Session() as session:
        session.trust_env = False  # no proxy between tests and loopback
        answer = session.post(f"{source.url}/index.php", data=form, timeout=60)
    dump, db = tmp_path / "special.xml", tmp_path / "special.db"
    dump.write_bytes(answer.content)
    assert wikitrail("--db", db, "import", dump).code == 0
    for query in MIRRORED:
        assert rows(db, query) == rows(mirror, query) != []


def elements(xml: bytes) -> dict[str, Any]:
    """Pages and revisions as plain values: by page and revision id what each element holds."""
    found: dict[str, Any] = {}
    root = ElementTree.fromstring(xml)
    for page in root.iterfind("{*}page"):
        key = page.findtext("{*}id") or ""
        found[key] = [(part.tag, part.text, part.attrib) for part in page if not part.tag.endswith("revision")]
        for revision in page.iterfind("{*}revision"):
            found[f"{key}/{revision.findtext('{*}id')}"] = [
                (part.tag, part.text if not len(part) else None, part.attrib, [(p.tag, p.text) for p in part])
                for part in revision
            ]
    found["siteinfo"] = [(part.tag, part.text, part.attrib) for part in root.iterfind("{*}siteinfo//*")]
    found["root"] = (root.tag, root.attrib)
    return found


def test_it_is_what_dump_backup_writes(source: MediaWiki, mirror: Path, tmp_path: Path) -> None:
    theirs = elements(source.maintenance("dumpBackup", "--full", "--quiet"))
    ours = elements(export(mirror, tmp_path / "wiki.xml").read_bytes())
    assert ours.keys() == theirs.keys()
    for key in theirs:
        if key != "siteinfo":
            assert comparable(ours[key]) == comparable(theirs[key]), key
    assert [(t, a) for t, _, a in ours["siteinfo"]] == [(t, a) for t, _, a in theirs["siteinfo"]]


def comparable(parts: Any) -> Any:
    """Without what is ours by intent: the hash of a hidden text is not told, nor one that an importer would drop."""
    if not isinstance(parts, list):
        return parts
    out = []
    for tag, text, attributes, *rest in parts:
        if attributes.get("deleted"):
            attributes = {k: v for k, v in attributes.items() if k != "sha1"}
        if not tag.endswith("}sha1"):
            out.append((tag, (text or "").strip() if rest and rest[0] else text or "", attributes, *rest))
    return out


def test_pages_times_and_current_revisions_can_be_chosen(mirror: Path, tmp_path: Path) -> None:
    def chosen(*options: object) -> set[tuple[str, int]]:
        root = ElementTree.fromstring(export(mirror, tmp_path / "some.xml", *options).read_bytes())
        return {
            (page.findtext("{*}title") or "", int(revision.findtext("{*}id") or 0))
            for page in root.iterfind("{*}page")
            for revision in page.iterfind("{*}revision")
        }

    live = "FROM pages p JOIN revisions r USING (page_id) WHERE p.state = 'live' AND r.state = 'live'"
    assert chosen() == set(rows(mirror, f"SELECT title, rev_id {live}"))
    assert chosen("--current") == set(rows(mirror, "SELECT title, latest_rev_id FROM pages WHERE state = 'live'"))
    assert chosen("--page", "Zum_Park", "--page", "Verborgen") == set(
        rows(mirror, f"SELECT title, rev_id {live} AND title IN ('Zum Park', 'Verborgen')")
    )
    ((since,),) = rows(mirror, "SELECT max(timestamp) FROM revisions")
    assert chosen("--since", since) == set(rows(mirror, f"SELECT title, rev_id {live} AND timestamp >= ?", since))
    assert chosen("--deleted") - chosen() == set(
        rows(mirror, "SELECT title, rev_id FROM pages p JOIN revisions r USING (page_id) WHERE p.state = 'deleted'")
    )


def test_what_is_hidden_or_deleted_on_the_wiki_is_not_told(mirror: Path, tmp_path: Path) -> None:
    for options in ((), ("--deleted",)):
        text = export(mirror, tmp_path / "wiki.xml", *options).read_text(encoding="utf-8")
        for secret in ("Geheimnis eins", "geheimer Grund", hashlib.sha1(b"Geheimnis eins").hexdigest()):
            assert secret not in text
        assert ("weg damit" in text) == bool(options)


ODD = """<mediawiki version="0.11"><siteinfo><sitename>Probe</sitename></siteinfo><page><title>Seltsam</title><ns>0</ns>
<id>1</id><revision><id>1</id><timestamp>2024-05-01T10:00:00Z</timestamp><contributor><ip>2001:DB8:0:0:0:0:0:7</ip>
</contributor><text xml:space="preserve">  a&#13;
b&#13;c&#9;d
 </text></revision><revision><id>2</id><parentid>1</parentid><timestamp>2024-05-01T10:00:00Z</timestamp><contributor>
<username>fremd&gt;Ada Berg</username><id>0</id></contributor><text xml:space="preserve">e\u0301 \ufeff</text>
</revision><revision><id>3</id><parentid>2</parentid><timestamp>2024-05-01T10:00:00Z</timestamp><contributor>
<username /><id>0</id></contributor><text xml:space="preserve">  a&#13;
b&#13;c&#9;d
 </text></revision></page></mediawiki>"""


def test_line_ends_blanks_unnormalised_letters_and_one_second_come_through(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path
) -> None:
    dump, db, again = tmp_path / "odd.xml", tmp_path / "wiki.db", tmp_path / "again.db"
    dump.write_text(ODD, encoding="utf-8", newline="")
    assert wikitrail("--db", db, "import", dump).code == 0
    out = export(db, tmp_path / "out.xml")
    assert wikitrail("--db", again, "import", out).code == 0
    for query in MIRRORED:
        assert rows(again, query) == rows(db, query) != []
    copy = make_mediawiki()
    copy.import_xml(out)
    odd = histories(copy, hide=False)["Seltsam"]
    first = b"  a\r\nb\rc\td\n "
    assert [r[5] for r in odd] == [first, "e\u0301 \ufeff".encode(), first]
    assert [r[1] for r in odd][:2] == ["2001:DB8:0:0:0:0:0:7", "Ada Berg"]
    assert current(copy)["Seltsam"][0] == first


def test_characters_that_xml_cannot_hold_are_replaced_and_counted(tmp_path: Path) -> None:
    from parsers.wiki import Page, Revision
    from storage.database import open_database
    from storage.mirror import save_pages, save_revision, save_site
    from storage.texts import TextStore

    db = tmp_path / "wiki.db"
    opened = open_database(db, create=True)
    text = "Form\x0cfeed und \ufffe"
    sha1 = hashlib.sha1(text.encode()).hexdigest()
    with opened.atomic():
        save_site(opened, None, {"general": {"sitename": "Probe"}}, "2024-01-01T00:00:00Z")
        save_pages(opened, [Page(1, 0, "A", False, "wikitext", 1, 20)], "2024-01-01T00:00:00Z")
        save_revision(
            opened,
            TextStore(opened),
            Revision(
                1, 1, None, "2024-01-01T00:00:00Z", "Ada", 1, "k\x01", False, 20, sha1, "wikitext", (), "present",
                False, False, text,
            ),
            "2024-01-01T00:00:00Z",
        )  # fmt: skip
    opened.close()
    result = wikitrail("--db", db, "export")
    assert result.code == 0
    assert "Warning: 3 characters that XML cannot hold were replaced by U+FFFD (revisions 1)." in result.err
    root = ElementTree.fromstring(result.out)
    assert root.findtext(".//{*}text") == "Form\ufffdfeed und \ufffd"
    assert root.findtext(".//{*}comment") == "k\ufffd"


def test_a_text_that_is_not_held_is_a_stub_and_told(tmp_path: Path) -> None:
    dump, db = tmp_path / "stub.xml", tmp_path / "wiki.db"
    dump.write_text(
        '<mediawiki version="0.11"><siteinfo><sitename>P</sitename></siteinfo><page><title>A</title><ns>0</ns>'
        "<id>1</id>"
        '<revision><id>1</id><timestamp>2024-01-01T00:00:00Z</timestamp><text bytes="7" id="1"/></revision></page>'
        "</mediawiki>",
        encoding="utf-8",
    )
    assert wikitrail("--db", db, "import", dump).code == 0
    result = wikitrail("--db", db, "export")
    assert "Warning: 1 revisions are written without text" in result.err
    assert '<text bytes="7" />' in result.out


def test_packed_files_hold_what_stdout_gives_and_appear_whole_or_not_at_all(mirror: Path, tmp_path: Path) -> None:
    plain = wikitrail("--db", mirror, "export").out.encode()
    for ending, unpack in ((".gz", gzip.decompress), (".bz2", bz2.decompress)):
        assert unpack(export(mirror, tmp_path / f"w.xml{ending}").read_bytes()) == plain
    packed = export(mirror, tmp_path / "w.xml.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain
    out = tmp_path / "w.xml"
    out.write_text("von gestern", encoding="utf-8")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(mirror.read_bytes())
    with closing(sqlite3.connect(damaged)) as connection:
        connection.execute("UPDATE texts SET data = x'00'")
        connection.commit()
    result = wikitrail("--db", damaged, "export", "-o", out)
    assert result.code == 1
    assert "is damaged" in result.err
    assert out.read_text(encoding="utf-8") == "von gestern"
    assert {path.name for path in tmp_path.iterdir()} == {
        "damaged.db",
        "w.xml",
        "w.xml.gz",
        "w.xml.bz2",
        "w.xml.zst",
    } | {path.name for path in tmp_path.glob("damaged.db-*")}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--page", "altes rathaus"], 2, "did you mean “Altes Rathaus”?"),
        (["--page", "Gelöscht"], 2, "--deleted exports"),
        (["-o", "."], 2, "is a folder"),
        (["-o", "fehlt/w.xml"], 2, "does not exist"),
        (["-o", "w.xml.7z"], 2, "not as .7z"),
        (["--table", "links"], 2, "--table is for"),
        (["--format", "csv"], 2, "choose it with --table"),
        (["--format", "csv", "--table", "texts"], 2, "There is no table “texts”"),
        (["--format", "csv", "--table", "links", "--since", "7d"], 2, "--since is for"),
        (["--format", "json", "--table", "links", "--current"], 2, "--current is for"),
    ],
)
def test_a_mistaken_call_gets_one_sentence(mirror: Path, options: list[str], code: int, words: str) -> None:
    result = wikitrail("--db", mirror, "export", *options)
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_a_device_keeps_its_name(mirror: Path) -> None:
    assert wikitrail("--db", mirror, "export", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_a_database_without_a_wiki(tmp_path: Path) -> None:
    from storage.database import open_database

    open_database(tmp_path / "empty.db", create=True).close()
    result = wikitrail("--db", tmp_path / "empty.db", "export")
    assert result.code == 2
    assert "holds no wiki yet" in result.err
