"""The kinds of bulk changes that labelled histories hold: how the old and the new form of each are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.labelled_ground import host_name, place_name, sentence
from tests.labelled_history import DAYS, Row


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the old form stands: its wikitext before and after, and the rows that tell of it.

    ``{title}`` in them is the title of the page.
    """

    old: str
    new: str
    rows: tuple[Row, ...]
    where: str  # line, body (a line below a heading), box, section, end
    around: str = "{}"  # the line that is planted, with the old form in place of the braces

    @property
    def line(self) -> str:
        return self.around.replace("{}", self.old)

    def on(self, title: str) -> Place:
        """The place on the page of this title."""
        rows = (replace(r, before=_named(r.before, title), after=_named(r.after, title)) for r in self.rows)
        old, new = self.old.replace("{title}", title), self.new.replace("{title}", title)
        return replace(self, old=old, new=new, rows=tuple(rows))


def _named(text: str | None, title: str) -> str | None:
    return text if text is None else text.replace("{title}", title)


@dataclass(frozen=True, slots=True)
class Kind:
    """One bulk change to be: ``make`` gives a place, ``alter`` the same with a key that is not preserved."""

    name: str
    make: Callable[[Random], Place]
    alter: Callable[[Random, Place], Place] | None = None
    per_page: int = 1
    days: tuple[int, int] = (30, DAYS - 400)  # between which it begins
    same_rule: bool = False  # in every round


# When the rounds of those begin whose rule is the same in every round: two that are no more than 90 days apart, or
# whose repetition a year later is, are one bulk change by definition.
_ROUNDS = ((30, 100), (650, 720))


def kinds(random: Random, round_: int = 0) -> list[Kind]:
    """One of each kind, with names of its own; ``round_`` counts those before."""
    return [
        *_address_kinds(random),
        *_field_kinds(random),
        *_name_kinds(random),
        *_template_kinds(random),
        *_text_kinds(random),
        *_cosmetic_kinds(random, _ROUNDS[round_ % len(_ROUNDS)]),
    ]


def _host(random: Random) -> str:
    return host_name(random, least=10)


def _link(before: str, after: str, label: str) -> Place:
    row = (Row("link", before, after),)
    return Place(f"[{before} {label}]", f"[{after} {label}]", row, "line", "* {} vom " + label[-4:])


def _address_kind(
    name: str,
    old: str,
    new: str,
    *,
    label: str | None = None,
    values: Sequence[str] = (),
    days: tuple[int, int] = (30, DAYS - 400),
) -> Kind:
    """Addresses with a key (``{n}``), a second key (``{m}``) and a path (``{p}``)."""

    def make(random: Random) -> Place:
        n, m = random.randint(1000, 99999), random.randint(1000, 99999)
        path = f"{place_name(random).lower()}/{place_name(random).lower()}-{random.randint(1, 99)}"
        keys = {"n": n, "m": m, "p": path, "v": random.choice(values) if values else ""}
        shown = label or f"Vorlage {random.choice('BMA')}/{random.randint(14, 18)}/{n}"
        return _link(old.format(**keys), new.format(**keys), shown)

    def alter(random: Random, place: Place) -> Place:
        after = str(place.rows[0].after)
        digits = [at for at, c in enumerate(after) if c.isdigit() and after[:at].count("=") + after[:at].count("/") > 3]
        at = digits[-1] if digits else len(after) - 1
        other = after[:at] + str((int(after[at]) + random.randint(1, 8)) % 10) + after[at + 1 :]
        return replace(place, new=place.new.replace(after, other), rows=(replace(place.rows[0], after=other),))

    has_key = "{n}" in old or "{m}" in old
    return Kind(name, make, alter if has_key and "{p}" not in old else None, per_page=3, days=days)


