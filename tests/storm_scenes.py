"""What happens in a storm: scenes of a few operations, drawn at random; the same seed gives the same sequence."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.mediawiki import ADMIN
from tests.storm_texts import ENORMOUS, LARGE

Op = tuple[Any, ...]  # the name of a method of ``Storm`` and its arguments, plain values

TITLES = (
    "Wohnen", "Wohnen/Miete", "Wohnen/Eigentum", "Grün & Wasser", "Verkehr", "Schule", "Senior:innenplan",
    "Diskussion:Wohnen", "Kategorie:Wohnen", "Vorlage:Konzept", "Hilfe:Start", "Testwiki:Über", "Datei:Karte.png",
    "Benutzer:Nora Feld", "Benutzer:Nora Feld/Daten.json", "MediaWiki:Probe.css", "MediaWiki:Probe.js",
    "„Stadt“ – 100 % & ‘Co.’ (C++)?", "Kategorie Diskussion:Ñandú/Δ", "Vorlage Diskussion:🚲 & 'Rad'", "Reiner Text",
    "Benutzer:Ida Kern", "Datei:Zweite Karte.png", "Diskussion:Wohnen/Miete", "Hilfe Diskussion:Start", "!",
)  # fmt: skip
USERS = (ADMIN, ADMIN, "Nora Feld", "Ida Kern", None)
RENAMED = ("Uwe Alt", "Uwe Neu", "Ünal Ärz")  # users who bear each other's names in turn
MODELS = ("wikitext", "text", "css", "javascript", "json")
HIDEABLE = ("content", "comment", "user")
TAG = "geprüft"


def generate(number: int, seed: int) -> list[Op]:
    """A random sequence of about so many operations, the same for the same seed."""
    chance = random.Random(seed)
    ops: list[Op] = [("edit", title, 100 + n, ADMIN) for n, title in enumerate(TITLES)][: max(number // 4, 4)]
    names, weights = zip(*SCENES.items(), strict=True)
    while len(ops) < number:
        (scene,) = chance.choices(names, weights)
        for op in scene(chance):
            ops.append(op)
            if chance.random() < 0.06:
                if chance.random() < 0.2:
                    ops += [("cut", chance.randrange(1, 25)) for _ in range(chance.randrange(1, 3))]
                if chance.random() < 0.2:
                    other = chance.choice(names)
                    first = next(one for one in other(chance) if one[0] != "sync")  # two runs are never at once
                    ops.append(("meanwhile", chance.randrange(1, 8), *first))
                ops.append(chance.choices((("sync",), ("sync", True), ("audit",)), (80, 8, 12))[0])
    return ops


def _title(chance: random.Random) -> str:
    return chance.choice(TITLES if chance.random() < 0.6 else TITLES[:7])  # most of it happens on few pages


def _two(chance: random.Random) -> tuple[str, str]:
    one, other = chance.sample(TITLES if chance.random() < 0.3 else TITLES[:7], 2)
    return one, other


def _number(chance: random.Random) -> int:
    draw = chance.random()
    return ENORMOUS if draw < 0.002 else LARGE if draw < 0.015 else chance.randrange(60)


def _moment(chance: random.Random) -> str:
    """Mostly long ago; few distinct times, so that some are equal; now and then of a clock that runs ahead."""
    year = 2031 if chance.random() < 0.04 else chance.randrange(2005, 2012)
    return f"{year}-0{chance.randrange(1, 4)}-01T10:00:00Z"


def _editing(chance: random.Random) -> Iterator[Op]:
    title = _title(chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        yield ("edit", title, _number(chance), chance.choice(USERS), chance.random() < 0.1)


def _restating(chance: random.Random) -> Iterator[Op]:
    yield ("restate", _title(chance), chance.randrange(4))


def _moving(chance: random.Random) -> Iterator[Op]:
    old, new = _two(chance)
    if chance.random() < 0.4:
        yield ("delete", new)
    yield ("move", old, new, chance.random() < 0.5, chance.random() < 0.3)


def _moving_away_and_back(chance: random.Random) -> Iterator[Op]:
    old, _ = _two(chance)
    away = f"Anderswo {chance.randrange(3)}"
    yield ("move", old, away, chance.random() < 0.7, chance.random() < 0.3)
    if chance.random() < 0.4:
        yield ("edit", away, _number(chance), ADMIN)
    yield ("move", away, old, chance.random() < 0.5, False)


def _swapping(chance: random.Random) -> Iterator[Op]:
    one, other = _two(chance)
    for old, new in ((one, "Zwischen"), (other, one), ("Zwischen", other)):
        yield ("move", old, new, False, False)


def _deleting(chance: random.Random) -> Iterator[Op]:
    title = _title(chance)
    yield ("delete", title)
    if chance.random() < 0.3:
        yield ("hide_archived", title, chance.randrange(5), chance.random() < 0.8, chance.choice(HIDEABLE))
    if chance.random() < 0.4:
        yield ("edit", title, _number(chance), ADMIN)
    if chance.random() < 0.6:
        some = chance.random() < 0.5
        yield ("restore", title, chance.randrange(3), chance.randrange(1, 4) if some else 0)
    if chance.random() < 0.2:
        yield ("move", title, _title(chance), chance.random() < 0.5, False)


def _restoring(chance: random.Random) -> Iterator[Op]:
    yield ("restore", _title(chance), chance.randrange(3), chance.randrange(4))


def _merging(chance: random.Random) -> Iterator[Op]:
    source, target = _two(chance)
    if chance.random() < 0.7:
        yield ("delete", source)
        yield ("import_old", source, chance.random() < 0.4, *_versions(chance, source))
    yield ("merge", source, target, chance.choice((None, 0, 1, 2)))
    if chance.random() < 0.2:
        yield ("move", target, _title(chance), chance.random() < 0.5, False)


def _versions(chance: random.Random, title: str) -> list[tuple[str, int]]:
    return [(_moment(chance), chance.randrange(60)) for _ in range(chance.randrange(1, 4))]


def _importing(chance: random.Random) -> Iterator[Op]:
    title = _title(chance)
    yield ("import_old", title, chance.random() < 0.6, *_versions(chance, title))


def _hiding(chance: random.Random) -> Iterator[Op]:
    what = chance.sample(HIDEABLE, chance.randrange(1, 4))
    yield (chance.choice(("hide", "hide", "show")), _title(chance), chance.randrange(6), *what)


def _suppressing(chance: random.Random) -> Iterator[Op]:
    what = chance.sample(HIDEABLE, chance.randrange(1, 4))
    if chance.random() < 0.2:
        yield ("sync",)
        yield ("suppress_log", chance.randrange(6), *what)
    else:
        yield ("suppress", _title(chance), chance.randrange(6), chance.random() < 0.7, *what)


def _protecting(chance: random.Random) -> Iterator[Op]:
    kind, level = chance.choice(("edit", "move", "create", "upload")), chance.choice(("all", "autoconfirmed", "sysop"))
    expiry = "2035-01-01T00:00:00Z" if chance.random() < 0.3 else "infinite"
    yield ("protect", _title(chance), kind, level, expiry, level == "sysop" and chance.random() < 0.4)


def _changing_model(chance: random.Random) -> Iterator[Op]:
    yield ("change_model", _title(chance), chance.choice(MODELS))


def _tagging(chance: random.Random) -> Iterator[Op]:
    yield ("tag", _title(chance), chance.randrange(6), chance.random() < 0.7)


def _tagging_unlogged(chance: random.Random) -> Iterator[Op]:
    yield from chance.choices(
        ([("tag_unlogged", _title(chance), chance.randrange(6))], [("run_jobs",)], [("drop_tag",)]), (5, 3, 2)
    )[0]


def _reverting(chance: random.Random) -> Iterator[Op]:
    title = _title(chance)
    yield ("edit", title, _number(chance), chance.choice(USERS))
    yield ("rollback", title) if chance.random() < 0.5 else ("undo", title, chance.randrange(3))


def _renaming(chance: random.Random) -> Iterator[Op]:
    old, new = chance.sample(RENAMED, 2)
    yield ("edit", _title(chance), _number(chance), old)
    if chance.random() < 0.5:
        yield ("sync",)
    yield ("rename_user", old, new)


def _blocking(chance: random.Random) -> Iterator[Op]:
    yield ("block", chance.choice(("Nora Feld", "Ida Kern")))


def _uploading(chance: random.Random) -> Iterator[Op]:
    title = chance.choice(("Datei:Karte.png", "Datei:Zweite Karte.png"))
    for _ in range(chance.randrange(1, 4)):
        yield ("upload", title, chance.randrange(60))
    if chance.random() < 0.6:
        yield ("delete_version", title)
        yield from chance.choice(((), (("sync",),), (("delete", title), ("restore", title, 0, 0))))
        yield ("restore_version", title)


def _reusing_ids(chance: random.Random) -> Iterator[Op]:
    title = f"Anderswo {chance.randrange(3)}"
    yield ("edit", title, _number(chance), ADMIN)
    yield ("edit", title, _number(chance), ADMIN)
    if chance.random() < 0.7:
        yield ("sync",)
    yield ("delete", title)
    yield ("reuse_ids",)
    yield ("edit", _title(chance), _number(chance), ADMIN)
    if chance.random() < 0.5:
        yield ("restore", title, 0, 0)


def _hiding_the_log(chance: random.Random) -> Iterator[Op]:
    yield ("hide_log", chance.randrange(6), *chance.sample(HIDEABLE, chance.randrange(4)))


def _losing_the_log(chance: random.Random) -> Iterator[Op]:
    yield ("edit", f"Anderswo {chance.randrange(3)}", _number(chance), ADMIN)
    if chance.random() < 0.8:
        yield ("sync",)
    yield ("lose_log",)


def _bursting(chance: random.Random) -> Iterator[Op]:
    title = _title(chance)
    yield ("burst", title, chance.choice((20, 60, 120)))
    if chance.random() < 0.7:
        yield ("delete", title)
        yield from chance.choice((_importing, _editing, _restoring))(chance)


def _running_scripts(chance: random.Random) -> Iterator[Op]:
    title, other = _two(chance)
    logged = [
        ("deleteBatch", title),
        ("moveBatch", f"{title}|{other}", *chance.sample(("--noredirects",), chance.randrange(2))),
        ("undelete", "", title),
        ("protect", "", title),
        ("rollbackEdits", "", "--user", "Ida Kern"),
        (
            "edit",
            f"Zeile {chance.randrange(60)} mit [[{other}]]",
            *chance.sample(("--no-rc",), chance.randrange(2)),
            title,
        ),
    ]
    unlogged = [
        ("reassignEdits", "", *chance.sample(("Nora Feld", "Ida Kern"), 2)),
        ("rebuildrecentchanges", ""),
        ("nukePage", "", "--delete", title),
        ("deleteOldRevisions", "", "--delete"),
        ("deleteArchivedRevisions", "", "--delete"),
    ]
    yield ("script", *chance.choice(chance.choices((logged, unlogged), (3, 1))[0]))


SCENES: dict[Callable[[random.Random], Iterator[Op]], int] = {
    _editing: 30, _restating: 8, _moving: 8, _moving_away_and_back: 4, _swapping: 4, _deleting: 10, _restoring: 8,
    _merging: 5, _importing: 7, _hiding: 9, _protecting: 4, _changing_model: 3, _tagging: 3, _hiding_the_log: 2,
    _bursting: 1, _suppressing: 2, _tagging_unlogged: 2, _reverting: 3, _renaming: 1, _blocking: 1, _uploading: 1,
    _reusing_ids: 1, _losing_the_log: 1, _running_scripts: 3,
}  # fmt: skip
