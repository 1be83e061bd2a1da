"""``dataclass`` for values that are made by the hundred thousand: frozen for the type checker, as cheap as an open one.

A frozen dataclass sets each field by ``object.__setattr__``, which makes it three times as dear to create; reading a
history creates millions. mypy sees the real decorator and refuses any assignment, so that nothing is lost.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool):
        """A dataclass with the equality and the hash of a frozen one."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ["dataclass"]
