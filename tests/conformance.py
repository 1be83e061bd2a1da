"""Compares records with what MediaWiki makes of the same texts, beside two other parsers: ``make conformance``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scraper.dump import DumpPage, read_dump
from tests.conformance_judge import FACETS, Facets, Judge, Text, differences, install_judge
from tests.conformance_mutants import mutants
from tests.conformance_readers import Readers, read_ours
from tests.conformance_reasons import Difference, reason_for
from tests.mediawiki_trees import chosen_tree

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample-wiki.xml"
OURS = "wikitrail"


@dataclass(slots=True)
class Score:
    """Findings of the judge, of a reader, and of both, by facet."""

    true: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def add(self, truth: Facets, told: Facets) -> None:
        for facet in FACETS:
            self.true[facet] += truth[facet].total()
            self.told[facet] += told[facet].total()
            self.right[facet] += (truth[facet] & told[facet]).total()

    def line(self, facet: str) -> str:
        precision = self.right[facet] / self.told[facet] if self.told[facet] else 1.0
        recall = self.right[facet] / self.true[facet] if self.true[facet] else 1.0
        return f"{precision:8.5f} {recall:8.5f}"


def read_texts(path: Path, *, history: bool = False) -> Iterator[Text]:
    """The wikitext of a dump: the newest revision of each page, or all that differ from the one before."""
    newest: dict[str, Text] = {}
    for part in read_dump(path):
        if not isinstance(part, DumpPage):
            continue
        title = part.page.title
        for one in part.revisions:
            if one.content_model != "wikitext" or one.text is None:
                continue
            if history and (title not in newest or newest[title].text != one.text):
                yield Text(f"{title}@{one.rev_id}", title, one.text)
            newest[title] = Text(f"{title}@{one.rev_id}", title, one.text)
    if not history:
        yield from newest.values()


@dataclass(slots=True)
class Outcome:
    """The comparison of many texts."""

    texts: int = 0
    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    differences: list[Difference] = field(default_factory=list)

    def table(self) -> str:
        lines = [f"{'':12}" + "".join(f"{name:>19}" for name in self.scores)]
        lines.append(f"{'facet':12}" + f"{'precision':>10}{'recall':>9}" * len(self.scores) + "  of")
        for facet in FACETS:
            cells = "".join(f"  {score.line(facet)}" for score in self.scores.values())
            lines.append(f"{facet:12}{cells}  {self.scores[OURS].true[facet]}")
        return "\n".join(lines)


def compare_texts(texts: Iterable[Text], judge: Judge, *, peers: bool) -> Outcome:
    """Judge every text, and count what the readers say otherwise."""
    readers, outcome = Readers(judge.site), Outcome()
    for text in texts:
        outcome.texts += 1
        truth = judge.judge(text)
        record = readers.record(text)
        told = read_ours(record, judge.site, truth)
        outcome.scores[OURS].add(truth, told)
        for name, facets in readers.peers(text).items() if peers else ():
            outcome.scores[name].add(truth, facets)
        codes = tuple(sorted({one.code for one in record.diagnostics}))
        outcome.differences += [Difference(text, *found, codes) for found in differences(truth, told)]
    return outcome


def main() -> int:
    """Compare ordinary texts, then mutants of them, and print both."""
    options = _options().parse_args()
    texts = [text for path in options.dumps or [SAMPLE] for text in read_texts(path, history=options.history)]
    with tempfile.TemporaryDirectory() as folder:
        tree = chosen_tree()
        with Judge(tree, install_judge(Path(folder) / "wiki", tree)) as judge:
            _print("texts as written", compare_texts(texts, judge, peers=not options.alone), options.show)
            broken = mutants(texts, options.mutants, options.seed, options.faults)
            _print("mutants", compare_texts(broken, judge, peers=not options.alone), options.show)
    return 0


def _print(name: str, outcome: Outcome, show: int) -> None:
    print(f"\n{outcome.texts} {name}\n{outcome.table()}\n")
    for facet in FACETS:
        found = [(one, reason_for(one)) for one in outcome.differences if one.facet == facet]
        for reason, count in Counter(reason for _, reason in found).items():
            print(f"{facet}: {count} of ours differ: {reason or 'no known reason'}")
            for one in [one for one, why in found if why == reason][:show]:
                print(f"    {one}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dumps", nargs="*", type=Path, help="XML exports; without any, the sample wiki")
    parser.add_argument("--history", action="store_true", help="all revisions, not only the newest of each page")
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=1, help="at most so many faults in each mutant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5, help="differences that are shown of each facet")
    parser.add_argument("--alone", action="store_true", help="without the other parsers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
