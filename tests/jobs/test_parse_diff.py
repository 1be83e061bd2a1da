"""``wikitrail parse --diff``: a saved diff page or feed on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.wikitrail import wikitrail

CASES = Path(__file__).parent.parent / "diff_cases"


def test_a_saved_page() -> None:
    result = wikitrail("parse", "--diff", CASES / "1.31-php" / "page.html")
    assert (result.code, result.err) == (0, "")
    read = json.loads(result.out)
    assert list(read) == ["state", "layout", "engine", "old", "new", "hunks", "notices", "diagnostics"]
    assert read["hunks"][1]["rows"][1]["words"] == [{"op": "delete", "text": "fort  damit"}]


def test_a_saved_feed() -> None:
    result = wikitrail("parse", "--diff", CASES / "1.31-feed" / "feed.xml")
    assert result.code == 0
    entries = json.loads(result.out)
    assert [(entry["new_id"], entry["diff"] is None) for entry in entries] == [(9, False), (8, True)]


def test_files_that_hold_no_diff(tmp_path: Path) -> None:
    for name, data, words in [
        ("seite.html", "<p>Grüße</p>".encode(), "holds no MediaWiki diff"),
        ("seite.bin", b"\xff\xfe\x00", "not UTF-8"),
        ("feed.xml", b"<?xml version='1.0'?><feed>", "not whole XML"),
    ]:
        (tmp_path / name).write_bytes(data)
        result = wikitrail("parse", "--diff", tmp_path / name)
        assert (result.code, result.out) == (2, "")
        assert words in result.err
        assert len(result.err.splitlines()) == 1


def test_with_options_that_do_not_fit() -> None:
    result = wikitrail("parse", "--diff", "--batch", CASES / "1.31-php" / "page.html")
    assert result.code == 2
    assert "--diff takes a file alone" in result.err
