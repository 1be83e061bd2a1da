"""Rewritings that several changes of one edit tell together, such as a link that went and a template that came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from parsers.change import Change, PageChange
from parsers.immutable import dataclass


@dataclass(frozen=True, slots=True)
class Joint:
    """One rewriting as one change: ``shown`` has the id of the first of its ``members``.

    ``form`` is what it has in common with others of one rule; ``is_kept`` is False where something was altered on the
    way: such a one founds no rule.
    """

    form: Hashable
    shown: PageChange
    members: tuple[int, ...]
    is_kept: bool = True


def joint(form: Hashable, told: Change, members: Sequence[PageChange], *, is_kept: bool = True) -> Joint:
    """These changes of one edit as one."""
    return Joint(form, replace(members[0], change=told), tuple(c.change_id for c in members), is_kept)


def edits_of(changes: Iterable[PageChange]) -> Iterator[list[PageChange]]:
    """The changes of each edit that has several."""
    edits: defaultdict[tuple[int, int | None], list[PageChange]] = defaultdict(list)
    for change in changes:
        if change.rev_to is not None and change.rev_from is not None:
            edits[change.page_id, change.rev_to].append(change)
    yield from (edit for edit in edits.values() if len(edit) > 1)


def may_be_joint(changes: Iterable[Change]) -> bool:
    """Whether links that one edit added or removed may be parts of rewritings that others of its changes complete."""
    sides = {(change.kind, change.action) for change in changes}
    return any(
        (kind, come) in sides and ("link", gone) in sides
        for gone, come in (("removed", "added"), ("added", "removed"))
        for kind in ("template", "category")
    )


def of_side(edit: Iterable[PageChange], kind: str, action: str) -> list[PageChange]:
    """The changes of one kind and action."""
    return [change for change in edit if (change.change.kind, change.change.action) == (kind, action)]
