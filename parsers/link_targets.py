"""What the targets of links mean on one wiki and one page, remembered where the page does not matter."""

from __future__ import annotations

from parsers import titles
from parsers.addresses import address_host, free_address
from parsers.masks import unmask
from parsers.plain_text import drop_quotes, tidy
from parsers.record import Link, Span
from parsers.site import Site

_MAX_PARSES = 3000  # of texts of one chunk that mwparserfromhell is given
_MAX_TARGETS = 50_000  # remembered


class LinkTargets:
    """Resolves targets for one wiki and one page title; ``parses`` is how many texts may still be parsed."""

    def __init__(self, site: Site, title: str, targets: dict[str, titles.Target | None] | None = None) -> None:
        self.site = site
        self.title = title
        self.targets = {} if targets is None else targets
        self.parses = _MAX_PARSES

    def resolve(self, raw: str) -> titles.Target | None:
        """The target of a link that is not relative to its page."""
        if raw not in self.targets:
            if len(self.targets) >= _MAX_TARGETS:
                self.targets.clear()
            self.targets[raw] = titles.resolve(raw, self.title, self.site)
        return self.targets[raw]

    def picture_link(self, written: str, label: str, span: Span) -> Link | None:
        """The link of a picture that its option ``link`` makes, to a page or an address; None of what is neither."""
        plain = unmask(drop_quotes(written)).strip()
        if free_address(plain):
            return Link("external", None, plain, address_host(plain), tidy(label), 0, span)
        page = titles.resolve(plain, self.title, self.site) if plain else None
        if page is None:
            return None
        return Link("interwiki" if page.interwiki else "internal", page.full, None, None, tidy(label), 0, span)
