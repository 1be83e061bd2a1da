"""Pages that are not wikitext (JSON, CSS, Lua, …): kept and compared as plain lines, with nothing read out."""

from __future__ import annotations

from parsers.change import Change
from parsers.record import Record
from parsers.site import Site


def plain_record(text: str, title: str, site: Site) -> Record:
    """A record without items, so that such a page has a history like any other."""
    namespace, _ = site.split_title(title)
    return Record(title, namespace, text, None, (), (), (), (), (), (), (), ())


def compare_plain(before: str, after: str) -> list[Change]:
    """One ``text`` change that holds the lines from the first to the last that differ."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    removed, added = "\n".join(old[start : len(old) - end]), "\n".join(new[start : len(new) - end])
    if "".join(removed.split()) == "".join(added.split()):
        return [Change("text", "changed", "", removed, added, "cosmetic", "whitespace")]
    return [Change("text", "changed", "", removed or None, added or None)]
