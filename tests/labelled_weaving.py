"""Weaves labelled bulk changes, and decoys that only look like some, into the everyday edits of a world."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.labelled_decoys import REWRITTEN, weave_decoys
from tests.labelled_forms import more_kinds
from tests.labelled_ground import made_up_pages, ordinary_edits, real_pages, small_edit
from tests.labelled_history import USERS, Edit, History, Label, Page, World
from tests.labelled_kinds import Kind, Place, kinds
from tests.labelled_rewrites import rewrites


def labelled_history(
    seed: int, pages: int, *, dump: Path | None = None, per_page: float = 5.0, rounds: int = 1, forms: bool = False
) -> History:
    """A history of so many pages, on top of those of an export if there is one, with ``rounds`` of each kind.

    With ``forms`` the kinds are those of ``labelled_forms``.
    """
    world = World(seed)
    if dump is None:
        made_up_pages(world, pages)
    else:
        real_pages(world, dump, pages)
    ordinary_edits(world, per_page)
    for round_ in range(rounds):
        for kind in more_kinds(world.random) if forms else kinds(world.random, round_):
            _Weaving(world, kind).plan()
        weave_decoys(world)
    for _ in range(0 if forms else rounds):
        for kind in rewrites(world.random):
            _Weaving(world, kind).plan()
        weave_decoys(world, REWRITTEN)
    _move_stragglers(world.labels)
    return world.run()


def _move_stragglers(labels: list[Label]) -> None:
    """What is still missed is named with the last of the sweeps of one rule."""
    for name in {label.name for label in labels if label.same_rule}:
        own = [label for label in labels if label.name == name]
        own[-1].stragglers = [straggler for label in own for straggler in label.stragglers]
        for label in own[:-1]:
            label.stragglers = []


def plant(page: Page, place: Place, random: Random) -> None:
    """Put the old form into the first text of a page."""
    lines = page.text.split("\n")
    if place.where == "box":
        at = next(at for at, line in enumerate(lines) if line == "}}")
    elif place.where in ("line", "body"):
        heading = next((at for at, line in enumerate(lines) if line.startswith("==")), len(lines))
        free = [at for at in page.free_lines() if place.where == "line" or at > heading]
        at = random.choice(free or [len(lines) - 1]) + 1
        if place.where == "body" and not free:
            lines, at = [*lines, "", "== Vermerke =="], len(lines) + 2
    else:
        at = next((at for at, line in enumerate(lines) if line.startswith(("[[Kategorie:", "[[Category:"))), len(lines))
    pieces = [place.line] if place.where in ("box", "end") else ["", place.line, ""]
    page.text = "\n".join([*lines[:at], *pieces, *lines[at:]])
    page.kept.update(place.line.split("\n"))
    page.kept |= {place.old, place.new}


class _Weaving:
    """One bulk change: which pages it is on, and who does it when."""

    def __init__(self, world: World, kind: Kind) -> None:
        self.world, self.kind, self.random = world, kind, world.random
        self.label = Label(kind.name, same_rule=kind.same_rule)
        world.labels.append(self.label)
        self.users = self.random.sample(USERS, self.random.randint(1, 2))
        self.start = world.some_day(*kind.days)
        self.days = self.random.choice((0, 0, 1, 4, 20))
        self.old_pages = [page for page in world.pages if page.created < self.start]
        self.random.shuffle(self.old_pages)

    def plan(self) -> None:
        """Plan the sweep, what it misses, what comes back, and perhaps the same sweep a year later."""
        self._sweep(self.random.randint(5, 16), self.start)
        for page in self._pages(self.random.randint(0, 2)):
            for place in self._planted(page, 1):
                row = place.rows[0]
                self.label.stragglers.append((page.title, row.before if row.kind == "link" else None))
        for page in self._pages(self.random.randint(0, 2)):
            late = self.start + timedelta(days=self.days + self.random.randint(5, 50))
            self._plan(page, self._planted(page, 1), late)
        if self.random.random() < 0.3:
            self.label = Label(self.kind.name, same_rule=self.kind.same_rule)
            self.world.labels.append(self.label)
            # What is missed now is named with the later sweep, the last of its rule.
            self.label.stragglers, self.world.labels[-2].stragglers = self.world.labels[-2].stragglers, []
            self._sweep(self.random.randint(4, 8), self.start + timedelta(days=365))

    def _sweep(self, number: int, start: datetime) -> None:
        for page in self._pages(number):
            places = self._planted(page, self.random.randint(1, self.kind.per_page))
            when = start + timedelta(days=self.random.uniform(0, self.days), minutes=self.random.uniform(0, 90))
            self._plan(page, places, when)
            if self.random.random() < 0.08:
                back = start + timedelta(days=self.days + self.random.randint(60, 200))
                self._plan_return(page, places[0], back)

    def _pages(self, number: int) -> list[Page]:
        found, self.old_pages = self.old_pages[:number], self.old_pages[number:]
        return found

    def _planted(self, page: Page, number: int) -> list[Place]:
        places: dict[str, Place] = {}
        for _ in range(number):
            place = self.kind.make(self.random).on(page.title)
            places.setdefault(place.old, place)
        for place in places.values():
            plant(page, place, self.random)
        return list(places.values())

    def _plan(self, page: Page, places: list[Place], when: datetime) -> None:
        label = self.label
        self.world.at(when, lambda when: self._rewrite(label, page, places, when))

    def _rewrite(self, label: Label, page: Page, places: list[Place], when: datetime) -> None:
        done = []
        for at, place in enumerate(places):
            altered = at == len(places) - 1 and self.kind.alter is not None and self.random.random() < 0.06
            done.append((self.kind.alter(self.random, place) if altered and self.kind.alter else place, altered))
        page.kept |= {place.new for place, _ in done}
        text = page.text
        for place, _ in done:
            assert place.old in text, (page.title, place.old)
            text = text.replace(place.old, place.new)
        if self.random.random() < 0.3:
            kept, page.text = page.text, text
            text = small_edit(self.random, page)
            page.text = kept
        revision = self.world.save(page, text, when, self.random.choice(self.users))
        for place, altered in done:
            edits = [Edit(page.title, revision, row) for row in place.rows]
            label.members += edits
            if altered:
                label.exceptions += edits

    def _plan_return(self, page: Page, place: Place, when: datetime) -> None:
        label = self.label
        self.world.at(when, lambda when: self._bring_back(label, page, place, when))

    def _bring_back(self, label: Label, page: Page, place: Place, when: datetime) -> None:
        if place.new in page.text:  # else it was altered
            revision = self.world.save(page, page.text.replace(place.new, place.old), when)
            label.regressions.append(Edit(page.title, revision, place.rows[0]))
