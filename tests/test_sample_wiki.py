"""The sample wiki is a sound MediaWiki export, and every fact that data/README.md plants is in it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

NS = "{http://www.mediawiki.org/xml/export-0.11/}"
BERLIN = ZoneInfo("Europe/Berlin")
ALLRIS = re.compile(r"http://allris\.oberhausen\.de/bi/vo020\.asp\?VOLFDNR=(\d+) Vorlage - ([A-Z0-9/-]+)\]")
RATSINFO = re.compile(r"http://ratsinfo\.oberhausen\.de/vo020\?VOLFDNR=(\d+) Vorlage - ([A-Z0-9/-]+)\]")
SWEEP = ("2024-07-22T00:00:00Z", "2024-07-25T00:00:00Z")
END = "9999"

SEED = "Handlungskonzept zum Umgang mit geflohenen Menschen in Oberhausen"
MISSED = {"Lärmaktionsplan", "Vergnügungsstättenkonzept"}
MISTYPED = "Kinder- und Jugendförderplan"
# Title as it is today, and how many links the update moved there.
MOVED = {
    "Einzelhandelskonzept": 2,
    "Freiraumentwicklungskonzept": 1,
    SEED: 1,
    "Integriertes Handlungskonzept (IHK) Osterfeld": 2,
    "Integriertes Handlungskonzept (IHK) Sterkrade": 3,
    MISTYPED: 1,
    "Klimaanpassungskonzept": 1,
    "Klimaschutzkonzept": 3,
    "Mobilitätskonzept Innenstadt": 1,
    "Nahverkehrsplan": 1,
    "Radverkehrskonzept": 2,
    "Schulentwicklungsplan": 1,
    "Senior:innenförderplan": 1,
    "Sozialbericht": 1,
    "Spielflächenkonzept": 1,
    "Sportstättenentwicklungsplan": 2,
    'Themenjahr "Wohnen"': 1,
    "Wohnraumkonzept": 1,
}


@dataclass(frozen=True, slots=True)
class Rev:
    """One revision as the export states it."""

    rev_id: int
    parent: int | None
    time: str
    user: str
    comment: str
    minor: bool
    origin: int
    text: str
    size: int
    sha1: str
    sha1_element: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page with its history."""

    page_id: int
    ns: int
    title: str
    redirect: str | None
    revs: tuple[Rev, ...]

    def at(self, time: str) -> str:
        """The text that stood at a time; empty before the page was there."""
        return next((rev.text for rev in reversed(self.revs) if rev.time <= time), "")

    def pair(self, rev_id: int) -> tuple[str, str]:
        """The texts before and after a revision."""
        number = next(i for i, rev in enumerate(self.revs) if rev.rev_id == rev_id)
        return self.revs[number - 1].text, self.revs[number].text


def read(element: etree._Element, name: str) -> str:
    return element.findtext(NS + name) or ""


def read_revision(node: etree._Element) -> Rev:
    text = node.find(NS + "text")
    contributor = node.find(NS + "contributor")
    assert text is not None
    assert contributor is not None
    parent = read(node, "parentid")
    return Rev(
        rev_id=int(read(node, "id")),
        parent=int(parent) if parent else None,
        time=read(node, "timestamp"),
        user=read(contributor, "username") or read(contributor, "ip"),
        comment=read(node, "comment"),
        minor=node.find(NS + "minor") is not None,
        origin=int(read(node, "origin")),
        text=text.text or "",
        size=int(text.attrib["bytes"]),
        sha1=str(text.attrib["sha1"]),
        sha1_element=read(node, "sha1"),
    )


def read_page(node: etree._Element) -> Page:
    redirect = node.find(NS + "redirect")
    return Page(
        page_id=int(read(node, "id")),
        ns=int(read(node, "ns")),
        title=read(node, "title"),
        redirect=None if redirect is None else str(redirect.attrib["title"]),
        revs=tuple(read_revision(rev) for rev in node.findall(NS + "revision")),
    )


@pytest.fixture(scope="module")
def root(sample_wiki_path: Path) -> etree._Element:
    return etree.parse(str(sample_wiki_path)).getroot()


@pytest.fixture(scope="module")
def wiki(root: etree._Element) -> dict[str, Page]:
    pages = [read_page(node) for node in root.findall(NS + "page")]
    return {page.title: page for page in pages}


