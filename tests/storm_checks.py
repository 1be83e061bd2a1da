"""What a storm checks after every sync: the mirror is the wiki, derived data is sane, a second run finds nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jobs.audit import Difference
from jobs.config import Config
from jobs.derive import Deriver
from jobs.page_reader import reader_for
from jobs.runner import running
from jobs.settings import Settings
from jobs.sync import audit_wiki
from jobs.sync import sync as sync_wiki
from parsers.items import COLUMNS, items_of
from parsers.plain import plain_record
from scraper.api import Api
from storage.database import Database, open_database
from storage.texts import TextStore
from tests.mediawiki import MediaWiki
from tests.wikitrail import TextsCompared, assert_exact, rows

INTERVALS = {
    kind: f"SELECT {', '.join(columns)}, from_rev, to_rev, valid_from, valid_to FROM {kind}_history WHERE page_id = ?"
    for kind, columns in COLUMNS.items()
}
KEPT = ("pages", "revisions", "texts", "changes", "log_events", *(f"{kind}_history" for kind in COLUMNS))

# Current revisions with another text than the one before, of which no change tells.
SILENT = """
SELECT r.rev_id FROM pages p JOIN revisions r ON r.rev_id = p.latest_rev_id JOIN revisions before ON
before.rev_id = r.parent_id AND before.page_id = p.page_id AND before.state = 'live' AND before.text_id != r.text_id
WHERE p.state = 'live' AND r.rev_id NOT IN (SELECT rev_to FROM changes WHERE rev_to IS NOT NULL)
"""


class Cut(Exception):
    """The end of a run that is cut."""


class Checker:
    """Syncs the mirror at ``path`` in this process, and checks it after each run."""

    def __init__(self, wiki: MediaWiki, path: Path) -> None:
        self.wiki = wiki
        self.path = path
        self.syncs = 0
        self._settings = Settings(Config(), path.parent, path, quiet=True)
        self.edited: set[int] = set()  # revisions that were made by edits since the last sync
        self.unlogged = False  # whether something happened that the wiki does not log: an audit finds it
        self.purged: set[int] = set()  # revisions that scripts removed for good
        self._texts = TextsCompared()
        self._histories: dict[int, object] = {}  # what a page's intervals rest on, as it was when last checked

    def sync(self, *, full: bool = False) -> None:
        """One run, all checks, and a second run that must find nothing."""
        self._run(full=full)
        if self.unlogged:
            self._audit()
            self.unlogged = False
        assert_exact(self.path, self.wiki, self._texts, self.purged)
        self._check_derived()
        self._check_changes()
        self._check_quiet()

    def audit(self) -> None:
        """A sync with all checks, and an audit that finds no difference."""
        self.sync()
        found = self._audit()
        assert not found, f"the audit of an exact mirror found {found}"
        self._check_quiet()

    def _audit(self) -> list[Difference]:
        with running("audit", self.path, create=False) as run:
            return audit_wiki(run, self._settings)

    def meanwhile(self, steps: int, happens: Callable[[], None]) -> None:
        """A run during which something happens, before its so many-th request."""
        left = iter(range(steps))
        ask = Api.request

        def request(api: Api, *args: Any) -> dict[str, Any]:
            if next(left, None) == steps - 1:
                happens()
            return ask(api, *args)

        with patch.object(Api, "request", request):
            self._run()

    def cut(self, steps: int) -> None:
        """A run that ends before its so many-th request or transaction, as if the process had been killed there."""
        left = iter(range(steps))

        def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
            def guard(*args: Any, **options: Any) -> Any:
                if next(left, None) is None:
                    raise Cut
                return call(*args, **options)

            return guard

        ask, atomic = guarded(Api.request), guarded(Database.atomic)
        with patch.object(Api, "request", ask), patch.object(Database, "atomic", atomic), suppress(Cut):
            self._run()

    def finish(self) -> None:
        """A last sync; everything is compared again, also what did not change since the last check."""
        self._texts = TextsCompared()
        self._histories.clear()
        self.sync()

    def _run(self, *, full: bool = False) -> dict[str, Any]:
        self.syncs += 1
        with running("sync", self.path, create=True) as run:
            sync_wiki(run, self._settings, self.wiki.api_url, full=full)
        return run.summary()

    def _check_quiet(self) -> None:
        before = [rows(self.path, f"SELECT * FROM {table}") for table in KEPT]
        mark = self.wiki.mark()
        summary = self._run()
        made = [request.params for request in self.wiki.requests(mark)]
        assert len(made) == 1, f"a run that finds nothing made {len(made)} requests: {made[1:]}"
        assert (summary["revisions_new"], summary["changes"]) == (0, 0), f"a second run found {summary}"
        for table, old in zip(KEPT, before, strict=True):
            new = rows(self.path, f"SELECT * FROM {table}")
            assert new == old, f"a second run wrote {table}: {[row for row in new if row not in old]}"

    def _check_derived(self) -> None:
        db = open_database(self.path, create=False)
        try:
            db.execute("BEGIN")
            deriver = Deriver(db, reader_for(db, None), 1, "2000-01-01T00:00:00Z")
            for page_id, title, latest, redirect_to in db.execute(
                "SELECT page_id, title, latest_rev_id, redirect_to FROM pages WHERE state = 'live'"
            ).fetchall():
                rests_on = _history(db, page_id), title, latest
                if self._histories.get(page_id) != rests_on:
                    _check_current(db, deriver, page_id, title, latest, redirect_to)
                    held = _intervals(db, page_id)
                    deriver.revisions([], rewritten=[page_id])
                    anew = _intervals(db, page_id)
                    assert held == anew, f"intervals of {title}: held, not anew {held - anew}; anew {anew - held}"
                    self._histories[page_id] = rests_on
            for kind in COLUMNS:
                left = db.execute(
                    f"SELECT p.title FROM {kind}_history JOIN pages p USING (page_id)"
                    " WHERE to_rev IS NULL AND p.state = 'deleted'"
                ).fetchall()
                assert not left, f"{kind} intervals of deleted pages are open: {left}"
        finally:
            db.execute("ROLLBACK")
            db.close()

    def _check_changes(self) -> None:
        """Nothing is announced twice, every page event once, and no edit on top passes in silence."""
        told = Counter(
            rows(
                self.path,
                "SELECT page_id, rev_from, rev_to, kind, action, path, label, before, after FROM changes"
                " WHERE rev_to IS NOT NULL",
            )
        )
        twice = [change for change, times in told.items() if times > 1 and change[3] == "page"]
        assert not twice, f"announced twice: {twice}"
        observed = rows(self.path, "SELECT DISTINCT rev_to, run_id FROM changes WHERE rev_to IS NOT NULL")
        again = [revision for revision, times in Counter(rev_to for rev_to, _ in observed).items() if times > 1]
        assert not again, f"the changes of these revisions were announced in two runs: {again}"
        silent = [rev_id for (rev_id,) in rows(self.path, SILENT) if rev_id in self.edited]
        assert not silent, f"these edits altered the text of a page, and nothing was announced: {silent}"
        self.edited.clear()
        events = rows(
            self.path,
            "SELECT action, timestamp, title FROM changes WHERE kind = 'page' AND rev_to IS NULL",
        )
        logged = rows(
            self.path,
            "SELECT CASE type || '/' || action WHEN 'delete/restore' THEN 'restored' ELSE"
            " CASE type WHEN 'move' THEN 'moved' WHEN 'protect' THEN 'protected' ELSE 'deleted' END END,"
            " timestamp, title FROM log_events WHERE type = 'move' OR (type = 'protect' AND action != 'move_prot')"
            " OR (type = 'delete' AND action IN ('restore', 'delete', 'delete_redir', 'delete_redir2')"
            # neither one version of a file that is deleted, nor one that comes back
            " AND coalesce(comment, '') NOT LIKE 'alte Version%!%'"
            ' AND params NOT LIKE \'%"files": 1, "revisions": 0%\')',
        )
        differ = (Counter(events) - Counter(logged)) | (Counter(logged) - Counter(events))
        unclear = "SELECT timestamp FROM log_events WHERE title IS NULL OR comment IS NULL"
        hidden = {when for (when,) in rows(self.path, unclear)}
        assert {when for _, when, _ in differ} <= hidden, f"page events and log differ: {differ}"


def _history(db: Database, page_id: int) -> object:
    return db.execute(
        "SELECT rev_id, text_id FROM revisions WHERE page_id = ? AND state = 'live' ORDER BY rev_id", [page_id]
    ).fetchall()


def _intervals(db: Database, page_id: int) -> Counter[tuple[Any, ...]]:
    return Counter((kind, *row) for kind, query in INTERVALS.items() for row in db.execute(query, [page_id]).fetchall())


def _check_current(
    db: Database, deriver: Deriver, page_id: int, title: str, latest: int, redirect_to: str | None
) -> None:
    """What is held as current is what the parser reads from the current revision."""
    plain, derived = db.execute("SELECT text, derived_rev_id FROM pages WHERE page_id = ?", [page_id]).fetchone()
    its_own = db.execute("SELECT 1 FROM revisions WHERE rev_id = ? AND page_id = ?", [latest, page_id]).fetchone()
    # A merge that takes revisions of the future away leaves a page whose current revision is one of another page.
    assert derived == latest or not its_own, f"{title} was read up to revision {derived}, its current one is {latest}"
    model, text_id = db.execute("SELECT content_model, text_id FROM revisions WHERE rev_id = ?", [derived]).fetchone()
    text = TextStore(db).load(text_id)
    assert plain == text, f"pages.text of {title} is not its current text"
    reader = deriver.reader
    record = reader.read(text, title) if model == "wikitext" else plain_record(text, title, reader.site, model)
    wanted = Counter((kind, *row) for kind, items in items_of(record).items() for row in items)
    held = Counter(
        (kind, *row)
        for kind, columns in COLUMNS.items()
        for row in db.execute(
            f"SELECT {', '.join(columns)} FROM {kind}_history WHERE page_id = ? AND to_rev IS NULL", [page_id]
        ).fetchall()
    )
    assert held == wanted, f"items of {title}: only held {held - wanted}; only read {wanted - held}"
    redirect = record.redirect
    target = redirect and redirect.target + (f"#{redirect.fragment}" if redirect.fragment else "")
    assert redirect_to == target, f"{title} leads to {redirect_to}, its text says {target}"
    counted = db.execute("SELECT count(*) FROM diagnostics WHERE page_id = ?", [page_id]).fetchone()
    assert counted == (len(record.diagnostics),), f"diagnostics of {title}: {json.dumps(counted)}"
