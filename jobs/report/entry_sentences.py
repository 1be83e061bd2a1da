"""Sentences about single entries, in the words of a person who read the two versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from jobs.report.addresses import safe_href
from jobs.report.excerpt import Words
from jobs.report.fold import Entry
from jobs.report.language import Language, Piece, Rich

_LINKS_SHOWN = 10  # links listed of a section that came or went
_TEMPLATE_NAME = re.compile(r"\{\{\s*([^|{}]+)")


def quoted(text: str, limit: int = 160) -> Piece:
    """Wiki text in quotation marks on one line, cut where it is too long for a sentence."""
    line = " ".join(text.split())
    return Piece(line if len(line) <= limit else line[:limit].rstrip() + " …", "quote")


def _shown(entry: Entry, value: str | None) -> str:
    """What names a value in a sentence: of a template as written, its name; of a file, its bare name."""
    if entry.kind == "template" and value and (match := _TEMPLATE_NAME.match(value)):
        return match[1].strip()
    if entry.kind == "file" and value and not value.startswith("[["):
        return value.partition(":")[2].strip() or value  # the sentence says already that it is a file
    return value or ""


def address(url: str | None) -> Rich:
    """An address as it was written, clickable if it is a web address."""
    return (Piece(url or "", "address", safe_href(url)),)


class EntrySentences:
    """Says what one entry holds, and what is shown below its sentence."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def entry(self, entry: Entry) -> Rich:
        """One entry as a sentence; the texts and addresses that it shows are laid out by the renderer."""
        makers = {
            "page": self._page,
            "redirect": self._redirect,
            "infobox": self._infobox,
            "section": self._section,
            "text": self._text,
            "link": self._link,
            "category": self._category,
            "file": self._file,
            "paper": self._paper,
            "template": self._template,
        }
        return self.lang.rich(
            makers.get(entry.kind, self._other)(entry),
            before=quoted(_shown(entry, entry.before)),
            after=quoted(_shown(entry, entry.after)),
            name=quoted(entry.label or entry.after or entry.before or ""),
            place=quoted(entry.place),
        )

    def _page(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.action == "moved" and entry.before and entry.after:
            return say("The page is now called {after}; before, it was {before}.")
        return {
            "created": say("The page was created."),
            "deleted": say("The page was deleted."),
            "restored": say("The page was restored."),
            "moved": say("The page was moved."),
            "protected": say("The protection of the page was changed."),
        }.get(entry.action) or self._other(entry)

    def _redirect(self, entry: Entry) -> str:
        say = self.lang.say
        if not entry.before:
            return say("The page now redirects to {after}.")
        if not entry.after:
            return say("The page no longer redirects to {before}.")
        return say("The page now redirects to {after}, no longer to {before}.")

    def _infobox(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.action == "renamed" and "/" not in entry.place:
            return say("The infobox {before} was replaced by the infobox {after}.")
        if entry.action == "renamed":
            return say("The field {before} is now called {after}.")
        return say("The field {place} was changed.")

    def _section(self, entry: Entry) -> str:
        say = self.lang.say
        return {
            "added": say("New section {place}"),
            "removed": say("The section {place} was removed"),
            "renamed": say("The section {before} is now called {after}."),
            "moved": say("The section {place} now stands in another position."),
        }.get(entry.action) or (
            say("The text in the section {place} was changed")
            if entry.place
            else say("The text in the introduction was changed")
        )

    def _text(self, entry: Entry) -> str:
        """A passage that went to another section bears the section that it left as its label."""
        say = self.lang.say
        if entry.action != "moved":  # with a place: queries, conditions and variables, which the wiki fills in
            return {
                "added": say("Automatic content was added to the section {place}"),
                "removed": say("Automatic content was removed from the section {place}"),
                "changed": say("Automatic content in the section {place} was changed"),
            }.get(entry.action if entry.place else "") or say("The text of the page was changed")
        if not entry.label:
            return say("A passage moved from the introduction to the section {place}")
        if not entry.place:
            return say("A passage moved from the section {name} to the introduction")
        return say("A passage moved from the section {name} to the section {place}")

    def _link(self, entry: Entry) -> str:
        say = self.lang.say
        where = say("under {place}") if entry.place else say("in the introduction")
        message = {
            "added": say("New link {name} {where}"),
            "removed": say("The link {name} {where} was removed"),
            "filled": say("The placeholder {before} {where} was replaced by the link {name}"),
            "emptied": say("The link {name} {where} was replaced by the placeholder {after}"),
            "moved": say("The link {name} now stands {where}"),
        }.get(entry.action) or say("The link {name} {where} now leads to another address")
        return message.replace("{where}", where)

    def _category(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.action in ("added", "removed") or not (entry.before and entry.after):
            return say("Removed from the category {before}.") if entry.before else say("Added to the category {after}.")
        return say("The category {after} took the place of {before}.")

    def _file(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.before and entry.before == entry.after:
            return say("The file {after} has another caption now: {name}.")
        if entry.before and entry.after and entry.before.startswith("[["):
            return say("A file is shown in another way: {before} became {after}.")
        if entry.before and entry.after:
            return say("The file {after} took the place of {before}.")
        return say("The file {before} was removed.") if entry.before else say("The file {after} was added.")

    def _paper(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.before and entry.after:
            return say("The council paper {after} took the place of {before}.")
        return (
            say("The council paper {before} is no longer cited.")
            if entry.before
            else say("The council paper {after} is cited now.")
        )

    def _template(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.action == "changed":
            return say("The wiki template {after} was filled in differently")
        if entry.before and entry.after:
            return say("The wiki template {after} took the place of {before}.")
        return (
            say("The wiki template {before} was removed.")
            if entry.before
            else say("The wiki template {after} was added.")
        )

    def _other(self, entry: Entry) -> str:
        say = self.lang.say
        if entry.before and entry.after:
            return say("{before} became {after}.")
        return say("{before} was removed.") if entry.before else say("{after} was added.")

    def details(self, entry: Entry) -> list[tuple[str, Rich]]:
        """What stands below an entry's sentence: lines with a name (before, after, address) or without."""
        say = self.lang.say
        if entry.kind == "link":
            if entry.action == "changed":
                return [(say("before"), address(entry.before)), (say("after"), address(entry.after))]
            shown = entry.before if entry.action in ("removed", "emptied") else entry.after
            return [(say("address"), address(shown))] if shown and shown != entry.label else []
        lines = [("", self.words(entry.words))] if entry.words else []
        return [*lines, (say("links in it"), self._links(entry))] if entry.links else lines

    def _links(self, entry: Entry) -> Rich:
        shown = [replace(quoted(text), href=safe_href(url)) for text, url in entry.links[:_LINKS_SHOWN]]
        names = [f"{{link{at}}}" for at in range(len(shown))]
        if (rest := len(entry.links) - len(shown)) > 0:
            names.append(self.lang.number_of("one other", "{n} others", rest))
        return self.lang.rich(self.lang.enumerate(names), **{f"link{at}": piece for at, piece in enumerate(shown)})

    def member(self, entry: Entry) -> Rich:
        """What a bulk change did here, on one line: what it is called on the page, its old and its new value."""
        name = entry.label if entry.kind == "link" else entry.field_name if entry.is_field_value else None
        head = (quoted(name), Piece(": ")) if name else ()
        before, after = (self._short(value, entry.kind) for value in (entry.before, entry.after))
        return (*head, *before, Piece(" → "), *after)

    def _short(self, value: str | None, kind: str) -> Rich:
        return self.value(value if value is None or kind == "link" else quoted(value).text, kind)

    def field_values(self, entry: Entry) -> tuple[Rich, Rich]:
        """A field's old and new value; of long values what differs, with some of what is around it."""
        if entry.words:
            before = self.words(tuple(run for run in entry.words if run.op != "insert"))
            return before, self.words(tuple(run for run in entry.words if run.op != "delete"))
        return self._value(entry.before), self._value(entry.after)

    def value(self, value: str | None, kind: str) -> Rich:
        """A value as it stands on a page: an address where the kind is link."""
        return address(value) if kind == "link" and value else self._value(value)

    def _value(self, value: str | None) -> Rich:
        if value is None:
            return (Piece(self.lang.say("not there"), "note"),)
        return (Piece(value),) if value.strip() else (Piece(self.lang.say("empty"), "note"),)

    def words(self, runs: Iterable[Words]) -> Rich:
        """A compared text as pieces of kind text, insert, delete and gap; marks do not enclose blanks."""
        pieces: list[Piece] = []
        for run in runs:
            if run.op == "gap":
                pieces.append(Piece(self.gap(run.left_out), "gap"))
            elif run.op == "equal" or not run.text.strip():
                pieces.append(Piece(run.text))
            else:
                inner = run.text.strip() if run.op == "insert" else run.text.strip(" \t\u00a0\u202f")
                before, _, after = run.text.partition(inner)
                pieces += [p for p in (Piece(before), Piece(inner, run.op), Piece(after)) if p.text]
        return tuple(pieces)

    def gap(self, left_out: int) -> str:
        """The mark for characters left out; said with their number where they are many."""
        if left_out < 200:
            return "[…]"
        return self.lang.number_of("[… one character …]", "[… {n} characters …]", left_out)

    def items(self, kind: str, number: int) -> str:
        """Items counted by kind: 2 Felder."""
        number_of = self.lang.number_of
        return {
            "page": lambda: number_of("one page event", "{n} page events", number),
            "infobox": lambda: number_of("one field", "{n} fields", number),
            "section": lambda: number_of("one section", "{n} sections", number),
            "link": lambda: number_of("one link", "{n} links", number),
            "category": lambda: number_of("one category", "{n} categories", number),
            "template": lambda: number_of("one wiki template", "{n} wiki templates", number),
            "file": lambda: number_of("one file", "{n} files", number),
            "redirect": lambda: number_of("one redirect", "{n} redirects", number),
            "paper": lambda: number_of("one council paper", "{n} council papers", number),
        }.get(kind, lambda: number_of("one text", "{n} texts", number))()
