"""Noise: why two texts that differ say the same to a reader, or that they do not."""

from __future__ import annotations

import re

from parsers.common_ends import common_ends
from parsers.date_forms import unlike_parts, with_iso_dates
from parsers.entities import decode_entities
from parsers.plain_text import drop_comments

WHITESPACE, TYPOGRAPHY, CASE, ORDER, MARKUP = "whitespace", "typography", "case", "order", "markup"
NOTATION = "notation"

# Characters that a word processor or a careful typist puts for the plain ones. Soft hyphens, zero-width
# characters and direction marks show nothing; the no-break spaces and hyphens show as the plain ones.
_PLAIN = {
    **dict.fromkeys("„“”‟«»″‹›‘’‚‛′´`'", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    "…": "...",
    "_": " ",  # in a link that shows its title
}
_NOT_PLAIN = re.compile(f"[{''.join(_PLAIN)}]")  # most texts hold few: str.translate takes eight times as long
# List marks that a word processor leaves in the text, and dashes that stand for them.
_BULLET = re.compile(r"^(?:[·•▪◦‣∙●] +|- +(?=[^\W\d]))", re.MULTILINE)
_BLANKS = re.compile(r"[^\S\n]+")
_SPACE_AT_PUNCTUATION = re.compile(r" (?:(?<!\w )|(?!\w))")
_LETTERS = re.compile(r"[\W_]+")
# An enumeration in one line; a comma inside a number does not part anything.
_PARTS = re.compile(r"[\n;|]|,\s")
_MAX_ENUMERATION = 300
_MAX_DATED = 20_000
_FOUR_DIGITS = re.compile(r"\d{4}").search

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# Tags that part what stands before and after them; that a footnote begins or ends here is seen as a mark.
_BREAK = re.compile(r"</?(?:br|hr|p|div|li|td|th|tr|center|blockquote)\b[^<>]*>", re.IGNORECASE)
_REF = re.compile(r"</?ref\b[^<>]*>", re.IGNORECASE)
_QUOTES = re.compile(r"''+")
_LINE_START = re.compile(r"^[ \t]*(?:[*#:;]+|=+(?=[^=])|-{4,})[ \t]*", re.MULTILINE)
_HEADING_END = re.compile(r"=+[ \t]*$", re.MULTILINE)
# Table syntax: the line that opens a table or a row holds attributes only; a cell may start with some.
_TABLE_LINE = re.compile(r"^[ \t:]*(?:\{\||\|-|\|\}).*$", re.MULTILINE)
_CELL_ATTRIBUTES = re.compile(r"^[ \t]*[|!]\+?[^|\[\]{}\n]*=[^|\[\]{}\n]*\|(?!\|)", re.MULTILINE)
_CELL_MARK = re.compile(r"^[ \t]*[|!]\+?|\|\||!!", re.MULTILINE)
_DIRECT_LINK = re.compile(r"\[\[:?[^\[\]|{}\n]*\|([^\[\]\n]*)\]\]|\[\[|\]\]")
_ENTITY = re.compile(r"&#?\w+;")
_MARKS = frozenset("&<>[]{}|'=*#:;_~-")
_SWITCH = re.compile(r"__[^\W\d_]+(?:_[^\W\d_]+)*__")


def noise_reason(before: str, after: str) -> str | None:
    """Which harmless kind of difference explains the whole of it, or None when the content differs.

    ``whitespace``: runs of blanks and line breaks only; ``typography``: quotation marks, dashes, soft hyphens,
    no-break spaces, underscores, bullets, blanks beside punctuation; ``case``: upper and lower case as well;
    ``order``: the same lines, or parts of an enumeration, in another order; ``notation``: the same dates in another
    form (``01.07.2024``, ``1. Juli 2024``, ``2024-07-01``). Equal texts have no difference and give
    None.
    """
    if before == after:
        return None
    # Cheap tests first: most differences are of content. What both begin and end with has the same letters.
    head, tail = common_ends(before, after)
    letters_before = _letters(before[head : len(before) - tail])
    letters_after = _letters(after[head : len(after) - tail])
    same_letters = letters_before == letters_after
    if not same_letters and (
        len(letters_before) != len(letters_after) or sorted(letters_before) != sorted(letters_after)
    ):
        return _notation(before, after)
    if same_letters and collapse(before) == collapse(after):
        return WHITESPACE
    plain_before, plain_after = _plain(before), _plain(after)
    if same_letters and _tight(plain_before) == _tight(plain_after):
        return TYPOGRAPHY
    lower_before, lower_after = plain_before.lower(), plain_after.lower()
    if same_letters and _tight(lower_before) == _tight(lower_after):
        return CASE
    if _sorted_lines(lower_before) == _sorted_lines(lower_after):
        return ORDER
    if len(before) <= _MAX_ENUMERATION and _sorted_parts(lower_before) == _sorted_parts(lower_after):
        return ORDER
    return _notation(before, after)


def _notation(before: str, after: str) -> str | None:
    """Whether dates in another form are all that differs."""
    old, new = unlike_parts(before, after)
    if max(len(old), len(new)) > _MAX_DATED or not (_FOUR_DIGITS(old) and _FOUR_DIGITS(new)):
        return None
    dated = with_iso_dates(old), with_iso_dates(new)
    return NOTATION if dated != (old, new) and _tight(_plain(dated[0])) == _tight(_plain(dated[1])) else None


def markup_noise_reason(before: str, after: str) -> str | None:
    """The same for two pieces of wikitext whose links and templates were replaced by what a reader sees.

    ``markup`` is what is left when bold, headings, list marks, tags, comments and table attributes are taken
    away, and entities are the characters that they stand for, and the words are the same.
    """
    if before == after:
        return None
    told_before, told_after = characters(before), characters(after)
    if told_before == told_after:
        return MARKUP
    if collapse(told_before) == collapse(told_after):
        return WHITESPACE
    stripped_before, stripped_after = strip_markup(before), strip_markup(after)
    if _tight(_plain(stripped_before)) == _tight(_plain(stripped_after)):
        if "".join(told_before.split()) == "".join(told_after.split()):
            return WHITESPACE
        return TYPOGRAPHY if _plain(told_before) == _plain(told_after) else MARKUP
    return noise_reason(stripped_before, stripped_after)


def fold_noise(text: str) -> str:
    """A text in one form for all of its spellings that differ in whitespace, typography or case alone."""
    return _tight(_plain(text).lower())


def strip_markup(wikitext: str) -> str:
    """Wikitext without what only shapes it: a rough cut for comparing, not the text that a reader sees."""
    text = drop_comments(wikitext)
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _REF.sub("\n†\n", text)))
    text = _DIRECT_LINK.sub(lambda match: match[1] or "", text)
    text = _CELL_MARK.sub(" ", _CELL_ATTRIBUTES.sub(" ", _TABLE_LINE.sub("", text)))
    text = _HEADING_END.sub("", _LINE_START.sub("", _SWITCH.sub("", text)))
    text = _QUOTES.sub("", text)
    return _BLANKS.sub(" ", decode_entities(text)).strip()


def characters(wikitext: str) -> str:
    """Wikitext with the characters that entities such as ``&nbsp;`` stand for, unless they would be markup."""
    return _ENTITY.sub(_character, wikitext) if "&" in wikitext else wikitext


def _character(entity: re.Match[str]) -> str:
    shown = decode_entities(entity[0])
    return entity[0] if shown in _MARKS else shown


def collapse(text: str) -> str:
    """A text with every run of blanks and line breaks as one blank, and none at its ends."""
    return " ".join(text.split())


def _plain(text: str) -> str:
    """A text in the characters of a typewriter."""
    return _BULLET.sub("", _NOT_PLAIN.sub(lambda match: _PLAIN[match[0]], text))


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).lower()


def _tight(text: str) -> str:
    """Without the blanks that part no two words: ``z. B.`` is ``z.B.``, but ``Stadt teil`` is not ``Stadtteil``."""
    return _SPACE_AT_PUNCTUATION.sub("", collapse(text))


def _sorted_lines(text: str) -> list[str]:
    return sorted(_tight(line) for line in text.splitlines() if line.strip())


def _sorted_parts(text: str) -> list[str]:
    return sorted(_tight(part) for part in _PARTS.split(text) if part.strip())
