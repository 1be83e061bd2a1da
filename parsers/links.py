"""The links, entities, tags and magic words of a piece of masked wikitext, and what a reader sees of it.

Flat markup is read by one regular expression. What is nested (a picture with links in its caption, an external
link with markup in its label) is cut out by its brackets and read by mwparserfromhell.
"""

from __future__ import annotations

import re

import mwparserfromhell
from mwparserfromhell.nodes import ExternalLink, Wikilink
from mwparserfromhell.wikicode import Wikicode

from parsers import images, titles
from parsers.addresses import SCHEME_COLON, address_host, free_address
from parsers.brackets import pair_brackets
from parsers.entities import decode_entities
from parsers.inline_slips import is_damaged_address, is_damaged_picture, target_slip
from parsers.link_targets import LinkTargets
from parsers.link_tokens import (
    MARKUP,
    TAG_NAME,
    TOKEN,
    TOKEN_OR_ADDRESS,
    decoded_entities,
    default_label,
    parted_address,
    shown_character,
)
from parsers.masks import ANGLE, INERT_BRACE, INERT_QUOTE, MARK, NEXT_CELL, OPAQUE, is_masked, unmask
from parsers.plain_text import BLOCK_TAGS, HTML_TAGS, drop_quotes, tidy
from parsers.record import Category, Link, Magic
from parsers.scan_stack import MAX_FAULTS

_MAX_NESTED = 2000  # characters that mwparserfromhell is given at once
_MAX_DEPTH = 8  # of brackets in brackets; only pictures nest at all
_TRAIL_LENGTH = 64


