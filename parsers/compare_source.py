"""The wikitext of one revision with what is told elsewhere masked out, so that the rest can be compared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import ne

from rapidfuzz.distance import Indel

from parsers.compare_links import is_language_link
from parsers.immutable import dataclass
from parsers.noise import MARKUP, markup_noise_reason
from parsers.record import Record, Span

_MAX_SHOWN = 2_000
_KEPT_BEFORE = 200
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
        self._furthest: list[int] = []

    def mask(self, span: Span, shown: str = "") -> None:
        """Let the span read as ``shown``. A mask inside another one has no effect while the outer is seen."""
        self._masks[span] = shown.replace("\n", " ")
        self._sorted = None

    def mask_categories(self, span: Span) -> bool:
        """Mask the links of a span that put the page into a category; a record has no spans for them.

        Whether there are any.
        """
        found = False
        wanted = {category.name for category in self.record.categories}
        if wanted:
            for match in _PREFIXED_LINK.finditer(self.text, *span):
                name = _BLANKS.sub(" ", match[1]).strip()
                if name[:1].upper() + name[1:] in wanted or name in wanted:
                    self.mask(match.span())
                    found = True
        return found

    def mask_language_links(self, span: Span) -> bool:
        """Mask the language links of a span; whether there are any."""
        found = False
        for link in self.record.links:
            if link.kind == "interwiki" and span[0] <= link.span[0] < span[1] and is_language_link(link):
                self.mask(link.span)
                found = True
        return found

    def slice(self, span: Span) -> str:
        return self.text[span[0] : span[1]]

    def lines(self, span: Span) -> list[Line]:
        """The lines of a span with the masks inside it applied."""
        found: list[Line] = []
        shown, start, masked = "", span[0], False
        position = span[0]
        for mask_start, mask_end, text in (*self._outermost(span), (span[1], span[1], "")):
            first, *rest = self.text[position:mask_start].split("\n")
            shown += first
            cut = position + len(first)
            for line in rest:
                found.append(Line(shown, start, cut, masked))
                shown, start, masked = line, cut + 1, False
                cut = start + len(line)
            if mask_start < mask_end:
                shown, masked = shown + text, True
            position = mask_end
        found.append(Line(shown, start, span[1], masked))
        return found

    def residue(self, span: Span) -> str:
        """The span's text with the masks applied; lines that held nothing else are left out."""
        return "\n".join(line.text for line in self.lines(span) if line.text.strip() or not line.masked)

    def can_cut(self, position: int) -> bool:
        """Whether no mask stands across a position."""
        masks = self._in_order()
        before = bisect_left(masks, (position, 0, ""))
        return not before or self._furthest[before - 1] <= position

    def _outermost(self, span: Span) -> Iterator[tuple[int, int, str]]:
        position = span[0]
        masks = self._in_order()
        for index in range(bisect_left(masks, (span[0], 0, "")), len(masks)):
            start, end, shown = masks[index]
            if start >= span[1]:
                return
            if start >= position and end <= span[1]:
                yield start, end, shown
                position = end

    def _in_order(self) -> list[tuple[int, int, str]]:
        """The masks by start, the longer of two first; ``_furthest`` holds the last end up to each."""
        if self._sorted is None:
            self._sorted = sorted(
                ((start, end, shown) for (start, end), shown in self._masks.items()),
                key=lambda mask: (mask[0], -mask[1]),
            )
            self._furthest = list(accumulate((end for _, end, _ in self._sorted), max))
        return self._sorted


@dataclass(frozen=True, slots=True)
class SourceDifference:
    """The raw lines that differ, shortened where they are very long, and the spans that hold them all."""

    before: str
    after: str
    spans: tuple[Span, Span]


def differing_lines(
    before: MaskedSource, after: MaskedSource, spans: tuple[Span, Span], skip: int = 0
) -> SourceDifference | None:
    """What differs between two spans beside the masked parts, or None when nothing does.

    Where something is masked, blank lines do not count: they came and went with what was masked. ``skip`` is
    the number of lines at the start not to compare (a heading that is told as renamed).
    """
    narrow = _narrow(before, after, spans, skip)
    old, new = before.lines(narrow[0]), after.lines(narrow[1])
    if any(line.masked for line in old) or any(line.masked for line in new):
        old, new = [line for line in old if line.text.strip()], [line for line in new if line.text.strip()]
    texts = [_comparable(line) for line in old], [_comparable(line) for line in new]
    if texts[0] == texts[1]:
        return None
    lines_before, lines_after = [], []
    for b0, b1, a0, a1 in _unlike(*texts):
        lines_before += old[b0:b1]
        lines_after += new[a0:a1]
    shown = _source(before.text, lines_before), _source(after.text, lines_after)
    if shown[0] == shown[1]:
        return None  # of two equal links in equal lines, one was masked
    return SourceDifference(*shorten_both(*shown, _MAX_SHOWN), narrow)


