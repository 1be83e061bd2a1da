"""Runs wikitrail as a user does, and compares a mirror with the wiki's own database."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.database import open_database
from storage.texts import TextStore
from tests.mediawiki import MediaWiki
from tests.mediawiki_truth import Truth
from tests.records import assert_obeys

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command_line(*args: object) -> list[str]:
    return [sys.executable, "-m", "jobs.cli", *map(str, args)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def wikitrail(
    *args: object, cwd: Path | None = None, stdin: bytes = b"", env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> Result:  # fmt: skip
    """Run the command in a process of its own, for some seconds at most; a traceback is a failure wherever it shows.

    Records that ``parse`` prints are checked against their schema.
    """
    done = subprocess.run(
        command_line(*args),
        cwd=cwd or ROOT,
        env=environment(**(env or {})),
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    if done.returncode == 0 and "parse" in args and not {"--diff", "--help"} & set(args):
        answers = (
            [json.loads(line) for line in out.splitlines()] if "--batch" in args else [{"record": json.loads(out)}]
        )
        for answer in answers:
            if "error" not in answer:
                assert_obeys(answer["record"])
    return Result(done.returncode, out, err)


def sync(db: Path, *args: object, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One good ``sync``; its JSON."""
    result = wikitrail("--db", db, "sync", *args, "--json", env=env)
    assert result.code == 0, result.err
    summary: dict[str, Any] = result.json
    return summary


