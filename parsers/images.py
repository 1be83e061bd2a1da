"""The options of a picture: ``[[Datei:X.jpg|mini|links|120px|link=Seite|alt=…|Bildtext]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from parsers.addresses import SCHEMES
from parsers.masks import BREAK, GONE, NEXT_CELL, unmask

# Help:Images; the words of MediaWiki in English and German, but for those of frames; upper and lower case differ
WORDS = frozenset(
    "frameless rahmenlos border rand left links right rechts center centre zentriert none ohne baseline grundlinie "
    "sub tiefgestellt tief super sup hochgestellt hoch top oben text-top text-oben middle mitte bottom unten "
    "text-bottom text-unten upright hochkant".split()
)
_KNOWN = re.compile(
    r"(?:\d+x?\d*|x\d+)\s*(?:px\s*)?px$|"
    r"(?:upright|hochkant|page|seite|lang|sprache|class|klasse|thumbtime|start|end)\s*=|"
    r"(?:hochkant|upright)\s+[\d.]+$|(?:page|seite) \d+$"
)
_FRAME = re.compile(r"(?:frame|framed|gerahmt|enframed)$|(?:thumb|thumbnail|mini|miniatur)\s*(?:=|$)")
_LINK = re.compile(r"(?:link|verweis)\s*=")
_ALTERNATIVE = re.compile(r"(?:alt|alternativtext)\s*=")
# An address is read before the options are parted (Parser::handleInternalLinks2)
_PIPES = re.compile(rf"\[\[|\]\]|\[(?i:{SCHEMES}|//)[^\s\[\]<>\"]*+|\|")


@dataclass(frozen=True, slots=True)
class Options:
    """Caption, alternative text and link of a picture, each as wikitext with its position; "" where absent.

    ``unseen`` are captions, and links with brackets in them, that a later one replaces: MediaWiki does not show them,
    but counts what they link to.
    ``framed`` is true where the caption stands under the picture, and not only in its alternative text, ``swallows``
    where a link holds double brackets, ``loses`` where a caption is replaced.
    """

    caption: str = ""
    caption_at: int = 0
    alternative: str = ""
    alternative_at: int = 0
    link: str = ""
    link_at: int = 0
    framed: bool = False
    swallows: bool = False
    loses: bool = False
    unseen: tuple[tuple[str, int], ...] = ()


def parse_options(label: str, base: int) -> Options:
    """The options in ``label``, which stands at ``base``; the last unknown one is the caption."""
    caption = alternative = link = ""
    caption_at = alternative_at = link_at = base
    framed = swallows = loses = False
    unseen: list[tuple[str, int]] = []
    for start, option in _split(label):
        plain = option.replace(BREAK, " ")
        word = plain.strip()
        if named := _LINK.match(word):
            if "[[" in link:
                unseen.append((link, link_at))
            link = word[named.end() :].strip()
            link_at = base + start + plain.index(word) + word.index(link, named.end())
            swallows = swallows or "[[" in link
        elif named := _ALTERNATIVE.match(word):
            alternative = word[named.end() :]
            alternative_at = base + start + plain.index(word) + named.end()
        elif _FRAME.match(word):
            framed = True
        elif not _is_known(word):
            if caption:
                unseen.append((caption, caption_at))
                loses = loses or bool(unmask(caption).strip())
            caption, caption_at = option, base + start
    found = caption, caption_at, alternative, alternative_at, link, link_at
    return Options(*found, framed, swallows, loses, tuple(unseen))


def parse_gallery(line: str, base: int) -> Options:
    """The options in a line of a gallery behind the file's name (Parser::renderImageGallery)."""
    caption = link = ""
    caption_at = base
    loses = False
    unseen: list[tuple[str, int]] = []
    for start, option in _split(line):
        word = option.strip()
        if named := _LINK.match(word):
            link = word[named.end() :].strip()
        elif _ALTERNATIVE.match(word):
            unseen.append((option, base + start))
        else:
            if caption:
                unseen.append((caption, caption_at))
                loses = loses or bool(unmask(caption).strip())
            caption, caption_at = option, base + start
    return Options(caption, caption_at, link=link, loses=loses, unseen=tuple(unseen))


def _split(label: str) -> list[tuple[int, str]]:
    """The options between pipes that stand in no inner link, each with its position."""
    cuts, depth = [-1], 0
    for match in _PIPES.finditer(label):
        if match[0] == "|" and depth <= 0:
            cuts.append(match.start())
        elif match[0] in ("[[", "]]"):
            depth += 1 if match[0] == "[[" else -1
    cuts.append(len(label))
    options = [(low + 1, label[low + 1 : high]) for low, high in pairwise(cuts)]
    return _across_cells(options) if NEXT_CELL in label else options


def _is_known(word: str) -> bool:
    """Whether an option is a word, a size or a name that MediaWiki knows; else it is the caption."""
    return word in WORDS or any(form.match(word) for form in (_KNOWN, _FRAME, _LINK, _ALTERNATIVE))


def _across_cells(options: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The options where cells begin among them: a cell's text belongs to the option before (Parser::handleTables).

    What stands before a cell's first pipe are its attributes.
    """
    joined: list[tuple[int, str]] = []
    has_attributes = False
    for (at, option), (_, following) in pairwise([*options, (0, NEXT_CELL)]):
        begins = option.startswith(NEXT_CELL)
        if begins and not following.startswith(NEXT_CELL) and "[[" not in option:
            has_attributes = True
            continue
        if joined and (begins or has_attributes):
            start, before = joined.pop()
            gap = at + begins - start - len(before) - 1
            kept = GONE * (len(before) + 1) if _is_known(before.strip()) else before + " "
            joined.append((start, kept + GONE * gap + option[begins:]))
        else:
            joined.append((at, option))
        has_attributes = False
    return joined
