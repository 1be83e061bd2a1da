"""Pages that are not wikitext: where one leads that MediaWiki left behind when it moved another."""

from __future__ import annotations

import pytest

from parsers.plain import plain_record
from parsers.record import Redirect
from parsers.site import Site

STYLE = "/* #REDIRECT */@import url(//wiki.example/index.php?title=MediaWiki:Gr%C3%B6%C3%9Fe+1.css&action=raw&ctype=x);"
OLD_SCRIPT = r'/* #REDIRECT */mw.loader.load("//wiki.example/index.php?title=Benutzer:A/B.js\u0026action=raw\u0026x");'
SCRIPT = '/* #REDIRECT */mw.loader.load("//wiki.example/index.php?title=Benutzer:A/B.js&action=raw&ctype=x");'


@pytest.mark.parametrize(
    ("content_model", "text", "target"),
    [
        ("css", STYLE, "MediaWiki:Größe 1.css"),
        ("javascript", OLD_SCRIPT, "Benutzer:A/B.js"),
        ("javascript", SCRIPT, "Benutzer:A/B.js"),
        ("javascript", SCRIPT.replace("A/B", "Cafe%CC%81"), "Benutzer:Café.js"),
        ("Scribunto", "return require [[rechnen]]", "Rechnen"),
    ],
)
def test_what_a_move_leaves_is_a_redirect(content_model: str, text: str, target: str) -> None:
    assert plain_record(text, "Alt", Site.default(), content_model).redirect == Redirect(target, None)


@pytest.mark.parametrize(
    ("content_model", "text"),
    [
        ("text", STYLE),
        ("css", "body { margin: 0 } " + STYLE),
        ("css", STYLE + "\nbody { margin: 0 }"),
        ("Scribunto", "return require('Modul:Rechnen')"),
        ("Scribunto", "return require [[]]"),
    ],
)
def test_other_text_is_none(content_model: str, text: str) -> None:
    assert plain_record(text, "Alt", Site.default(), content_model).redirect is None