class LinkScan:
    """One reading of a piece and what it has found so far; ``text`` is still masked."""

    def __init__(self, reader: LinkTargets) -> None:
        self.reader, self.site, self.title = reader, reader.site, reader.title
        self.text: list[str] = []
        self.links: list[Link] = []
        self.categories: list[tuple[int, Category]] = []
        self.magic: list[Magic] = []
        self.faults: list[tuple[str, int, int]] = []
        self.on_page = False
        self.depth = 0
        self.hides_brackets = False  # some picture's texts hold brackets that close nothing
        self.bare_links = self.bracket_links = True  # whether addresses without and with brackets are links here

    def read(self, piece: str, base: int) -> None:
        """Read ``piece``, which stands at ``base``."""
        position = done = 0
        closing: dict[int, int] | None = None
        for match in (TOKEN_OR_ADDRESS if SCHEME_COLON.search(piece) else TOKEN).finditer(piece):
            start, end = match.span()
            if start < done:
                continue
            if start > position:
                self.text.append(piece[position:start])
            kind = match.lastgroup
            if kind in ("target", "label"):
                after = piece[end : end + _TRAIL_LENGTH]
                end += self.wikilink(match["target"], match["label"], base + start, base + end, after)
            elif kind == "text":
                self.flat_external(match, base)
            elif kind == "open":
                closing = pair_brackets(piece) if closing is None else closing
                end = self.nested(piece, start, closing.get(start, 0), base) or end
                if end == match.end():
                    self.text.append(match[0])
                    code = "unclosed-link" if match[0] == "[[" else "unclosed-external-link"
                    if len(self.faults) < MAX_FAULTS:
                        self.faults.append((code, base + start, base + end))
            elif kind == "bare":
                self.bare(match[0], base + start)
            elif kind == "entity":
                self.text.append(shown_character(match))
            elif kind in ("tag", "angle"):
                self.tag(match[0], base + start)
            else:
                self.magic_word(match[0], base + start)
            position = done = end
        self.text.append(piece[position:])

    def inner(self, piece: str, base: int, *, bare: bool = False, brackets: bool = True) -> str:
        """The text of a label, blanks as they are; what it links to is kept.

        Addresses in labels are links in captions only, those in brackets not in another link.
        """
        if not MARKUP.search(piece):
            return unmask(drop_quotes(piece))
        outer = self.text, self.bare_links, self.bracket_links
        self.text = []
        self.bare_links, self.bracket_links = self.bare_links and bare, self.bracket_links and brackets
        self.read(piece, base)
        text = unmask(drop_quotes("".join(self.text)))
        self.text, self.bare_links, self.bracket_links = outer
        return text

    def nested(self, piece: str, start: int, end: int, base: int) -> int:
        """Read the bracketed construct ``piece[start:end]``; where reading goes on, or 0 if it is only text."""
        if not end:
            return 0
        self.reader.parses -= 1
        if end - start > _MAX_NESTED or self.reader.parses < 0 or self.depth >= _MAX_DEPTH:
            self.on_page = True  # not to be remembered: elsewhere it may be read
            self.faults.append(("long-link", base + start, base + end))
            return 0
        source = piece[start:end].replace("<", ANGLE).replace("{", INERT_BRACE)
        code = mwparserfromhell.parse(source, skip_style_tags=True)
        if not code.nodes or not isinstance(code.nodes[0], (Wikilink, ExternalLink)):
            return 0
        self.depth += 1
        taken = self.walk(code, base + start, piece[end : end + _TRAIL_LENGTH])
        self.depth -= 1
        return end + taken

    def walk(self, code: Wikicode, base: int, after: str = "") -> int:
        """Read the nodes that mwparserfromhell found; how much of ``after`` the last link took as its trail."""
        nodes = code.nodes
        taken = 0
        for index, node in enumerate(nodes):
            source = str(node)
            following = str(nodes[index + 1])[:_TRAIL_LENGTH] if index + 1 < len(nodes) else after
            if isinstance(node, Wikilink):
                # of three brackets the first closes one in the label (Parser::handleInternalLinks2)
                third = following[:1] if following[:1] == "]" and "[" in str(node.text or "") else ""
                taken = len(third)
                taken += self.nested_wikilink(node, base, base + len(source) + taken, following[taken:] or after, third)
            elif isinstance(node, ExternalLink) and node.brackets:
                self.nested_external(node, base, base + len(source))
                taken = 0
            else:
                self.read(source[taken:].replace(ANGLE, "<"), base + taken)
                taken = max(0, taken - len(source))
            base += len(source)
        return taken

    def nested_wikilink(self, node: Wikilink, start: int, end: int, after: str, third: str) -> int:
        target = str(node.title).replace(ANGLE, "<")
        label = None if node.text is None else str(node.text).replace(ANGLE, "<") + third
        return self.wikilink(target, label, start, end, after)

    def nested_external(self, node: ExternalLink, start: int, end: int) -> None:
        """An external link whose label holds other links: its own label ends where the first of them begins."""
        url = str(node.url)
        title = str(node.title) if node.title is not None else ""
        label_at = start + 1 + len(url) + (end - start - 2 - len(url) - len(title))
        first = title.find("[[") if "[[" in title else len(title)
        own = title[:first].replace(ANGLE, "<")
        self.external(url, own, start, end, label_at)
        if node.title is not None and first < len(title):
            self.read(title[first:].replace(ANGLE, "<"), label_at + first)

    def wikilink(self, raw: str, label: str | None, start: int, end: int, after: str) -> int:
        """A link in double brackets; how much of the text after it belongs to its label."""
        target_text = unmask(raw) if is_masked(raw) else raw
        if "\ufdd1" in raw:
            self.faults.append(("dynamic-target", start, end))
            self.text.append(label or "")
            return 0
        relative = titles.is_relative(target_text)
        self.on_page = self.on_page or relative
        if label == "" or MARK in raw:
            target = None
        elif relative:
            target = titles.resolve(target_text, self.title, self.site)
        else:
            target = self.reader.resolve(target_text)
        nests = label is not None and "[[" in label  # which only pictures may
        if target is None or (nests and (target.namespace != titles.FILE or target.forced)):
            code = "invalid-link-target" if target is None else "nested-link"
            content = raw if label is None else f"{raw}|{label}"
            self.no_link(content, start, end, code, titles.is_address(target_text))
            return 0
        label_at = start + 2 + len(raw) + 1
        if not target.forced:
            if target.interwiki in self.site.languages:
                self.add("interwiki", target.full, self.inner(label or "", label_at), start, end)
                if after[:1].isalnum():
                    self.faults.append(("damaged-link", start, end))
                return 0
            if target.namespace == titles.CATEGORY and target.interwiki is None:
                # what a template stands for is written in the source (ItemKeeper.source_key)
                key = label if label is None or OPAQUE in label else unmask(label).replace("\n", "")
                name = self.site.split_title(target.title)[1]
                if after[:1].isalnum():
                    self.faults.append(("damaged-category", start, end))
                elif label and label[0] in ("|", NEXT_CELL):
                    self.faults.append(("doubled-pipe", start, end))
                self.categories.append((start, Category(name, decode_entities(key) if key is not None else None)))
                return 0
            if target.namespace == titles.FILE and target.interwiki is None:
                self.picture(target, label, label_at, start, end)
                return 0
        return self.plain_link(target, target_text, label, label_at, start, end, after)

    def no_link(self, content: str, start: int, end: int, code: str, is_address: bool) -> None:
        """Double brackets that are text; around an address (``[[https://…]]``) an external link is in them."""
        if is_address:
            self.faults.append(("damaged-link", start, end))
            self.text.append("[")
            self.read(f"[{content}]", start + 1)
            self.text.append("]")
        else:
            self.faults.append((code, start, end))
            self.text.append("[[")
            self.read(content, start + 2)
            self.text.append("]]")

    def plain_link(
        self, target: titles.Target, raw: str, label: str | None, label_at: int, start: int, end: int, after: str
    ) -> int:
        trail = self.site.linktrail.match(after)
        suffix = trail[0] if trail else ""
        shown = (
            default_label(titles.decode(raw), target) if label is None else self.inner(label, label_at, brackets=False)
        )
        if label and label[0] in ("|", NEXT_CELL):
            self.faults.append(("doubled-pipe", start, end))
        elif label and "|" in label:
            self.faults.append(("pipe-in-text", start, end))
        if not (target.namespace or target.interwiki or target.forced) and (code := target_slip(raw, label, self.site)):
            self.faults.append((code, start, end))
        kind = "interwiki" if target.interwiki else "file" if target.namespace == titles.MEDIA else "internal"
        self.add(kind, target.full, shown + suffix, start, end)
        self.text.append(shown.replace("'", INERT_QUOTE) + suffix)
        return len(suffix)

    def picture(self, target: titles.Target, label: str | None, label_at: int, start: int, end: int) -> None:
        """A picture shows no text of its own; its caption (else its alternative text) is its label."""
        if label and ("||" in label or NEXT_CELL in label):
            self.faults.append(("doubled-pipe", start, end))
        options = images.parse_options(label or "", label_at)
        if options.swallows:
            self.faults.append(("link-in-option", start, end))
        elif is_damaged_picture(target.title, options):
            self.faults.append(("damaged-picture", start, end))
        caption = self.inner(options.caption, options.caption_at, bare=options.framed) if options.caption else ""
        alternative = self.inner(options.alternative, options.alternative_at) if options.alternative else ""
        shown = caption or alternative
        rest = [self.inner(unseen, at) for unseen, at in options.unseen]
        self.hides_brackets = self.hides_brackets or any("]" in text for text in (caption, alternative, *rest))
        self.add("file", target.title, shown, start, end)
        if "[[" in options.link:
            self.inner(options.link, options.link_at)
        elif options.link and (leads_to := self.reader.picture_link(options.link, shown, (start, end))):
            self.on_page = self.on_page or titles.is_relative(options.link)
            self.links.append(leads_to)

    def flat_external(self, match: re.Match[str], base: int) -> None:
        label = match["text"] or ""
        at = base + (match.start("text") if match["text"] else match.end())
        self.external(match["url"], label, base + match.start(), base + match.end(), at)

    def external(self, url: str, label: str, start: int, end: int, label_at: int) -> None:
        address, quotes, rest = parted_address(url)
        if not (self.bracket_links and free_address(address)):
            self.text.append("[")
            self.read(f"{url} {label}]" if label else f"{url}]", start + 1)
            return
        shown = self.inner(label, label_at, brackets=False)
        alone = quotes == "''" and not (rest.startswith("'") and "''" in rest[1:] + label)
        if alone or is_damaged_address(address):
            self.faults.append(("damaged-link", start, end))
        if rest:
            shown = f"{self.inner(quotes + rest, start)} {shown}"
        self.add_address(address, shown, start, end)
        self.text.append(shown.replace("'", INERT_QUOTE))

    def bare(self, found: str, start: int) -> None:
        """An address in running text: where it is a link, it ends before the punctuation behind it."""
        address = free_address(found) if self.bare_links else found
        shown = decoded_entities(address)
        if address and self.bare_links:
            self.add_address(address, unmask(shown), start, start + len(address))
        self.text += shown.replace("'", INERT_QUOTE), decoded_entities(found[len(address) :])

    def tag(self, source: str, start: int) -> None:
        named = TAG_NAME.match(source)
        name = named[1].lower() if named else ""
        if source[-1] != ">":  # it ends on another line, or is none
            self.text.append(source)
            if name not in HTML_TAGS and name not in self.site.extension_tags:
                self.faults.append(("unknown-tag", start, start + len(source)))
        elif name in BLOCK_TAGS:
            self.text.append("\n")
        elif name in ("td", "th"):  # a cell of a table that was not read as one
            self.text.append(" " if source[1] != "/" else "")
        elif name in self.site.extension_tags:
            self.text.append(source)
            if source[1] == "/":
                self.faults.append(("stray-html-tag", start, start + len(source)))
        elif name not in HTML_TAGS:  # it is text, and so are the addresses in it
            self.faults.append(("unknown-tag", start, start + len(source)))
            self.text.append("<")
            self.read(source[1:], start + 1)

    def magic_word(self, source: str, start: int) -> None:
        name = self.site.double_underscores.get(source.lower())
        if name is None:
            self.text.append(source)
        else:
            self.magic.append(Magic(name, None, (start, start + len(source))))

    def add(self, kind: str, target: str, label: str, start: int, end: int) -> None:
        self.links.append(Link(kind, target, None, None, tidy(label), 0, (start, end)))

    def add_address(self, url: str, label: str, start: int, end: int) -> None:
        self.links.append(Link("external", None, url, address_host(url), tidy(label), 0, (start, end)))
