"""The tables of intervals and changes as SQL: stored compactly under inner names, shown whole by views.

A page's history repeats itself: the same addresses, labels, section texts and edit summaries stand in thousands of
rows. So each string is kept once, in ``strings``, and rows hold its number; a long text that is like an earlier one
is kept as what differs. The views ``…_history`` and ``changes`` put the strings back, in SQL alone.
"""

from __future__ import annotations

from storage.times import time_sql

Column = tuple[str, str, str]  # name, type, meaning

# A column's type is INTEGER (kept as it is), STRING (kept in ``strings``), LONG (a string that may be kept as edits) or
# PAIRS (a JSON list of pairs of strings, kept as a list of their numbers) TIME (seconds since 1970) or
# EACH: rows that began together and differ in these columns alone stand in one row, with a list for each such column.
ITEMS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "infobox": (
        "infobox fields over time",
        (
            ("infobox", "STRING", "name of the infobox"),
            ("instance", "INTEGER", "1 for the first box of this name on the page"),
            ("field", "EACH", "field name"),
            ("value", "EACH", "what a reader sees"),
            ("raw", "EACH", "wikitext as written"),
            ("value_type", "EACH", "date, year, number, money, url or page, where the value reads as one"),
            ("value_norm", "EACH", "that reading in standard form, such as 2021-11-01"),
        ),
    ),
    "section": (
        "sections over time",
        (
            ("position", "INTEGER", "0 is the lead, then in order"),
            ("level", "INTEGER", "1 to 6; 0 for the lead"),
            ("title", "STRING", "heading as a reader sees it"),
            ("anchor", "STRING", "what follows # in its address"),
            ("path", "STRING", 'titles from the outermost section, joined by " / "'),
            ("text", "LONG", "what a reader sees, without heading and subsections"),
        ),
    ),
    "link": (
        "links over time",
        (
            ("kind", "STRING", "internal, external, file or interwiki"),
            ("target", "EACH", "full title with #fragment, of internal, file and interwiki links"),
            ("url", "EACH", "address as written, of external links"),
            ("host", "EACH", "host of the address in lower case"),
            ("label", "EACH", "what a reader sees"),
            ("path", "STRING", "section that holds it"),
            ("conditional", "INTEGER", "1 inside {{#if…}} and the like: may not be on the page"),
            ("occurrence", "INTEGER", "2 for the second of several equal links"),
        ),
    ),
    "category": (
        "categories over time",
        (
            ("name", "EACH", "category without prefix"),
            ("sort_key", "EACH", "sort key as written"),
            ("conditional", "INTEGER", "1 inside {{#if…}} and the like"),
        ),
    ),
    "paper": (
        "council papers over time",
        (
            ("number", "STRING", "paper number such as B/16/5505-01"),
            ("url", "STRING", "its address as written"),
            ("key_name", "STRING", "name of the part of the address that identifies it, such as VOLFDNR"),
            ("key_value", "STRING", "value of that part"),
            ("path", "STRING", "section that cites it"),
            ("occurrence", "INTEGER", "2 for the second equal citation"),
        ),
    ),
    "template": (
        "template uses over time",
        (
            ("name", "STRING", "normalised name"),
            ("instance", "INTEGER", "1 for the first use of this name on the page"),
            ("params", "PAIRS", "JSON list of [name, raw]"),
        ),
    ),
}

STEP: tuple[Column, ...] = (
    ("run_id", "INTEGER", "the run that observed it"),
    ("page_id", "INTEGER", "the page; NULL when a log entry names none that was ever seen"),
    ("title", "STRING", "the page's title when it was observed"),
    ("rev_from", "INTEGER", "revision before; NULL for a creation"),
    ("rev_to", "INTEGER", "revision after; NULL for an event that makes none"),
    ("timestamp", "TIME", "when it was made on the wiki"),
    ("user", "STRING", "who made it; NULL when hidden"),
    ("comment", "STRING", "edit summary or reason"),
    ("observed_at", "STRING", "when the run saw it"),
)
CHANGE: tuple[Column, ...] = (
    ("kind", "STRING", "page, infobox, section, link, category, template, file, redirect, paper or text"),
    (
        "action",
        "STRING",
        "added, removed, changed, moved, renamed; of pages created, deleted, restored, moved, protected",
    ),
    ("path", "STRING", 'where: Konzeption/Zuständigkeit, section titles joined by " / ", or empty'),
    ("label", "EACH", "of a link: the text that a reader sees; of a section or text that moved: the path that it left"),
    (
        "before",
        "EACH",
        "what stood there; NULL where there was nothing; wikitext where only that differs (cosmetic ones)",
    ),
    ("after", "EACH", "what stands there now; NULL where there is nothing"),
    ("significance", "STRING", "substantive, or cosmetic: a reader sees no difference in content"),
    ("noise_reason", "STRING", "of cosmetic ones: whitespace, markup, order, case, typography, notation, …"),
    ("bulk_id", "INTEGER", "the bulk change that it belongs to"),
)
# The columns that tell how many items a row stands for: the one of them that is not NULL is a list if there are several.
LEADING = {"infobox": ("field",), "link": ("target", "url"), "category": ("name",)}
LEADING_OF_CHANGE = ("after", "before")
NULLABLE = {
    "value_type", "value_norm", "target", "url", "host", "sort_key", "number", "key_name", "key_value", "page_id",
    "rev_from", "rev_to", "user", "comment", "label", "before", "after", "noise_reason", "bulk_id",
}  # fmt: skip

