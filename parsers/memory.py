"""A bounded memory of what was read, in two generations: what is used again survives, the rest goes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Remembers values by key, up to about ``capacity`` units of ``size(key)``.

    ``young`` holds the generation in use: what is in it may be looked up there directly.
    """

    def __init__(self, capacity: int, size: Callable[[K], int]) -> None:
        self.capacity = capacity // 2
        self.size = size
        self.young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._used = 0

    def get(self, key: K) -> V | None:
        value = self.young.get(key)
        if value is None:
            value = self._old.pop(key, None)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        if key not in self.young:
            self._used += self.size(key) + 1
            if self._used > self.capacity:
                self._old, self.young, self._used = self.young, {}, self.size(key) + 1
        self.young[key] = value


@contextmanager
def without_collection() -> Iterator[None]:
    """Hold the cyclic garbage collector: what reading makes has no cycles, and looking it through costs a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
