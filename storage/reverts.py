"""Returns to an earlier text of a page, as edits made them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from parsers.change import Revert


def load_reverts(db: Database, rev_ids: Iterable[int]) -> dict[int, Revert]:
    """Which of these edits were returns, by revision id."""
    rows = db.execute(
        "SELECT rev_id, reverted_to, reverted_to_timestamp, reverted_to_user, undone FROM reverts"
        " WHERE rev_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(rev_ids))],
    )
    return {row[0]: Revert(*row) for row in rows.fetchall()}
