"""Mirrors through a proxy that spoils answers: a wiki in three states, what an undisturbed run makes of each, and
runs in this process whose waiting takes no time."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jobs import cli, contact, sync
from jobs.settings import Settings
from scraper.session import Session
from tests.fault_proxy import Exchange, Fault, FaultProxy
from tests.mediawiki import DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import Result, rows

PHASES = ("first", "delta", "audit")
COMMANDS = {"first": "sync", "delta": "sync", "audit": "audit"}
DECOMPOSED = unicodedata.normalize("NFD", "Förderung für Ältere")  # the API normalises it, so it is fetched raw
# What depends on when and in how many runs something was read, and not on the wiki.
OF_THE_RUN = {
    "site": {"siteinfo", "fetched_at"},
    "pages": {"first_seen_at", "last_seen_at"},
    "revisions": {"text_id", "observed_at"},
    "texts": {"text_id", "encoding", "base_id", "chain_length", "chain_depth", "data"},
    "changes": {"change_id", "run_id", "bulk_id", "observed_at"},
    "bulk_changes": {"bulk_id"},
}
READ = (
    *("site", "pages", "texts", "revisions", "log_events", "infobox_history", "section_history", "link_history"),
    *("category_history", "paper_history", "template_history", "changes", "bulk_changes", "diagnostics"),
)


def contents(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What an analyst sees of the wiki in tables and views, without the columns that say when a run read it."""
    found = {}
    for table in READ:
        columns = [name for _, name, *_ in rows(db, f"PRAGMA table_info({table})")]
        kept = ", ".join(f'"{name}"' for name in columns if name not in OF_THE_RUN.get(table, ()))
        found[table] = sorted(rows(db, f"SELECT {kept} FROM {table}"), key=repr)
    texts = rows(db, "SELECT rev_id, t.sha1 FROM revisions JOIN texts t USING (text_id) ORDER BY rev_id")
    return found | {"texts of revisions": texts}


@dataclass(slots=True)
class Strike:
    """A plan: ``fault`` hits the requests with these numbers (all when there are none), and is counted."""

    fault: Fault
    numbers: set[int] = field(default_factory=set)
    hits: int = 0

    def __call__(self, exchange: Exchange) -> Fault | None:
        if self.numbers and exchange.number not in self.numbers:
            return None
        self.hits += 1
        return self.fault


@dataclass(slots=True)
class Stages:
    """The wiki before the first run, before the delta and before the audit, each served at the proxy's address, and
    what a run that nothing disturbs leaves: its database, contents, and number of requests."""

    proxy: FaultProxy
    wikis: dict[str, MediaWiki]
    folder: Path
    databases: dict[str, Path] = field(default_factory=dict)
    contents: dict[str, dict[str, list[tuple[Any, ...]]]] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)

    def start(self, phase: str, plan: Any = None) -> None:
        """From now on the proxy leads to the wiki of this phase, and spoils what the plan says."""
        self.proxy.upstream = self.wikis[phase].url
        self.proxy.exchanges = []
        self.proxy.plan = plan or (lambda exchange: None)

    def run(self, phase: str, db: Path, plan: Any = None, config: Path | None = None) -> Result:
        """One run of the phase's command on the database."""
        self.start(phase, plan)
        url = [self.proxy.url] if phase == "first" else []
        chosen = ["--config", config] if config else []
        return run_here(*chosen, "--db", db, COMMANDS[phase], *url)

    def measure(self) -> None:
        """Do all phases undisturbed, and keep what they leave."""
        db = self.folder / "undisturbed.db"
        for phase in PHASES:
            assert_fine(self.run(phase, db), phase)
            self.requests[phase] = len(self.proxy.exchanges)
            self.contents[phase] = contents(db)
            self.databases[phase] = Path(shutil.copy(db, self.folder / f"{phase}.db"))


def assert_fine(result: Result, phase: str) -> None:
    """The run ended well; an audit says with exit code 1 that it found and repaired something."""
    assert "Error" not in result.err, result.err
    assert result.code == 0 or (phase == "audit" and result.code == 1), result


