"""Council papers that two revisions cite: which came, which went, which got another key or number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping

from parsers.change import Change
from parsers.record import Paper

Identity = tuple[str | None, tuple[str, str] | None]


def compare_papers(
    before: Iterable[Paper],
    after: Iterable[Paper],
    moved_addresses: Mapping[str, str],
    path_of: Callable[[int, bool], str],
) -> list[Change]:
    """Changes of the set of papers by identity, which is the number together with the key of the address.

    An address that moved and kept its key changes nothing here. ``changed``: one number with another key (a
    mistyped one), one key with another number, or a link to a paper that now leads to another one
    (``moved_addresses`` maps old to new addresses of paired links). A number that only got or lost its address
    is the same paper. ``before`` and ``after`` are number and address; ``path_of(section, in_after)`` gives paths.
    """
    old, new = _by_identity(before), _by_identity(after)
    gone = {identity: paper for identity, paper in old.items() if identity not in new}
    come = {identity: paper for identity, paper in new.items() if identity not in old}
    _drop_known(gone, new)
    _drop_known(come, old)
    changes = []
    for key_of in (_number, _key):
        for paper_old, paper_new in _pairs(gone, come, key_of):
            changes.append(_changed(paper_old, paper_new, path_of))
    by_address = {paper.url: identity for identity, paper in come.items() if paper.url}
    for identity, paper_old in list(gone.items()):
        found = by_address.get(moved_addresses.get(paper_old.url or "", ""))
        if found in come:
            del gone[identity]
            changes.append(_changed(paper_old, come.pop(found), path_of))
    changes += [Change("paper", "removed", path_of(p.section, False), paper_name(p), None) for p in gone.values()]
    changes += [Change("paper", "added", path_of(p.section, True), None, paper_name(p)) for p in come.values()]
    return changes


def paper_name(paper: Paper) -> str:
    """Number and address as far as there are any: ``B/16/5505-01 http://…``."""
    return " ".join(part for part in (paper.number, paper.url) if part)


def _by_identity(papers: Iterable[Paper]) -> dict[Identity, Paper]:
    found: dict[Identity, Paper] = {}
    for paper in papers:
        found.setdefault(_identity(paper), paper)
    return found


def _identity(paper: Paper) -> Identity:
    if paper.key:
        return paper.number, (paper.key.name, paper.key.value)
    return paper.number, None if paper.number else ("", paper.url or "")


def _number(identity: Identity) -> Hashable | None:
    return identity[0]


def _key(identity: Identity) -> Hashable | None:
    return identity[1]


def _drop_known(papers: dict[Identity, Paper], others: Mapping[Identity, Paper]) -> None:
    """Forget what the other side has with less or more said: the number without a key, the key without a number."""
    keys_of, numbers_of = defaultdict(set), defaultdict(set)
    for number, key in others:
        keys_of[number].add(key)
        numbers_of[key].add(number)
    for number, key in list(papers):
        same_number = number is not None and number in keys_of and (key is None or keys_of[number] == {None})
        same_key = key is not None and key in numbers_of and (number is None or numbers_of[key] == {None})
        if same_number or same_key:
            del papers[number, key]


def _pairs(
    gone: dict[Identity, Paper], come: dict[Identity, Paper], key_of: Callable[[Identity], Hashable | None]
) -> list[tuple[Paper, Paper]]:
    """Take out of both what has one number, or one key, in common."""
    pairs = []
    for identity in list(gone):
        wanted = key_of(identity)
        match = next((other for other in come if wanted is not None and key_of(other) == wanted), None)
        if match:
            pairs.append((gone.pop(identity), come.pop(match)))
    return pairs


def _changed(old: Paper, new: Paper, path_of: Callable[[int, bool], str]) -> Change:
    return Change("paper", "changed", path_of(new.section, True), paper_name(old), paper_name(new))
