"""A rule that was found, whatever its kind: what it changed, what still has the old form, what brought it back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence, Set

from parsers.bulk_addresses import AddressRule, Standing, check_addresses
from parsers.bulk_rules import Rule
from parsers.bulk_sites import host_of
from parsers.bulk_time import in_order, page_count
from parsers.bulk_watch import Wanted, Watch
from parsers.change import BulkCase, BulkChange, CurrentItem, PageChange

NEVER = "9999"  # later than any time stamp


class Found(ABC):
    """A rule that was found, with what it changed, what came back, and what was left."""

    asks = ""  # the kind of current items that may be left
    kinds: tuple[str, ...] = ()  # of the changes that bring the old form back, where they are of several
    knows_returns = False  # whether its regressions are known from the start

    def __init__(self, kind: str, done: Sequence[PageChange]) -> None:
        self.kind = kind
        self.asks = kind
        self.beginning = ""  # of every value that has the old form
        self.done = list(done)
        self.migrated: dict[int, str] = {}  # when each page was first migrated
        for change in done:
            self.note(change)
        self.regressions: list[PageChange] = []
        self.left: list[CurrentItem] = []
        self.hosts: set[str | None] | None = None  # that a rule of any site is about
        self.partners: dict[int, tuple[int, ...]] = {}  # further changes that tell what a change in ``done`` does

    @property
    def member_ids(self) -> list[int]:
        """The changes that the rule explains, in order of time."""
        return [one for c in in_order(self.done) for one in (c.change_id, *self.partners.get(c.change_id, ()))]

    def note(self, change: PageChange) -> None:
        """Remember when a page was migrated."""
        at = self.migrated.get(change.page_id, change.timestamp)
        self.migrated[change.page_id] = min(change.timestamp, at)

    @property
    @abstractmethod
    def text(self) -> str:
        """The rule in one line."""

    @property
    def family(self) -> tuple[str, str]:
        """What the same work at another time has in common with this."""
        return self.kind, self.text

    @property
    @abstractmethod
    def forms(self) -> Rule:
        """The old and the new form."""

    @abstractmethod
    def is_regression(self, change: PageChange) -> bool:
        """Whether a change of this kind brought the old form back."""

    @abstractmethod
    def is_old(self, item: CurrentItem) -> bool:
        """Whether an item of this kind has the old form."""

    def knows_site(self, value: str) -> bool:
        """Whether an address is of one of the sites that a rule of any site is about; of other rules each is."""
        return self.hosts is None or host_of(value) in self.hosts

    def returns(self) -> Wanted:
        """The changes that could bring the old form back, by their new values."""
        return Wanted(self.beginning)

    def sought(self) -> Wanted:
        """The items that could have the old form."""
        return Wanted(self.beginning)

    def watched(self) -> set[int]:
        """The pages that a change of which could alter what is left."""
        return {item.page_id for item in self.left}

    @abstractmethod
    def watch(self) -> Watch:
        """By what a change or an item could be of the old form."""

    def brought_back(self) -> set[Hashable]:
        """By what the items are known that were brought back: their pages."""
        return {change.page_id for change in self.regressions}

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        """What is left and was not brought ``back``."""
        return [item for item in self.left if item.page_id not in back]

    def exceptions(self) -> list[PageChange]:
        """The members that altered a variable."""
        return []

    def case(self, change: PageChange) -> BulkCase:
        """A change as an exception or a regression names it."""
        told = change.change
        return BulkCase(change.title, change.rev_to or 0, told.before or "", told.after, told.label)

    def told(self, back: Set[Hashable], standing: Standing) -> BulkChange:
        """The bulk change; what was brought ``back``, also after another one of the same rule, is no straggler."""
        about, left = self.address_rule(), self.stragglers(back)
        members = in_order(self.done)
        return BulkChange(
            kind=self.kind,
            rule=" ".join(self.text.split()),
            pattern_before=self.forms.pattern_before,
            pattern_after=self.forms.pattern_after,
            first_at=members[0].timestamp,
            last_at=members[-1].timestamp,
            pages=page_count(members),
            occurrences=len(self.member_ids),
            members=tuple(self.member_ids),
            exceptions=tuple(self.case(change) for change in in_order(self.exceptions())),
            stragglers=tuple(
                BulkCase(item.title, item.rev_id, item.value, None, item.label)
                for item in sorted(left, key=lambda item: (item.title, item.path, item.value))
            ),
            regressions=tuple(self.case(change) for change in in_order(self.regressions)),
            addresses=tuple(check_addresses(about, members, left, standing)) if about else None,
        )

    def address_rule(self) -> AddressRule | None:
        """What the addresses on pages are held against, if this is a rule of addresses."""
        return None

    def fewer_than_migrated(self, items: list[CurrentItem]) -> list[CurrentItem]:
        """Where most pages kept the old form, some pages were sorted anew, and the others missed nothing."""
        return items if len({item.page_id for item in items}) <= len(self.migrated) else []
