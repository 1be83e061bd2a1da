"""Slips in links and running text that MediaWiki reads without a word, as something that was hardly meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.images import Options
from parsers.masks import links_in

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{2,5}\Z")
# A size or a named option that sticks to what stands before it, or lost its equals sign
_STUCK = re.compile(r"[^\W\d_](?<!\dx)\d+(?:x\d+)?px|\S(?:link|alt)=|\A(?:\S*px\S+|link[A-ZÄÖÜ]\S*)")
_PIPE = re.compile(r"[^\s|\[\]]*\w(\|)\w")


def is_damaged_picture(title: str, options: Options) -> bool:
    """Whether a file's name has no ending, or its options seem to have lost a pipe or an equals sign."""
    captions = (options.caption, *(unseen for unseen, _ in options.unseen))
    return (
        not _EXTENSION.search(title)
        or options.link.startswith("=")
        or any("[" not in caption and _STUCK.search(caption) for caption in captions)
    )


def text_slips(piece: str) -> Iterator[tuple[str, int, int]]:
    """Code, start and end of single pipes between letters."""
    if "|" in piece and "{" not in piece:  # of a template that is never closed, or a language variant
        links = links_in(piece, 0)[::-1]
        for match in _PIPE.finditer(piece):
            while links and links[-1][1] <= match.start():
                links.pop()
            if "://" not in match[0] and not (links and links[-1][0] < match.start()):
                yield "pipe-in-text", *match.span(1)
