"""Times as they are kept in inner tables: seconds since 1970, written out as ISO 8601 by the views."""

from __future__ import annotations

from datetime import datetime

_FORM = "'%Y-%m-%dT%H:%M:%SZ'"
FIRST_SECOND = -(2**62)  # before any time; any text sorts after any time in SQLite


def seconds(timestamp: str) -> int | str:
    """A time as seconds since 1970, or itself where it is not written as ISO 8601 UTC with ``Z``."""
    if len(timestamp) == 20 and timestamp[10] == "T" and timestamp[19] == "Z" and timestamp[5].isdigit():
        try:
            return int(datetime.fromisoformat(timestamp).timestamp())
        except ValueError:
            pass
    return timestamp


def time_sql(column: str) -> str:
    """SQL for the written form of a time that ``seconds`` made."""
    return f"coalesce(strftime({_FORM}, {column}, 'unixepoch'), {column})"


def seconds_sql(value: str) -> str:
    """SQL that does what ``seconds`` does."""
    number = f"CAST(strftime('%s', {value}) AS INTEGER)"
    return f"iif(strftime({_FORM}, {number}, 'unixepoch') = {value}, {number}, {value})"
