"""Records agree with what the real MediaWiki makes of the same texts: ordinary pages, made pages, broken ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from tests.conformance import OURS, Outcome, compare_texts, read_texts
from tests.conformance_judge import Judge, Text, install_judge
from tests.conformance_mutants import mutants
from tests.conformance_reasons import reason_for
from tests.conformance_texts import made_texts
from tests.mediawiki_trees import chosen_tree

CASES = Path(__file__).parent / "cases"
MUTANTS = 1000


@pytest.fixture(scope="module")
def judge(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """MediaWiki with the extensions that real pages use."""
    tree = chosen_tree()
    with Judge(tree, install_judge(tmp_path_factory.mktemp("judge") / "wiki", tree)) as judge:
        yield judge


def unexplained(outcome: Outcome) -> list[str]:
    return [str(one) for one in outcome.differences if reason_for(one) is None]


def test_ordinary_pages_are_read_as_mediawiki_reads_them(judge: Judge, sample_wiki_path: Path) -> None:
    outcome = compare_texts(read_texts(sample_wiki_path, history=True), judge, peers=False)
    assert outcome.texts > 150
    assert outcome.differences == []
    score = outcome.scores[OURS]
    assert all(score.true[facet] > 10 for facet in ("templates", "categories", "links", "files", "external"))


def test_made_pages_are_read_as_mediawiki_reads_them(judge: Judge) -> None:
    outcome = compare_texts(made_texts(60, 1), judge, peers=False)
    assert outcome.differences == []
    assert outcome.scores[OURS].true["templates"] > 500


def test_cases_are_read_as_mediawiki_reads_them(judge: Judge) -> None:
    texts = []
    for folder in sorted(CASES.iterdir()):
        title = json.loads((folder / "expected.json").read_text(encoding="utf-8")).get("title", "Seite")
        texts.append(Text(folder.name, title, (folder / "input.wikitext").read_text(encoding="utf-8")))
    assert unexplained(compare_texts(texts, judge, peers=False)) == []


def test_mutants_lose_at_most_one_template_in_two_thousand(judge: Judge, sample_wiki_path: Path) -> None:
    texts = [*read_texts(sample_wiki_path), *made_texts(60, 2)]
    outcome = compare_texts(mutants(texts, MUTANTS, 1), judge, peers=False)
    score = outcome.scores[OURS]
    missed = [str(one) for one in outcome.differences if (one.facet, one.side) == ("templates", "missed")]
    assert outcome.texts == MUTANTS
    assert score.true["templates"] > 5000
    assert len(missed) <= score.true["templates"] / 2000, missed
    # What is left are faults that reach over several lines of a table or a gallery.
    assert len(unexplained(outcome)) <= score.true.total() / 1000, unexplained(outcome)


def test_every_broken_page_carries_a_diagnostic(sample_wiki_path: Path) -> None:
    texts = [*read_texts(sample_wiki_path), *made_texts(30, 3)]
    reader = Reader(Site.default())
    broken = [text for text in mutants(texts, 3 * MUTANTS, 1) if is_uneven(text.text)]
    silent = [f"{text.name}: {text.fault}" for text in broken if not reader.read(text.text, text.title).diagnostics]
    assert len(broken) > MUTANTS
    assert len(silent) <= len(broken) / 200, silent


def test_what_reads_otherwise_for_a_slip_carries_a_diagnostic(sample_wiki_path: Path) -> None:
    """Some cannot be told from what somebody meant: text that swallowed a mark, an address without its equals sign."""
    texts = list(read_texts(sample_wiki_path))
    reader = Reader(Site.default())
    meant = {text.name: _items(reader.read(text.text, text.title)) for text in texts}
    changed = silent = 0
    for mutant in mutants(texts, 4 * MUTANTS, 1):
        record = reader.read(mutant.text, mutant.title)
        if _items(record) != meant[mutant.name.rpartition(" ")[0]]:
            changed += 1
            silent += not record.diagnostics
    assert changed > 2 * MUTANTS
    assert silent <= changed / 20, f"{silent} of {changed}"


def _items(record: Record) -> tuple[Counter[object], ...]:
    """What a record says, without where it stands."""
    return (
        Counter((use.name, param.name, param.raw) for use in record.templates for param in use.params),
        Counter((category.name, category.sort_key) for category in record.categories),
        Counter((link.kind, link.target or link.url) for link in record.links),
        Counter((section.level, section.title, section.tables) for section in record.sections),
    )


def test_sound_pages_carry_no_diagnostic(sample_wiki_path: Path) -> None:
    reader = Reader(Site.default())
    found = {text.title: reader.read(text.text, text.title).diagnostics for text in read_texts(sample_wiki_path)}
    slips = {title: [one.code for one in diagnostics] for title, diagnostics in found.items() if diagnostics}
    assert slips == {"Integriertes Handlungskonzept (IHK) Osterfeld": ["stray-braces"]}


def is_uneven(text: str) -> bool:
    """Whether some mark that comes in pairs has lost its other half; what is literal or hidden does not count."""
    plain = re.sub(r"(?s)<!--.*?-->|<(nowiki|pre|includeonly)>.*?</\1>", "", text).replace("[2001:db8::1]", "")
    pairs = [("[", "]"), ("{", "}"), ("<!--", "-->"), ("<small>", "</small>"), ("<b>", "</b>"), ("<ref>", "</ref>")]
    return any(plain.count(opening) != plain.count(closing) for opening, closing in pairs)