def base36(data: bytes) -> str:
    """MediaWiki's form of a sha1: base 36, 31 characters."""
    number, digits = int.from_bytes(hashlib.sha1(data).digest(), "big"), ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits.rjust(31, "0")


def keys(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """Paper number to VOLFDNR of the links that a text holds."""
    return {number: key for key, number in pattern.findall(text)}


# ------------------------------------------------------------------------------------------------ the file


def test_siteinfo_is_that_of_a_german_wiki(root: etree._Element) -> None:
    assert root.tag == NS + "mediawiki"
    assert root.attrib["version"] == "0.11"
    site = root.find(NS + "siteinfo")
    assert site is not None
    assert {name: read(site, name) for name in ("sitename", "dbname", "case")} == {
        "sitename": "MediawikiOB (Beispiel)",
        "dbname": "mediawikiob_beispiel",
        "case": "first-letter",
    }
    assert read(site, "generator").startswith("MediaWiki 1.39.")
    assert read(site, "base").endswith("/index.php?title=Hauptseite")
    names = {int(node.attrib["key"]): node.text or "" for node in site.iter(NS + "namespace")}
    assert {key: names[key] for key in (-1, 0, 1, 2, 3, 4, 6, 10, 14, 108)} == {
        -1: "Spezial",
        0: "",
        1: "Diskussion",
        2: "Benutzer",
        3: "Benutzer Diskussion",
        4: "MediawikiOB",
        6: "Datei",
        10: "Vorlage",
        14: "Kategorie",
        108: "Konzept",
    }


def test_counts(wiki: dict[str, Page]) -> None:
    by_namespace: dict[int, int] = {}
    for page in wiki.values():
        by_namespace[page.ns] = by_namespace.get(page.ns, 0) + 1
    assert by_namespace == {0: 33, 1: 1, 2: 1, 4: 1, 10: 1, 14: 4}
    assert sum(len(page.revs) for page in wiki.values()) == 216


def test_sizes_and_hashes_are_those_of_the_texts(wiki: dict[str, Page]) -> None:
    for page in wiki.values():
        for rev in page.revs:
            data = rev.text.encode()
            expected = (len(data), base36(data), base36(data))
            assert (rev.size, rev.sha1, rev.sha1_element) == expected, rev.rev_id


def test_texts_are_as_mediawiki_saves_them(wiki: dict[str, Page]) -> None:
    for page in wiki.values():
        for rev in page.revs:
            assert rev.text == rev.text.rstrip(), rev.rev_id
            assert unicodedata.is_normalized("NFC", rev.text), rev.rev_id
            assert "\r" not in rev.text, rev.rev_id
            assert "~~~" not in rev.text, rev.rev_id


def test_ids_follow_time(wiki: dict[str, Page]) -> None:
    revs = sorted((rev for page in wiki.values() for rev in page.revs), key=lambda rev: rev.rev_id)
    times = [rev.time for rev in revs]
    assert times == sorted(times)
    assert len({rev.rev_id for rev in revs}) == len(revs)
    pages = list(wiki.values())
    assert [page.page_id for page in pages] == sorted({page.page_id for page in pages})
    created = [page.revs[0].time for page in pages]
    assert created == sorted(created)


def test_parents_form_one_chain_per_page(wiki: dict[str, Page]) -> None:
    for page in wiki.values():
        ids = [rev.rev_id for rev in page.revs]
        assert [rev.parent for rev in page.revs] == [None, *ids[:-1]], page.title


def test_only_moving_and_protecting_leave_a_text_as_it_was(wiki: dict[str, Page]) -> None:
    same = {
        (page.title, new.rev_id, new.origin == old.origin)
        for page in wiki.values()
        for old, new in zip(page.revs, page.revs[1:], strict=False)
        if old.text == new.text
    }
    assert same == {("Vorlage:Konzeption", 79, True), ("Freiraumentwicklungskonzept", 187, True)}


def test_edits_are_made_on_weekdays_in_office_hours(wiki: dict[str, Page]) -> None:
    for page in wiki.values():
        for rev in page.revs:
            local = datetime.fromisoformat(rev.time).astimezone(BERLIN)
            assert local.weekday() < 5, rev.rev_id
            assert 7 <= local.hour < 18, rev.rev_id
    times = sorted(rev.time for page in wiki.values() for rev in page.revs)
    assert (times[0][:7], times[-1][:7]) == ("2023-09", "2025-06")


def test_log_of_one_protection_one_move_one_deletion(root: etree._Element, wiki: dict[str, Page]) -> None:
    log = [
        tuple(read(item, name) for name in ("id", "timestamp", "type", "action", "logtitle"))
        for item in root.findall(NS + "logitem")
    ]
    assert log == [
        ("57", "2024-02-19T08:31:08Z", "protect", "protect", "Vorlage:Konzeption"),
        ("112", "2024-11-26T09:31:44Z", "move", "move", "Freiflächenkonzept"),
        ("121", "2025-01-14T08:26:17Z", "delete", "delete", "Entwurf Nachtwirtschaft"),
    ]
    assert "Entwurf Nachtwirtschaft" not in wiki
    for item in root.findall(NS + "logitem"):
        for length, value in re.findall(r's:(\d+):"([^"]*)"', read(item, "params")):
            assert int(length) == len(value.encode())


def test_redirects(wiki: dict[str, Page]) -> None:
    assert {page.title: page.redirect for page in wiki.values() if page.redirect} == {
        "Flüchtlingskonzept": SEED,
        "Freiflächenkonzept": "Freiraumentwicklungskonzept",
        "IHK Sterkrade": "Integriertes Handlungskonzept (IHK) Sterkrade",
    }
    assert wiki["IHK Sterkrade"].revs[-1].text.endswith("#Kurzbeschreibung]]")


# ------------------------------------------------------------------------- the link update of July 2024


def test_link_update_moves_every_link_but_those_of_two_pages(wiki: dict[str, Page]) -> None:
    before = {page.title: keys(ALLRIS, page.at(SWEEP[0])) for page in wiki.values()}
    assert {title: len(links) for title, links in before.items() if links} == MOVED | dict.fromkeys(MISSED, 1)
    assert not any(RATSINFO.search(page.at(SWEEP[0])) for page in wiki.values())

    after = {page.title: keys(RATSINFO, page.at(SWEEP[1])) for page in wiki.values()}
    assert {title: len(links) for title, links in after.items() if links} == MOVED
    assert {page.title for page in wiki.values() if "allris.oberhausen.de" in page.at(SWEEP[1])} == MISSED
    assert {page.title for page in wiki.values() if "allris.oberhausen.de" in page.at(END)} == MISSED

    # The paper number of a link stays, and its key does on all pages but one.
    assert {title: set(after[title]) for title in MOVED} == {title: set(before[title]) for title in MOVED}
    changed = {
        (title, number, before[title][number], key)
        for title in MOVED
        for number, key in after[title].items()
        if before[title][number] != key
    }
    assert changed == {(MISTYPED, "B/17/1322-01", "14312", "14132")}
    assert keys(RATSINFO, wiki[MISTYPED].at(END)) == {"B/17/1322-01": "14132"}
    assert not any("VOLFDNR=14132" in page.at(END) for page in wiki.values() if page.title != MISTYPED)


def test_link_update_is_spread_over_three_days_and_two_editors(wiki: dict[str, Page]) -> None:
    revs = [
        new
        for page in wiki.values()
        for old, new in zip(page.revs, page.revs[1:], strict=False)
        if len(ALLRIS.findall(old.text)) > len(ALLRIS.findall(new.text)) and RATSINFO.search(new.text)
    ]
    assert len(revs) == 19
    assert {rev.user for rev in revs} == {"M. Aydin", "T. Brandt"}
    assert {rev.time[:10] for rev in revs} == {"2024-07-22", "2024-07-23", "2024-07-24"}


def test_bold_is_dropped_on_many_links_but_not_on_all(wiki: dict[str, Page]) -> None:
    counts = {"dropped": 0, "kept": 0, "never": 0}
    for title in MOVED:
        bold_before = "'''[http" in wiki[title].at(SWEEP[0])
        bold_after = "'''[http" in wiki[title].at(SWEEP[1])
        counts["kept" if bold_after else "dropped" if bold_before else "never"] += MOVED[title]
    assert counts == {"dropped": 20, "kept": 4, "never": 2}


def test_missed_pages_are_the_one_left_alone_and_the_one_edited_later(wiki: dict[str, Page]) -> None:
    later = {title: [rev.rev_id for rev in wiki[title].revs if rev.time > SWEEP[1]] for title in MISSED}
    assert later == {"Vergnügungsstättenkonzept": [], "Lärmaktionsplan": [186, 206]}


def test_other_edits_hide_in_revisions_of_the_update(wiki: dict[str, Page]) -> None:
    hidden = {
        ("Klimaschutzkonzept", 146): "\n* Fuhrpark der Verwaltung bis 2030 vollständig elektrisch betreiben",
        ("Einzelhandelskonzept", 152): "|Zuständigkeit=Bereich 5-1 / Stadtplanung\n",
        ("Wohnraumkonzept", 157): "[https://www.oberhausen.de/de/index/stadtentwicklung-umwelt/wohnen.php ",
        ("Schulentwicklungsplan", 162): "|Jahr der Veröffentlichung=2023\n",
        ("Mobilitätskonzept Innenstadt", 163): "mehr Platz für Fußgängerinnen und Fußgänger sowie drei",
    }
    for (title, rev_id), new in hidden.items():
        before, after = wiki[title].pair(rev_id)
        assert new not in before, title
        assert new in after, title
        assert RATSINFO.search(after), title


def test_decoys(wiki: dict[str, Page]) -> None:
    before, after = wiki["Digitalstrategie"].pair(129)
    assert keys(ALLRIS, before) == {"B/17/1904-01": "14488"}
    assert "allris" not in after
    assert wiki["Digitalstrategie"].revs[-1].text.count("ratsinfo") == 0

    before, after = wiki["Gesellschaftliche Teilhabe und Chancengleichheit"].pair(161)
    old, new = (
        "http://statistik.example/oberhausen/bericht.asp?ID=231",
        "https://portal.statistik.example/bericht/231",
    )
    assert after == before.replace(old, new)

    for title, papers in (
        ("Hitzeaktionsplan", {"B/17/5792": "16840"}),
        ("Kommunale Wärmeplanung", {"B/17/6120-01": "17215"}),
    ):
        assert wiki[title].revs[0].time > SWEEP[1]
        assert keys(RATSINFO, wiki[title].revs[0].text) == papers

    # An address in <pre> is not a link.
    before, after = wiki["MediawikiOB:Redaktionsleitfaden"].pair(145)
    assert "allris.oberhausen.de/bi/vo020.asp?VOLFDNR=NUMMER" in before
    assert "ratsinfo.oberhausen.de/vo020?VOLFDNR=NUMMER" in after


def test_page_of_the_morning_of_23_july(wiki: dict[str, Page]) -> None:
    page = wiki[SEED]
    assert (page.revs[-1].rev_id, page.revs[-1].time) == (154, "2024-07-23T06:46:00Z")
    before, after = (text.split("\n") for text in page.pair(154))
    subject = "Fortschreibung des Handlungskonzeptes zum Umgang mit geflohenen Menschen in Oberhausen"
    paper = f" (Allris): \"''{subject}''\""
    category = "[[Category:Gesellschaftliche Teilhabe und Chancengleichheit]]"
    website = (
        "[https://www.oberhausen.de/de/index/rathaus/verwaltung/familie-schule-integration-und-sport/"
        "kommunales_integrationszentrum.php Städtische Website zum kommunalen Integrationszentrum (KI)]"
    )
    assert before[:35] == after[:35]
    assert before[35:] == [
        "|}",
        "==Politische Beschlusslage==",
        f"'''[http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR=13572 Vorlage - B/16/5505-01]'''{paper}",
        "",
        "==Weiterführende Links & Downloads==",
        "-",
        category,
    ]
    assert after[35:] == [
        "|}",
        "==Politische Beschlusslage==",
        f"[http://ratsinfo.oberhausen.de/vo020?VOLFDNR=13572 Vorlage - B/16/5505-01]{paper}",
        "",
        "==Weiterführende Links & Downloads==",
        website,
        category,
    ]
    assert after[:6] == [
        "{{Konzeption",
        "|Räumlicher Geltungsbereich=Gesamtstadt",
        "|Art=Konzept",
        "|Zuständigkeit=Bereich 2-6 / Kommunales Integrationszentrum",
        "|Jahr der Veröffentlichung=2020",
        "}}",
    ]
    assert [line for line in after if line.startswith("==")] == [
        "==Themenfeld(er)==",
        "==Kurzbeschreibung==",
        "==Analyseschwerpunkte im Konzept==",
        "==Im Konzept formulierte Ziele==",
        "==Synergien zu anderen Konzepten==",
        "==Bezug zu Leitzielen der Stadtentwicklung==",
        "==Politische Beschlusslage==",
        "==Weiterführende Links & Downloads==",
    ]


# ------------------------------------------------------------------------------------------- other facts


def test_infobox_parameters_drift_over_three_generations(wiki: dict[str, Page]) -> None:
    generations = {
        "1": {"Fachbereich", "Ansprechpartner", "Erstelldatum", "Aktualisierungsdatum"},
        "3": {"Räumlicher Geltungsbereich", "Art", "Zuständigkeit", "Jahr der Veröffentlichung"},
    }
    generations["2"] = generations["1"] | {"Übergeordnetes Handlungsfeld"}
    generations["mixed"] = generations["2"] | {"Art"}
    histories: dict[str, list[str]] = {}
    for page in wiki.values():
        for rev in page.revs:
            if page.ns == 0 and "{{Konzeption" in rev.text:
                box = rev.text[rev.text.index("{{Konzeption") : rev.text.index("}}")]
                names = {part.split("=")[0].strip() for part in box.split("|")[1:]}
                generation = next(key for key, fields in generations.items() if fields == names)
                history = histories.setdefault(page.title, [])
                if history[-1:] != [generation]:
                    history.append(generation)
    paths = ["".join(history) for history in histories.values()]
    assert {path: paths.count(path) for path in paths} == {"123": 17, "1mixed3": 1, "23": 3, "3": 2}
    assert histories["Spielflächenkonzept"] == ["1", "mixed", "3"]


def test_clone_is_corrected_later(wiki: dict[str, Page]) -> None:
    clone = wiki["Sozialbericht"]
    assert clone.revs[0].rev_id == 73
    assert clone.revs[0].text == wiki["Senior:innenförderplan"].at(clone.revs[0].time)
    before, after = clone.pair(107)
    assert keys(ALLRIS, before) == {"B/17/3277": "15190"}
    assert keys(ALLRIS, after) == {"B/17/4609": "15846"}
    assert before.startswith(
        "{{Konzeption\n|Räumlicher Geltungsbereich=Gesamtstadt\n|Art=Konzept\n|Zuständigkeit=3-2\n"
        "|Jahr der Veröffentlichung=2022\n}}"
    )
    assert after.startswith(
        "{{Konzeption\n|Räumlicher Geltungsbereich=Oberhausen\n|Art=Bericht\n|Zuständigkeit=0-4\n"
        "|Jahr der Veröffentlichung=2023\n}}"
    )


@pytest.mark.parametrize(
    ("title", "rev_id", "old", "new"),
    [
        ("Spielflächenkonzept", 74, "[[Category:Freiraum]]", "[[Category:Umwelt, Freiraum, Klima]]"),
        ("Mobilitätskonzept Innenstadt", 109, "=Gesamtstadt\n", "=Alt-Oberhausen\n"),
        (
            "Nahverkehrsplan",
            112,
            "== Leitziele aus dem iSTEK ==",
            (
                "== Synergien zu anderen Konzepten ==\n* [[Radverkehrskonzept]]\n"
                "* [[Mobilitätskonzept Innenstadt]]\n\n== Leitziele aus dem iSTEK =="
            ),
        ),
        (
            "Sportstättenentwicklungsplan",
            119,
            "Bewegung.png|rahmenlos|120x120px]]",
            "Bewegung.png|rahmenlos|120x120px|link=Gesundheit, Sport und Bewegung]]",
        ),
        ("Sportstättenentwicklungsplan", 131, "* [[Wohnen#", "* [[Gesundheit, Sport und Bewegung#"),
        ("Wohnraumkonzept", 139, "·" + "\N{NO-BREAK SPACE}" * 8, "* "),
        ("Freiraumentwicklungskonzept", 140, "\N{SOFT HYPHEN}", ""),
        ("Senior:innenförderplan", 169, "\N{REPLACEMENT CHARACTER}", "ä"),
    ],
)
def test_edits_that_change_one_thing_alone(wiki: dict[str, Page], title: str, rev_id: int, old: str, new: str) -> None:
    before, after = wiki[title].pair(rev_id)
    assert before != after
    assert before.replace(old, new) == after


def test_manual_revert(wiki: dict[str, Page]) -> None:
    page = wiki["Radverkehrskonzept"]
    number = next(i for i, rev in enumerate(page.revs) if rev.rev_id == 127)
    good, bad, restored = page.revs[number - 2 : number + 1]
    assert (bad.rev_id, bad.user) == (126, "192.0.2.17")
    assert good.text == restored.text != bad.text
    assert "manuell" in restored.comment
    assert restored.origin == restored.rev_id


def test_whole_text_replaced(wiki: dict[str, Page]) -> None:
    before, after = wiki["Gesundheit, Sport und Bewegung"].pair(41)
    assert not set(before.split("\n")) & set(after.split("\n")) - {""}


def test_sections_renamed_in_october(wiki: dict[str, Page]) -> None:
    def pages_with(heading: str, time: str) -> set[str]:
        pattern = re.compile(rf"^=+ ?{re.escape(heading)} ?=+$", re.MULTILINE)
        return {page.title for page in wiki.values() if pattern.search(page.at(time))}

    for old, new, renamed, left in (
        ("Zielsetzung(en)", "Im Konzept formulierte Ziele", 7, {"Vergnügungsstättenkonzept"}),
        ("Leitziele aus dem iSTEK", "Bezug zu Leitzielen der Stadtentwicklung", 3, set()),
        ("Bezug iSTEK-Leitziele", "Bezug zu Leitzielen der Stadtentwicklung", 1, set()),
    ):
        before, after = pages_with(old, "2024-10-08T00:00:00Z"), pages_with(old, "2024-10-10T00:00:00Z")
        assert after == left == pages_with(old, END)
        assert len(before - after) == renamed
        assert before - after <= pages_with(new, "2024-10-10T00:00:00Z")


def test_section_moved(wiki: dict[str, Page]) -> None:
    before, after = wiki['Themenjahr "Wohnen"'].pair(195)
    assert sorted(before.split("\n")) == sorted(after.split("\n"))
    assert before.index("==Themenfeld(er)==") > before.index("==Kurzbeschreibung==")
    assert after.index("==Themenfeld(er)==") < after.index("==Kurzbeschreibung==")


def test_markup_that_is_hard_to_read(wiki: dict[str, Page]) -> None:
    now = {page.title: page.at(END) for page in wiki.values()}
    osterfeld = now["Integriertes Handlungskonzept (IHK) Osterfeld"]
    assert "\n}}[[Datei:Osterfeld Innenstadt.jpg|rand|rahmenlos]]\n}}\n" in osterfeld
    assert "Oster-feld" in osterfeld
    assert re.search(r"^=Kurzbeschreibung=$", now["Vergnügungsstättenkonzept"], re.MULTILINE)
    assert now['Themenjahr "Wohnen"'].split("\n")[0].endswith("|Jahr der Veröffentlichung=2023}}")
    assert "|Zuständigkeit=Bereich 5-6 / Verkehrsplanung}}\n" in now["Radverkehrskonzept"]
    assert now["Nahverkehrsplan"].startswith("''Hinweis: ")
    assert "·        Offene Angebote" in now[MISTYPED]
    assert "Bereich 5-2\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}Wohnen" in now["Wohnraumkonzept"]
    assert "==Synergien zu anderen Konzepten==\n-\n" in now[SEED]
    assert "[[Category:Stadtstruktur und Stadtgestalt]]" in now["Einzelhandelskonzept"]
    assert "[[Stadtstruktur & Stadtgestalt" in now["Einzelhandelskonzept"]
    assert "Stadtstruktur und Stadtgestalt" not in wiki


def test_icon_tables_have_an_early_and_a_later_form(wiki: dict[str, Page]) -> None:
    early = re.compile(r"^! \[\[Datei:[^|]+\.jpg\|rahmenlos\|119x119px\]\]", re.MULTILINE)
    later = re.compile(r"^!\[\[Datei:[^|]+\.png\|rahmenlos\|120x120px\|link=[^\]|]+\]\]", re.MULTILINE)
    concepts = [page for page in wiki.values() if "{{Konzeption" in page.at(END) and page.ns == 0]
    assert len(concepts) == 23
    assert sum(bool(early.search(page.revs[0].text)) for page in concepts) == 21
    assert all(later.search(page.at(END)) and not early.search(page.at(END)) for page in concepts)
