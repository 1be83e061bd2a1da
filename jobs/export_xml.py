"""Writes pages and their histories as a MediaWiki XML export, version 0.11, as dumpBackup.php does (Help:Export).

What MediaWiki's importer makes of it decided on the form: revisions oldest first, main slot, hidden parts as empty
elements that say ``deleted``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from parsers.wiki import Revision
from storage.export import ExportPage

_SCHEMA = "http://www.mediawiki.org/xml/export-0.11"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2 (Char)
_FORMATS = {  # default format by content model, as MediaWiki and its best-known extensions define them
    "wikitext": "text/x-wiki",
    "proofread-page": "text/x-wiki",
    "css": "text/css",
    "sanitized-css": "text/css",
    "javascript": "text/javascript",
    "json": "application/json",
    "wikibase-item": "application/json",
    "wikibase-property": "application/json",
}
_OTHER_FORMAT = "text/plain"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class XmlExport:
    """Writes one export piece by piece; counts what it wrote, and what an export cannot hold."""

    write: Callable[[str], object]
    pages: int = 0
    revisions: int = 0
    replaced: int = 0  # characters that XML cannot hold
    replaced_in: list[int] = field(default_factory=list)  # revisions that had such characters
    without_text: int = 0  # revisions whose text the mirror does not hold, though the wiki does not hide it

    def begin(self, siteinfo: Mapping[str, Any], lang: str | None) -> None:
        """The root and ``<siteinfo>``; ``siteinfo`` is the API's ``query`` object, as far as it is known."""
        general = siteinfo.get("general", {})
        language = f" xml:lang={quoteattr(lang)}" if lang else ""
        self.write(
            f'<mediawiki xmlns="{_SCHEMA}/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            f' xsi:schemaLocation="{_SCHEMA}/ {_SCHEMA}.xsd" version="0.11"{language}>\n'
            "  <siteinfo>\n"
        )
        for name, key in (("sitename", "sitename"), ("dbname", "wikiid"), ("base", "base"), ("generator", "generator")):
            if general.get(key):
                self.write(f"    {self._element(name, str(general[key]))}\n")
        case = str(general.get("case") or "first-letter")
        self.write(f"    {self._element('case', case)}\n    <namespaces>\n")
        for row in sorted(siteinfo.get("namespaces", {}).values(), key=lambda row: int(row["id"])):
            attributes = {"key": str(row["id"]), "case": str(row.get("case") or case)}
            self.write(f"      {self._element('namespace', str(row.get('name', '')), attributes)}\n")
        self.write("    </namespaces>\n  </siteinfo>\n")

    def page(self, page: ExportPage, revisions: Iterable[Revision]) -> None:
        """One page with these revisions, oldest first; nothing when there are none."""
        lines = [
            "  <page>",
            f"    {self._element('title', page.title)}",
            f"    <ns>{page.namespace}</ns>",
            f"    <id>{page.page_id}</id>",
        ]
        if page.is_redirect:
            target = (page.redirect_to or "").partition("#")[0]
            lines.append(f"    <redirect title={quoteattr(self._clean(target))} />")
        before: Revision | None = None
        origin = 0
        of_second: set[str | None] = set()  # hashes of the texts of the same second
        for revision in revisions:
            if before is None:
                self.write("\n".join(lines) + "\n")
            inherits = before is not None and revision.parent_id == before.rev_id and _same_text(revision, before)
            origin = origin if inherits else revision.rev_id
            if before is None or revision.timestamp != before.timestamp:
                of_second.clear()
            self._revision(revision, origin, again=revision.sha1 in of_second)
            of_second.add(revision.sha1)
            before = revision
        if before is not None:
            self.pages += 1
            self.write("  </page>\n")

    def end(self) -> None:
        """The end of the root."""
        self.write("</mediawiki>\n")

    def _revision(self, revision: Revision, origin: int, *, again: bool) -> None:
        """One revision. ``again``: an earlier one has the same second and text, as a move right after an edit.

        MediaWiki's importer takes two such for one by their ``<sha1>``, and drops the second; it takes both where the
        second has none.
        """
        replaced = self.replaced
        lines = ["<revision>", f"  <id>{revision.rev_id}</id>"]
        if revision.parent_id:
            lines.append(f"  <parentid>{revision.parent_id}</parentid>")
        lines += [f"  <timestamp>{revision.timestamp}</timestamp>", self._contributor(revision)]
        if revision.minor:
            lines.append("  <minor />")
        if revision.comment_hidden or revision.comment is None:
            lines.append('  <comment deleted="deleted" />')
        elif revision.comment:
            lines.append(f"  {self._element('comment', revision.comment)}")
        lines += [
            f"  <origin>{origin}</origin>",
            f"  {self._element('model', revision.content_model)}",
            f"  <format>{_FORMATS.get(revision.content_model, _OTHER_FORMAT)}</format>",
            f"  {self._slot(revision)}",
            f"  <sha1>{_base36(revision.sha1)}</sha1>" if revision.sha1 and not again else "  <sha1 />",
            "</revision>",
        ]
        # The text keeps its lines as they are, so the indentation is not put before each line of it.
        self.write("".join(f"    {line}\n" for line in lines))
        self.revisions += 1
        if self.replaced != replaced:
            self.replaced_in.append(revision.rev_id)

    def _contributor(self, revision: Revision) -> str:
        if revision.user_hidden or revision.user is None:
            return '  <contributor deleted="deleted" />'
        if not revision.user_id and _is_address(revision.user):
            who = self._element("ip", revision.user)
        else:
            who = f"{self._element('username', revision.user)}<id>{revision.user_id or 0}</id>"
        return f"  <contributor>{who}</contributor>"

    def _slot(self, revision: Revision) -> str:
        if revision.text_state == "hidden":
            return f'<text bytes="{revision.size}" deleted="deleted" />'
        if revision.text is None:
            self.without_text += 1
            sha1 = f' sha1="{_base36(revision.sha1)}"' if revision.sha1 else ""
            return f'<text bytes="{revision.size}"{sha1} />'
        attributes = {"bytes": str(len(revision.text.encode("utf-8", "surrogatepass")))}
        if revision.sha1:
            attributes["sha1"] = _base36(revision.sha1)
        return self._element("text", revision.text, {**attributes, "xml:space": "preserve"})

    def _element(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
        start = name + "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
        # A carriage return that is not written as a reference is read as a line feed (XML 1.0, section 2.11).
        content = escape(self._clean(text), {"\r": "&#13;"})
        return f"<{start}>{content}</{name}>" if content else f"<{start} />"

    def _clean(self, text: str) -> str:
        """The text with U+FFFD for each character that XML cannot hold, as MediaWiki itself does."""
        cleaned, count = _NOT_XML.subn("\ufffd", text)
        self.replaced += count
        return cleaned


def _same_text(one: Revision, other: Revision) -> bool:
    return one.sha1 is not None and one.sha1 == other.sha1 and one.content_model == other.content_model


def _is_address(user: str) -> bool:
    try:
        ip_address(user)
    except ValueError:
        return False
    return True


def _base36(digest: str) -> str:
    """A SHA-1 in hex as MediaWiki states it: 31 digits of base 36."""
    number, digits = int(digest, 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits.rjust(31, "0")
