"""``wikitrail coverage`` as text: what is filled, what looks wrong, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from storage.coverage import BoxCoverage, FieldCoverage, PageDiagnostic
from storage.schema import blank_sql

MOST_PAGES = 20  # with diagnostics, on a terminal
_MOST_FIELDS = 60  # of one infobox
_WIDTH = 40  # of the name of a field


def coverage_text(boxes: Sequence[BoxCoverage], pages: Sequence[PageDiagnostic]) -> str:
    """The whole answer for a terminal."""
    lines: list[str] = []
    for box in boxes:
        lines += [*_box_lines(box), ""]
    titles = list(dict.fromkeys(one.title for one in pages))
    if titles:
        lines.append(f"Pages with something that could not be read as it was probably meant: {len(titles)}")
        for title in titles[:MOST_PAGES]:
            lines.append(f"  {_plain(title, 100)}")
            lines += [f"    {_times(one)}{one.code}: {one.message}" for one in pages if one.title == title]
        if len(titles) > MOST_PAGES:
            lines.append(f"  … and {len(titles) - MOST_PAGES} more; --json lists them all.")
    else:
        lines.append("Every page could be read whole.")
    return "\n".join([*lines, "", *_next_steps(boxes, pages)])


def _box_lines(box: BoxCoverage) -> list[str]:
    gone = "" if box.pages == box.pages_ever else f", {box.pages_ever} ever"
    head = f"{_plain(box.infobox)}: on {box.pages} {_plural(box.pages, 'page')}{gone}, since {box.first_at[:10]}"
    shown = box.fields[:_MOST_FIELDS]
    width = max((cell_len(_plain(field.field)) for field in shown), default=0)
    lines = [head, f"  {'field'.ljust(width)}  filled now     since       remark"] if shown else [head]
    for field in shown:
        name = _plain(field.field)
        filled = f"{field.filled} of {field.boxes}"
        share = "" if field.percent is None else f"{field.percent:.0f} %"
        row = f"  {name}{' ' * (width - cell_len(name))}  {filled:<9}{share:>5} {field.first_at[:10]}  {_remark(field)}"
        lines.append(row.rstrip())
    if len(box.fields) > len(shown):
        lines.append(f"  … and {len(box.fields) - len(shown)} more; --json lists them all.")
    return lines


def _remark(field: FieldCoverage) -> str:
    ever = f"on {field.pages_ever} {_plural(field.pages_ever, 'page')}"
    words = {
        "spelling": f"a spelling of “{_plain(field.near or '')}”? ({ever})",
        "one page": "seen on one page only",
        "rare": f"rare ({ever})",
    }
    parts = [words[field.remark]] if field.remark in words else []
    if field.last_at is not None:
        parts.append(f"not used since {field.last_at[:10]}" + ("" if parts else f" ({ever} before)"))
    blank = field.pages - field.filled
    if blank:
        parts.append(f"blank on {blank} {_plural(blank, 'page')}")
    return "; ".join(parts)


def _next_steps(boxes: Sequence[BoxCoverage], pages: Sequence[PageDiagnostic]) -> list[str]:
    """What somebody can do with it, with queries that run as they stand."""
    steps: list[str] = []
    spelt = next((f for box in boxes for f in box.fields if f.remark == "spelling" and f.pages), None)
    blank = next((f for box in boxes for f in box.fields if f.pages > f.filled), None)
    gone = next((f for box in boxes for f in box.fields if f.remark in ("unused", "rare") and f.last_at), None)
    if spelt is not None:
        steps.append(
            f"Which pages spell it so: SELECT title, value FROM infobox WHERE field = {_literal(spelt.field)};"
        )
    if blank is not None:
        where = f"infobox = {_literal(blank.infobox)} AND field = {_literal(blank.field)}"
        steps.append(f"Where it is blank: SELECT title FROM infobox WHERE {where} AND {blank_sql('value')};")
    if gone is not None:
        where = f"infobox = {_literal(gone.infobox)} AND field = {_literal(gone.field)}"
        steps.append(f"What a field held that is not used now: SELECT * FROM infobox_history WHERE {where};")
    if pages:
        steps.append("What could not be read: SELECT * FROM coverage_diagnostics; “span” in diagnostics says where.")
    steps.append("The same as SQL: the views coverage_infoboxes, coverage_fields, coverage_diagnostics.")
    steps.append("What else can be asked, with its query: docs/questions.md.")
    return ["Next:", *(f"- {step}" for step in steps)]


def _times(one: PageDiagnostic) -> str:
    return f"{one.occurrences} × " if one.occurrences > 1 else ""


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _plain(name: str, width: int = _WIDTH) -> str:
    """A name from the wiki on one line of a terminal, without characters that could steer it."""
    line = "".join(c if c.isprintable() else " " for c in name)
    return line if len(line) <= width else line[: width - 1] + "…"


def _literal(text: str) -> str:
    return "'" + "".join(c for c in text if c.isprintable()).replace("'", "''") + "'"
