"""Whether a source and a database are of the same wiki."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.database import Database
from storage.errors import OtherWiki
from storage.mirror import load_site


def check_same_wiki(db: Database, siteinfo: Mapping[str, Any], source: str) -> None:
    """Raises OtherWiki unless ``siteinfo`` and the database name the same wiki, as far as both name one."""
    held = load_site(db)
    if held is None:
        return
    ours, theirs = held["siteinfo"].get("general", {}), siteinfo.get("general", {})
    for key in ("wikiid", "sitename"):
        if ours.get(key) and theirs.get(key):
            if ours[key] != theirs[key]:
                raise OtherWiki(
                    f"{source} is of the wiki “{theirs[key]}”, and the database mirrors “{ours[key]}”; "
                    "one file holds one wiki: choose another --db."
                )
            return