_STRINGS = """
CREATE TABLE strings ( -- strings of history and changes, each kept once; read them through the views
  string_id INTEGER PRIMARY KEY, -- number of the string
  text TEXT, -- the string; NULL where it is kept as edits
  base_id INTEGER, -- the string that it is like, which has a text
  edits TEXT, -- JSON list that makes it of that one: 1000 * start + length or [start, length] copies characters, a string is itself
  CHECK ((text IS NULL) = (edits IS NOT NULL))
) STRICT;
"""


LIST_SEPARATORS = ("]]\n[[", '","')  # in the text that a list is edits of, the first stands for the second


def string_sql(column: str) -> str:
    """SQL for the text of a string, whether it is kept whole or as edits of another one."""
    return f"(SELECT coalesce(k.text, {edited_sql('k.edits', 'k.base_id')}, '') FROM strings k WHERE k.string_id = {column})"


def list_sql(column: str) -> str:
    """SQL for a list, JSON, of a leading column."""
    wikitext, listed = (f"'{separator}'".replace("\n", "'||char(10)||'") for separator in LIST_SEPARATORS)
    edited = edited_sql("k.edits", "k.base_id", f"replace(b.text, {wikitext}, {listed})")
    return f"(SELECT coalesce(k.text, {edited}) FROM strings k WHERE k.string_id = {column})"


def whole_sql(column: str) -> str:
    """SQL for what is always kept whole."""
    return f"(SELECT text FROM strings WHERE string_id = {column})"


def trigger_sql(view: str, event: str, statements: str) -> str:
    """A trigger that takes INSERT, UPDATE or DELETE of a view to the tables below it."""
    return f"CREATE TRIGGER {view}_{event.lower()} INSTEAD OF {event} ON {view} BEGIN {statements} END"


def edited_sql(edits: str, base_id: str, base: str = "b.text") -> str:
    """SQL for the text that edits make of a string that is kept whole, see ``storage/edits.py``."""
    start, length = (f"json_extract(d.value, '$[{n}]')" for n in range(2))
    piece = (
        f"CASE d.type WHEN 'text' THEN d.value WHEN 'array' THEN substr({base}, {start}, {length})"
        f" ELSE substr({base}, d.value / 1000, d.value % 1000) END"
    )
    return f"(SELECT group_concat({piece}, '') FROM strings b, json_each({edits}) d WHERE b.string_id = {base_id})"


def each_sql(alias: str, column: str, leading: tuple[str, ...]) -> str:
    """SQL for one item's value of a column of type EACH; ``e`` is the row of ``members_sql``."""
    if column in leading:
        listed = f"iif(e.type = 'integer', {string_sql('e.value')}, e.value)"
    else:
        listed = string_sql(f"json_extract({whole_sql(f'-{alias}.{column}')}, '$[' || e.key || ']')")
    return f"iif({alias}.{column} < 0, {listed}, {string_sql(f'{alias}.{column}')})"


def pairs_sql(column: str) -> str:
    """SQL for a JSON list of pairs of strings, from the list of their numbers one after the other."""
    quoted = f"json_quote({string_sql('e.value')})"
    pairs = f"group_concat(iif(e.key % 2, {quoted} || ']', '[' || {quoted}), ', ')"
    listed = f"(SELECT '[' || {pairs} || ']' FROM json_each({whole_sql(f'-{column}')}) e)"
    return f"iif({column} < 0, {listed}, {string_sql(column)})"


def members_sql(alias: str, leading: tuple[str, ...]) -> str:
    """A table of the items that a row stands for: ``key`` is the position, ``value`` that of the leading column."""
    number = f"coalesce({', '.join(f'{alias}.{column}' for column in leading)}, 0)" if leading else ""
    return f"json_each(iif({number} < 0, {list_sql(f'-{number}')}, '[0]')) e"


# Of a row's list, the positions that it still speaks of; after -1 those that it does not speak of.
_IS_MEMBER = (
    "(h.members IS NULL OR (e.key IN (SELECT value FROM json_each(h.members)))"
    " = (json_extract(h.members, '$[0]') >= 0))"
)


