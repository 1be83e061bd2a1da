"""The case that started the project, replayed on a real MediaWiki: one page, two versions, one report."""

from __future__ import annotations

import json
from pathlib import Path

from tests.mediawiki import MediaWiki
from tests.wikitrail import assert_exact, rows, sync, wikitrail

TITLE = "Handlungskonzept zum Umgang mit geflohenen Menschen in Oberhausen"
CITY_PAGE = (
    "https://www.oberhausen.de/de/index/rathaus/verwaltung/familie-schule-integration-und-sport/"
    "kommunales_integrationszentrum.php"
)
ALLRIS = "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR=13572"
RATSINFO = "http://ratsinfo.oberhausen.de/vo020?VOLFDNR=13572"

FIRST = f"""{{{{Konzeption
|Räumlicher Geltungsbereich=Gesamtstadt
|Art=Konzept
|Zuständigkeit=Bereich 2-6 / Kommunales Integrationszentrum
|Jahr der Veröffentlichung=2020
}}}}
==Themenfeld(er)==
{{|
![[Datei:Gesellschaftliche Teilhabe und Chancengleichheit2.png|rahmenlos|120x120px|link=Gesellschaftliche Teilhabe]]
|-
|}}
==Kurzbeschreibung==
Das Konzept ordnet, wie die Stadt Geflüchtete aufnimmt und begleitet.
==Synergien zu anderen Konzepten==
-
==Politische Beschlusslage==
'''[{ALLRIS} Vorlage - B/16/5505-01]''' (Allris): "''Fortschreibung des Handlungskonzeptes''"


==Weiterführende Links & Downloads==
-
[[Category:Gesellschaftliche Teilhabe und Chancengleichheit]]"""

SECOND = FIRST.replace(f"'''[{ALLRIS} Vorlage - B/16/5505-01]'''", f"[{RATSINFO} Vorlage - B/16/5505-01]").replace(
    "Downloads==\n-", f"Downloads==\n[{CITY_PAGE} Städtische Website zum kommunalen Integrationszentrum (KI)]"
)


def test_the_report_says_what_happened_and_nothing_else(mediawiki: MediaWiki, tmp_path: Path) -> None:
    db = tmp_path / "wiki.db"
    first = mediawiki.edit(TITLE, FIRST, user="Lena Sommer")
    sync(db, f"{mediawiki.url}/index.php/{TITLE.replace(' ', '_')}")
    ((last,),) = rows(db, "SELECT max(change_id) FROM changes")
    second = mediawiki.edit(TITLE, SECOND, user="Lena Sommer")
    sync(db)
    assert_exact(db, mediawiki)

    link, section = "Politische Beschlusslage", "Weiterführende Links & Downloads"
    found = rows(
        db,
        "SELECT kind, action, path, before, after, significance, rev_from, rev_to FROM changes WHERE change_id > ?"
        " ORDER BY kind, significance DESC, action",
        last,
    )
    assert [row[:3] + row[5:] for row in found] == [
        ("link", "added", section, "substantive", first, second),
        ("link", "changed", link, "substantive", first, second),
        ("section", "changed", section, "substantive", first, second),
        ("section", "changed", link, "cosmetic", first, second),
    ]
    assert found[0][3:5] == (None, CITY_PAGE)
    assert found[1][3:5] == (ALLRIS, RATSINFO)
    assert found[2][3:5] == ("-", "Städtische Website zum kommunalen Integrationszentrum (KI)")
    assert rows(db, "SELECT noise_reason FROM changes WHERE significance = 'cosmetic'") == [("markup",)]
    papers = rows(db, "SELECT number, key_name, key_value, from_rev, to_rev FROM paper_history ORDER BY from_rev")
    assert papers == [
        ("B/16/5505-01", "VOLFDNR", "13572", first, first),
        ("B/16/5505-01", "VOLFDNR", "13572", second, None),
    ]

    result = wikitrail("--db", db, "report", "--format", "json,txt", "--lang", "de", "-o", tmp_path)
    assert result.code == 0, result.err
    told = json.loads((tmp_path / "report.de.json").read_text(encoding="utf-8"))
    (page,) = [page for page in told["pages"] if page["title"] == TITLE]
    edit = page["edits"][-1]
    assert len(edit["entries"]) == 2, edit
    text = (tmp_path / "report.de.txt").read_text(encoding="utf-8")
    assert ALLRIS in text
    assert RATSINFO in text
    assert "„Vorlage - B/16/5505-01“" in text
    assert "Der Platzhalter „-“ unter „Weiterführende Links & Downloads“ wurde durch den Link" in " ".join(text.split())
    assert "Nur Gestaltung: eine Änderung (Hervorhebung)" in text
