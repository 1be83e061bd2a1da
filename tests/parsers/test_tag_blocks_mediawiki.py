"""Tables and lists in tags, beside what a real MediaWiki shows of the same texts: grids, captions, items, nesting."""

from __future__ import annotations

import pytest

from parsers.reader import Reader
from parsers.site import Site
from tests.mediawiki import MediaWiki
from tests.mediawiki_blocks import page_blocks, record_blocks

TEXTS = {
    "plain": "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
    "unclosed cells": "<table>\n<tr><th>A<th>B\n<tr><td>1<td>2\n<tr><td>3\n</table>\ntext",
    "caption and groups": "<table><caption>Titel</caption><thead><tr><th>A</th></tr></thead>"
    "<tbody><tr><td>1</td></tr></tbody><tfoot><tr><td>z</td></tr></tfoot></table>",
    "spans": "<table><tr><td rowspan=2>a</td><td colspan='2'>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
    "odd quotes": '<table><tr><td colspan="2>a</td></tr>'
    "<tr><td COLSPAN = 2 >b</td><td rowspan=\"1\" title='x' colspan=3>c</td></tr></table>",
    "angle in quotes": '<TABLE><TR><TD title="a>b">x</TD></TR></TABLE>',
    "nested": "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table>d</td><td>e</td></tr></table>",
    "table in table, no cell": "<table><tr><td>a</td></tr><table><tr><td>b</td></tr></table>",
    "wikitable in cell": "<table><tr><td>\n{|\n| a || b\n|-\n| c\n|}\n</td><td>d</td></tr></table>",
    "in wikitable cell": "{|\n| <table><tr><td>1</td><td>2</td></tr></table> || x\n|-\n| y\n|}",
    "cells in wikitable": "{|\n<tr><td>a</td><td>b</td></tr>\n|-\n| c || d\n|}",
    "cells after wiki cells": "{|\n|-\n| a\n<td>b</td>\n|-\n| c\n|}",
    "cells behind row marks": "{|\n! K\n|-\n<td>p</td><td>q</td>\n|}",
    "loose text": "<table>lose<tr><td>a</td></tr></table>",
    "loose list": "<table><ul><li>x</li></ul><tr><td>a</td></tr></table>",
    "never ends": "<table><tr><td>a\n\nb",
    "stray cells": "vor <td>a</td> nach",
    "pipes": "<table>\n|-\n| a\n</table>",
    "wikitext in cells": "<table><tr><td>[[Hauptseite|Start]] ''kursiv''</td><td>\n* eins\n* zwei\n</td>"
    "<td><nowiki><td>x</nowiki></td><td><!-- <td> -->z</td></tr></table>",
    "pre": "<pre><table><tr><td>x</td></tr></table></pre>",
    "text around": "vorher <table><tr><td>a</td></tr></table> nachher",
    "two on a line": "<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>",
    "self closing": "<table><tr><td/>a<td />b</table>",
    "tag over lines": "<table\nclass='x'><tr\n><td\nrowspan=1>a</td></tr></table>",
    "wrong ends": "<table><tr><td>a</th>b</li></ul></td></tr></table>",
    "rows without table end of row": "<table><tr><td>a</tr>x<tr><td>b</table>",
    "empty cells": "<table><tr><td></td><td>a</td></tr><tr></tr><tr><td>b</td><td></td></tr></table>",
    "two captions": "<table><caption>eins</caption><caption>zwei</caption><tr><td>a</td></tr></table>",
    "caption without end": "<table><caption>eins<tr><td>a</table>",
    "list in cell open": "<table><tr><td><ul><li>a</td><td>b</td></tr></table>",
    "list plain": "<ul><li>a</li><li>b</li></ul>",
    "list unclosed items": "<ol>\n<li>a\n<li>b\n</ol>",
    "nested list": "<ul><li>a<ol><li>b</li><li>c</li></ol>d</li><li>e</li></ul>",
    "list in list, no item": "<ul><li>a</li><ul><li>b</li></ul></ul>",
    "dl": "<dl><dt>T</dt><dd>D</dd><dt>U<dd>E</dl>",
    "dl with ul": "<dl><dd>a<ul><li>b</dd><dd>c</dl>",
    "wikitext list in item": "<ul><li>a\n* b\n** c\n</li><li>d</li></ul>",
    "html list in wikitext item": "* a<ul><li>b</li></ul>\n* c",
    "html list in term": "; t : d<ul><li>b</li></ul>",
    "item in no list": "<li>a</li>\n<li>b</li>",
    "text in list": "<ul>lose<li>a</li></ul>",
    "upper case": "<UL><LI>a<LI>b</UL>",
    "empty list": "<ul></ul>",
    "table in item": "<ul><li>a<table><tr><td>b</td></tr></table></li></ul>",
    "list after list": "* a\n<ul><li>b</li></ul>\n* c",
    "li in dd": "<dl><dd><li>a</li></dd></dl>",
    "ends of lists in the wrong order": "<ul><li>a<ol><li>b</ul>c",
    "marks behind tags": "<table><tr><td>* a</td><td>: b</td></tr></table>* c",
    "div in li": "<ul><li><div>a<li>b</div></ul>",
    "table across wikitable cell": "{|\n| <ul><li>a\n| b</ul>\n|}",
    "comment in tag": "<table><tr><td <!-- x --> colspan=2>a</td></tr></table>",
    "typographic": "<table><tr><td colspan=“2”>a</td></tr></table>",
    "tbody unclosed": "<table><tbody><tr><td>a<tbody><tr><td>b</table>",
    "th td mix": "<table><tr><th>a<td>b</th>c</td></table>",
    "dd without dl": "<dd>a</dd>",
    "double bar": "<table><tr><td>a || b</td></tr></table>",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_blocks_are_those_that_mediawiki_shows(module_mediawiki: MediaWiki, text: str) -> None:
    answer = module_mediawiki.api(
        "parse", text=text, title="Seite", contentmodel="wikitext", prop="text", disablelimitreport=True
    )
    assert record_blocks(Reader(Site.default()).read(text, "Seite")) == page_blocks(answer["parse"]["text"])