def _stored(columns: tuple[Column, ...]) -> str:
    kept = {
        "STRING": "string: ",
        "LONG": "string: ",
        "EACH": "string, or less the number of a list: ",
        "PAIRS": "string, or less the number of a list: ",
        "TIME": "seconds since 1970: ",
    }
    stored = {"TIME": "ANY", "INTEGER": "INTEGER"}
    return "".join(
        f"  {name} {stored.get(type_, 'INTEGER')}{'' if name in NULLABLE else ' NOT NULL'},"
        f" -- {kept.get(type_, '')}{meaning}\n"
        for name, type_, meaning in columns
    )


def _shown(columns: tuple[Column, ...], alias: str, leading: tuple[str, ...] = ()) -> str:
    def value(name: str, type_: str) -> str:
        if type_ == "EACH":
            return each_sql(alias, name, leading)
        if type_ == "TIME":
            return time_sql(f"{alias}.{name}")
        if type_ == "PAIRS":
            return pairs_sql(f"{alias}.{name}")
        return string_sql(f"{alias}.{name}") if type_ in ("STRING", "LONG") else f"{alias}.{name}"

    return "".join(f"  {value(name, type_)} AS {name}, -- {meaning}\n" for name, type_, meaning in columns)


def _interval_table(kind: str, columns: tuple[Column, ...]) -> str:
    return f"""
CREATE TABLE {kind}_items ( -- how {kind}_history is kept
  page_id INTEGER NOT NULL REFERENCES page_rows (page_id), -- the page
  item INTEGER NOT NULL, -- number within the page and this table; of one item, or of several that began together
{_stored(columns)}\
  members TEXT, -- JSON list of the positions in the lists that this row speaks of, or after -1 of all others; NULL for all
  from_rev INTEGER NOT NULL, -- the first revision in which the item held
  to_rev INTEGER, -- the last revision in which it held; NULL while it holds
  began_at TEXT, -- when it began to hold, where that is not the time of from_rev
  ended_by INTEGER, -- the revision that ended it
  ended_at TEXT, -- when it ceased to hold, where no revision ended it
  PRIMARY KEY (page_id, item)
) STRICT, WITHOUT ROWID;
"""


def _interval_view(kind: str, meaning: str, columns: tuple[Column, ...]) -> str:
    leading = LEADING.get(kind, ())

    def time_of(revision: str) -> str:
        return f"(SELECT {time_sql('time')} FROM revision_rows WHERE rev_id = h.{revision})"

    return f"""
CREATE VIEW {kind}_history AS -- {meaning}
SELECT
  h.page_id AS page_id, -- the page
{_shown(columns, "h", leading)}\
  h.from_rev AS from_rev, -- the first revision in which the item held
  h.to_rev AS to_rev, -- the last revision in which it held; NULL while it holds
  coalesce(h.began_at, {time_of("from_rev")}) AS valid_from, -- when it began to hold (ISO 8601 UTC)
  coalesce(h.ended_at, {time_of("ended_by")}) AS valid_to -- when it ceased to hold, exclusive; NULL while it holds
FROM {kind}_items h{f" JOIN {members_sql('h', leading)} WHERE {_IS_MEMBER}" if leading else ""};
"""


_CHANGE_TABLES = f"""
CREATE TABLE change_steps ( -- one edit or event that changed something: what its rows in changes have in common
  step_id INTEGER PRIMARY KEY, -- change_id of its first change
  last_change_id INTEGER NOT NULL, -- change_id of its last one
{_stored(STEP)}\
  FOREIGN KEY (run_id) REFERENCES runs (run_id)
) STRICT;
CREATE INDEX change_steps_by_page ON change_steps (page_id);

CREATE TABLE change_items ( -- how changes is kept, with change_steps
  change_id INTEGER PRIMARY KEY, -- number of the change, or of the first of several that differ in the lists alone
  step_id INTEGER NOT NULL REFERENCES change_steps (step_id) DEFERRABLE INITIALLY DEFERRED, -- the edit or event
{_stored(CHANGE)}\
  FOREIGN KEY (bulk_id) REFERENCES bulk_changes (bulk_id) ON DELETE SET NULL
) STRICT;
CREATE INDEX change_items_by_bulk ON change_items (bulk_id) WHERE bulk_id IS NOT NULL;
"""

_CHANGE_VIEW = f"""
CREATE VIEW changes AS -- what was observed: differences between neighbouring revisions, and page events
SELECT
  i.change_id + e.key AS change_id, -- number of the change
{_shown(STEP, "s")}\
{_shown(CHANGE, "i", LEADING_OF_CHANGE)}\
  s.step_id AS step_id -- number of the first change of the same edit or event
FROM change_steps s JOIN change_items i ON i.step_id = s.step_id AND i.change_id BETWEEN s.step_id AND s.last_change_id
JOIN {members_sql("i", LEADING_OF_CHANGE)};
"""

ITEM_TABLES = _STRINGS + "".join(_interval_table(k, columns) for k, (_, columns) in ITEMS.items()) + _CHANGE_TABLES
ITEM_VIEWS = "".join(_interval_view(k, *rest) for k, rest in ITEMS.items()) + _CHANGE_VIEW
HISTORY_TABLES = tuple(ITEMS)
