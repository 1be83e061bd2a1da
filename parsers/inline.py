"""What a piece of masked wikitext holds: the text of one line, cell, label or value, and the items in it."""

from __future__ import annotations

from parsers import papers, titles
from parsers.brackets import slips
from parsers.immutable import dataclass
from parsers.inline_slips import mark_slips, pipe_slips
from parsers.link_targets import LinkTargets
from parsers.link_tokens import MARKUP
from parsers.links import LinkScan
from parsers.masks import unmask, unmask_meant
from parsers.plain_text import drop_quotes, tidy
from parsers.record import Category, Link, Magic, Paper, Span


@dataclass(frozen=True, slots=True)
class Inline:
    """What a piece holds. Spans count from the start of the piece, sections are 0."""

    text: str
    links: tuple[Link, ...] = ()
    categories: tuple[tuple[int, Category], ...] = ()
    magic: tuple[Magic, ...] = ()
    papers: tuple[Paper, ...] = ()
    on_page: bool = False  # some target was resolved with the title of the page
    faults: tuple[tuple[str, int, int], ...] = ()
    empty: bool = True  # there is nothing but text
    only_links: bool = False


class InlineReader(LinkTargets):
    """Reads pieces for one wiki and one page title."""

    def read(self, piece: str) -> Inline:
        """Links in source order and the text of one line, cell, label or value."""
        if not MARKUP.search(piece):
            masked = drop_quotes(piece)
            plain = unmask(masked)
            text = tidy(plain)
            found = papers.find_papers(text if plain is masked else tidy(unmask_meant(masked)), (), self.site)
            slip = "]" in piece or "''" in piece or "-->" in piece or "|" in piece or "{" in piece
            faults = (*slips(piece), *pipe_slips(piece), *mark_slips(piece, self.site)) if slip else ()
            return Inline(text, papers=found, faults=faults, empty=not (found or faults))
        state = LinkScan(self)
        state.read(piece, 0)
        masked = drop_quotes("".join(state.text))
        plain = unmask(masked)
        text = tidy(plain)
        # what stands in a text literally cites nothing
        meant = text if plain is masked else tidy(unmask_meant(masked))
        # brackets that were read are in no text
        if "]" in masked or state.hides_brackets or "''" in piece or "-->" in piece:
            state.faults.extend(slips(piece))
        if "|" in masked:
            state.faults.extend(pipe_slips(piece))
        if "//" in masked or ":/" in masked or "[" in masked or "{" in masked:
            state.faults.extend(mark_slips(piece, self.site))
        if ":" in state.text[0] and (code := self._late_brackets(piece)):
            state.faults.append((code, 0, len(piece)))
        links = tuple(sorted(state.links, key=_span) if len(state.links) > 1 else state.links)
        found = papers.find_papers(meant, links, self.site)
        marks = (tuple(state.categories), tuple(state.magic), found, state.on_page, tuple(state.faults))
        only_links = not any(marks)
        return Inline(text, links, *marks, empty=only_links and not links, only_links=only_links)

    def _late_brackets(self, piece: str) -> str | None:
        """The code of a category or language link whose brackets come too late: ``Category:Har[[bour]]``."""
        prefix, _, rest = piece.partition(":")
        if "[[" not in rest or rest[0] == "[":
            return None
        if self.site.namespace_id(prefix) == titles.CATEGORY:
            return "damaged-category"
        return "damaged-link" if prefix in self.site.languages and rest[0] != " " else None


def _span(link: Link) -> Span:
    return link.span
