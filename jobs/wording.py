"""Numbers and lists in what the command line says: a noun in the right form, a size in a unit that fits."""

from __future__ import annotations

from collections.abc import Sequence

_FEW = 5


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, and the verb of that where it has one: 1 page, 2 pages, 2 pages were; ``many`` takes
    an s by default."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def size(count: int) -> str:
    """A number of bytes for people: 2 kB, 1.4 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def few(items: Sequence[int | str]) -> str:
    """The first of what a sentence names: 3, 5, 8, 13, 21, …"""
    return ", ".join(map(str, items[:_FEW])) + ", …" * (len(items) > _FEW)
