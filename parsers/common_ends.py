"""What two texts begin and end with in common."""

from __future__ import annotations


def common_ends(before: str, after: str) -> tuple[int, int]:
    """How many characters two texts begin with in common and, of what is left, end with (found by halving)."""
    head = _common_head(before, after, min(len(before), len(after)))
    low, high = 0, min(len(before), len(after)) - head
    while low < high:
        middle = (low + high + 1) // 2
        if before[len(before) - middle : len(before) - low] == after[len(after) - middle : len(after) - low]:
            low = middle
        else:
            high = middle - 1
    return head, low


def _common_head(before: str, after: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
