"""Random mutations of real pages, one after the other: none may raise an exception. ``make mutations COUNT=1000000``.

A mutant is cut, joined, doubled and sprinkled with marks and odd characters, again and again, so that texts drift far
from what anybody would write. What holds of every text is checked of each.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site
from tests.conformance import SAMPLE, read_texts
from tests.conformance_judge import Text
from tests.conformance_texts import made_texts

CASES = Path(__file__).parent / "cases"
_MARKS = (
    "{{ }} {{{ }}} [[ ]] [ ] | || = == '' ''' <!-- --> <ref> </ref> <nowiki> </nowiki> <pre> <div> </div> <small> "
    "{| |} |- ! !! * # ; : ---- https:// // & &amp; &#; __TOC__ #REDIRECT ~~~~ <gallery> </gallery> {{#if: {{! <br/> "
    "-{ }- <h2> </h2>"
).split()
_ODD = [
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x00",
    "\x7f",
    "\u200e",
    "\u00ad",
    "\u0301",
    "\ufffd",
    "\ufdd0",
    "\ufdee",
    "\ud800",
    "𝄞",
]
_LONGEST = 6000  # characters of a mutant


def base_texts() -> list[Text]:
    """Sample pages, made pages and all cases."""
    cases = [
        Text(path.parent.name, "Seite", path.read_text("utf-8")) for path in sorted(CASES.glob("*/input.wikitext"))
    ]
    return [*read_texts(SAMPLE), *made_texts(20, 4), *cases]


def mutate(text: str, other: str, chance: random.Random) -> str:
    """One to eight random changes."""
    for _ in range(chance.randrange(1, 9)):
        low = chance.randrange(len(text) + 1)
        high = min(len(text), low + chance.randrange(40))
        kind = chance.randrange(6)
        if kind == 0:
            text = text[:low] + text[high:]
        elif kind == 1:
            text = text[:high] + text[low:]
        elif kind == 2:
            text = text[:low] + chance.choice(_MARKS) + text[low:]
        elif kind == 3:
            text = text[:low] + chance.choice(_ODD) + text[low:]
        elif kind == 4:
            start = chance.randrange(len(other) + 1)
            text = text[:low] + other[start : start + chance.randrange(200)] + text[high:]
        else:
            text = text[:low] + text[low:high] * chance.randrange(2, 6) + text[high:]
    return text[:_LONGEST]


def check(text: str, reader: Reader) -> None:
    """Raise AssertionError, or whatever the reader raises, for a text that cannot be read."""
    record = reader.read(text, "Seite")
    assert "".join(text[slice(*section.span)] for section in record.sections) == text
    for use in record.templates:
        assert text[slice(*use.span)].startswith("{{")
    for box in record.infoboxes:
        assert all(box.kind != "template" or text[slice(*field.span)] == field.raw for field in box.fields)
    spans = [link.span for link in record.links] + [fault.span for fault in record.diagnostics if fault.span]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    json.dumps(record_to_json(record))


def run(count: int, seed: int, *, progress: bool = False) -> str | None:
    """Read ``count`` mutants; the first that fails and its fault as one message, None when all could be read."""
    chance = random.Random(seed)
    bases = [base.text for base in base_texts()]
    reader, text, begun = Reader(Site.default()), bases[0], time.monotonic()
    for number in range(count):
        if number % 20 == 0:
            text = chance.choice(bases)
        text = mutate(text, chance.choice(bases), chance)
        try:
            check(text, reader)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this run looks for
            return f"mutant {number} of seed {seed} raised {error!r}: {text!r}"
        if progress and (number + 1) % 10_000 == 0:
            rate = (number + 1) / (time.monotonic() - begun)
            print(f"{number + 1} mutants, {rate:.0f} a second", file=sys.stderr)
    return None


def main() -> int:
    """Read the mutants that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failure = run(options.count, options.seed, progress=True)
    print(failure or f"{options.count} mutants of seed {options.seed}: none raised an exception")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
