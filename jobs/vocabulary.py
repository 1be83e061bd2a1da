"""When a wiki's own words change (language, namespaces, magic words, interwiki prefixes), what rests on them is read
again: titles bear their namespace's name, and texts are read by these words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.derive import Deriver
from parsers.reader import Reader
from parsers.site import Site
from storage import mirror as store
from storage.database import Database
from storage.queries import read_pages


def save_site(db: Database, api_url: str, siteinfo: Mapping[str, Any], now: str) -> None:
    """Keep what the wiki says of itself at the time ``now``, and note if that means reading otherwise than before."""
    held = store.load_site(db)
    store.save_site(db, api_url, siteinfo, now)
    if held is None:
        return
    before, after = Site.from_siteinfo(held["siteinfo"]), Site.from_siteinfo(siteinfo)
    if before != after:
        store.set_state(db, "read_otherwise", True)
    if before.names != after.names:  # no log tells which titles bear another prefix now
        store.set_state(db, "doubted", True)


def adopt(deriver: Deriver, siteinfo: Mapping[str, Any]) -> None:
    """Read on by what the wiki now says of itself; what was read before is left to ``read_again``."""
    site = Site.from_siteinfo(siteinfo)
    if site != deriver.reader.site:
        deriver.reader = Reader(site, deriver.reader.infoboxes)


def read_again(db: Database, deriver: Deriver) -> int:
    """Build all live pages anew if the words have changed since they were read; how many these are.

    Each page is a transaction; a run that is cut begins again with the first. No change is announced.
    """
    if not store.get_state(db, "read_otherwise"):
        return 0
    page_ids = read_pages(db)
    for page_id in page_ids:
        with db.atomic():
            deriver.again(page_id)
    with db.atomic():
        store.set_state(db, "read_otherwise", None)
    return len(page_ids)
