"""Chunks moved to another place of a page: spans by characters, sections by number."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.chunk import Chunk
from parsers.record import Field, Infobox, Link, Magic, Paper, Span, Template


def move_chunk(chunk: Chunk, offset: int, section: int) -> Chunk:
    """The chunk as it is when it stands at ``offset`` and its first section is number ``section``."""
    by, down = offset - chunk.offset, section - chunk.section
    links = move_links(chunk.links, by, down)
    # fields hold the links of their page, not copies of them
    moved = {id(before): after for before, after in zip(chunk.links, links, strict=True)} if chunk.infoboxes else {}
    return Chunk(  # dataclasses.replace takes five times as long
        offset,
        section,
        chunk.settled,
        chunk.sections,
        [_move_infobox(box, by, down, moved) for box in chunk.infoboxes],
        [Template(use.name, use.params, _move(use.span, by), use.section + down) for use in chunk.templates],
        links,
        chunk.categories,
        [(at, Paper(one.number, one.url, one.key, one.section + down)) for at, one in chunk.papers],
        [Magic(word.name, word.value, _move(word.span, by)) for word in chunk.magic],
        chunk.faults,
        chunk.more_faults,
        chunk.tags,
        chunk.on_page,
        chunk.memory,
    )


def move_links(links: Sequence[Link], by: int, down: int) -> list[Link]:
    """Links ``by`` characters and ``down`` sections further on."""
    return [
        Link(
            k.kind, k.target, k.url, k.host, k.label, k.section + down, (k.span[0] + by, k.span[1] + by), k.conditional
        )
        for k in links
    ]


def _move(span: Span, by: int) -> Span:
    return (span[0] + by, span[1] + by)


def _move_infobox(box: Infobox, by: int, down: int, links: dict[int, Link]) -> Infobox:
    fields = tuple(
        Field(one.name, one.raw, one.text, one.values, tuple(links[id(k)] for k in one.links), _move(one.span, by))
        for one in box.fields
    )
    return Infobox(box.name, box.kind, box.section + down, _move(box.span, by), fields)
