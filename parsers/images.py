"""The options of a picture: ``[[Datei:X.jpg|mini|links|120px|link=Seite|alt=…|Bildtext]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from parsers.addresses import SCHEMES

# Help:Images; the words of MediaWiki in English and German, but for _FRAMES
_WORDS = frozenset(
    "frameless rahmenlos border rand left links right rechts center centre zentriert none ohne baseline grundlinie "
    "sub tiefgestellt tief super sup hochgestellt hoch top oben text-top text-oben middle mitte bottom unten "
    "text-bottom text-unten upright hochkant".split()
)
_SIZE = re.compile(r"(?:\d+|\d*x\d+)\s*px$", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:upright|hochkant|page|seite|lang|sprache|class|klasse|thumbtime|start|end)\s*=|"
    r"(?:hochkant|upright)\s+[\d.]+$|(?:page|seite) \d+$",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:link|verweis)\s*=", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"(?:alt|alternativtext)\s*=", re.IGNORECASE)
# An address is read before the options are parted (Parser::handleInternalLinks2)
_PIPES = re.compile(rf"\[\[|\]\]|\[(?i:{SCHEMES}|//)[^\s\[\]<>\"]*+|\|")
_FRAMES = frozenset("thumb thumbnail mini miniatur frame framed gerahmt enframed".split())
_OWN_THUMB = re.compile(r"(?:thumb|thumbnail|mini|miniatur)\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """Caption, alternative text and link of a picture, each as wikitext with its position; "" where absent.

    ``unseen`` are captions that a later one replaces: MediaWiki does not show them, but counts what they link to.
    ``framed`` is true where the caption stands under the picture, and not only in its alternative text.
    """

    caption: str = ""
    caption_at: int = 0
    alternative: str = ""
    alternative_at: int = 0
    link: str = ""
    link_at: int = 0
    framed: bool = False
    unseen: tuple[tuple[str, int], ...] = ()


def parse_options(label: str, base: int) -> Options:
    """The options in ``label``, which stands at ``base``; the last unknown one is the caption."""
    caption = alternative = link = ""
    caption_at = alternative_at = link_at = base
    framed = False
    unseen: list[tuple[str, int]] = []
    for start, option in _split(label):
        word = option.strip()
        if named := _LINK.match(word):
            link = word[named.end() :].strip()
            link_at = base + start + option.index(word) + word.index(link, named.end())
        elif named := _ALTERNATIVE.match(word):
            alternative = word[named.end() :]
            alternative_at = base + start + option.index(word) + named.end()
        elif word.lower() in _FRAMES or _OWN_THUMB.match(word):
            framed = True
        elif word.lower() not in _WORDS and not _SIZE.match(word) and not _NAMED.match(word):
            if caption:
                unseen.append((caption, caption_at))
            caption, caption_at = option, base + start
    return Options(caption, caption_at, alternative, alternative_at, link, link_at, framed, tuple(unseen))


def parse_gallery(line: str, base: int) -> Options:
    """The options in a line of a gallery behind the file's name (Parser::renderImageGallery)."""
    caption = link = ""
    caption_at = base
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
            caption, caption_at = option, base + start
    return Options(caption, caption_at, link=link, unseen=tuple(unseen))


def _split(label: str) -> list[tuple[int, str]]:
    """The options between pipes that stand in no inner link, each with its position."""
    cuts, depth = [-1], 0
    for match in _PIPES.finditer(label):
        if match[0] == "|" and depth <= 0:
            cuts.append(match.start())
        elif match[0] in ("[[", "]]"):
            depth += 1 if match[0] == "[[" else -1
    cuts.append(len(label))
    return [(low + 1, label[low + 1 : high]) for low, high in pairwise(cuts)]
