"""One revision's changes as a reader would tell them: what one edit did is one entry, not several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jobs.report.data import Limits
from jobs.report.excerpt import Words, clean, compare_words, excerpt, shorten, without_moved_lines
from parsers.change import Change

_PLACEHOLDER = re.compile(r"[-\u2010-\u2015\u2212.…\s]{1,4}|n/?a|tbd|k\. ?A\.", re.IGNORECASE)
_TEXT_KINDS = frozenset({"section", "text"})
_LONG_VALUE = 120  # characters from which a field's values show their differing words alone


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to tell: a change, or several that are one to a reader.

    ``kind`` and ``action`` are those of ``Change``; a link may also be ``filled`` (it took the place of the
    placeholder ``before``) or ``emptied`` (the placeholder ``after`` took its place). ``place`` is the path;
    ``words`` show the text: with differences for a changed one, else as one shortened run. ``links`` are the
    links (text and address) that came or went with a whole section.
    """

    kind: str
    action: str
    place: str
    before: str | None
    after: str | None
    label: str | None
    words: tuple[Words, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def is_field_value(self) -> bool:
        """Whether this is an infobox field with an old and a new value, a row of a table."""
        return self.kind == "infobox" and self.action != "renamed"

    @property
    def field_name(self) -> str:
        """The field without its infobox; a second infobox of a name keeps its number."""
        box, _, name = self.place.partition("/")
        return f"{name} ({box})" if "#" in box and name else name or box


@dataclass(frozen=True, slots=True)
class Edit:
    """What one revision did: its entries; and if it made or removed the page, counts of what came or went."""

    entries: tuple[Entry, ...]
    contents: tuple[tuple[str, int], ...] = ()


def fold_edit(changes: Sequence[Change], told_elsewhere: Sequence[Change], limits: Limits) -> Edit:
    """The substantive changes of one revision as entries in reading order.

    ``told_elsewhere`` are the changes of the same revision that belong to a bulk change: they are not told
    again, but what follows from them (a paper whose address is the link's) is not told either.
    """
    changes = [_cleaned(change) for change in changes]
    elsewhere = [_cleaned(change) for change in told_elsewhere]
    whole_page = next((c.action for c in changes if c.kind == "page" and c.action in ("created", "deleted")), None)
    contents: tuple[tuple[str, int], ...] = ()
    if whole_page:
        changes, contents = _without_contents(changes, "added" if whole_page == "created" else "removed")
    links = [c for c in (*changes, *elsewhere) if c.kind == "link"]
    changes = [c for c in changes if c.kind != "paper" or not any(_same_paper(c, link) for link in links)]
    return Edit(tuple(_entries(changes, limits)), contents)


def _cleaned(change: Change) -> Change:
    texts = {name: getattr(change, name) for name in ("path", "before", "after", "label")}
    return replace(change, **{name: clean(text) for name, text in texts.items() if text is not None})


def _without_contents(changes: list[Change], action: str) -> tuple[list[Change], tuple[tuple[str, int], ...]]:
    """The changes less what a page brings with it or takes away; a new page's fields are worth showing."""
    keeps_fields = action == "added"
    rest, counts = [], Counter[str]()
    for change in changes:
        if change.action != action or change.kind == "page":
            rest.append(change)
            continue
        counts[change.kind] += 1
        if change.kind == "infobox" and keeps_fields and change.after:
            rest.append(change)
    return rest, tuple(sorted(counts.items(), key=lambda item: _place_of(item[0])))


def _same_paper(paper: Change, link: Change) -> bool:
    """Whether the paper came, went or moved with its link; a number that changed too is told by itself."""
    numbers = []
    for told, address in ((paper.before, link.before), (paper.after, link.after)):
        if (told is None) != (address is None):
            return False
        if told is not None and address is not None:
            if address not in told and told not in (link.label or ""):
                return False
            numbers.append(told.replace(address, "").strip())
    return len({number for number in numbers if number}) <= 1


def _entries(changes: Sequence[Change], limits: Limits) -> list[Entry]:
    """Entries in order of kind as a reader meets them: the page, its fields, its text, links, the rest."""
    came_or_gone = [change for change in changes if _is_link_event(change)]
    fields = [c for c in changes if c.kind == "infobox" and c.action != "renamed"]
    entries: list[Entry] = []
    told: set[Change] = set()
    for change in changes:
        if change.kind in _TEXT_KINDS and change.action == "changed":
            words = compare_words(*without_moved_lines(change.before or "", change.after or ""))
            near = [link for link in came_or_gone if link.path == change.path]
            folded = _explained_by_links(words, near) if words else []
            if folded is None:
                entries.append(_entry(change, excerpt(words, limits.context, limits.text)))
            elif folded:
                entries += folded
                told.update(near)
        elif change.kind == "section" and change.action in ("added", "removed"):
            own = [k for k in came_or_gone if (k.path, k.action) == (change.path, change.action) and k not in told]
            entries.append(replace(_entry(change, _words_of(change, limits)), links=tuple(map(_named, own))))
            told.update(own)
        elif not _is_link_event(change):
            entries.append(_entry(change, _words_of(change, limits)))
    entries += [_entry(link) for link in came_or_gone if link not in told and not _within_field(link, fields)]
    return sorted(entries, key=lambda entry: _place_of(entry.kind))


def _is_link_event(change: Change) -> bool:
    return change.kind == "link" and change.action in ("added", "removed")


def _named(link: Change) -> tuple[str, str]:
    """A link's text and its address."""
    shown = link.after or link.before or ""
    return link.label or shown, shown


def _explained_by_links(words: Sequence[Words], links: Sequence[Change]) -> list[Entry] | None:
    """Entries for a text whose only differences are the labels of links that came or went there.

    None: the text differs in other ways too. An empty list: the links' own entries say it all.
    """
    inserted = _squeeze(run.text for run in words if run.op == "insert")
    deleted = _squeeze(run.text for run in words if run.op == "delete")
    came = [link for link in links if link.action == "added"]
    gone = [link for link in links if link.action == "removed"]
    came_says = inserted == _squeeze(link.label or link.after or "" for link in came)
    gone_says = deleted == _squeeze(link.label or link.before or "" for link in gone)
    if came and came_says and not gone and _PLACEHOLDER.fullmatch(deleted):
        return [replace(_entry(came[0]), action="filled", before=deleted), *map(_entry, came[1:])]
    if gone and gone_says and not came and _PLACEHOLDER.fullmatch(inserted):
        return [replace(_entry(gone[0]), action="emptied", after=inserted), *map(_entry, gone[1:])]
    return [] if links and came_says and gone_says else None


def _squeeze(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())


def _within_field(link: Change, fields: Sequence[Change]) -> bool:
    """Whether the link is just what a changed field now shows, or showed: the field's row says it already."""
    added = link.action == "added"
    names = (link.label, link.after if added else link.before)
    return any(value in names for field in fields if (value := field.after if added else field.before))


def as_entry(change: Change) -> Entry:
    """A change told by itself, as it stands."""
    return _entry(_cleaned(change))


def _entry(change: Change, words: tuple[Words, ...] = ()) -> Entry:
    return Entry(change.kind, change.action, change.path, change.before, change.after, change.label, words)


def _words_of(change: Change, limits: Limits) -> tuple[Words, ...]:
    """The text that the entry shows; empty where ``before`` and ``after`` are shown as they are."""
    if change.kind == "infobox" and change.action != "renamed":
        before, after = change.before or "", change.after or ""
        if max(len(before), len(after)) > _LONG_VALUE:
            return excerpt(compare_words(before, after), limits.context, limits.text)
    is_reworded = (change.kind, change.action) == ("text", "moved") and change.before != change.after
    if is_reworded or (change.kind, change.action) == ("template", "changed"):
        return excerpt(compare_words(change.before or "", change.after or ""), limits.context, limits.text)
    if change.kind in _TEXT_KINDS and change.action in ("added", "removed", "moved"):
        return shorten(change.after or change.before or "", limits.text)
    return ()


_ORDER = ("page", "redirect", "infobox", "section", "text", "link", "paper", "file", "category", "template")


def _place_of(kind: str) -> int:
    """Where a kind stands in reading order."""
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
