"""Text of paired sections: what a reader sees first, then the wikitext; paragraphs that went to another section."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.compare_noise import cosmetic_edits
from parsers.compare_sections import SectionPairs
from parsers.compare_sides import Sources
from parsers.compare_source import MaskedSource, SourceDifference, shorten_both
from parsers.items import section_path
from parsers.noise import ORDER, collapse, noise_reason, strip_markup
from parsers.record import Record, Section, Span
from parsers.words import align

BoxRows = Mapping[int, set[str]]  # by section

# A shorter line is no paragraph to know again: a placeholder, a word that stands under many headings.
_LEAST_MOVED = 12
# A reworded line is known again when it is long, this much alike (0 to 100) and has the same numbers.
_LEAST_REWORDED = 40
_ALIKE = 80.0
_MAX_REWORDED = 400
_DIGITS = re.compile(r"\d+")
_MAX_LINE_CELLS = 1_000_000  # of a longer section no line is looked for at another place in it


@dataclass(frozen=True, slots=True)
class MovedText:
    """Neighbouring lines that went from one section to another; ``before``/``after`` are section indexes.

    ``lines_after`` are the lines as they stand now, which may be reworded.
    """

    before: int
    after: int
    lines: tuple[str, ...]
    lines_after: tuple[str, ...]


def find_moved_text(dirty: Sequence[tuple[Section, Section]], paired: SectionPairs) -> list[MovedText]:
    """Lines that one section lost and another gained, each once on either side, grouped as they stood.

    Then those that were reworded on their way, one by one.
    """
    changed = [(old, new) for old, new in dirty if old.text != new.text]
    if len(changed) + len(paired.removed) + len(paired.added) < 2:
        return []
    lost: defaultdict[str, list[Section]] = defaultdict(list)
    gained: defaultdict[str, list[Section]] = defaultdict(list)
    for old, new in changed:
        lines_old, lines_new = _lines(old), _lines(new)
        for line in lines_old:
            if line not in lines_new:
                lost[line].append(old)
        for line in lines_new:
            if line not in lines_old:
                gained[line].append(new)
    for section in paired.removed:
        for line in _lines(section):
            lost[line].append(section)
    for section in paired.added:
        for line in _lines(section):
            gained[line].append(section)
    runs: dict[tuple[int, int], list[str]] = {}
    for line, places in lost.items():
        if len(line) >= _LEAST_MOVED and len(places) == 1 and len(gained.get(line, ())) == 1:
            runs.setdefault((places[0].index, gained[line][0].index), []).append(line)
    moved = [MovedText(before, after, tuple(lines), tuple(lines)) for (before, after), lines in runs.items()]
    return moved + list(_reworded(lost, gained, paired.to_after))


def _reworded(
    lost: Mapping[str, Sequence[Section]], gained: Mapping[str, Sequence[Section]], to_after: Mapping[int, int]
) -> Iterator[MovedText]:
    """Long lines that are alike, the likest first; one that was reworded in its section did not move."""
    gone = [(line, places[0]) for line, places in lost.items() if len(line) >= _LEAST_REWORDED and line not in gained]
    come = [(line, places[0]) for line, places in gained.items() if len(line) >= _LEAST_REWORDED and line not in lost]
    if not gone or not come or len(gone) * len(come) > _MAX_REWORDED:
        return
    scored = []
    for i, (old, _) in enumerate(gone):
        for j, (new, _) in enumerate(come):
            score = fuzz.ratio(old, new, score_cutoff=_ALIKE)
            if score and _DIGITS.findall(old) == _DIGITS.findall(new):
                scored.append((-score, i, j))
    taken: tuple[set[int], set[int]] = set(), set()
    for _, i, j in sorted(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            (old, left), (new, entered) = gone[i], come[j]
            if to_after.get(left.index) != entered.index:
                yield MovedText(left.index, entered.index, (old,), (new,))


def compare_texts(
    dirty: Iterable[tuple[Section, Section]],
    sources: Sources,
    moved: Sequence[MovedText],
    relabelled: Mapping[str, str],
    rows: tuple[BoxRows, BoxRows],
) -> list[Change]:
    """Changes of each pair of sections whose text or wikitext differs beyond what is told elsewhere.

    ``before`` and ``after`` are the section's text when a reader sees a difference, and else the raw lines
    that differ. Where the words changed, what is cosmetic beside them is told by itself. ``relabelled`` maps old to
    new addresses that are shown as such: their links tell the difference, as the fields of boxes do of ``rows``. What
    must be masked in ``sources`` by now is every link, template, category and magic word that is told.
    """
    left, come = _by_section(moved)
    changes: list[Change] = []
    for old, new in dirty:
        shown = old.text, new.text
        text_old = _without(shown[0], left.get(old.index, set()) | rows[0].get(old.index, set()))
        text_new = _without(shown[1], come.get(new.index, set()) | rows[1].get(new.index, set()))
        text_old = _relabel(text_old, text_new, relabelled)
        # The heading of a section with a new title is told already.
        difference = sources.difference(
            (_body(old, sources.before), _body(new, sources.after)), skip=1 if old.path != new.path else 0
        )
        lines = left.get(old.index, set()), come.get(new.index, set())
        rest = sources.without(difference, *lines) if difference else None
        if text_old != text_new and collapse(text_old) != collapse(text_new):
            seen = noise_reason(text_old, text_new)
            changes.append(_section_change(new, shown, seen))
            if seen is None:
                changes += _footnotes_beside(new, sources, rest)
                changes += _noise_beside(old, new, sources, difference)
                changes += _reordered(new, text_old, text_new)
            elif rest and (rest.before, rest.after) != shown and sources.noise_reason(rest) is None:
                # Equal words to a reader, but a footnote or a query changed beside them.
                changes.append(_section_change(new, (rest.before, rest.after), None))
        elif rest and ((reason := sources.noise_reason(rest)) is None or not any(lines)):
            is_seen = reason is None and not any(lines) and collapse(shown[0]) != collapse(shown[1])
            told = _section_change(new, shown if is_seen else (rest.before, rest.after), reason)
            changes.append(told)
            if reason is None:
                beside = _noise_beside(old, new, sources, difference)
                changes += [one for one in beside if (one.before, one.after) != (told.before, told.after)]
        else:
            changes += _noise_beside(old, new, sources, difference)
    return changes


def _noise_beside(
    old: Section, new: Section, sources: Sources, difference: SourceDifference | None
) -> Iterator[Change]:
    """The cosmetic edits of a section that stand beside a change of its words."""
    if difference is None:
        return
    for reason, (before, after) in cosmetic_edits(sources.before, sources.after, difference.blocks).items():
        if not (_shows_marks(before, old.text) or _shows_marks(after, new.text)):
            yield _section_change(new, shorten_both(before, after), reason)


def _footnotes_beside(section: Section, sources: Sources, difference: SourceDifference | None) -> Iterator[Change]:
    """The footnotes that came or went beside a change of the words, which does not tell them."""
    if difference is not None:
        before, after = sources.footnotes(difference)
        if before != after:
            yield _section_change(section, shorten_both(before, after), None)


def _shows_marks(lines: str, text: str) -> bool:
    """Whether marks of wikitext are seen as they are written: unclosed ones, or what is no wikitext."""
    marked = (
        line.strip() for line in lines.splitlines() if "".join(strip_markup(line).split()) != "".join(line.split())
    )
    return any(line in text for line in marked)


def _reordered(section: Section, text_old: str, text_new: str) -> Iterator[Change]:
    """``text moved`` for the lines that went to another place in their section, where its words changed as well."""
    lines_old, lines_new = ([*map(collapse, text.split("\n"))] for text in (text_old, text_new))
    gone: list[str] = []
    come: set[str] = set()
    for same, b0, b1, a0, a1 in align(lines_old, lines_new, _MAX_LINE_CELLS):
        if not same:
            gone += lines_old[b0:b1]
            come.update(lines_new[a0:a1])
    moved = [line for line in dict.fromkeys(gone) if line in come and len(line) >= _LEAST_MOVED]
    if moved:
        path, shown = section_path(section), "\n".join(moved)
        yield Change("text", "moved", path, shown, shown, COSMETIC, ORDER, label=path)


def _body(section: Section, source: MaskedSource) -> Span:
    """The span without the blank lines at its end, which only part it from the next heading."""
    written = source.slice(section.span)
    end = written.find("\n", len(written.rstrip()))
    return section.span[0], section.span[1] if end < 0 else section.span[0] + end


def _section_change(section: Section, shown: tuple[str, str], reason: str | None) -> Change:
    return Change("section", "changed", section_path(section), *shown, COSMETIC if reason else SUBSTANTIVE, reason)


def moved_text_changes(moved: Iterable[MovedText], paths: tuple[Mapping[int, str], Mapping[int, str]]) -> list[Change]:
    """``text moved``: the path is where the lines stand now, the label where they stood; both as they read there."""
    changes = []
    for text in moved:
        shown = "\n".join(text.lines), "\n".join(text.lines_after)
        changes.append(Change("text", "moved", paths[1][text.after], *shown, label=paths[0][text.before]))
    return changes


def _by_section(moved: Iterable[MovedText]) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    left: defaultdict[int, set[str]] = defaultdict(set)
    come: defaultdict[int, set[str]] = defaultdict(set)
    for text in moved:
        left[text.before].update(text.lines)
        come[text.after].update(text.lines_after)
    return dict(left), dict(come)


def _lines(section: Section) -> dict[str, None]:
    """The lines long enough to be known again, in order; of one that stands there twice nobody knows which moved."""
    counts = Counter(collapse(line) for line in section.text.split("\n") if len(line) >= _LEAST_MOVED)
    return {line: None for line, count in counts.items() if count == 1}


def box_rows(before: Record, after: Record) -> tuple[BoxRows, BoxRows]:
    """Of infoboxes that are tables the rows that only one of two records has, as they stand in the sections' texts."""
    old, new = _box_rows(before), _box_rows(after)
    told: set[str] = set().union(*old.values()) & set().union(*new.values())
    return ({at: rows - told for at, rows in old.items()}, {at: rows - told for at, rows in new.items()})


