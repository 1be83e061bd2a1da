"""Pages that are not wikitext (JSON, CSS, Lua, …): kept and compared as plain lines, with nothing read out."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from parsers.change import Change
from parsers.record import Record, Redirect
from parsers.site import Site
from parsers.unicode_form import nfc

# What MediaWiki leaves behind where such a page was moved: CssContentHandler, JavaScriptContentHandler and, of the
# extension Scribunto, LuaEngine (makeRedirectContent).
_STYLE_OR_SCRIPT = re.compile(r"/\* #REDIRECT \*/.*?title=(.*?)(?:&|\\u0026)action=raw.*\);")
_REDIRECTS = {
    "css": _STYLE_OR_SCRIPT,
    "javascript": _STYLE_OR_SCRIPT,
    "Scribunto": re.compile(r"return require \[\[(.*?)\]\]"),
}


def plain_record(text: str, title: str, site: Site, content_model: str = "text") -> Record:
    """A record without items, so that such a page has a history like any other; only a redirect is read."""
    namespace, _ = site.split_title(title)
    redirect = _redirect(text, site, content_model)
    return Record(title, namespace, text, redirect, (), (), (), (), (), (), (), ())


def _redirect(text: str, site: Site, content_model: str) -> Redirect | None:
    """Where a stylesheet, script or module leads, as MediaWiki writes it when it moves one."""
    form = _REDIRECTS.get(content_model)
    match = form.fullmatch(text) if form else None
    if match is None:
        return None
    target = match[1] if content_model == "Scribunto" else unquote_plus(match[1])
    full_title = site.full_title(*site.split_title(nfc(target)))
    return Redirect(full_title, None) if target else None


def compare_plain(before: str, after: str) -> list[Change]:
    """One ``text`` change that holds the lines from the first to the last that differ."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    removed, added = "\n".join(old[start : len(old) - end]), "\n".join(new[start : len(new) - end])
    if "".join(removed.split()) == "".join(added.split()):
        return [Change("text", "changed", "", removed, added, "cosmetic", "whitespace")]
    return [Change("text", "changed", "", removed or None, added or None)]
