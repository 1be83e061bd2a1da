"""Whatever a network or a wiki answers: the mirror ends equal to an undisturbed one, or the run says what to do."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fault_proxy import FaultProxy
from tests.fault_runs import PHASES, Stages, Strike, assert_failed, assert_fine, contents, staged
from tests.faults import CASES, changed
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import assert_exact, wikitrail

IMPATIENT = "[wiki]\ntimeout = 2\nmax_wait = 6\n"


@pytest.fixture(scope="module")
def stages(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    with staged(mediawiki_template, tmp_path_factory.mktemp("stages")) as found:
        yield found


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Path | None:
    """A short read timeout for faults that consist of waiting."""
    if "silence" not in request.node.name:
        return None
    path = tmp_path / "wikitrail.toml"
    path.write_text(IMPATIENT, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_fault_that_strikes_once(stages: Stages, tmp_path: Path, config: Path | None, name: str) -> None:
    db = tmp_path / "wiki.db"
    for phase in PHASES:
        strike = Strike(CASES[name].fault, {zlib.crc32(f"{name} {phase}".encode()) % stages.requests[phase]})
        result = stages.run(phase, db, strike, config)
        assert strike.hits == 1
        if "Error" in result.err:
            sentence = assert_failed(result, db)
            assert not CASES[name].passes, sentence
            assert_fine(stages.run(phase, db), phase)
        else:
            assert_fine(result, phase)
        assert contents(db) == stages.contents[phase]


@pytest.mark.parametrize("name", CASES)
def test_a_fault_that_stays(stages: Stages, tmp_path: Path, config: Path | None, name: str) -> None:
    db = Path(shutil.copy(stages.databases["first"], tmp_path / "wiki.db"))
    result = stages.run("delta", db, Strike(CASES[name].fault), config)
    sentence = assert_failed(result, db)
    assert (result.code, CASES[name].words in sentence) == (CASES[name].code, True), sentence
    assert len(sentence) < 500
    assert contents(db) == stages.contents["first"]
    assert_fine(stages.run("delta", db), "delta")
    assert contents(db) == stages.contents["delta"]


def test_a_history_that_seems_to_end_early(mediawiki: MediaWiki, tmp_path: Path) -> None:
    """An answer that lost its ``continue`` looks like the last one; the wiki named its newest revision before."""
    path, db = tmp_path / "alt.xml", tmp_path / "wiki.db"
    old = [DumpRevision(f"2015-03-01T08:{n // 60:02}:{n % 60:02}Z", "Alte Hand", f"Stand {n}") for n in range(120)]
    path.write_text(dump_xml({"Lang": old}), encoding="utf-8")
    mediawiki.import_xml(path)
    cut_off = changed(lambda answer: {key: value for key, value in answer.items() if key != "continue"})
    with contextmanager(FaultProxy(mediawiki.url).serve)() as proxy:
        proxy.plan = lambda exchange: cut_off if exchange.params.get("generator") == "allrevisions" else None
        result = wikitrail("--db", db, "sync", f"{proxy.url}/api.php")
        assert (result.code, len(result.err.splitlines())) == (75, 1)
        assert "ended the list of revisions before revision" in result.err
        proxy.plan = lambda exchange: None
        assert wikitrail("--db", db, "sync", f"{proxy.url}/api.php").code == 0
    assert_exact(db, mediawiki)
