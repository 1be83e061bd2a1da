"""What a reader sees of wikitext: comments, quotes, blanks, tags and Unicode form.

Text follows the layout of HTML's ``innerText``: a line for each line, list item and table row, a tab between the
cells of a row, an empty line between paragraphs. Links show their label; templates, references, comments,
categories, language links and pictures show nothing.
"""

from __future__ import annotations

import re

from parsers.masks import INERT_QUOTE
from parsers.unicode_form import nfc

# Sanitizer::getRecognizedTagData: other tags are text, those of columns and of groups of rows as well
HTML_TAGS = frozenset(
    "abbr b bdi bdo big blockquote br caption center cite code data dd del dfn div dl dt em "
    "font h1 h2 h3 h4 h5 h6 hr i ins kbd li link mark meta ol p q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup table td th time tr tt u ul var wbr".split()
)
BLOCK_TAGS = frozenset("blockquote br caption center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p table tr ul".split())
BREAKING_TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCK_TAGS))})(?=[\s/>])[^<>]*>", re.IGNORECASE)

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTES = re.compile("''+")
_BLANKS = re.compile("[ \t\r\f\v]+")
_AROUND_BREAKS = re.compile(" ?\n ?")
_EMPTY_LINES = re.compile("\n{3,}")


def drop_comments(text: str) -> str:
    """Text without its comments; one that nothing ends goes on to the end (Manual:Preprocessor)."""
    return _COMMENT.sub("", text) if "<!--" in text else text


def drop_quotes(text: str) -> str:
    """Text without the quotes of bold and italics; odd ones stay as MediaWiki leaves them (Parser::doQuotes)."""
    if "''" not in text:
        return text
    if "'''" in text:
        text = "\n".join(map(_balanced, text.split("\n")))
    return _QUOTES.sub(_literal_quotes, text)


def _balanced(line: str) -> str:
    """A line in which bold and italics are both odd: one bold then is an apostrophe and italics.

    That after a word of one letter, else after a longer word, else after a blank.
    """
    runs = [(match.start(), match.end()) for match in _QUOTES.finditer(line)]
    lengths = [end - start for start, end in runs]
    if sum(n > 2 for n in lengths) % 2 == 0 or sum(n == 2 or n > 4 for n in lengths) % 2 == 0:
        return line
    chosen: dict[str, tuple[int, int]] = {}
    position = 0
    for (start, end), length in zip(runs, lengths, strict=True):
        if length in (3, 4):
            before = (line[position:start] + "'" * (length - 3))[-2:]
            place = "blank" if before.endswith(" ") else "letter" if before.startswith(" ") else "word"
            chosen.setdefault(place, (start, end))
        position = end
    for place in ("letter", "word", "blank"):
        if place in chosen:
            start, end = chosen[place]
            return line[:start] + INERT_QUOTE * (end - start - 2) + line[end - 2 :]
    return line


def _literal_quotes(match: re.Match[str]) -> str:
    count = len(match[0])
    if count == 4:
        return "'"
    return "'" * (count - 5) if count > 5 else ""


def tidy(text: str) -> str:
    """One blank between words, none at the ends of lines; NFC. No-break spaces stay."""
    if "  " in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text:
        text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _EMPTY_LINES.sub("\n\n", _AROUND_BREAKS.sub("\n", text))
    text = text.strip(" \n")
    return nfc(text)
