"""Many texts, read in other processes or on a Dask cluster: the same answers in the same order, whatever ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.wikitrail import ROOT, command_line, environment, wikitrail

PARAGRAPH = (
    "Der [[Radweg]] am [[Kanal|alten Kanal]] wurde um {n} m verlängert.\n\n== Stand {n} ==\n* {{{{Beleg|nr={n}}}}}\n"
)


@pytest.fixture(scope="module")
def lines() -> bytes:
    """2 MB: several tasks, with a line that is none in the middle."""
    texts = [PARAGRAPH.format(n=n) * 40 for n in range(500)]
    made = [json.dumps({"id": n, "title": "Radwege", "text": text}) for n, text in enumerate(texts)]
    return "\n".join([*made[:250], "kaputt", "", *made[250:], '{"id": "h", "text": "a \\udc00 b"}']).encode() + b"\n"


@pytest.fixture(scope="module")
def alone(lines: bytes) -> str:
    result = wikitrail("parse", "--batch", stdin=lines)
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert [answer["id"] for answer in answers] == [*range(250), None, *range(250, 500), "h"]
    assert answers[250]["error"].startswith("line 251 is not an object with id, title and text")
    assert answers[-1]["record"]["sections"][0]["text"] == "a \udc00 b"
    return result.out


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with dask_cluster(2) as address:
        yield address


@contextmanager
def dask_cluster(workers: int, **environment_of_workers: str) -> Iterator[str]:
    """The address of a real scheduler on which so many workers wait."""
    with ExitStack() as stack:
        scheduler = stack.enter_context(dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"))
        stack.callback(scheduler.terminate)
        assert scheduler.stderr is not None
        found = next(match for line in scheduler.stderr if (match := re.search(rb"tcp://127\.0\.0\.1:\d+", line)))
        address = found[0].decode()
        options = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        process = stack.enter_context(dask("worker", address, *options, **environment_of_workers))
        stack.callback(process.terminate)
        for _ in range(workers):
            next(line for line in scheduler.stderr if b"Register worker" in line)
        yield address


def dask(*arguments: str, **more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *arguments]
    null = subprocess.DEVNULL
    errors = subprocess.PIPE if arguments[0] == "scheduler" else null
    return subprocess.Popen(command, cwd="/", env=environment(**more), stderr=errors, stdout=null)


def test_processes_give_the_same_answers_in_the_same_order(lines: bytes, alone: str) -> None:
    assert wikitrail("parse", "--batch", "--workers", 2, stdin=lines).out == alone


def test_a_dask_cluster_gives_the_same_answers_in_the_same_order(lines: bytes, alone: str, cluster: str) -> None:
    result = wikitrail("parse", "--batch", "--dask", cluster, stdin=lines)
    assert (result.out, result.err, result.code) == (alone, "", 0)


def test_a_cluster_without_wikitrail_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parsers").mkdir()
    (tmp_path / "parsers" / "__init__.py").write_text("raise ImportError('not installed')")
    with dask_cluster(1, PYTHONPATH=str(tmp_path)) as address:
        result = wikitrail("parse", "--batch", "--dask", address, stdin=b'{"id": 1, "text": "a"}')
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith(f"Error: The workers of {address} do not have this version of wikitrail")
    assert len(result.err.splitlines()) == 1, result.err


def test_what_a_process_that_ended_had_is_read_by_others(lines: bytes, alone: str) -> None:
    command = command_line("parse", "--batch", "--workers", 2)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        half = lines.index(b"kaputt")
        process.stdin.write(lines[:half])
        process.stdin.flush()
        os.kill(reading_process(process.pid), signal.SIGKILL)
        out, err = process.communicate(lines[half:], timeout=120)
    assert (out.decode(), err.decode(), process.returncode) == (alone, "", 0)


def reading_process(parent: int) -> int:
    """One of the processes that read for another: the last that it started."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    while len(found := children.read_text().split()) < 2:
        time.sleep(0.01)
    return int(found[-1])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--workers", 2), 2, "with --batch"),
        (("--batch", "--workers", 2, "--dask", "tcp://127.0.0.1:1"), 2, "not both"),
        (("--batch", "--workers", 0), 2, "--workers"),
        (("--batch", "--dask", "nirgends"), 2, "not the address of a Dask scheduler"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[object, ...], code: int, words: str) -> None:
    result = wikitrail("parse", *arguments, stdin=b"")
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert len(result.err.splitlines()) == 1, result.err


def test_a_cluster_that_does_not_answer_is_a_passing_fault() -> None:
    result = wikitrail("parse", "--batch", "--dask", "tcp://127.0.0.1:1", stdin=b"")
    assert result.code == 75
    assert "start it or check the address" in result.err
    assert len(result.err.splitlines()) == 1, result.err


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"kaputt", "Expecting value"),
        (b"[1]", "'list' object"),
        (b"{}", "neither general nor namespaces"),
        (b'{"namespaces": {"0": {"id": "x"}}}', "invalid literal"),
        (b"[" * 200_000, "recursion"),
        (b"\xff\xfe\x00", "utf-16"),
    ],
)
def test_what_is_no_siteinfo_is_refused_with_its_reason(tmp_path: Path, given: bytes, reason: str) -> None:
    file = tmp_path / "wiki.json"
    file.write_bytes(given)
    for batch in ((), ("--batch",)):
        result = wikitrail("parse", *batch, "--siteinfo", file, stdin=b'{"id": 1, "text": "a"}')
        assert (result.code, result.out) == (2, "")
        (line,) = result.err.splitlines()
        assert line.startswith(f"Error: {file} is not the JSON of a siteinfo (")
        assert reason in line


def test_one_text_and_many_are_read_with_the_words_of_the_siteinfo(tmp_path: Path) -> None:
    file = tmp_path / "wiki.json"
    names = {"0": {"id": 0, "name": ""}, "14": {"id": 14, "name": "Flokkur", "canonical": "Category"}}
    file.write_text(json.dumps({"query": {"general": {}, "namespaces": names}}), encoding="utf-8")
    text = "[[Flokkur:Hjól]]"
    alone = wikitrail("parse", "--siteinfo", file, stdin=text.encode()).json
    line = json.dumps({"id": 1, "text": text}).encode()
    many = wikitrail("parse", "--batch", "--siteinfo", file, stdin=line).json
    assert [category["name"] for category in alone["categories"]] == ["Hjól"]
    assert many == {"id": 1, "record": alone}
