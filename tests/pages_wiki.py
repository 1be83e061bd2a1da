"""A wiki whose API is refused to everybody but the tests, what happens on it, and a comparison for its mirrors."""

from __future__ import annotations

from pathlib import Path

from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import TextsCompared, _assert_deleted_exact, _assert_texts_exact, _equal, rows

API_REFUSED = (
    "if (defined('MW_API') && !isset($_SERVER['HTTP_X_TEST_HELPER'])) { http_response_code(403); exit; }\n"
    "$wgNamespacesWithSubpages[0] = true; $wgContentHandlerUseDB = true;"
)
EXPORT_CLOSED = "$wgHooks['SpecialPage_initList'][] = function (&$list) { unset($list['Export']); };"


def fill(wiki: MediaWiki, folder: Path) -> None:
    """Some sixty revisions: moves, deletions, redirects, namespaces, markup in summaries, what is hidden, imports."""
    for number in range(12):
        title = f"Konzept {number}"
        wiki.edit(title, f"{{{{Konzept|Nummer={number}}}}}\n== Ziel ==\nErster Stand", user="Nora Feld", summary="neu")
        wiki.edit(title, f"{{{{Konzept|Nummer={number}}}}}\n== Ziel ==\nZweiter Stand", user=None, summary="")
        wiki.edit(
            title,
            f"{{{{Konzept|Nummer={number}}}}}\n== Ziel ==\nDritter Stand [[Konzept 1]]",
            user="Ole Grün",
            summary="/* Ziel */ siehe [[Konzept 1|das erste]] & <b>mehr</b> – [[Konzept 2]] https://rat.example/?a=1&b=2",
            minor=number % 2 == 0,
        )
    wiki.edit("Kategorie:Wohnen", "Alles zum [[Wohnen]].", summary="[[:Kategorie:Wohnen]]")
    wiki.edit("Vorlage:Konzept", "Nummer {{{Nummer}}}")
    wiki.edit("Vorlage:Konzept", "Nummer: {{{Nummer|}}}", summary="(in Klammern)")
    wiki.edit("Diskussion:Konzept 1", "Cafe\u0301 oder Café? A\u030angström", user="Nora Feld")  # not in NFC
    wiki.edit("Hilfe:Leer", "")
    wiki.edit("Benutzer:Nora Feld/daten.json", '{"a":1,  "b": [1,2]}', user="Nora Feld")
    wiki.edit("Seite mit & und „Zeichen“", "Text mit <ref>Quelle</ref>\n\n\n", summary="leer  und   Blanks")
    wiki.edit(
        "Seite mit & und „Zeichen“", "Text\tmit Tab\u00a0und <nowiki>&amp;</nowiki>", summary="→ Pfeil: /* kein */"
    )
    hidden = wiki.edit("Verborgen", "Das erste")
    second = wiki.edit("Verborgen", "Das zweite, geheim", user="Nora Feld", summary="geheim")
    third = wiki.edit("Verborgen", "Das dritte", user="Ole Grün", summary="auch geheim", minor=True)
    wiki.edit("Verborgen", "Das vierte")
    wiki.revision_delete(hidden, second, hide=("content", "user"))
    wiki.revision_delete(third, hide=("comment",))
    wiki.move("Konzept 2", "Planung/Konzept 2", reason="neue [[Ordnung]]")
    wiki.move("Konzept 3", "Hilfe:Konzept 3", redirect=False)
    wiki.edit("Konzept 2", "#WEITERLEITUNG [[Planung/Konzept 2#Ziel]]", summary="genauer")
    wiki.protect("Konzept 4", reason="Beschluss")
    wiki.delete("Konzept 5", reason="erledigt")
    wiki.delete("Konzept 6", reason="Fehler")
    wiki.undelete("Konzept 6", reason="doch nicht")
    wiki.edit("Zusammengelegt", "Beide")
    wiki.merge("Konzept 0", "Zusammengelegt")
    old = {
        "Aus alter Zeit": [
            DumpRevision("2009-03-02T08:15:30Z", "Alte Hand", "Von damals", "alt"),
            DumpRevision("2011-10-30T01:59:59Z", "192.0.2.7", "Von später", minor=True),
        ]
    }
    path = folder / "alt.xml"
    path.write_text(dump_xml(old), encoding="utf-8")
    wiki.import_xml(path, logged=True)


def assert_mirrors(db: Path, wiki: MediaWiki, *, by_export: bool) -> None:
    """Pages, revisions and texts are those of the wiki's own database; what pages do not show is left out.

    Through history pages a parent is the older neighbour, and a summary is read back from HTML, which shows
    ``[[:Page]]`` as it does ``[[Page]]``.
    """
    truth = wiki.truth()
    _equal(
        "pages",
        rows(
            db,
            "SELECT page_id, namespace, title, is_redirect, latest_rev_id, length, content_model"
            " FROM pages WHERE state = 'live'",
        ),
        [
            (
                p["page_id"], p["namespace"], p["title"], int(p["is_redirect"]), p["latest_rev_id"], p["length"],
                p["content_model"],
            )
            for p in truth["pages"]
        ],
    )  # fmt: skip
    parent = "coalesce(parent_id, 0)" if by_export else "0"
    _equal(
        "revisions",
        rows(
            db,
            f"SELECT rev_id, page_id, {parent}, timestamp, user, comment, minor, sha1,"
            " text_state, user_hidden, comment_hidden FROM revisions WHERE state = 'live'",
        ),
        [
            (
                r["rev_id"], r["page_id"], r["parent_id"] if by_export else 0, r["timestamp"],
                None if r["deleted"] & 4 else r["user"],
                None if r["deleted"] & 2 else r["comment"] if by_export else r["comment"].replace("[[:", "[["),
                int(r["minor"]),
                None if r["deleted"] & 1 else r["sha1"], "hidden" if r["deleted"] & 1 else "present",
                r["deleted"] >> 2 & 1, r["deleted"] >> 1 & 1,
            )
            for r in truth["revisions"]
        ],
    )  # fmt: skip
    _assert_texts_exact(db, truth, TextsCompared())
    current = {r["rev_id"]: r["text"].decode() for r in truth["revisions"]}
    shown = rows(db, "SELECT title, text FROM pages WHERE state = 'live'")
    _equal("current texts", shown, [(p["title"], current[p["latest_rev_id"]]) for p in truth["pages"]])
    _assert_deleted_exact(db, truth)
