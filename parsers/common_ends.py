"""What two texts begin and end with in common, found by halving: slices are compared, not characters."""

from __future__ import annotations

from parsers.record import Span


def common_start(before: str, after: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(before: str, after: str, most: int | None = None) -> int:
    """How many characters two texts end with in common, no more than ``most``."""
    low, high = 0, min(len(before), len(after)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if before[len(before) - middle : len(before) - low] == after[len(after) - middle : len(after) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def common_ends(before: str, after: str) -> tuple[int, int]:
    """How many characters two texts begin with in common and, of what is left, end with."""
    head = common_start(before, after)
    return head, common_end(before, after, min(len(before), len(after)) - head)


def unlike_lines(before: str, after: str) -> tuple[Span, Span]:
    """The spans of two texts without the whole lines that they begin and end with in common."""
    head = before.rfind("\n", 0, common_start(before, after)) + 1
    tail = common_end(before, after, min(len(before), len(after)) - head)
    line_end = before.find("\n", len(before) - tail)
    tail = len(before) - line_end if line_end >= 0 else 0
    return (head, len(before) - tail), (head, len(after) - tail)
