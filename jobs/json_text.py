"""JSON for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_text(value: Any, margin: str = "") -> str:
    """JSON in which an object stands on a line of its own, unless it holds lists of further ones.

    ``json.dumps`` with an indentation puts each number of a span on a line, and takes ten times as long.
    """
    if not isinstance(value, (dict, list)) or not value or _is_flat(value):
        return _ENCODER.encode(value)
    inner = margin + " "
    if isinstance(value, list):
        lines = [inner + json_text(item, inner) for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    lines = [f"{inner}{_ENCODER.encode(name)}: {json_text(item, inner)}" for name, item in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"


def _is_flat(value: dict[str, Any] | list[Any]) -> bool:
    if isinstance(value, list):
        return not any(isinstance(item, (dict, list)) for item in value)
    return all(
        not isinstance(item, (dict, list)) or not any(isinstance(one, (dict, list)) for one in _items(item))
        for item in value.values()
    )


def _items(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
