"""Template uses of two revisions, apart from infoboxes: added, removed, changed, or swapped for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.compare_sides import Sources
from parsers.compare_source import MaskedSource, shorten_both
from parsers.noise import MARKUP, ORDER, WHITESPACE, markup_noise_reason, noise_reason
from parsers.record import Record, Span, Template

_MAX_SHOWN = 1_000

Pair = tuple[Template, Template]


def compare_templates(
    sources: Sources, to_after: Mapping[int, int], path_of: Callable[[int, bool], str]
) -> tuple[list[Change], list[Span], list[Span]]:
    """Changes of the outermost templates that are no infobox, and the spans that they tell in each revision.

    ``before`` and ``after`` are the use as written, shortened; the names, when a template was ``renamed``, that
    is swapped for another one with the same parameters. Links inside that are told by now must be masked in
    ``sources``: a template in which only they changed is not told. ``path_of(section, in_after)`` gives paths.
    """
    before, after = sources.before, sources.after
    written_before = [(item, before.slice(item.span)) for item in _outermost(before.record)]
    written_after = [(item, after.slice(item.span)) for item in _outermost(after.record)]
    _take(written_before, written_after, lambda _, text, __: text)
    open_before = [(item, before.residue(item.span)) for item, _ in written_before]
    open_after = [(item, after.residue(item.span)) for item, _ in written_after]
    changes: list[Change] = []
    told_before: list[Span] = []
    told_after: list[Span] = []

    def section(item: Template, in_after: bool) -> int:
        return item.section if in_after else to_after.get(item.section, -1 - item.section)

    _take(open_before, open_after, lambda item, text, _: text)
    for old, new in [
        *_take(open_before, open_after, lambda item, _, late: (item.name, section(item, late))),
        *_take(open_before, open_after, lambda item, _, __: item.name),
        *_take(open_before, open_after, lambda item, _, late: _swap_key(item, section(item, late))),
    ]:
        changes.append(_pair_change(old, new, before, after, path_of(new.section, True)))
        told_before.append(old.span)
        told_after.append(new.span)
    for old, _ in open_before:
        shown, _ = shorten_both(before.slice(old.span), "", _MAX_SHOWN)
        changes.append(Change("template", "removed", path_of(old.section, False), shown, None))
        told_before.append(old.span)
    for new, _ in open_after:
        shown, _ = shorten_both(after.slice(new.span), "", _MAX_SHOWN)
        changes.append(Change("template", "added", path_of(new.section, True), None, shown))
        told_after.append(new.span)
    return changes, told_before, told_after


def _outermost(record: Record) -> list[Template]:
    """Templates that stand in no other one and in no infobox."""
    covered = sorted(box.span for box in record.infoboxes)
    found: list[Template] = []
    end = 0
    boxes = iter([*covered, (len(record.source) + 1,) * 2])
    box = next(boxes)
    for item in sorted(record.templates, key=lambda item: (item.span[0], -item.span[1])):
        while box[1] <= item.span[0]:
            box = next(boxes)
        if item.span[0] >= end and not (box[0] <= item.span[0] and item.span[1] <= box[1]):
            found.append(item)
            end = item.span[1]
    return found


def _take(
    before: list[tuple[Template, str]],
    after: list[tuple[Template, str]],
    key: Callable[[Template, str, bool], Hashable | None],
) -> list[Pair]:
    """Take out the pairs with equal keys, in order of the page; None is no key."""
    if not before or not after:
        return []
    groups: defaultdict[Hashable, list[tuple[Template, str]]] = defaultdict(list)
    for entry in after:
        groups[key(*entry, True)].append(entry)
    groups.pop(None, None)
    pairs, rest, taken = [], [], set()
    for entry in before:
        group = groups.get(key(*entry, False))
        if group:
            new = group.pop(0)
            taken.add(new[0].span)
            pairs.append((entry[0], new[0]))
        else:
            rest.append(entry)
    before[:] = rest
    after[:] = [entry for entry in after if entry[0].span not in taken]
    return pairs


def _swap_key(item: Template, section: int) -> Hashable | None:
    """A template is known under another name by its section and its parameters, if it has any."""
    return (section, _params(item)) if any(value for _, value in _params(item)) else None


def _params(item: Template) -> tuple[tuple[str, str], ...]:
    return tuple((param.name, param.raw.strip()) for param in item.params)


def _pair_change(old: Template, new: Template, before: MaskedSource, after: MaskedSource, path: str) -> Change:
    if old.name != new.name:
        return Change("template", "renamed", path, old.name, new.name)
    written = before.slice(old.span), after.slice(new.span)
    reason = _noise_reason(old, new, written) or _noise_of_masked(before.residue(old.span), after.residue(new.span))
    shown = shorten_both(*written, _MAX_SHOWN)
    return Change("template", "changed", path, *shown, COSMETIC if reason else SUBSTANTIVE, reason)


def _noise_reason(old: Template, new: Template, written: tuple[str, str]) -> str | None:
    """Why two uses say the same: by the last of each parameter that has a value, as in MediaWiki."""
    was, now = _values(old), _values(new)
    if was.keys() != now.keys():
        return None
    if was == now and "".join(written[0].split()) == "".join(written[1].split()):
        return WHITESPACE
    if was == now:
        return ORDER if [*was] != [*now] else noise_reason(*written) or MARKUP
    reasons = {markup_noise_reason(was[name], now[name]) for name in was if was[name] != now[name]}
    return reasons.pop() if len(reasons) == 1 else None if None in reasons else MARKUP


def _noise_of_masked(before: str, after: str) -> str | None:
    """The same where links inside are told; what has no name is known by its place, so that order matters."""
    reason = noise_reason(before, after)
    return reason if reason != ORDER else None


def _values(item: Template) -> dict[str, str]:
    """An empty parameter of the form says nothing, whether it stands there or not."""
    return {name: value for name, value in _params(item) if value}
