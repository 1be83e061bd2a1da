"""What may be asked of a wiki: what its version knows, and how much our account may have at once.

Only what a version knows is asked of it, since an unknown parameter leads to a warning in each answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scraper.errors import TooOld

OLDEST = (1, 31)
NEWEST = (9, 99)  # what is taken of a wiki that has not told its version
SLOTS_SINCE = (1, 32)
# What came with which version, oldest first: why an older one cannot be mirrored exactly.
NEEDED = (
    ((1, 21), "hashes of revisions and content models"),
    ((1, 25), "plain JSON and continuation (formatversion=2)"),
    ((1, 27), "the list of all revisions (list=allrevisions)"),
    ((1, 28), "requests that are sure of their account (assertuser)"),
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """The wiki's version as (major, minor); whether our account has the rights ``apihighlimits`` and
    ``deletedhistory``, and whether it holds in the API alone, as a bot password does."""

    version: tuple[int, int] = NEWEST
    high_limits: bool = False
    sees_deleted: bool = False
    api_alone: bool = False

    @property
    def batch(self) -> int:
        """Texts, ids or titles in one request: https://www.mediawiki.org/wiki/API:Data_formats, “limits”."""
        return 500 if self.high_limits else 50

    def known(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        """The parameters without those that this version does not know (slots came with 1.32)."""
        if self.version >= SLOTS_SINCE:
            return dict(params)
        kept = {key: value for key, value in params.items() if key != "rvslots"}
        if "rvprop" in kept:
            kept["rvprop"] = "|".join(prop for prop in str(kept["rvprop"]).split("|") if prop != "slotsha1")
        return kept


def version_of(generator: str) -> tuple[int, int]:
    """(1, 39) of ``MediaWiki 1.39.17``; NEWEST where nothing is said."""
    found = re.match(r"MediaWiki (\d+)\.(\d+)", generator)
    return (int(found[1]), int(found[2])) if found else NEWEST


def check_version(generator: str) -> None:
    """Raises TooOld, with what it lacks, for a MediaWiki that cannot be mirrored exactly."""
    version = version_of(generator)
    if version < OLDEST:
        lacks = "; ".join(what for since, what in NEEDED if version < since)
        raise TooOld(
            f"This wiki runs {generator}, and an exact mirror needs MediaWiki {OLDEST[0]}.{OLDEST[1]} or later: "
            + (f"it lacks {lacks}" if lacks else "answers of this version were never compared with a mirror")
            + ". Import an XML export with “wikitrail import” instead, or ask the operator to update the wiki."
        )
