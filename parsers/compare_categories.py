"""Categories of two revisions: which came and went, their sort keys, and the links that put the page into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from parsers.change import COSMETIC, Change
from parsers.common_ends import common_ends
from parsers.compare_links import address_of
from parsers.compare_sides import Sources
from parsers.compare_source import MaskedSource
from parsers.noise import MARKUP, ORDER, markup_noise_reason
from parsers.record import Category, Span

_Written = tuple[str, str]  # name or address, and the link as it is written


def compare_categories(before: Iterable[Category], after: Iterable[Category]) -> list[Change]:
    """Categories by name; of one that stayed, another sort key, with the name as label."""
    old, new = _sort_keys(before), _sort_keys(after)
    changes = [Change("category", "removed", "", name, None) for name in old if name not in new]
    changes += [Change("category", "added", "", None, name) for name in new if name not in old]
    for name, sort_key in new.items():
        if name in old and old[name] != sort_key:
            changes.append(Change("category", "changed", "", old[name], sort_key, COSMETIC, ORDER, label=name))
    return changes


def compare_page_links(sources: Sources) -> list[Change]:
    """``text`` changed for links to categories and other languages that say the same in another form or order.

    They belong to the page; where they stand in it says nothing.
    """
    spans = _unlike_lines(sources.before.text, sources.after.text)
    sides = (sources.before, spans[0]), (sources.after, spans[1])
    if not any(source.has_prefixed_link(span) for source, span in sides):
        return []
    old, new = _sort_keys(sources.before.record.categories), _sort_keys(sources.after.record.categories)
    same = {name for name, sort_key in new.items() if name in old and old[name] == sort_key}
    languages_old, languages_new = (_language_links(*side) for side in sides)
    known = {address for address, _ in languages_old} & {address for address, _ in languages_new}
    found = (
        _rewritten(*(_category_links(*side) for side in sides), kept=same),
        _rewritten(languages_old, languages_new, kept=known),
    )
    return [change for change in found if change]


def _unlike_lines(before: str, after: str) -> tuple[Span, Span]:
    """Two texts without the whole lines that they begin and end with in common."""
    head, tail = common_ends(before, after)
    head = before.rfind("\n", 0, head) + 1
    line_end = before.find("\n", len(before) - tail)
    tail = len(before) - line_end if line_end >= 0 else 0
    return (head, len(before) - tail), (head, len(after) - tail)


def _sort_keys(categories: Iterable[Category]) -> dict[str, str | None]:
    """Of a repeated category the first one counts for the list, the last sort key for the order, as in MediaWiki."""
    return {category.name: category.sort_key for category in categories}


def _category_links(source: MaskedSource, span: Span) -> list[_Written]:
    return [(name, source.slice(at)) for name, at in source.category_links(span)]


def _language_links(source: MaskedSource, span: Span) -> list[_Written]:
    return [(address_of(link), source.slice(link.span)) for link in source.language_links(span)]


def _rewritten(old: Iterable[_Written], new: Iterable[_Written], *, kept: set[str]) -> Change | None:
    """The links of the kept names where they are written in another way; the others are told by themselves."""
    before, after = ([written for name, written in side if name in kept] for side in (old, new))
    if before == after:
        return None
    if Counter(before) == Counter(after):
        return Change("text", "changed", "", "\n".join(before), "\n".join(after), COSMETIC, ORDER)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    shown = "\n".join(gone.elements()), "\n".join(come.elements())
    return Change("text", "changed", "", *shown, COSMETIC, markup_noise_reason(*shown) or MARKUP)


__all__ = ["compare_categories", "compare_page_links"]
