"""Many changes to bulk changes: rewrite rules over pages and time, with what they missed and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Protocol

from parsers.bulk_addresses import State
from parsers.bulk_aftermath import find_left, find_regressions, named_once, without_returns
from parsers.bulk_called import find_calls
from parsers.bulk_calls import calls_of_edit
from parsers.bulk_categories import find_shown_categories, find_sort_keys, shown_categories_of_edit
from parsers.bulk_dates import Redated, find_dates_rewritten, redated
from parsers.bulk_fields import find_partings, partings_of_edit
from parsers.bulk_found import Found
from parsers.bulk_founding import is_rewritten, plain_field
from parsers.bulk_joint import edits_of
from parsers.bulk_names import find_literals, find_renamed_parameters
from parsers.bulk_rewriting import find_rewritings
from parsers.bulk_time import in_order, moment
from parsers.bulk_watch import Wanted, Watch
from parsers.bulk_worded import find_wordings
from parsers.bulk_wording import Wording, group_wordings, without_texts
from parsers.change import BulkChange, Change, CurrentItem, PageChange


class Source(Protocol):
    """Where changes and items are read from, when they are needed, so that memory follows what can found a rule."""

    def founding(self) -> Iterable[PageChange]:
        """Changes that a rule can be found in (``FOUNDING``)."""

    def worded(self) -> Iterable[PageChange]:
        """Those of ``WORDED``; those that have no signature in common with two others may be left out."""

    def paired(self) -> Iterable[PageChange]:
        """Those of ``PAIRED``; the same may be left out."""

    def later(self, wanted: Mapping[str, Wanted]) -> Iterable[PageChange]:
        """Changes, by kind, but for those inside texts, in the order of time. All but the wanted may be left out."""

    def current(self, wanted: Mapping[str, Wanted]) -> Iterable[CurrentItem]:
        """What stands now: items of the kinds of ``CurrentItem``, and ``text`` and ``wikitext`` for the texts of
        sections and pages; others than the wanted may be left out."""

    def standing(self, kind: str, states: Collection[State]) -> Mapping[State, Sequence[CurrentItem]]:
        """The items of a kind that stood on pages at some of their revisions, where that is known."""


def search_bulk_changes(source: Source, begun: str | None = None) -> tuple[list[BulkChange], list[Watch], set[int]]:
    """Bulk changes in a history of changes that had ``begun`` at a time, in order of time.

    With them comes what new changes and items could alter of them, and the pages of their stragglers.

    What was rewritten alike on at least three pages is explained by one rule: links, files, field values and
    template uses by one with variables (``parsers.bulk_induction``); names, values and categories by one literal
    pair (``parsers.bulk_literal``); words and marks inside texts by what was replaced (``parsers.bulk_wording``). A
    change belongs to one bulk change at most. Exceptions follow the rule of an address but altered a variable.
    Stragglers are current items that still have the old form; where a rule was followed in several stretches of time,
    the last of them names them. Regressions are later changes that brought the old form back to a page that had been
    migrated, or, for external addresses, to any page once the last member was done. Of rules of addresses it is told
    what became of each old address (``parsers.bulk_addresses``).
    """
    ordered = in_order(_light(change) for change in source.founding() if change.rev_to is not None)
    edits = list(edits_of([*ordered, *source.paired()]))
    worded, dated = _inside_texts(source.worded())
    if begun is None:
        every = chain(ordered, *worded.values(), (change for change, _ in dated))
        begun = min((change.timestamp for change in every), default="1970-01-01T00:00:00Z")
    dated += [(change, one) for change in ordered for one in redated(change.change)]
    found = _found(ordered, edits, dated, moment(begun))
    found += find_wordings(worded, found, moment(begun))
    if found:
        wanted = [(bulk.kind, bulk.returns()) for bulk in found if not bulk.knows_returns]
        find_regressions(found, source.later(_together(wanted)))
        find_left(found, source.current(_together((bulk.asks, bulk.sought()) for bulk in found)))
    watched = {page_id for bulk in found for page_id in bulk.watched()}
    watches = [bulk.watch() for bulk in found]
    return named_once(without_returns(found), source.standing), watches, watched


def _together(wanted: Iterable[tuple[str, Wanted]]) -> dict[str, Wanted]:
    """What several rules ask for, by kind."""
    by_kind: defaultdict[str, list[Wanted]] = defaultdict(list)
    for kind, one in wanted:
        by_kind[kind].append(one)
    return {kind: Wanted.any_of(several) for kind, several in by_kind.items()}


def _light(change: PageChange) -> PageChange:
    """A change without the text of a section, which may be long; its title says enough."""
    told = change.change
    if told.kind == "section" and told.action != "renamed":
        return replace(change, change=Change(told.kind, told.action, told.path, None, None))
    return change


def _inside_texts(
    changes: Iterable[PageChange],
) -> tuple[Mapping[Wording, list[PageChange]], list[tuple[PageChange, Redated]]]:
    """The rewritings of words and of dates in changes of texts, which are not kept."""
    dated: list[tuple[PageChange, Redated]] = []

    def noting_dates() -> Iterator[PageChange]:
        for change in changes:
            if change.rev_to is not None:
                dated.extend((without_texts(change), one) for one in redated(change.change))
                yield change

    return group_wordings(noting_dates()), dated


def _found(
    ordered: Sequence[PageChange],
    edits: Sequence[Sequence[PageChange]],
    dated: Sequence[tuple[PageChange, Redated]],
    begun: datetime,
) -> list[Found]:
    """The rules of all kinds but words inside texts; those that say most of a change go first."""
    found: list[Found] = [
        *find_calls(one for edit in edits for one in calls_of_edit(edit)),
        *find_shown_categories((one for edit in edits for one in shown_categories_of_edit(edit)), begun),
        *find_partings(one for edit in edits for one in partings_of_edit(edit)),
        *find_sort_keys(ordered, begun),
        *find_dates_rewritten(dated, begun),
    ]
    free = _free(ordered, found)
    for kind in ("file", "link"):
        found += find_rewritings(kind, "", [c for c in free if is_rewritten(c, kind)], begun)
    fields: defaultdict[str, list[PageChange]] = defaultdict(list)
    for change in free:
        if is_rewritten(change, "infobox"):
            fields[plain_field(change.change.path)].append(change)
    for field, members in fields.items():
        found += find_rewritings("infobox", field, members, begun)
    uses = [change for change in free if is_rewritten(change, "template")]
    found += find_renamed_parameters(uses, begun)
    found += find_rewritings("template", "", _free(uses, found), begun)
    return [*found, *find_literals(_free(free, found), begun)]


def _free(changes: Sequence[PageChange], found: Sequence[Found]) -> list[PageChange]:
    """The changes that no rule explains by now."""
    taken = {one for bulk in found for one in bulk.member_ids}
    return [change for change in changes if change.change_id not in taken]
