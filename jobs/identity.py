"""Whether a source and a database are of the same wiki."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from storage.database import Database
from storage.errors import OtherWiki
from storage.mirror import load_site


def check_same_wiki(db: Database, siteinfo: Mapping[str, Any], source: str) -> None:
    """Raises OtherWiki when ``siteinfo`` names another wiki than the database.

    The id of the wiki's database decides where both state one that differs; many small wikis bear the installer's
    ``my_wiki``, so an equal id proves nothing, and name and host together are looked at as well.
    """
    held = load_site(db)
    if held is None:
        return
    ours, theirs = held["siteinfo"].get("general", {}), siteinfo.get("general", {})
    if _differ("wikiid", ours, theirs):
        raise OtherWiki(
            f"{source} is of the wiki “{theirs.get('sitename')}” with the id “{theirs['wikiid']}”, and the database "
            f"mirrors “{ours.get('sitename')}” with the id “{ours['wikiid']}” ($wgDBname); one file holds one wiki: "
            "choose another --db, also if the wiki only moved to a database of another name."
        )
    if _differ("sitename", ours, theirs) and not _same_host(ours, theirs):
        raise OtherWiki(
            f"{source} is of the wiki “{theirs.get('sitename')}”, and the database mirrors “{ours.get('sitename')}”; "
            "one file holds one wiki: choose another --db."
        )


def _differ(key: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    return bool(ours.get(key) and theirs.get(key)) and ours[key] != theirs[key]


def _same_host(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether both say that they are reached at the same place; a wiki that only changed its name still is there."""
    hosts = [urlsplit(str(general.get("base", ""))).netloc for general in (ours, theirs)]
    return hosts[0] == hosts[1] != ""
