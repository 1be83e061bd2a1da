"""Rewrite rules as values: an old and a new form, of literal texts and variables, and what fits them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MIN_PAGES = 3  # what was done alike on fewer pages is no bulk change
LOWER, UPPER = "lower case", "upper case"
_SITE = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]+/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Variable:
    """A part that differs from page to page and is kept; ``values`` is the expression that it must match.

    ``form`` says in words how its value is spelled where that is not as before: LOWER, UPPER, or with other zeros.
    """

    name: str
    values: str
    form: str = ""

    @property
    def shown(self) -> str:
        return f"{{{self.name}, {self.form}}}" if self.form else f"{{{self.name}}}"


Parts = tuple[str | Variable, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Old and new form as literal texts and variables, with the expressions that recognise them."""

    before: Parts
    after: Parts
    old_form: re.Pattern[str]
    new_form: re.Pattern[str]

    def in_one_spelling(self, values: Mapping[str, str]) -> dict[str, str]:
        """Values of variables as they are compared, with one spelling of what the rule spells in another way."""
        forms = {part.name: part.form for part in self.after if isinstance(part, Variable)}
        return {name: _in_one_spelling(forms.get(name, ""), value) for name, value in values.items()}

    @property
    def pattern_before(self) -> str:
        return shown_form(self.before)

    @property
    def pattern_after(self) -> str:
        return shown_form(self.after)


def _in_one_spelling(form: str, value: str) -> str:
    if form in (LOWER, UPPER):
        return value.casefold()
    return (value.lstrip("0") or "0") if form else value


def make_rule(before: Parts, after: Parts, end: str = "") -> Rule:
    """A rule of two forms; a variable has the same name in both. ``end`` is an expression that may follow both."""
    return Rule(before, after, _expression(before, end), _expression(after, end))


def shown_form(parts: Parts) -> str:
    """Literal text with ``{name}`` for each variable."""
    return "".join(part if isinstance(part, str) else part.shown for part in parts)


def _expression(parts: Parts, end: str) -> re.Pattern[str]:
    groups = []
    if len(parts) == 2 and isinstance(parts[0], str) and _SITE.fullmatch(parts[0]) and _is_anything(parts[1]):
        return re.compile(f"{re.escape(parts[0][:-1])}(?:/(?P<v1>.*))?", re.DOTALL)  # of any page, and of none
    for number, part in enumerate(parts):
        groups.append(re.escape(part) if isinstance(part, str) else f"(?P<v{number}>{part.values})")
    return re.compile("".join(groups) + end, re.DOTALL)


def _is_anything(part: str | Variable) -> bool:
    return isinstance(part, Variable) and not part.values.startswith("(?")


def read_variables(parts: Parts, form: re.Pattern[str], value: str) -> dict[str, str] | None:
    """What each variable stands for in ``value``, or None when it is not of this form."""
    first = parts[0] if parts else ""
    if isinstance(first, str) and not value.startswith(first.rstrip("/")):
        return None
    match = form.fullmatch(value)
    if not match:
        return None
    return {part.name: match[f"v{number}"] or "" for number, part in enumerate(parts) if isinstance(part, Variable)}


def has_old_form(rule: Rule, value: str) -> bool:
    """Whether a value is still to be rewritten. What fits both forms is of the one that says more of it."""
    if read_variables(rule.before, rule.old_form, value) is None:
        return False
    if read_variables(rule.after, rule.new_form, value) is None:
        return True
    return _literal_length(rule.before) > _literal_length(rule.after)


def _literal_length(parts: Parts) -> int:
    return sum(len(part) for part in parts if isinstance(part, str))


def literal_rule(before: str, after: str) -> Rule:
    """The rule that replaces one text by another."""
    return Rule((before,), (after,), re.compile(re.escape(before)), re.compile(re.escape(after)))
