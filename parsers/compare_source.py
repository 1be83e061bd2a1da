"""The wikitext of one revision with what is told elsewhere masked out, so that the rest can be compared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from parsers.common_ends import common_start, unlike_lines
from parsers.compare_links import is_language_link
from parsers.immutable import dataclass
from parsers.noise import collapse
from parsers.record import Link, Record, Span
from parsers.words import align

_MAX_SHOWN = 2_000
_KEPT_BEFORE = 200
_MAX_LINE_CELLS = 4_000_000
_PREFIXED_LINK = re.compile(r"\[\[[^\[\]|{}<>\n:]+:([^\[\]|\n]*)(?:\|[^\[\]]*)?\]\]")
_BLANKS = re.compile(r"[\s_]+")
_TRAIL = re.compile(r"[^\W\d_]{1,40}")  # Help:Links: letters right behind a link are shown as part of it


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

    def mask_link(self, link: Link, label: str | None = None) -> None:
        """Let a link read as its label, or as ``label``; a file as nothing, since its caption is told with it."""
        shown = link.label if label is None else label
        self.mask(link.span, "" if link.kind == "file" else self._without_trail(link, shown))

    def _without_trail(self, link: Link, label: str) -> str:
        """A label without the letters that follow the link, which are shown with it and stand in the text."""
        end = link.span[1]
        if link.url is None and label and self.text.endswith("]]", 0, end):
            trail = _TRAIL.match(self.text, end)
            for length in range(len(trail[0]) if trail else 0, 0, -1):
                if label.endswith(self.text[end : end + length]):
                    return label[:-length]
        return label

    def has_prefixed_link(self, span: Span) -> bool:
        """Whether a span may hold a link to a category or to another language: they begin with a prefix."""
        return _PREFIXED_LINK.search(self.text, *span) is not None

    def category_links(self, span: Span) -> list[tuple[str, Span]]:
        """The links of a span that put the page into a category, by its name; a record has no spans for them."""
        wanted = {category.name for category in self.record.categories}
        found = []
        for match in _PREFIXED_LINK.finditer(self.text, *span) if wanted else ():
            name = match[1]
            if name not in wanted:
                name = _BLANKS.sub(" ", name).strip()
                name = name if name in wanted else name[:1].upper() + name[1:]
            if name in wanted:
                found.append((name, match.span()))
        return found

    def mask_categories(self, span: Span) -> bool:
        """Mask the links of a span that put the page into a category; whether there are any."""
        found = self.category_links(span)
        for _, one in found:
            self.mask(one)
        return bool(found)

    def mask_language_links(self, span: Span) -> bool:
        """Mask the language links of a span; whether there are any."""
        found = self.language_links(span)
        for link in found:
            self.mask(link.span)
        return bool(found)

    def language_links(self, span: Span) -> list[Link]:
        """The language links of a span."""
        return [link for link in self._language_links if span[0] <= link.span[0] < span[1]]

    @cached_property
    def _language_links(self) -> list[Link]:
        return [link for link in self.record.links if link.kind == "interwiki" and is_language_link(link)]

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
        if not self._masks:
            return True
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


LineBlock = tuple[Sequence[Line], Sequence[Line]]  # neighbouring lines of one revision that took the place of others


@dataclass(frozen=True, slots=True)
class SourceDifference:
    """The raw lines that differ, shortened where they are very long, and the spans that hold them all.

    ``blocks`` are those lines, as many of one revision as stand together against those of the other; ``in_part`` says
    that other lines of the spans differ as well.
    """

    before: str
    after: str
    spans: tuple[Span, Span]
    blocks: tuple[LineBlock, ...]
    in_part: bool = False


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
    squashed = {collapse(line.text) for line in (*old, *new) if line.masked}
    texts = [_comparable(line, squashed) for line in old], [_comparable(line, squashed) for line in new]
    if texts[0] == texts[1]:
        return None
    runs = [run[1:] for run in align(*texts, _MAX_LINE_CELLS) if not run[0]]
    blocks, shown = _blocks(before.text, after.text, old, new, runs)
    if shown[0] == shown[1]:
        if any(line.masked for lines in blocks for side in lines for line in side):
            return None  # of two equal links in equal lines, one was masked
        # Lines that changed places: all from the first to the last.
        whole = runs[0][0], runs[-1][1], runs[0][2], runs[-1][3]
        blocks, shown = _blocks(before.text, after.text, old, new, [whole])
    return SourceDifference(*shorten_both(*shown), narrow, blocks)


def _blocks(
    before: str, after: str, old: Sequence[Line], new: Sequence[Line], runs: Iterable[tuple[int, int, int, int]]
) -> tuple[tuple[LineBlock, ...], tuple[str, str]]:
    """The lines of unlike runs, and their source in either revision."""
    blocks = tuple((old[b0:b1], new[a0:a1]) for b0, b1, a0, a1 in runs)
    return blocks, (
        source_of(before, [line for lines, _ in blocks for line in lines]),
        source_of(after, [line for _, lines in blocks for line in lines]),
    )


def _narrow(before: MaskedSource, after: MaskedSource, spans: tuple[Span, Span], skip: int) -> tuple[Span, Span]:
    """The spans without the whole lines that they begin and end with in common, where no mask would be cut."""
    whole = _without_lines(before.text, spans[0], skip), _without_lines(after.text, spans[1], skip)
    old, new = unlike_lines(before.slice(whole[0]), after.slice(whole[1]))
    cut = _shifted(old, whole[0][0]), _shifted(new, whole[1][0])
    sides = zip((before, after), cut, strict=True)
    return cut if all(source.can_cut(at) for source, span in sides for at in span) else whole


def _shifted(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _without_lines(text: str, span: Span, skip: int) -> Span:
    start, end = span
    for _ in range(skip):
        start = text.find("\n", start, end) + 1 or end
    return start, end


def _comparable(line: Line, squashed: Collection[str]) -> str:
    """The text of a line; the blanks around what is masked, here or in the other revision, came and went with it."""
    if not squashed:
        return line.text
    text = collapse(line.text)
    return text if line.masked or text in squashed else line.text


def shorten_both(before: str, after: str, limit: int = _MAX_SHOWN) -> tuple[str, str]:
    """Two different texts, cut to about ``limit`` characters from shortly before where they begin to differ."""
    if max(len(before), len(after)) <= limit:
        return before, after
    start = max(0, common_start(before, after) - _KEPT_BEFORE)
    return _cut(before, start, limit), _cut(after, start, limit)


def _cut(text: str, start: int, limit: int) -> str:
    end = start + limit
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def source_of(text: str, lines: Sequence[Line]) -> str:
    """The source of lines; of blank ones with their line breaks, which are all that there is to see."""
    source = "\n".join(text[line.start : line.end] for line in lines)
    return source if source.strip() or not lines else source + "\n"
