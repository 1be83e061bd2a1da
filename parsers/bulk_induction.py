"""The smallest rewrite rules that explain many pairs of addresses: what is literal, and what varies."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel

from parsers.bulk_kept import Pair, masked_forms, of_moved_values, rules_of_kept_values, rules_that_drop_numbers
from parsers.bulk_rules import MIN_PAGES, Parts, Rule, Variable, make_rule, shown_form
from parsers.bulk_spelling import respelled_form, rules_of_spelling
from parsers.bulk_tokens import MAX_TOKENS, REST_OF_ADDRESS, TOKEN, Tokens, joined, literal_tail, variable
from parsers.immutable import dataclass

Hunks = tuple[tuple[str, str], ...]

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_SCHEMES: tuple[Hunks, ...] = ((("http", "https"),), (("https", "http"),))
_VALUE_START = re.compile(r"[^=]*=")
_BARE: frozenset[Tokens] = frozenset({(), ("/",)})
_ANY_FRAGMENT = "(?:#.*)?"
# The least letters by which a title is known when the rest of it may be anything.
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class _Edit:
    """A pair cut into what was rewritten (hunks) and what was kept around it (gaps, one more than hunks)."""

    pair: Pair
    gaps: tuple[Tokens, ...]
    fragment: str  # of a page's title, the same before and after


def induce_rules(pairs: Iterable[Pair]) -> list[tuple[Rule, list[Pair]]]:
    """Rules that at least three pages support, each with the pairs that it explains, the best supported first.

    Two pairs can be of one rule when the same tokens were replaced by the same tokens. What was kept around
    them is literal where all agree; where they do not, few repeated words part the pairs into several rules
    (``vo020`` and ``to020`` are two things), and numbers, values of a query and ever new words are variables.
    """
    groups: defaultdict[tuple[Hunks, Hashable], list[_Edit]] = defaultdict(list)
    given = list(pairs)
    found = list(rules_that_drop_numbers(given))
    dropped = {pair.member for _, own in found for pair in own}
    told: set[int] = set()
    moved = of_moved_values(pair for pair in given if pair.member not in dropped)
    for pair in given:
        if pair.member in dropped or pair.member in moved:
            continue
        before, after, fragment = _without_fragment(pair)
        cut = _cut(before, after)
        if cut:
            groups[cut[0], _site(pair, cut[0])].append(_Edit(pair, cut[1], fragment))
    for (hunks, _), edits in groups.items():
        if _pages(edits) >= MIN_PAGES:
            for members in _partition(edits):
                rule = _build(hunks, members)
                if rule:
                    found.append((rule, [edit.pair for edit in members]))
                    told |= {edit.pair.member for edit in members}
    respelled = list(rules_of_spelling(pair for pair in given if pair.member not in told | dropped))
    told |= {pair.member for _, own in respelled for pair in own}
    found += respelled
    found += rules_of_kept_values(pair for pair in given if pair.member not in told | dropped)
    return sorted(found, key=lambda item: (-len({p.page_id for p in item[1]}), item[0].pattern_before))


def signatures_of_pair(pair: Pair) -> Iterator[Hashable]:
    """What a pair has in common with all that ``induce_rules`` could find one rule for, and with its contrary."""
    before, after, _ = _without_fragment(pair)
    yield "pair", *sorted((before, after))
    if cut := _cut(before, after):
        yield "cut", cut[0], _site(pair, cut[0])
    yield from masked_forms(pair)
    if (form := respelled_form(pair)) is not None:
        yield "spelling", form


@lru_cache(maxsize=4096)
def _cut(before: str, after: str) -> tuple[Hunks, tuple[Tokens, ...]] | None:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if max(len(old), len(new)) > MAX_TOKENS:
        return None
    hunks: list[tuple[str, str]] = []
    gaps: list[Tokens] = [()]
    deleted = inserted = ""
    for op in Indel.opcodes(old, new):
        if op.tag == "equal":
            if deleted or inserted:
                hunks.append((deleted, inserted))
                gaps.append(())
                deleted = inserted = ""
            gaps[-1] += tuple(old[op.src_start : op.src_end])
        else:
            deleted += "".join(old[op.src_start : op.src_end])
            inserted += "".join(new[op.dest_start : op.dest_end])
    if deleted or inserted:
        hunks.append((deleted, inserted))
        gaps.append(())
    return (tuple(hunks), tuple(gaps)) if hunks else None


def _site(pair: Pair, hunks: Hunks) -> Hashable:
    """The hosts of an address, which a rule must name; only a scheme may change on any."""
    if hunks in _SCHEMES:
        return None
    hosts = _HOST.match(pair.before), _HOST.match(pair.after)
    return tuple(host and host[0] for host in hosts)


def _without_fragment(pair: Pair) -> tuple[str, str, str]:
    """The titles of two links to pages without the fragment that both have: where a page went, its sections went."""
    old, new = pair.before.partition("#"), pair.after.partition("#")
    if "://" in pair.before or "{" in pair.before or old[2] != new[2] or not (old[0] and new[0]) or old[0] == new[0]:
        return pair.before, pair.after, ""
    return old[0], new[0], old[2]


def _pages(edits: Iterable[_Edit]) -> int:
    return len({edit.pair.page_id for edit in edits})


def _partition(edits: Sequence[_Edit]) -> list[list[_Edit]]:
    """Part pairs of one rewriting into those of one rule each; pairs that too few pages share are left out."""
    kept, rest = _split(edits, _query_names if "://" in edits[0].pair.before else lambda _: None)
    return [part for members in (*kept, rest) for part in _part(members, frozenset())]


def _part(edits: list[_Edit], settled: frozenset[int]) -> list[list[_Edit]]:
    """Part by the first gap that tells things apart; the rare ones stay together and get a variable there."""
    if _pages(edits) < MIN_PAGES:
        return []
    position = _parting_gap(edits, settled)
    if position is None:
        return [edits]
    kept, rest = _split(edits, lambda edit: edit.gaps[position])
    parts = [part for members in kept for part in _part(members, settled)]
    return parts + _part(rest, settled | {position})


def _split(edits: Sequence[_Edit], key: Callable[[_Edit], Hashable]) -> tuple[list[list[_Edit]], list[_Edit]]:
    """Groups of equal key that enough pages support, and the pairs of all others."""
    groups: defaultdict[Hashable, list[_Edit]] = defaultdict(list)
    for edit in edits:
        groups[key(edit)].append(edit)
    kept = [members for members in groups.values() if _pages(members) >= MIN_PAGES]
    return kept, [edit for members in groups.values() if _pages(members) < MIN_PAGES for edit in members]


def _query_names(edit: _Edit) -> Hashable:
    """The kept text up to the first value of a query: which parameter it is must be the same."""
    starts = (_VALUE_START.match("".join(gap)) for gap in edit.gaps)
    return tuple(match[0] if match else None for match in starts)


def _parting_gap(edits: Sequence[_Edit], settled: frozenset[int]) -> int | None:
    """The first kept part whose few different words tell different things apart, or None."""
    for position in range(len(edits[0].gaps)):
        if position in settled:
            continue
        gaps = [edit.gaps[position] for edit in edits]
        distinct = set(gaps)
        if len(distinct) == 1 or len(distinct) > math.sqrt(_pages(edits)):
            continue
        head, tail = _common_ends(list(distinct))
        literal = "".join(gaps[0][:head])
        middles = {gap[head : len(gap) - tail] for gap in distinct}
        if middles & _BARE and position == len(edits[0].gaps) - 1 and "://" in edits[0].pair.before:
            continue  # a site with or without the path to a page
        if not literal.endswith("=") and not all(_is_number(middle) for middle in middles):
            return position
    return None


def _is_number(tokens: Tokens) -> bool:
    return "".join(tokens).isdigit()


def _common_ends(gaps: Sequence[Tokens]) -> tuple[int, int]:
    """How many tokens all share at the start and, of what is left, at the end."""
    shortest = min(map(len, gaps))
    head = 0
    while head < shortest and len({gap[head] for gap in gaps}) == 1:
        head += 1
    tail = 0
    while tail < shortest - head and len({gap[-1 - tail] for gap in gaps}) == 1:
        tail += 1
    return head, tail


def _build(hunks: Hunks, edits: Sequence[_Edit]) -> Rule | None:
    names: Counter[str] = Counter()
    before: list[str | Variable] = []
    after: list[str | Variable] = []
    for position, (deleted, inserted) in enumerate([*hunks, ("", "")]):
        gaps = list({edit.gaps[position]: None for edit in edits})
        written = literal_tail(before)
        for part in _generalise(gaps, written, names):
            before.append(part)
            after.append(part)
        before.append(deleted)
        after.append(inserted)
    fragments = {edit.fragment for edit in edits}
    some = all(fragments)
    if some:
        end = _generalise([("#", fragment) for fragment in fragments], "", names)
        before, after = before + end, after + end
    parts_before, parts_after = _open_ended(joined(before)), _open_ended(joined(after))
    if not _is_sound(hunks, parts_before, parts_after):
        return None
    is_title = "://" not in shown_form(parts_before)
    return make_rule(parts_before, parts_after, end=_ANY_FRAGMENT if is_title and not some else "")


def _generalise(gaps: Sequence[Tokens], written: str, names: Counter[str]) -> list[str | Variable]:
    """Literal tokens where all gaps agree, variables for the rest. ``written`` is the literal text before."""
    if len(gaps) == 1:
        return ["".join(gaps[0])]
    head, tail = _common_ends(gaps)
    middles = [gap[head : len(gap) - tail] for gap in gaps]
    parts: list[str | Variable] = ["".join(gaps[0][:head])]
    written += parts[0]  # type: ignore[operator]
    columns = list(zip(*middles, strict=True)) if len({len(m) for m in middles}) == 1 else []
    is_query = not any(token.isspace() for middle in middles for token in middle)
    if is_query and any(len(set(column)) == 1 and column[0] == "=" for column in columns):
        # Several values of one query: each is a variable of its own.
        for column in columns:
            if len(set(column)) == 1:
                parts.append(column[0])
                written += column[0]
            else:
                parts.append(variable(column, written, names))
                written = ""
    else:
        parts.append(variable(["".join(middle) for middle in middles], written, names))
    parts.append("".join(gaps[0][len(gaps[0]) - tail :]))
    return parts


def _open_ended(parts: Parts) -> Parts:
    """Where one word ends an address, a longer path would stand there as well."""
    last = parts[-1]
    if isinstance(last, Variable) and last.name.startswith("name") and "://" in shown_form(parts):
        return (*parts[:-1], Variable(last.name, ".+"))
    return parts


def _is_sound(hunks: Hunks, before: Parts, after: Parts) -> bool:
    """Whether the rule says something: not "any title got a suffix", and not the same year on any site."""
    variables = [part for part in before if isinstance(part, Variable)]
    if not variables:
        return True
    if "://" not in shown_form(before):
        # A title is known as old by words that went or stayed beside its namespace; its variable stands for words.
        gone = "".join(deleted for deleted, _ in hunks)
        literal = "".join(part for part in before if isinstance(part, str)).rpartition(":")[2]
        # Beside a number even a unit of two letters is a word of its own.
        least = 2 if all(variable.name.rstrip("0123456789") == "n" for variable in variables) else _LEAST_LETTERS
        known = max(sum(c.isalpha() for c in text) for text in (gone, literal)) >= least
        return known and not any(variable.values.endswith("*") for variable in variables)
    if hunks in _SCHEMES:
        return True
    return _has_literal_host(before) and _has_literal_host(after)


def _has_literal_host(parts: Parts) -> bool:
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    host = _HOST.match(first)
    if not host or len(parts) == 1 or host.end() < len(first):
        return bool(host)
    return isinstance(parts[1], Variable) and parts[1].values == REST_OF_ADDRESS
