"""The ground of labelled histories: pages made up or taken from an export, and the ordinary edits of every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from scraper.dump import DumpPage, read_dump
from tests.labelled_history import DAYS, START, Page, World

_STEMS = (
    "Acker Birken Brunnen Deich Eschen Fähr Garten Hafen Insel Kastanien Kirch Linden Markt Mühlen Nord Ober Park "
    "Quellen Ring Schloss Stein Tal Ufer Wald Weiden Werft Wiesen Ziegel Zoll Anger"
).split()
_ENDS = ("hof", "feld", "platz", "straße", "viertel", "grund", "berg", "bogen", "gasse", "allee", "heide", "winkel")
_SUBJECTS = (
    "Die Verwaltung|Der Ausschuss|Das Quartiersbüro|Eine Arbeitsgruppe|Der Verein|Die Schule|Das Gutachten|"
    "Die Nachbarschaft|Der Entwurf|Das Planungsbüro|Die Genossenschaft|Der Beirat"
).split("|")
_VERBS = (
    "prüft|beschreibt|begleitet|erweitert|ordnet|fördert|vergleicht|bündelt|erneuert|schildert|sichert|untersucht"
).split("|")
_OBJECTS = (
    "den Umbau der Brücke|die Lage am Kanal|das Angebot für Kinder|die Wege zum Bahnhof|den Bestand an Bäumen|"
    "die Nutzung der Halle|das Netz der Radwege|die Plätze im Zentrum|den Lärm an der Hauptstraße|"
    "die Pflege der Beete|den Bedarf an Räumen|die Versorgung mit Wärme|das Leben am Wasser"
).split("|")
_RESTS = (
    "seit dem Frühjahr|mit mehreren Partnern|nach einem Beschluss des Rates|in drei Abschnitten|ohne weitere Mittel|"
    "für die kommenden Jahre|unter Beteiligung der Anwohner|auf Grundlage einer Befragung|vor allem im Norden|"
    "bis zum Abschluss der Arbeiten|entlang der alten Bahnlinie|zwischen Markt und Ufer"
).split("|")
_WORDS = (
    "gemeinsam zunächst deutlich schrittweise vorläufig gründlich erneut überwiegend teilweise jährlich zügig "
    "behutsam ausführlich örtlich künftig dauerhaft"
).split()
_SECTIONS = ("Anlass", "Bestand", "Umsetzung", "Beteiligte", "Zeitplan", "Kosten", "Ausblick", "Hinweise")
_ARTS = ("Konzept", "Bericht", "Gutachten", "Satzung", "Rahmenplan", "Studie", "Leitbild", "Umfrage")


def sentence(random: Random) -> str:
    """A sentence that hardly comes twice."""
    first = f"{random.choice(_SUBJECTS)} {random.choice(_VERBS)} {random.choice(_WORDS)} {random.choice(_OBJECTS)}"
    return f"{first} {random.choice(_RESTS)} ({random.choice(_STEMS)}{random.choice(_ENDS)})."


def place_name(random: Random) -> str:
    """The name of a place."""
    return random.choice(_STEMS) + random.choice(_ENDS)


def host_name(random: Random, mark: str = "-", least: int = 100) -> str:
    """A host named after a place, with a number of as many digits as ``least`` has.

    Those of kinds, of more forms and of decoys have other marks or numbers, so that none is another's by chance.
    """
    return f"{place_name(random).lower().replace('ß', 'ss')}{mark}{random.randint(least, 10 * least - 1)}.example"


def made_up_pages(world: World, number: int) -> None:
    """Pages with a box, sections, lists, links and a category; one in ten comes later than the others."""
    for at in range(number):
        title = f"{_STEMS[at % len(_STEMS)]}{_ENDS[at // len(_STEMS) % len(_ENDS)]}"
        title += f" {at // (len(_STEMS) * len(_ENDS)) + 1}" if at >= len(_STEMS) * len(_ENDS) else ""
        late = at % 10 == 9
        days = world.random.randint(20, DAYS - 100) if late else 0
        created = START + timedelta(days=days, minutes=at)
        world.pages.append(Page(title, _page_text(world.random, at), created))


def _page_text(random: Random, at: int) -> str:
    lines = ["{{Vorhaben", f"|Kennung=V-{at:04}", f"|Gattung={random.choice(_ARTS)}"]
    lines += [f"|Stand={random.randint(1, 28)}.{random.randint(1, 12)}.{random.randint(2011, 2018)}", "}}"]
    lines += [sentence(random), ""]
    for title in random.sample(_SECTIONS, random.randint(3, 6)):
        lines += [f"== {title} ==", *(_line(random) for _ in range(random.randint(2, 6))), ""]
    return "\n".join([*lines, f"[[Kategorie:Vorhaben {place_name(random)[:4]}]]"])


def _line(random: Random) -> str:
    kind = random.randrange(8)
    if kind == 0:
        host = f"www.{place_name(random).lower().replace('ß', 'ss')}.example"
        return f"* [https://{host}/{random.randint(100, 9999)}/seite {sentence(random)[:-1]}] {sentence(random)}"
    if kind == 1:
        return f"* [[{place_name(random)}]]: {sentence(random)}"
    if kind == 2:
        return f"{sentence(random)} ''{place_name(random)}'' {sentence(random)}"
    return " ".join(sentence(random) for _ in range(random.randint(1, 3)))


def real_pages(world: World, dump: Path, number: int) -> None:
    """The newest texts of the articles of an export, with a box on top, as first revisions."""
    texts: dict[str, str] = {}
    for part in read_dump(dump):
        if isinstance(part, DumpPage) and part.page.namespace == 0:
            newest = max(part.revisions, key=lambda revision: (revision.timestamp, revision.rev_id))
            if newest.text and len(newest.text) > 300 and "#redirect" not in newest.text[:20].lower():
                texts[part.page.title] = newest.text
    titles = sorted(texts)
    for at, title in enumerate(world.random.sample(titles, min(number, len(titles)))):
        box = f"{{{{Vorhaben\n|Kennung=V-{at:04}\n|Gattung={world.random.choice(_ARTS)}\n}}}}\n"
        world.pages.append(Page(title, box + texts[title], START + timedelta(minutes=at)))


def ordinary_edits(world: World, per_page: float) -> None:
    """Plan the edits of every day on all pages."""
    for _ in range(round(len(world.pages) * per_page)):
        page = world.random.choice(world.pages)
        when = world.some_day(1, DAYS)
        if when > page.created:
            world.at(when, lambda when, page=page: _edit(world, page, when))  # type: ignore[misc]


def _edit(world: World, page: Page, when: datetime) -> None:
    edit = world.random.choice(_EDITS)
    text = edit(world.random, page)
    if text == page.text:
        return
    was = page.text
    world.save(page, text, when)
    if world.random.random() < 0.05:
        world.save(page, was, when + timedelta(minutes=3))


def small_edit(random: Random, page: Page) -> str:
    """The text of a page after one small edit that no label speaks of."""
    return random.choice(_EDITS[:4])(random, page)


def _changed_line(random: Random, page: Page, change: Callable[[Random, str], str]) -> str:
    free = page.free_lines()
    if not free:
        return page.text
    lines = page.text.split("\n")
    at = random.choice(free)
    lines[at] = change(random, lines[at])
    return "\n".join(lines)


def _append(random: Random, page: Page) -> str:
    return _changed_line(random, page, lambda random, line: f"{line} {sentence(random)}")


def _insert(random: Random, page: Page) -> str:
    return _changed_line(random, page, lambda random, line: f"{line}\n{_line(random)}")


def _rewrite(random: Random, page: Page) -> str:
    return _changed_line(random, page, lambda random, line: _line(random))


def _word(random: Random, page: Page) -> str:
    def change(random: Random, line: str) -> str:
        words = line.split(" ")
        at = random.randrange(len(words))
        if words[at].isalpha() and words[at].islower():
            words[at] = random.choice(_WORDS) if random.random() < 0.5 else _mistyped(random, words[at])
        return " ".join(words)

    return _changed_line(random, page, change)


def _mistyped(random: Random, word: str) -> str:
    at = random.randrange(len(word))
    return word[:at] + random.choice("aeinrst") + word[at + 1 :]


def _delete(random: Random, page: Page) -> str:
    free = page.free_lines()
    if len(free) < 5:
        return page.text
    lines = page.text.split("\n")
    del lines[random.choice(free)]
    return "\n".join(lines)


def _swap(random: Random, page: Page) -> str:
    free = page.free_lines()
    if len(free) < 3:
        return page.text
    lines = page.text.split("\n")
    one, two = random.sample(free, 2)
    lines[one], lines[two] = lines[two], lines[one]
    return "\n".join(lines)


def _link_word(random: Random, page: Page) -> str:
    return _changed_line(random, page, lambda random, line: f"{line} Siehe [[{place_name(random)}]].")


def _table(random: Random, page: Page) -> str:
    rows = "\n".join(f"|-\n| {place_name(random)} || {random.randint(1, 900)}" for _ in range(random.randint(1, 3)))
    return _changed_line(random, page, lambda _, line: f"{line}\n{{|\n! Ort !! Zahl\n{rows}\n|}}")


def _field(random: Random, page: Page) -> str:
    lines = page.text.split("\n")
    for at, line in enumerate(lines[:8]):
        if line.startswith("|Stand=") and random.random() < 0.7:
            lines[at] = f"|Stand={random.randint(1, 28)}.{random.randint(1, 12)}.{random.randint(2019, 2023)}"
            break
        if line.startswith("|Gattung="):
            lines[at] = f"|Gattung={random.choice(_ARTS)}"
    return "\n".join(lines)


_EDITS = (_append, _insert, _rewrite, _word, _word, _delete, _swap, _link_word, _table, _field)
