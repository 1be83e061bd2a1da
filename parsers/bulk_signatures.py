"""By what a change can come into one rule with others: numbers to remember it by, so that old ones need not be read.

Changes that can be of one rule have a signature in common, and so have those that undo it. The contrary does not hold:
a signature is a hint, and what it leads to is searched as if there were none.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers.bulk_calls import calls_of_edit
from parsers.bulk_categories import shown_categories_of_edit
from parsers.bulk_dates import redated
from parsers.bulk_fields import Parting, partings_of_edit
from parsers.bulk_founding import FOUNDING, PAIRED, WORDED, is_rewritten, plain_field
from parsers.bulk_induction import signatures_of_pair
from parsers.bulk_joint import may_be_joint
from parsers.bulk_kept import Pair
from parsers.bulk_literal import literals_of_edit
from parsers.bulk_templates import parameters_of
from parsers.bulk_wording import wordings
from parsers.change import PageChange

SIGNATURES = 3  # their version; those of another one are made anew


@dataclass(frozen=True, slots=True)
class Signature:
    """``number`` is 32 bits of what a change has in common with others; ``worded``: the change is read only
    where others have it as well, since it says words inside texts, or little without other changes of its edit."""

    number: int
    change_id: int
    worded: bool


def signatures(changes: Iterable[PageChange]) -> Iterator[Signature]:
    """The signatures of some changes, all those of each revision together."""
    edits: defaultdict[tuple[int, int], list[PageChange]] = defaultdict(list)
    for change in changes:
        if change.rev_to is None:
            continue
        key = (change.change.kind, change.change.action)
        if key in FOUNDING or key in PAIRED:
            edits[change.page_id, change.rev_to].append(change)
        if key in FOUNDING:
            yield from _signed(change, _of_one(change), worded=False)
            if is_rewritten(change, change.change.kind):
                yield from _signed(change, _rewritten(change), worded=False)
        if key in WORDED:
            forms: set[Hashable] = {(w.kind, w.inside, *sorted((w.before, w.after))) for w in wordings(change.change)}
            forms |= _dates(change)
            yield from _signed(change, forms, worded=True)
    for edit in edits.values():
        for literal, members in literals_of_edit(edit):
            form = (literal.kind, literal.action, literal.scope, *sorted((literal.before, literal.after)))
            for change in members:
                yield from _signed(change, {form}, worded=False)
        yield from _of_several(edit)


def _of_one(change: PageChange) -> set[Hashable]:
    """The form that dates in a field were given; whose sort keys were changed."""
    told = change.change
    if (told.kind, told.action) == ("category", "changed"):
        return {("sort keys", told.label)}
    return _dates(change) if told.kind == "infobox" else set()


def _dates(change: PageChange) -> set[Hashable]:
    return {("dates", change.change.kind, *sorted(one.forms)) for one in redated(change.change)}


def _of_several(edit: Sequence[PageChange]) -> Iterator[Signature]:
    """Of rewritings that several changes of an edit tell; links are read only where they share one."""
    if len(edit) < 2:
        return
    by_id = {change.change_id: change for change in edit}
    linked = may_be_joint(change.change for change in edit)
    calls = (*calls_of_edit(edit), *shown_categories_of_edit(edit)) if linked else ()
    for one in (*calls, *partings_of_edit(edit)):
        form = one.form
        if isinstance(form, Parting):
            form = ("parting", form.box, *sorted((form.whole, *form.parts)))
        for member in map(by_id.__getitem__, one.members):
            yield from _signed(member, {form}, worded=member.change.kind == "link")


def _rewritten(change: PageChange) -> Iterable[Hashable]:
    told = change.change
    scope = (told.kind, plain_field(told.path) if told.kind == "infobox" else "")
    found: set[Hashable] = set()
    if told.kind == "template" and (parameters := parameters_of(told)):
        found.add(("parameters", parameters))
    pair = Pair(change.page_id, told.before or "", told.after or "", change.change_id)
    return found | {(*scope, form) for form in signatures_of_pair(pair)}


def _signed(change: PageChange, forms: Iterable[Hashable], *, worded: bool) -> Iterator[Signature]:
    for number in {zlib.crc32(repr(form).encode("utf-8", "surrogatepass")) for form in forms}:
        yield Signature(number, change.change_id, worded)
