"""Which section of one revision is which of the next: paired by path, then by likeness; moves and renames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.items import section_path
from parsers.noise import ORDER, noise_reason
from parsers.record import Section

# Likeness is a share of 0 to 100. A body that is this much alike is the same section under another title.
_SAME_BODY = 60.0
# Under the same title at another place less is asked; two short bodies (a placeholder) ask for nothing.
_SAME_TITLE_BODY = 40.0
_SAME_PLACE_TITLE = 50.0
_SHORT_BODY = 20
_COMPARED_CHARS = 4_000
# Past this many possible pairs only equal titles and equal bodies are tried.
_MAX_PAIRS = 900
_MAX_ALIKE = 10


@dataclass(frozen=True, slots=True)
class SectionPairs:
    """``pairs`` in the order of the later revision; ``to_after`` maps indexes of the earlier to the later."""

    pairs: tuple[tuple[Section, Section], ...]
    removed: tuple[Section, ...]
    added: tuple[Section, ...]
    to_after: Mapping[int, int]


def pair_sections(before: Sequence[Section], after: Sequence[Section]) -> SectionPairs:
    """Pair the sections of two revisions; each is in one pair, or removed, or added."""
    if [s.path for s in before] == [s.path for s in after]:
        matched = {old.index: new for old, new in zip(before, after, strict=True)}
    else:
        matched = _Matcher(before, after).match()
    found = {new.index for new in matched.values()}
    old_by_index = {section.index: section for section in before}
    pairs = sorted(((old_by_index[i], new) for i, new in matched.items()), key=lambda pair: pair[1].index)
    return SectionPairs(
        pairs=tuple(pairs),
        removed=tuple(section for section in before if section.index not in matched),
        added=tuple(section for section in after if section.index not in found),
        to_after={i: new.index for i, new in matched.items()},
    )


def compare_outline(before: Sequence[Section], after: Sequence[Section], paired: SectionPairs) -> list[Change]:
    """Sections added, removed, renamed and moved; what stands in them is compared elsewhere.

    ``before`` and ``after`` are titles of a renamed or moved section and the text of an added or removed one;
    ``label`` is the path that a moved one had.
    A section that changed places among its siblings is noise (``order``); one that went under another heading
    is not. What moves or is renamed with its parent is told with the parent.
    """
    changes = [
        *(Change("section", "removed", section_path(s), s.text, None) for s in paired.removed),
        *(Change("section", "added", section_path(s), None, s.text) for s in paired.added),
    ]
    if len(before) == len(after) and all(old.index == new.index and old.path == new.path for old, new in paired.pairs):
        return changes
    parents_before, parents_after = _parents(before), _parents(after)
    out_of_order = set(_out_of_order(paired, parents_before, parents_after))
    for old, new in paired.pairs:
        if old.title != new.title:
            reason = noise_reason(old.title, new.title)
            changes.append(
                Change("section", "renamed", section_path(new), old.title, new.title, *_significance(reason))
            )
        old_parent, new_parent = parents_before[old.index], parents_after[new.index]
        if new.index and (-1 if old_parent < 0 else paired.to_after.get(old_parent)) != new_parent:
            changes.append(Change("section", "moved", section_path(new), old.title, new.title, label=section_path(old)))
        elif new.index in out_of_order:
            changes.append(
                Change("section", "moved", section_path(new), old.title, new.title, COSMETIC, ORDER, section_path(old))
            )
    return changes


def _significance(reason: str | None) -> tuple[str, str | None]:
    return (COSMETIC, reason) if reason else (SUBSTANTIVE, None)


def _parents(sections: Iterable[Section]) -> dict[int, int]:
    """The index of the section that each stands under, -1 for the outermost."""
    parents: dict[int, int] = {}
    open_sections: list[Section] = []
    for section in sections:
        while open_sections and open_sections[-1].level >= section.level:
            open_sections.pop()
        parents[section.index] = open_sections[-1].index if open_sections else -1
        if section.index:  # the lead holds no other section
            open_sections.append(section)
    return parents


def _out_of_order(
    paired: SectionPairs, parents_before: Mapping[int, int], parents_after: Mapping[int, int]
) -> Iterator[int]:
    """Later indexes of the fewest sections that must have moved past their siblings."""
    siblings: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for old, new in paired.pairs:
        parent = parents_before[old.index]
        if (-1 if parent < 0 else paired.to_after.get(parent)) == parents_after[new.index]:
            siblings[parents_after[new.index]].append((old.index, new.index))
    titles = {new.index: sorted((old.title, new.title)) for old, new in paired.pairs}
    for family in siblings.values():
        was = [new for _, new in sorted(family)]
        now = [new for _, new in family]
        if was != now:
            # Of equally few that may have moved, the same ones when the edit is undone.
            sides = sorted((was, now), key=lambda side: [titles[index] for index in side])
            kept = {
                sides[0][at]
                for op in Indel.opcodes(*sides)
                if op.tag == "equal"
                for at in range(op.src_start, op.src_end)
            }
            yield from (index for index in now if index not in kept)


class _Matcher:
    """Pairs sections by equal path first, and then, from the outside in, by title, place and likeness."""

    def __init__(self, before: Sequence[Section], after: Sequence[Section]) -> None:
        self.before, self.after = before, after
        self.parents_before, self.parents_after = _parents(before), _parents(after)
        self.matched: dict[int, Section] = {}
        self.taken: set[int] = set()

    def match(self) -> dict[int, Section]:
        self._match_paths()
        self._follow_parents()
        if self._open_before() and self._open_after():
            for _, old, new in self._candidates():
                if old.index not in self.matched and new.index not in self.taken:
                    self._pair(old, new)
                    self._follow_parents()
        return self.matched

    def _pair(self, old: Section, new: Section) -> None:
        self.matched[old.index] = new
        self.taken.add(new.index)

    def _open_before(self) -> list[Section]:
        return [section for section in self.before if section.index not in self.matched]

    def _open_after(self) -> list[Section]:
        return [section for section in self.after if section.index not in self.taken]

    def _match_paths(self) -> None:
        groups: defaultdict[tuple[str, ...], list[Section]] = defaultdict(list)
        for section in self.after:
            groups[section.path].append(section)
        # Of several sections with one path, those with equal text belong together whatever their order.
        for same_text in (True, False):
            for old in self.before:
                for new in groups[old.path] if old.index not in self.matched else ():
                    if new.index not in self.taken and (old.text == new.text or not same_text):
                        self._pair(old, new)
                        break

    def _follow_parents(self) -> None:
        """Under paired parents equal titles belong together; so the children follow a renamed section."""
        children: defaultdict[tuple[int, str], list[Section]] = defaultdict(list)
        for new in self._open_after():
            children[self.parents_after[new.index], new.title].append(new)
        for old in self._open_before():
            parent = self.matched.get(self.parents_before[old.index])
            family = children.get((parent.index, old.title)) if parent else None
            if family:
                self._pair(old, family.pop(0))

    def _candidates(self) -> list[tuple[float, Section, Section]]:
        old_open, new_open = self._open_before(), self._open_after()
        bodies_before = self._bodies(self.before, self.parents_before)
        bodies_after = self._bodies(self.after, self.parents_after)
        few = len(old_open) * len(new_open) <= _MAX_PAIRS
        known: defaultdict[str, list[Section]] = defaultdict(list)
        for new in () if few else new_open:
            known["title " + new.title].append(new)
            known["body " + bodies_after[new.index]].append(new)
        scored = []
        for old in old_open:
            body = bodies_before[old.index]
            for new in new_open if few else [*known["title " + old.title], *known["body " + body]][:_MAX_ALIKE]:
                score = self._score(old, new, body, bodies_after[new.index])
                if score:
                    scored.append((score, old, new))
        scored.sort(key=lambda item: (-item[0], item[1].index, item[2].index))
        return scored

    def _bodies(self, sections: Sequence[Section], parents: Mapping[int, int]) -> dict[int, str]:
        """What a section is known by beside its title: its text and the titles of its subsections."""
        bodies = {section.index: [section.text[:_COMPARED_CHARS]] for section in sections}
        for section in sections:
            parent = parents[section.index]
            if parent >= 0:
                bodies[parent].append(section.title)
        return {index: "\n".join(parts) for index, parts in bodies.items()}

    def _score(self, old: Section, new: Section, body_old: str, body_new: str) -> float:
        """0 when the two are not one section; else more for the likelier pair."""
        # A body of one short line is a placeholder or next to nothing, and says little.
        short = all(len(body) < _SHORT_BODY and "\n" not in body for body in (body_old, body_new))
        body = 100.0 if body_old == body_new else fuzz.ratio(body_old, body_new)
        if old.title == new.title:
            return 200.0 + body if short or body >= _SAME_TITLE_BODY else 0.0
        title = fuzz.ratio(old.title, new.title)
        if not short and body >= _SAME_BODY:
            return 100.0 + body + title / 100
        in_place = self._same_place(old, new)
        if in_place and (title >= _SAME_PLACE_TITLE or (short and body_old == body_new)):
            return 1.0 + (body + title) / 10
        return 0.0

    def _same_place(self, old: Section, new: Section) -> bool:
        """Both stand alone between the same paired neighbours, at one level."""
        if old.level != new.level:
            return False
        for step in (-1, 1):
            near_old, near_new = _at(self.before, old.index + step), _at(self.after, new.index + step)
            if near_old is None or near_new is None:
                if near_old is not near_new:
                    return False
                continue
            match = self.matched.get(near_old.index)
            if match is None or match.index != near_new.index:
                return False
        return True


def _at(sections: Sequence[Section], index: int) -> Section | None:
    return sections[index] if 0 <= index < len(sections) else None
