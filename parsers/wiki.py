"""What a wiki holds, as plain values: pages, revisions and log events, wherever they were read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One live page. ``title`` is the full title with spaces; ``protection`` is the API's list of dicts as JSON.

    A dump says nothing of protection; it is None then.
    """

    page_id: int
    namespace: int
    title: str
    is_redirect: bool
    content_model: str
    latest_rev_id: int
    length: int
    protection: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored version of one page.

    ``timestamp`` is ISO 8601 UTC with ``Z``; ``sha1`` is the hex digest of the main slot's exact bytes as the
    wiki states it; ``text`` is None unless ``text_state`` is ``present`` (else ``hidden`` or ``missing``).
    ``user`` and ``comment`` are None when hidden. ``tags`` are sorted.
    """

    rev_id: int
    page_id: int
    parent_id: int | None
    timestamp: str
    user: str | None
    user_id: int | None
    comment: str | None
    minor: bool
    size: int
    sha1: str | None
    content_model: str
    tags: tuple[str, ...]
    text_state: str
    user_hidden: bool
    comment_hidden: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One entry of the wiki's log; ``params`` is JSON with sorted keys; ``page_id`` None when there is none."""

    log_id: int
    type: str
    action: str
    timestamp: str
    user: str | None
    title: str | None
    page_id: int | None
    params: str
    comment: str | None