def _box_rows(record: Record) -> dict[int, set[str]]:
    rows: defaultdict[int, set[str]] = defaultdict(set)
    for box in record.infoboxes:
        if box.kind != "template":
            for field in box.fields:  # a colon behind the label is not part of the name
                for row in (f"{field.name}\t{field.text}", f"{field.name}:\t{field.text}"):
                    rows[box.section].update(map(collapse, row.split("\n")))
    return rows


def _without(text: str, lines: set[str]) -> str:
    if not lines:
        return text
    return "\n".join(line for line in text.splitlines() if collapse(line) not in lines)


def _relabel(text: str, wanted: str, relabelled: Mapping[str, str]) -> str:
    """The text with new labels for old ones: wherever they stand, or only where ``wanted`` has them."""
    present = [old for old in relabelled if old in text]
    if not present:
        return text
    renewed = text
    for old in present:
        renewed = renewed.replace(old, relabelled[old])
    if renewed == wanted:
        return renewed
    pieces = re.split(f"({'|'.join(map(re.escape, present))})", text)
    at = 0
    for piece in filter(None, pieces):
        shown = next((one for one in (relabelled.get(piece), piece) if one and wanted.startswith(one, at)), None)
        if shown is None:
            return renewed
        at += len(shown)
    return wanted if at == len(wanted) else renewed
