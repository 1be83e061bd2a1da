"""Rules inside texts and wikitext: which of the rewritings that were found there are one piece of work."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta

from parsers.bulk_found import NEVER, Found
from parsers.bulk_rules import MIN_PAGES, Rule
from parsers.bulk_time import RARE, Burst, bursts, page_count
from parsers.bulk_watch import Watch
from parsers.bulk_wording import RUN, WIKITEXT, Wording, file_form, has_entity, is_blank
from parsers.change import BulkCase, CurrentItem, PageChange

# Marks and blanks are everyday tidying.
_MARKS = (Burst(MIN_PAGES, timedelta(days=1)), Burst(4, timedelta(days=3)), Burst(6, timedelta(days=7)))
_BLANKS = (Burst(5, timedelta(days=2)),)
# The share of its revisions that makes a rewriting a part of what else was done in them.
_ECHO = 0.9
_MOST = 0.7
_EACH = 0.8


class Worded(Found):
    """A rewriting inside texts. ``back`` are the changes that made the contrary one."""

    knows_returns = True

    def __init__(self, wording: Wording, done: Sequence[PageChange], back: Sequence[PageChange]) -> None:
        super().__init__(wording.kind, done)
        self.wording = wording
        self.asks = wording.inside
        self.regressions = [c for c in back if c.timestamp > self.migrated.get(c.page_id, NEVER)]
        shown = [change.change.before or "" for change in done]
        self.file = file_form(shown) if wording.kind == "file" and RUN in wording.before else None

    @property
    def text(self) -> str:
        return f"{self.wording.before} → {self.wording.after}"

    @property
    def forms(self) -> Rule:
        return self.wording.rule

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def watch(self) -> Watch:
        if self.kind == "file":
            return Watch("", self.asks, self.file.pattern if self.file else "(?!)")
        hidden = self.wording.after if self.wording.before in self.wording.after else ""
        return Watch("", self.asks, self.wording.expression.pattern if self.wording.before else "(?!)", hidden)

    def is_old(self, item: CurrentItem) -> bool:
        return self._old_form(item.value) is not None

    def _old_form(self, text: str) -> str | None:
        if self.kind == "file":
            match = self.file.search(text) if self.file else None
            return match[0] if match else None
        return self.wording.stands_in(text)

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        found = [
            CurrentItem(self.kind, i.page_id, i.title, i.rev_id, i.path, self._old_form(i.value) or "", i.label)
            for i in super().stragglers(back)
        ]
        # Once for each page, in however many sections it stands.
        return self.fewer_than_migrated(list({(i.page_id, i.value): i for i in reversed(found)}.values()))

    def case(self, change: PageChange) -> BulkCase:
        return BulkCase(change.title, change.rev_to or 0, self.wording.after, self.wording.before)


def find_wordings(
    groups: Mapping[Wording, list[PageChange]], found: Sequence[Found], begun: datetime
) -> Iterator[Worded]:
    """Rewritings inside texts, the best supported first, of those that as many pages support the longest."""
    done = {one for bulk in found for one in bulk.member_ids}
    works = [{change.rev_to for change in bulk.done} for bulk in found]
    rules = {wording: members for wording, members in groups.items() if wording.says_where}
    ids = {
        w: {change.change_id for change in members} for w, members in rules.items() if page_count(members) >= MIN_PAGES
    }
    supported = [
        (-page_count(members), -len(w.before) - len(w.after), w.before, w.after, w) for w, members in rules.items()
    ]
    for pages, *_, wording in sorted(supported, key=lambda item: item[:4]):
        if -pages < MIN_PAGES:
            return
        single = wording.of_one_mark
        if single in rules and len(rules[single]) > len(rules[wording]):
            continue  # the mark was rewritten alone as well
        free = _without_echoes([c for c in groups[wording] if c.change_id not in done], works)
        if _is_coarse(wording, free, ids):
            continue
        back = groups.get(wording.reverse, [])
        is_tidying = bool(free) and free[0].change.noise_reason is not None and not has_entity(wording)
        bounds = _BLANKS if is_blank(wording) else _MARKS if is_tidying else RARE
        for stretch in bursts(free, bounds, begun, page_count(back)):
            done.update(change.change_id for change in stretch)
            yield Worded(_fullest(wording, stretch, rules), stretch, back)


def _is_coarse(wording: Wording, free: Sequence[PageChange], ids: Mapping[Wording, Set[int]]) -> bool:
    """Whether several rewritings tell apart what this one alone takes for the same: longer phrases around it."""
    held = {change.change_id for change in free}
    parts: list[Set[int]] = []
    for other in sorted(ids, key=lambda other: (-len(ids[other]), other.before, other.after)):
        own = ids[other] & held
        is_part = other.inside == wording.inside and _EACH * len(ids[other]) <= len(own) < _EACH * len(held)
        if is_part and len(own) >= MIN_PAGES and not any(own & part for part in parts):
            parts.append(own)
    return len(parts) > 1 and sum(map(len, parts)) >= _MOST * len(held)


def _fullest(wording: Wording, changes: Sequence[PageChange], groups: Mapping[Wording, list[PageChange]]) -> Wording:
    """The rewriting that says more, of marks at both ends of something, where most of the changes hold it."""
    held = {change.change_id for change in changes}
    fuller = [
        other
        for other, members in groups.items()
        if other.inside == wording.inside == WIKITEXT
        and wording.before in other.before
        and wording.after in other.after
        and len({change.change_id for change in members} & held) >= _MOST * len(held)
    ]
    return max(fuller, key=lambda other: (RUN in other.before, len(other.before), other.before), default=wording)


def _without_echoes(changes: list[PageChange], works: Iterable[Set[int | None]]) -> list[PageChange]:
    """Without what only went with another bulk change: the marks around the links that were rewritten, and labels."""
    revisions = {change.rev_to for change in changes}
    echoes: set[int | None] = set()
    for work in works:
        both = revisions & work
        if both and (2 * len(both) >= len(work) or len(both) >= _ECHO * len(revisions)):
            echoes |= both
    return [change for change in changes if change.rev_to not in echoes] if echoes else changes
