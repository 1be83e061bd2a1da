"""What happened: the difference between two records item by item, page events, and bulk changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from parsers.immutable import dataclass

SUBSTANTIVE = "substantive"
COSMETIC = "cosmetic"
VERDICTS = ("matched", "dropped", "altered", "duplicated", "left")  # of an old address, see AddressCheck


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two neighbouring revisions of a page, or one page event.

    ``kind`` is page, infobox, section, link, category, template, file, redirect, paper or text; ``action`` is
    added, removed, changed, moved or renamed, and for pages created, deleted, restored, moved or protected.
    ``path`` says where: ``Konzeption/Zuständigkeit`` for an infobox field, section titles joined by `` / ``,
    empty for a category or a page event. ``before`` and ``after`` are what a reader would name, None where
    there was nothing. ``significance`` is substantive or cosmetic; a cosmetic change has a ``noise_reason``
    (whitespace, markup, order, case, typography, notation, icon-link).
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
class AddressCheck:
    """What became of one old address on a page that a rule of addresses was applied to, or missed.

    ``verdict`` is matched (a new address has its key), dropped (none has; ``after`` is what stands in its place, if
    anything), altered (another key stands in its place), left (it still has the old form), or duplicated: not an old
    address but a key that stands ``times`` times now and stood fewer times before. ``old_key`` and ``new_key`` are what
    stands for the rule's variables. The page was compared as of ``rev_from`` and ``rev_to``.
    """

    page_id: int
    title: str
    rev_from: int | None
    rev_to: int | None
    verdict: str
    old_key: str | None
    new_key: str | None
    before: str | None
    after: str | None
    label: str | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One rewrite rule that explains the same change on many pages.

    ``rule`` is one readable line; ``pattern_before`` and ``pattern_after`` hold literal text with ``{name}``
    for each preserved variable. ``members`` are the change_ids that the rule explains, exceptions included;
    ``pages`` and ``occurrences`` count members. Times are those of the first and last member. ``addresses`` says
    what became of each old address, where the rule is one of addresses, else it is None.
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
    addresses: tuple[AddressCheck, ...] | None = None

    @property
    def verification(self) -> Verification | None:
        """The outcome of the check of its addresses, or None where there are none to check."""
        return None if self.addresses is None else Verification.of(self.addresses)


@dataclass(frozen=True, slots=True)
class Verification:
    """How many old addresses there were, how many have their counterpart, and which do not.

    ``duplicated`` are no old addresses and do not count among them.
    """

    addresses: int
    matched: int
    dropped: tuple[AddressCheck, ...]
    altered: tuple[AddressCheck, ...]
    duplicated: tuple[AddressCheck, ...]
    left: tuple[AddressCheck, ...]

    @classmethod
    def of(cls, checks: Sequence[AddressCheck]) -> Verification:
        """The outcome of these checks."""
        by_verdict = {verdict: tuple(c for c in checks if c.verdict == verdict) for verdict in VERDICTS}
        matched, *flawed = (by_verdict[verdict] for verdict in VERDICTS)
        duplicated = len(by_verdict["duplicated"])
        return cls(len(checks) - duplicated, len(matched), *flawed)
