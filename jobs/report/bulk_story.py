"""What is said of one bulk change: what became what, where, and the pages that fell out of line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobs.report.bulk_naming import name_bulk
from jobs.report.data import BulkEntry
from jobs.report.excerpt import clean, clean_or_none
from parsers.change import AddressCheck, BulkCase, BulkChange, PageChange, Verification

_VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A page that must be named. ``old_key`` and ``new_key`` are what stands for the rule's variables.

    ``in_period``: it came about in a revision that the report tells of; else it lies before or after.
    Of a checked address, ``verdict`` is what became of it, and ``times`` how often a duplicated one stands there.
    """

    title: str
    rev_id: int
    before: str
    after: str | None
    label: str | None
    old_key: str | None
    new_key: str | None
    in_period: bool
    verdict: str | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class VerificationStory:
    """The check of a migration of addresses, as ``parsers.change.Verification`` has it."""

    addresses: int
    matched: int
    dropped: tuple[CaseStory, ...]
    altered: tuple[CaseStory, ...]
    duplicated: tuple[CaseStory, ...]
    left: tuple[CaseStory, ...]


@dataclass(frozen=True, slots=True)
class BulkPage:
    """A page that the rule was applied to, ``count`` times, the last time in ``rev_to``."""

    page_id: int
    title: str
    count: int
    rev_from: int | None
    rev_to: int | None
    timestamp: str
    user: str | None


@dataclass(frozen=True, slots=True)
class BulkStory:
    """One bulk change, told once. ``what`` says how to name it (see ``name_bulk``).

    ``pages``, ``occurrences``, ``first_at`` and ``last_at`` are those of the whole bulk change, the same names
    with ``_in_period`` those of the members that the report holds, as are ``users``.
    ``before`` and ``after`` are the short names of what was replaced (hosts of addresses, names of fields), ``other``
    is the second field of two, or the one whose values were replaced; ``rows_each`` is how many rows of ``changes``
    tell one of the rewritings. ``swapped``: some members come in twos, of what went and what came, so that their
    number says nothing to a reader.
    ``members`` are the pages whose changes the report holds, ``mixed`` the titles of those where the same
    edit changed something else as well.
    """

    number: int
    bulk_id: int
    kind: str
    what: str
    before: str
    after: str
    other: str
    rows_each: int
    swapped: bool
    rule: str
    pattern_before: str
    pattern_after: str
    first_at: str
    last_at: str
    pages: int
    occurrences: int
    pages_in_period: int
    occurrences_in_period: int
    first_in_period_at: str
    last_in_period_at: str
    members: tuple[BulkPage, ...]
    exceptions: tuple[CaseStory, ...]
    stragglers: tuple[CaseStory, ...]
    regressions: tuple[CaseStory, ...]
    mixed: tuple[str, ...]
    keys_are_numbers: bool
    users: tuple[str, ...]
    verification: VerificationStory | None

    @property
    def has_pattern(self) -> bool:
        """Whether the rule says more than the names of what was replaced by what."""
        return (self.pattern_before, self.pattern_after) != (self.before, self.after)

    @property
    def times(self) -> int:
        """How often it was done in the period."""
        return self.occurrences_in_period // self.rows_each

    @property
    def is_partial(self) -> bool:
        """Whether a part of the bulk change lies outside the period."""
        return self.occurrences_in_period < self.occurrences

    @property
    def new_exceptions(self) -> tuple[CaseStory, ...]:
        return tuple(case for case in self.exceptions if case.in_period)

    @property
    def new_regressions(self) -> tuple[CaseStory, ...]:
        return tuple(case for case in self.regressions if case.in_period)

    @property
    def flawed_addresses(self) -> tuple[CaseStory, ...]:
        """Of the checked addresses those that have no counterpart and are named in no other list."""
        if self.verification is None:
            return ()
        named = {(case.title, case.before) for case in (*self.new_exceptions, *self.stragglers)}
        checked = self.verification
        cases = (*checked.dropped, *checked.altered, *checked.left)
        return tuple(case for case in cases if (case.title, case.before) not in named)

    @property
    def checked_cases(self) -> tuple[CaseStory, ...]:
        """What is told one by one of the check of the addresses."""
        return (*self.flawed_addresses, *self.verification.duplicated) if self.verification else ()

    @property
    def exception_pages(self) -> int:
        return len({case.title for case in self.new_exceptions})

    @property
    def outside_exception_pages(self) -> int:
        return len({case.title for case in self.exceptions if not case.in_period})

    @property
    def straggler_pages(self) -> int:
        return len({case.title for case in self.stragglers})

    @property
    def regression_pages(self) -> int:
        return len({case.title for case in self.new_regressions})


