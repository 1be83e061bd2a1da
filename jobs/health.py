"""``status``: how the mirror stands, and whether its last good run is young enough."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from jobs.config import seconds_of
from jobs.exactness import NOT_EXACT, is_read_from_pages
from jobs.wording import counted
from storage.database import Database
from storage.mirror import get_state, load_site
from storage.queries import pages_of_other_parsers, standing
from storage.runs import last_run


def check_health(db: Database, max_age: str, now: str, parser: str) -> dict[str, Any]:
    """The state of the mirror; ``fresh`` is false when the last good run is older than ``max_age`` (26h, 7d).

    ``parser`` is the version that would read pages now.
    """
    site = load_site(db) or {}
    good, last = last_run(db, status="ok"), last_run(db)
    age = None
    if good is not None:
        age = int((datetime.fromisoformat(now) - datetime.fromisoformat(good["finished_at"])).total_seconds())
    return {
        "wiki": site.get("sitename"),
        "api_url": site.get("api_url"),
        "generator": site.get("generator"),
        "by_pages": is_read_from_pages(site),
        **asdict(standing(db)),
        "complete": get_state(db, "backfill") is None and get_state(db, "pages_backfill") is None and bool(site),
        "parser": parser,
        "pages_of_other_parsers": len(pages_of_other_parsers(db, parser)),
        "last_good_run": good["finished_at"] if good else None,
        "age_seconds": age,
        "max_age": max_age,
        "fresh": age is not None and age <= seconds_of(max_age),
        "last_run": last and {key: last[key] for key in ("run_id", "job", "started_at", "status", "error")},
        "requests": last["requests"] if last else 0,
        "bytes": last["bytes"] if last else 0,
        "waited": last["counts"].get("waited", 0) if last else 0,
    }


_HOLDS = (
    "Holds:     pages {pages}, deleted pages {deleted_pages}, revisions {revisions}, changes {changes},"
    " bulk changes {bulk_changes}"
)
_NOT_READ = (
    "Not read:  texts hidden by the wiki {hidden_texts}, missing on it {missing_texts},"
    " diagnostics in current texts {diagnostics}"
)


_STATUS = {"running": "running, or killed"}


def health_text(health: dict[str, Any]) -> str:
    """The same in a few lines for people."""
    wiki = health["wiki"] or "none yet"
    source = health["api_url"] or ("read from dumps" if health["wiki"] else "run “wikitrail sync URL”")
    lines = [
        f"Wiki:      {wiki} ({source}{', ' + health['generator'] if health['generator'] else ''})",
        _HOLDS.format_map(health),
        _NOT_READ.format_map(health),
    ]
    if health["by_pages"]:
        lines.append(f"Exact:     {NOT_EXACT}")
    if not health["complete"]:
        lines.append("Complete:  no, the first run has not finished; run “wikitrail sync” to go on")
    if outdated := health["pages_of_other_parsers"]:
        pages = counted(outdated, "page was", "pages were")
        lines.append(f"Parser:    {pages} read by another version; “wikitrail reparse” reads anew")
    if last := health["last_run"]:
        lines.append(
            f"Last run:  {last['job']} of {last['started_at']}, {_STATUS.get(last['status'], last['status'])}:"
            f" requests {health['requests']}, bytes {health['bytes']}, seconds of waiting {health['waited']}"
        )
        if last["error"]:
            lines.append(f"           {last['error']}")
    good = health["last_good_run"]
    if good is None:
        lines.append("Last good: never; run “wikitrail sync”")
    else:
        verdict = "ok" if health["fresh"] else f"TOO OLD: at most {health['max_age']} is allowed"
        lines.append(f"Last good: {good}, {_age(health['age_seconds'])} ago: {verdict}")
    return "\n".join(lines)


def _age(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"
