"""Pages as real MediaWikis render them, in all skins: the record is that of their wikitext, as far as HTML says it."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from parsers.html_record import parse_html
from parsers.reader import Reader
from parsers.record import Infobox, Record
from parsers.site import Site
from tests.mediawiki import MediaWiki, install
from tests.mediawiki_trees import INSTALLED, Tree, other_trees
from tests.records import checked_json
from tests.wikitrail import wikitrail

pytestmark = pytest.mark.mediawiki

NEWEST = [tree for tree in other_trees() if tree.name >= "1.43"]
SKINS = ("vector", "vector-2022", "monobook", "timeless")
SETTINGS = """
wfLoadExtension( 'Cite' );
$wgEnableUploads = true; $wgUploadDirectory = __DIR__ . '/images'; $wgFileExtensions = [ 'png', 'jpg' ];
"""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TRACKED = "Seiten mit defekten Dateilinks"  # which MediaWiki itself gives to a page
FIELDS = ("Name", "Art", "Ziele", "Bild", "Beschluss", "Anteil", "Leer")
# The same facts in the forms that templates give them
FORMS = {
    "Infobox Tabelle": '{| class="infobox"\n|+ Tabelle\n'
    + "\n|-\n".join(f"! {name}\n|\n{{{{{{{name}|}}}}}}" for name in FIELDS)
    + "\n|}",
    "Infobox Kopf": '{| class="wikitable" style="float:right"\n! colspan="2" | {{PAGENAME}}\n|-\n'
    + "\n|-\n".join(f"! {name}:\n|\n{{{{{{{name}|}}}}}}" for name in FIELDS)
    + "\n|}",
    "Infobox Liste": '<div class="infobox"><dl>'
    + "".join(f"<dt>{name}</dt><dd>\n{{{{{{{name}|}}}}}}\n</dd>" for name in FIELDS)
    + "</dl></div>",
    "Infobox Rahmen": '<div class="aside"><table class="infobox">'
    + "".join(f"<tr><td>{name}</td><td>\n{{{{{{{name}|}}}}}}\n</td></tr>" for name in FIELDS)
    + "</table></div>",
}
PAGE = """\
{{BOX
|Name=Rat der [[Stadt]]en & [[Wohnen|das '''Wohnen''']]<br>zweite Zeile<ref>Eine [[Quelle]], B/16/1111-01</ref>
|Art=[[:Kategorie:Wohnen]], [[Probe]], [[#Teil 2|unten]], [[Wohnen#Leit ziele]], [[wikipedia:Rat|Rat]]
|Ziele=
* eins [http://x.example/a?b=1&c=2 zwei]
* drei [https://y.example] https://z.example/ü.
|Bild=[[Datei:Fehlt.png|rahmenlos|120x120px]] [[Datei:Da.png|rahmenlos|link=Wohnen]] [[Datei:Da.png|Ein Bild]]
|Beschluss='''[http://ratsinfo.example/vo020?VOLFDNR=13572 Vorlage - B/16/5505-01]''' vom 2. Mai 2024
|Anteil=etwa 5 % : „so“ «ja» 1.500,75 €
|Leer=
}}
Lead mit [[Wohnen]] und ''kursiv''.

Zweiter Absatz<br>neu<ref name="a">x</ref>.
== Teil 2 ==
* a
** b
# c
{| class="wikitable"
|+ T
! A !! B
|-
| 1 || rowspan=2 | 2
|-
|
|}
=== Über & "Das" ===
; Begriff
: Erklärung
text
danach
== Teil 2 ==
[[Datei:Da.png|mini|Ein [[Bildziel|Ziel]]]] [[Media:Da.png]] [mailto:x@y.example Mail]
[[Datei:Da.png|link=https://x.example/bild|alt=Alt]] [[Datei:Da.png|link=]]
<references />
[[Kategorie:Proben|P]] [[Kategorie:gibts nicht]]
"""


@pytest.fixture(scope="module", params=[INSTALLED, *NEWEST], ids=lambda tree: tree.name)
def wiki(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    tree: Tree = request.param
    if reason := tree.lacks():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("html")
    with MediaWiki(install(folder / "template", tree), folder / "wiki", settings=SETTINGS) as started:
        started.maintenance("rebuildLocalisationCache", "--lang=de")
        (started.folder / "images").mkdir(exist_ok=True)
        (folder / "pictures").mkdir()
        sample = (Path(__file__).parents[2] / "data" / "sample-wiki.xml").read_text(encoding="utf-8")
        for name in {"Da.png", *re.findall(r"\[\[Datei:([^|\]]+)", sample.replace("&amp;", "&"))}:
            (folder / "pictures" / name).write_bytes(PICTURE)
        started.maintenance("importImages", "--extensions=png,jpg", str(folder / "pictures"))
        started.import_xml(Path(__file__).parents[2] / "data" / "sample-wiki.xml")
        for name, form in FORMS.items():
            started.edit(f"Vorlage:{name}", f"<includeonly>{form}</includeonly>")
            started.edit(f"Probe {name}", PAGE.replace("BOX", name))
        yield started


@pytest.fixture(scope="module")
def site(wiki: MediaWiki) -> Site:
    parts = "general|namespaces|namespacealiases|magicwords|interwikimap|extensiontags"
    return Site.from_siteinfo(wiki.api("query", meta="siteinfo", siprop=parts)["query"])


def page_html(wiki: MediaWiki, title: str, skin: str) -> str:
    answer = requests.get(
        f"{wiki.url}/index.php", params={"title": title, "redirect": "no", "useskin": skin}, timeout=60
    )
    answer.raise_for_status()
    return answer.text


def wikitext(wiki: MediaWiki, title: str) -> str:
    page = wiki.api("query", titles=title, prop="revisions", rvprop="content", rvslots="main")["query"]["pages"][0]
    return str(page["revisions"][0]["slots"]["main"]["content"])


def facts(boxes: tuple[Infobox, ...]) -> list[dict[str, Any]]:
    """The fields of boxes by name: a page shows them in the order of its template."""
    return [
        {
            field.name: (field.text, field.values, [(li.kind, li.target, li.url, li.label) for li in field.links])
            for field in box.fields
        }
        for box in boxes
    ]


def items(record: Record) -> dict[str, Any]:
    """What HTML says of a page besides its infoboxes and running text."""
    return {
        "redirect": record.redirect,
        "sections": [(s.level, s.title, s.anchor, s.path, s.lists, s.tables) for s in record.sections],
        "links": Counter((li.kind, li.target, li.url, li.label) for li in record.links),
        "papers": Counter((paper.number, paper.url, paper.key) for paper in record.papers),
    }


def assert_same(html: str, text: str, title: str, site: Site) -> Record:
    record, expected = parse_html(html, title, site), Reader(site).read(text, title)
    checked_json(record)
    assert record.diagnostics == ()
    assert facts(record.infoboxes) == facts(expected.infoboxes)
    assert items(record) == items(expected)
    for box in record.infoboxes:
        assert html[slice(*box.span)].startswith(("<table", "<dl", "<aside"))
        assert all(html[slice(*field.span)] == field.raw for field in box.fields)
        assert all(html[slice(*link.span)].startswith(("<a", "<img")) for link in record.links)
    return record


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_infoboxes_in_every_skin(wiki: MediaWiki, site: Site, form: str, skin: str) -> None:
    title = f"Probe {form}"
    html = page_html(wiki, title, skin)
    text = wikitext(wiki, title)
    record = assert_same(html, text, title, site)
    assert parse_html(html, "", site).title == title
    (box,) = record.infoboxes
    names = {"Infobox Tabelle": "Tabelle", "Infobox Kopf": title}
    assert (box.name, box.kind, len(box.fields)) == (names.get(form, "infobox"), "html", len(FIELDS))
    assert {"Proben", "Gibts nicht"} <= {category.name for category in record.categories}
    lead, *_, notes = record.sections
    assert lead.text == Reader(site).read(text, title).sections[0].text
    assert "Quelle" not in notes.text


@pytest.mark.parametrize("form", FORMS)
def test_what_action_parse_answers(wiki: MediaWiki, site: Site, form: str) -> None:
    title = f"Probe {form}"
    html = wiki.api("parse", page=title, prop="text")["parse"]["text"]
    assert_same(html, wikitext(wiki, title), title, site)


def test_every_page_of_the_sample_wiki(wiki: MediaWiki, site: Site) -> None:
    titles = [page["title"] for page in wiki.api("query", list="allpages", aplimit="max")["query"]["allpages"]]
    boxes = 0
    for title in titles:
        text = wikitext(wiki, title)
        record = assert_same(page_html(wiki, title, SKINS[boxes % len(SKINS)]), text, title, site)
        boxes += len(record.infoboxes)
        told = {category.name for category in record.categories}
        if "#ask" not in text:  # without Semantic MediaWiki the words inside are read as a category
            assert told - {TRACKED} == {category.name for category in Reader(site).read(text, title).categories}
    assert boxes > 20


def test_the_command_reads_a_saved_page(wiki: MediaWiki, tmp_path: Path) -> None:
    (tmp_path / "seite.html").write_text(page_html(wiki, "Radverkehrskonzept", "vector"), encoding="utf-8")
    result = wikitrail("parse", "--html", tmp_path / "seite.html")
    assert (result.code, result.err) == (0, "")
    record = result.json
    assert (record["title"], record["infoboxes"][0]["name"]) == ("Radverkehrskonzept", "Radverkehrskonzept")
    assert {field["name"]: field["text"] for field in record["infoboxes"][0]["fields"]}["Art"] == "Konzept"
