"""Texts for storms: a small number names a text, the same one every time."""

from __future__ import annotations

import json
import random
import unicodedata

EMPTY, DECOMPOSED, LARGE, ENORMOUS = 0, 1, 2000, 2001  # numbers of texts that are special; see ``text_of``

_PLACES = ("Osterfeld", "Sterkrade", "Alt-Oberhausen", "Gesamtstadt")
_HEADINGS = ("Ziele", "Anlass", "Beschlüsse", "Maßnahmen")
_LINES = (
    "Es gilt für [[Wohnen]] und [[Verkehr|den Verkehr]].",
    "* Vorlage [http://rat.example/vo020?VOLFDNR={n} B/16/{n}-01]",
    "Siehe [[/Miete]] und [[../Schule#Ziele|Schule]].",
    "{{{{Hinweis|Nummer {n}}}}}",
    "[[Datei:Karte.png|mini|Karte {n}]]",
    "<!-- {n} --> ''Kursiv'' und '''fett'''.",
    "{{| class=wikitable\n! Jahr !! Zahl\n|-\n| 2020 || {n}\n|}}",
    "Offen: {{{{Kasten|a={n}",
    "Ganz ohne Auszeichnung, Nummer {n}.",
)


def text_of(title: str, number: int) -> str:
    """The text of a number; for a page whose title says JSON, CSS or JavaScript one of that kind."""
    if title.endswith(".json"):
        return json.dumps({"Nummer": number, "Orte": _PLACES[: number % 4]}, ensure_ascii=False)
    if title.endswith((".css", ".js")):
        return f"/* Nummer {number} */" if number else ""
    if number == EMPTY:
        return ""
    if number == DECOMPOSED:
        return unicodedata.normalize("NFD", "Förderung für Ältere\n== Größe ==\nübrig")
    if number in (LARGE, ENORMOUS):
        lines = range(10_000 if number == LARGE else 50_000)  # of about 30 bytes
        return "".join(f"Zeile {n} eines langen Textes\n" if n % 500 else f"== Teil {n} ==\n" for n in lines)
    if number % 12 == 2:
        return f"#WEITERLEITUNG [[{('Wohnen', 'Verkehr', 'Hilfe:Start#Ziele')[number % 3]}]]"
    return _concept(random.Random(number), number)


def _concept(chance: random.Random, number: int) -> str:
    parts = []
    if chance.random() < 0.6:
        place = chance.choice(_PLACES)
        parts.append(f"{{{{Konzeption\n|Art=Konzept\n|Geltungsbereich={place}\n|Jahr={2000 + number}}}}}")
    parts.append(chance.choice(_LINES).format(n=number))
    for heading in chance.sample(_HEADINGS, chance.randrange(4)):
        parts.append(f"== {heading} ==")
        parts += [line.format(n=number % 7) for line in chance.sample(_LINES, chance.randrange(1, 3))]
    if chance.random() < 0.5:
        parts.append(f"[[Kategorie:{chance.choice(_PLACES)}]]")
    return "\n".join(parts)
