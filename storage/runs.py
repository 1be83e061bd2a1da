"""Keeps what each run did, and answers when the last good one was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database


def start_run(db: Database, job: str, now: str) -> int:
    """Note that a run begins; its number. Earlier runs that never ended are marked as interrupted."""
    with db.atomic():
        db.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
        run_id = db.execute(
            "INSERT INTO runs (job, started_at, status, requests, bytes, counts) VALUES (?, ?, 'running', 0, 0, '{}')",
            [job, now],
        ).lastrowid
    assert run_id is not None
    return run_id


def finish_run(db: Database, run_id: int, now: str, status: str, requests: int, received: int,
               counts: Mapping[str, Any], error: str | None) -> None:  # fmt: skip
    """Note how a run ended: ``status`` is ok, failed or interrupted; ``received`` counts bytes."""
    db.execute(
        "UPDATE runs SET finished_at = ?, status = ?, requests = ?, bytes = ?, counts = ?, error = ? WHERE run_id = ?",
        [now, status, requests, received, json.dumps(counts, ensure_ascii=False, sort_keys=True), error, run_id],
    )


def any_broke_off(db: Database, first: int, before: int) -> bool:
    """Whether a run from this one on, and before that one, did not end well."""
    found = db.execute(
        "SELECT 1 FROM runs WHERE run_id >= ? AND run_id < ? AND status != 'ok' LIMIT 1", [first, before]
    ).fetchone()
    return found is not None


def last_run(
    db: Database, *, status: str | None = None, jobs: tuple[str, ...] = ("sync", "run", "import")
) -> dict[str, Any] | None:
    """The newest run of these jobs (with this status), as a row with ``counts`` decoded."""
    marks = ", ".join("?" * len(jobs))
    rows = list(
        db.query(
            f"SELECT * FROM runs WHERE job IN ({marks}) AND (? IS NULL OR status = ?) ORDER BY run_id DESC LIMIT 1",
            [*jobs, status, status],
        )
    )
    return {**rows[0], "counts": json.loads(rows[0]["counts"])} if rows else None
