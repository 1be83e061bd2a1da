"""What a mirror that was read through a wiki's pages says of itself: that it is not provably exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NOT_EXACT = (
    "This mirror is not provably exact: the wiki's API is off, so it was read from the wiki's pages; "
    "docs/without-api.md says what may be missing."
)


def is_read_from_pages(site: Mapping[str, Any] | None) -> bool:
    """Whether the row of ``site`` says that the mirror was read through the wiki's pages."""
    return bool(site and site["siteinfo"].get("mirror", {}).get("source") == "index.php")


def without_exactness(warnings: Iterable[str]) -> tuple[str, ...]:
    """The warnings but for that one sentence, which reports say in their own language."""
    return tuple(warning for warning in warnings if warning != NOT_EXACT)
