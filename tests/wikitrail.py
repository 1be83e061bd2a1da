"""Runs wikitrail as a user does, and compares a mirror with the wiki's own database."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database import open_database
from storage.texts import load_revision_text
from tests.mediawiki import MediaWiki

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


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def wikitrail(*args: object, cwd: Path | None = None, stdin: bytes = b"") -> Result:
    """Run the command in a process of its own; a traceback is a failure wherever it shows."""
    done = subprocess.run(
        command_line(*args),
        cwd=cwd or ROOT,
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return Result(done.returncode, out, err)


def sync(db: Path, *args: object) -> dict[str, Any]:
    """One good ``sync``; its JSON."""
    result = wikitrail("--db", db, "sync", *args, "--json")
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


def assert_exact(db: Path, wiki: MediaWiki) -> None:
    """The mirror holds the wiki's live pages and revisions, and each text byte for byte."""
    truth = wiki.truth()
    pages = rows(
        db,
        "SELECT page_id, namespace, title, is_redirect, latest_rev_id, length, content_model FROM pages"
        " WHERE state = 'live' ORDER BY page_id",
    )
    assert pages == [
        (
            p["page_id"], p["namespace"], p["title"], int(p["is_redirect"]), p["latest_rev_id"], p["length"],
            p["content_model"],
        )
        for p in sorted(truth["pages"], key=lambda p: p["page_id"])
    ]  # fmt: skip
    held = rows(
        db,
        "SELECT rev_id, page_id, coalesce(parent_id, 0), timestamp, user, comment, minor, sha1, content_model,"
        " text_state, user_hidden, comment_hidden FROM revisions WHERE state = 'live' ORDER BY rev_id",
    )
    assert held == [
        (
            r["rev_id"], r["page_id"], r["parent_id"], r["timestamp"],
            None if r["deleted"] & 4 else r["user"], None if r["deleted"] & 2 else r["comment"], int(r["minor"]),
            None if r["deleted"] & 1 else r["sha1"], r["content_model"],
            "hidden" if r["deleted"] & 1 else "present", r["deleted"] >> 2 & 1, r["deleted"] >> 1 & 1,
        )
        for r in sorted(truth["revisions"], key=lambda r: r["rev_id"])
    ]  # fmt: skip
    opened = open_database(db, create=False)
    try:
        for revision in truth["revisions"]:
            if not revision["deleted"] & 1:
                text = load_revision_text(opened, revision["rev_id"])
                assert text.encode("utf-8", "surrogatepass") == revision["text"]
    finally:
        opened.close()
