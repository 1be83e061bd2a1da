"""mwclient reads every revision of every page: python tests/bench_mwclient.py API. Prints how many it read."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import mwclient

if __name__ == "__main__":
    address = urlsplit(sys.argv[1])
    site = mwclient.Site(address.netloc, path=address.path.removesuffix("api.php"), scheme=address.scheme)
    wanted = "ids|timestamp|flags|user|userid|comment|size|sha1|contentmodel|tags|content"
    read = 0
    for namespace in site.namespaces:
        if namespace >= 0:
            for page in site.allpages(namespace=str(namespace)):
                read += sum(1 for _ in page.revisions(prop=wanted, slots="main", dir="newer"))
    print(read)
