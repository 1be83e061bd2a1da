"""What is open while a text is scanned: the stack of openings, with what each of them holds so far."""

from __future__ import annotations

from parsers.scan_tree import IN_BRACES, IN_HEADING, IN_LINK, IN_VARIANT, Fault, Node, Open, Scan, node_start

MAX_DEPTH = 100  # MediaWiki's own limit ($wgMaxPPExpandDepth)
MAX_MARKS = 100_000  # pipes and equals signs of one template; the rest is part of its last parameter
MAX_FAULTS = 200  # named one by one; further ones are counted
# The fault of each kind of opening that nothing closes; headings need no end
UNCLOSED = {IN_BRACES: "unclosed-template", IN_LINK: "unclosed-link", IN_VARIANT: "unclosed-variant"}


class OpenStack:
    """The openings of a text that is scanned up to ``end``, outermost first; only the innermost can be closed.

    With them stands what the scan has found so far: nodes, links, faults.
    """

    def __init__(self, end: int) -> None:
        self.end = end
        self.stack: list[Open] = []
        self.nodes: list[Node] = []  # of what is open now
        self.top: list[Node] = self.nodes  # of what stands in nothing that is open
        self.links: list[tuple[int, int]] = []
        self.faults: list[Fault] = []
        self.more_faults = 0
        self.settled = True
        self.depth = self.deepest = 0  # of open braces, now and when something was closed

    def open(self, opened: Open) -> None:
        """Put an opening on the stack: what follows stands in it."""
        self.stack.append(opened)
        self.nodes = opened.nodes
        self.depth += opened.kind == IN_BRACES

    def close_top(self) -> None:
        """Take the innermost opening, which is of braces, for closed; what it held stays with it."""
        self.stack.pop()
        self.nodes = self.stack[-1].nodes if self.stack else self.top
        self.deepest = max(self.deepest, self.depth)
        self.depth -= 1

    def drop_top(self) -> Open:
        """Take the innermost opening for text; what it held goes to the next outer one."""
        dropped = self.stack.pop()
        self.depth -= dropped.kind == IN_BRACES
        outer = self.stack[-1].nodes if self.stack else self.top
        inner = dropped.nodes
        if len(inner) > len(outer):  # the shorter list goes into the longer one: else a deep stack costs squares
            inner, outer = outer, inner
            if self.stack:
                self.stack[-1].nodes = outer
            else:
                self.top = outer
        outer.extend(inner)
        self.nodes = outer
        return dropped

    def drop_bottom(self) -> None:
        """Take the outermost opening for text, so that what follows thousands of them is still read."""
        dropped = self.stack.pop(0)
        self.top.extend(dropped.nodes)
        self.depth -= dropped.kind == IN_BRACES
        self.settled = False
        if dropped.kind != IN_HEADING:
            self.fault(UNCLOSED[dropped.kind], dropped.start, dropped.content)

    def mark(self, position: int, is_pipe: bool) -> None:
        """Keep a pipe, or an equals sign that may part a name from its value, for the innermost opening."""
        opened = self.stack[-1]
        if position < opened.quiet:
            return
        table = opened.tables[-1] if opened.tables else 0
        if len(opened.marks) >= MAX_MARKS:
            if len(opened.marks) == MAX_MARKS:
                self.fault("too-many-parameters", opened.start, opened.content)
                opened.marks.append((self.end, False, 0))
            return
        if is_pipe:
            opened.marks.append((position, True, table))
            opened.has_equals = bool(table) and opened.has_equals
        elif table or not opened.has_equals:
            opened.marks.append((position, False, table))
            opened.has_equals = opened.has_equals or not table

    def fault(self, code: str, start: int, end: int) -> None:
        """Name a place that could not be read as meant; after ``MAX_FAULTS`` of them it is only counted."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(code, start, end))
        else:
            self.more_faults += 1

    def finish(self) -> Scan:
        """The outcome, when the text is at its end: what is still open is text."""
        unclosed = [opened for opened in self.stack if opened.kind != IN_HEADING]
        for opened in unclosed:
            self.fault(UNCLOSED[opened.kind], opened.start, opened.content)
        found = list(self.top)
        for opened in self.stack:
            found.extend(opened.nodes)
        found.sort(key=node_start)
        if self.deepest > MAX_DEPTH:
            self.cut_depths(found)
        settled = self.settled and not unclosed
        return Scan(found, self.links, self.faults, unclosed, settled, self.more_faults)

    def cut_depths(self, nodes: list[Node]) -> None:
        """Take out the templates that are nested too deep."""
        pending = [(node, 1) for node in nodes]
        while pending:
            node, depth = pending.pop()
            deeper = [(part, inner) for part in node.parts for inner in part.nodes if inner.parts]
            if depth < MAX_DEPTH:
                pending += [(inner, depth + 1) for _, inner in deeper]
                continue
            for part, inner in deeper:
                part.nodes = [one for one in part.nodes if not one.parts]
                self.fault("depth-limit", inner.start, inner.end)
