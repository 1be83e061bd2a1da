"""A bounded memory of what was read, in two generations: what is used again survives, the rest goes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Remembers values by key, up to about ``capacity`` units of the sizes they are put with."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity // 2
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}
        self._size = 0

    def get(self, key: K) -> V | None:
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.pop(key, None)
            if entry is None:
                return None
            self._keep(key, entry)
        return entry[0]

    def put(self, key: K, value: V, size: int) -> None:
        self._keep(key, (value, size + 1))

    def _keep(self, key: K, entry: tuple[V, int]) -> None:
        previous = self._young.get(key)
        self._young[key] = entry
        self._size += entry[1] - (previous[1] if previous else 0)
        if self._size > self.capacity:
            self._old, self._young, self._size = self._young, {}, 0
