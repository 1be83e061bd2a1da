"""HTML as characters: decoded from bytes, and its tags with their places, as a browser cuts them.

lxml does not say where in the source an element stands. So the tags are found here first, by the rules of the HTML
standard (13.2.5, Tokenization), and each start tag is given its number as an attribute: the tree that lxml makes,
however it mends broken markup, then leads back to the characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bs4.dammit import EncodingDetector

from parsers.immutable import dataclass

MAX_DEPTH = 150  # elements in one another
MAX_TAGS = 25_000  # start tags of one page; what follows is not read, so that any page ends in seconds
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FALLBACK = "cp1252"  # what browsers take pages for that say nothing (Encoding standard)
_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 has no such characters; lxml stops
_TAG = re.compile(r"<(?:!--|[!?]|/?[A-Za-z]|/)")
_NAME = re.compile(r"[^\s/>]*+")
_ATTRIBUTES = re.compile(r"""(?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+""")
_COMMENT_END = re.compile(r"--!?>")
# Elements whose content is text: a "<" in them begins no tag
_RAW = frozenset("script style textarea title xmp iframe noembed noframes".split())
# Elements that say nothing here where they have no attribute
_PLAIN = frozenset("abbr b bdi big cite code dfn em font i ins kbd q s samp small strong time tt u var".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# What a start tag ends that stands right before it, without an end tag
_ENDS = {
    name: frozenset(ended.split())
    for names, ended in (
        ("li", "li"), ("p", "p"), ("a", "a"), ("option", "option"), ("dt dd", "dt dd"), ("td th", "td th"),
        ("tr", "td th tr"), ("tbody tfoot", "td th tr tbody thead tfoot"),
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceTag:
    """A tag from ``start`` to ``end``, its name in lower case; ``closing`` of ``</td>``.

    The parser is not given one that is not ``kept``.
    """

    start: int
    end: int
    name: str
    closing: bool
    kept: bool = True


@dataclass(frozen=True, slots=True)
class SourceTags:
    """The tags of a page in order. It is read to ``read_to``; ``too_deep`` says where it is nested beyond the limit."""

    tags: list[SourceTag]
    read_to: int
    too_deep: int | None


def decode_html(data: bytes) -> tuple[str, str | None]:
    """The characters of a page, and the encoding that had to be assumed where none fits (else None).

    UTF-8 where it fits, since text in another encoding hardly ever does; else what the page declares, if that fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), None
    declared = EncodingDetector.find_declared_encoding(data, is_html=True, search_entire_document=False)
    for encoding in filter(None, ("utf-8", declared)):
        try:
            return data.decode(encoding), None
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    mostly = data.decode("utf-8", "replace")
    if mostly.count("\ufffd") * 20 < sum(1 for character in mostly if not character.isascii()):
        return mostly, "utf-8"
    return data.decode(_FALLBACK, "replace"), _FALLBACK


def fit_characters(text: str) -> str:
    """The text at the same length, without characters that the parser cannot take."""
    return _UNFIT.sub("\ufffd", text)


def find_tags(text: str) -> SourceTags:
    """The tags of a page, to its end or to the start tag that is one too many.

    Not kept are end tags of what is not open, tags that say nothing, and what is nested too deep: with them a small
    page can keep any parser busy for minutes.
    """
    tags: list[SourceTag] = []
    opened = _Opened()
    kept = 0
    for tag in _tags(text):
        keep = opened.close(tag.name) if tag.closing else opened.open(tag)
        kept += keep and not tag.closing
        if kept > MAX_TAGS:
            return SourceTags(tags, tag.start, opened.too_deep)
        tags.append(tag if keep else SourceTag(tag.start, tag.end, tag.name, tag.closing, kept=False))
    return SourceTags(tags, len(text), opened.too_deep)


class _Opened:
    """The elements that are open at a place of the source."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.counts: Counter[str] = Counter()  # of the names in it
        self.dropped: Counter[str] = Counter()  # elements whose start tag was not kept, by name
        self.too_deep: int | None = None

    def open(self, tag: SourceTag) -> bool:
        """Whether a start tag is kept."""
        name = tag.name
        if name in _VOID:
            return True
        ended = _ENDS.get(name, ())
        while self.stack and self.stack[-1] in ended:
            self.counts[self.stack.pop()] -= 1
        plain = name in _PLAIN and tag.end - tag.start == len(name) + 2
        if plain or len(self.stack) >= MAX_DEPTH:
            self.dropped[name] += 1
            if not plain and self.too_deep is None:
                self.too_deep = tag.start
            return False
        self.stack.append(name)
        self.counts[name] += 1
        return True

    def close(self, name: str) -> bool:
        """Whether an end tag is kept."""
        if self.dropped[name]:
            self.dropped[name] -= 1
            return False
        if not self.counts[name]:
            return False
        while True:
            last = self.stack.pop()
            self.counts[last] -= 1
            if last == name:
                return True


def _tags(text: str) -> Iterator[SourceTag]:
    """The tags of a text. What is opened and never closed (a comment, a quote) holds the rest of the text."""
    at = 0
    while opened := _TAG.search(text, at):
        start, at = opened.span()
        if opened[0] == "<!--":
            if not text.startswith((">", "->"), at):
                closed = _COMMENT_END.search(text, at)
                at = closed.end() if closed else len(text)
                yield SourceTag(start, at, "!--", closing=True)  # ends nothing, and so is not kept
        elif opened[0] in ("<!", "<?", "</"):
            found = text.find(">", at)
            at = found + 1 if found >= 0 else len(text)
        else:
            closing = opened[0].startswith("</")
            named = _NAME.match(text, start + 1 + closing)
            rest = _ATTRIBUTES.match(text, named.end()) if named else None
            if named is None or rest is None or not text.startswith(">", rest.end()):
                return
            at = rest.end() + 1
            name = named[0].lower()
            yield SourceTag(start, at, name, closing)
            if name in _RAW and not closing:
                raw_end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, at)
                at = raw_end.start() if raw_end else len(text)
            elif name == "plaintext":
                return


def mark_tags(text: str, tags: list[SourceTag], attribute: str) -> str:
    """The text with the number of each start tag as its first attribute, and without the tags that are not kept."""
    pieces: list[str] = []
    position = 0
    for number, tag in enumerate(tags):
        if not tag.kept:
            pieces.append(text[position : tag.start])
            position = tag.end
        elif not tag.closing:
            at = tag.start + 1 + len(tag.name)
            pieces += (text[position:at], f' {attribute}="{number}"')
            position = at
    pieces.append(text[position:])
    return "".join(pieces)


def unused_attribute(text: str) -> str:
    """The name of an attribute that the page does not have."""
    name = "data-at"
    while name in text:
        name += "t"
    return name
