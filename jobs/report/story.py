"""What a report says, in no language yet: changes grouped by bulk change, page and edit, each told once."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from jobs.report.bulk_story import BulkStory, tell_bulk
from jobs.report.data import Limits, ReportData
from jobs.report.excerpt import clean, clean_or_none
from jobs.report.fold import as_entry, fold_edit
from jobs.report.page_story import EditStory, MemberStory, PageStory
from jobs.report.timeline import Timeline, count_by_period
from jobs.report.undone import UndoneStory, find_undone
from parsers.change import COSMETIC, PageChange, Revert

REDIRECT_DELAY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many pages had a change of each sort.

    ``content`` pages changed in what stands on them, bulk changes aside; ``content_items`` counts those
    changes by kind. ``edits`` counts revisions: a deletion or a move is none. ``changes`` counts all that the
    report was made from.
    """

    pages: int
    created: int
    deleted: int
    restored: int
    moved: int
    content: int
    content_items: tuple[tuple[str, int], ...]
    cosmetic_only: int
    edits: int
    changes: int


@dataclass(frozen=True, slots=True)
class Story:
    """What a report says. ``detailed`` are the pages told one by one; ``hidden_pages`` and ``hidden_changes``
    count what had to be left out of them. ``undone`` is what came to nothing, and is told nowhere else."""

    data: ReportData
    totals: Totals
    bulk: tuple[BulkStory, ...]
    pages: tuple[PageStory, ...]
    detailed: tuple[PageStory, ...]
    hidden_pages: int
    hidden_changes: int
    timeline: Timeline | None
    limits: Limits
    undone: tuple[UndoneStory, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.pages


def tell(data: ReportData, limits: Limits | None = None) -> Story:
    """Group and fold the changes of ``data``: bulk changes first, then pages in the order of their titles."""
    limits = limits or Limits()
    data = _cleaned(data)
    ordered = sorted(_without_left_redirects(data.changes), key=lambda c: (c.timestamp, c.rev_to or 0, c.change_id))
    told = {member for entry in data.bulk for member in entry.change.members} & {c.change_id for c in ordered}
    by_bulk = {change.bulk_id for change in ordered}
    present = (e for e in data.bulk if e.bulk_id in by_bulk or not told.isdisjoint(e.change.members))
    entries = sorted(present, key=lambda entry: (-entry.change.pages, -entry.change.occurrences, entry.bulk_id))
    numbers = _bulk_numbers(ordered, {entry.bulk_id: n for n, entry in enumerate(entries, 1)}, data)
    members = _members(ordered, numbers)
    revisions = {change.rev_to for change in ordered}
    undone = find_undone(ordered, data.reverts, numbers) if data.fold_undone else []
    folded = {rev_id for story in undone for rev_id in story.revisions}
    ordered = [change for change in ordered if change.rev_to not in folded]
    by_page: dict[int, list[PageChange]] = defaultdict(list)
    for change in ordered:
        by_page[change.page_id].append(change)
    tellings = (_tell_page(page, numbers, data.reverts, limits) for page in by_page.values())
    pages = sorted(tellings, key=_by_title)
    detailed, hidden = _choose(pages, limits.pages)
    hidden_changes = sum(len(page.entries) + page.left_out + page.member_count for page in hidden)
    hidden_changes += sum(page.left_out for page in detailed)
    bulk = tuple(
        tell_bulk(n, entry, members[n], _mixed_edits(pages, n), revisions) for n, entry in enumerate(entries, 1)
    )
    returned = {
        (case.title, case.rev_id, member.change.kind)
        for story in bulk
        for case in story.new_regressions
        for member in members[story.number]
    }
    return Story(
        data=data,
        totals=_count(pages, ordered, returned),
        bulk=bulk,
        pages=tuple(pages),
        detailed=tuple(detailed),
        hidden_pages=len(hidden),
        hidden_changes=hidden_changes,
        timeline=count_by_period(_edit_marks(ordered, numbers), data.since, data.until, data.timezone),
        limits=limits,
        undone=tuple(undone),
    )


def _without_left_redirects(changes: Sequence[PageChange]) -> list[PageChange]:
    """Without the creation of the redirect that a move leaves behind, a moment after it: the move tells it."""
    moves = [(c.change.before, c.timestamp) for c in changes if (c.change.kind, c.change.action) == ("page", "moved")]

    def is_left(change: PageChange) -> bool:
        if (change.change.kind, change.change.action) != ("page", "created"):
            return False
        made = datetime.fromisoformat(change.timestamp)
        return any(
            title == change.change.after and timedelta(0) <= made - datetime.fromisoformat(moved) <= REDIRECT_DELAY
            for title, moved in moves
        )

    return [change for change in changes if not is_left(change)]


def _cleaned(data: ReportData) -> ReportData:
    return replace(
        data,
        site_name=clean(data.site_name),
        source=clean(data.source),
        warnings=tuple(map(clean, data.warnings)),
        not_read={clean(code): number for code, number in data.not_read.items()},
    )


def _bulk_numbers(changes: Iterable[PageChange], by_id: Mapping[int, int], data: ReportData) -> dict[int, int]:
    """The number of the bulk change that each change belongs to, by change_id."""
    told = (entry for entry in data.bulk if entry.bulk_id in by_id)
    numbers = {member: by_id[entry.bulk_id] for entry in told for member in entry.change.members}
    numbers |= {c.change_id: by_id[c.bulk_id] for c in changes if c.bulk_id is not None and c.bulk_id in by_id}
    return numbers


def _members(changes: Iterable[PageChange], numbers: Mapping[int, int]) -> dict[int, list[PageChange]]:
    members: dict[int, list[PageChange]] = defaultdict(list)
    for change in changes:
        if change.change_id in numbers:
            members[numbers[change.change_id]].append(change)
    return members


def _tell_page(
    changes: Sequence[PageChange], numbers: Mapping[int, int], reverts: Mapping[int, Revert], limits: Limits
) -> PageStory:
    """One page's story from its changes in time order."""
    cosmetic = Counter(
        c.change.noise_reason or "other"
        for c in changes
        if c.change.significance == COSMETIC and c.change_id not in numbers
    )
    edits = [_tell_edit(list(edit), numbers, reverts, limits) for _, edit in groupby(changes, key=_edit_key)]
    kept, left_out = _limit_entries([e for e in edits if e.entries or e.bulk_numbers], limits.entries)
    return PageStory(
        page_id=changes[0].page_id,
        title=clean(_current_title(changes)),
        edits=_limit_members(kept, limits.members),
        events=tuple(c.change.action for c in changes if c.change.kind == "page"),
        bulk_numbers=tuple(sorted({n for edit in edits for n in edit.bulk_numbers})),
        cosmetic=tuple(sorted(cosmetic.items())),
        last_at=changes[-1].timestamp,
        users=tuple(dict.fromkeys(clean(c.user) for c in changes if c.user)),
        left_out=left_out,
    )


def _edit_key(change: PageChange) -> tuple[str, int | None]:
    return change.timestamp, change.rev_to


def _current_title(changes: Sequence[PageChange]) -> str:
    last = changes[-1]
    if last.change.kind == "page" and last.change.action == "moved" and last.change.after:
        return last.change.after
    return last.title


def _tell_edit(
    changes: Sequence[PageChange], numbers: Mapping[int, int], reverts: Mapping[int, Revert], limits: Limits
) -> EditStory:
    own = [c.change for c in changes if c.change_id not in numbers and c.change.significance != COSMETIC]
    in_bulk = [c.change for c in changes if c.change_id in numbers]
    edit = fold_edit(own, in_bulk, limits)
    first = changes[0]
    returned = reverts.get(first.rev_to) if first.rev_to is not None else None
    if returned is not None:
        returned = replace(returned, user=clean_or_none(returned.user))
    return EditStory(
        rev_from=next((c.rev_from for c in changes if c.rev_from is not None), None),
        rev_to=first.rev_to,
        timestamp=first.timestamp,
        user=clean_or_none(first.user),
        comment=clean(first.comment) if first.comment else None,
        entries=edit.entries,
        contents=edit.contents,
        bulk_numbers=tuple(sorted({numbers[c.change_id] for c in changes if c.change_id in numbers})),
        members=tuple(MemberStory(numbers[c.change_id], as_entry(c.change)) for c in changes if c.change_id in numbers),
        returned=returned,
    )


def _limit_entries(edits: Sequence[EditStory], limit: int) -> tuple[list[EditStory], int]:
    """The edits with at most ``limit`` entries in all, and how many entries that leaves out."""
    kept, room, left_out = [], limit, 0
    for edit in edits:
        shown = edit.entries[: max(room, 0)]
        left_out += len(edit.entries) - len(shown)
        room -= len(shown)
        if shown or edit.bulk_numbers:
            kept.append(replace(edit, entries=shown))
    return kept, left_out


def _limit_members(edits: Sequence[EditStory], limit: int) -> tuple[EditStory, ...]:
    """The edits with at most ``limit`` members of bulk changes in all; each counts what it leaves out."""
    kept, room = [], limit
    for edit in edits:
        shown = edit.members[: max(room, 0)]
        room -= len(shown)
        kept.append(replace(edit, members=shown, members_left_out=len(edit.members) - len(shown)))
    return tuple(kept)


def _choose(pages: Sequence[PageStory], limit: int) -> tuple[list[PageStory], list[PageStory]]:
    """The pages to tell one by one and those left out: where there are too many, most news goes first."""
    news = [page for page in pages if page.is_told]
    ranked = sorted(news, key=lambda page: (-(len(page.entries) + page.left_out), -page.member_count))
    chosen = {page.page_id for page in ranked[:limit]}
    return [p for p in news if p.page_id in chosen], [p for p in news if p.page_id not in chosen]


def _mixed_edits(pages: Iterable[PageStory], number: int) -> tuple[str, ...]:
    """Titles of the pages where an edit of this bulk change did something else as well."""
    return tuple(p.title for p in pages if any(number in edit.bulk_numbers and edit.entries for edit in p.edits))


def _count(
    pages: Sequence[PageStory], changes: Sequence[PageChange], returned: Collection[tuple[str, int | None, str]]
) -> Totals:
    """What the opening counts; what ``returned`` to an old form (title, revision, kind) is told of the bulk change."""
    contents = [
        [
            entry
            for edit in page.edits
            for entry in edit.content
            if (page.title, edit.rev_to, entry.kind) not in returned
        ]
        for page in pages
    ]

    def having(event: str) -> int:
        return sum(event in page.events for page in pages)

    return Totals(
        pages=len(pages),
        created=having("created"),
        deleted=having("deleted"),
        restored=having("restored"),
        moved=having("moved"),
        content=sum(map(bool, contents)),
        content_items=tuple(Counter(entry.kind for entries in contents for entry in entries).most_common()),
        cosmetic_only=sum(not page.is_told for page in pages),
        edits=len({c.rev_to for c in changes if _is_edit(c)}),
        changes=len(changes),
    )


def _is_edit(change: PageChange) -> bool:
    """Whether a revision was saved to make this change; a log entry alone (deletion, move) is no edit."""
    return change.rev_to is not None and (change.change.kind != "page" or change.change.action == "created")


def _edit_marks(changes: Iterable[PageChange], numbers: Mapping[int, int]) -> list[tuple[str, bool]]:
    """Each edit's time, and whether a bulk change was part of it."""
    times: dict[int | None, str] = {}
    in_bulk: set[int | None] = set()
    for change in filter(_is_edit, changes):
        times.setdefault(change.rev_to, change.timestamp)
        if change.change_id in numbers:
            in_bulk.add(change.rev_to)
    return [(timestamp, rev in in_bulk) for rev, timestamp in times.items()]


def _by_title(page: PageStory) -> tuple[str, str]:
    """Titles in dictionary order: umlauts as their base letter (DIN 5007 variant 1), case aside."""
    plain = unicodedata.normalize("NFKD", page.title.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)), page.title
