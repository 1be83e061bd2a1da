"""The version of the parser: it stands with every page that was read, since another one may read it differently."""

from __future__ import annotations

from collections.abc import Collection

# To be raised with every change after which some text reads differently.
PARSER_VERSION = 5


def parser_version(infoboxes: Collection[str] | None) -> str:
    """The version of the parser together with what it was told to take for an infobox, as one text."""
    told = "" if infoboxes is None else f" {', '.join(sorted(infoboxes))}"
    return f"{PARSER_VERSION}{told}"
