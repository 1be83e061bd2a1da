"""Rules of any site, such as a secure scheme: which sites were worked on together, and which one after the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from parsers.bulk_rules import MIN_PAGES, Rule
from parsers.bulk_time import MAX_GAP, in_order, page_count, time_of
from parsers.change import PageChange

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*?)(?=[/?#]|\{rest\}\Z|\Z)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_VARIABLE = re.compile(r"\{[^{}]*\}")
# What was done within so short a time is one work.
_SHORT = timedelta(days=2)
# Sites are of one work if so much of each one's was done while the other one's was.
_TOGETHER = 0.4


def host_of(address: str | None) -> str | None:
    """The host of an address, or of the form of addresses, in lower case; None where it names none."""
    match = _HOST.match(address or "")
    return match[1].lower() if match else None


def is_of_any_site(rule: Rule) -> bool:
    """Whether a rule of addresses names no site: of the host no more than a top-level domain is literal."""
    _, scheme, rest = rule.pattern_before.partition("://")
    host = rest.partition("/")[0]
    words = [word for word in _WORD.findall(_VARIABLE.sub(" ", host)) if word.lower() != "www"]
    return bool(scheme) and "{" in host and len(words) < 2


def without_passing(stretch: Sequence[PageChange], members: Sequence[PageChange]) -> list[PageChange]:
    """The changes of a stretch of time, without those of a site that was worked on for itself around it.

    A site has too few of them here to be told from the work that they came in; but its own members go on before the
    stretch and behind it.
    """
    here = {change.change_id for change in stretch}
    first, last = time_of(stretch[0]), time_of(stretch[-1])
    before: defaultdict[str | None, set[int]] = defaultdict(set)  # pages by site
    after: defaultdict[str | None, set[int]] = defaultdict(set)
    for change in members:
        at = time_of(change)
        if change.change_id not in here and first - MAX_GAP <= at <= last + MAX_GAP:
            (before if at < first else after)[host_of(change.change.before)].add(change.page_id)
    own = _by_host(stretch)
    passing = {
        host
        for host, done in own.items()
        if page_count(done) < MIN_PAGES
        and before[host]
        and after[host]
        and len(before[host] | after[host]) >= MIN_PAGES
    }
    kept = [change for host, done in own.items() if host not in passing for change in done]
    return in_order(kept) if page_count(kept) >= MIN_PAGES else list(stretch)


def _by_host(members: Sequence[PageChange]) -> dict[str | None, list[PageChange]]:
    by_host: defaultdict[str | None, list[PageChange]] = defaultdict(list)
    for change in in_order(members):
        by_host[host_of(change.change.before)].append(change)
    return by_host


def sites_at_a_time(members: Sequence[PageChange]) -> Iterator[list[PageChange]]:
    """Parts of the members by site, where whole sites were done one after the other or by turns; else all as one.

    A site counts for itself if enough pages have it; the others go with the one whose work they came in.
    """
    by_host = _by_host(members)
    works: list[list[PageChange]] = []
    for done in sorted((d for d in by_host.values() if page_count(d) >= MIN_PAGES), key=len, reverse=True):
        together = [work for work in works if _are_together(work, done)]
        merged = [change for work in (*together, done) for change in work]
        works = [in_order(merged), *(work for work in works if not any(work is other for other in together))]
    if len(works) < 2:
        yield list(members)
        return
    for done in by_host.values():
        if page_count(done) < MIN_PAGES:
            max(works, key=lambda work: (_within(done, work), -_pause(done, work))).extend(done)
    yield from works


def _pause(one: Sequence[PageChange], other: Sequence[PageChange]) -> timedelta:
    """How far apart the middles of two works are."""
    return abs(time_of(one[len(one) // 2]) - time_of(other[len(other) // 2]))


def _are_together(one: Sequence[PageChange], other: Sequence[PageChange]) -> bool:
    revisions = {change.rev_to for change in one} & {change.rev_to for change in other}
    return bool(revisions) or _pause(one, other) <= _SHORT or min(_within(one, other), _within(other, one)) >= _TOGETHER


def _within(changes: Sequence[PageChange], work: Sequence[PageChange]) -> float:
    """The share of changes that were made between the first and the last one of another work."""
    first, last = min(map(time_of, work)), max(map(time_of, work))
    return sum(first <= time_of(change) <= last for change in changes) / len(changes)
