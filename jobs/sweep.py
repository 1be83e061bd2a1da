"""Which revision ids that no time cursor finds are to be asked for: imports bear old times, and new ids.

Between two ids that were seen lie mostly few others, and each is asked for. Where they lie far apart, as after a
wiki was moved to another database, a list of the whole wiki names what is there in fewer requests.
"""

from __future__ import annotations

from collections.abc import Collection

from scraper.fetch import Fetcher
from scraper.listing import list_ids, walk_costs
from storage import lookup
from storage.database import Database

MOST_LATE = 25  # ids that are asked for again: half of a request, so that quiet still costs one


def unknown_ids(db: Database, fetcher: Fetcher, span: range, asked: Collection[int]) -> tuple[set[int], set[int]]:
    """Ids of a span that the mirror lacks and the wiki may have, and some of those that it was found not to have.

    ``asked`` were asked for already.
    """
    held = lookup.revision_ids_between(db, span.start, span.stop)
    if len(span) - len(held) <= walk_costs(fetcher.api, lookup.count_revisions(db)) * fetcher.api.can.batch:
        return set(span) - held - set(asked), set()
    there = {i for ids in list_ids(fetcher.api) for i in ids if i in span}
    absent: set[int] = set()
    for i in reversed(span):  # a lower id may commit after a higher one: those that are near are asked for again
        if len(absent) == MOST_LATE:
            break
        if i not in there and i not in held:
            absent.add(i)
    return there - held - set(asked), absent
