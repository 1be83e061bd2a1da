"""A bare loop over ``list=allrevisions`` with all texts: python tests/bench_bare.py API. Prints how many it read."""

from __future__ import annotations

import sys

import requests

PARAMS = {
    "action": "query", "list": "allrevisions", "arvdir": "newer", "arvlimit": "50", "arvslots": "main",
    "arvprop": "ids|timestamp|flags|user|userid|comment|size|sha1|contentmodel|tags|content", "format": "json",
    "formatversion": "2",
}  # fmt: skip

if __name__ == "__main__":
    session = requests.Session()
    read = 0
    more: dict[str, str] | None = {"continue": ""}
    while more:
        answer = session.get(sys.argv[1], params={**PARAMS, **more}, timeout=60).json()
        read += sum(len(page["revisions"]) for page in answer["query"]["allrevisions"])
        more = answer.get("continue")
    print(read)