def rows(db: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What an analyst's tool reads from the file."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


class TextsCompared(set[int]):
    """Ids of revisions whose texts were found equal; a caller who compares often keeps it, to read each text once."""


def assert_exact(
    db: Path, wiki: MediaWiki, compared: TextsCompared | None = None, purged: Collection[int] = ()
) -> None:
    """The mirror holds what the wiki does: pages, revisions, each text byte for byte, what is deleted, the log.

    ``purged`` are revisions that scripts removed from the wiki for good.
    """
    truth = wiki.truth()
    _equal(
        "pages",
        rows(
            db,
            "SELECT page_id, namespace, title, is_redirect, latest_rev_id, length, content_model, protection"
            " FROM pages WHERE state = 'live'",
        ),
        [
            (
                p["page_id"], p["namespace"], p["title"], int(p["is_redirect"]), p["latest_rev_id"], p["length"],
                p["content_model"], _protection(wiki, p["page_id"]),
            )
            for p in truth["pages"]
        ],
    )  # fmt: skip
    led_to = dict(rows(db, "SELECT page_id, redirect_to FROM pages WHERE state = 'live' AND is_redirect = 1"))
    targets = _redirect_targets(wiki)
    _equal("redirects", [(i, led_to.get(i)) for i in targets if i in led_to], list(targets.items()))
    tags = _tags(wiki)
    _equal(
        "revisions",
        rows(
            db,
            "SELECT rev_id, page_id, coalesce(parent_id, 0), timestamp, user, comment, minor, sha1, content_model,"
            " tags, text_state, user_hidden, comment_hidden FROM revisions WHERE state = 'live'",
        ),
        [
            (
                r["rev_id"], r["page_id"], r["parent_id"], r["timestamp"],
                None if r["deleted"] & 4 else r["user"], None if r["deleted"] & 2 else r["comment"], int(r["minor"]),
                None if r["deleted"] & 1 else r["sha1"], r["content_model"],
                json.dumps(sorted(tags.get(r["rev_id"], [])), ensure_ascii=False),
                "hidden" if r["deleted"] & 1 else "present", r["deleted"] >> 2 & 1, r["deleted"] >> 1 & 1,
            )
            for r in truth["revisions"]
        ],
    )  # fmt: skip
    _assert_texts_exact(db, truth, TextsCompared() if compared is None else compared)
    _assert_deleted_exact(db, truth, purged)
    _equal(
        "log",
        rows(db, "SELECT log_id, type, action, timestamp, user, title, coalesce(page_id, 0), comment FROM log_events"
            " WHERE state = 'live'"),
        [
            (
                e["log_id"], e["type"], e["action"], e["timestamp"], None if e["deleted"] & 4 else e["user"],
                None if e["deleted"] & 1 else e["title"], 0 if e["deleted"] & 1 else e["page_id"],
                None if e["deleted"] & 2 else e["comment"],
            )
            for e in truth["log"]
            if e["type"] != "suppress"
        ],
    )  # fmt: skip


def _equal(what: str, held: list[tuple[Any, ...]], true: list[tuple[Any, ...]]) -> None:
    only_held, only_true = set(held) - set(true), set(true) - set(held)
    assert not only_held | only_true, f"{what}: the mirror holds {only_held}, the wiki {only_true}"
    assert len(held) == len(true), f"{what}: the mirror holds {len(held)} rows, the wiki {len(true)}"


def _assert_texts_exact(db: Path, truth: Truth, compared: TextsCompared) -> None:
    opened = open_database(db, create=False)
    try:
        texts = TextStore(opened)
        text_ids = dict(opened.execute("SELECT rev_id, text_id FROM revisions WHERE state = 'live'").fetchall())
        for revision in truth["revisions"]:
            rev_id = revision["rev_id"]
            if revision["deleted"] & 1:
                assert text_ids[rev_id] is None, f"the hidden text of revision {rev_id} is still linked"
            elif rev_id not in compared:
                held = texts.load(text_ids[rev_id]).encode("utf-8", "surrogatepass")
                assert held == revision["text"], f"the text of revision {rev_id} differs"
                compared.add(rev_id)
    finally:
        opened.close()


def _assert_deleted_exact(db: Path, truth: Truth, purged: Collection[int] = ()) -> None:
    """What the mirror holds and the wiki shows no more is marked, and bears the time that the log states."""
    archived = {r["rev_id"] for r in truth["archived"]}.union(purged)
    held = {row[0] for row in rows(db, "SELECT rev_id FROM revisions WHERE state = 'archived'")}
    assert held <= archived, f"held as archived, but not so on the wiki: {held - archived}"
    gone = rows(db, "SELECT rev_id FROM revisions WHERE state = 'gone'")
    assert not gone, f"held as gone, but the wiki never lost a revision: {gone}"
    deletions = {e["page_id"]: e for e in truth["log"] if e["type"] == "delete" and e["action"] in DELETIONS}
    told = [
        tuple(page)
        for latest, *page in rows(
            db, "SELECT latest_rev_id, page_id, title, deleted_at, text FROM pages WHERE state = 'deleted'"
        )
        if latest not in purged and not deletions[page[0]]["deleted"]
    ]
    true = [(i, deletions[i]["title"], deletions[i]["timestamp"], None) for i, *_ in told]
    _equal("deleted pages", told, true)


DELETIONS = {"delete", "delete_redir", "delete_redir2"}


def _protection(wiki: MediaWiki, page_id: int) -> str:
    """The protections that were given to the page itself, in the API's form."""
    entries = [
        {
            "type": _string(kind), "level": _string(level), "expiry": _expiry(_string(expiry)),
            **({"cascade": True} if cascade else {}),
        }
        for kind, level, cascade, expiry in rows(
            wiki.db_path,
            "SELECT pr_type, pr_level, pr_cascade, pr_expiry FROM page_restrictions WHERE pr_page = ?",
            page_id,
        )
    ]  # fmt: skip
    return json.dumps(sorted(entries, key=lambda e: (e["type"], e["level"])), sort_keys=True)


def _expiry(kept: str) -> str:
    return (
        kept if kept == "infinity" else datetime.strptime(f"{kept}Z", "%Y%m%d%H%M%S%z").strftime("%Y-%m-%dT%H:%M:%SZ")
    )


def _redirect_targets(wiki: MediaWiki) -> dict[int, str]:
    """Where redirects lead, by page id, as the wiki's own table has it (Manual:Redirect table)."""
    found = {}
    for page_id, namespace, title, prefix, fragment in rows(
        wiki.db_path,
        "SELECT rd_from, rd_namespace, rd_title, rd_interwiki, rd_fragment FROM redirect"
        " JOIN page ON page_id = rd_from AND page_is_redirect = 1",
    ):
        name = _string(title).replace("_", " ")
        parts = (_string(prefix or ""), "" if prefix else wiki.namespaces[namespace], name)
        anchor = _string(fragment or "").replace("_", " ")
        found[page_id] = ":".join(part for part in parts if part) + (f"#{anchor}" if anchor else "")
    return found


def _tags(wiki: MediaWiki) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for rev_id, name in rows(
        wiki.db_path, "SELECT ct_rev_id, ctd_name FROM change_tag JOIN change_tag_def ON ctd_id = ct_tag_id"
    ):
        if rev_id:
            found.setdefault(rev_id, []).append(_string(name))
    return found


def _string(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
