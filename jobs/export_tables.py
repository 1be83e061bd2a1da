"""Writes a table as CSV or as JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

# A spreadsheet takes a cell that begins so for a formula and computes it (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a header and the rows (RFC 4180); how many rows.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay as they are, and
    what is NULL is empty.
    """
    writer = csv.writer(out)
    writer.writerow([_defused(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([_defused(value) for value in row])
        count += 1
    return count


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_json_lines(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write one JSON object a line, values as they are held; how many."""
    count = 0
    for row in rows:
        out.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
        count += 1
    return count
