"""The measuring itself: made-up histories are whole exports and always the same, a command's memory is its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scraper.dump import DumpPage, read_dump
from tests.bench_batch import bench_batch, speed_up, write_lines
from tests.bench_clients import measure
from tests.bench_pages import write_dump
from tests.bench_reading import single_pages
from tests.bench_words import rewritten_page, wikidiff2, wikidiff2_lacks


def test_made_up_histories_have_as_many_pages_and_revisions_as_asked(tmp_path: Path) -> None:
    write_dump(tmp_path / "one.xml", 7, 90)
    write_dump(tmp_path / "two.xml", 7, 90)
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()
    pages = [part for part in read_dump(tmp_path / "one.xml") if isinstance(part, DumpPage)]
    texts = [revision.text for page in pages for revision in page.revisions]
    assert (len(pages), len(texts), len(set(texts))) == (7, 90, 90)


def test_pages_on_their_own_are_measured_beside_the_peer() -> None:
    count, cost = single_pages({f"Seite {n}": ["alt", f"== H{n} ==\n* [[Ziel {n}]]\n" * 20] for n in range(700)})
    assert count == 350
    assert 0.01 < cost < 5


def test_the_page_of_word_differences_is_as_said() -> None:
    before, after = rewritten_page()
    assert 64 * 1024 < len(before.encode()) <= 65 * 1024
    assert len(before.split("[http://allris.")) == len(after.split("[https://ratsinfo.")) == 161
    assert "allris" not in after


def test_wikidiff2_is_measured_where_it_is_installed(tmp_path: Path) -> None:
    if reason := wikidiff2_lacks():
        pytest.skip(reason)
    for name, text in zip(("before", "after"), rewritten_page(), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert 0 < wikidiff2(tmp_path / "before", tmp_path / "after") < 10


def test_batches_are_measured_on_the_texts_of_a_dump(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_dump(tmp_path / "one.xml", 2, 6)
    assert write_lines(tmp_path / "one.xml", tmp_path / "lines.jsonl") == 6
    lines = [json.loads(line) for line in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(line["text"] and line["title"] for line in lines)
    assert speed_up([(4.0, 2.0), (3.0, 2.0), (9.0, 1.0)]) == 2.0
    bench_batch(tmp_path / "one.xml", tmp_path)
    assert "Two workers are" in capsys.readouterr().out


def test_what_a_command_took_is_its_own(tmp_path: Path) -> None:
    kept = bytearray(200_000_000)  # of this process
    seconds, user, memory, out = measure([sys.executable, "-c", "print(sum(range(10 ** 6)))"], tmp_path)
    assert out == "499999500000\n"
    assert 0 < user < seconds < 60
    assert 1_000_000 < memory < len(kept) / 2


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nothing there"):
        measure([sys.executable, "-c", "raise SystemExit('nothing there')"], tmp_path)
