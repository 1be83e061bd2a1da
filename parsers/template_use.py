"""Uses of templates as changes and items show them: name, parameters, and one form for all ways to write a use."""

from __future__ import annotations

import re

from parsers.immutable import dataclass

_MARK = re.compile(r"\{\{|\}\}|\[\[|\]\]|\|")
_NAMED = re.compile(r"\s*([^=|{}\[\]<>]*[^=|{}\[\]<>\s])\s*=(.*)", re.DOTALL)
_MAX_USE = 1_000


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a template: its name, and the names (None for those known by their place) and values of parameters."""

    name: str
    params: tuple[tuple[str | None, str], ...]

    @property
    def written(self) -> str:
        """The use as it would be written with no blanks around anything."""
        return "{{" + "|".join([self.name, *(v if n is None else f"{n}={v}" for n, v in self.params)]) + "}}"


def read_use(written: str | None) -> Use | None:
    """A use as a change or an item shows it; None where it is none, or is shortened."""
    if not written or len(written) > _MAX_USE or not (written.startswith("{{") and written.endswith("}}")):
        return None
    name, *params = _parted(written[2:-2])
    name = " ".join(name.replace("_", " ").split())
    return Use(name[:1].upper() + name[1:], tuple(map(_param, params))) if name else None


def in_one_form(written: str) -> str:
    """A use of a template with no blanks around anything; any other text as it is."""
    use = read_use(written)
    return use.written if use else written


def _parted(inner: str) -> list[str]:
    """The texts between the bars that stand in no link and no other template."""
    parts, depth, start = [], 0, 0
    for mark in _MARK.finditer(inner):
        if mark[0] != "|":
            depth += 1 if mark[0] in ("{{", "[[") else -1
        elif not depth:
            parts.append(inner[start : mark.start()])
            start = mark.end()
    return [*parts, inner[start:]]


def _param(written: str) -> tuple[str | None, str]:
    named = _NAMED.fullmatch(written)
    return (named[1], named[2].strip()) if named else (None, written.strip())
