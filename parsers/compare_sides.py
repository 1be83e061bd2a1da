"""The two revisions side by side: what differs beside what is told already, and whether a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from parsers.compare_links import address_of
from parsers.compare_source import (
    Line,
    LineBlock,
    MaskedSource,
    SourceDifference,
    differing_lines,
    shorten_both,
    source_of,
)
from parsers.noise import MARKUP, ORDER, collapse, fold_noise, markup_noise_reason, noise_reason, strip_markup
from parsers.record import Link, Record, Span

_NO_WORDS = tuple(fold_noise(strip_markup(note)) for note in ("<ref></ref>", "<ref/>"))  # told by what stands in it
_FOOTNOTE = re.compile(r"<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref\s*>", re.DOTALL | re.IGNORECASE)


class Sources:
    """The two revisions side by side: ``before`` and ``after`` mask what has been told already."""

    def __init__(self, before: Record, after: Record) -> None:
        self.before, self.after = MaskedSource(before), MaskedSource(after)
        self._reading: tuple[MaskedSource, MaskedSource] | None = None
        self._relabelled: Mapping[str, str] = {}

    def relabel(self, relabelled: Mapping[str, str]) -> None:
        """Let labels of the earlier revision read as those of the later one, where the links tell the difference."""
        self._relabelled = relabelled

    def difference(self, spans: tuple[Span, Span], skip: int = 0) -> SourceDifference | None:
        """What differs between two spans beside what is masked, or None when nothing does."""
        found = differing_lines(self.before, self.after, spans, skip)
        if found is None:
            return None
        # These belong to the page: where they stand in its source, and how they are spelled, says nothing.
        masked = False
        for source, span in zip((self.before, self.after), found.spans, strict=True):
            masked = source.mask_categories(span) or masked
            masked = source.mask_language_links(span) or masked
        return differing_lines(self.before, self.after, spans, skip) if masked else found

    def without(self, found: SourceDifference, left: Collection[str], come: Collection[str]) -> SourceDifference | None:
        """A difference without the lines that are told as moved, known by what is read of them; None for nothing."""
        if not left and not come:
            return found
        blocks = []
        for lines in found.blocks:
            old, new = (
                [line for line in side if line.text.strip() and _words(reading, line) not in moved]
                for reading, side, moved in zip(self._readings(), lines, (left, come), strict=True)
            )
            if old and new and [line.text for line in old] != [line.text for line in new]:
                blocks.append((old, new))
        return self._of_blocks(tuple(blocks), found.spans) if blocks else None

    def footnotes(self, found: SourceDifference) -> tuple[str, str]:
        """The footnotes of differing lines, as they read, that only one revision has there."""
        sources = self.before, self.after
        if not any("<ref" in sources[side].slice((one.start, one.end)) for side, one in _lines_of(found)):
            return "", ""
        notes: tuple[dict[str, str], dict[str, str]] = {}, {}
        for side, one in _lines_of(found):
            for note in _FOOTNOTE.findall(self._readings()[side].residue((one.start, one.end))):
                notes[side][fold_noise(strip_markup(note))] = note
        for words in [*(notes[0].keys() & notes[1].keys()), *_NO_WORDS]:
            for found_notes in notes:
                found_notes.pop(words, None)
        return "\n".join(notes[0].values()), "\n".join(notes[1].values())

    def _of_blocks(self, blocks: tuple[LineBlock, ...], spans: tuple[Span, Span]) -> SourceDifference:
        before = source_of(self.before.text, [line for lines, _ in blocks for line in lines])
        after = source_of(self.after.text, [line for _, lines in blocks for line in lines])
        return SourceDifference(*shorten_both(before, after), spans, blocks, in_part=True)

    def _readings(self) -> tuple[MaskedSource, MaskedSource]:
        if self._reading is None:
            self._reading = _reading(self.before.record, self._relabelled), _reading(self.after.record, {})
        return self._reading

    def noise_reason(self, found: SourceDifference) -> str | None:
        """Why a difference in the source shows no other words, or None when it does (a footnote, a query)."""
        before, after = (
            "\n".join(reading.residue((line.start, line.end)) for lines in found.blocks for line in lines[side])
            if found.in_part
            else reading.residue(found.spans[side])
            for side, reading in enumerate(self._readings())
        )
        if before != after:
            return markup_noise_reason(before, after)
        moved = _exchanged_links(self.before.record, self.after.record, found.spans)
        if moved:
            in_lines = noise_reason(found.before, found.after) == ORDER
            return ORDER if in_lines or all(link.kind == "file" for link in moved) else None
        return _form_reason(found)


def redirect_line(record: Record) -> Span | None:
    """The span that makes the page a redirect: up to the end of its first link, which is the redirect's."""
    return (0, record.links[0].span[1]) if record.redirect and record.links else None


def _lines_of(found: SourceDifference) -> Iterator[tuple[int, Line]]:
    """Each line with its side: 0 for the earlier revision, 1 for the later."""
    return ((side, line) for lines in found.blocks for side in (0, 1) for line in lines[side])


def _words(reading: MaskedSource, line: Line) -> str:
    """What is read in a line, as a section's text has it: footnotes stand elsewhere."""
    return collapse(strip_markup(_FOOTNOTE.sub("", reading.residue((line.start, line.end)))))


def _exchanged_links(before: Record, after: Record, spans: tuple[Span, Span]) -> list[Link]:
    """The links of the later span that stand where another one of them stood, when both have the same links."""
    old, new = (
        [link for link in record.links if span[0] <= link.span[0] < span[1]]
        for record, span in zip((before, after), spans, strict=True)
    )
    keys = [[(address_of(link), link.label) for link in links] for links in (old, new)]
    if keys[0] == keys[1] or sorted(keys[0]) != sorted(keys[1]):
        return []
    return [link for link, was, now in zip(new, *keys, strict=True) if was != now]


def _form_reason(found: SourceDifference) -> str:
    """Why links and templates that read the same are written in another way."""
    return markup_noise_reason(found.before, found.after) or MARKUP


def _reading(record: Record, relabelled: Mapping[str, str]) -> MaskedSource:
    """The text with every link as its label and every template, category and magic word left out."""
    source = MaskedSource(record)
    if line := redirect_line(record):
        source.mask(line)
    for link in record.links:
        source.mask_link(link, relabelled.get(link.label))
    for span in [item.span for items in (record.infoboxes, record.templates, record.magic) for item in items]:
        source.mask(span)
    source.mask_categories((0, len(record.source)))
    return source
