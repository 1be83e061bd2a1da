"""What a reader of a record is told about text that could not be read as it was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from parsers.record import Diagnostic

MAX_DIAGNOSTICS = 200

MESSAGES = {
    "damaged-attribute": "This attribute does not work: its quotes are curly, or its value of two words has none.",
    "damaged-category": "A category stands here as text, or text sticks to it; its brackets are maybe misplaced.",
    "damaged-link": "This link is damaged: look at its address or target, its brackets, pipes, quotes, equals signs.",
    "damaged-picture": "A file name without an ending, or an option that is none: it stands elsewhere or is misspelt.",
    "damaged-redirect": "This looks like a redirect and is none; MediaWiki shows it as text.",
    "depth-limit": "Templates are nested more than 100 deep; what lies deeper was not read.",
    "doubled-equals": "A value begins with an equals sign; one was maybe written twice.",
    "doubled-pipe": "Two pipes stand together: in a link, where a table begins a new cell, in an infobox or a query.",
    "doubled-table-mark": "Two marks of a table stand on one line; MediaWiki reads only the first.",
    "duplicate-parameter": "A parameter is given more than once; the last one counts.",
    "dynamic-target": "The target of this link comes from a template; it was not read.",
    "heading-in-field": "A heading stands in a field of an infobox; the braces maybe close too late.",
    "invalid-link-target": "This cannot be the target of a link; MediaWiki shows the brackets as text.",
    "invalid-template-name": "This cannot be the name of a template; MediaWiki shows the braces as text.",
    "link-in-option": "The link of a picture holds double brackets; the picture was maybe to end before them.",
    "long-link": "This bracketed text is too long to be read as one link; only what is inside was read.",
    "lost-row-mark": "This line of a table is in no cell: it looks like a mark, or a row, that lost its pipe.",
    "lost-cell-text": "What stands before the pipe in this cell are its attributes to MediaWiki; it is not shown.",
    "missing-colon": "This needs a colon behind its name; with a pipe, MediaWiki takes it for a template.",
    "missing-pipe": "A pipe is maybe missing: a field begins here or in a template's name, or a cell shows attributes.",
    "more-diagnostics": "There are {count} more diagnostics.",
    "nested-comment": "A comment begins inside another one, which was maybe to end before.",
    "nested-link": "Double brackets that are no picture hold others; MediaWiki shows the outer ones as text.",
    "nested-too-large": "Templates in one another are too large to be repeated; this one is told without its values.",
    "no-heading": "This line begins or ends like a heading and does not do both; it is text.",
    "odd-character": "These characters belong in no text: control characters, or what is left of damaged ones.",
    "paths-too-long": "The headings are too long to be repeated; from here on each path holds its own heading alone.",
    "pipe-in-text": "A single pipe stands in the text; MediaWiki shows it.",
    "recovered-infobox": "The template is never closed; its fields were read up to the next empty line or heading.",
    "stray-braces": "These braces open or close nothing.",
    "stray-brackets": "These closing brackets close nothing.",
    "stray-cell": "This row or cell stands in no table; MediaWiki shows only what is in it.",
    "stray-comment-end": "This end of a comment ends nothing.",
    "stray-html-tag": "This closing tag closes nothing.",
    "stray-pipe": "This line begins with a pipe and stands in no table and no template; it is text.",
    "stray-table-end": "This end of a table ends nothing.",
    "tag-without-end": "The > that ends this tag is missing.",
    "table-in-parameter": "A table stands in a parameter; its pipes were taken as the table's.",
    "too-many-parameters": "A template or infobox has more parameters than are read; the rest was not told apart.",
    "unclosed-comment": "A comment is never closed; the rest of the page is part of it.",
    "unclosed-external-link": "An address in square brackets is never closed.",
    "unclosed-html-tag": "An HTML tag is never closed; MediaWiki closes it where it sees fit.",
    "unclosed-inclusion": "What other pages alone are to show is never closed; this page does not show the rest.",
    "unclosed-link": "Double square brackets are never closed.",
    "unclosed-quotes": "Bold or italics are never closed on their line.",
    "unclosed-table": "A table is never closed; it was read up to the next heading.",
    "unclosed-tag": "A tag is never closed; MediaWiki shows it as text.",
    "unclosed-template": "A template is never closed; MediaWiki shows it as text.",
    "unclosed-variant": "A language variant (-{…}-) is never closed.",
    "uneven-brackets": "Double square brackets in this function are not closed as often as they are opened.",
    "uneven-heading": "The two sides of this heading have different numbers of equals signs.",
    "unnamed-field": "This value in an infobox or query has no name; the equals sign is maybe missing.",
    "unknown-tag": "This begins like a tag and is none that a wiki knows; MediaWiki shows it as text.",
    "url-split-at-equals": "An address was cut at its equals sign; the parameter was read as an unnamed one.",
}


def build_diagnostics(faults: Iterable[tuple[str, int, int]], more: int) -> tuple[Diagnostic, ...]:
    """Faults as diagnostics in source order; past a limit they are only counted."""
    ends: dict[tuple[int, str], int] = {}
    for code, start, end in faults:  # two stages may notice the same one
        ends[start, code] = max(end, ends.get((start, code), 0))
    ordered = sorted(((code, start, end) for (start, code), end in ends.items()), key=itemgetter(1, 2, 0))
    more += max(0, len(ordered) - MAX_DIAGNOSTICS)
    found = [Diagnostic(code, MESSAGES[code], (start, end)) for code, start, end in ordered[:MAX_DIAGNOSTICS]]
    if more:
        found.append(Diagnostic("more-diagnostics", MESSAGES["more-diagnostics"].format(count=more), None))
    return tuple(found)
