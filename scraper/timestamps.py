"""Times as MediaWiki tells them, by its API and in its exports (Manual:Timestamp)."""

from __future__ import annotations

import re
from datetime import datetime

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def is_time(value: object) -> bool:
    """Whether this is a time in ISO 8601, UTC with ``Z``, that the calendar has."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
