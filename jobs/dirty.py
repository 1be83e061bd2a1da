"""What log entries say is to be read again: pages, page histories, revisions, other log entries.

Manual: https://www.mediawiki.org/wiki/Manual:Log_actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from parsers.wiki import LogEvent
from storage.page_log import deletes_page, restores_page

UNRELATED = {"create", "newusers", "patrol", "rights", "block", "thanks", "upload"}  # logs that dirty no page
MERGES = {("merge", "merge"), ("merge", "merge-into")}  # with restores, what changes a history behind us


def dirty_pages(events: Iterable[LogEvent]) -> tuple[set[int], set[str]]:
    """Ids and titles of the pages that these log entries may have altered."""
    ids: set[int] = set()
    titles: set[str] = set()
    for event in events:
        if event.type in UNRELATED:
            continue
        params = json.loads(event.params)
        ids |= {event.page_id} if event.page_id else set()
        named = [event.title, params.get("target_title"), params.get("dest_title"), params.get("src_title")]
        titles |= {str(title) for title in named if title}
    return ids, titles


def rewritten_pages(events: Sequence[LogEvent]) -> tuple[set[int], set[str]]:
    """Ids and titles of the pages whose history changed behind us, with all titles that moves tie to these.

    A page that was deleted is one of them: its id may have been given to another.
    """
    ids, titles = dirty_pages(e for e in events if (e.type, e.action) in MERGES or restores_page(e))
    ids |= {event.page_id for event in events if deletes_page(event) and event.page_id}
    moves = [dirty_pages([event])[1] for event in events if event.type == "move"]
    before = -1
    while before != len(titles):
        before = len(titles)
        titles.update(*(both for both in moves if both & titles))
    return ids, titles


def altered_revisions(events: Iterable[LogEvent]) -> set[int]:
    """Ids of the revisions whose visibility or tags these log entries altered."""
    ids: set[int] = set()
    for event in events:
        params = json.loads(event.params)
        if (event.type, event.action) in {("delete", "revision"), ("suppress", "revision")}:
            ids |= {int(i) for i in params.get("ids", [])}
        if event.type == "tag" and params.get("revid"):
            ids.add(int(params["revid"]))
    return ids


def altered_events(events: Iterable[LogEvent]) -> set[int]:
    """Ids of the log entries whose visibility these log entries altered."""
    hiding = (json.loads(event.params) for event in events if (event.type, event.action) == ("delete", "event"))
    return {int(i) for params in hiding for i in params.get("ids", [])}


def says_too_little(events: Iterable[LogEvent]) -> bool:
    """Whether log entries do not tell what they altered: only walking the whole wiki shows it.

    Such are entries of which the wiki hides the page, renamed users, users merged into others (Extension:UserMerge),
    and deleted tags (Manual:Tags).
    """
    whole = {("renameuser", "renameuser"), ("usermerge", "mergeuser"), ("managetags", "delete")}
    return any((e.title is None and e.type not in UNRELATED) or (e.type, e.action) in whole for e in events)
