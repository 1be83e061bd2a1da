"""Magic words and parser functions of two revisions: what came, went or was given another value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.compare_sides import Sources
from parsers.compare_source import shorten_both
from parsers.noise import MARKUP, WHITESPACE
from parsers.record import Magic, Record, Span
from parsers.vocabulary import CONDITIONAL

_MAX_SHOWN = 1_000

# What these say is said of the page, wherever they stand; so do the switches, such as __NOTOC__ (Help:Magic words).
_OF_PAGE = frozenset({"DEFAULTSORT", "DISPLAYTITLE"})
_SEEN = frozenset({"DISPLAYTITLE"})
# Stand for a character of wikitext.
_CHARACTERS = frozenset({"!", "="})


def compare_magic(sources: Sources, path_of: Callable[[Span, bool], str]) -> list[Change]:
    """``text`` added, removed or changed: the words as written. What is told is masked in ``sources``.

    Sort keys and switches steer sorting, indexing or the table of contents, and are cosmetic (``markup``), as is
    another spelling of a word. The name to show the page by, a query, a condition or a variable is seen by a reader.
    What stands in an infobox, a template or another function is told with it. Links and templates inside must be
    masked by now. ``path_of(span, in_after)`` gives paths.
    """
    for source in (sources.before, sources.after):
        for word in source.record.magic:
            if word.name in CONDITIONAL:
                source.mask_categories(word.span)
    old, new = _by_name(sources.before.record), _by_name(sources.after.record)
    changes: list[Change] = []
    for name in sorted(old.keys() | new.keys()):
        words = old.get(name, []), new.get(name, [])
        _take(*words, lambda word, late: (sources.after if late else sources.before).residue(word.span))
        told = [*_take(*words, lambda word, _: word.value), *zip_longest(*words)]
        changes += [_change(name, was, now, sources, path_of) for was, now in told]
        for was, now in told:
            if was:
                sources.before.mask(was.span)
            if now:
                sources.after.mask(now.span)
    return changes


def _change(
    name: str, was: Magic | None, now: Magic | None, sources: Sources, path_of: Callable[[Span, bool], str]
) -> Change:
    before = sources.before.slice(was.span) if was else ""
    after = sources.after.slice(now.span) if now else ""
    of_page = name in _OF_PAGE or name.startswith("__")
    reason: str | None = None
    if was and now and "".join(before.split()) == "".join(after.split()):
        reason = WHITESPACE
    elif name in _CHARACTERS or (of_page and name not in _SEEN) or (was and now and was.value == now.value):
        reason = MARKUP
    path = "" if of_page else path_of(now.span, True) if now else path_of(was.span, False) if was else ""
    shown = shorten_both(before, after, _MAX_SHOWN)
    return Change(
        "text",
        "changed" if was and now else "added" if now else "removed",
        path,
        shown[0] if was else None,
        shown[1] if now else None,
        COSMETIC if reason else SUBSTANTIVE,
        reason,
    )


def _by_name(record: Record) -> dict[str, list[Magic]]:
    found: defaultdict[str, list[Magic]] = defaultdict(list)
    for word in _outermost(record):
        found[word.name].append(word)
    return found


def _outermost(record: Record) -> Iterator[Magic]:
    """Words that stand in no infobox, no template and no other function."""
    spans = [(*item.span, None) for items in (record.infoboxes, record.templates) for item in items]
    end = 0
    for start, stop, word in sorted(
        [*spans, *((*word.span, word) for word in record.magic)], key=lambda item: (item[0], -item[1])
    ):
        if start >= end:
            end = stop
            if word is not None:
                yield word


def _take(old: list[Magic], new: list[Magic], key: Callable[[Magic, bool], str | None]) -> list[tuple[Magic, Magic]]:
    """Take out the pairs with equal keys, in order of the page."""
    if not old or not new:
        return []
    groups: defaultdict[str | None, list[Magic]] = defaultdict(list)
    for word in new:
        groups[key(word, True)].append(word)
    pairs = [(word, group.pop(0)) for word in old if (group := groups.get(key(word, False)))]
    taken = [{id(word) for word in side} for side in zip(*pairs, strict=True)] or [set(), set()]
    old[:] = [word for word in old if id(word) not in taken[0]]
    new[:] = [word for word in new if id(word) not in taken[1]]
    return pairs


__all__ = ["compare_magic"]