def tell_bulk(
    number: int,
    entry: BulkEntry,
    members: Sequence[PageChange],
    mixed: tuple[str, ...],
    revisions: Collection[int | None],
) -> BulkStory:
    """The story of one bulk change.

    ``members`` are its changes as far as the report holds them, at least one and in time order; ``revisions``
    are all that the report tells of.
    """
    bulk = entry.change
    named = name_bulk(bulk, members)
    exceptions = tuple(_tell_case(case, bulk, revisions) for case in bulk.exceptions)
    keys = [key for case in exceptions for key in (case.old_key, case.new_key) if key]
    return BulkStory(
        number=number,
        bulk_id=entry.bulk_id,
        kind=bulk.kind,
        what=named.what,
        before=clean(named.before),
        after=clean(named.after),
        other=clean(named.other),
        rows_each=named.rows_each,
        swapped=named.rows_each == 1 and any(member.change.action in ("added", "removed") for member in members),
        rule=clean(bulk.rule),
        pattern_before=clean(bulk.pattern_before),
        pattern_after=clean(bulk.pattern_after),
        first_at=bulk.first_at,
        last_at=bulk.last_at,
        pages=bulk.pages,
        occurrences=bulk.occurrences,
        pages_in_period=len({member.page_id for member in members}),
        occurrences_in_period=len(members),
        first_in_period_at=members[0].timestamp,
        last_in_period_at=members[-1].timestamp,
        members=_member_pages(members),
        exceptions=exceptions,
        stragglers=tuple(_tell_case(case, bulk, revisions) for case in bulk.stragglers),
        regressions=tuple(_tell_case(case, bulk, revisions) for case in bulk.regressions),
        mixed=mixed,
        keys_are_numbers=bool(keys) and all(key.isdigit() for key in keys),
        users=tuple(dict.fromkeys(clean(c.user) for c in members if c.user)),
        verification=_tell_verification(found, revisions) if (found := bulk.verification) else None,
    )


def _tell_verification(found: Verification, revisions: Collection[int | None]) -> VerificationStory:
    def tell(checks: Sequence[AddressCheck]) -> tuple[CaseStory, ...]:
        return tuple(
            CaseStory(
                title=clean(c.title),
                rev_id=c.rev_to or 0,
                before=clean(c.before or ""),
                after=clean_or_none(c.after),
                label=clean(c.label) if c.label else None,
                old_key=clean(c.old_key) if c.old_key else None,
                new_key=clean(c.new_key) if c.new_key else None,
                in_period=c.rev_to in revisions,
                verdict=c.verdict,
                times=c.times,
            )
            for c in checks
        )

    lists = map(tell, (found.dropped, found.altered, found.duplicated, found.left))
    return VerificationStory(found.addresses, found.matched, *lists)


def _tell_case(case: BulkCase, bulk: BulkChange, revisions: Collection[int | None]) -> CaseStory:
    kept = _variables(bulk.pattern_before) & _variables(bulk.pattern_after)
    return CaseStory(
        title=clean(case.title),
        rev_id=case.rev_id,
        before=clean(case.before),
        after=clean_or_none(case.after),
        label=clean(case.label) if case.label else None,
        old_key=_key(bulk.pattern_before, case.before, kept),
        new_key=_key(bulk.pattern_after, case.after, kept),
        in_period=case.rev_id in revisions,
    )


def _variables(pattern: str) -> set[str]:
    """The names of a pattern's variables, without how their values are spelled."""
    return {name.partition(", ")[0] for name in _VARIABLE.findall(pattern)}


def _key(pattern: str, text: str | None, kept: Collection[str]) -> str | None:
    """What stands in ``text`` for the pattern's kept variables, joined by blanks; None where it does not match.

    Literal parts are looked for from left to right, so the time is linear in the text.
    """
    if text is None:
        return None
    literals, names = _VARIABLE.split(pattern)[::2], _VARIABLE.findall(pattern)
    if len(literals) < 2 or not text.startswith(literals[0]):
        return None
    values, at = [], len(literals[0])
    for literal in literals[1:-1]:
        found = text.find(literal, at) if literal else -1
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(literal)
    end = len(text) - len(literals[-1])
    if end < at or not text.endswith(literals[-1]):
        return None
    values.append(text[at:end])
    shown = (value for value, name in zip(values, names, strict=True) if name.partition(", ")[0] in kept)
    return clean(" ".join(shown).strip()) or None


def _member_pages(members: Sequence[PageChange]) -> tuple[BulkPage, ...]:
    """The pages of the members in order of first appearance, each with its last edit."""
    counts = Counter(member.page_id for member in members)
    last = {member.page_id: member for member in members}
    return tuple(
        BulkPage(c.page_id, clean(c.title), counts[page_id], c.rev_from, c.rev_to, c.timestamp, c.user)
        for page_id, c in last.items()
    )
