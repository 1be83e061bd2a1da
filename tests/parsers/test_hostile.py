"""Texts made to hurt: each is read in a process of its own within 5 s of computing and 1 GB, and its rest as well."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SECONDS = 5
MEGABYTES = 1000
REST = "\n\n== Rest ==\n[[Amt]] {{Karte|1}} [[Kategorie:K]]\n"
_READ = """
import json, resource, sys, time
from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site
text = json.loads(sys.stdin.read())
begun = time.process_time()
record = Reader(Site.default()).read(text, "Seite")
len(json.dumps(record_to_json(record)))
seconds = time.process_time() - begun
print(json.dumps({
    "seconds": seconds,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "codes": sorted({fault.code for fault in record.diagnostics}),
    "rest": [link.target for link in record.links[-1:]] + [category.name for category in record.categories],
    "sections": [section.title for section in record.sections if section.title],
    "templates": [use.name for use in record.templates[-1:]],
}))
"""
MEGABYTE = 1_000_000


def line(unit: str) -> str:
    """A line of 2 MB."""
    return unit * (2 * MEGABYTE // len(unit))


BROKEN = {
    "unmatched braces": ("{{a|" * 50_000, "unclosed-template"),
    "unmatched triple braces": ("{{{a|" * 50_000, "unclosed-template"),
    "unmatched closing braces": ("x}}" * 50_000, "stray-braces"),
    "unmatched brackets": ("[[a|" * 50_000, "unclosed-link"),
    "unmatched closing brackets": ("x]]" * 50_000, "stray-brackets"),
    "unmatched brackets in templates": ("{{a|[[b}}" * 50_000, "unclosed-link"),
    "a million brackets": ("[" * MEGABYTE, "unclosed-link"),
    "unmatched variants": ("-{a|" * 50_000, "unclosed-variant"),
    "unmatched variants in templates": ("{{a|-{b}}" * 50_000, "unclosed-variant"),
    "unknown tags": ("<amt " * 200_000, "unknown-tag"),
    "pipes outside of tables": ("\n|" * 200_000, "stray-pipe"),
    "an infobox of 50,000 rows": (
        "{| class=infobox\n" + "".join(f"|-\n! a{i}\n| b\n" for i in range(50_000)) + "|}",
        "too-many-parameters",
    ),
    "unmatched addresses": ("[https://x.example/y " * 50_000, "unclosed-external-link"),
    "unmatched tables": ("\n{|\n| a" * 50_000, "unclosed-table"),
    "unmatched ends of tables": ("\n|}" * 50_000, "stray-table-end"),
    "a redirect of blanks": ("#REDIRECT" + line(" ") + "x", "damaged-redirect"),
    "unmatched tags": ("<ref>" * 50_000, "unclosed-tag"),
    "unmatched HTML tags": ("<div>" * 50_000, "unclosed-html-tag"),
    "unmatched closing HTML tags": ("</div>" * 50_000, "stray-html-tag"),
    "cells in no table": ("<td>" * 100_000, "stray-cell"),
    "rows in no table, each on its line": ("<tr><td>a\n" * 100_000, "stray-cell"),
    "unmatched tables in tags": ("<table>" * 100_000, "unclosed-html-tag"),
    "unmatched tables in cells": ("<table><tr><td>a" * 50_000, "unclosed-html-tag"),
    "unmatched lists in tags": ("<ul><li>a\n" * 100_000, "unclosed-html-tag"),
    "a table in tags around 50,000 headings": (
        "<table><tr><td>" * 5 + "\n== a ==\n<td>b" * 50_000,
        "unclosed-html-tag",
    ),
    "a long text in 99 templates": ("{{a|" * 99 + "\U0001f600 " + "Wort " * 390_000 + "}}" * 99, "nested-too-large"),
    "a long heading over 50,000 others": (
        f"= {'Wort ' * 4000}=\n" + "== a ==\n" * 50_000 + "= Ende =\n",
        "paths-too-long",
    ),
    "deep templates": ("{{a|" * 4000 + "}}" * 4000, "depth-limit"),
    "templates deeper than is kept in mind": ("{{a|" * 50_000 + "}}" * 50_000, "unclosed-template"),
    "two pipes in the pictures of 20,000 cells": (
        "{|\n" + "|-\n| [[Datei:a.png|b||c]]\n" * 20_000 + "|}",
        "doubled-pipe",
    ),
    "lists of all kinds in one another": (
        "<dl><dd><ul><li>" * 20_000 + "</dl></ul></ol></dd></li>" * 20_000,
        "stray-html-tag",
    ),
    "deep links": ("[[Datei:a|" * 20_000 + "]]" * 20_000, "long-link"),
    "deep notes": ("<ref>" * 50_000 + "</ref>" * 50_000, "unclosed-tag"),
    "two million pipes": ("{{a" + "|" * 2 * MEGABYTE + "}}", "too-many-parameters"),
    "control characters": ("".join(map(chr, (*range(32), *range(127, 160)))) * 20_000, "odd-character"),
    "half a surrogate": ("a\ud800b\udfff [[c\ud800]] {{d|\udc00=e}}" * 10_000, "odd-character"),
    "noncharacters": ("".join(map(chr, range(0xFDD0, 0xFDF0))) * 20_000, "odd-character"),
}
SOUND = {
    "a line of words": line("Wort "),
    "a line of one word": line("a"),
    "a line of links": line("[[Amt|das Amt]] "),
    "a line of addresses": line("https://x.example/y "),
    "a line of templates": line("{{a|b=c}} "),
    "a line of entities": line("&amp;"),
    "a line of blanks": line(" "),
    "a table of 100,000 cells": "{|\n" + "| a\n" * 100_000 + "|}",
    "a row of 100,000 cells": "{|\n| " + " || ".join(["a"] * 100_000) + "\n|}",
    "a table of 50,000 rows": "{|\n" + "|-\n| a || b\n" * 50_000 + "|}",
    "a table in tags of 100,000 cells": "<table>" + "<tr><td>a</td><td>b</td></tr>" * 50_000 + "</table>",
    "a row in tags of 100,000 cells": "<table><tr>" + "<td>a\n" * 100_000 + "</table>",
    "100,000 tables in tags in one another": "<table><tr><td>" * 100_000 + "</td></tr></table>" * 100_000,
    "100,000 lists in tags in one another": "<ul><li>" * 100_000 + "</li></ul>" * 100_000,
    "100,000 items in tags": "<ul>" + "<li>a" * 100_000 + "</ul>",
    "lists in 20,000 cells": "{|\n" + "| <ul><li>a</li></ul> || [[a|b]]\n" * 20_000 + "|}",
    "tag cells in a wikitable": "{|\n" + "|-\n| a\n<td>b</td>\n" * 20_000 + "|}",
    "cells that span everything": "{|\n" + "|-\n| rowspan=9999 colspan=9999 | a\n" * 20_000 + "|}",
    "100,000 headings": "\n== a ==" * 100_000,
    "150,000 other headings": "\n".join(f"== a{i} ==" for i in range(150_000)),
    "100,000 other templates": "\n".join(f"{{{{a|b={i}}}}}" for i in range(100_000)),
    "tables that end behind 100,000 headings": "\n{|\n|\n== a ==\n|}" * 100_000,
    "100,000 items": "\n*#:;a" * 100_000,
}


def read(text: str) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _READ], input=json.dumps(text), capture_output=True, text=True, check=True, timeout=120
    )
    told = json.loads(done.stdout)
    assert told["seconds"] < SECONDS
    assert told["megabytes"] < MEGABYTES
    return dict(told)


@pytest.mark.parametrize(("text", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_text_is_read_to_its_end_and_named(text: str, code: str) -> None:
    told = read(text + REST)
    assert code in told["codes"]
    assert told["sections"][-1:] == ["Rest"]
    assert told["rest"] == ["Amt", "K"]
    assert told["templates"] == ["Karte"]


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_large_text_is_read_to_its_end(text: str) -> None:
    told = read(text + REST)
    assert told["codes"] == []
    assert (told["sections"][-1:], told["rest"], told["templates"]) == (["Rest"], ["Amt", "K"], ["Karte"])
