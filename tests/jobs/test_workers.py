"""A first run that other processes share in gives what one process alone gives, and leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from jobs.ahead import ahead
from jobs.workers import MOST_WORKERS, Workers, worth_workers
from parsers.items import COLUMNS
from parsers.wiki import Page
from storage.database import open_database
from storage.mirror import save_pages
from tests.fault_runs import assert_fine, run_here
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import assert_exact, command_line, environment, rows, wikitrail

T = TypeVar("T")
CHANGES = "page_id, title, rev_from, rev_to, timestamp, kind, action, path, label, before, after, significance"


def fill(wiki: MediaWiki, folder: Path) -> None:
    """Pages that are done with early, late, and one into whose history a revision was imported."""
    pages = {
        f"Konzept {n}": [
            DumpRevision(
                f"20{10 + n % 5}-0{step}-11T10:00:00Z", "Nora Feld", f"Stand {step}\n== Ziele ==\n[[Seite {step}]]"
            )
            for step in range(1, 5)
        ]
        for n in range(30)
    }
    bring(wiki, folder, pages)
    wiki.edit("Konzept 3", "Heute")
    bring(wiki, folder, {"Konzept 3": [DumpRevision("2019-01-01T10:00:00Z", "Nora Feld", "Eingeschoben")]})


def bring(wiki: MediaWiki, folder: Path, pages: dict[str, list[DumpRevision]]) -> None:
    path = folder / "dump.xml"
    path.write_text(dump_xml(pages), encoding="utf-8")
    wiki.import_xml(path)


def first_run(folder: Path, wiki: MediaWiki, workers: int) -> Path:
    folder.mkdir()
    return sync_in(folder, wiki, workers)


def sync_in(folder: Path, wiki: MediaWiki, workers: int) -> Path:
    (folder / "wikitrail.toml").write_text(f'[wiki]\nurl = "{wiki.url}"\nworkers = {workers}\n')
    result = wikitrail("sync", cwd=folder)
    assert result.code == 0, result.err
    return folder / "wiki.db"


def derived(db: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = {
        kind: f"SELECT page_id, {', '.join(columns)}, from_rev, to_rev, valid_from, valid_to FROM {kind}_history"
        for kind, columns in COLUMNS.items()
    }
    tables |= {"changes": f"SELECT {CHANGES} FROM changes", "pages": "SELECT page_id, derived_rev_id, text FROM pages"}
    return {name: sorted(rows(db, query), key=repr) for name, query in tables.items()}


def test_processes_derive_what_one_alone_derives(mediawiki: MediaWiki, tmp_path: Path) -> None:
    fill(mediawiki, tmp_path)
    alone, shared = (first_run(tmp_path / str(count), mediawiki, count) for count in (0, 2))
    assert_exact(shared, mediawiki)
    assert derived(shared) == derived(alone)
    assert len(derived(shared)["changes"]) > 100


def test_pages_are_taken_on_before_the_last_of_them_is_here(
    mediawiki: MediaWiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their histories end together, long after they began, and in the middle some were made from older revisions."""
    histories = {
        f"Plan {n}": [
            DumpRevision(
                f"{2001 + step}-03-{1 + n:02}T10:00:00Z", "Nora Feld", f"Stand {step // 2}\n* [[Seite {step}]]"
            )
            for step in range(20)
        ]
        for n in range(12)
    }
    bring(mediawiki, tmp_path, {title: history[:9] for title, history in histories.items()})
    bring(mediawiki, tmp_path, {title: history[::2] + history[9::-2] for title, history in histories.items()})
    for n in (2, 5):
        mediawiki.move(f"Plan {n}", f"Plan {n} alt", redirect=False)
    alone = first_run(tmp_path / "alone", mediawiki, 0)
    begun: set[int] = set()
    take_on = Workers.take_on

    def noting(workers: Workers, page_ids: Iterable[int]) -> None:
        take_on(workers, page_ids)
        begun.update(workers._of_page)

    monkeypatch.setattr(Workers, "take_on", noting)
    config, shared = tmp_path / "wikitrail.toml", tmp_path / "shared.db"
    config.write_text(f'[wiki]\nurl = "{mediawiki.url}"\nworkers = 2\n')
    assert_fine(run_here("--config", config, "--db", shared, "sync"), "first")
    assert len(begun) > 1
    assert_exact(shared, mediawiki)
    assert derived(shared)["changes"]
    assert derived(shared) == derived(alone)


