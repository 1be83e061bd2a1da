"""What happened: the difference between two records item by item, page events, and bulk changes."""

from __future__ import annotations

from dataclasses import field

from parsers.immutable import dataclass

SUBSTANTIVE = "substantive"
COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two neighbouring revisions of a page, or one page event.

    ``kind`` is page, infobox, section, link, category, template, file, redirect, paper or text; ``action`` is
    added, removed, changed, moved or renamed, and for pages created, deleted, restored, moved or protected.
    ``path`` says where: ``Konzeption/Zuständigkeit`` for an infobox field, section titles joined by `` / ``,
    empty for a category or a page event. ``before`` and ``after`` are what a reader would name, None where
    there was nothing. ``significance`` is substantive or cosmetic; a cosmetic change has a ``noise_reason``
    (whitespace, markup, order, case, typography, icon-link).
    """

    kind: str
    action: str
    path: str
    before: str | None
    after: str | None
    significance: str = SUBSTANTIVE
    noise_reason: str | None = None
    label: str | None = None  # of a link: the text that a reader sees, to name it by; of moved text: where it was


@dataclass(frozen=True, slots=True)
class PageChange:
    """A change together with where and when it happened and who made it.

    ``change_id`` is that of the stored row; ``rev_from`` is None for a page event with no earlier revision;
    ``timestamp`` is ISO 8601 UTC with ``Z``; ``user`` is None when hidden.
    """

    change_id: int
    page_id: int
    title: str
    rev_from: int | None
    rev_to: int | None
    timestamp: str
    user: str | None
    comment: str | None
    change: Change
    bulk_id: int | None = None


@dataclass(frozen=True, slots=True)
class Revert:
    """The edit ``rev_id``, which brought back an earlier text of its page.

    ``reverted_to`` is the revision that has the same text; ``timestamp`` (ISO 8601 UTC with ``Z``) and ``user``, None
    when hidden, are those of that revision. ``undone`` counts the revisions between the two.
    """

    rev_id: int
    reverted_to: int
    timestamp: str
    user: str | None
    undone: int


@dataclass(frozen=True, slots=True)
class CurrentItem:
    """A value that stands on a page now: what a straggler is looked for in.

    ``kind`` as in Change (link, infobox, section, category, template); ``value`` as Change.after would name it.
    """

    kind: str
    page_id: int
    title: str
    rev_id: int
    path: str
    value: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class BulkCase:
    """A page that a bulk change must name: an exception, a straggler (``after`` None) or a regression."""

    title: str
    rev_id: int
    before: str
    after: str | None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One rewrite rule that explains the same change on many pages.

    ``rule`` is one readable line; ``pattern_before`` and ``pattern_after`` hold literal text with ``{name}``
    for each preserved variable. ``members`` are the change_ids that the rule explains, exceptions included;
    ``pages`` and ``occurrences`` count members. Times are those of the first and last member.
    """

    kind: str
    rule: str
    pattern_before: str
    pattern_after: str
    first_at: str
    last_at: str
    pages: int
    occurrences: int
    members: tuple[int, ...]
    exceptions: tuple[BulkCase, ...] = field(default=())
    stragglers: tuple[BulkCase, ...] = field(default=())
    regressions: tuple[BulkCase, ...] = field(default=())
