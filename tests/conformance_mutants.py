"""Texts with one fault each: a bracket, brace, pipe, quote, tag or comment mark removed, doubled or misplaced."""

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
}
_FAR = 200  # characters between a misplaced token and its place


def mutants(texts: Sequence[Text], count: int, seed: int) -> Iterator[Text]:
    """``count`` mutants of those texts that hold templates, the same ones for the same seed."""
    chance = random.Random(seed)
    bases = [text for text in texts if "{{" in text.text]
    made = 0
    while made < count:
        base = chance.choice(bases)
        kind = chance.choice(list(_TOKENS))
        places = [match.span() for match in _TOKENS[kind].finditer(base.text)]
        if not places:
            continue
        start, end = chance.choice(places)
        how, text = _damage(base.text, start, end, chance)
        made += 1
        yield Text(f"{base.name} ~{made}", base.title, text, f"{kind} {how} at {start}")


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
