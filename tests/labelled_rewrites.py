"""Bulk changes in which a thing takes another shape: an address a template use, one field two, a date other words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.labelled_ground import host_name, place_name, sentence
from tests.labelled_history import Row
from tests.labelled_kinds import Kind, Place

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
_NAMES = "Weber Kramer Lindner Hoppe Sander Brandt Vogt Reimer Thiel Busch".split()


def rewrites(random: Random) -> list[Kind]:
    """One of each, with names of its own."""
    return [
        *_template_kinds(random), *_spelling_kinds(random), *_category_kinds(random), *_field_kinds(random),
        *_date_kinds(random),
    ]  # fmt: skip


def _host(random: Random) -> str:
    return host_name(random, least=1000)


def _other_digit(random: Random, text: str) -> str:
    """The text with another last digit."""
    at = max(at for at, c in enumerate(text) if c.isdigit())
    return text[:at] + str((int(text[at]) + random.randint(1, 8)) % 10) + text[at + 1 :]


def _template_kinds(random: Random) -> list[Kind]:
    h = [_host(random) for _ in range(4)]
    t = [f"{place_name(random)}akte" for _ in range(4)]

    def kind(name: str, at: int, old: str, new: str, *, back: bool = False) -> Kind:
        """The address stands in ``old`` up to the first blank; ``{n}`` is the key, ``{l}`` the label."""

        def make(random: Random) -> Place:
            keys = {
                "n": random.randint(1000, 99999),
                "l": f"B/{random.randint(14, 18)}/{random.randint(1000, 9999)}-01",
            }
            link, use = (form.format(h=h[at], t=t[at], **keys) for form in (old, new))
            address = link.strip("[]").partition(" ")[0]
            rows = (Row("link", address, None), Row("template", None, use))
            if back:
                rows = (Row("template", use, None), Row("link", None, address))
            around = f"* {{}} {sentence(random)}"
            return Place(*((use, link) if back else (link, use)), rows, "line", around)

        def alter(random: Random, place: Place) -> Place:
            right = str(place.rows[1].after)
            wrong = right.replace(key := _key(right), _other_digit(random, key))
            return replace(
                place, new=place.new.replace(right, wrong), rows=(place.rows[0], replace(place.rows[1], after=wrong))
            )

        return Kind(name, make, alter, per_page=2)

    return [
        kind("address to template", 0, "[http://{h}/bi/vo020.asp?VOLFDNR={n} {l}]", "{{{{{t}|{n}}}}}"),
        kind("address and label to template", 1, "[https://{h}/akte/{n} {l}]", "{{{{{t}|{n}|{l}}}}}"),
        kind("bare address to template", 2, "http://{h}/v.asp?nr={n}", "{{{{{t}|nr={n}}}}}"),
        kind("template to address", 3, "[https://{h}/to020?TOLFDNR={n} {l}]", "{{{{{t}|{n}|{l}}}}}", back=True),
    ]


def _key(form: str) -> str:
    """The key in an address or a template use of these kinds: its longest number."""
    numbers = "".join(
        c if c.isdigit() else " " for c in form.partition("|B/")[0].partition(".example")[2] or form.partition("|B/")[0]
    )
    return max(numbers.split(), key=len)


def _spelling_kinds(random: Random) -> list[Kind]:
    h = [_host(random) for _ in range(9)]

    def kind(name: str, form: Callable[[Random], tuple[str, str]], *, altered: bool = False) -> Kind:
        def make(random: Random) -> Place:
            old, new = form(random)
            label = f"Papier {random.randint(100, 9999)}"
            return Place(f"[{old} {label}]", f"[{new} {label}]", (Row("link", old, new),), "line", "* {} im Rat")

        def alter(random: Random, place: Place) -> Place:
            right = str(place.rows[0].after)
            wrong = _other_digit(random, right)
            return replace(place, new=place.new.replace(right, wrong), rows=(replace(place.rows[0], after=wrong),))

        return Kind(name, make, alter if altered else None, per_page=2)

    def script(random: Random) -> tuple[str, str]:
        n = random.randint(1000, 99999)
        return f"https://{h[0]}/bi/VO020.asp?VOLFDNR={n}", f"https://{h[0]}/bi/vo020.asp?VOLFDNR={n}"

    def path(random: Random) -> tuple[str, str]:
        path = f"/{place_name(random)}/{place_name(random)}-{random.randint(1, 99)}.html"
        return f"https://{h[1]}{path}", f"https://{h[1]}{path.lower()}"

    def slash(random: Random) -> tuple[str, str]:
        path = f"https://{h[2]}/{place_name(random).lower()}/{place_name(random).lower()}"
        return path, f"{path}/"

    def no_slash(random: Random) -> tuple[str, str]:
        path = f"https://{h[3]}/{place_name(random).lower()}-{random.randint(1, 99)}"
        return f"{path}/", path

    def www(random: Random) -> tuple[str, str]:
        path = f"/{place_name(random).lower()}/{random.randint(1, 999)}"
        return f"http://{h[4]}{path}", f"https://www.{h[4]}{path}"

    def port(random: Random) -> tuple[str, str]:
        path = f"/{place_name(random).lower()}/{random.randint(1, 999)}"
        return f"http://{h[5]}:8080{path}", f"http://{h[5]}{path}"

    def padded(random: Random) -> tuple[str, str]:
        n = random.randint(1000, 99999)
        return f"http://{h[6]}/vo020.asp?VOLFDNR={n}", f"http://{h[6]}/vo020.asp?VOLFDNR={n:07}"

    def bare(random: Random) -> tuple[str, str]:
        n = random.randint(10, 99999)
        return f"http://{h[7]}/akte/{n:06}", f"https://{h[7]}/akte/{n}"

    def fragment(random: Random) -> tuple[str, str]:
        n = random.randint(1000, 99999)
        return f"https://{h[8]}/app?akte={n}", f"https://{h[8]}/app#akte={n}"

    return [
        kind("script in lower case", script), kind("path in lower case", path), kind("slash that came", slash),
        kind("slash that went", no_slash), kind("www that came", www), kind("port that went", port),
        kind("padded key", padded, altered=True), kind("zeros that went", bare), kind("key to the fragment", fragment),
    ]  # fmt: skip


def _category_kinds(random: Random) -> list[Kind]:
    names = [f"Reihe {place_name(random)} {at}" for at in range(5)]

    def category(at: int, old: str | None, new: str | None) -> Place:
        shown = ("" if key is None else f"|{key}" for key in (old, new))
        links = [f"[[Kategorie:{names[at]}{key}]]" for key in shown]
        return Place(links[0], links[1], (Row("category", old, new),), "end")

    def titled(random: Random) -> Place:
        return category(0, None, "{title}")

    def keyed(random: Random) -> Place:
        return category(1, None, f"{place_name(random)} {random.randint(1, 99)}")

    def bare(random: Random) -> Place:
        return category(2, random.choice(("*", "!", place_name(random))), None)

    def rewritten(random: Random) -> Place:
        return category(3, f"{random.randint(1, 99):02}", "{title}")

    def shown(random: Random) -> Place:
        rows = (Row("category", names[4], None), Row("link", None, f"Kategorie:{names[4]}"))
        return Place(f"[[Kategorie:{names[4]}]]", f"[[:Kategorie:{names[4]}]]", rows, "end")

    return [
        Kind("sort key that came", titled), Kind("sort keys that came", keyed), Kind("sort key that went", bare),
        Kind("sort key rewritten", rewritten), Kind("category to link", shown),
    ]  # fmt: skip


def _field_kinds(random: Random) -> list[Kind]:
    f = [f"{place_name(random)}{part}" for part in ("stelle", "frage", "teil", "rest", "heim", "ziel")]

    def unit(random: Random) -> str:
        return f"Fachbereich {random.randint(1, 9)}-{random.randint(0, 9)}"

    def person(random: Random) -> str:
        return f"{random.choice(('Frau', 'Herr'))} {random.choice(_NAMES)}"

    def split(random: Random) -> Place:
        one, other = unit(random), person(random)
        rows = (Row("infobox", f"{one}, {other}", one), Row("infobox", None, other))
        return Place(f"|{f[0]}={one}, {other}", f"|{f[0]}={one}\n|{f[1]}={other}", rows, "box")

    def altered(random: Random, place: Place) -> Place:
        other = str(place.rows[1].after)
        wrong = other[:-2] + other[-1] + other[-2]
        return replace(
            place, new=place.new.replace(other, wrong), rows=(place.rows[0], replace(place.rows[1], after=wrong))
        )

    def joined(random: Random) -> Place:
        one, other = place_name(random), f"{random.randint(1, 99)}"
        rows = (Row("infobox", one, f"{one} {other}"), Row("infobox", other, None))
        return Place(f"|{f[2]}={one}\n|{f[3]}={other}", f"|{f[2]}={one} {other}", rows, "box")

    def moved(random: Random) -> Place:
        value = f"{place_name(random)} {random.randint(1, 99)}"
        rows = (Row("infobox", value, ""), Row("infobox", "", value))
        return Place(f"|{f[4]}={value}\n|{f[5]}=", f"|{f[4]}=\n|{f[5]}={value}", rows, "box")

    return [Kind("field split", split, altered), Kind("fields joined", joined), Kind("value in another field", moved)]


def _date_kinds(random: Random) -> list[Kind]:
    field = f"{place_name(random)}tag"

    def day(random: Random) -> tuple[int, int, int]:
        return random.randint(1, 28), random.randint(1, 12), random.randint(2011, 2018)

    def in_text(random: Random) -> Place:
        d, m, y = day(random)
        around = f"{sentence(random)[:-1]}, am {{}} beschlossen, und {sentence(random)}"
        row = Row("section", None, None, exact=False)
        return Place(f"{y}-{m:02}-{d:02}", f"{d}. {MONTHS[m - 1]} {y}", (row,), "line", around)

    def in_field(random: Random) -> Place:
        d, m, y = day(random)
        old, new = f"{d:02}.{m:02}.{y}", f"{d}. {MONTHS[m - 1]} {y}"
        return Place(f"|{field}={old}", f"|{field}={new}", (Row("infobox", old, new),), "box")

    return [Kind("dates in texts", in_text, per_page=2), Kind("dates in a field", in_field)]
