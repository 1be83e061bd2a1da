"""Slips in the fields of an infobox and the cells of a table that MediaWiki reads without a word, and loses text by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.html_tags import DAMAGED_ATTRIBUTE, on_one_line
from parsers.masks import links_in, mask, unmask
from parsers.record import Param, Span
from parsers.scan_tree import Part
from parsers.site import Site

_HEADING = re.compile(r"^=[^\n]*[^\s=][^\n]*=[ \t]*$", re.MULTILINE)
# A line that begins like a field: a name of a few words, and an equals sign
_NEXT_FIELD = re.compile(r"\n[ \t]*([^\W\d_][\w ()./-]{0,50}?)[ \t]*=(?![=>])")
_CONDITION_END = re.compile(r"\]\](?=\w)")
_NEED_COLON = ("DEFAULTSORT", "DISPLAYTITLE")  # of other functions' names there are templates
# The same in the line of another: a value, and a name that sticks to it
_JOINED_FIELD = re.compile(r"(?:[a-zäöüß](?=[A-ZÄÖÜ])|\S[ \t]+)([^\W\d_](?:[^\W\d]|-){2,30})=(?![=>])")
_SENTENCE = re.compile(r"\.\s|//|\bwww\.")
_LOST_MARK = re.compile(r"^[ \t]*(?:-{1,3}[ \t]*(?:\||\w+=[^\n|]*)?$|[^\s|!{*#:;][^\n]*(\|\|)[^\n]*)", re.MULTILINE)
# Attributes that a cell shows, as its pipe is missing or doubled
_SHOWN = re.compile(
    r"\s*(?:align|valign|style|class|rowspan|colspan|width|bgcolor)\s*=\s*(?:\"[^\"]*\"|[\w#%-]+)(?:(\s*)\Z|\s|(?=''))",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"=|\A\s*(?:nowrap|hidden|header)\s*\Z", re.IGNORECASE)


def field_slips(text: str, parts: Sequence[Part], params: Sequence[Param]) -> Iterator[tuple[str, int, int]]:
    """Code, start and end of fields that have no name, hold the next one or a heading, or begin with a second ``=``."""
    has_names = any(part.equals >= 0 for part in parts)
    for at, (part, param) in enumerate(zip(parts, params, strict=True)):
        raw = param.raw.strip()
        if not (raw or param.name.strip("0123456789")) and "\n" not in param.raw and at < len(params) - 1:
            yield "doubled-pipe", part.start - 1, part.end + 1
        if part.equals >= 0 and "\n" in text[part.start : part.equals].strip():
            name = unmask(mask(text, part.start, part.equals, part.nodes))  # without comments
            if "\n" in name.strip():
                yield "missing-pipe", part.start, part.end
        if not raw:
            continue
        start = part.equals + 1 if part.equals >= 0 else part.start
        if part.equals < 0 or not param.name:
            if has_names and unmask(mask(text, start, part.end, part.nodes)).strip():
                yield "unnamed-field", part.start, part.end
            continue
        if "=" not in raw:
            continue
        masked = mask(text, start, part.end, part.nodes)
        if raw[0] == "=" and not _HEADING.match(masked.strip()):
            yield "doubled-equals", start, part.end
        if "\n" in param.raw.rstrip():
            if _HEADING.search(masked):
                yield "heading-in-field", start, part.end
            elif (named := _NEXT_FIELD.search(on_one_line(masked).rstrip())) and not _SENTENCE.search(named[1]):
                yield "missing-pipe", start + named.start(1), part.end
                continue
        is_plain = "<" not in masked and "{|" not in masked
        if is_plain and (joined := _JOINED_FIELD.search(masked)) and "//" not in masked[: joined.start()]:
            yield "missing-pipe", start + joined.start(1), part.end


def query_slips(text: str, parts: Sequence[Part]) -> Iterator[tuple[str, int, int]]:
    """The same of a semantic query, ``{{#ask:[[condition]]|?printout|name=value}}`` (Help:Inline queries)."""
    for part in parts:
        source = text[part.start : part.end]
        masked = mask(text, part.start, part.end, part.nodes)
        if joined := _CONDITION_END.search(masked):
            yield "missing-pipe", part.start + joined.end(), part.end
        if "[[]]" in masked:
            yield "damaged-link", part.start, part.end
        if part is parts[0]:
            continue
        if not source.strip():
            if part is not parts[-1]:
                yield "doubled-pipe", part.start - 1, part.end + 1
        elif part.equals < 0:
            if masked.strip()[:1].isalnum():
                yield "unnamed-field", part.start, part.end
        elif text[part.equals + 1 : part.end].lstrip()[:1] == "=":
            yield "doubled-equals", part.equals + 1, part.end


def name_slip(name: str, *, has_params: bool, site: Site) -> str | None:
    """The code of a template whose name holds its first field, or is that of a function that needs a colon."""
    if "=" in name[1:]:
        return "missing-pipe"
    return "missing-colon" if has_params and site.functions.get(name.lower()) in _NEED_COLON else None


def cell_slips(masked: str, start: int, end: int, attributes: str) -> Iterator[tuple[str, int, int]]:
    """The same of the first line of a cell: text that is read as attributes and dropped, a pipe that is shown."""
    if attributes and DAMAGED_ATTRIBUTE.search(attributes):
        yield "damaged-attribute", start - 1 - len(attributes), start - 1
    elif _is_text(attributes):
        yield "lost-cell-text", start - 1 - len(attributes), start - 1
    if masked.find("=", start, end) >= 0 and (shown := _SHOWN.match(masked[start:end])):
        yield "missing-pipe" if shown[1] is None else "doubled-pipe", start, end
    pipe = masked.find("|", start, end)
    if pipe >= 0 and not _in_link(masked, start, end, pipe):
        yield "pipe-in-text", pipe, pipe + 1


def row_slips(masked: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Lines between those of a table that are no cell, and look like the mark of a row or like several cells."""
    for match in _LOST_MARK.finditer(masked, start, end):
        if match[1] is None or not _in_link(masked, *match.span(), match.start(1)):
            yield "lost-row-mark", *match.span()


def loose_slips(masked: str, lines: Sequence[Span]) -> Iterator[tuple[str, int, int]]:
    """The first of lines of a table that stand in no cell; MediaWiki shows them above the table."""
    last = -1
    for start, end in lines:
        if start != last + 1 and any(map(str.isalnum, unmask(masked[start:end]))):
            yield "lost-row-mark", start, start + len(masked[start:end].rstrip(" "))
        last = end


def _in_link(masked: str, start: int, end: int, position: int) -> bool:
    return any(low < position < high for low, high in links_in(masked[start:end], start))


def _is_text(attributes: str) -> bool:
    return any(map(str.isalnum, unmask(attributes))) and not _ATTRIBUTES.search(attributes)
