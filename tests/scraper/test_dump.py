"""Reading exports: cut anywhere, packed anyhow, odd, hostile, or of another kind."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from parsers.wiki import LogEvent, Revision
from scraper.dump import DumpPage, DumpPart, DumpWarning, read_dump
from scraper.errors import DumpError
from tests.wikitrail import ROOT, environment

HEAD = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">\n'
    "<siteinfo><sitename>Probewiki</sitename></siteinfo>\n"
)


def base36(text: str) -> str:
    number, digits = int(hashlib.sha1(text.encode()).hexdigest(), 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(31, "0")


def revision(rev_id: int, inner: str = '<text xml:space="preserve">Ein Satz über Brücken.</text>') -> str:
    return (
        f"<revision><id>{rev_id}</id><timestamp>2024-03-0{1 + rev_id % 9}T10:00:00Z</timestamp>"
        f"<contributor><username>Ada Berg</username><id>7</id></contributor><comment>Nr. {rev_id}</comment>"
        f"<model>wikitext</model><format>text/x-wiki</format>{inner}</revision>\n"
    )


def page(page_id: int, *revisions: str) -> str:
    return f"<page><title>Seite {page_id}</title><ns>0</ns><id>{page_id}</id>\n{''.join(revisions)}</page>\n"


SMALL = (HEAD + page(1, revision(1), revision(2)) + page(2, revision(3)) + "</mediawiki>\n").encode()


def read(path: Path) -> tuple[list[DumpPart], str]:
    """What a dump gives, and the sentence that ended it (empty when it was whole)."""
    parts: list[DumpPart] = []
    try:
        parts.extend(read_dump(path))
    except DumpError as error:
        return parts, str(error)
    return parts, ""


def revisions_of(parts: list[DumpPart]) -> list[Revision]:
    return [r for part in parts if isinstance(part, DumpPage) for r in part.revisions]


def warnings_of(parts: list[DumpPart]) -> str:
    return " ".join(part.message for part in parts if isinstance(part, DumpWarning))


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "dump.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one_revision(folder: Path, inner: str) -> tuple[Revision, str]:
    """The only revision of a dump with this content, and the warnings."""
    parts, fault = read(write(folder, HEAD + page(1, revision(1, inner)) + "</mediawiki>"))
    assert fault == ""
    (found,) = revisions_of(parts)
    return found, warnings_of(parts)


def test_cut_at_any_byte_gives_what_is_whole_and_says_where(tmp_path: Path) -> None:
    for cut in range(len(SMALL.rstrip())):
        parts, fault = read(write(tmp_path, SMALL[:cut]))
        whole = [n for n in (1, 2, 3) if f"<id>{n}</id><time".encode() in SMALL[:cut].rpartition(b"</revision>")[0]]
        assert [r.rev_id for r in revisions_of(parts)] == whole, cut
        assert "dump.xml is" in fault, cut
        if whole:
            assert f"byte {cut} " in fault
            # After the end of a page nothing of it is open.
            assert f"after revision {whole[-1]} in the page “Seite" in fault or "after the page “Seite" in fault, fault


PACKINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": (gzip.compress, lambda cut: zlib.decompressobj(wbits=31).decompress(cut)),
    "bzip2": (lambda data: bz2.compress(data, 1), lambda cut: bz2.BZ2Decompressor().decompress(cut)),
    "zstd": (zstandard.compress, lambda cut: zstandard.ZstdDecompressor().decompressobj().decompress(cut)),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_packed_dump_that_is_cut_gives_all_that_can_be_unpacked(tmp_path: Path, packing: str) -> None:
    pack, unpack = PACKINGS[packing]
    texts = [hashlib.sha256(str(n).encode()).hexdigest() * 20 for n in range(400)]
    body = "".join(revision(n + 1, f"<text>{text}</text>") for n, text in enumerate(texts))
    packed = pack((HEAD + page(1, body) + "</mediawiki>").encode())
    for share in (0.2, 0.5, 0.8, 0.97):
        cut = packed[: int(len(packed) * share)]
        parts, fault = read(write(tmp_path, cut))
        there = unpack(cut)
        assert len(revisions_of(parts)) == there.count(b"</revision>")
        assert "cut off" in fault
        if there.count(b"</revision>"):
            assert f"byte {len(there)} " in fault
    assert unpack(packed).count(b"</revision>") == 400 > unpack(packed[: len(packed) // 2]).count(b"</revision>") > 0


@pytest.mark.parametrize("packing", PACKINGS)
def test_several_members_in_one_file_are_read_to_the_end(tmp_path: Path, packing: str) -> None:
    pack, _ = PACKINGS[packing]
    parts, fault = read(write(tmp_path, b"".join(pack(SMALL[i : i + 300]) for i in range(0, len(SMALL), 300))))
    assert fault == ""
    assert [r.rev_id for r in revisions_of(parts)] == [1, 2, 3]


def test_damage_in_the_middle_is_located(tmp_path: Path) -> None:
    place = SMALL.index(b"<id>3</id>")
    parts, fault = read(write(tmp_path, SMALL[:place] + b"<\x01" + SMALL[place:]))
    assert [r.rev_id for r in revisions_of(parts)] == [1, 2]
    before = SMALL[:place]
    line, start = before.count(b"\n") + 1, before.rfind(b"\n") + 1
    assert f"(byte {start} of its XML, line {line}: " in fault


def test_other_slots_are_counted_and_the_main_one_is_read(tmp_path: Path) -> None:
    found, warnings = one_revision(
        tmp_path,
        f'<text bytes="5" sha1="{base36("Haupt")}" xml:space="preserve">Haupt</text><content><role>anhang</role>'
        f'<origin>1</origin><model>json</model><format>application/json</format><text bytes="2">{{}}</text></content>'
        "<sha1>0123456789abcdefghijklmnopqrstu</sha1>",
    )
    assert (found.text, found.content_model, found.sha1) == (
        "Haupt", "wikitext", hashlib.sha1(b"Haupt").hexdigest(),
    )  # fmt: skip
    assert warnings.endswith("texts of slots other than the main one are left out (anhang 1).")


@pytest.mark.parametrize(
    "inner",
    [
        '<text bytes="5" sha1="{}" xml:space="preserve">Neu!!</text>',
        '<text bytes="5" xml:space="preserve">Neu!!</text><sha1>{}</sha1>',
    ],
)
def test_a_text_that_is_not_the_one_its_hash_names_is_told(tmp_path: Path, inner: str) -> None:
    found, warnings = one_revision(tmp_path, inner.format(base36("Alt!!")))
    assert found.text == "Neu!!"
    assert found.sha1 == hashlib.sha1(b"Alt!!").hexdigest()
    assert "1 texts have another SHA-1 or length than the dump states (revisions 1)" in warnings
    assert "another SHA-1 or length" in one_revision(tmp_path, '<text bytes="6">Neu!!</text>')[1]
    assert one_revision(tmp_path, inner.format(base36("Neu!!"))) == (
        Revision(
            1, 1, None, "2024-03-02T10:00:00Z", "Ada Berg", 7, "Nr. 1", False, 5, hashlib.sha1(b"Neu!!").hexdigest(),
            "wikitext", (), "present", False, False, "Neu!!",
        ),
        "",
    )  # fmt: skip


@pytest.mark.parametrize("inner", ['<text bytes="22" location="tt:4" id="4"/>', '<text id="4"/>', ""])
def test_a_stub_has_no_text_and_says_so(tmp_path: Path, inner: str) -> None:
    found, warnings = one_revision(tmp_path, inner)
    assert (found.text, found.text_state) == (None, "missing")
    assert "1 revisions come without their text" in warnings


def test_comments_within_a_text_are_not_its_end(tmp_path: Path) -> None:
    found, warnings = one_revision(tmp_path, '<text bytes="5">Ne<!-- nicht -->u<?x y?>!!</text>')
    assert (found.text, warnings) == ("Neu!!", "")


def test_an_empty_text_is_no_stub(tmp_path: Path) -> None:
    found, warnings = one_revision(tmp_path, f'<text bytes="0" sha1="{base36("")}" xml:space="preserve" />')
    assert (found.text, found.text_state, warnings) == ("", "present", "")


def test_what_the_wiki_hides_is_hidden(tmp_path: Path) -> None:
    hidden = (
        '<revision><id>1</id><timestamp>2024-03-01T10:00:00Z</timestamp><contributor deleted="deleted" />'
        '<comment deleted="deleted" /><text bytes="9" sha1="abc" deleted="deleted" /><sha1/></revision>'
    )
    parts, _ = read(write(tmp_path, HEAD + page(1, hidden) + "</mediawiki>"))
    (found,) = revisions_of(parts)
    assert (found.user, found.user_id, found.comment, found.text, found.sha1) == (None, None, None, None, None)
    assert (found.text_state, found.user_hidden, found.comment_hidden, found.size) == ("hidden", True, True, 9)


def test_a_log_dump(tmp_path: Path) -> None:
    item = (
        "<logitem><id>{}</id><timestamp>2024-03-01T10:00:00Z</timestamp>{}<type>move</type><action>move</action>{}"
        "</logitem>"
    )
    shown = item.format(
        4, "<contributor><ip>192.0.2.7</ip></contributor><comment>Name</comment>",
        '<logtitle>Alter_Name</logtitle><params xml:space="preserve">a:2:{s:9:"4::target";s:8:"Größe1";'
        's:10:"5::noredir";s:1:"1";}</params>',
    )  # fmt: skip
    hidden = item.format(5, '<contributor deleted="deleted"/><comment deleted="deleted"/>', '<text deleted="deleted"/>')
    parts, fault = read(write(tmp_path, f"{HEAD}{shown}{hidden}</mediawiki>"))
    assert fault == ""
    assert [part for part in parts if isinstance(part, LogEvent)] == [
        LogEvent(
            4, "move", "move", "2024-03-01T10:00:00Z", "192.0.2.7", "Alter Name", None,
            '{"target_title": "Größe1"}', "Name",
        ),
        LogEvent(5, "move", "move", "2024-03-01T10:00:00Z", None, None, None, "{}", None),
    ]  # fmt: skip
    parts, fault = read(write(tmp_path, f"{HEAD}{shown}{hidden[:-20]}"))
    assert "after log entry 4" in fault


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "packed as 7z, which wikitrail cannot read; unpack it, or pipe"),
        (b"PK\x03\x04", "packed as zip"),
        (b"\xfd7zXZ\x00", "packed as xz"),
        (b"<!DOCTYPE html><html></html>", "declares a document type"),
        (b"<?xml version='1.0'?><!-- <a> --> <!doctype mediawiki [<!ENTITY a 'b'>]><mediawiki/>", "document type"),
        ("<!DOCTYPE m [<!ENTITY a 'b'>]><mediawiki x='&a;'/>".encode("utf-16"), "document type"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "begins with <feed>"),
        (b"<mediawiki xmlns='http://example.org/'/>", "its namespace is http://example.org/"),
        (SMALL.replace(b"0.11", b"0.9"), "of version 0.9, and wikitrail reads 0.10 and 0.11; export it anew"),
        (SMALL.replace(b"0.11", b"0.12"), "of version 0.12, and wikitrail reads 0.10 and 0.11; a newer wikitrail"),
        (b"<mediawiki version='0.3'></mediawiki>", "of version 0.3"),
        (SMALL.replace(b"Seite 2", b"&nbsp;"), "line 7: Entity 'nbsp' not defined"),
    ],
)
def test_what_is_no_export_that_can_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    parts, fault = read(write(tmp_path, content))
    assert words in fault
    assert len(fault.splitlines()) == 1
    assert {r.rev_id for r in revisions_of(parts)} <= {1, 2}


def test_version_0_10_reads_alike(tmp_path: Path) -> None:
    assert revisions_of(read(write(tmp_path, SMALL.replace(b"0.11", b"0.10")))[0]) == revisions_of(
        read(write(tmp_path, SMALL))[0]
    )


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ("<id>3</id>", "", "no id or no time"),
        ("<id>3</id>", "<id>drei</id>", "its id is “drei”"),
        ("<id>3</id>", f"<id>{9**30}</id>", "its id is “"),
        ("<timestamp>2024-03-04T10:00:00Z</timestamp>", "<timestamp>gestern</timestamp>", "no id or no time"),
        ("<timestamp>2024-03-04T10:00:00Z</timestamp>", "<timestamp>2024-13-45T99:99:99Z</timestamp>", "no time"),
        ("<title>Seite 2</title>", "", "no id or no title"),
    ],
)
def test_a_revision_that_cannot_be_read_ends_the_reading(tmp_path: Path, there: str, instead: str, words: str) -> None:
    assert there in SMALL.decode()
    parts, fault = read(write(tmp_path, SMALL.decode().replace(there, instead)))
    assert [r.rev_id for r in revisions_of(parts)] == [1, 2]
    assert words in fault
    assert "page" in fault


def test_a_page_of_100_million_characters_is_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.xml.gz"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.write(HEAD + "<page><title>Lang</title><ns>0</ns><id>1</id>")
        for n in range(1, 101):
            file.write(revision(n, f"<text>{n} {'Zeile einer langen Seite. ' * 40_000}</text>"))
        file.write("</page></mediawiki>")
    script = (
        "import resource, sys; from pathlib import Path; from scraper.dump import DumpPage, read_dump\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "n = sum(len(p.revisions) for p in read_dump(Path(sys.argv[1])) if isinstance(p, DumpPage))\n"
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    count, kib = map(int, done.stdout.split())
    assert count == 100
    assert kib < 60_000
