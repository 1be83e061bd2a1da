"""Cosmetic edits that stand beside worded ones in a section: found line by line, then inside rewritten lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from parsers.compare_source import Line, LineBlock, MaskedSource
from parsers.immutable import dataclass
from parsers.noise import MARKUP, characters, fold_noise, markup_noise_reason, strip_markup
from parsers.words import align

# Cells of one alignment; a larger block of lines, and one with more rewritten places, was written anew.
_MAX_CELLS = 1_000_000
_MAX_HUNKS = 40
# Lines with less than this share of their words in common are not a rewriting of each other.
_LEAST_COMMON = 0.5

_TOKEN = re.compile(r"\n|[^\S\n]+|'{2,}|</?[A-Za-z][^<>\n]*>|<!--.*?-->|\[\[|\]\]|&#?\w+;|\w+|[^\w\s]", re.DOTALL)
_STARTS_WORD = re.compile(r"\w").match
_OF_WORDS = re.compile(r"\w|&").match
_MARK = re.compile(r"'{2,}|</?[A-Za-z][^<>\n]*>")


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A place where the tokens of two blocks differ: ``[b0, b1)`` became ``[a0, a1)``."""

    b0: int
    b1: int
    a0: int
    a1: int


def cosmetic_edits(
    before: MaskedSource, after: MaskedSource, blocks: Sequence[LineBlock]
) -> dict[str, tuple[str, str]]:
    """What reads the same in the blocks of lines that differ: by reason, the lines and how they read with it alone.

    A line that reads as another one of its block is told as it is written. Of lines whose words differ as well,
    the second text is the earlier line with nothing but the cosmetic places rewritten; links that are told by
    themselves stand there as their label. Blocks past a size, or rewritten in very many places, are told by their
    words alone.
    """
    shown: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for old, new in blocks:
        for lines_old, lines_new, alike in _aligned(old, new):
            if alike:
                for one, other in zip(lines_old, lines_new, strict=True):
                    pair = before.slice((one.start, one.end)), after.slice((other.start, other.end))
                    if one.text != other.text and pair[0] != pair[1]:
                        shown[markup_noise_reason(one.text, other.text) or MARKUP].append(pair)
            elif lines_old and lines_new:
                texts = ("\n".join(line.text for line in lines) for lines in (lines_old, lines_new))
                for reason, pair in _inside(*texts):
                    shown[reason].append(pair)
    return {
        reason: ("\n".join(old for old, _ in pairs), "\n".join(new for _, new in pairs))
        for reason, pairs in shown.items()
    }


def _aligned(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[Sequence[Line], Sequence[Line], bool]]:
    """Runs of lines that read alike, and what stands between them."""
    if old and new:
        keys_old, keys_new = ([fold_noise(strip_markup(line.text)) for line in lines] for lines in (old, new))
        for same, b0, b1, a0, a1 in align(keys_old, keys_new, _MAX_CELLS):
            yield old[b0:b1], new[a0:a1], same


def _inside(old: str, new: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The cosmetic places of rewritten lines by reason, as the lines that hold them before and after."""
    words_old, words_new = _TOKEN.findall(old), _TOKEN.findall(new)
    hunks, common = _hunks(words_old, words_new)
    if len(hunks) > _MAX_HUNKS or common < _LEAST_COMMON * min(_letters(words_old), _letters(words_new)):
        return
    by_reason: defaultdict[str, dict[_Hunk, list[str]]] = defaultdict(dict)
    for hunk in hunks:
        rewritten = _cosmetic_part(words_old[hunk.b0 : hunk.b1], words_new[hunk.a0 : hunk.a1])
        if rewritten is not None:
            pair = _lines_around(words_old, {hunk: rewritten})
            reason = markup_noise_reason(*pair) if pair[0] != pair[1] else None
            if reason:
                by_reason[reason][hunk] = rewritten
    for reason, found in by_reason.items():
        yield reason, _lines_around(words_old, found)


def _hunks(old: Sequence[str], new: Sequence[str]) -> tuple[list[_Hunk], int]:
    """Where two lists of tokens differ, and how many letters they have in common."""
    hunks, common = [], 0
    for same, b0, b1, a0, a1 in align(old, new, _MAX_CELLS):
        if same:
            common += _letters(old[b0:b1])
        else:
            hunks.append(_Hunk(b0, b1, a0, a1))
    return hunks, common


def _letters(tokens: Sequence[str]) -> int:
    return sum(map(len, filter(_STARTS_WORD, tokens)))


def _words(tokens: Sequence[str]) -> str:
    words = "".join(filter(_OF_WORDS, tokens))
    return ("".join(filter(str.isalnum, characters(words))) if "&" in words else words).lower()


def _cosmetic_part(gone: Sequence[str], come: Sequence[str]) -> list[str] | None:
    """What takes the place of ``gone`` when the words stay and the rest becomes as in ``come``; None for nothing.

    Words that came with marks of their own are new in whole; a mark that belongs to what stands beside them is not.
    """
    if gone.count("[[") - gone.count("]]") != come.count("[[") - come.count("]]"):
        return None  # brackets that no longer make a link are seen
    same_words = _words(gone) == _words(come)  # cheap to see, and most often they differ
    if same_words and fold_noise(strip_markup("".join(gone))) == fold_noise(strip_markup("".join(come))):
        return list(come)
    (first, last), (start, end) = _outer_marks(gone), _outer_marks(come)
    if _is_paired(gone) and _is_paired(come):
        return None
    return [*come[:start], *gone[first:last], *come[end:]]


def _outer_marks(tokens: Sequence[str]) -> tuple[int, int]:
    """Where the words begin and end between the marks that a piece begins and ends with."""
    first, last = 0, len(tokens)
    while first < last and _MARK.fullmatch(tokens[first]):
        first += 1
    while first < last and _MARK.fullmatch(tokens[last - 1]):
        last -= 1
    return first, last


def _is_paired(tokens: Sequence[str]) -> bool:
    return sum(bool(_MARK.fullmatch(token)) for token in tokens) % 2 == 0


def _lines_around(tokens: Sequence[str], hunks: dict[_Hunk, list[str]]) -> tuple[str, str]:
    """The lines with these hunks, as they stood and with the hunks rewritten."""
    pieces: list[tuple[str, str, bool]] = []
    position, end = min(hunk.b0 for hunk in hunks), max(hunk.b1 for hunk in hunks)
    while position and tokens[position - 1] != "\n":
        position -= 1
    while end < len(tokens) and tokens[end] != "\n":
        end += 1
    for hunk, rewritten in hunks.items():
        pieces += [(token, token, False) for token in tokens[position : hunk.b0]]
        pieces.append(("".join(tokens[hunk.b0 : hunk.b1]), "".join(rewritten), True))
        position = hunk.b1
    pieces += [(token, token, False) for token in tokens[position:end]]
    before, after = [""], [""]
    touched = [False]
    for old, new, is_hunk in pieces:
        if old == new == "\n":
            before.append("")
            after.append("")
            touched.append(False)
        else:
            before[-1] += old
            after[-1] += new
            touched[-1] |= is_hunk
    kept = [at for at, is_touched in enumerate(touched) if is_touched]
    return "\n".join(before[at] for at in kept), "\n".join(after[at] for at in kept)


__all__ = ["cosmetic_edits"]