def _address_kinds(random: Random) -> list[Kind]:
    h = [_host(random) for _ in range(20)]

    def pair(host: str) -> tuple[str, str]:
        n = random.randint(1000, 99999)
        return f"http://{host}/v.asp?nr={n}", f"https://{host}/vorlage?nr={n}"

    def bare(random: Random) -> Place:
        before, after = pair(h[12])
        return Place(before, after, (Row("link", before, after),), "line", f"{sentence(random)} Mehr: {{}} (Rat)")

    def boxed(random: Random) -> Place:
        before, after = pair(h[13])
        name, label = f"{h[13][:5].capitalize()}beschluss", f"Vorlage {before[-4:]}"
        return Place(f"|{name}=[{before} {label}]", f"|{name}=[{after} {label}]", (Row("link", before, after),), "box")

    def note(random: Random) -> Place:
        before, after = pair(h[14])
        around = f"{sentence(random)}<ref>{{}}</ref> {sentence(random)}"
        return Place(f"[{before} Beleg]", f"[{after} Beleg]", (Row("link", before, after),), "line", around)

    def italics(random: Random) -> Place:
        before, after = pair(h[15])
        place = _link(before, after, f"Vorlage {before[-4:]}")
        return replace(place, old=f"''{place.old}''", around="* {} im Rat")

    def host_alone(random: Random) -> Place:
        end = random.choice(("", "/", f"/{place_name(random).lower()}"))
        return _link(f"http://{h[16]}{end}", f"https://neu.{h[16]}{end}", f"{place_name(random)} im Netz")

    return [
        _address_kind("host", f"https://rat.{h[0]}/vorlage?nr={{n}}", f"https://info.{h[0]}/vorlage?nr={{n}}"),
        _address_kind("path", f"https://{h[1]}/alt/{{p}}.html", f"https://{h[1]}/themen/{{p}}.html"),
        _address_kind("scheme", f"http://{h[2]}/{{p}}", f"https://{h[2]}/{{p}}", days=(30, 150)),
        _address_kind("parameter", f"https://{h[3]}/zeigen?docid={{n}}", f"https://{h[3]}/zeigen?dokument={{n}}"),
        _address_kind("key to path", f"https://{h[4]}/view.aspx?id={{n}}", f"https://{h[4]}/view/{{n}}"),
        _address_kind("key to query", f"https://{h[5]}/akte/{{n}}.html", f"https://{h[5]}/akte?id={{n}}"),
        _address_kind(
            "several at once",
            f"http://allris.{h[6]}/bi/vo020.asp?VOLFDNR={{n}}",
            f"https://ratsinfo.{h[6]}/vo020?VOLFDNR={{n}}",
        ),
        _address_kind(
            "two keys", f"http://{h[7]}/to.asp?S={{n}}&T={{m}}", f"http://sitzung.{h[7]}/to?S={{n}}&T={{m}}&lang=de"
        ),
        _address_kind("keys in another order", f"http://{h[8]}/a?x={{n}}&y={{m}}", f"http://{h[8]}/b?y={{m}}&x={{n}}"),
        _address_kind("same label", f"http://{h[9]}/do?id={{n}}", f"https://neu.{h[9]}/do?id={{n}}", label="Beschluss"),
        _address_kind(
            "files of years",
            f"http://{h[10]}/medien/{{v}}/bericht-{{n}}.pdf",
            f"https://cdn.{h[10]}/{{v}}/bericht-{{n}}.pdf",
            values=("2017", "2018", "2019"),
        ),
        Kind("bare address", bare, per_page=2),
        Kind("address in a box", boxed),
        Kind("address in a note", note, per_page=2),
        Kind("italics with the address", italics),
        Kind("host alone", host_alone),
        _address_kind("one address", f"http://{h[11]}/start.php", f"https://{h[11]}/willkommen"),
    ]


def _in_box(name_old: str, value_old: str, name_new: str, value_new: str, row: Row) -> Place:
    return Place(f"|{name_old}={value_old}", f"|{name_new}={value_new}", (row,), "box")


def _field_kinds(random: Random) -> list[Kind]:
    old, new, field, other = (place_name(random) + part for part in ("amt", "bereich", "lage", "quelle"))
    value_old, value_new = f"{random.randint(0, 5)}-{random.randint(0, 9)}", f"Referat {random.randint(10, 99)}"
    host = _host(random)

    def renamed(random: Random) -> Place:
        value = f"{place_name(random)} {random.randint(1, 999)}"
        return _in_box(old, value, new, value, Row("infobox", old, new))

    def blank(random: Random) -> Place:
        shown = random.choice(("", "", f"{place_name(random)} {random.randint(1, 999)}"))
        row = Row("infobox", None, None, exact=False)
        return _in_box(f"{old}e", shown, f"{new}e", shown, row)

    def linked(random: Random) -> Place:
        row = Row("infobox", f"Team {value_old}", f"Team {value_new}")
        return _in_box(f"{field}r", f"[[Team {value_old}]]", f"{field}r", f"[[Team {value_new}]]", row)

    def value(random: Random) -> Place:
        return _in_box(field, value_old, field, value_new, Row("infobox", value_old, value_new))

    def part(random: Random) -> Place:
        name = place_name(random)
        before, after = f"Abteilung {name}", f"Fachdienst {name}"
        return _in_box(f"{field}n", before, f"{field}n", after, Row("infobox", before, after))

    def address(random: Random) -> Place:
        n = random.randint(1000, 99999)
        before, after = f"http://{host}/v.asp?id={n}", f"https://{host}/v?id={n}"
        return _in_box(other, before, other, after, Row("infobox", before, after))

    return [
        Kind("field name", renamed),
        Kind("name of a blank field", blank),
        Kind("field value", value),
        Kind("linked field value", linked),
        Kind("part of a value", part),
        Kind("address in a field", address),
    ]


