"""pywikibot reads every revision of every page: python tests/bench_pywikibot.py API. Prints how many it read."""

from __future__ import annotations

import sys

import pywikibot
from pywikibot import config
from pywikibot.family import AutoFamily

if __name__ == "__main__":
    config.put_throttle = config.minthrottle = config.maxthrottle = 0
    site = pywikibot.Site("bench", AutoFamily("bench", sys.argv[1]))
    read = 0
    for namespace in site.namespaces:
        if namespace >= 0:
            for page in site.allpages(namespace=namespace):
                read += sum(1 for _ in page.revisions(content=True, reverse=True))
    print(read)
