"""Items moved to another place of a page: spans by characters, sections by number."""

from __future__ import annotations

from collections.abc import Mapping

from parsers.record import Field, Infobox, Link, Magic, Span, Template


def _moved(span: Span, offset: int) -> Span:
    return (span[0] + offset, span[1] + offset)


def shift_link(link: Link, offset: int, section: int) -> Link:
    span = _moved(link.span, offset)
    return Link(
        link.kind, link.target, link.url, link.host, link.label, link.section + section, span, link.conditional
    )


def shift_template(use: Template, offset: int, section: int) -> Template:
    return Template(use.name, use.params, _moved(use.span, offset), use.section + section)


def shift_magic(word: Magic, offset: int) -> Magic:
    return Magic(word.name, word.value, _moved(word.span, offset))


def shift_infobox(box: Infobox, offset: int, section: int, links: Mapping[Link, Link]) -> Infobox:
    """``links`` maps the links of the chunk to their moved form, which fields share."""
    fields = tuple(
        Field(
            one.name, one.raw, one.text, one.values, tuple(links[link] for link in one.links), _moved(one.span, offset)
        )
        for one in box.fields
    )
    return Infobox(box.name, box.kind, box.section + section, _moved(box.span, offset), fields)
