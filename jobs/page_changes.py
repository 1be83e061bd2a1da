"""What one revision, or one entry of the log, changed on a page."""

from __future__ import annotations

import json
from dataclasses import dataclass

from parsers.change import Change, PageChange
from parsers.compare import compare
from parsers.plain import compare_plain
from parsers.record import Record
from parsers.wiki import LogEvent
from storage.page_log import deletes_page, restores_page


@dataclass(frozen=True, slots=True)
class Step:
    """One revision on its way through a page's history."""

    rev_id: int
    timestamp: str
    user: str | None
    comment: str | None
    parent_id: int | None
    content_model: str
    text: str | None

    @property
    def key(self) -> tuple[str, int]:
        """Its place in the page's history, as MediaWiki orders it: time, then id."""
        return self.timestamp, self.rev_id


def changes_of(
    page_id: int, title: str, last: Step | None, before: Record | None, step: Step, after: Record | None
) -> list[PageChange]:
    """What a revision changed against the one before it, of which nothing is known when its text is hidden."""
    found = []
    if last is None and not step.parent_id:
        found.append(Change("page", "created", "", None, title))
    rev_from = None
    if step.text is not None and last is not None:
        rev_from = last.rev_id
        if before is not None and after is not None:
            found += _compare(last, before, step, after)
    return [
        PageChange(0, page_id, title, rev_from, step.rev_id, step.timestamp, step.user, step.comment, change)
        for change in found
    ]


def _compare(last: Step, before: Record, step: Step, after: Record) -> list[Change]:
    if last.text == step.text:
        return []
    if last.content_model == step.content_model == "wikitext":
        return compare(before, after)
    return compare_plain(before.source, after.source)


def page_event(event: LogEvent) -> Change | None:
    """What a log entry says about a page, or None when it is no event of a page (API:Logevents)."""
    params = json.loads(event.params)
    if event.type == "move":
        return Change("page", "moved", "", event.title, params.get("target_title"))
    if deletes_page(event):
        return Change("page", "deleted", "", event.title, None)
    if restores_page(event):
        return Change("page", "restored", "", None, event.title)
    if event.type == "protect" and event.action != "move_prot":
        details = params.get("details") or []
        limits = ", ".join(f"{d.get('type')}={d.get('level')}" for d in details)
        limits = limits or str(params.get("description") or "").strip("\u200e\u200f ")
        return Change("page", "protected", "", None, limits or None)
    return None
