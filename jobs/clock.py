"""The clock: the one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    """Now, as ISO 8601 UTC with ``Z``, in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shift(timestamp: str, by: timedelta) -> str:
    """An ISO 8601 UTC time with ``Z``, moved."""
    return (datetime.fromisoformat(timestamp) + by).strftime("%Y-%m-%dT%H:%M:%SZ")
