"""Made-up pages that use much of what wikitext can do, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.conformance_judge import Text

_WORDS = (
    "Brücke Halle Markt Ufer Quartier Allee Kanal Hafen Wiese Plan Bericht Haushalt Verkehr Schule Museum Park Rat "
    "Beirat Ausschuss Frist Ziel Maßnahme Anlage Straße Förderung Bürgerbüro Energie Wasser Lärm Luft"
).split()
_HOSTS = ("rat.example", "ratsinfo.example", "karten.example:8080", "[2001:db8::1]", "straße.example")


class _Maker:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.sibling = "../"  # what leads to a page beside this one

    def one(self, *makers: Callable[[], str]) -> str:
        return self.chance.choice(makers)()

    def word(self) -> str:
        return self.chance.choice(_WORDS)

    def number(self) -> str:
        return str(self.chance.randrange(1, 3000))

    def words(self) -> str:
        return " ".join(self.word() for _ in range(self.chance.randrange(2, 7)))

    def link(self) -> str:
        name, label = self.word(), self.word().lower()
        forms = (f"[[{name}]]", f"[[{name} (Stadt)|{label}]]", f"[[{name}]]en", f"[[:Kategorie:{name}]]")
        return self.chance.choice(
            (*forms, f"[[{name}#{label}|{label}]]", f"[[{self.sibling}{name}]]", f"[[Benutzer:{name}]]")
        )

    def address(self) -> str:
        return f"https://{self.chance.choice(_HOSTS)}/vo020?VOLFDNR={self.number()}"

    def external(self) -> str:
        return self.chance.choice((f"[{self.address()} {self.words()}]", self.address(), f"[{self.address()}]"))

    def styled(self) -> str:
        return self.chance.choice(("''{}''", "'''{}'''", "<small>{}</small>", "<b>{}</b>")).format(self.words())

    def note(self) -> str:
        return f"<ref>{self.one(self.external, self.template, self.words)}</ref>"

    def comment(self) -> str:
        return f"<!-- {self.one(self.words, self.template, self.link)} -->"

    def template(self) -> str:
        name = self.word()
        forms = (
            f"{{{{Datum|{self.number()}}}}}",
            f"{{{{{name}|{self.link()}|name={self.word()}}}}}",
            f"{{{{Beleg|titel={self.styled()}|url={self.external()}|seite={{{{Zahl|{self.number()}}}}}}}}}",
            f"{{{{{name}}}}}",
        )
        return self.chance.choice(forms)

    def value(self) -> str:
        return self.one(self.words, self.link, self.external, self.template, self.styled, self.number, str)

    def box(self) -> str:
        fields = [f"| {self.word()} {i} = {self.value()}" for i in range(self.chance.randrange(4, 12))]
        return "\n".join(["{{Infobox Vorhaben", *fields, "}}"])

    def sentence(self) -> str:
        parts = [self.one(self.words, self.words, self.link, self.styled, self.external) for _ in range(4)]
        parts.insert(self.chance.randrange(5), self.one(self.template, self.note, self.comment, str))
        return " ".join(parts)

    def bullets(self) -> str:
        return "\n".join(f"{self.chance.choice(('*', '**', '#', ';', ':'))} {self.sentence()}" for _ in range(4))

    def table(self) -> str:
        rows = "\n|-\n".join(f"| {self.value()} || {self.value()}\n| {self.value()}" for _ in range(3))
        return f'{{| class="wikitable"\n|+ {self.words()}\n! {self.word()} !! {self.word()}\n|-\n{rows}\n|}}'

    def picture(self) -> str:
        return f"[[Datei:{self.word()}.jpg|mini|{self.number()}px|{self.sentence()}]]"

    def gallery(self) -> str:
        lines = "\n".join(f"Datei:{self.word()}.png|{self.words()}" for _ in range(3))
        return f"<gallery>\n{lines}\n</gallery>"

    def literal(self) -> str:
        return f"<nowiki>{self.template()} {self.link()}</nowiki>"

    def section(self, level: int) -> str:
        mark = "=" * level
        makers = (self.sentence, self.bullets, self.table, self.picture, self.gallery, self.literal, self.template)
        body = "\n\n".join(self.one(*makers) for _ in range(self.chance.randrange(1, 5)))
        return f"{mark} {self.words()} {mark}\n{body}"

    def page(self, title: str) -> Text:
        self.sibling = "../" if "/" in title else ":"
        sections = [self.section(self.chance.choice((2, 2, 3, 4))) for _ in range(self.chance.randrange(2, 7))]
        categories = [f"[[Kategorie:{self.word()}|{self.word()}]]", f"[[Category:{self.word()}]]"]
        body = "\n\n".join([self.box(), self.sentence(), *sections, "\n".join(categories)])
        return Text(title, title, body)


def made_texts(count: int, seed: int) -> list[Text]:
    """``count`` pages, half of them subpages of a user, where relative links mean something."""
    maker = _Maker(seed)
    return [maker.page(f"Benutzer:Ada/Seite {i}" if i % 2 else f"Seite {i}") for i in range(count)]