def assert_failed(result: Result, db: Path) -> str:
    """The run failed with one sentence on stderr, which the ``runs`` table has too; the sentence."""
    lines = [line for line in result.err.splitlines() if line.strip()]
    assert result.code in (1, 75), result
    assert len(lines) == 1, result.err
    assert lines[0].startswith("Error: "), lines
    assert "did not foresee" not in lines[0], lines
    sentence = lines[0].removeprefix("Error: ")
    assert rows(db, "SELECT status, error FROM runs ORDER BY run_id DESC LIMIT 1") == [("failed", sentence)]
    return sentence


def run_here(*args: object) -> Result:
    """The command in this process, from its arguments to its exit code; waiting is counted and takes no time."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = None
    with (
        patch.object(sys, "argv", ["wikitrail", *map(str, args)]),
        patch.object(sync, "make_session", _hasty(contact.make_session)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Result(code, out.getvalue(), err.getvalue())


def _hasty(make_session: Any) -> Any:
    def make(settings: Settings) -> Session:
        session: Session = make_session(settings)
        skipped = [0.0]

        def sleep(seconds: float) -> None:
            skipped[0] += seconds

        session.sleep = sleep
        session.clock = lambda: time.monotonic() + skipped[0]
        return session

    return make


@contextlib.contextmanager
def staged(template: Path, folder: Path) -> Iterator[Stages]:
    """The three wikis behind one proxy, undisturbed runs done."""
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(contextlib.contextmanager(FaultProxy(recorded={}).serve)())
        wikis: dict[str, MediaWiki] = {}
        before = template
        for phase, prepare in zip(PHASES, (_fill, _change, _alter_in_secret), strict=True):
            wiki = MediaWiki(before, folder / phase, settings=f"$wgServer = '{proxy.url}';")
            wiki.template = template
            with wiki:
                prepare(wiki)
            wikis[phase], before = wiki, wiki.folder
        for wiki in wikis.values():
            stack.enter_context(wiki)
        stages = Stages(proxy, wikis, folder)
        stages.measure()
        yield stages


def _fill(wiki: MediaWiki) -> None:
    box = "{{{{Konzeption|Zuständigkeit=Bereich {0}|Beschluss=[https://ratsinfo.example/vo?VOLFDNR={0} B/{0}]}}}}"
    pages = {
        f"Konzept {n}": [
            DumpRevision(
                f"2024-0{1 + k}-{1 + n % 28:02}T08:00:00Z", "Ida Kern", f"{box.format(n + k)}\n== Ziele ==\n{k}"
            )
            for k in range(2)
        ]
        for n in range(35)
    }
    _import(wiki, pages | {"Ältere": [DumpRevision("2024-05-01T08:00:00Z", "Ada Berg", DECOMPOSED)]})
    wiki.edit("Papierkorb", "Fort damit")
    wiki.edit("Papierkorb", "Fort damit!")
    wiki.delete("Papierkorb")


def _change(wiki: MediaWiki) -> None:
    for n in range(4):
        wiki.edit(f"Konzept {n}", f"Neu gefasst {n}\n[[Kategorie:Stand]]")
    wiki.undelete("Papierkorb")
    wiki.move("Konzept 5", "Leitbild", redirect=False)
    wiki.delete("Konzept 6")
    wiki.protect("Konzept 7")
    first = min(r["rev_id"] for r in wiki.truth()["revisions"] if r["comment"] == "" and r["user"].endswith("Ida Kern"))
    wiki.revision_delete(first, hide=("content", "user"))
    texts = [f"{DECOMPOSED} {n}" if n < 2 else f"Alt {n}" for n in range(60)]
    old = {f"Import {n}": [DumpRevision("2010-01-01T08:00:00Z", "Ada Berg", text)] for n, text in enumerate(texts)}
    _import(wiki, old)


def _alter_in_secret(wiki: MediaWiki) -> None:
    """What no log tells."""
    with contextlib.closing(sqlite3.connect(wiki.db_path)) as connection:
        connection.execute("UPDATE revision SET rev_minor_edit = 1 WHERE rev_id % 7 = 0")
        connection.commit()


def _import(wiki: MediaWiki, pages: dict[str, list[DumpRevision]]) -> None:
    path = wiki.folder / "pages.xml"
    path.write_text(dump_xml(pages), encoding="utf-8")
    wiki.import_xml(path)


def summary(result: Result) -> dict[str, Any]:
    """What ``--json`` printed."""
    data: dict[str, Any] = json.loads(result.out)
    return data
