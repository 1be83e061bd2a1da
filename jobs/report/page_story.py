"""What is said of one page: its edits, and what each of them changed."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.report.fold import Entry
from parsers.change import Revert


@dataclass(frozen=True, slots=True)
class MemberStory:
    """What a bulk change did on this page, to be found there under its own name; it counts with the bulk change."""

    number: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class EditStory:
    """One revision of a page, or one page event: what it changed and which bulk changes it was part of.

    ``contents`` counts, by kind of item, what a new page brought with it. ``members`` are what the bulk
    changes did here, ``members_left_out`` counts those past the limit. ``returned`` tells whose text this edit brought
    back, if it did.
    """

    rev_from: int | None
    rev_to: int | None
    timestamp: str
    user: str | None
    comment: str | None
    entries: tuple[Entry, ...]
    contents: tuple[tuple[str, int], ...]
    bulk_numbers: tuple[int, ...]
    members: tuple[MemberStory, ...] = ()
    members_left_out: int = 0
    returned: Revert | None = None

    @property
    def first_entries(self) -> tuple[Entry, ...]:
        """What happened to the page as a whole."""
        return tuple(entry for entry in self.entries if entry.kind in ("page", "redirect"))

    @property
    def fields(self) -> tuple[Entry, ...]:
        """Fields with an old and a new value."""
        return tuple(entry for entry in self.entries if entry.is_field_value)

    @property
    def other_entries(self) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if e.kind not in ("page", "redirect") and not e.is_field_value)

    @property
    def is_whole_page(self) -> bool:
        """Whether the page came or went with this edit: its items are then not changes of content."""
        return any(entry.kind == "page" and entry.action in ("created", "deleted") for entry in self.entries)

    @property
    def content(self) -> tuple[Entry, ...]:
        """The entries that changed what stands on the page: no page events, not what a new page brought."""
        return () if self.is_whole_page else tuple(entry for entry in self.entries if entry.kind != "page")


@dataclass(frozen=True, slots=True)
class PageStory:
    """All that happened to one page in the period; ``events`` are the page events by name, in order.

    ``cosmetic`` counts the changes of appearance by reason. ``left_out`` counts entries past the limit.
    """

    page_id: int
    title: str
    edits: tuple[EditStory, ...]
    events: tuple[str, ...]
    bulk_numbers: tuple[int, ...]
    cosmetic: tuple[tuple[str, int], ...]
    last_at: str
    users: tuple[str, ...]
    left_out: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for edit in self.edits for entry in edit.entries)

    @property
    def content(self) -> tuple[Entry, ...]:
        """The entries that changed what stands on the page, edit by edit."""
        return tuple(entry for edit in self.edits for entry in edit.content)

    @property
    def is_deleted(self) -> bool:
        states = [event for event in self.events if event in ("created", "deleted", "restored")]
        return bool(states) and states[-1] == "deleted"

    @property
    def has_news(self) -> bool:
        """Whether there is something to tell of this page that no bulk change tells."""
        return bool(self.left_out or self.entries)

    @property
    def is_told(self) -> bool:
        """Whether the page by page part has something to show of this page."""
        return self.has_news or bool(self.bulk_numbers)

    @property
    def member_count(self) -> int:
        """How many changes of this page are told by a bulk change."""
        return sum(len(edit.members) + edit.members_left_out for edit in self.edits)
