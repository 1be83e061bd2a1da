"""What three readers find in a text, in the form of the judge: ours, mwparserfromhell and wikitextparser.

The other two know no namespaces and no parser functions; these are told apart for them with our own vocabulary, and
targets are normalised as ours are. What is compared is where they see links, templates, parameters and headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import mwparserfromhell
import wikitextparser

from parsers import titles
from parsers.reader import Reader
from parsers.record import Record
from parsers.sections import anchor_of
from parsers.site import Site
from tests.conformance_judge import FACETS, Facets, Text, address, make_facets, sort_key

_IN_ADDRESS = re.compile(r"\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
Uses = list[tuple[str, str, list[tuple[str, str]]]]


def read_ours(record: Record, site: Site, truth: Facets) -> Facets:
    """A record in the form of the judge. What is conditional counts only where MediaWiki shows it as well."""
    default = next((word.value or "" for word in record.magic if word.name == "DEFAULTSORT"), "")
    found: dict[str, list[tuple[str, ...]]] = {facet: [] for facet in FACETS}
    keys: dict[str, tuple[str, ...]] = {}
    for category in record.categories:
        one: tuple[str, ...] = (category.name, sort_key(category.sort_key, default))
        if not category.conditional or one in truth["categories"]:
            keys[category.name] = one  # of two keys the last one counts
    found["categories"] = list(keys.values())
    for link in record.links:
        facet = {"internal": "links", "file": "files"}.get(link.kind, link.kind)
        target = (link.target or "").partition("#")[0]
        namespace, name = site.split_title(target)
        if namespace == titles.MEDIA:
            target = site.full_title(titles.FILE, name)
        one = (address(_IN_ADDRESS.sub("", link.url)) if link.url is not None else target,)
        if namespace != titles.SPECIAL and (not link.conditional or one in truth[facet]):
            found[facet].append(one)
    if record.redirect:
        target = record.redirect.target
        fragment = record.redirect.fragment
        found["redirect"].append((f"{target}#{fragment}" if fragment else target,))
    headings = [(str(section.level), section.anchor) for section in record.sections[1:]]
    uses = [
        (full_name(use.name, site), record.source[slice(*use.span)], [(p.name, p.raw) for p in use.params])
        for use in record.templates
    ]
    return make_facets(found, headings, uses, record.title, site)


def full_name(name: str, site: Site) -> str:
    """The full title of a template by its normalised name."""
    if name.startswith(":"):
        return name[1:]
    return name if site.split_title(name)[0] else site.full_title(titles.TEMPLATE, name)


def read_mwparserfromhell(text: Text, site: Site) -> Facets:
    code = mwparserfromhell.parse(text.text)
    links = [
        (str(link.title), None if link.text is None else str(link.text))
        for link in code.filter_wikilinks(recursive=True)
    ]
    uses = [
        (str(use.name), str(use), [(str(param.name), str(param.value)) for param in use.params])
        for use in code.filter_templates(recursive=True)
    ]
    urls = [str(link.url) for link in code.filter_external_links(recursive=True)]
    headings = [(int(one.level), str(one.title.strip_code())) for one in code.filter_headings()]
    return _peer_facets(links, uses, urls, headings, text, site)


def read_wikitextparser(text: Text, site: Site) -> Facets:
    code = wikitextparser.parse(text.text)
    links = [(link.target, link.text) for link in code.wikilinks]
    uses = [(use.name, use.string, [(one.name, one.value) for one in use.arguments]) for use in code.templates]
    urls = [link.url for link in code.external_links]
    sections = code.get_sections(include_subsections=False)
    headings = [(one.level, wikitextparser.remove_markup(one.title or "")) for one in sections if one.level]
    return _peer_facets(links, uses, urls, headings, text, site)


def _peer_facets(
    links: Iterable[tuple[str, str | None]],
    uses: Uses,
    urls: Iterable[str],
    headings: Iterable[tuple[int, str]],
    text: Text,
    site: Site,
) -> Facets:
    found: dict[str, list[tuple[str, ...]]] = {facet: [] for facet in FACETS}
    for raw, label in links:
        target = titles.resolve(re.sub("(?s)<!--.*?-->", "", raw), text.title, site)
        if target is None or target.namespace == titles.SPECIAL:
            continue
        if target.interwiki:
            found["interwiki"].append((target.title,))
        elif target.namespace == titles.CATEGORY and not target.forced:
            found["categories"].append((site.split_title(target.title)[1], label or ""))
        elif target.namespace == titles.MEDIA or (target.namespace == titles.FILE and not target.forced):
            found["files"].append((site.full_title(titles.FILE, site.split_title(target.title)[1]),))
        else:
            found["links"].append((target.title,))
    found["external"] = [(address(url),) for url in urls]
    named: Uses = []
    for written, source, params in uses:
        name = titles.called_name(re.sub("(?s)<!--.*?-->", "", written), site, text.title)[1]
        if name is not None:
            named.append((full_name(name, site), source, params))
    counted: Counter[str] = Counter()
    anchors: list[tuple[str, ...]] = []
    for level, title in headings:
        anchor = anchor_of(title)
        counted[anchor.lower()] += 1
        number = counted[anchor.lower()]
        anchors.append((str(level), anchor if number == 1 else f"{anchor}_{number}"))
    return make_facets(found, anchors, named, text.title, site)


class Readers:
    """All readers on one text; ours remembers what it has read, as it does in a mirror."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.reader = Reader(site)

    def record(self, text: Text) -> Record:
        return self.reader.read(text.text, text.title)

    def peers(self, text: Text) -> dict[str, Facets]:
        return {
            "mwparserfromhell": read_mwparserfromhell(text, self.site),
            "wikitextparser": read_wikitextparser(text, self.site),
        }
