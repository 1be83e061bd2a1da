"""``wikitrail parse --html`` on the command line: any file ends soon, in little memory, with a record or a sentence."""

from __future__ import annotations

import random
import resource
import subprocess
from pathlib import Path

import pytest

from tests.records import assert_obeys
from tests.wikitrail import Result, command_line, environment, wikitrail

LENGTH = 2_000_000
SECONDS, MEMORY = 5, 2**30
TAGS = [
    "<table class=infobox>", "<tr>", "<td>", "<th>a", "<a href='/wiki/X'>", "</a>", "</table>", "<li>",
    "<dl><dt>a<dd>b",
    "<ul>", "</ul>", "<div>", "</div>", "<b>", "x ", "\n", "<!--", "-->", '"', "<aside class=portable-infobox>", "<p>",
    "<h2 id=a>", "<br>", "&amp;", "<img src=/a/B.png>", "<span class=mw-headline id=x>", "<figure>", "<figcaption>",
]  # fmt: skip


def filled(piece: str) -> bytes:
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH].encode()


HOSTILE = {
    "50,000 nested elements": b"<div>" * 50_000 + b"x" + b"</div>" * 50_000,
    "cells": b"<table class=infobox>" + filled("<tr><th>1</th><td>2</td></tr>"),
    "links": filled("<a href='/wiki/Xy' title='Xy'>Xy</a> "),
    "pictures in captions": filled("<figure><img src=/a/b.png><figcaption>x"),
    "nested tables": filled("<table class=infobox><tr><th>a<td>"),
    "end tags": filled("</b>"),
    "open quotes": filled('<a b="'),
    "angle brackets": filled("<"),
    "no tags": filled("B/16/5505-01 "),
    "bytes": random.Random(3).randbytes(LENGTH),
    "disorder": "".join(random.Random(1).choices(TAGS, k=LENGTH // 7)).encode(),
}


def limited(path: Path) -> Result:
    """The command with five seconds of processor time and a gigabyte: past them the system ends it."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(
        command_line("parse", "--html", path, "--title", "Seite"),
        env=environment(),
        capture_output=True,
        preexec_fn=limit,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "seite.html").write_bytes(HOSTILE[name])
    result = limited(tmp_path / "seite.html")
    assert (result.code, result.err) == (0, "")
    assert result.json["sections"]


def test_a_page_in_another_encoding(tmp_path: Path) -> None:
    table = '<table class="infobox"><tr><th>Gebiet</th><td>Königshardt</td></tr></table>'
    for encoding, codes in (("utf-8", []), ("latin-1", ["html-encoding"])):
        result = wikitrail("parse", "--html", stdin=table.encode(encoding))
        record = result.json
        assert record["infoboxes"][0]["fields"][0]["text"] == "Königshardt"
        assert [found["code"] for found in record["diagnostics"]] == codes
        start, end = record["infoboxes"][0]["fields"][0]["span"]
        assert table[start:end] == "Königshardt"


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    for other in ("--batch", "--diff"):
        result = wikitrail("parse", "--html", other, stdin=b"<p>x")
        assert (result.code, result.out) == (2, "")
        assert "--html reads one page" in result.err
    obeyed = wikitrail("parse", "--html", stdin=b"").json
    assert_obeys(obeyed)
    assert obeyed["diagnostics"] == []
