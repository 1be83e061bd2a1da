"""What the scan of a text finds: nodes with their parts, openings that nothing closes, and faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TEMPLATE, ARGUMENT, COMMENT, EXTENSION = "template", "argument", "comment", "extension"

OUTSIDE, IN_BRACES, IN_LINK, IN_HEADING, IN_VARIANT = range(5)


_ATTRIBUTE = re.compile(r"(?<![^\s\"'/])([^\s\"'>/=]++)\s*+=\s*+(?:\"([^\">]*+)\"|'([^'>]*+)'|([^\s\"'>]++))")


@dataclass(slots=True)
class Part:
    """What stands between two pipes; ``equals`` is where its ``=`` is, or -1."""

    start: int
    end: int
    equals: int = -1
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """A template (``parts[0]`` is its name), argument, comment or extension tag (``parts[0]`` is its content).

    What follows in a gallery is its caption, which stands in its attributes.
    """

    kind: str
    start: int
    end: int
    parts: list[Part]
    tag: str = ""


@dataclass(slots=True)
class Open:
    """An opening that is not closed yet, with the pipes and equals signs seen since."""

    kind: int
    start: int
    count: int
    content: int
    nodes: list[Node] = field(default_factory=list)
    marks: list[tuple[int, bool, int]] = field(default_factory=list)  # position, is a pipe, table that holds it
    tables: list[int] | None = None
    closed_tables: set[int] | None = None
    has_equals: bool = True  # the name of a template takes none
    quiet: int = -1  # up to here, pipes and equals signs are text
    base: int = OUTSIDE  # of a link or variant: the kind of what those around it stand in


@dataclass(slots=True)
class Fault:
    """A place that could not be read as it was probably meant."""

    code: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """The outcome: nodes in source order, links as (start, end), faults, what stayed open.

    ``settled`` is false when the meaning of the text depends on what follows it.
    """

    nodes: list[Node]
    links: list[tuple[int, int]]
    faults: list[Fault]
    unclosed: list[Open]
    settled: bool
    more_faults: int = 0


def parts_of(opened: Open, end: int, nodes: list[Node]) -> list[Part]:
    """The parts of what was opened, up to ``end``, each with those of the nodes that stand in it."""
    closed = opened.closed_tables
    parts = [Part(opened.content, end)]
    for position, is_pipe, table in opened.marks:
        if position >= end:
            break
        if closed and table in closed:
            continue
        if is_pipe:
            parts[-1].end = position
            parts.append(Part(position + 1, end))
        elif len(parts) > 1 and parts[-1].equals < 0:
            parts[-1].equals = position
    index = 0
    for node in sorted(nodes, key=node_start):
        while node.start >= parts[index].end and index + 1 < len(parts):
            index += 1
        parts[index].nodes.append(node)
    return parts


def gallery_caption(text: str, start: int, end: int) -> list[Part]:
    """The value of ``caption=`` in the tag ``text[start:end]``, of repeated ones the last; empty if there is none."""
    found = [match for match in _ATTRIBUTE.finditer(text, start, end) if match[1].lower() == "caption"]
    return [Part(*match.span(match.lastindex or 0)) for match in found[-1:]]


def node_start(node: Node) -> int:
    """Where a node begins: the order of the source."""
    return node.start
