"""How a bulk change is to be named: what kind of thing became what, by the names that a reader knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from parsers.change import BulkChange, PageChange

_VARIABLE = re.compile(r"(?<!\{)\{[^{}]+\}")
_USE = re.compile(r"\{\{([^|{}]+)")
_FIELD = re.compile(r"(?:\A| \| )([^|={}]+) = \{")
_DATE = re.compile(r"\{(DD|D|MM|M|Month|YYYY)\}")
_SPELLED = re.compile(r"\{[^{}]+, (lower case|upper case|\d+ digits|with zeros|no zeros)\}")
_SPELLINGS = ("lower case", "upper case", "no zeros")


@dataclass(frozen=True, slots=True)
class BulkName:
    """``what`` says what happened, ``before`` and ``after`` are the short names of what was replaced by what.

    - ``host``: links moved from one host, or page, to another; ``address``: links changed on one host; ``lower case``,
      ``upper case``, ``zeros``, ``no zeros``: they were spelled anew;
    - ``to template``, ``from template``: links and uses of a template took each other's place;
    - ``field``: an infobox field was renamed; ``value``: a value of the field ``other`` was replaced;
    - ``split``, ``joined``, ``moved``: fields were split in two (``other`` is the second one), put together, left for
      another one;
    - ``sort key``: those of a category; ``shown category``: it became a link to its page, ``hidden category``: the
      contrary;
    - ``dates``: dates were given another form, shown by an example;
    - ``text``: words, marks or parameters were replaced inside texts, files and template uses; else the kind itself.

    ``rows_each`` is how many changes tell one such rewriting together.
    """

    what: str
    before: str
    after: str
    other: str = ""
    rows_each: int = 1


def name_bulk(bulk: BulkChange, members: Sequence[PageChange]) -> BulkName:
    """How to name a bulk change, of which some members are given; what a rule keeps is left out."""
    named = _name_bulk(bulk, members)
    if named.what == "sort key":  # it tells the page's title from other keys
        return named
    return replace(named, before=_VARIABLE.sub("…", named.before), after=_VARIABLE.sub("…", named.after))


def _name_bulk(bulk: BulkChange, members: Sequence[PageChange]) -> BulkName:
    before, after = bulk.pattern_before, bulk.pattern_after
    if _DATE.search(before) and _DATE.search(after) and "{YYYY}" in before:
        return BulkName("dates", _example(before), _example(after))
    if bulk.kind == "link":
        return _link(before, after)
    if bulk.kind == "template" and (use := _USE.match(before)) and (host := _host(after)):
        return BulkName("from template", use[1], host, rows_each=2)
    if bulk.kind == "category":
        return _category(before, after, members)
    changed = all(member.change.action == "changed" for member in members)
    if bulk.kind == "infobox":
        return _fields(before, after) or _field(before, after, members[0].change.path if changed else None)
    return BulkName("text" if changed and bulk.kind in ("section", "template") else bulk.kind, before, after)


def _link(before: str, after: str) -> BulkName:
    old, new = _host(before), _host(after)
    if old and (use := _USE.match(after)):
        return BulkName("to template", old, use[1], rows_each=2)
    if old and new and old != new:
        return BulkName("host", old, new)
    if spelled := _SPELLED.search(after):
        what = spelled[1] if spelled[1] in _SPELLINGS else "zeros"
    else:
        what = "address" if "://" in before else "host"
    return BulkName(what, old or before, new or after)


def _host(address: str) -> str | None:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host if host and "{" not in host else None


def _fields(before: str, after: str) -> BulkName | None:
    """Fields that were split, joined or left for others: their names stand in the patterns."""
    old, new = _FIELD.findall(before), _FIELD.findall(after)
    rows = len({*old, *new})
    if len(old) == 1 and len(new) == 2:
        return BulkName("split", old[0], new[0], new[1], rows)
    if len(old) == 2 and len(new) == 1:
        return BulkName("joined", old[0], new[0], old[1], rows)
    return BulkName("moved", old[0], new[0], rows_each=rows) if len(old) == len(new) == 1 else None


def _field(before: str, after: str, path: str | None) -> BulkName:
    if path is None:
        return BulkName("field", _last_part(before), _last_part(after))
    return BulkName("value", before, after, path.partition("/")[2])


def _last_part(path: str) -> str:
    """The field's own name, where a rule names it with its infobox."""
    box, slash, name = path.partition("/")
    return name if slash and name and " " not in box else path


def _category(before: str, after: str, members: Sequence[PageChange]) -> BulkName:
    if before.startswith("[[") and after.startswith("[["):
        what = "shown category" if after.startswith("[[:") else "hidden category"
        return BulkName(what, before.strip("[]:").partition(":")[2], after, rows_each=2)
    (old, _, key_old), (new, _, key_new) = before.partition("|"), after.partition("|")
    if old == new and all(member.change.action == "changed" for member in members):
        return BulkName("sort key", old, key_new, key_old)
    return BulkName("category", before, after)


def _example(form: str) -> str:
    """The first of July 2024 in this form."""
    month = "Juli" if ". {Month}" in form else "July"
    parts = {"DD": "01", "D": "1", "MM": "07", "M": "7", "Month": month, "YYYY": "2024"}
    return _DATE.sub(lambda match: parts[match[1]], form)
