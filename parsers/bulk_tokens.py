"""Addresses as words and marks, and the parts of a rule that are made of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from parsers.bulk_rules import Parts, Variable

Tokens = tuple[str, ...]

TOKEN = re.compile(r"://|[^\W_]+|.", re.DOTALL)
MAX_TOKENS = 400
# What may follow a host or a path, if anything does.
REST_OF_ADDRESS = "(?:[/?#].*)?"
_PARAMETER = re.compile(r"(?:^|[?&;])([\w.\-]+)=$")


def variable(values: Sequence[str], written: str, names: Counter[str]) -> Variable:
    """The variable that stands for all of these values; ``written`` is the literal text before it."""
    parameter = _PARAMETER.search(written)
    single = all(value and TOKEN.fullmatch(value) for value in values)
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
        return Variable(name, REST_OF_ADDRESS)
    some = "*" if "" in values else "+"
    return Variable(name, rf"[^\s/?&#=]{some}" if single else f".{some}")


def joined(parts: Iterable[str | Variable]) -> Parts:
    """Neighbouring literals as one, with no empty ones."""
    found: list[str | Variable] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def literal_tail(parts: Sequence[str | Variable]) -> str:
    """The literal text that some parts end with."""
    tail = ""
    for part in reversed(parts):
        if isinstance(part, Variable):
            break
        tail = part + tail
    return tail
