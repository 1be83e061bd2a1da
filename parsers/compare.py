"""Two records of a page to its changes, item by item: the entry to comparing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.compare_categories import compare_categories, compare_page_links
from parsers.compare_fields import FieldChanges, compare_box_sources, compare_infoboxes
from parsers.compare_links import (
    LinkPairs,
    address_of,
    file_change,
    is_language_link,
    link_change,
    one_sided,
    pair_links,
)
from parsers.compare_magic import compare_magic
from parsers.compare_papers import compare_papers
from parsers.compare_places import pair_in_place, shows_address
from parsers.compare_sections import compare_outline, pair_sections
from parsers.compare_sides import Sources, redirect_line
from parsers.compare_source import MaskedSource, differing_lines
from parsers.compare_templates import compare_templates
from parsers.compare_text import MovedText, box_rows, compare_texts, find_moved_text, moved_text_changes
from parsers.items import section_path
from parsers.noise import MARKUP, WHITESPACE, markup_noise_reason
from parsers.record import Link, Record, Redirect, Section, Span

_section_of = attrgetter("section")


def _start_of(section: Section) -> int:
    return section.span[0]


def compare(before: Record, after: Record) -> list[Change]:
    """The changes that lead from one record of a page to the next.

    Items are paired by identity and not by position, noise is classified and not dropped, and each fact is told
    where it belongs: a link's new address as a change of the link, its section's text only when that differs as
    well. Records of one text have no changes; records of two texts have at least one.
    """
    if before.source == after.source:
        return []
    return _Comparison(before, after).changes()


class _Comparison:
    """Two records and what is found out about them on the way: pairs of sections and links, spans told already."""

    def __init__(self, before: Record, after: Record) -> None:
        self.before, self.after = before, after
        self.sources = Sources(before, after)
        self.sections = pair_sections(before.sections, after.sections)
        self.paths = (_paths(before.sections), _paths(after.sections))
        self.dirty = [pair for pair in self.sections.pairs if not self._is_same(*pair)]

    def changes(self) -> list[Change]:
        redirects = _compare_redirects(self.before.redirect, self.after.redirect)
        if redirects:
            self._mask_redirects()
        fields = compare_infoboxes(self.before, self.after)
        links, pairs = self._links(fields)
        shown_addresses = _shown_addresses(pairs)
        self.sources.relabel(shown_addresses)
        boxes = compare_box_sources(self.sources)
        for box in self.before.infoboxes:
            self.sources.before.mask(box.span)
        for box in self.after.infoboxes:
            self.sources.after.mask(box.span)
        templates = self._templates()
        magic = compare_magic(self.sources, self._path_at)
        moved = find_moved_text(self.dirty, self.sections)
        changes = [
            *redirects,
            *fields.changes,
            *boxes,
            *compare_outline(self.before.sections, self.after.sections, self.sections),
            *compare_texts(self.dirty, self.sources, moved, shown_addresses, box_rows(self.before, self.after)),
            *(change for change in links if not _went_with_text(change, moved)),
            *templates,
            *compare_categories(self.before.categories, self.after.categories),
            *compare_papers(self.before.papers, self.after.papers, _moved_addresses(pairs), self._path),
            *magic,
            *moved_text_changes(moved, self.paths),
            *compare_page_links(self.sources),
        ]
        return changes or [self._unexplained()]

    def _is_same(self, old: Section, new: Section) -> bool:
        return (
            old.text == new.text
            and old.path == new.path
            and self.before.source[old.span[0] : old.span[1]] == self.after.source[new.span[0] : new.span[1]]
        )

    def _path(self, section: int, in_after: bool) -> str:
        return self.paths[in_after].get(section, "")

    def _path_at(self, span: Span, in_after: bool) -> str:
        """The path of the section that a span stands in."""
        sections = (self.after if in_after else self.before).sections
        at = bisect_right(sections, span[0], key=_start_of) - 1
        return self._path(sections[at].index, in_after) if at >= 0 else ""

    def _mask_redirects(self) -> None:
        for source in (self.sources.before, self.sources.after):
            if line := redirect_line(source.record):
                source.mask(line)

    def _links(self, fields: FieldChanges) -> tuple[list[Change], list[tuple[Link, Link]]]:
        """Changes of links; those that are told are masked, by their label, in the sources."""
        found = self._pair_links()
        changes: list[Change] = []
        pairs = []
        for old, new in found.pairs:
            change = self._link_change(old, new)
            if change is None:
                continue
            pairs.append((old, new))
            self._mask_link(old, new)
            told = _is_within(old.span, fields.told_before), _is_within(new.span, fields.told_after)
            if not any(told) or (old.label == new.label and change.before != change.after):
                changes.append(change)
            elif not all(told) and change.before != change.after:
                # One of them stands in a field that tells it; the other came or went where it is.
                alone = ([old], "removed") if told[1] else ([new], "added")
                changes += one_sided(*alone, self._path)
        for link in found.removed:
            self._mask_link(link, None)
        for link in found.added:
            self._mask_link(None, link)
        removed = [link for link in found.removed if not _is_within(link.span, fields.told_before)]
        added = [link for link in found.added if not _is_within(link.span, fields.told_after)]
        changes += one_sided(removed, "removed", self._path)
        changes += one_sided(added, "added", self._path)
        return changes, pairs

    def _pair_links(self) -> LinkPairs:
        """Only sections that differ can hold links that do; where an icon leads is told of the icon."""
        dirty_before = [old.index for old, _ in self.dirty] + [s.index for s in self.sections.removed]
        dirty_after = [new.index for _, new in self.dirty] + [s.index for s in self.sections.added]
        found = pair_links(
            _without_icon_targets(_links_of(self.before, dirty_before)),
            _without_icon_targets(_links_of(self.after, dirty_after)),
            self.sections.to_after,
            {p.url: p.key for p in (*self.before.papers, *self.after.papers) if p.url and p.key},
        )
        return pair_in_place(found, self.before, self.after, self.sections.to_after)

    def _link_change(self, old: Link, new: Link) -> Change | None:
        path = "" if is_language_link(new) else self._path(new.section, True)
        moved = not is_language_link(new) and self.sections.to_after.get(old.section) != new.section
        change = link_change(old, new, path, moved)
        if new.kind == "file" and (change is None or change.action == "moved"):
            raw = self.sources.before.slice(old.span), self.sources.after.slice(new.span)
            return file_change(raw, old, new, path) or change
        return change

    def _mask_link(self, old: Link | None, new: Link | None) -> None:
        # Two that show their own address or title read as one another: the change of the link tells the difference.
        if old:
            same = new is not None and shows_address(old) and shows_address(new)
            label = new.label if new and same else old.label
            self.sources.before.mask_link(old, label)
        if new:
            self.sources.after.mask_link(new)

    def _templates(self) -> list[Change]:
        changes, told_before, told_after = compare_templates(self.sources, self.sections.to_after, self._path)
        for span in told_before:
            self.sources.before.mask(span)
        for span in told_after:
            self.sources.after.mask(span)
        return changes

    def _unexplained(self) -> Change:
        """The sources differ and no item does: the raw lines, so that no difference is passed over in silence."""
        spans = (0, len(self.before.source)), (0, len(self.after.source))
        found = differing_lines(MaskedSource(self.before), MaskedSource(self.after), spans)
        shown = (found.before, found.after) if found else (self.before.source, self.after.source)
        reason = markup_noise_reason(*shown)
        if reason is None and self.before.sections and self.after.sections:
            reason = WHITESPACE if shown[0].split() == shown[1].split() else MARKUP
        return Change("text", "changed", "", *shown, COSMETIC if reason else SUBSTANTIVE, reason)


def _paths(sections: Iterable[Section]) -> dict[int, str]:
    return {section.index: section_path(section) for section in sections}


def _is_within(span: Span, outer: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in outer)


def _links_of(record: Record, sections: Iterable[int]) -> list[Link]:
    """The links of sections, without that of a redirect, which is told as the redirect."""
    links = record.links[1:] if record.redirect else record.links
    if not record.parts:  # its links may stand in any order
        wanted = set(sections)
        return [link for link in links if link.section in wanted]
    found: list[Link] = []
    for section in sorted(sections):
        low = bisect_left(links, section, key=_section_of)
        found += links[low : bisect_left(links, section + 1, low, key=_section_of)]
    return found


def _without_icon_targets(links: list[Link]) -> list[Link]:
    """Leave out the links that share the span of a file, as ``|link=`` makes them."""
    icons = {link.span for link in links if link.kind == "file"}
    return [link for link in links if link.kind == "file" or link.span not in icons] if icons else links


def _shown_addresses(pairs: Iterable[tuple[Link, Link]]) -> dict[str, str]:
    """Old and new label of links that show their own address or title, and changed it."""
    return {
        old.label: new.label
        for old, new in pairs
        if old.label != new.label and shows_address(old) and shows_address(new)
    }


def _moved_addresses(pairs: Iterable[tuple[Link, Link]]) -> dict[str, str]:
    return {address_of(old): address_of(new) for old, new in pairs}


def _went_with_text(change: Change, moved: Iterable[MovedText]) -> bool:
    """Whether a moved link stands in lines that are told as moved."""
    if change.action != "moved" or not change.label:
        return False
    return any(change.label in line for text in moved for line in text.lines_after)


def _compare_redirects(before: Redirect | None, after: Redirect | None) -> list[Change]:
    old, new = _redirect_title(before), _redirect_title(after)
    if old == new:
        return []
    action = "changed" if old and new else "added" if new else "removed"
    return [Change("redirect", action, "", old, new)]


def _redirect_title(redirect: Redirect | None) -> str | None:
    if redirect is None:
        return None
    return f"{redirect.target}#{redirect.fragment}" if redirect.fragment else redirect.target


__all__ = ["compare"]