def _name_kinds(random: Random) -> list[Kind]:
    old, new = f"Thema {place_name(random)}", f"Feld {place_name(random)}"
    title_old, title_new = f"{place_name(random)} im Blick", f"Zu {place_name(random)}"
    page_old, page_new = f"Plan {place_name(random)}", f"Leitplan {place_name(random)}"

    def category(random: Random) -> Place:
        rows = (Row("category", old, None), Row("category", None, new))
        return Place(f"[[Category:{old}]]", f"[[Category:{new}]]", rows, "end")

    def section(random: Random) -> Place:
        row = (Row("section", title_old, title_new),)
        text = f"{{}}\n{sentence(random)} {sentence(random)}\n* {sentence(random)}"
        return Place(f"== {title_old} ==", f"== {title_new} ==", row, "section", text)

    def sorted_category(random: Random) -> Place:
        rows = (Row("category", f"{old} A", None), Row("category", None, f"{new} A"))
        key = place_name(random)
        return Place(f"[[Category:{old} A|{key}]]", f"[[Category:{new} A|{key}]]", rows, "end")

    def placeholder(random: Random) -> Place:
        row = (Row("section", f"{title_old} A", f"{title_new} A"),)
        return Place(f"== {title_old} A ==", f"== {title_new} A ==", row, "section", "{}\n-")

    def wiki_link(random: Random) -> Place:
        place = place_name(random)
        shown = random.choice(("", f"|{place}", f"#{place}|{place}"))
        part = shown.partition("|")[0]
        row = (Row("link", page_old + part, page_new + part),)
        around = f"* {{}} – {sentence(random)}"
        return Place(f"[[{page_old}{shown}]]", f"[[{page_new}{shown}]]", row, "line", around)

    return [
        Kind("category", category),
        Kind("category with a sort key", sorted_category),
        Kind("section name", section),
        Kind("section with a placeholder", placeholder),
        Kind("wiki links", wiki_link, per_page=2),
    ]


def _template_kinds(random: Random) -> list[Kind]:
    a, b, c, d, e, f, g = (
        f"{place_name(random)}{part}" for part in ("rand", "tafel", "kurz", "ruf", "hin", "da", "eck")
    )

    def place(old: str, new: str, row: Row) -> Place:
        return Place(old, new, (row,), "body", "{}")

    def swapped(random: Random) -> Place:
        text = sentence(random)
        return place(f"{{{{{a}|text={text}}}}}", f"{{{{{b}|text={text}}}}}", Row("template", a, b))

    def bare(random: Random) -> Place:
        return place(f"{{{{{c}}}}}", f"{{{{{d}}}}}", Row("template", None, None, exact=False))

    def parameter(random: Random) -> Place:
        text, day = sentence(random), random.randint(1, 28)
        row = Row("template", None, None, exact=False)
        return place(f"{{{{{e}|inhalt={text}|am={day}}}}}", f"{{{{{e}|text={text}|am={day}}}}}", row)

    def both(random: Random) -> Place:
        text, day = sentence(random), random.randint(1, 28)
        row = Row("template", None, None, exact=False)
        return place(f"{{{{{f}|{text}|{day}}}}}", f"{{{{{g}|text={text}|tag={day}|art=neu}}}}", row)

    return [
        Kind("template", swapped),
        Kind("template without parameters", bare),
        Kind("template parameter", parameter),
        Kind("template with parameters", both),
    ]


def _text_kinds(random: Random) -> list[Kind]:
    stem, other = place_name(random), place_name(random)

    def kind(name: str, old: str, new: str, *, per_page: int = 2) -> Kind:
        def make(random: Random) -> Place:
            around = f"{sentence(random)[:-1]}, so {{}}, und zwar {sentence(random)}"
            return Place(old, new, (Row("section", None, None, exact=False),), "line", around)

        return Kind(name, make, per_page=per_page)

    return [
        kind("mistyped word", f"{stem}nmaßname", f"{stem}nmaßnahme"),
        kind("phrase", f"das Amt für {stem} und Verkehr", f"der Fachbereich {other} und Mobilität"),
        kind("words added", f"Verein {other}treff", f"Verein {other}treff e. V."),
        kind("words dropped", f"die sogenannte {other}achse", f"die {other}achse"),
    ]


def _cosmetic_kinds(random: Random, days: tuple[int, int]) -> list[Kind]:
    name = place_name(random)
    hosts = [_host(random) for _ in range(2)]
    row = Row("section", None, None, exact=False)

    def secure(random: Random) -> Place:
        host = f"{random.choice(hosts)}/{place_name(random).lower()}"
        return _link(f"http://{host}", f"https://{host}", place_name(random) + " im Netz")

    def bold(random: Random) -> Place:
        url = f"https://{_host(random)}/blatt {place_name(random)}"
        return Place(f"'''[{url}]'''", f"[{url}]", (row,), "line", f"* {{}} {sentence(random)}")

    def icon(random: Random) -> Place:
        page = place_name(random)
        file = f"[[File:{name} {page}.png|frameless|120x120px"
        rows = (Row("file", None, None, exact=False),)
        return Place(f"{file}]]", f"{file}|link={page}]]", rows, "line", "{}")

    def line_break(random: Random) -> Place:
        around = f"{sentence(random)} {{}} {sentence(random)}"
        return Place(f"{name}<br clear=all>", f'{name}<br clear="all">', (row,), "line", around)

    return [
        Kind("secure addresses", secure, days=(750, 900)),  # not while those of one host are made so
        Kind("bold links", bold, days=days, same_rule=True),
        Kind("icon links", icon, per_page=2, days=days),
        Kind("tags", line_break, days=days, same_rule=True),
    ]
