"""The links of an HTML page: what an address in it means in terms of the wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote, urlsplit

from parsers.addresses import address_host
from parsers.html_text import TextReader, is_added, lacking_file, query_of
from parsers.html_tree import Element, Tree
from parsers.record import Link
from parsers.site import Site, normalise_spaces
from parsers.titles import FILE, MEDIA

_PATH = re.compile(r"(?:^|/)(?:index\.php|wiki)/(?P<title>.+)")
_SCHEME = re.compile(r"(?://|[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
_NEVER = re.compile(r"\s*(?:javascript|data|vbscript):", re.IGNORECASE)
_SIZE = re.compile(r"^(?:page\d+-|lang[a-z-]+-)*\d+px-")
_MEDIA = frozenset(("img", "video", "audio"))
_FRAME_DEPTH = 8  # of a picture in its frame
_FRAME_NODES = 50  # in which a caption is looked for
_PICTURE_PAGE = frozenset(("image", "mw-file-description"))


class LinkReader:
    """Reads the links of one page, whose full title is ``title``; ``host`` is the wiki's own, where it is known."""

    def __init__(self, site: Site, title: str, tree: Tree, texts: TextReader, host: str | None) -> None:
        self.site, self.title, self.tree, self.texts, self.host = site, title, tree, texts, host
        self.captions: dict[int, str | None] = {}  # of what holds a picture, by its node

    def read(self, low: int, high: int, section: int) -> list[tuple[int, Link]]:
        """The links among these nodes, in order, each with the number of its node."""
        found: list[tuple[int, Link]] = []
        walk = self.tree.walk(low, high)
        for node in walk:
            if is_added(node):
                walk.skip(node)
            elif node.name == "a":
                found += ((node.at, link) for link in self.anchor(node, section))
                walk.skip(node)
            elif node.name in _MEDIA:
                found += ((node.at, link) for link in self.picture(node, node, "", section))
        return found

    def anchor(self, element: Element, section: int) -> Iterator[Link]:
        """The links that an ``a`` makes: a picture leads to its file, and may lead elsewhere as well."""
        pictures = [inner for inner in self.tree.inside(element) if inner.name in _MEDIA]
        title, caption = element.get("title"), ""
        own_page = not element.classes.isdisjoint(_PICTURE_PAGE)
        if pictures:
            caption = self.caption(element, pictures[0], title if own_page else "")
            yield from self.picture(pictures[0], element, caption, section)
            if own_page:
                return
        missing = self.missing_file(element)
        if missing:
            shown = self.texts.label(element)
            label = self.caption(element, element, "" if self.site.split_title(shown)[1] == missing else shown)
            yield Link("file", self.site.full_title(FILE, missing), None, None, label, section, element.span)
            return
        label = caption if pictures else self.texts.label(element)
        found = self.link(element, label, section)
        if found is not None:
            yield found

    def link(self, element: Element, label: str, section: int) -> Link | None:
        """What an ``a`` leads to besides pictures; None where it leads nowhere."""
        href, classes = element.get("href").strip(), element.classes
        if "selflink" in classes:
            return self.made("internal", self.title, label, section, element)
        if not href or _NEVER.match(href):
            return None
        if "extiw" in classes and ":" in element.get("title"):
            prefix, _, rest = normalise_spaces(element.get("title")).partition(":")
            return self.made("interwiki", f"{prefix.lower()}:{rest}{fragment_of(href)}", label, section, element)
        if "internal" in classes and element.get("title") and "/" in href:  # [[Media:…]]
            return self.made("file", self.site.full_title(MEDIA, element.get("title")), label, section, element)
        if href.startswith("#"):
            return self.made("internal", f"{self.title}{fragment_of(href)}", label, section, element)
        target = None if classes & {"external", "extiw"} else self.page_of(element)
        if target is not None:
            return self.made("internal", target, label, section, element)
        shown = "" if "autonumber" in classes else label
        return Link("external", None, href, address_host(href), shown, section, element.span)

    def made(self, kind: str, target: str, label: str, section: int, element: Element) -> Link:
        return Link(kind, target, None, None, label, section, element.span)

    def page_of(self, element: Element) -> str | None:
        """The full title, with its fragment, of the page that an address of the wiki itself names."""
        href = element.get("href").strip()
        title = title_in(href)
        if _SCHEME.match(href) and (title is None or (address_host(href) != self.host and not element.get("title"))):
            return None
        if title is None:
            title = element.get("title") or None
        if title is None:
            return None
        namespace, name = self.site.split_title(title)
        return self.site.full_title(namespace, name) + fragment_of(href) if name else None

    def missing_file(self, element: Element) -> str | None:
        """The name of the file whose picture cannot be shown, in the markup up to 1.39 and after."""
        named = lacking_file(element)
        if named is None and "mw-broken-media" in {name for e in self.tree.inside(element) for name in e.classes}:
            named = (title_in(element.get("href")) or element.get("title")).partition(":")[2]
        return normalise_spaces(named) if named else None

    def picture(self, picture: Element, whole: Element, caption: str, section: int) -> Iterator[Link]:
        """The file that a picture shows, by its address (FileRepo: hashed folders, ``120px-`` of thumbnails)."""
        source = urlsplit_path(picture.get("src"))
        parts = [unquote(part) for part in source.split("/") if part]
        resource = title_in(picture.get("resource")) if picture.get("resource") else None
        if resource:
            name = self.site.split_title(resource)[1]
        elif "thumb" in parts and _SIZE.match(parts[-1]):
            name = parts[-2]
        elif parts and re.search(r"\.\w{2,5}$", parts[-1]):
            name = parts[-1]
        else:
            return
        label = caption or self.caption(whole, picture, "")
        yield Link("file", self.site.full_title(FILE, name), None, None, label, section, whole.span)

    def caption(self, whole: Element, picture: Element, title: str) -> str:
        """What is said of a picture: its caption, else its alternative text unless that names the file."""
        for outer in islice(self.tree.around(whole), _FRAME_DEPTH):
            if outer.name == "figure" or not outer.classes.isdisjoint(("thumb", "gallerybox")):
                if outer.at not in self.captions:
                    self.captions[outer.at] = self.caption_in(outer)
                found = self.captions[outer.at]
                if found is not None:
                    return found
            if outer.name in ("td", "th", "p", "li", "body"):
                break
        alternative = picture.get("alt")
        named = unquote(urlsplit_path(picture.get("src")).rpartition("/")[2]).replace("_", " ")
        return title or ("" if alternative and named.endswith(alternative) else alternative)

    def caption_in(self, frame: Element) -> str | None:
        """The caption in the frame of a picture, which stands behind it."""
        for inner in self.tree.walk(frame.at + 1, min(frame.stop, frame.at + _FRAME_NODES)):
            if inner.name == "figcaption" or not inner.classes.isdisjoint(("thumbcaption", "gallerytext")):
                return self.texts.label(inner)
        return None


def title_in(href: str) -> str | None:
    """The title that an address of a wiki names: ``?title=X``, ``/index.php/X``, ``/wiki/X``, or ``./X`` of Parsoid."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if "title=" in parts.query and (title := query_of(href).get("title")):
        return title
    if href.startswith("./"):
        return unquote(parts.path[2:]) or None
    named = _PATH.search(parts.path)
    return unquote(named["title"]) if named else None


def urlsplit_path(address: str) -> str:
    """The path of an address; "" where it is none."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def fragment_of(href: str) -> str:
    """The fragment of an address as a link names it, with ``#``; "" where it has none."""
    fragment = href.partition("#")[2]
    return f"#{normalise_spaces(unquote(fragment))}" if fragment else ""
