"""One linear pass over wikitext that says where templates, comments and extension tags stand.

The rules are those of MediaWiki's first stage (Manual:Preprocessor, preprocessor.txt): a stack over ``{{ }}``,
``{{{ }}}``, ``[[ ]]``, ``-{ }-`` (language variants) and line-start headings. Only the innermost open thing can be
closed, and what is never closed is text. Nothing is looked at twice, so that hostile text costs no more than any other.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers import vocabulary
from parsers.scan_stack import MAX_DEPTH, UNCLOSED, OpenStack
from parsers.scan_tree import (
    ARGUMENT,
    COMMENT,
    EXTENSION,
    IN_BRACES,
    IN_HEADING,
    IN_LINK,
    IN_VARIANT,
    OUTSIDE,
    TEMPLATE,
    Node,
    Open,
    Part,
    Scan,
    gallery_caption,
    parts_of,
)

MAX_OPEN = 5000  # things open at once; then the outermost is text
_MAX_PASSES = 2
_LONG = 200_000  # characters of a text that is read twice at most

_CLOSING = {IN_LINK: "]]", IN_VARIANT: "}-"}
# What templates are called that give a mark of a table, or a brace, beside which one may stand
_MARKS = ("!", "(", ")")
_INCLUSION = ("includeonly", "noinclude", "onlyinclude")


@lru_cache(maxsize=16)
def _patterns(tags: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, tags), key=len, reverse=True))
    angle = rf"<(?:!--|(?i:(?:{names}|includeonly)(?=[\s/>])|/?(?:noinclude|onlyinclude)(?=[\s/>])))"
    line_start = r"\n(?==)"
    table = r"\n[ \t:]*\{\||\n[ \t]*\|\}"
    # links with nothing in them are passed over whole
    rest = r"\[(?!\[)[^\[\]{}<\n]++\]\](?!\])"
    flat = rf"\[{rest}"
    variant = r"-\{(?!\{)"
    return (
        re.compile(rf"\{{\{{+|\}}\}}+|\[(?!{rest})\[+|{angle}|{variant}"),
        re.compile(rf"{flat}|{table}|\{{\{{+|\}}\}}*|\[\[+|\||=|{line_start}|{angle}|{variant}"),
        re.compile(rf"{flat}|\{{\{{+|\}}\}}+|\[\[+|\]\]|\||{line_start}|{angle}|{variant}"),
        re.compile(rf"\n|\{{\{{+|\[\[+|{angle}|{variant}"),
        re.compile(rf"{flat}|\}}-|\{{\{{+|\[\[+|{line_start}|{angle}|{variant}"),
    )


def scan(text: str, tags: frozenset[str] = vocabulary.EXTENSION_TAGS, start: int = 0, end: int = -1) -> Scan:
    """Read ``text[start:end]``; positions in the result count from the start of ``text``.

    Double brackets and ``-{`` that stand in braces and are never closed end the template around them in MediaWiki. Its
    fields are worth more than that: the text is then read again with such brackets taken for text.
    """
    end = len(text) if end < 0 else end
    broken: frozenset[int] = frozenset()
    found = _Scanner(text, tags, start, end, broken).run()
    for _ in range(_MAX_PASSES if end - start < _LONG else 1):
        more = broken.union(one.start for one in found.unclosed if one.kind in _CLOSING and one.base == IN_BRACES)
        if more == broken:
            break
        broken = more
        crowded = len(found.unclosed) > MAX_OPEN // 2  # there may be more than are known
        found = _Scanner(text, tags, start, end, broken, eager=crowded).run()
        found.settled = False  # what follows the text may close them
    return found


class _Scanner(OpenStack):
    """Reads one text token by token: which tokens open, part and close what is open."""

    def __init__(
        self, text: str, tags: frozenset[str], start: int, end: int, broken: frozenset[int], *, eager: bool = False
    ) -> None:
        super().__init__(end)
        self.text, self.tags, self.start = text, tags, start
        self.broken = broken  # where ``[[`` and ``-{`` begin that are text
        self.eager = eager  # and so are those in braces that end sooner
        self.known: dict[str, int] = {}  # where marks come next
        self.patterns = _patterns(tags)
        self.no_closing: set[str] = set()
        self.no_angle = False
        self.table_count = 0

    def run(self) -> Scan:
        position, end, text = self.start, self.end, self.text
        kind = OUTSIDE
        stack = self.stack
        while True:
            match = self.patterns[kind].search(text, position, end)
            if match is None:
                break
            token = match[0]
            first = token[0]
            if first == "[":
                position = self.push(IN_LINK, match) if token[-1] == "[" else match.end()
            elif first == "<":
                position = self.read_angle(match)
            elif first == "{":
                position = self.push(IN_BRACES, match)
            elif first == "-":
                position = self.push(IN_VARIANT, match)
            elif token == "}-":
                self.drop_top()
                position = match.end()
            elif first == "}":
                position = self.close_braces(match)
            elif first == "]":
                position = self.close_link(match)
            elif first == "\n":
                position = self.read_line_start(match)
            else:
                self.mark(match.start(), token == "|")
                position = match.end()
            kind = stack[-1].kind if stack else OUTSIDE
        while stack and stack[-1].kind == IN_HEADING:
            self.drop_top()
        return self.finish()

    def push(self, kind: int, match: re.Match[str]) -> int:
        start, end = match.span()
        if len(self.stack) >= MAX_OPEN:
            self.drop_bottom()
        if kind in _CLOSING and (start in self.broken or (self.eager and self.braces_end_first(kind, end))):
            self.fault(UNCLOSED[kind], start, end)
            if self.stack and kind == IN_LINK:  # what follows on its line belongs to the value, pipes included
                self.stack[-1].quiet = self.next_of("\n", end)
            return end
        opened = Open(kind, start, end - start, end)
        if kind in _CLOSING and self.stack:
            outer = self.stack[-1]
            opened.base = outer.base if outer.kind in _CLOSING else outer.kind
        self.open(opened)
        return end

    def braces_end_first(self, kind: int, position: int) -> bool:
        """Whether ``}}`` comes before what closes a thing of this kind, in braces."""
        in_braces = bool(self.stack) and self.stack[-1].kind == IN_BRACES
        return in_braces and self.next_of("}}", position) < self.next_of(_CLOSING[kind], position)

    def next_of(self, mark: str, position: int) -> int:
        """Where a mark comes next, or the end; positions only grow, so that nothing is sought twice."""
        known = self.known.get(mark, -1)
        if known < position:
            found = self.text.find(mark, position, self.end)
            known = self.known[mark] = found if found >= 0 else self.end
        return known

    def read_line_start(self, match: re.Match[str]) -> int:
        """A line break that may begin a heading or a table, or end a heading."""
        start, end = match.span()
        opened = self.stack[-1]
        if opened.kind == IN_HEADING:
            self.drop_top()
            return start if self.stack and self.text.startswith("=", end) else end
        if match[0].endswith("{|"):
            self.table_count += 1
            opened.tables = [*(opened.tables or ())[-MAX_DEPTH:], self.table_count]
            return end
        if match[0].endswith("|}"):
            return self.close_table(match)
        run = end
        while run < self.end and run - end < 6 and self.text[run] == "=":
            run += 1
        if run - end == 1 and opened.kind == IN_BRACES and not opened.has_equals:
            return end  # a name/value separator at the start of a line
        if len(self.stack) >= MAX_OPEN:
            return run
        self.open(Open(IN_HEADING, end, run - end, run))
        return run

    def close_table(self, match: re.Match[str]) -> int:
        opened = self.stack[-1]
        if opened.tables:
            opened.closed_tables = opened.closed_tables or set()
            opened.closed_tables.add(opened.tables.pop())
            return match.end()
        self.mark(match.end() - 2, True)
        return match.end() - 1

    def close_braces(self, match: re.Match[str]) -> int:
        start, end = match.span()
        if not self.stack:
            self.fault("stray-braces", start, end)
            return end
        if self.stack[-1].kind == IN_LINK:
            self.fault("stray-braces", start, end)
            return end
        opened = self.stack[-1]
        count = min(end - start, opened.count, 3)
        if count < 2:
            return start + count
        self.close_piece(opened, start, count)
        after = start + count
        if self.text[opened.content : start] not in _MARKS:
            if opened.count - count == 1:
                self.fault("stray-braces", opened.start, opened.start + 1)
            inside = self.stack[-1].kind if self.stack else OUTSIDE
            if (
                end - after == 1
                and inside != IN_BRACES
                and not (inside == IN_VARIANT and self.text.startswith("-", end))
            ):
                self.fault("stray-braces", after, end)
        return after

    def close_piece(self, opened: Open, start: int, count: int) -> None:
        self.close_top()
        kind = ARGUMENT if count == 3 else TEMPLATE
        node = Node(kind, opened.content - count, start + count, self.parts(opened, start))
        left = opened.count - count
        if left >= 2:
            self.open(Open(IN_BRACES, opened.start, left, opened.start + left))
        self.nodes.append(node)

    def parts(self, opened: Open, end: int) -> list[Part]:
        if opened.closed_tables:
            self.fault("table-in-parameter", opened.start, end)
        return parts_of(opened, end, opened.nodes)

    def close_link(self, match: re.Match[str]) -> int:
        link = self.drop_top()
        self.links.append((link.content - 2, match.end()))
        if link.count >= 4:
            self.open(Open(IN_LINK, link.start, link.count - 2, link.content - 2, base=link.base))
        return match.end()

    def read_angle(self, match: re.Match[str]) -> int:
        start, after = match.span()
        name = match[0][1:].lower()
        if name == "!--":
            return self.read_comment(start)
        close = -1 if self.no_angle else self.text.find(">", after, self.end)
        if close < 0:
            self.settled = False
            self.no_angle = True
            return after
        if name.lstrip("/") in _INCLUSION and name != "includeonly":
            self.nodes.append(Node(COMMENT, start, close + 1, []))
            return close + 1
        if self.text[close - 1] == "/":
            self.add_tag(name, start, close + 1, close + 1, close + 1)
            return close + 1
        closing = None
        if name not in self.no_closing:
            closing = _closing_tag(name).search(self.text, close + 1, self.end)
        if closing is not None:
            self.add_tag(name, start, close + 1, closing.start(), closing.end())
            return closing.end()
        self.settled = False
        self.no_closing.add(name)
        if name == "includeonly":
            self.fault("unclosed-inclusion", start, close + 1)
            self.nodes.append(Node(COMMENT, start, self.end, []))
            return self.end
        self.fault("unclosed-tag", start, close + 1)
        return close + 1

    def add_tag(self, name: str, start: int, inner: int, inner_end: int, end: int) -> None:
        kind = COMMENT if name == "includeonly" else EXTENSION
        parts = [Part(inner, inner_end)]
        if name == "gallery":
            parts += gallery_caption(self.text, start, inner)
        for part in parts if name in vocabulary.WIKITEXT_TAGS else ():
            inside = scan(self.text, self.tags, part.start, part.end)
            part.nodes = inside.nodes
            for fault in inside.faults:
                self.fault(fault.code, fault.start, fault.end)
            self.links.extend(inside.links)
        self.nodes.append(Node(kind, start, end, parts, name))

    def read_comment(self, start: int) -> int:
        close = self.text.find("-->", start + 4, self.end)
        end = close + 3 if close >= 0 else self.end
        if close < 0:
            self.settled = False
            self.fault("unclosed-comment", start, end)
        inner = self.text.find("<!--", start + 4, end)
        if inner >= 0:
            self.fault("nested-comment", inner, inner + 4)
        self.nodes.append(Node(COMMENT, start, end, []))
        return end


@lru_cache(maxsize=256)
def _closing_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE)
