"""The report as plain text of at most 78 columns, for mail and terminals."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from jobs.report.language import Language, Piece, Rich
from jobs.report.outline import Block, Bullets, Chart, Heading, Paragraph, Table, outline
from jobs.report.story import Story
from jobs.report.summary import Summary

WIDTH = 78
_BAR = 30  # columns of the longest bar
_MARKS = {"quote": ("“", "”"), "insert": ("{+", "+}"), "delete": ("[-", "-]")}


def render_text(story: Story, lang: Language) -> str:
    """The report as text that ends with a line break. Addresses are never broken, even where longer."""
    writer = _Writer(lang)
    return "\n\n".join(part for block in outline(story, lang) if (part := writer.block(block))) + "\n"


def render_brief(story: Story, lang: Language) -> str:
    """The opening paragraph alone, for a terminal."""
    writer = _Writer(lang)
    return writer.block(Paragraph(tuple(piece for rich in _spaced(Summary(story, lang).paragraph()) for piece in rich)))


def _spaced(sentences: list[Rich]) -> Iterator[Rich]:
    for number, sentence in enumerate(sentences):
        yield (Piece(" "), *sentence) if number else sentence


class _Writer:
    def __init__(self, lang: Language) -> None:
        self.marks = dict(_MARKS, quote=lang.quotes)

    def block(self, block: Block) -> str:
        match block:
            case Heading(level, text):
                return self._heading(level, self._line(text))
            case Paragraph(text):
                return self._wrap(self._line(text))
            case Bullets(items):
                return "\n".join(self._item([self._line(line) for line in item]) for item in items)
            case Table():
                return self._table(block)
            case Chart():
                return _chart(block)

    def _heading(self, level: int, text: str) -> str:
        wrapped = self._wrap(" ".join(text.split()), "* " if level == 4 else "", "  " if level == 4 else "")
        rule = {1: "=", 2: "-", 3: "."}.get(level, "")
        longest = max(map(len, wrapped.split("\n")))
        return f"{wrapped}\n{rule * longest}" if rule else wrapped

    def _item(self, lines: list[str]) -> str:
        first, *others = lines
        return "\n".join([self._wrap(first, "  - ", "    "), *(self._wrap(line, "    ", "    ") for line in others)])

    def _table(self, table: Table) -> str:
        rows = []
        for row in table.rows:
            cells = [self._line(cell) for cell in row]
            if table.compact:
                rows.append(self._wrap(f"{cells[0]}: {'; '.join(cells[1:])}", "  - ", "    "))
                continue
            lines = [self._wrap(cells[0], "  - ", "    ")]
            lines += [
                self._wrap(f"{name}: {cell}", "    ", "      ")
                for name, cell in zip(table.head[1:], cells[1:], strict=True)
            ]
            rows.append("\n".join(lines))
        return "\n".join(rows)

    def _line(self, rich: Rich) -> str:
        return "".join(self._piece(piece) for piece in rich)

    def _piece(self, piece: Piece) -> str:
        if piece.kind == "link":
            return f"{piece.text}: {piece.href}"
        if piece.kind == "note":
            return f"({piece.text})"
        start, end = self.marks.get(piece.kind, ("", ""))
        return f"{start}{piece.text}{end}"

    @staticmethod
    def _wrap(text: str, first: str = "", later: str = "") -> str:
        lines: list[str] = []
        for line in filter(None, (" ".join(line.split()) for line in text.split("\n"))):
            lines += textwrap.wrap(
                line,
                WIDTH,
                initial_indent=later if lines else first,
                subsequent_indent=later,
                break_long_words=False,
                break_on_hyphens=False,
            )
        return "\n".join(lines)


def _chart(chart: Chart) -> str:
    """Bars of ``#`` for other edits and ``=`` for edits in bulk changes."""
    widest = max(len(name) for name, _, _ in chart.bars)
    highest = max(other + bulk for _, other, bulk in chart.bars)
    lines = []
    for name, other, bulk in chart.bars:
        length = max(1, round((other + bulk) * _BAR / highest))
        from_bulk = round(length * bulk / (other + bulk))
        bar = "#" * (length - from_bulk) + "=" * from_bulk
        lines.append(f"  {name.ljust(widest)}  {bar} {other + bulk}")
    if any(bulk for _, _, bulk in chart.bars):
        lines.append(f"\n  # {chart.head[1]}   = {chart.head[2]}")
    return "\n".join(lines)
