"""What a reader of a record is told about text that could not be read as it was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.record import Diagnostic

MAX_DIAGNOSTICS = 200

MESSAGES = {
    "depth-limit": "Templates are nested more than 100 deep; what lies deeper was not read.",
    "duplicate-parameter": "A parameter is given more than once; the last one counts.",
    "dynamic-target": "The target of this link comes from a template; it was not read.",
    "invalid-template-name": "This cannot be the name of a template; MediaWiki shows the braces as text.",
    "long-link": "This bracketed text is too long to be read as one link; only what is inside was read.",
    "more-diagnostics": "There are {count} more diagnostics.",
    "recovered-infobox": "The template is never closed; its fields were read up to the next empty line or heading.",
    "stray-braces": "These closing braces close nothing.",
    "table-in-parameter": "A table stands in a parameter; its pipes were taken as the table's.",
    "unclosed-comment": "A comment is never closed; the rest of the page is part of it.",
    "unclosed-link": "Double square brackets are never closed.",
    "unclosed-table": "A table is never closed; it was read up to the next heading.",
    "unclosed-tag": "A tag is never closed; MediaWiki shows it as text.",
    "unclosed-template": "A template is never closed; MediaWiki shows it as text.",
    "url-split-at-equals": "An address was cut at its equals sign; the parameter was read as an unnamed one.",
}


def build_diagnostics(faults: Iterable[tuple[str, int, int]], more: int) -> tuple[Diagnostic, ...]:
    """Faults as diagnostics in source order; past a limit they are only counted."""
    ordered = sorted(set(faults), key=lambda fault: (fault[1], fault[2], fault[0]))
    more += max(0, len(ordered) - MAX_DIAGNOSTICS)
    found = [Diagnostic(code, MESSAGES[code], (start, end)) for code, start, end in ordered[:MAX_DIAGNOSTICS]]
    if more:
        found.append(Diagnostic("more-diagnostics", MESSAGES["more-diagnostics"].format(count=more), None))
    return tuple(found)
