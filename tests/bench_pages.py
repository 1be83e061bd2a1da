"""Made-up histories of any size for measuring: German pages with an infobox, sections, links and small edits.

The same arguments give the same file.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

_WORDS = (
    "Stadtteil Ziel Verkehr Grünfläche Schule Bestand Fläche Entwurf Beteiligung Umfeld Wohnraum Förderung Verein "
    "Radweg Brücke Maßnahme Quartier Gutachten Haushalt Beschluss Spielplatz Klima Gewässer Bürgerschaft Übersicht "
    "und oder mit für durch zwischen neue größere gemeinsame ruhige bis über wird soll kann bleibt entsteht"
).split()
_TITLES = ("Anlass", "Ziele", "Umsetzung", "Beteiligte", "Zeitplan", "Kosten", "Quellen")
_USERS = ("Ines Albers", "Jost Brandt", "Mira Cordes")
_HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
<siteinfo><sitename>Messung</sitename><case>first-letter</case><namespaces>
<namespace key="0" case="first-letter" /><namespace key="14" case="first-letter">Kategorie</namespace>
</namespaces></siteinfo>
"""
_START = datetime(2012, 1, 9, 8, tzinfo=UTC)


def write_dump(path: Path, pages: int, revisions: int, seed: int = 1) -> None:
    """Write an export of ``pages`` pages with ``revisions`` revisions in all, some pages with many more than others."""
    random = Random(seed)
    counts = [1] * pages
    for place in random.choices(range(pages), [1 / (n + 3) for n in range(pages)], k=max(0, revisions - pages)):
        counts[place] += 1
    ids = itertools.count(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for number, count in enumerate(counts):
            file.write(f"<page><title>Konzept {number + 1}</title><ns>0</ns><id>{number + 1}</id>\n")
            file.writelines(_history(random, number, count, ids))
            file.write("</page>\n")
        file.write("</mediawiki>\n")


def _history(random: Random, number: int, count: int, ids: Iterator[int]) -> Iterator[str]:
    lines = _page(random, number)
    at = _START + timedelta(minutes=random.randrange(400_000))
    for _ in range(count):
        yield (
            f"<revision><id>{next(ids)}</id><timestamp>{at:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"<contributor><username>{random.choice(_USERS)}</username></contributor><comment>Stand</comment>"
            f"<model>wikitext</model><format>text/x-wiki</format>"
            f'<text xml:space="preserve">{escape(chr(10).join(lines))}</text></revision>\n'
        )
        at += timedelta(minutes=random.randrange(5, 20_000))
        _edit(random, lines)


def _page(random: Random, number: int) -> list[str]:
    lines = ["{{Infobox Konzept", f"|Nummer={number + 1}", f"|Stand={random.randrange(1, 28)}.03.2012"]
    lines += [f"|Zuständigkeit=[[Bereich {random.randrange(9)}]]", "}}", _sentence(random)]
    for title in random.sample(_TITLES, random.randrange(3, len(_TITLES))):
        lines += [f"== {title} ==", *(_line(random) for _ in range(random.randrange(3, 12))), ""]
    return [*lines, f"[[Kategorie:Konzepte {number % 7}]]"]


def _edit(random: Random, lines: list[str]) -> None:
    """One small edit: a line is written anew, comes, or goes; a field gets another value."""
    at = random.choice([at for at in range(5, len(lines) - 1) if not lines[at].startswith("=")])
    kind = random.randrange(8)
    if kind == 0:
        lines[2] = f"|Stand={random.randrange(1, 28)}.{random.randrange(10, 13)}.{random.randrange(2012, 2027)}"
    elif kind == 1 and len(lines) > 20:
        del lines[at]
    elif kind < 4:
        lines.insert(at, _line(random))
    else:
        lines[at] = _line(random)


def _line(random: Random) -> str:
    kind = random.randrange(6)
    if kind == 0:
        number = random.randrange(1000, 9999)
        return f"* [https://rat.example/vo020.asp?VOLFDNR={number} Vorlage B/16/{number}] {_sentence(random)}"
    if kind == 1:
        return f"* [[Konzept {random.randrange(1, 60)}|{random.choice(_WORDS)}]] {_sentence(random)}"
    if kind == 2:
        return f"'''{random.choice(_WORDS)}''' {_sentence(random)} <ref>{_sentence(random)}</ref>"
    return _sentence(random)


def _sentence(random: Random) -> str:
    return " ".join(random.choices(_WORDS, k=random.randrange(6, 22))).capitalize() + "."
