"""The report as Markdown (CommonMark with GitHub's tables), in which nothing of the wiki's text is markup."""

from __future__ import annotations

import re

from jobs.report.language import Language, Piece, Rich
from jobs.report.outline import Block, Bullets, Chart, Heading, Paragraph, Table, outline
from jobs.report.story import Story

# What can begin markup within a line; a backslash makes ASCII punctuation literal (CommonMark 0.31, 2.4).
_INLINE = re.compile(r"[\\`*_\[\]<>|~&$@^]")
# Addresses that GitHub makes clickable without being asked (GitHub Flavored Markdown 0.29, 6.9).
_AUTOLINK = re.compile(r"(:)(?=//)|(?<=mailto)(:)|(?<=xmpp)(:)|(?<=www)(\.)", re.IGNORECASE)
# What makes a line a heading, a list item, a rule or a table.
_LINE_START = re.compile(r"(?P<digits>\d{0,9})(?P<mark>(?<=\d)[.)]|(?<!\d)[-+#=:])")


def render_markdown(story: Story, lang: Language) -> str:
    """The report as Markdown that ends with a line break."""
    writer = _Writer(lang)
    return "\n\n".join(part for block in outline(story, lang) if (part := writer.block(block))) + "\n"


def escape(text: str) -> str:
    """The text with everything made literal that Markdown could read as markup within a line."""
    return _AUTOLINK.sub(r"\\\g<0>", _INLINE.sub(r"\\\g<0>", text))


class _Writer:
    def __init__(self, lang: Language) -> None:
        self.quotes = lang.quotes

    def block(self, block: Block) -> str:
        match block:
            case Heading(level, text):
                return f"{'#' * level} {_one_line(self._line(text))}"
            case Paragraph(text):
                return _breaks(self._line(text))
            case Bullets(items):
                return "\n".join(self._item([self._line(line) for line in item]) for item in items)
            case Table(head, rows):
                return _grid([escape(name) for name in head], [[self._line(cell) for cell in row] for row in rows])
            case Chart(head, bars):
                numbers = [[escape(name), str(other), str(bulk)] for name, other, bulk in bars]
                return _grid([escape(name) for name in head], numbers)

    def _item(self, lines: list[str]) -> str:
        return "- " + "\\\n  ".join(_breaks(line, "  ") for line in lines)

    def _line(self, rich: Rich) -> str:
        return "".join(self._piece(piece) for piece in rich)

    def _piece(self, piece: Piece) -> str:
        text = escape(piece.text)
        match piece.kind:
            case "quote":
                text = f"{self.quotes[0]}{text}{self.quotes[1]}"
            case "insert":
                text = f"{{+{text}+}}"
            case "delete":
                text = f"\\[-{text}-\\]"
            case "note":
                text = f"*{text}*"
            case "code":
                return _code(piece.text)
        return f"[{_one_line(text)}](<{piece.href}>)" if piece.href else text


def _code(text: str) -> str:
    """A code span: fenced by more backticks than the text holds in a row (CommonMark 0.31, 6.1)."""
    text = _one_line(text).replace("|", "¦")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _breaks(text: str, indent: str = "") -> str:
    """Line breaks of the text kept as breaks within the paragraph; blank lines would end it."""
    lines = (line.strip() for line in text.split("\n"))
    return f"\\\n{indent}".join(_literal_start(line) for line in lines if line)


def _literal_start(line: str) -> str:
    """The line with a backslash before what would make it more than a line of a paragraph."""
    start = _LINE_START.match(line)
    return f"{start['digits']}\\{line[start.start('mark') :]}" if start else line


def _grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([_one_line(cell.replace("\n", " ⏎ ")) for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
