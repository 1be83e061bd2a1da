"""Edits that look like bulk changes and are none: each page for itself, or two pages alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from tests.labelled_ground import host_name, place_name, sentence
from tests.labelled_history import Page, World

Decoy = Callable[[Random], "Pairs"]
Pairs = list[tuple[str, str, str]]  # old, new, and the line to plant with the old form in braces


def weave_decoys(world: World, decoys: Sequence[Decoy] = ()) -> None:
    """Plan one of each decoy, within days of each other and by one editor, as a bulk change would be."""
    for make in decoys or (
        _single_links, _two_pages, _two_texts, _other_addresses, _other_keys, _counted_up, _dates, _counted_fields,
        _disambiguated, _categories, _values,
    ):  # fmt: skip
        pairs = make(world.random)
        start = world.some_day()
        pages = [page for page in world.pages if page.created < start]
        for page, pair in zip(world.random.sample(pages, len(pairs)), pairs, strict=True):
            _plan(world, page, pair, start + timedelta(minutes=world.random.uniform(0, 4000)))


def _plan(world: World, page: Page, pair: tuple[str, str, str], when: datetime) -> None:
    old, new, around = pair
    lines = page.text.split("\n")
    planted = around.replace("{}", old)
    if planted.startswith("|"):
        at = next(at for at, line in enumerate(lines) if line == "}}")
        lines.insert(at, planted)
    elif planted.startswith(("[[Category:", "[[Kategorie:")):
        lines.append(planted)
    else:
        at = world.random.choice(page.free_lines() or [len(lines) - 1])
        lines[at + 1 : at + 1] = ["", planted, ""]
    page.text = "\n".join(lines)
    page.kept |= {planted, around.replace("{}", new)}

    def act(at: datetime) -> None:
        assert planted in page.text
        text = page.text.replace(planted, around.replace("{}", new))
        world.decoys.append((page.title, world.save(page, text, at, "Ines Albers")))

    world.at(when, act)


def _host(random: Random) -> str:
    return host_name(random, mark="")


def _link(random: Random, old: str, new: str) -> tuple[str, str, str]:
    return old, new, f"* [{{}} {place_name(random)} {random.randint(1, 99)}] {sentence(random)}"


def _single_links(random: Random) -> Pairs:
    return [
        _link(random, f"http://{_host(random)}/a{at}.html", f"https://{_host(random)}/neu/{place_name(random)}")
        for at in range(4)
    ]


def _two_pages(random: Random) -> Pairs:
    one, other = _host(random), _host(random)
    return [_link(random, f"http://{one}/x?id={n}", f"https://{other}/x?id={n}") for n in (7113, 8120)]


def _two_texts(random: Random) -> Pairs:
    old, new = f"das alte {place_name(random)}tor", f"das neue {place_name(random)}tor"
    return [(old, new, f"{sentence(random)[:-1]}, darunter {{}} und anderes.") for _ in range(2)]


def _other_addresses(random: Random) -> Pairs:
    """One old host, each page's link to another new one."""
    old = _host(random)
    return [_link(random, f"http://{old}/t/{at}", f"https://{_host(random)}/{place_name(random)}") for at in range(5)]


def _other_keys(random: Random) -> Pairs:
    """From one host to another, but to quite other things."""
    old, new = _host(random), _host(random)
    return [
        _link(
            random,
            f"http://{old}/artikel/{place_name(random).lower()}-{random.randint(100, 999)}",
            f"https://{new}/{place_name(random).lower()}/{random.randint(1000, 9999)}",
        )
        for _ in range(5)
    ]


def _counted_up(random: Random) -> Pairs:
    subject = place_name(random)
    return [
        (f"{n} Plätze", f"{n + 1} Plätze", f"{sentence(random)} In {subject} gibt es {{}} für alle.")
        for n in random.sample(range(10, 90), 5)
    ]


def _dates(random: Random) -> Pairs:
    days = random.sample(range(1, 28), 6)
    return [
        (f"{day}. März 2019", f"{day + 1}. Mai 2020", f"Der Stand vom {{}} gilt: {sentence(random)}") for day in days
    ]


def _counted_fields(random: Random) -> Pairs:
    name = f"{place_name(random)}zahl"
    return [(f"{n}", f"{n + 1}", f"|{name}={{}}") for n in random.sample(range(100, 999), 5)]


def _disambiguated(random: Random) -> Pairs:
    name = place_name(random)
    senses = ("Platz", "Handel", "Fest", "Gebäude", "Verein")
    return [(f"[[{name}", f"[[{name} ({sense})", f"* {{}}|{name}]] {sentence(random)}") for sense in senses]


def _categories(random: Random) -> Pairs:
    old = f"Sammlung {place_name(random)}"
    names = {f"Bestand {place_name(random)} {n}" for n in range(5)}
    return [(old, name, "[[Category:{}]]") for name in sorted(names)]


def _values(random: Random) -> Pairs:
    name, old = f"{place_name(random)}träger", place_name(random)
    return [(old, f"{place_name(random)} {n}", f"|{name}={{}}") for n in range(5)]


def _other_templates(random: Random) -> Pairs:
    """One site's links gave way to one template, each to speak of something else."""
    host, name = _host(random), f"{place_name(random)}hinweis"
    return [
        (
            f"[http://{host}/akte/{n} {place_name(random)} {n}]",
            f"{{{{{name}|{place_name(random)} {m}}}}}",
            f"* {{}} {sentence(random)}",
        )
        for n, m in zip(random.sample(range(1000, 9999), 5), random.sample(range(100, 999), 5), strict=True)
    ]


def _other_sort_keys(random: Random) -> Pairs:
    name = f"Ordnung {place_name(random)}"
    return [
        (f"{name}|{place_name(random)}", f"{name}|{place_name(random)} {at}", "[[Kategorie:{}]]") for at in range(5)
    ]


def _other_dates(random: Random) -> Pairs:
    """Another day each, which happens to be written in another form."""
    months = "Januar März Mai Juli September".split()
    return [
        (f"0{at + 1}.02.2015", f"{at + 11}. {month} 2019", f"Der Stand vom {{}} gilt: {sentence(random)}")
        for at, month in enumerate(months)
    ]


def _shortened(random: Random) -> Pairs:
    """A value of which a part was dropped, while another field was filled with something else."""
    name = f"{place_name(random)}obmann"
    return [
        (
            f"{place_name(random)}, {word}",
            f"{place_name(random)} {at}\n|{name}gast={sentence(random)[:20]}",
            f"|{name}={{}}",
        )
        for at, word in enumerate(("Rat", "Amt", "Verein", "Beirat", "Schule"))
    ]


def _two_spellings(random: Random) -> Pairs:
    host = _host(random)
    paths = [f"{place_name(random)}/{place_name(random)}" for _ in range(2)]
    return [_link(random, f"https://{host}/{path}", f"https://{host}/{path.lower()}") for path in paths]


REWRITTEN = (_other_templates, _other_sort_keys, _other_dates, _shortened, _two_spellings)
