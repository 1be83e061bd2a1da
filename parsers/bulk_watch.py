"""What is asked for on behalf of a rule, and what of a new change or item could alter a bulk change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from parsers.change import CurrentItem, PageChange
from parsers.immutable import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """Values that begin with ``beginning``, an expression if ``is_expression``, and those whose path matches ``path``.

    Where ``beginning`` is None, none are wanted for their values.
    """

    beginning: str | None = ""
    path: str | None = None
    is_expression: bool = False

    @classmethod
    def any_of(cls, several: Iterable[Wanted]) -> Wanted:
        """What any of these wants; its beginning is an expression."""
        wanted = list(several)
        values = [(w.beginning, w.is_expression) for w in wanted if w.beginning is not None]
        beginnings = {beginning if is_expression else re.escape(beginning) for beginning, is_expression in values}
        paths = {w.path for w in wanted if w.path is not None}
        beginning = "|".join(sorted(beginnings)) if "" not in beginnings else ""
        return cls(beginning if beginnings else None, "|".join(sorted(paths)) or None, is_expression=True)

    @property
    def is_all(self) -> bool:
        return self.beginning == ""

    def fits(self, value: str | None, path: str | None) -> bool:
        """Whether an item, or a change with its new value, is wanted; needs ``is_expression``."""
        if value is not None and self.beginning is not None and _compiled(self.beginning).match(value):
            return True
        return bool(self.path and path is not None and _compiled(self.path).match(path))


@dataclass(frozen=True, slots=True)
class Watch:
    """What the old form of a rule is known by: changes of ``kind`` and items of ``asks`` that ``form`` is found in.

    ``form`` is an expression; ``hidden`` a text in which it is not looked for.
    """

    kind: str
    asks: str
    form: str
    hidden: str = ""

    def concerns(self, change: PageChange) -> bool:
        """Whether a change could follow the rule, or bring its old form back."""
        told = change.change
        return told.kind == self.kind and any(self._stands_in(t) for t in (told.before, told.after, told.path) if t)

    def is_in(self, item: CurrentItem) -> bool:
        """Whether an item could have the old form."""
        return item.kind == self.asks and (self._stands_in(item.value) or self._stands_in(item.path))

    def _stands_in(self, text: str) -> bool:
        shown = text.replace(self.hidden, "\0") if self.hidden else text
        return _compiled(self.form).search(shown) is not None


@lru_cache(maxsize=10_000)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL)
