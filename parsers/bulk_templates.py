"""Template uses whose parameters were renamed, dropped or added alike, whatever their values are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parsers.bulk_rules import Rule, Variable, make_rule
from parsers.change import Change, PageChange

_NAME = re.compile(r"\{\{\s*([^|{}]*[^|{}\s])\s*\|")
_PARAMETER = re.compile(r"\|\s*([^=|{}\[\]]*[^=|{}\[\]\s])\s*=")
_PREFIX = re.compile(r"(?:Vorlage|Template)\s*:\s*", re.IGNORECASE)
_INNER = re.compile(r"\[\[[^\[\]]*\]\]|\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """In uses of the template ``name`` the named parameters ``gone`` gave way to those that have ``come``."""

    name: str
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def rule(self) -> Rule:
        """The rule as it is shown; uses are held against ``is_old``."""
        return make_rule(self._form(self.gone), self._form(self.come))

    def _form(self, names: tuple[str, ...]) -> tuple[str | Variable, ...]:
        parts: list[str | Variable] = [f"{{{{{self.name}"]
        for number, name in enumerate(names):
            parts += [f"|{name}=", Variable("value" if not number else f"value{number + 1}", ".*")]
        return (*parts, "}}")

    def is_old(self, use: str) -> bool:
        """Whether a use as written has the parameters that went and not those that came."""
        found = _read(use)
        if found is None or found[0] != self.name:
            return False
        return set(self.gone) <= found[1] and not set(self.come) & found[1]


def _read(use: str) -> tuple[str, set[str]] | None:
    """Name and named parameters of a template use as written; those of templates inside it do not count."""
    name = _NAME.match(use)
    if not name:
        return None
    outer = use[2:-2]
    while (inner := _INNER.sub("", outer)) != outer:
        outer = inner
    return template_title(name[1]), set(_PARAMETER.findall(outer))


def template_title(written: str) -> str:
    """The title of a template used as ``Vorlage:name_of_it``: its first letter is a capital one (Help:Templates)."""
    title = " ".join(_PREFIX.sub("", written.replace("_", " ").strip(), count=1).split())
    return title[:1].upper() + title[1:]


def title_expression(title: str) -> str:
    """The expression of a title in a use of it, where its first letter may be a small one and a blank ``_``."""
    first = {title[:1].upper(), title[:1].lower()}
    start = re.escape(title[:1]) if len(first) == 1 else f"[{''.join(sorted(first))}]"
    return start + r"[\s_]+".join(map(re.escape, title[1:].split(" ")))


def parameters_of(change: Change) -> Parameters | None:
    """The parameters that went and came with a change of a template use; None where none went."""
    old, new = _read(change.before or ""), _read(change.after or "")
    if old and new and old[0] == new[0] and old[1] - new[1]:
        return Parameters(old[0], tuple(sorted(old[1] - new[1])), tuple(sorted(new[1] - old[1])))
    return None


def group_parameters(changes: Iterable[PageChange]) -> Mapping[Parameters, list[PageChange]]:
    """Changes of template uses by the parameters that went and came; values alone are no matter here."""
    groups: defaultdict[Parameters, list[PageChange]] = defaultdict(list)
    for change in changes:
        if key := parameters_of(change.change):
            groups[key].append(change)
    return groups
