"""More forms of bulk changes for labelled histories: other ways to write addresses, fields, names and words."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.labelled_ground import host_name, place_name, sentence
from tests.labelled_history import Row
from tests.labelled_kinds import Kind, Place

Form = Callable[[Random], tuple[str, str]]  # the old and the new form, with one key


def more_kinds(random: Random) -> list[Kind]:
    """One of each form, with names of its own."""
    return [
        *_address_forms(random), *_link_places(random), *_field_forms(random), *_name_forms(random),
        *_text_forms(random), *_mark_forms(random),
    ]  # fmt: skip


def _link_kind(name: str, form: Form) -> Kind:
    def make(random: Random) -> Place:
        old, new = form(random)
        label = f"Papier {random.randint(100, 9999)}"
        return Place(f"[{old} {label}]", f"[{new} {label}]", (Row("link", old, new),), "line", "* {} im Rat")

    return Kind(name, make, per_page=2)


def _address_forms(random: Random) -> list[Kind]:
    h = [host_name(random) for _ in range(16)]

    def n(random: Random) -> int:
        return random.randint(1000, 99999)

    def both(old: str, new: str) -> Form:
        def form(random: Random) -> tuple[str, str]:
            keys = {
                "n": n(random), "y": random.choice((2016, 2017, 2018)), "p": place_name(random).lower(),
                "s": f"{random.randrange(16**8):08x}", "q": place_name(random).lower(), "m": random.randint(1, 12),
            }  # fmt: skip
            return old.format(**keys), new.format(**keys)

        return form

    return [
        _link_kind("www dropped", both(f"http://www.{h[0]}/{{p}}/{{n}}", f"https://{h[0]}/{{p}}/{{n}}")),
        _link_kind("port dropped", both(f"http://{h[1]}:8080/x?id={{n}}", f"https://{h[1]}/x?id={{n}}")),
        _link_kind("key from the fragment", both(f"http://{h[2]}/app#/akte/{{n}}", f"https://{h[2]}/akte/{{n}}")),
        _link_kind("year dropped", both(f"https://{h[3]}/{{y}}/text-{{n}}.htm", f"https://{h[3]}/text-{{n}}.htm")),
        _link_kind("site to path", both(f"http://{{p}}.{h[4]}/{{n}}", f"https://{h[4]}/{{p}}/{{n}}")),
        _link_kind("another ending", both(f"http://{h[5]}/p/{{p}}-{{n}}.asp", f"http://{h[5]}/p/{{p}}-{{n}}.php")),
        _link_kind("session dropped", both(f"http://{h[6]}/v?id={{n}}&sid={{s}}", f"http://{h[6]}/v?id={{n}}")),
        _link_kind("archived", both(f"http://{h[7]}/{{p}}/{{n}}", f"https://archiv.example/web/http://{h[7]}/{{p}}/{{n}}")),
        _link_kind("parameter added", both(f"https://{h[8]}/v?id={{n}}", f"https://{h[8]}/v?id={{n}}&lang=de")),
        _link_kind("parameter dropped", both(f"https://{h[9]}/v?mode=alt&id={{n}}", f"https://{h[9]}/v?id={{n}}")),
        _link_kind("words in the path", both(f"http://{h[10]}/{{p}}-und-{{q}}/", f"https://{h[10]}/thema/{{p}}-und-{{q}}")),
        _link_kind("deeper path", both(f"http://{h[11]}/{{p}}/{{q}}/{{n}}", f"http://{h[11]}/archiv/{{p}}/{{q}}/{{n}}")),
        _link_kind("key in capitals", both(f"http://{h[12]}/?DOC={{s}}", f"https://{h[12]}/dokument/{{s}}")),
        _link_kind("month in the path", both(f"http://{h[13]}/{{y}}/{{m}}/{{n}}.pdf", f"https://{h[13]}/pdf/{{y}}/{{m}}/{{n}}.pdf")),
        _link_kind("double key", both(f"http://{h[14]}/s?a={{n}}&b={{m}}", f"https://{h[14]}/{{n}}/{{m}}")),
        _link_kind("encoded", both(f"http://{h[15]}/d.asp?t={{p}}%20{{n}}", f"https://{h[15]}/d?t={{p}}%20{{n}}")),
    ]  # fmt: skip


def _link_places(random: Random) -> list[Kind]:
    h = [host_name(random) for _ in range(4)]

    def pair(random: Random, host: str) -> tuple[str, str]:
        key = random.randint(1000, 99999)
        return f"http://{host}/a.asp?k={key}", f"https://{host}/a?k={key}"

    def cell(random: Random) -> Place:
        old, new = pair(random, h[0])
        table = f"{{|\n! Papier !! Tag\n|-\n| {{}} || {random.randint(1, 28)}.3.2018\n|}}"
        return Place(f"[{old} Akte {old[-3:]}]", f"[{new} Akte {new[-3:]}]", (Row("link", old, new),), "body", table)

    def parameter(random: Random) -> Place:
        old, new = pair(random, h[1])
        text = f"{{{{Beleg {h[1][:4]}|url={{}}|titel={place_name(random)}}}}}"
        return Place(old, new, (Row("link", old, new, exact=False),), "body", text)

    def relabelled(random: Random) -> Place:
        old, new = pair(random, h[2])
        label = old[-4:]
        row = (Row("link", old, new),)
        return Place(
            f"[{old} Vorlage {label}]", f"[{new} Vorlage Nr. {label}]", row, "line", f"* {{}} {sentence(random)}"
        )

    def unlabelled(random: Random) -> Place:
        old, new = pair(random, h[3])
        return Place(f"[{old}]", f"[{new}]", (Row("link", old, new),), "line", f"{sentence(random)} {{}}")

    return [
        Kind("address in a table", cell), Kind("address as parameter", parameter),
        Kind("address and label", relabelled), Kind("address without label", unlabelled, per_page=3),
    ]  # fmt: skip


def _box(name: str, old: str, new: str) -> Place:
    return Place(f"|{name}={old}", f"|{name}={new}", (Row("infobox", old, new),), "box")


def _field_forms(random: Random) -> list[Kind]:
    name = [place_name(random) for _ in range(6)]
    short = f"FB {random.randint(1, 9)}-{random.randint(0, 9)}"

    def unit(random: Random) -> Place:
        size = random.randint(2, 900)
        return _box(f"{name[0]}größe", f"{size} ha", f"{size} Hektar")

    def long(random: Random) -> Place:
        return _box(f"{name[1]}stelle", short, f"Bereich {name[2]}")

    def listed(random: Random) -> Place:
        place = place_name(random)
        old, new = f"{place}, Amt {name[3]}, Rat", f"{place}, Dezernat {name[4]}, Rat"
        return _box(f"{name[3]}beteiligt", old, new)

    return [Kind("unit of a value", unit), Kind("short value", long), Kind("one of several values", listed)]


def _name_forms(random: Random) -> list[Kind]:
    a, b, c, d, e, f = (place_name(random) for _ in range(6))

    def nested(random: Random) -> Place:
        text = f"== {place_name(random)}teil ==\n{sentence(random)}\n{{}}\n{sentence(random)} {sentence(random)}"
        row = Row("section", f"{a} heute", f"{a} im Jahr")
        return Place(f"=== {a} heute ===", f"=== {a} im Jahr ===", (row,), "section", text)

    def shifted(random: Random) -> Place:
        text = f"{{}}\n{sentence(random)} {sentence(random)}\n* {sentence(random)}"
        row = Row("section", None, None, exact=False)
        return Place(f"== {b} alt ==", f"== {c} neu ==", (row,), "section", text)

    def renamed_page(random: Random) -> Place:
        shown = random.choice(("", f"|{place_name(random)}", "|dort"))
        row = Row("link", f"{d}haus", f"Haus am {e}")
        around = f"* {{}}: {sentence(random)}"
        return Place(f"[[{d}haus{shown}]]", f"[[Haus am {e}{shown}]]", (row,), "line", around)

    def subpage(random: Random) -> Place:
        page = f"{place_name(random)} {random.randint(1, 99)}"
        row = Row("link", f"Archiv {f}/{page}", f"Ablage {f}/{page}")
        return Place(f"[[Archiv {f}/{page}]]", f"[[Ablage {f}/{page}]]", (row,), "line", f"* {{}}: {sentence(random)}")

    def unnamed(random: Random) -> Place:
        text = sentence(random)
        row = Row("template", f"{a}satz", f"{b}satz")
        return Place(f"{{{{{a}satz|{text}}}}}", f"{{{{{b}satz|{text}}}}}", (row,), "body", "{}")

    def inline(random: Random) -> Place:
        row = Row("template", None, None, exact=False)
        around = f"{sentence(random)} {{}} {sentence(random)}"
        return Place(f"{{{{{c}zahl|{b}}}}}", f"{{{{{d}zahl|{b}}}}}", (row,), "body", around)

    return [
        Kind("nested section", nested), Kind("section of quite another name", shifted),
        Kind("links to one renamed page", renamed_page, per_page=2), Kind("links to subpages", subpage, per_page=2),
        Kind("template of one text", unnamed), Kind("template in a sentence", inline),
    ]  # fmt: skip


def _text_kind(name: str, form: Form) -> Kind:
    def make(random: Random) -> Place:
        old, new = form(random)
        around = f"{sentence(random)[:-1]}, so {{}} und {sentence(random)}"
        return Place(old, new, (Row("section", None, None, exact=False),), "line", around)

    return Kind(name, make, per_page=2)


def _text_forms(random: Random) -> list[Kind]:
    person = place_name(random)

    def money(random: Random) -> tuple[str, str]:
        amount = f"{random.randint(2, 900)}.000"
        return f"{amount} Taler", f"{amount} Gulden"

    def name(random: Random) -> tuple[str, str]:
        return f"Dr. {person} Meyer", f"Dr. {person} Maier"

    def short(random: Random) -> tuple[str, str]:
        amount = random.randint(2, 900)
        return f"{amount} TLR", f"{amount} GLD"

    return [
        _text_kind("unit in texts", money), _text_kind("short unit in texts", short),
        _text_kind("name of a person", name),
    ]  # fmt: skip


def _mark_forms(random: Random) -> list[Kind]:
    row = Row("section", None, None, exact=False)

    def mark(name: str, old: Callable[[str], str], new: Callable[[str], str]) -> Kind:
        def make(random: Random) -> Place:
            word, said = place_name(random), sentence(random)
            return Place(old(word), new(word), (row,), "line", f"{said} {{}} {said}")

        return Kind(name, make, days=(30, 100))

    return [
        mark("closed breaks", lambda w: f"{w}<br>", lambda w: f"{w}<br />"),
        mark("bold as wikitext", lambda w: f"<b>{w}</b>", lambda w: f"'''{w}'''"),
        mark("italics dropped", lambda w: f"''{w}''", lambda w: w),
        mark("entities", lambda w: f"{w}&nbsp;Mark", lambda w: f"{w} Mark"),
    ]
