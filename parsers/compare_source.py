"""The wikitext of one revision with what is told elsewhere masked out, so that the rest can be compared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from parsers.noise import MARKUP, markup_noise_reason
from parsers.record import Record, Span

_MAX_SHOWN = 2_000
_MAX_LINE_CELLS = 4_000_000
_PREFIXED_LINK = re.compile(r"\[\[[^\[\]|{}<>\n:]+:([^\[\]|\n]*)(?:\|[^\[\]]*)?\]\]")
_BLANKS = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line after masking; ``start``/``end`` bound its source, several lines where a mask spans them."""

    text: str
    start: int
    end: int
    masked: bool


class MaskedSource:
    """A text and its masks: spans that read as something shorter, mostly the label of a link or nothing."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.text = record.source
        self._masks: dict[Span, str] = {}
        self._sorted: list[tuple[int, int, str]] | None = None

    def mask(self, span: Span, shown: str = "") -> None:
        """Let the span read as ``shown``. A mask inside another one has no effect while the outer is seen."""
        self._masks[span] = shown.replace("\n", " ")
        self._sorted = None

    def mask_categories(self, names: Iterable[str]) -> None:
        """Mask the links that put the page into these categories; a record has no spans for them."""
        wanted = set(names)
        if wanted:
            for match in _PREFIXED_LINK.finditer(self.text):
                name = _BLANKS.sub(" ", match[1]).strip()
                if name[:1].upper() + name[1:] in wanted or name in wanted:
                    self.mask(match.span())

    def slice(self, span: Span) -> str:
        return self.text[span[0] : span[1]]

    def lines(self, span: Span) -> list[Line]:
        """The lines of a span with the masks inside it applied; a mask over all of the span is not inside."""
        found: list[Line] = []
        parts: list[str] = []
        start, masked = span[0], False

        def plain(begin: int, end: int) -> None:
            nonlocal start, masked
            while (cut := self.text.find("\n", begin, end)) >= 0:
                parts.append(self.text[begin:cut])
                found.append(Line("".join(parts), start, cut, masked))
                parts.clear()
                begin = start = cut + 1
                masked = False
            parts.append(self.text[begin:end])

        position = span[0]
        for mask_start, mask_end, shown in self._outermost(span):
            plain(position, mask_start)
            parts.append(shown)
            masked = True
            position = mask_end
        plain(position, span[1])
        found.append(Line("".join(parts), start, span[1], masked))
        return found

    def residue(self, span: Span) -> str:
        """The span's text with the masks applied; lines that held nothing else are left out."""
        return "\n".join(line.text for line in self.lines(span) if line.text.strip() or not line.masked)

    def is_masked(self, span: Span) -> bool:
        """Whether any mask stands inside the span."""
        return next(self._outermost(span), None) is not None

    def _outermost(self, span: Span) -> Iterator[tuple[int, int, str]]:
        if self._sorted is None:
            self._sorted = sorted(
                ((start, end, shown) for (start, end), shown in self._masks.items()),
                key=lambda mask: (mask[0], -mask[1]),
            )
        position = span[0]
        masks = self._sorted
        for index in range(bisect_left(masks, (span[0], 0, "")), len(masks)):
            start, end, shown = masks[index]
            if start >= span[1]:
                return
            if start >= position and end <= span[1] and (start, end) != span:
                yield start, end, shown
                position = end


@dataclass(frozen=True, slots=True)
class SourceDifference:
    """The raw lines that differ, shortened where they are very long."""

    before: str
    after: str


def differing_lines(
    before: MaskedSource, after: MaskedSource, spans: tuple[Span, Span], skip: int = 0
) -> SourceDifference | None:
    """What differs between two spans beside the masked parts, or None when nothing does.

    Where something is masked, blank lines do not count: they came and went with what was masked. ``skip`` is
    the number of lines at the start not to compare (a heading that is told as renamed).
    """
    old, new = before.lines(spans[0])[skip:], after.lines(spans[1])[skip:]
    if any(line.masked for line in old) or any(line.masked for line in new):
        old, new = [line for line in old if line.text.strip()], [line for line in new if line.text.strip()]
    texts = [line.text for line in old], [line.text for line in new]
    if texts[0] == texts[1]:
        return None
    lines_before, lines_after = [], []
    for b0, b1, a0, a1 in _unlike(*texts):
        lines_before += old[b0:b1]
        lines_after += new[a0:a1]
    return SourceDifference(
        shorten(_source(before.text, lines_before)),
        shorten(_source(after.text, lines_after)),
    )


def shorten(text: str, limit: int = _MAX_SHOWN) -> str:
    """The text, cut with an ellipsis when it is longer than ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _source(text: str, lines: Iterable[Line]) -> str:
    return "\n".join(text[line.start : line.end] for line in lines)


def _unlike(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    if len(before) * len(after) > _MAX_LINE_CELLS:
        yield 0, len(before), 0, len(after)
        return
    for op in Indel.opcodes(before, after):
        if op.tag != "equal":
            yield op.src_start, op.src_end, op.dest_start, op.dest_end


class Sources:
    """The two revisions side by side: ``before`` and ``after`` mask what has been told already."""

    def __init__(self, before: Record, after: Record) -> None:
        self.before, self.after = MaskedSource(before), MaskedSource(after)
        self._visible: tuple[MaskedSource, MaskedSource] | None = None

    def difference(self, spans: tuple[Span, Span], skip: int = 0) -> SourceDifference | None:
        return differing_lines(self.before, self.after, spans, skip)

    def noise_reason(self, spans: tuple[Span, Span], difference: SourceDifference) -> str | None:
        """Why a difference in the source shows no other words, or None when it does (a footnote, a query)."""
        if self._visible is None:
            self._visible = _visible_source(self.before.record), _visible_source(self.after.record)
        seen_before, seen_after = self._visible[0].residue(spans[0]), self._visible[1].residue(spans[1])
        if seen_before != seen_after:
            return markup_noise_reason(seen_before, seen_after)
        return markup_noise_reason(difference.before, difference.after) or MARKUP


def _visible_source(record: Record) -> MaskedSource:
    """The text with every link as its label and every template, category and magic word left out."""
    source = MaskedSource(record)
    for link in record.links:
        source.mask(link.span, "" if link.kind == "file" else link.label)
    for span in [item.span for items in (record.infoboxes, record.templates, record.magic) for item in items]:
        source.mask(span)
    source.mask_categories(category.name for category in record.categories)
    return source