def _narrow(before: MaskedSource, after: MaskedSource, spans: tuple[Span, Span], skip: int) -> tuple[Span, Span]:
    """The spans without the whole lines that they begin and end with in common, where no mask would be cut."""
    old, new = before.slice(spans[0]).split("\n"), after.slice(spans[1]).split("\n")
    starts = [span[0] + sum(map(len, lines[:skip])) + skip for span, lines in zip(spans, (old, new), strict=True)]
    old, new = old[skip:], new[skip:]
    shorter = min(len(old), len(new))
    head = tail = 0
    if shorter > 1:
        unlike = list(map(ne, old[: shorter - 1], new))
        head = unlike.index(True) if True in unlike else shorter - 1
        most = shorter - 1 - head
        unlike = list(map(ne, old[: -most - 1 : -1], new[: -most - 1 : -1])) if most else []
        tail = unlike.index(True) if True in unlike else most
    sides = (
        (before, min(starts[0], spans[0][1]), spans[0][1], old),
        (after, min(starts[1], spans[1][1]), spans[1][1], new),
    )
    whole, cut = [], []
    for _, start, end, lines in sides:
        whole.append((start, end))
        start += _length(lines[:head]) + 1 if head else 0
        cut.append((start, end - (_length(lines[len(lines) - tail :]) + 1 if tail else 0)))
    sound = all(source.can_cut(at) for (source, *_), span in zip(sides, cut, strict=True) for at in span)
    return (cut[0], cut[1]) if sound else (whole[0], whole[1])


def _comparable(line: Line) -> str:
    """The text of a line; the blanks around what is masked came and went with it."""
    return " ".join(line.text.split()) if line.masked else line.text


def _length(lines: Sequence[str]) -> int:
    """The characters of lines joined by line breaks."""
    return sum(map(len, lines)) + max(len(lines) - 1, 0)


def shorten_both(before: str, after: str, limit: int) -> tuple[str, str]:
    """Two different texts, cut to about ``limit`` characters from shortly before where they begin to differ."""
    if max(len(before), len(after)) <= limit:
        return before, after
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    start = max(0, same - _KEPT_BEFORE)
    return _cut(before, start, limit), _cut(after, start, limit)


def _cut(text: str, start: int, limit: int) -> str:
    end = start + limit
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _source(text: str, lines: Sequence[Line]) -> str:
    """The source of lines; of blank ones with their line breaks, which are all that there is to see."""
    source = "\n".join(text[line.start : line.end] for line in lines)
    return source if source.strip() or not lines else source + "\n"


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
        self._reading: tuple[MaskedSource, MaskedSource] | None = None

    def difference(self, spans: tuple[Span, Span], skip: int = 0) -> SourceDifference | None:
        """What differs between two spans beside what is masked, or None when nothing does."""
        found = differing_lines(self.before, self.after, spans, skip)
        if found is None:
            return None
        # These belong to the page: where they stand in its source, and how they are spelled, says nothing.
        masked = False
        for source, span in zip((self.before, self.after), spans, strict=True):
            masked = source.mask_categories(span) or masked
            masked = source.mask_language_links(span) or masked
        return differing_lines(self.before, self.after, spans, skip) if masked else found

    def noise_reason(self, found: SourceDifference) -> str | None:
        """Why a difference in the source shows no other words, or None when it does (a footnote, a query)."""
        if self._reading is None:
            self._reading = _reading(self.before.record), _reading(self.after.record)
        before = self._reading[0].residue(found.spans[0])
        after = self._reading[1].residue(found.spans[1])
        return markup_noise_reason(before, after) if before != after else _form_reason(found)


def redirect_line(record: Record) -> Span | None:
    """The span that makes the page a redirect: up to the end of its first link, which is the redirect's."""
    return (0, record.links[0].span[1]) if record.redirect and record.links else None


def _form_reason(found: SourceDifference) -> str:
    """Why links and templates that read the same are written in another way."""
    return markup_noise_reason(found.before, found.after) or MARKUP


def _reading(record: Record) -> MaskedSource:
    """The text with every link as its label and every template, category and magic word left out."""
    source = MaskedSource(record)
    if line := redirect_line(record):
        source.mask(line)
    for link in record.links:
        source.mask(link.span, "" if link.kind == "file" else link.label)
    for span in [item.span for items in (record.infoboxes, record.templates, record.magic) for item in items]:
        source.mask(span)
    source.mask_categories((0, len(record.source)))
    return source
