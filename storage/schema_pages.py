"""Pages as SQL: a table with the current text as a string among others, and the view that shows it in plain.

What stands in a page's history is mostly what stands in its text, and is kept as edits of it. So the text is one of
``strings``, which never change; a newer text is kept as edits of it in turn, until too much is different.
"""

from __future__ import annotations

from storage.schema_items import edited_sql, string_sql, trigger_sql

_COLUMNS = """\
  namespace INTEGER NOT NULL, -- namespace number: 0 articles, 14 categories, …
  title TEXT NOT NULL, -- full title with namespace prefix and spaces
  state TEXT NOT NULL CHECK (state IN ('live', 'deleted')), -- live, or deleted (kept, marked)
  is_redirect INTEGER NOT NULL CHECK (is_redirect IN (0, 1)), -- 1 when the current text is a redirect
  redirect_to TEXT, -- where it leads: full title with #fragment
  content_model TEXT NOT NULL, -- wikitext, json, css, …
  latest_rev_id INTEGER NOT NULL, -- current revision as the wiki names it (neither the highest id nor the newest time)
  length INTEGER NOT NULL, -- bytes of the current text
  protection TEXT, -- JSON list of the protections, each with its expiry; NULL where only a dump is known, or the wiki fails to say
  text INTEGER, -- current wikitext in plain, to read it with any tool
  derived_rev_id INTEGER, -- last revision whose items stand in the history tables
  parser TEXT, -- version of the parser that read them, with the infoboxes that the configuration names
  first_seen_at TEXT NOT NULL, -- when a run first saw the page
  last_seen_at TEXT NOT NULL, -- when a run last read it from the wiki
  deleted_at TEXT -- when the wiki deleted it, or when its absence was noticed
"""
_NAMED = [(line.split()[0], line.split(" -- ", 1)[1]) for line in _COLUMNS.splitlines()]

PAGE_TABLES = f"""
CREATE TABLE page_rows ( -- how pages is kept
  page_id INTEGER PRIMARY KEY, -- the wiki's page id
  text_edits TEXT, -- what makes the current text of the string, where that is an earlier one
{_COLUMNS.replace("-- current wikitext in plain, to read it with any tool", "-- string: the current text, or one that it is like")}) STRICT;
CREATE INDEX pages_by_title ON page_rows (title);
"""

_TEXT = f"iif(p.text_edits IS NULL, {string_sql('p.text')}, {edited_sql('p.text_edits', 'p.text')})"
_SHOWN = "".join(
    f"  {_TEXT if name == 'text' else f'p.{name}'} AS {name}{'' if name == _NAMED[-1][0] else ','} -- {meaning}\n"
    for name, meaning in _NAMED
)

PAGE_VIEWS = f"""
CREATE VIEW pages AS -- every page that was ever seen, deleted ones included
SELECT
  p.page_id AS page_id, -- the wiki's page id
{_SHOWN}FROM page_rows p;
"""

_PLAIN = ["page_id", *(name for name, _ in _NAMED if name != "text")]
_TEXT_TOO = (
    " INSERT INTO strings (text) SELECT NEW.text WHERE NEW.text IS NOT NULL{0};"
    " UPDATE page_rows SET text_edits = NULL, text = iif(NEW.text IS NULL, NULL, (SELECT max(string_id) FROM strings))"
    " WHERE page_id = NEW.page_id{0};"
)
_SET = ", ".join(f"{name} = NEW.{name}" for name in _PLAIN)
_NEW = ", ".join(f"NEW.{name}" for name in _PLAIN)
PAGE_TRIGGERS = (
    trigger_sql("pages", "DELETE", "DELETE FROM page_rows WHERE page_id = OLD.page_id;"),
    trigger_sql(
        "pages",
        "UPDATE",
        f"UPDATE page_rows SET {_SET} WHERE page_id = OLD.page_id;{_TEXT_TOO.format(' AND NEW.text IS NOT OLD.text')}",
    ),
    trigger_sql(
        "pages", "INSERT", f"INSERT INTO page_rows ({', '.join(_PLAIN)}) VALUES ({_NEW});{_TEXT_TOO.format('')}"
    ),
)
