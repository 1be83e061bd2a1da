"""Which changes a rule can be found in."""

from __future__ import annotations

import re

from parsers.change import PageChange

_NAMED = {("infobox", "added"), ("infobox", "removed"), ("section", "added"), ("section", "removed")}
# What a rule can be found in; other changes only tell that an old form came back.
FOUNDING = frozenset(
    {
        ("category", "added"), ("category", "changed"), ("category", "removed"), ("file", "changed"),
        ("infobox", "changed"),
        ("infobox", "renamed"), ("link", "changed"), ("section", "renamed"), ("template", "added"),
        ("template", "changed"), ("template", "removed"), ("template", "renamed"), *_NAMED,
    }
)  # fmt: skip
WORDED = frozenset({("file", "changed"), ("section", "changed")})
# What says something together with other changes of its edit alone: an address that gave way to a template.
PAIRED = frozenset({("link", "added"), ("link", "removed")})
_NUMBER = re.compile(r"#\d+(?=/|$)")


def is_rewritten(change: PageChange, kind: str) -> bool:
    """Whether a change of this kind put one value in the place of another."""
    told = change.change
    return (
        told.kind == kind
        and told.action == "changed"
        and bool(told.before and told.after)
        and told.before != told.after
        and not (told.before or "").startswith("[[")  # a file shown in another way, told by its wikitext
        and not (kind == "infobox" and told.noise_reason)
    )


def plain_field(path: str) -> str:
    """The path of a field without the number of its box: ``Name#2/Field`` is ``Name/Field``."""
    return _NUMBER.sub("", path, count=1)
