"""Finds a wiki whose API is off, from the address of any of its pages, and what it says of itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from scraper.abilities import check_version
from scraper.discover import check_address
from scraper.errors import AccessDenied, NotAWiki, UnexpectedAnswer
from scraper.export_page import export
from scraper.html_page import HtmlPage, IndexPhp, is_mediawiki
from scraper.page_lists import namespaces_of
from scraper.pages import PageSource
from scraper.session import Session


@dataclass(frozen=True, slots=True)
class FoundPages:
    """A wiki that was found: how it is read, its siteinfo as far as pages state it, what will not work, its clock."""

    source: PageSource
    siteinfo: dict[str, Any]
    limits: tuple[str, ...]
    now: str | None


def find_pages(session: Session, address: str) -> FoundPages:
    """The wiki that has a page at ``address``, read through ``index.php``.

    Raises NotAWiki where that cannot be, and what the session raises.
    """
    for url in _scripts(session, check_address(address)):
        index = IndexPhp(session, url)
        try:
            listing = index.page({"title": "Special:AllPages", "namespace": 0})
        except (UnexpectedAnswer, AccessDenied):
            continue
        if 0 in namespaces_of(listing):
            return _found(index, listing)
    raise NotAWiki(f"No index.php of a wiki at {address} shows its list of pages.")


def _scripts(session: Session, url: str) -> Iterator[str]:
    """Addresses at which ``index.php`` may lie: what the page's own head and links name, then the usual places."""
    parts = urlsplit(url)
    found: list[str] = []
    try:
        response = session.ask(url, anywhere=True)  # as the search for an API does
        soup = BeautifulSoup(response.content, "lxml", from_encoding="utf-8")
    except AccessDenied:
        soup = BeautifulSoup("", "lxml")
    else:
        parts = urlsplit(response.url)
        if is_mediawiki(soup):
            links = soup.select(
                "head link[href], #p-cactions a[href], #p-views a[href], #p-tb a[href], a[href*=action]"
            )
            found = [urljoin(response.url, str(link["href"])) for link in links]
    paths = [urlsplit(link).path for link in found if urlsplit(link).netloc == parts.netloc]
    paths = [match[1] for path in [parts.path, *paths] if (match := re.match(r"(.*/index\.php)", path))]
    folder = re.sub(r"/(api|load|rest)\.php.*$", "", parts.path)
    places = [folder] if folder != parts.path else []
    paths += [f"{place}/index.php" for place in [*places, "", "/w", "/mediawiki", "/wiki"]]
    for path in dict.fromkeys(paths):
        yield urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _found(index: IndexPhp, listing: HtmlPage) -> FoundPages:
    meta, namespaces = listing.soup.select_one("meta[name=generator]"), namespaces_of(listing)
    generator = str(meta["content"]) if meta else ""
    check_version(generator)
    limits = [
        "The API of the wiki is off: the mirror is read from its pages and is not provably exact.",
        "Log entries older than the wiki's recent changes are not read, nor protections, nor tags of older revisions.",
    ]
    siteinfo, exports = _ask_export(index, listing)
    if not exports:
        limits.append(
            "Special:Export gives no histories: each revision costs a request, and edit summaries are read back from "
            "HTML, which loses some details; user ids are not known."
        )
    parts = urlsplit(index.url)
    statistics, now = _statistics(index)
    general = {
        "sitename": parts.netloc,
        "generator": generator,
        **siteinfo.get("general", {}),
        "base": siteinfo.get("general", {}).get("base", index.url),
        "server": f"{parts.scheme}://{parts.netloc}",
        "script": parts.path,
    }
    named = {str(number): {"id": number, "name": name} for number, name in namespaces.items()}
    whole = {
        **siteinfo,
        "general": general,
        "namespaces": siteinfo.get("namespaces") or named,
        "statistics": statistics,
        "mirror": {"source": "index.php", "exact": False, "exports": exports},
    }
    return FoundPages(PageSource(index, exports), whole, tuple(limits), now)


def _ask_export(index: IndexPhp, listing: HtmlPage) -> tuple[dict[str, Any], bool]:
    """What an export says of the wiki, and whether it gives histories (its form then lets one choose)."""
    try:
        siteinfo = dict(export(index, ["|"]).siteinfo)  # a title that no page can have
        form = index.page({"title": "Special:Export"})
    except (UnexpectedAnswer, AccessDenied):
        return _named_by_page(listing), False
    return siteinfo, form.soup.select_one("input[name=curonly]") is not None


def _named_by_page(listing: HtmlPage) -> dict[str, Any]:
    """Name and language where Special:Export is closed: the OpenSearch link bears the name in its title."""
    soup = listing.soup
    html, search = soup.find("html"), soup.select_one('link[rel=search][type="application/opensearchdescription+xml"]')
    name = re.sub(r" \([\w-]+\)$", "", str(search.get("title", ""))) if search else ""
    lang = str(html.get("lang", "")) if html is not None and hasattr(html, "get") else ""
    return {"general": {key: value for key, value in (("sitename", name), ("lang", lang)) if value}}


def _statistics(index: IndexPhp) -> tuple[dict[str, int], str | None]:
    """Pages and edits as Special:Statistics counts them, in the digits of any language; the wiki's clock."""
    page = index.page({"title": "Special:Statistics"})
    found = {}
    for name in ("pages", "edits"):
        cell = page.soup.select_one(f"tr.mw-statistics-{name} .mw-statistics-numbers")
        digits = [str(unicodedata.digit(c)) for c in cell.get_text() if c.isdigit()] if cell else []
        if digits:
            found[name] = int("".join(digits))
    return found, page.now
