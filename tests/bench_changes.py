"""``make bench-changes``: bulk changes of labelled histories, found against true, beside the best other methods.

    python tests/bench_changes.py [DUMP] [--pages N] [--seeds 1,2,3] [--forms] [--faults]

Each history is imported by wikitrail itself and scored by its tables ``changes`` and ``bulk_changes`` alone. With DUMP
the histories are woven into the newest texts of that export's pages. The other methods group revisions of at least
three pages by an exact hash of the lines that went and came, the same with digits masked, a hash of the links that
went and came, or by what mwedittypes (Wikimedia's library that sorts edits into types) says of the nodes that an edit
touched: their types and actions alone, or with what each of them held before and after.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from pathlib import Path

from mwedittypes import StructuredEditTypes

from tests.labelled_history import History, write_history
from tests.labelled_score import FACETS, Score, found_revisions, score_database, score_groups
from tests.labelled_weaving import labelled_history
from tests.wikitrail import wikitrail

_LINK = re.compile(r"\[\[[^\[\]|]+|https?://[^\s\]|<]+")
_DIGIT = re.compile(r"\d")
_MIN_PAGES = 3


def imported(history: History, folder: Path) -> Path:
    """The database that wikitrail makes of a history."""
    dump, db = folder / "history.xml", folder / "history.db"
    db.unlink(missing_ok=True)
    write_history(history, dump)
    result = wikitrail("--db", db, "import", dump, "--json")
    assert result.code == 0, result.err
    return db


def _difference(before: str, after: str, pieces: Callable[[str], list[str]]) -> tuple[Hashable, Hashable]:
    old, new = Counter(pieces(before)), Counter(pieces(after))
    return tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements()))


@lru_cache(maxsize=20_000)
def _node_edits(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    """The type, the action and the contents of each node that an edit touched, as mwedittypes has them."""
    edits = StructuredEditTypes("wikitext", before, after, lang="de").get_diff()["node-edits"]
    return tuple(sorted((edit.type, edit.edittype, repr(sorted(edit.changes, key=repr))) for edit in edits))


METHODS: dict[str, Callable[[str, str], Hashable]] = {
    "hash of the text difference": lambda before, after: _difference(before, after, str.splitlines),
    "hash of the link difference": lambda before, after: _difference(before, after, _LINK.findall),
    "digit mask": lambda before, after: _DIGIT.sub("#", repr(_difference(before, after, str.splitlines))),
    "mwedittypes, actions": lambda before, after: tuple(edit[:2] for edit in _node_edits(before, after)),
    "mwedittypes, contents": _node_edits,
}


def grouped(history: History, method: Callable[[str, str], Hashable]) -> list[set[tuple[str, int]]]:
    """Revisions of at least three pages that a method takes for the same change."""
    groups: defaultdict[Hashable, set[tuple[str, int]]] = defaultdict(set)
    nothing = method("", "")
    for title, before, after, rev_id in _steps(history):
        found = method(before, after)
        if found != nothing:
            groups[found].add((title, rev_id))
    return [group for group in groups.values() if len({title for title, _ in group}) >= _MIN_PAGES]


def _steps(history: History) -> Iterator[tuple[str, str, str, int]]:
    for page in history.pages:
        for before, after in zip(page.revisions, page.revisions[1:], strict=False):
            yield page.title, before.text, after.text, after.rev_id


def main() -> None:
    """Print the figures by kind, and in all beside the other methods."""
    asked = _arguments()
    total, groups = Score(), {name: Score() for name in ("wikitrail", *METHODS)}
    with tempfile.TemporaryDirectory() as name:
        for seed in map(int, asked.seeds.split(",")):
            rounds = max(1, asked.pages // 400)
            history = labelled_history(seed, asked.pages, dump=asked.dump, rounds=rounds, forms=asked.forms)
            db = imported(history, Path(name))
            total.add(score_database(history, db))
            groups["wikitrail"].add(score_groups(history, found_revisions(db)))
            for method, key in METHODS.items():
                groups[method].add(score_groups(history, grouped(history, key)))
    _print_kinds(total)
    _print_methods(groups)
    if asked.faults:
        print("\n" + "\n".join(total.faults))


def _print_kinds(score: Score) -> None:
    print(f"{'precision and recall':28}" + "".join(f"{facet:>16}" for facet in FACETS))
    for name in [*score.counts, ""]:
        counts = [score.counts[name][facet] if name else score.total(facet) for facet in FACETS]
        cells = [f"{c.precision:8.3f} {c.recall:.3f}" if c.right + c.wrong + c.missed else "–" for c in counts]
        print(f"{name or 'all':28}" + "".join(f"{cell:>16}" for cell in cells))
    print(f"decoys swept in: {score.decoys}; spurious rules: {score.spurious} on {score.pages} pages")


def _print_methods(groups: dict[str, Score]) -> None:
    print(f"\n{'by revision':28}{'precision':>12}{'recall':>8}{'decoys':>8}{'spurious per 1,000 pages':>28}")
    for name, score in groups.items():
        members = score.total("members")
        spurious = 1000 * score.spurious / score.pages
        print(f"{name:28}{members.precision:12.3f}{members.recall:8.3f}{score.decoys:8}{spurious:28.1f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Score bulk changes on labelled histories.")
    parser.add_argument("dump", nargs="?", type=Path, help="an export whose newest texts are the ground")
    parser.add_argument("--pages", type=int, default=400, help="pages of each history (default 400)")
    parser.add_argument("--seeds", default="1,2,3", help="one history each (default 1,2,3)")
    parser.add_argument("--forms", action="store_true", help="other forms of the same kinds")
    parser.add_argument("--faults", action="store_true", help="name what was found wrongly or missed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
