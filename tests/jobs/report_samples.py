"""Invented data for the tests of the report: a month in the wiki of a town, told by people who do not exist."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from jobs.report.data import BulkEntry, ReportData
from parsers.change import COSMETIC, AddressCheck, BulkCase, BulkChange, Change, PageChange

PAGE_BASE = "https://wiki.example/index.php"
PAPERS = "Politische Beschlusslage"
OLD, NEW = "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR=", "http://ratsinfo.oberhausen.de/vo020?VOLFDNR="

CONCEPTS = (
    "Spielraumkonzept",
    "Radwegeplan 2030",
    "Lichtkonzept Innenstadt",
    "Konzept Offene Ganztagsschule",
    "Wochenmärkte",
    "Stadtbäume & Grünzüge",
    "Älter werden im Quartier",
    "Bibliothek der Zukunft",
    "Seniorenförderplan",
    "Kleingartenkonzept",
    "Leitlinien Sportstätten",
    "Lärmaktionsplan",
)


def change(
    kind: str,
    action: str,
    path: str = "",
    before: str | None = None,
    after: str | None = None,
    label: str | None = None,
    noise: str | None = None,
) -> Change:
    """A change; with ``noise`` a cosmetic one."""
    if noise:
        return Change(kind, action, path, before, after, COSMETIC, noise, label)
    return Change(kind, action, path, before, after, label=label)


class Edits:
    """Collects changes as the storage would hand them out: with running ids for changes and revisions."""

    def __init__(self) -> None:
        self.changes: list[PageChange] = []
        self._change_ids, self._rev_ids = count(1), count(2001)

    def add(
        self,
        page_id: int,
        title: str,
        when: str,
        user: str | None,
        *changes: Change,
        comment: str | None = None,
        first: bool = False,
        bulk_id: int | None = None,
    ) -> None:
        """One revision with its changes; those of kind link belong to the bulk change, if there is one."""
        rev = next(self._rev_ids)
        for item in changes:
            in_bulk = bulk_id if item.kind == "link" and item.action == "changed" else None
            rev_from = None if first else rev - 500
            self.changes.append(
                PageChange(next(self._change_ids), page_id, title, rev_from, rev, when, user, comment, item, in_bulk)
            )


def report_data(*changes: PageChange, **values: object) -> ReportData:
    """Report data for July 2024 with the given changes, other values replaced by name."""
    data = ReportData(
        site_name="Musterwiki",
        page_base=PAGE_BASE,
        since="2024-07-01T00:00:00Z",
        until="2024-08-01T00:00:00Z",
        generated_at="2024-08-01T04:05:00Z",
        changes=changes,
        pages_total=886,
        revisions_in_period=len({change.rev_to for change in changes}),
        last_sync_at="2024-08-01T04:00:00Z",
        source="https://wiki.example/api.php",
    )
    return replace(data, **values)  # type: ignore[arg-type]


def paper_link(number: int, paper: str, new_number: int | None = None) -> Change:
    """A council-paper link moved from the old system to the new one."""
    after = f"{NEW}{number if new_number is None else new_number}"
    return change("link", "changed", PAPERS, f"{OLD}{number}", after, label=f"Vorlage - {paper}")


def link_update(edits: Edits) -> BulkEntry:
    """Seventeen paper links on twelve pages moved to another host: one page got a wrong number, two were missed."""
    for at, title in enumerate(CONCEPTS):
        links = [paper_link(13000 + 7 * at, f"B/16/{5400 + at}-01", 13907 if at == 8 else None)]
        links += [paper_link(14000 + at, f"B/17/{100 + at}-01")] if at < 5 else []
        extra = [change("section", "changed", PAPERS, "", "", noise="markup")]
        if at == 2:
            extra.append(change("infobox", "changed", "Konzeption/Zuständigkeit", "Fachbereich 5-1", "Fachbereich 5-3"))
        when = f"2024-07-23T06:{20 + 2 * at}:00Z"
        edits.add(100 + at, title, when, "P. Probe", *links, *extra, bulk_id=4)
    return BulkEntry(
        4,
        BulkChange(
            kind="link",
            rule=f"{OLD}{{n}} → {NEW}{{n}}",
            pattern_before=f"{OLD}{{n}}",
            pattern_after=f"{NEW}{{n}}",
            first_at="2024-07-23T06:20:00Z",
            last_at="2024-07-23T06:42:00Z",
            pages=12,
            occurrences=17,
            members=tuple(c.change_id for c in edits.changes if c.bulk_id == 4),
            exceptions=(BulkCase("Seniorenförderplan", 2009, f"{OLD}13056", f"{NEW}13907", "Vorlage - B/16/5408-01"),),
            stragglers=(
                BulkCase("Masterplan Mobilität", 1611, f"{OLD}15020", None, "Vorlage - B/17/2044-01"),
                BulkCase("Hafenviertel (Rahmenplan)", 1702, f"{OLD}15331", None, "Vorlage - B/17/2310-02"),
            ),
            addresses=link_checks(edits),
        ),
    )


def link_checks(edits: Edits) -> tuple[AddressCheck, ...]:
    """The check of that update: besides its flaws one address was dropped, and one stands twice."""
    checks = []
    for c in edits.changes:
        before, after = c.change.before or "", c.change.after or ""
        if c.bulk_id == 4:
            keys = before.removeprefix(OLD), after.removeprefix(NEW)
            verdict = "matched" if keys[0] == keys[1] else "altered"
            place = (c.page_id, c.title, c.rev_from, c.rev_to or 0)
            checks.append(AddressCheck(*place, verdict, *keys, before, after, c.change.label))
    place, label = (103, "Konzept Offene Ganztagsschule", 1504, 2004), "Vorlage - B/17/0999-01"
    checks += [
        AddressCheck(*place, "dropped", "16001", None, f"{OLD}16001", None, label),
        AddressCheck(*place, "duplicated", "13021", "13021", f"{OLD}13021", f"{NEW}13021", label, 2),
    ]
    left = (("Masterplan Mobilität", 1611, "15020"), ("Hafenviertel (Rahmenplan)", 1702, "15331"))
    checks += [AddressCheck(0, title, None, rev, "left", k, None, OLD + k, None) for title, rev, k in left]
    return tuple(checks)


def sample_report() -> ReportData:
    """A whole month: a bulk change with its flaws, new, moved and deleted pages, fields, texts and links."""
    edits = Edits()
    bulk = link_update(edits)
    edits.add(
        107,
        "Bibliothek der Zukunft",
        "2024-07-23T07:10:00Z",
        "P. Probe",
        change(
            "section",
            "changed",
            "Weiterführende Links & Downloads",
            "-",
            "Seite der Stadtbibliothek zum Umbau",
        ),
        change(
            "link",
            "added",
            "Weiterführende Links & Downloads",
            None,
            "https://www.stadt.example/kultur/bibliothek/umbau.html",
            label="Seite der Stadtbibliothek zum Umbau",
        ),
        comment="/* Weiterführende Links & Downloads */ Platzhalter gefüllt",
    )
    edits.add(
        31,
        "Freiraum am Kanal",
        "2024-07-04T09:30:00Z",
        "M. Muster",
        change("infobox", "changed", "Konzeption/Zuständigkeit", "Dezernat 3", "Bereich 5-1 / Stadtplanung"),
        change("infobox", "changed", "Konzeption/Jahr der Veröffentlichung", "", "2024"),
        change("infobox", "added", "Konzeption/Räumlicher Geltungsbereich", None, "Gesamtstadt"),
        change("infobox", "removed", "Konzeption/Ansprechpartner", "Frau Beispiel", None),
        comment="Angaben aus dem Ratsbeschluss nachgetragen",
    )
    edits.add(
        31,
        "Freiraum am Kanal",
        "2024-07-11T13:02:00Z",
        "T. Test",
        change(
            "section",
            "changed",
            "Kurzbeschreibung",
            "Der Kanal trennt heute zwei Ortsteile. Das Konzept zeigt, wie seine Ufer zu einem zusammenhängenden "
            "Freiraum werden. Vorgesehen sind drei neue Brücken, ein Uferweg auf der Nordseite und ein Platz am "
            "alten Hafenbecken. Die Kosten werden auf 4,2 Mio. Euro geschätzt. Der Baubeginn ist für das Jahr 2025 "
            "vorgesehen, sofern die Förderung bewilligt wird.",
            "Der Kanal trennt heute zwei Ortsteile. Das Konzept zeigt, wie seine Ufer zu einem zusammenhängenden "
            "Freiraum werden. Vorgesehen sind zwei neue Brücken, ein Uferweg auf der Nordseite und ein Platz am "
            "alten Hafenbecken. Die Kosten werden auf 5,1 Mio. Euro geschätzt. Der Baubeginn ist für das Jahr 2026 "
            "vorgesehen, sofern die Förderung bewilligt wird.",
        ),
        change("category", "added", "", None, "Umwelt, Freiraum, Klima"),
        change("section", "moved", "Ziele", "Ziele", "Ziele", noise="order"),
        change("section", "changed", "Ziele", "a - b", "a – b", noise="typography"),
    )
    edits.add(
        207,
        "Klimaanpassung in Schulen",
        "2024-07-15T08:00:00Z",
        "M. Muster",
        change("page", "created"),
        change("infobox", "added", "Konzeption/Art", None, "Konzept"),
        change("infobox", "added", "Konzeption/Zuständigkeit", None, "Bereich 2-4 / Schule"),
        change("infobox", "added", "Konzeption/Jahr der Veröffentlichung", None, "2024"),
        *(
            change("section", "added", title, None, "Text.")
            for title in ("Kurzbeschreibung", "Ziele", "Analyse", PAPERS)
        ),
        change("link", "added", PAPERS, None, f"{NEW}16001", label="Vorlage - B/17/4410-01"),
        change("category", "added", "", None, "Bildung"),
        first=True,
    )
    edits.add(
        58,
        "Ideensammlung Marktplatz",
        "2024-07-18T15:45:00Z",
        "T. Test",
        change("page", "deleted"),
        comment="In „Wochenmärkte“ aufgegangen",
    )
    edits.add(
        62,
        "Wohnen im Bestand",
        "2024-07-25T10:12:00Z",
        None,
        change("page", "moved", "", "Wohnkonzept (alt)", "Wohnen im Bestand"),
        change("link", "changed", "Relevante Konzepte", "Wohnen#Ziele", "Quartiere#Ziele", label="Leitziel Wohnen"),
        change(
            "section",
            "added",
            "Analyse / Leerstand",
            None,
            "Im Jahr 2023 standen 412 Wohnungen länger als ein Jahr leer.",
        ),
        change("section", "renamed", "Ziele des Konzepts", "Zielsetzung(en)", "Ziele des Konzepts"),
    )
    edits.add(
        75,
        "Hauptseite",
        "2024-07-29T07:00:00Z",
        "T. Test",
        change("section", "changed", "Aktuelles", "x", "x", noise="markup"),
        change("section", "changed", "", "x", "x", noise="whitespace"),
    )
    data = report_data(*edits.changes, bulk=(bulk,))
    return replace(
        data,
        not_read={"unclosed-template": 2, "url-split-at-equals": 1},
        warnings=("The wiki answered slowly; the run took 40 seconds.",),
    )


def large_report(pages: int) -> ReportData:
    """Many pages with four changes each, over three years."""
    edits = Edits()
    for at in range(pages):
        when = f"20{21 + at % 3}-{1 + at % 12:02}-{1 + at % 28:02}T08:00:00Z"
        fields = [change("infobox", "changed", f"Konzeption/Feld {n}", f"alt {n}", f"neu {n}") for n in range(4)]
        edits.add(at, f"Seite {at:04}", when, "M. Muster", *fields)
    return report_data(*edits.changes, since=None, until=None)