def test_pages_that_a_dump_brought_before_are_taken_on_from_there(mediawiki: MediaWiki, tmp_path: Path) -> None:
    fill(mediawiki, tmp_path)
    alone = first_run(tmp_path / "alone", mediawiki, 0)
    dump = tmp_path / "wiki.xml"
    assert wikitrail("--db", alone, "export", "-o", dump).code == 0
    folder = tmp_path / "dumped"
    folder.mkdir()
    assert wikitrail("--db", folder / "wiki.db", "import", dump).code == 0
    mediawiki.edit("Konzept 5", "Heute auch")
    mediawiki.edit("Ganz neu", "Neu")
    db = sync_in(folder, mediawiki, 2)
    assert_exact(db, mediawiki)
    assert rows(db, "SELECT text FROM pages WHERE title = 'Konzept 5'") == [("Heute auch",)]
    assert rows(db, "SELECT count(*) FROM pages WHERE state = 'live' AND derived_rev_id != latest_rev_id") == [(0,)]


def test_workers_end_with_a_killed_run_and_the_next_one_goes_on(mediawiki: MediaWiki, tmp_path: Path) -> None:
    fill(mediawiki, tmp_path)
    alone = first_run(tmp_path / "alone", mediawiki, 0)
    folder = tmp_path / "killed"
    folder.mkdir()
    (folder / "wikitrail.toml").write_text(f'[wiki]\nurl = "{mediawiki.url}"\nworkers = 2\n')
    run = subprocess.Popen(command_line("sync"), cwd=folder, env=environment())
    children = until(lambda: descendants(run.pid))
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert children
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    assert wikitrail("sync", cwd=folder).code == 0
    assert derived(folder / "wiki.db") == derived(alone)


def test_workers_have_ended_when_they_are_left(tmp_path: Path) -> None:
    path = tmp_path / "wiki.db"
    db = open_database(path, create=True)
    now = "2024-07-01T00:00:00Z"
    for page_id in range(1, 40):
        save_pages(db, [Page(page_id, 0, f"Blatt {page_id}", False, "wikitext", page_id, 0)], now)
    db.close()
    with Workers(2, path, None, 1, now) as workers:
        workers.start(0)
        assert workers.hand_over(range(1, 40)) == 39
        assert len(multiprocessing.active_children()) == 2
    assert not multiprocessing.active_children()


def test_processes_are_as_many_as_the_revisions_are_worth() -> None:
    assert [worth_workers(revisions, 2) for revisions in (0, 1_999, 2_000, 5_999, 6_000, 90_000)] == [0, 0, 1, 1, 2, 2]
    assert worth_workers(90_000, 1) == 0
    assert worth_workers(90_000, 64) == MOST_WORKERS


def test_processes_start_for_a_wiki_whose_newest_ids_are_old_texts(
    mediawiki: MediaWiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to what is newest holds 500 revisions; none of them tells that an import brought more ids after."""
    young = [DumpRevision(f"2024-{n // 50 + 1:02}-{n % 28 + 1:02}T10:00:00Z", "Nora Feld", f"{n}") for n in range(520)]
    bring(mediawiki, tmp_path, {"Neu": young})
    old = [DumpRevision(f"201{n}-01-01T10:00:00Z", "Nora Feld", f"Stand {n}") for n in range(3)]
    bring(mediawiki, tmp_path, {f"Alt {n}": old for n in range(30)})
    monkeypatch.setattr("jobs.workers.REVISIONS_A_WORKER", 1_100)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    handed_over: list[int] = []
    hand_over = Workers.hand_over

    def noted(workers: Workers, page_ids: Iterable[int]) -> int:
        taken = list(page_ids)
        handed_over.extend(taken)
        return hand_over(workers, taken)

    monkeypatch.setattr(Workers, "hand_over", noted)
    assert_fine(run_here("--db", tmp_path / "wiki.db", "sync", mediawiki.url), "first")
    assert len(handed_over) > 20
    assert_exact(tmp_path / "wiki.db", mediawiki)
    monkeypatch.undo()
    assert derived(tmp_path / "wiki.db") == derived(first_run(tmp_path / "alone", mediawiki, 0))


def until(found: Callable[[], T], seconds: float = 20) -> T | None:
    """What ``found`` gives when it first gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.01)
    return None


def descendants(pid: int) -> list[int]:
    """Processes that derive pages, not the one that Python starts beside them to clean up."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_ahead_gives_all_in_order_and_raises_what_the_source_raises() -> None:
    def source() -> Iterator[int]:
        yield from range(5)
        raise ValueError("the wiki is gone")

    taken: list[int] = []
    with pytest.raises(ValueError, match="the wiki is gone"):
        taken.extend(ahead(source()))
    assert taken == [0, 1, 2, 3, 4]


def test_ahead_makes_the_next_while_one_is_used_and_stops_when_nobody_takes_more() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    taken = ahead(source())
    assert next(taken) == 0
    assert until(lambda: len(made) >= 2)
    taken.close()
    time.sleep(0.05)
    assert len(made) <= 4
