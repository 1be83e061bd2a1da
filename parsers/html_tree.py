"""The tree of an HTML page as one flat list of elements and texts, each element with its place in the source.

BeautifulSoup over lxml makes the tree. It is walked once, without recursion: what comes later reads ranges of the
list, at a cost that does not grow with how deep a page is nested.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString, Script, Stylesheet, TemplateString

from parsers.html_source import SourceTags, find_tags, fit_characters, mark_tags, unused_attribute
from parsers.record import Span

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_NO_TEXT = (PreformattedString, Script, Stylesheet, TemplateString)  # comments, declarations, code


@dataclass(slots=True, eq=False)
class Element:
    """An element: the nodes ``at + 1`` to ``stop`` of the list are inside it; ``parent`` is its place, -1 of the root.

    In the source it stands from ``start`` to ``end``, its content from ``inner_start`` to ``inner_end``. Where lxml
    put an element that the source does not name, these are those of the element around it, and ``exact`` is false.
    """

    name: str
    attributes: dict[str, str]
    parent: int
    at: int
    stop: int = 0
    start: int = -1
    inner_start: int = -1
    inner_end: int = -1
    end: int = -1
    exact: bool = False
    classes: frozenset[str] = field(default_factory=frozenset)

    def get(self, name: str) -> str:
        """An attribute; "" where there is none."""
        return self.attributes.get(name, "")

    @property
    def span(self) -> Span:
        """The whole element."""
        return (self.start, self.end)

    @property
    def inner(self) -> Span:
        """What is between its tags."""
        return (self.inner_start, self.inner_end)


@dataclass(slots=True, eq=False)
class Walk:
    """Elements in document order, once; ``at`` is the node that is looked at next."""

    nodes: tuple[Element | str, ...]
    at: int
    high: int

    def __iter__(self) -> Iterator[Element]:
        nodes, high = self.nodes, self.high
        while (at := self.at) < high:
            self.at = at + 1
            node = nodes[at]
            if isinstance(node, Element):
                yield node

    def skip(self, element: Element) -> None:
        """Go on behind an element that was just given out, not inside it."""
        self.at = element.stop


@dataclass(frozen=True, slots=True)
class Tree:
    """A page: ``nodes`` in document order, texts as strings; ``source`` says what of it was read."""

    text: str
    nodes: tuple[Element | str, ...]
    source: SourceTags

    def walk(self, low: int = 0, high: int | None = None) -> Walk:
        """The elements among the nodes from ``low`` to ``high``, in order; by default all."""
        return Walk(self.nodes, low, len(self.nodes) if high is None else high)

    def inside(self, element: Element) -> Walk:
        """The elements inside an element, in order."""
        return self.walk(element.at + 1, element.stop)

    def around(self, element: Element) -> Iterator[Element]:
        """The elements around an element, from the nearest."""
        at = element.parent
        while at >= 0:
            outer = self.nodes[at]
            assert isinstance(outer, Element)
            yield outer
            at = outer.parent


def parse_tree(text: str) -> Tree:
    """The tree of a page; any text gives one."""
    source = find_tags(text)
    mark = unused_attribute(text)
    marked = mark_tags(fit_characters(text[: source.read_to]), source.tags, mark)
    soup = BeautifulSoup(marked, "lxml", multi_valued_attributes=None)
    return Tree(text, tuple(_Flattening(source, mark).read(soup)), source)


class _Flattening:
    """One walk over a tree."""

    def __init__(self, source: SourceTags, mark: str) -> None:
        self.tags, self.mark, self.read_to = source.tags, mark, source.read_to
        self.leak = re.compile(rf' {mark}="\d+"')
        root = Element("", {}, -1, 0, start=0, inner_start=0, exact=True)
        self.nodes: list[Element | str] = [root]
        self.leaving: list[Element] = []  # elements that have ended since the last start tag, inner ones first
        self.last = -1  # number of that tag

    def read(self, soup: BeautifulSoup) -> list[Element | str]:
        root = self.nodes[0]
        assert isinstance(root, Element)
        stack: list[tuple[Iterator[object], Element]] = [(iter(soup.contents), root)]
        while stack:
            children, element = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                element.stop = len(self.nodes)
                self.leaving.append(element)
            elif isinstance(child, Tag):
                inner = self.enter(child, element.at)
                self.nodes.append(inner)
                stack.append((iter(child.contents), inner))
            elif isinstance(child, NavigableString) and not isinstance(child, _NO_TEXT):
                self.nodes.append(self.clean(str(child)))
        self.close(len(self.tags), self.read_to)
        root.inner_end = root.end = self.read_to
        for node in self.nodes[1:]:
            if isinstance(node, Element) and not node.exact:
                outer = self.nodes[node.parent]
                assert isinstance(outer, Element)
                node.start, node.end = outer.start, outer.end
                node.inner_start, node.inner_end = outer.inner_start, outer.inner_end
        return self.nodes

    def enter(self, tag: Tag, parent: int) -> Element:
        attributes = {str(name): self.clean(str(value)) for name, value in tag.attrs.items() if name != self.mark}
        element = Element(tag.name, attributes, parent, len(self.nodes))
        if "class" in attributes:
            element.classes = frozenset(attributes["class"].split())
        written = str(tag.attrs.get(self.mark, ""))
        number = int(written) if written.isdigit() else -1
        if self.last < number < len(self.tags) and self.tags[number].name == tag.name:
            source = self.tags[number]
            self.close(number, source.start)
            self.last = number
            element.start, element.inner_start, element.exact = source.start, source.end, True
        return element

    def close(self, number: int, limit: int) -> None:
        """Find where the elements that ended before tag ``number`` did: at their end tag, or an outer one's."""
        waiting: dict[str, list[int]] = defaultdict(list)
        for index in range(len(self.leaving) - 1, -1, -1):
            waiting[self.leaving[index].name].append(index)
        done = 0
        for tag in self.tags[self.last + 1 : number]:
            indexes = waiting.get(tag.name)
            while tag.closing and tag.kept and indexes:
                index = indexes.pop()
                if index < done:
                    continue
                for element in self.leaving[done:index]:
                    _end(element, tag.start, tag.start)
                _end(self.leaving[index], tag.start, tag.end)
                done = index + 1
                break
        for element in self.leaving[done:]:
            _end(element, limit, limit)
        self.leaving.clear()

    def clean(self, text: str) -> str:
        """Text without a mark that stood where lxml saw no tag."""
        return self.leak.sub("", text) if self.mark in text else text


def _end(element: Element, inner_end: int, end: int) -> None:
    if element.name in _VOID:
        inner_end = end = element.inner_start
    element.inner_end, element.end = inner_end, end
