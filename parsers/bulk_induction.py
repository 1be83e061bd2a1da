"""The smallest rewrite rules that explain many pairs of addresses: what is literal, and what varies."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel

from parsers.bulk_rules import Parts, Rule, Variable, make_rule, shown_form
from parsers.immutable import dataclass

MIN_PAGES = 3

Tokens = tuple[str, ...]
Hunks = tuple[tuple[str, str], ...]
Masked = tuple[str | int, ...]

_TOKEN = re.compile(r"://|[^\W_]+|.", re.DOTALL)
_MAX_TOKENS = 400
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_PARAMETER = re.compile(r"(?:^|[?&;])([\w.\-]+)=$")
_SCHEMES: tuple[Hunks, ...] = ((("http", "https"),), (("https", "http"),))
_DIGIT = re.compile(r"\d")
_VALUE_START = re.compile(r"[^=]*=")
# What may follow a host or a path, if anything does.
_REST_OF_ADDRESS = "(?:[/?#].*)?"
_BARE: frozenset[Tokens] = frozenset({(), ("/",)})
_ANY_FRAGMENT = "(?:#.*)?"
# The least letters by which a title is known when the rest of it may be anything.
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """An old and a new address with the page that they stand on; ``member`` is whatever the caller knows it by."""

    page_id: int
    before: str
    after: str
    member: int


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
    shuffled: defaultdict[tuple[Masked, Masked], list[Pair]] = defaultdict(list)
    for pair in pairs:
        before, after, fragment = _without_fragment(pair)
        cut = _cut(before, after)
        if cut:
            groups[cut[0], _site(pair, cut[0])].append(_Edit(pair, cut[1], fragment))
    found = []
    for (hunks, _), edits in groups.items():
        told = set()
        if _pages(edits) >= MIN_PAGES:
            for members in _partition(edits):
                rule = _build(hunks, members)
                if rule:
                    found.append((rule, [edit.pair for edit in members]))
                    told |= {edit.pair.member for edit in members}
        for edit in edits:
            masked = _masked(edit.pair.before, edit.pair.after) if edit.pair.member not in told else None
            if masked:
                shuffled[masked].append(edit.pair)
    found += [(_shuffled_rule(*forms, own), own) for forms, own in shuffled.items() if _page_count(own) >= MIN_PAGES]
    return sorted(found, key=lambda item: (-len({p.page_id for p in item[1]}), item[0].pattern_before))


@lru_cache(maxsize=4096)
def _cut(before: str, after: str) -> tuple[Hunks, tuple[Tokens, ...]] | None:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MAX_TOKENS:
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


def _masked(before: str, after: str) -> tuple[Masked, Masked] | None:
    """Both addresses with the values that stand once in each replaced by their number: values that changed places."""
    if "://" not in before or "://" not in after:
        return None
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    counts = Counter(old), Counter(new)
    kept = [token for token in old if _DIGIT.search(token) and counts[0][token] == counts[1][token] == 1]
    places = {token: place for place, token in enumerate(kept)}
    if len(places) < 2:
        return None
    return tuple(places.get(t, t) for t in old), tuple(places.get(t, t) for t in new)


def _shuffled_rule(old: Masked, new: Masked, pairs: Sequence[Pair]) -> Rule:
    """The rule of pairs with the same masked forms; a value that is the same in all of them is literal."""
    names: Counter[str] = Counter()
    parts: dict[int, str | Variable] = {}
    before: list[str | Variable] = []
    columns = zip(*(_TOKEN.findall(pair.before) for pair in pairs), strict=True)
    for token, values in zip(old, columns, strict=True):
        if isinstance(token, int):
            parts[token] = values[0] if len(set(values)) == 1 else _variable(values, _literal_tail(before), names)
            before.append(parts[token])
        else:
            before.append(token)
    after = [parts[token] if isinstance(token, int) else token for token in new]
    return make_rule(_joined(before), _joined(after))


def _page_count(pairs: Iterable[Pair]) -> int:
    return len({pair.page_id for pair in pairs})


def _pages(edits: Iterable[_Edit]) -> int:
    return len({edit.pair.page_id for edit in edits})


def _partition(edits: Sequence[_Edit]) -> list[list[_Edit]]:
    """Part pairs of one rewriting into those of one rule each; pairs that too few pages share are left out."""
    kept, rest = _split(edits, _query_names)
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
        written = _literal_tail(before)
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
    parts_before, parts_after = _open_ended(_joined(before)), _open_ended(_joined(after))
    if not _is_sound(hunks, parts_before, parts_after):
        return None
    is_title = "://" not in shown_form(parts_before)
    return make_rule(parts_before, parts_after, end=_ANY_FRAGMENT if is_title and not some else "")


def _literal_tail(parts: Sequence[str | Variable]) -> str:
    tail = ""
    for part in reversed(parts):
        if isinstance(part, Variable):
            break
        tail = part + tail
    return tail


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
                parts.append(_variable(column, written, names))
                written = ""
    else:
        parts.append(_variable(["".join(middle) for middle in middles], written, names))
    parts.append("".join(gaps[0][len(gaps[0]) - tail :]))
    return parts


def _variable(values: Sequence[str], written: str, names: Counter[str]) -> Variable:
    parameter = _PARAMETER.search(written)
    single = all(value and _TOKEN.fullmatch(value) for value in values)
    if parameter:
        name = parameter[1]
    elif all(value.isdigit() for value in values):
        name = "n"
    else:
        name = "name" if single else "rest"
    names[name] += 1
    if names[name] > 1:
        name = f"{name}{names[name]}"
    if "" in values and all(value[:1] in "/?#" for value in values) and "://" in written:
        return Variable(name, _REST_OF_ADDRESS)
    some = "*" if "" in values else "+"
    return Variable(name, rf"[^\s/?&#=]{some}" if single else f".{some}")


def _joined(parts: Iterable[str | Variable]) -> Parts:
    """Neighbouring literals as one, with no empty ones."""
    found: list[str | Variable] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


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
        known = max(sum(c.isalpha() for c in text) for text in (gone, literal)) >= _LEAST_LETTERS
        return known and not any(variable.values.endswith("*") for variable in variables)
    if hunks in _SCHEMES:
        return True
    return _has_literal_host(before) and _has_literal_host(after)


def _has_literal_host(parts: Parts) -> bool:
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    host = _HOST.match(first)
    if not host or len(parts) == 1 or host.end() < len(first):
        return bool(host)
    return isinstance(parts[1], Variable) and parts[1].values == _REST_OF_ADDRESS
