"""The brackets and quotes of a piece of masked wikitext: which close each other, and which close nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BRACKETS = re.compile(r"\[\[|[\[\]]")
_PAIRED = re.compile(r"\[|\]+|''+|-->")
_STYLES = {2: "i", 3: "b", 4: "b"}  # five and more are both (Parser::doQuotes)


def slips(piece: str) -> Iterator[tuple[str, int, int]]:
    """Faults of one line as (code, start, end): brackets and comment ends that close nothing, quotes that none closes.

    Of bold and italics that are left open there is one fault, at the first of them.
    """
    opened = 0
    odd: dict[str, tuple[int, int]] = {}
    for match in _PAIRED.finditer(piece):
        token = match[0]
        if token == "[":
            opened += 1
        elif token == "-->":
            yield "stray-comment-end", *match.span()
        elif token[0] == "]":
            if len(token) > opened:
                yield "stray-brackets", *match.span()
            opened = max(0, opened - len(token))
        else:
            for style in _STYLES.get(len(token), "bi"):
                if odd.pop(style, None) is None:
                    odd[style] = match.span()
    if odd:
        yield "unclosed-quotes", *min(odd.values())


def pair_brackets(piece: str) -> dict[int, int]:
    """Where each ``[[`` and each ``[`` is closed: start to end, for those that are."""
    closing: dict[int, int] = {}
    stack: list[tuple[int, int]] = []
    position = 0
    while match := _BRACKETS.search(piece, position):
        start, end = match.span()
        if match[0] != "]":
            stack.append((start, end - start))
        elif stack:
            opened, width = stack[-1]
            end = start + width
            if piece.startswith("]" * width, start):
                closing[opened] = end
                stack.pop()
            else:
                end = start + 1
        position = end
    return closing
