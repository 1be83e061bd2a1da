"""What the parser reads out of one revision: the record and its items, as plain immutable values.

Every ``span`` is ``(start, end)`` in Python characters of the source, so that ``source[start:end]`` is the
wikitext of the item. The JSON form is ``record_to_json`` in ``parsers.record_json``.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import field
from typing import Protocol

from parsers.immutable import dataclass

Span = tuple[int, int]
Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A typed reading of a text: ``type`` is date, year, number, money, url, page or text."""

    type: str
    value: str
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class AddressForms:
    """An external address in ASCII: ``percent`` is percent-encoded throughout, as MediaWiki stores it.

    ``punycode`` has its host in punycode and the rest percent-encoded, as programs ask for it; ``host`` is that
    host alone. Both are None where the host cannot be a name; ``host`` also where the address has none.
    """

    percent: str
    punycode: str | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link: ``kind`` is internal, external, file or interwiki.

    ``target`` is the normalised full title (with ``#fragment``) of an internal or file link, or
    ``prefix:title`` of an interwiki link; ``url`` is the address of an external link exactly as written;
    ``host`` is the lower-case host of an external address; ``label`` is the text that a reader sees.
    ``section`` is the index of the section that holds it; ``conditional`` marks what stands inside
    ``{{#if…}}`` and the like and may not be on the page as rendered.
    """

    kind: str
    target: str | None
    url: str | None
    host: str | None
    label: str
    section: int
    span: Span
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an infobox: ``raw`` is the wikitext as written, ``text`` what a reader sees."""

    name: str
    raw: str
    text: str
    values: tuple[Value, ...]
    links: tuple[Link, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Infobox:
    """A table of facts about the page; ``kind`` is template, wikitable or html."""

    name: str
    kind: str
    section: int
    span: Span
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a template use; ``raw`` is exactly what stands between ``=`` (or ``|``) and the next ``|``."""

    name: str
    raw: str


@dataclass(frozen=True, slots=True)
class Template:
    """One use of a template; all parameters in source order, repeated names included."""

    name: str
    params: tuple[Param, ...]
    span: Span
    section: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list, with the lists nested inside it."""

    text: str
    children: tuple[ListNode, ...] = ()


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list; ``kind`` is ul, ol or dl (in a dl, terms and definitions are items in source order)."""

    kind: str
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a rectangular grid of cell texts (spans repeated), with its caption."""

    caption: str | None
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section; index 0 is the lead (title and anchor empty, level 0).

    ``path`` holds the titles from the outermost section to this one; ``text`` is what a reader sees of the
    section's own body, without its heading and its subsections; ``span`` runs from the heading to the next
    heading of any level.
    """

    index: int
    level: int
    title: str
    anchor: str
    path: tuple[str, ...]
    text: str
    lists: tuple[ListNode, ...]
    tables: tuple[Table, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Category:
    """A category without its namespace prefix; ``sort_key`` as written, or None."""

    name: str
    sort_key: str | None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class PaperKey:
    """The part of an address that identifies a council paper within one system: ``VOLFDNR=13572``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A council paper that the page cites, by number, by address, or both."""

    number: str | None
    url: str | None
    key: PaperKey | None
    section: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a redirect leads: a full title, and the fragment without ``#`` or None."""

    target: str
    fragment: str | None


@dataclass(frozen=True, slots=True)
class Magic:
    """A magic word such as ``DEFAULTSORT`` (with its argument) or ``__NOTOC__``; ``name`` is the canonical id."""

    name: str
    value: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that could not be read as it was probably meant; ``code`` is stable, ``message`` is for people."""

    code: str
    message: str
    span: Span | None


class Part(Protocol):
    """What was read out of a run of whole sections, of which the first is number ``section`` on the page.

    ``memory`` is one object wherever the run is moved, and for rows that were made of it: two records whose parts
    share it hold the same items there.
    """

    section: int
    infoboxes: list[Infobox]
    templates: list[Template]
    links: list[Link]
    papers: list[tuple[int, Paper]]
    memory: dict[Hashable, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Record:
    """All that was read out of one text. ``source`` is the text itself, for spans; it is not part of the JSON.

    ``parts`` is how the reader came by it, for readers that need only what differs; empty when that is not known.
    """

    title: str
    namespace: int
    source: str
    redirect: Redirect | None
    infoboxes: tuple[Infobox, ...]
    templates: tuple[Template, ...]
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    categories: tuple[Category, ...]
    papers: tuple[Paper, ...]
    magic: tuple[Magic, ...]
    diagnostics: tuple[Diagnostic, ...]
    # no argument, so that a record that is made from another one does not claim to have been read that way
    parts: tuple[Part, ...] = field(default=(), init=False, compare=False, repr=False)
