"""The report as Markdown: whole output, and wiki text that tries to be markup stays text."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from jobs.report import render_report
from parsers.change import Change
from tests.jobs.report_samples import Edits, change, report_data, sample_report
from tests.jobs.test_report_text import small_report

ENGLISH = """\
# What changed in the wiki Musterwiki

1–31 July 2024

In this period one page changed, in one edit. What changed: two fields, one section and one link.

## All pages at a glance

| Page | What happened | Last edit | By |
| --- | --- | --- | --- |
| [Freiraum am Kanal](<https://wiki.example/index.php?title=Freiraum_am_Kanal>) | Two fields, one section, one link | \
4 Jul 2024 | M. Muster |

## Page by page

Removed words stand in \\[-…-\\], new words in {+…+}.

### [Freiraum am Kanal](<https://wiki.example/index.php?title=Freiraum_am_Kanal>)

#### 4 July 2024, 11:30 · M. Muster

Section “Ziele” · Note: “Ratsbeschluss”

[Comparison in the wiki](<https://wiki.example/index.php?title=Freiraum_am_Kanal&diff=2001&oldid=1501>)

| Field | before | after |
| --- | --- | --- |
| Zuständigkeit | Dezernat 3 | Bereich 5-1 |
| Jahr | *not there* | 2024 |

- The text in the section “Ziele” was changed\\
  Es gibt \\[-drei-\\]{+zwei+} Brücken.
- The link “Plan” under “Links” now leads to another address\\
  before: [https\\://a.example/1](<https://a.example/1>)\\
  after: [https\\://a.example/2](<https://a.example/2>)

Appearance only: one change (bold, italics and the like)

## About this report

- The data of this report were last compared with the wiki on 1 August 2024, 06:00.
- The data cover 886 pages.
- Source: https\\://wiki.example/api.php
- Report made on 1 August 2024, 06:05.
"""

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "[ref]: https://evil.example",
    "| a | b |",
    "# Überschrift",
    "- Punkt\n- Punkt",
    "1. eins",
    "1) eins",
    "> Zitat",
    "---",
    "a\n===",
    "a\n:-:",
    "```\ncode\n```",
    "~~~\ncode\n~~~",
    "`a` ``b``",
    "*fett* **fett** _kursiv_ ~~weg~~",
    "&lt;b&gt; &#60;",
    "https://evil.example www.evil.example mail@evil.example",
    "<https://evil.example>",
    "    eingerückt",
    "a\\",
    "\n\n<div>\n\n",
    "[x]",
    "+ plus",
    "Zeile  \nUmbruch",
]


def read(markdown: str) -> BeautifulSoup:
    """What a reader of GitHub's kind makes of the text."""
    return BeautifulSoup(MarkdownIt("gfm-like", {"linkify": False}).render(markdown), "lxml")


def outline(page: BeautifulSoup) -> list[str]:
    """The elements of a page in order, without those that carry the text within a line."""
    return [tag.name for tag in page.find_all(True) if tag.name not in ("br", "em")]


def report_of(text: str) -> str:
    """A report in which a text stands everywhere where wiki text can."""
    edits = Edits()
    items: list[Change] = [
        change("infobox", "changed", f"Kasten/{text}", text, f"{text} neu"),
        change("section", "changed", text, f"{text} alt", f"{text} neu"),
        change("section", "added", text, None, text),
        change("link", "changed", text, text, f"{text}x", label=text),
        change("category", "added", "", None, text),
    ]
    edits.add(1, text, "2024-07-04T09:30:00Z", text, *items, comment=text)
    return render_report(report_data(*edits.changes, site_name=text, warnings=(text,)), "md", "en")


def test_small_report_in_english() -> None:
    assert render_report(report_data(*small_report().changes), "md", "en") == ENGLISH


@pytest.mark.parametrize("text", HOSTILE)
def test_wiki_text_stays_text(text: str) -> None:
    page = read(report_of(text))
    harmless = read(report_of("wort"))
    assert outline(page) == outline(harmless)
    assert not page.find_all(["script", "img", "div", "pre", "code", "blockquote", "hr", "strong", "s"])
    bare = re.sub(r"\]\(<[^>]*>\)", "]", report_of(text))  # without the destinations of our own links
    assert "https://evil" not in bare  # GitHub makes links of bare addresses
    assert "www.evil" not in bare
    for link in page.find_all("a"):
        assert str(link["href"]).startswith("https://wiki.example/index.php?title=")


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("a1 \n\\`*_[]()<>#+-=.!|~&:$@{}x/"), min_size=1, max_size=14))
def test_any_wiki_text_stays_text(text: str) -> None:
    page = read(report_of(f"a{text}b"))
    assert outline(page) == outline(read(report_of("wort")))


def test_addresses_of_the_wiki_text_are_links_only_when_they_are_web_addresses() -> None:
    edits = Edits()
    addresses = ["https://a.example/x_(y)", "javascript:alert(1)", "http://b.example/?q=<x>", "ftp://c.example/"]
    links = [change("link", "added", "L", None, address, label="Text") for address in addresses]
    edits.add(1, "Seite", "2024-07-04T09:30:00Z", "A", *links)
    page = read(render_report(report_data(*edits.changes), "md", "en"))
    outside = [a["href"] for a in page.find_all("a") if "wiki.example" not in str(a["href"])]
    assert outside == ["https://a.example/x_(y)"]
    for address in addresses:
        assert address in page.get_text()


def test_sample_reads_as_intended() -> None:
    page = read(render_report(sample_report(), "md", "de"))
    assert [heading.get_text() for heading in page.find_all("h2")] == [
        "Wann es geschah",
        "Umstellungen auf vielen Seiten",
        "Alle Seiten im Überblick",
        "Seite für Seite",
        "Hinweise",
        "Was sich nicht sicher lesen ließ",
        "Zu diesem Bericht",
    ]
    assert len(page.find_all("table")) == 6
    assert "Stadtbäume & Grünzüge" in page.get_text()
