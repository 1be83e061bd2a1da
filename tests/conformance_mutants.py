"""Texts with one fault each, or several: a bracket, brace, pipe, quote, tag or comment removed, doubled, misplaced."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from tests.conformance_judge import Text

_TOKENS = {
    "brace": re.compile(r"\{\{\{?|\}\}\}?|\{\||\|\}"),
    "bracket": re.compile(r"\[\[|\]\]|\[|\]"),
    "pipe": re.compile(r"\|"),
    "quote": re.compile(r"'{2,5}"),
    "tag": re.compile(r"</?[a-z]+[^<>\n]*>"),
    "comment": re.compile(r"<!--|-->"),
    "equals": re.compile(r"=+"),
    "cell": re.compile(r"(?m)^[ :]*(?:\{\||\|\}|\|-|\|\+|!|\|)"),
    "line": re.compile(r"\n"),
}
_SINGLE = 7  # kinds of those that are of one fault
_FAR = 200  # characters between a misplaced token and its place


def mutants(texts: Sequence[Text], count: int, seed: int, faults: int = 1) -> Iterator[Text]:
    """``count`` mutants of those texts that hold templates, the same ones for the same seed."""
    if faults > 1:
        yield from _spoilt(texts, count, random.Random(seed), faults)
        return
    chance = random.Random(seed)
    bases = [text for text in texts if "{{" in text.text]
    made = 0
    while made < count:
        base = chance.choice(bases)
        kind = chance.choice(list(_TOKENS)[:_SINGLE])
        places = [match.span() for match in _TOKENS[kind].finditer(base.text)]
        if not places:
            continue
        start, end = chance.choice(places)
        how, text = _damage(base.text, start, end, chance)
        made += 1
        yield Text(f"{base.name} ~{made}", base.title, text, f"{kind} {how} at {start}")


def _spoilt(texts: Sequence[Text], count: int, chance: random.Random, faults: int) -> Iterator[Text]:
    """Mutants with two to ``faults`` faults each, also of the lines and cells of tables."""
    bases = [text for text in texts if "{{" in text.text]
    for number in range(1, count + 1):
        base = chance.choice(bases)
        text = base.text
        told: list[str] = []
        while len(told) < 2 or (len(told) < faults and chance.random() < 0.5):
            kind = chance.choice(list(_TOKENS))
            places = [match.span() for match in _TOKENS[kind].finditer(text)]
            if places:
                start, end = chance.choice(places)
                how, text = _damage(text, start, end, chance)
                told.append(f"{kind} {how} at {start}")
        yield Text(f"{base.name} ~{number}", base.title, text, "; ".join(told))


def _damage(text: str, start: int, end: int, chance: random.Random) -> tuple[str, str]:
    token = text[start:end]
    without = text[:start] + text[end:]
    how = chance.choice(("removed", "halved", "doubled", "misplaced"))
    if how == "halved" and len(token) > 1:
        return how, text[: start + 1] + text[end:]
    if how == "doubled":
        return how, text[:end] + token + text[end:]
    if how == "misplaced":
        place = chance.randrange(max(0, start - _FAR), min(len(without), start + _FAR) + 1)
        return f"moved to {place} from", without[:place] + token + without[place:]
    return "removed", without
