"""Edit summaries read back from the HTML that MediaWiki makes of them, in its older and newer forms."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from scraper.comment_html import read_comment


@pytest.mark.parametrize(
    ("html", "comment"),
    [
        ('<span class="comment">(weg damit)</span>', "weg damit"),
        ('<span class="comment comment--without-parentheses">(in Klammern)</span>', "(in Klammern)"),
        ('<span class="comment">（重定向）</span>', "重定向"),
        ('<span class="comment mw-comment-none">Keine Zusammenfassung</span>', ""),
        ("", ""),
        (
            '<span class="comment">(<span class="autocomment"><a href="/Ort#Bau">→\u200eBau</a>: </span> neu)</span>',
            "/* Bau */ neu",
        ),
        (
            '<span class="comment comment--without-parentheses"><span class="autocomment">→\u200eBau : </span></span>',
            "/* Bau */",
        ),
        (
            '<span class="comment">(siehe <a href="/wiki/Kanal" title="Kanal">den Kanal</a>)</span>',
            "siehe [[Kanal|den Kanal]]",
        ),
        (
            '<span class="comment">(<a href="/wiki/Kanal#Bau_%C3%9C1" title="Kanal">Kanal#Bau Ü1</a>)</span>',
            "[[Kanal#Bau Ü1]]",
        ),
        (
            '<span class="comment">(<a href="/wiki/Kanal#Bau_1" title="Kanal">der Bau</a>)</span>',
            "[[Kanal#Bau 1|der Bau]]",
        ),
        (
            '<span class="comment">(<a href="/?title=Neuer_Ort&amp;redlink=1" title="Neuer Ort (new)">Neuer Ort</a>)',
            "[[Neuer Ort]]",
        ),
        (
            '<span class="comment">(<a href="/edit/Kanal" class="new" title="Kanal (fehlt)">Kanal</a>)</span>',
            "[[Kanal]]",
        ),
        (
            '<span class="comment">(<a class="external" href="https://a.example/">https://a.example/</a> &lt;b&gt;)',
            "https://a.example/ <b>",
        ),
    ],
)
def test_read_back(html: str, comment: str) -> None:
    assert read_comment(BeautifulSoup(html, "lxml")) == (comment, False)


@pytest.mark.parametrize(
    "html",
    [
        '<span class="history-deleted comment"> <span class="comment">(entfernt)</span></span>',
        '<span class="history-deleted"><span class="comment">(removed)</span></span>',
    ],
)
def test_hidden(html: str) -> None:
    assert read_comment(BeautifulSoup(html, "lxml")) == (None, True)
