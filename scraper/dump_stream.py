"""Opens an XML export, plain or packed, and parses it piece by piece: the elements asked for, or where it broke off."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard
from lxml import etree

from scraper.errors import DumpError

CHUNK = 1 << 16  # bytes of XML parsed at once
_LONGEST_PROLOG = 1 << 16  # bytes before the first element; a MediaWiki export has none
_PACKED = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)
_UNREADABLE = {b"7z\xbc\xaf": "7z", b"PK\x03\x04": "zip", b"\xfd7zX": "xz", b"Rar!": "rar"}

Stream = BinaryIO | gzip.GzipFile | bz2.BZ2File | zstandard.ZstdDecompressionReader


@dataclass(frozen=True, slots=True)
class Broken:
    """The fault that ends a file before its end: where in the unpacked XML, and what the parser says."""

    byte: int
    line: int | None
    reason: str


@contextmanager
def open_dump(path: Path) -> Iterator[Stream]:
    """The XML in a file or pipe that is plain or packed, told by its first bytes, whatever its name.

    Files of several gzip members, bzip2 streams or zstd frames are read to their end. Raises DumpError for a packing
    that cannot be read, and OSError.
    """
    with path.open("rb") as file:
        start = file.peek(4)[:4]
        if kind := _UNREADABLE.get(start):
            raise DumpError(
                f"{path} is packed as {kind}, which wikitrail cannot read; unpack it, or pipe what the unpacker prints"
                " into “wikitrail import /dev/stdin”."
            )
        if start == b"\x28\xb5\x2f\xfd":
            yield zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=False)
        elif start[:2] == b"\x1f\x8b":
            with gzip.open(file) as unpacked:
                yield unpacked
        elif start[:3] == b"BZh":
            with bz2.open(file) as unpacked:
                yield unpacked
        else:
            yield file


def parse_dump(stream: Stream, path: Path, tags: tuple[str, ...]) -> Iterator[tuple[str, etree._Element] | Broken]:
    """Starts and ends of the elements with these local names; last the fault, if one ended the file early.

    Entities are off, and a document type is refused. Raises DumpError for what is no XML or no MediaWiki export.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    events = cast("Iterator[tuple[str, etree._Element]]", parser.read_events())
    done = lines = 0
    data, fault = _prolog(stream, path)
    while data and fault is None:
        fault = _feed(parser, data, done, lines)
        yield from events  # those before the fault too
        if fault is None:
            done, lines = done + len(data), lines + data.count(b"\n")
            data, fault = _read(stream, CHUNK, done)
    if fault is None:
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            fault = Broken(done, error.lineno, "the file ends here")
    if fault is not None:
        yield fault


def _read(stream: Stream, size: int, done: int) -> tuple[bytes, Broken | None]:
    """The next bytes. What was unpacked before a fault comes first: ``read`` would lose it, ``read1`` does not."""
    try:
        return stream.read1(size) if isinstance(stream, gzip.GzipFile | bz2.BZ2File) else stream.read(size), None
    except _PACKED as error:
        return b"", Broken(done, None, str(error))
    except OSError as error:
        if error.errno is not None:  # a fault of the disk; bz2 and gzip raise OSError without a number for bad data
            raise
        return b"", Broken(done, None, str(error))


def _prolog(stream: Stream, path: Path) -> tuple[bytes, Broken | None]:
    """The beginning of the file up to its first element at least.

    A document type is refused before the parser sees it, since the values of attributes are expanded as they are read.
    """
    head, fault = b"", None
    while fault is None and len(head) < _LONGEST_PROLOG:
        data, fault = _read(stream, CHUNK, len(head))
        head += data
        if not data or _first_tag(head) is not None:
            break
    first = _first_tag(head)
    if first is None:
        if fault is not None:
            raise DumpError(f"{path} is cut off or damaged at its beginning ({fault.reason}); fetch it again.")
        if not head and path.stat().st_size:
            raise DumpError(f"{path} is cut off: nothing of it can be unpacked; fetch it again.")
        what = "no XML" if head else "empty, so no XML"
        raise DumpError(f"{path} is {what}; name a MediaWiki export, plain or packed as .gz, .bz2 or .zst.")
    if first == "!DOCTYPE":
        raise DumpError(
            f"{path} is no MediaWiki export: it declares a document type, as HTML pages do; nothing was read."
        )
    if first.rpartition(":")[2] != "mediawiki":
        raise DumpError(f"{path} is XML, but no MediaWiki export (it begins with <{first}>).")
    return head, fault


def _first_tag(head: bytes) -> str | None:
    """Name of the first element or declaration after comments and instructions; also of UTF-16, as ASCII goes."""
    text = re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", head.replace(b"\0", b""), flags=re.DOTALL)
    found = re.match(
        rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<(!DOCTYPE|[A-Za-z_][\w:.-]*)(?=[\s/>])", text, re.IGNORECASE
    )
    return None if found is None else "!DOCTYPE" if found[1].upper() == b"!DOCTYPE" else found[1].decode()


def _feed(parser: etree.XMLPullParser, data: bytes, done: int, lines: int) -> Broken | None:
    """Parse the next piece of a file of which ``done`` bytes with ``lines`` line breaks went before.

    The place of a fault is the beginning of the line that the parser names. Some faults, such as an unknown entity,
    end the parsing without an exception and stand in the parser's log alone.
    """
    try:
        parser.feed(data)
        found = next((e for e in parser.feed_error_log if e.level == etree.ErrorLevels.FATAL), None)
        if found is None:
            return None
        line, reason = found.line, found.message
    except etree.XMLSyntaxError as error:
        line, reason = error.lineno or 1, str(error.msg)
    offset = 0
    for _ in range(line - 1 - lines):
        offset = data.find(b"\n", offset) + 1
    return Broken(done + offset, line, reason)
