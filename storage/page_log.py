"""Which entries of the deletion log say that a page went or came back, and which are about one version of a file.

Both bear the same type, action and page (FileDeleteForm and UndeletePage of MediaWiki): of a version that was deleted
the summary begins with its archived name, in any language, and a restore counts what it brought back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from sqlite_utils import Database

from parsers.wiki import LogEvent

DELETIONS = {"delete", "delete_redir", "delete_redir2"}  # actions of the type “delete”, as is “restore”


def deletes_page(event: LogEvent) -> bool:
    """Whether a page was deleted, with all of its revisions."""
    if event.type != "delete" or event.action not in DELETIONS:
        return False
    name = (event.title or "").partition(":")[2].replace(" ", "_")
    # Manual:Oldimage table: the archived name is the time of the upload, “!”, and the name of the file.
    return not (name and re.search(rf"(?<!\d)\d{{14}}!{re.escape(name)}", event.comment or ""))


def restores_page(event: LogEvent) -> bool:
    """Whether revisions of a page were restored; before MediaWiki 1.32 an entry does not say how many."""
    if (event.type, event.action) != ("delete", "restore"):
        return False
    count = json.loads(event.params).get("count")
    return not (isinstance(count, dict) and count.get("files") and count.get("revisions") == 0)


def deletions_and_restores(db: Database, page_id: int) -> list[LogEvent]:
    """What the held log says of a page's deletions and restores, oldest first."""
    return _events(db, "page_id = ?", page_id)


def restored_pages(db: Database, log_ids: Iterable[int]) -> set[int]:
    """Ids of the pages that these entries of the held log say were restored."""
    events = _events(db, "log_id IN (SELECT value FROM json_each(?))", json.dumps(list(log_ids)))
    return {event.page_id for event in events if event.page_id and restores_page(event)}


def _events(db: Database, condition: str, value: int | str) -> list[LogEvent]:
    rows = db.execute(
        "SELECT log_id, type, action, timestamp, user, title, page_id, params, comment FROM log_events"
        f" WHERE {condition} AND type = 'delete' AND action IN ('restore', 'delete', 'delete_redir', 'delete_redir2')"
        " ORDER BY log_id",
        [value],
    )
    events = [LogEvent(*row) for row in rows.fetchall()]
    return [event for event in events if deletes_page(event) or restores_page(event)]
