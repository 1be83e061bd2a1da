"""Rendered pages as records: the forms of infoboxes, links, sections, categories, and where each stands in the HTML."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.html_record import parse_html
from parsers.html_source import MAX_TAGS, decode_html
from parsers.record import Infobox, Record
from parsers.site import Site
from tests.records import checked_json

SITE = Site.default()


def read(html: str, title: str = "Seite") -> Record:
    record = parse_html(html, title, SITE)
    checked_json(record)
    return record


def content(inner: str) -> Record:
    return read(f'<html><body><div class="mw-parser-output">{inner}</div></body></html>')


def facts(box: Infobox) -> list[tuple[str, str]]:
    return [(field.name, field.text) for field in box.fields]


BOXES = {
    "wikitable with a heading": (
        (
            '<table class="wikitable"><tr><th colspan="2">Radplan</th></tr><tr><th>Art:</th><td>Konzept</td></tr>'
            "<tr><th>Jahr</th><td>2020\n</td></tr></table>"
        ),
        "Radplan",
        [("Art", "Konzept"), ("Jahr", "2020")],
    ),
    "infobox with a caption and rows of td": (
        (
            '<table class="vcard infobox"><caption>Radplan</caption><tr><td colspan="2"><img src="/a/X.png"></td></tr>'
            '<tr><td>Art</td><td>Konzept<br>Bericht</td></tr><tr><th colspan="2">Zahlen</th></tr>'
            "<tr><th>Länge</th><td>6,2 km</td><th>Kosten</th><td></td></tr></table>"
        ),
        "Radplan",
        [("Art", "Konzept\nBericht"), ("Länge", "6,2 km"), ("Kosten", "")],
    ),
    "no name": (
        '<table class="infobox"><tr><th>Art</th><td>eins</td></tr><tr><th>Art</th><td>zwei</td></tr></table>',
        "infobox",
        [("Art", "zwei")],
    ),
    "portable infobox": (
        (
            '<aside class="portable-infobox"><h2 class="pi-title" data-source="titel">Radplan</h2>'
            '<figure class="pi-image" data-source="bild"><img src="/a/X.png"><figcaption>Weg</figcaption></figure>'
            '<div class="pi-item pi-data" data-source="art"><h3 class="pi-data-label">Art des Plans</h3>'
            '<div class="pi-data-value">Konzept</div></div>'
            '<div class="pi-item pi-data"><h3 class="pi-data-label">Jahr</h3><div class="pi-data-value">2020</div></div>'
            '<table class="pi-horizontal-group"><tr><th data-source="l">Länge</th></tr><tr><td data-source="l">6</td></tr>'
            "</table></aside>"
        ),
        "Radplan",
        [("titel", "Radplan"), ("bild", ""), ("art", "Konzept"), ("Jahr", "2020"), ("l", "6")],
    ),
    "definition list": (
        "<dl><dt>Art</dt><dd>Konzept</dd><dt>Jahr<dd>2020</dl>",
        "infobox",
        [("Art", "Konzept"), ("Jahr", "2020")],
    ),
    "definition list in a box": (
        '<div class="infobox"><dl><dt>Art</dt><dd><ul><li>a</li><li>b</li></ul></dd><dt>Jahr</dt><dd></dd></dl></div>',
        "infobox",
        [("Art", "a\nb"), ("Jahr", "")],
    ),
}


@pytest.mark.parametrize("name", BOXES)
def test_forms_of_infoboxes(name: str) -> None:
    html, box_name, expected = BOXES[name]
    (box,) = content(f"{html}<p>Text</p>").infoboxes
    assert (box.name, box.kind, box.section, facts(box)) == (box_name, "html", 0, expected)


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tr><th>A</th><td>1</td></tr></table>",
        "<table><tr><th>A</th><td>1</td></tr><tr><th>B</th><td>1</td></tr><tr><td>x</td><td>y</td></tr></table>",
        "<dl><dd>eingerückt</dd><dd>auch</dd></dl>",
        "<dl><dt>A</dt><dd>1</dd><dd>2</dd><dt>B</dt><dd>3</dd></dl>",
        '<h2 id="T">T</h2><table><tr><th>A</th><td>1</td></tr><tr><th>B</th><td>2</td></tr></table>',
    ],
)
def test_other_tables_and_lists_are_no_infoboxes(html: str) -> None:
    assert content(html).infoboxes == ()


def test_a_box_that_says_so_counts_anywhere_and_a_table_around_it_does_not_hide_it() -> None:
    inner = '<table class="infobox"><tr><th>A</th><td>1</td></tr></table>'
    outer = f'<h2 id="T">T</h2><table><tr><td>{inner}</td></tr></table>'
    (box,) = content(outer).infoboxes
    assert (box.section, facts(box)) == (1, [("A", "1")])


LINKS: list[tuple[str, tuple[Any, ...]]] = [
    ('<a href="/wiki/Rad_%26_Weg#A_b" title="Rad &amp; Weg">r</a>', ("internal", "Rad & Weg#A b", None, "r")),
    ('<a href="/index.php/Kategorie:Wohnen">k</a>', ("internal", "Kategorie:Wohnen", None, "k")),
    ('<a href="/w/index.php?title=Neu&amp;action=edit&amp;redlink=1" class="new" title="Neu (fehlt)">n</a>',
     ("internal", "Neu", None, "n")),
    ('<a href="/seite/Neu" title="Neu">n</a>', ("internal", "Neu", None, "n")),
    ('<a class="mw-selflink selflink">ich</a>', ("internal", "Seite", None, "ich")),
    ('<a href="#Teil_2">unten</a>', ("internal", "Seite#Teil 2", None, "unten")),
    ('<a class="external text" href="http://Rat.example/vo020?VOLFDNR=7&amp;x=%20">V</a>',
     ("external", None, "http://Rat.example/vo020?VOLFDNR=7&x=%20", "V")),
    ('<a class="external autonumber" href="https://x.example/wiki/Y">[1]</a>',
     ("external", None, "https://x.example/wiki/Y", "")),
    ('<a href="https://x.example/wiki/Y">Y</a>', ("external", None, "https://x.example/wiki/Y", "Y")),
    ('<a class="extiw" href="https://x.example/wiki/Y#Z" title="Wikipedia:Y">Y</a>',
     ("interwiki", "wikipedia:Y#Z", None, "Y")),
    ('<a href="/wiki/Datei:B_c.png" class="image"><img alt="B c.png" src="/images/thumb/a/ab/B_c.png/120px-B_c.png"></a>',
     ("file", "Datei:B c.png", None, "")),
    ('<a href="/wiki/Datei:B.png" class="mw-file-description" title="Weg"><img src="/images/a/ab/B.png"></a>',
     ("file", "Datei:B.png", None, "Weg")),
    (('<figure><a class="mw-file-description" href="/wiki/Datei:B.png"><img src="/b/B.png"></a>'
     "<figcaption>Der Weg</figcaption></figure>"), ("file", "Datei:B.png", None, "Der Weg")),
    ('<img src="/images/a/ab/%C3%9C.png" alt="Über">', ("file", "Datei:Ü.png", None, "Über")),
    ('<a class="new" title="Datei:F.png" href="/index.php?title=Spezial:Hochladen&amp;wpDestFile=F.png">Datei:F.png</a>',
     ("file", "Datei:F.png", None, "")),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), LINKS)
def test_links(html: str, expected: tuple[Any, ...]) -> None:
    record = content(f"<p>Vor {html} nach</p>")
    (link,) = record.links
    assert (link.kind, link.target, link.url, link.label) == expected
    assert record.source[slice(*link.span)] in html


def test_a_picture_that_leads_to_a_page_is_two_links_and_dangerous_addresses_are_none() -> None:
    record = content(
        '<p><a href="/wiki/Wohnen" title="Wohnen"><img alt="B.png" src="/a/ab/B.png"></a>'
        '<a href="javascript:alert(1)">x</a><a href="data:text/html,x">y</a><a name="z">z</a></p>'
    )
    assert [(link.kind, link.target) for link in record.links] == [("file", "Datei:B.png"), ("internal", "Wohnen")]


def test_links_of_a_page_saved_by_a_browser_are_those_of_its_own_wiki() -> None:
    head = '<link rel="canonical" href="https://wiki.example/index.php?title=Seite">'
    inner = '<a href="https://wiki.example/index.php?title=A">A</a> <a href="https://other.example/wiki/B">B</a>'
    record = read(f'<html><head>{head}</head><body><div class="mw-parser-output"><p>{inner}</p></div></body></html>')
    assert [(link.kind, link.target) for link in record.links] == [("internal", "A"), ("external", None)]


@pytest.mark.parametrize(
    "heading",
    [
        '<h2><span class="mw-headline" id="Über_uns">Über <i>uns</i></span><span class="mw-editsection">[x]</span></h2>',
        '<div class="mw-heading mw-heading2"><h2 id="Über_uns">Über <i>uns</i></h2><span class="mw-editsection">[x]</span></div>',
    ],
)
def test_sections_of_old_and_new_markup(heading: str) -> None:
    record = content(
        f'<div class="toc"><h2 id="mw-toc-heading">Inhalt</h2></div><p>Lead\n</p>{heading}<ul><li>a<ul><li>b</li></ul></li></ul>'
        '<table><caption>T</caption><tr><th>x</th><th colspan="2">y</th></tr><tr><td></td><td>1</td><td>2</td></tr></table>'
        '<h3><span class="mw-headline" id="Teil">Teil</span></h3><p>eins<br />\nzwei\n</p><p>drei</p>'
    )
    lead, about, part = record.sections
    assert (lead.level, lead.title, lead.anchor, lead.text) == (0, "", "", "Lead")
    assert (about.level, about.title, about.anchor, about.path) == (2, "Über uns", "Über_uns", ("Über uns",))
    assert about.text == "a\nb\nT\nx\ty\n\t1\t2"
    assert (about.lists[0].items[0].text, about.lists[0].items[0].children[0].items[0].text) == ("a", "b")
    assert (about.tables[0].caption, about.tables[0].rows) == ("T", (("x", "y", "y"), ("", "1", "2")))
    assert (part.path, part.text) == (("Über uns", "Teil"), "eins\nzwei\n\ndrei")
    source = record.source
    assert source[slice(*about.span)].startswith(heading)
    assert source[slice(*part.span)].endswith("<p>drei</p>")
    assert lead.span[1] == about.span[0]


def test_headings_in_tables_count_where_mediawiki_marks_them() -> None:
    record = content(
        '<table><tr><td><h2><span class="mw-headline" id="T">T</span></h2><p>x</p><h2>nur groß</h2></td></tr></table>'
        '<div class="mw-heading mw-heading3"><h3 id="U">U</h3></div>'
    )
    assert [(s.title, s.text) for s in record.sections] == [("", ""), ("T", "x\nnur groß"), ("U", "")]


def test_the_content_is_that_of_the_page_and_not_of_a_notice() -> None:
    record = read(
        '<body><div class="mw-indicators"><div class="mw-parser-output"><a href="/wiki/Hilfe">Hilfe</a></div></div>'
        '<div id="mw-content-text"><div class="mw-content-ltr mw-parser-output"><p><a href="/wiki/A">A</a></p></div>'
        '<div class="printfooter"><a href="/wiki/B">B</a></div></div></body>'
    )
    assert [link.target for link in record.links] == ["A"]


def test_title_categories_redirect_and_papers() -> None:
    record = parse_html(
        '<html><head><meta name="generator" content="MediaWiki 1.39.6"><script>RLCONF={"wgPageName":"Kategorie:Rad_\\"x\\""};'
        '</script></head><body><h1 id="firstHeading">Anders</h1><div class="mw-parser-output"><div class="redirectMsg"><p>Nach:'
        '</p><ul class="redirectText"><li><a href="/wiki/Ziel#Teil_1">Ziel#Teil 1</a></li></ul></div>'
        '<p><a class="external" href="http://rat.example/vo020?VOLFDNR=7">Vorlage B/16/5505-01</a>, B/17/1-02, DS/1246/V</p></div>'
        '<div id="catlinks" class="catlinks"><a href="/wiki/Spezial:Kategorien">Kategorien</a>: <ul><li><a href="/wiki/K:a">'
        "rad &amp; Weg</a></li></ul><div><ul><li><a>Versteckt</a></li></ul></div></div></body></html>",
        "",
        SITE,
    )
    checked_json(record)
    assert (record.title, record.namespace) == ('Kategorie:Rad "x"', 14)
    assert record.redirect is not None
    assert (record.redirect.target, record.redirect.fragment) == ("Ziel", "Teil 1")
    assert [(c.name, c.sort_key) for c in record.categories] == [("Rad & Weg", None), ("Versteckt", None)]
    keys = [(p.number, p.key.value if p.key else None) for p in record.papers]
    assert keys == [("B/16/5505-01", "7"), ("DS/1246/V", None)]
    assert "Nach" not in record.sections[0].text


def test_places_are_those_of_the_source_on_broken_markup() -> None:
    html = (
        "<table class=infobox><!-- <td> --><tr title='a > b'><TH>Art<td>eins <b>zwei</i><tr><th>Jahr<td>2020</table>"
        '<a href="/wiki/X">x<p>y'
    )
    record = content(html)
    (box,) = record.infoboxes
    assert [(field.name, field.raw) for field in box.fields] == [("Art", "eins <b>zwei</i>"), ("Jahr", "2020")]
    assert record.source[slice(*box.span)] == html[: html.index("</table>") + 8]
    assert record.source[slice(*record.links[0].span)].startswith('<a href="/wiki/X">x')


TOKENS = [
    "<table class='infobox'>", "<table>", "</table>", "<tr>", "</tr>", "<th>", "</th>", "<td>", "</td>", "<caption>", "<dl>",
    "<dt>", "<dd>", "</dl>", "<aside class='portable-infobox'>", "</aside>", "<div class='pi-data' data-source='a'>",
    "<div class='pi-data-value'>", "</div>", "<ul>", "<li>", "</ul>", "<a href='/wiki/X'>", "<a href='http://x.example/'>",
    "</a>", "<img src='/a/B.png'>", "<h2>", "<h3 id='x'>", "</h2>", "<p>", "</p>", "<br>", "<b>", "</b>", "<!--", "-->", "a b",
    "B/16/5505-01", "\n", "<script>", "</script>", "<", ">", '"', "=", "&amp;", "&#0;", "\x00", "\ud800", "<a href='", "<?x",
    "<body>", "</html>", "<sup class='reference'><a href='#cite_note-1'>", "<ol class='references'><li id='cite_note-1'>",
    "<div id='catlinks'>", "<span style='display:none'>", "<![CDATA[", "<title>", "data-at='1'",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join), st.sampled_from(["Seite", ""]))
def test_any_text_gives_a_record_whose_spans_are_in_order_and_inside(text: str, title: str) -> None:
    record = read(text, title)
    for box in record.infoboxes:
        for field in box.fields:
            assert text[slice(*field.span)] == field.raw
            assert all(link in record.links for link in field.links)
    spans = (
        [link.span for link in record.links] + [s.span for s in record.sections] + [b.span for b in record.infoboxes]
    )
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    texts = [s.text for s in record.sections] + [f.text for b in record.infoboxes for f in b.fields]
    assert not any("data-at=" in found and "data-at" not in text for found in texts)


def test_charsets() -> None:
    page = '<meta charset="iso-8859-1"><p>Bürgerbüro</p>'
    assert decode_html(page.encode("latin-1")) == (page, None)
    assert decode_html(page.encode()) == (page, None)  # what is UTF-8 is UTF-8, whatever it says
    assert decode_html(b"\xef\xbb\xbf" + page.encode()) == (page, None)
    assert decode_html(b"\xff\xfe" + page.encode("utf-16-le")) == (page, None)
    plain = "<p>Bürgerbüro</p>"
    assert decode_html(plain.encode("cp1252")) == (plain, "cp1252")
    assert decode_html(b'<meta charset="no-such">' + plain.encode("cp1252"))[1] == "cp1252"
    mostly = plain.encode() * 30 + b"\xff"
    assert decode_html(mostly) == (plain * 30 + "\ufffd", "utf-8")
    assert [d.code for d in parse_html(plain, "", SITE, "cp1252").diagnostics] == ["html-encoding"]


def test_what_is_not_read_is_said() -> None:
    assert [d.code for d in read("Nur Text").diagnostics] == ["html-none"]
    deep = content('<div class="x">' * 400 + '<a href="/wiki/Tief">t</a>')
    assert ([d.code for d in deep.diagnostics], [link.target for link in deep.links]) == (["html-depth-limit"], [])
    long = read("<br>" * (MAX_TAGS + 5) + "Ende")
    (limit,) = long.diagnostics
    assert (limit.code, limit.span) == ("html-tag-limit", (4 * MAX_TAGS, 4 * (MAX_TAGS + 5) + 4))
    assert read("<p>Text</p>").diagnostics == ()
