"""Revisions and texts as SQL: stored compactly under inner names, shown whole by the views of the design.

The views can also be written to, by hand and by tools: triggers take such a statement to the inner tables. The
program itself writes to these.
"""

from __future__ import annotations

from storage.schema_items import string_sql, trigger_sql
from storage.times import seconds_sql, time_sql

# What a revision is marked with, in one number: three bits, and two states of two bits each.
MINOR, USER_HIDDEN, COMMENT_HIDDEN = 1, 2, 4
TEXT_STATES = ("present", "hidden", "missing")
STATES = ("live", "archived", "gone")
_TEXT_STATE, _STATE = 8, 32  # the place of each
LIVE = f"(flags < {_STATE})"
PRESENT = f"(flags & {3 * _TEXT_STATE} = 0)"
MISSING = f"(flags & {3 * _TEXT_STATE} = {2 * _TEXT_STATE})"
HIDDEN = f"(flags & {3 * _TEXT_STATE} = {_TEXT_STATE})"


def flags_of(*, minor: bool, user_hidden: bool, comment_hidden: bool, text_state: str, state: str) -> int:
    """The marks of a revision as one number."""
    marks = MINOR * minor + USER_HIDDEN * user_hidden + COMMENT_HIDDEN * comment_hidden
    return marks + _TEXT_STATE * TEXT_STATES.index(text_state) + _STATE * STATES.index(state)


def with_state(state: str) -> str:
    """SQL for the marks of a revision with another state."""
    return f"(flags % {_STATE} + {_STATE * STATES.index(state)})"


def with_text_state(text_state: str) -> str:
    """SQL for the marks of a revision with another state of its text."""
    return f"((flags & ~{3 * _TEXT_STATE}) + {_TEXT_STATE * TEXT_STATES.index(text_state)})"


def _case(value: str, words: tuple[str, ...]) -> str:
    return f"CASE {value} " + " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(words)) + " END"


def _number(value: str, words: tuple[str, ...]) -> str:
    return f"CASE {value} " + " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(words)) + " END"


ENCODINGS = ("zstd-delta", "zstd", "plain")

REVISION_TABLES = """
CREATE TABLE text_rows ( -- how texts is kept
  text_id INTEGER PRIMARY KEY, -- number of the text
  sha1 BLOB NOT NULL, -- digest of the exact bytes
  length INTEGER NOT NULL, -- bytes before compression
  encoding INTEGER NOT NULL CHECK (encoding IN (0, 1, 2)), -- 0 zstd-delta, 1 zstd, 2 plain
  base_id INTEGER REFERENCES text_rows (text_id), -- for zstd-delta: the text that serves as its prefix
  chain_length INTEGER NOT NULL, -- bytes to decompress before this text can be read, itself included
  chain_depth INTEGER NOT NULL, -- number of texts under this one in its chain
  data BLOB NOT NULL -- the text, UTF-8, encoded as said
) STRICT;
CREATE INDEX texts_by_sha1 -- a part of the digest tells nearly all texts apart
  ON text_rows (substr(sha1, 1, 4));

CREATE TABLE revision_rows ( -- how revisions is kept
  rev_id INTEGER PRIMARY KEY, -- the wiki's revision id
  page_id INTEGER NOT NULL REFERENCES page_rows (page_id), -- the page it belongs to today
  parent_id INTEGER, -- the revision it was made from
  time ANY NOT NULL, -- seconds since 1970; as text where the source wrote no proper time
  user INTEGER, -- string
  user_id INTEGER, -- 0 for unregistered editors
  comment INTEGER, -- string
  flags INTEGER NOT NULL CHECK (flags BETWEEN 0 AND 127), -- 1 minor, 2 user hidden, 4 comment hidden; 8 text hidden, 16 text missing; 32 archived, 64 gone
  size INTEGER, -- bytes as the wiki states them; NULL where they are those of its text
  sha1 ANY, -- digest; NULL where it is that of its text; 0 where there is a text and the wiki states none
  content_model INTEGER, -- string; NULL for wikitext
  tags INTEGER, -- string; NULL for none
  text_id INTEGER REFERENCES text_rows (text_id), -- its text
  observed_at INTEGER NOT NULL -- string
) STRICT;
CREATE INDEX revisions_by_page ON revision_rows (page_id, time);
CREATE INDEX revisions_by_time ON revision_rows (time);
"""

REVISION_VIEWS = f"""
CREATE VIEW texts AS -- each distinct text once, compressed
SELECT
  t.text_id AS text_id, -- number of the text
  lower(hex(t.sha1)) AS sha1, -- hex digest of the exact bytes
  t.length AS length, -- bytes before compression
  {_case("t.encoding", ENCODINGS)} AS encoding, -- how data is to be read: plain, zstd, or zstd-delta with base_id as prefix
  t.base_id AS base_id, -- for zstd-delta: the text that serves as its prefix
  t.chain_length AS chain_length, -- bytes to decompress before this text can be read, itself included
  t.chain_depth AS chain_depth, -- number of texts under this one in its chain
  t.data AS data -- the text, UTF-8, encoded as said
FROM text_rows t;

CREATE VIEW revisions AS -- every revision of every page
SELECT
  r.rev_id AS rev_id, -- the wiki's revision id
  r.page_id AS page_id, -- the page it belongs to today
  r.parent_id AS parent_id, -- the revision it was made from; NULL for a first one
  {time_sql("r.time")} AS timestamp, -- when it was made (ISO 8601 UTC)
  {string_sql("r.user")} AS user, -- name, or IP or temporary name of an unregistered editor; NULL when hidden
  r.user_id AS user_id, -- 0 for unregistered editors; NULL when hidden
  {string_sql("r.comment")} AS comment, -- edit summary; NULL when hidden
  r.flags & 1 AS minor, -- 1 for an edit marked as minor
  coalesce(r.size, (SELECT length FROM text_rows t WHERE t.text_id = r.text_id)) AS size, -- bytes as the wiki states them
  CASE typeof(r.sha1) WHEN 'null' THEN (SELECT lower(hex(t.sha1)) FROM text_rows t WHERE t.text_id = r.text_id) WHEN 'blob' THEN lower(hex(r.sha1)) WHEN 'text' THEN r.sha1 END AS sha1, -- hex digest of the main slot's exact bytes as the wiki has them; NULL when hidden
  iif(r.content_model IS NULL, 'wikitext', {string_sql("r.content_model")}) AS content_model, -- model of the main slot
  iif(r.tags IS NULL, '[]', {string_sql("r.tags")}) AS tags, -- JSON list of change tags, sorted
  {_case("(r.flags >> 3) & 3", TEXT_STATES)} AS text_state, -- present; hidden: by the wiki; missing: the wiki has lost it
  (r.flags >> 1) & 1 AS user_hidden, -- 1 when the wiki hides who made it
  (r.flags >> 2) & 1 AS comment_hidden, -- 1 when the wiki hides the summary
  {_case("r.flags >> 5", STATES)} AS state, -- live; archived: deleted with its page; gone: the wiki has no such id any more
  r.text_id AS text_id, -- its text; NULL unless present
  {string_sql("r.observed_at")} AS observed_at -- when a run first saw it
FROM revision_rows r;
"""


def _set_strings(condition: str) -> str:
    """Statements of a trigger that keep the strings of a row: the one added last is the one to be named."""
    return "".join(
        f" INSERT INTO strings (text) SELECT NEW.{column} WHERE NEW.{column} IS NOT NULL{condition.format(column)};"
        f" UPDATE revision_rows SET {column} = iif(NEW.{column} IS NULL, NULL, (SELECT max(string_id) FROM strings))"
        f" WHERE rev_id = NEW.rev_id{condition.format(column)};"
        for column in ("user", "comment", "content_model", "tags", "observed_at")
    )


_FLAGS = (
    "NEW.minor + 2 * NEW.user_hidden + 4 * NEW.comment_hidden"
    f" + 8 * {_number('NEW.text_state', TEXT_STATES)} + 32 * {_number('NEW.state', STATES)}"
)
_PLAIN = {
    "rev_id": "NEW.rev_id", "page_id": "NEW.page_id", "parent_id": "NEW.parent_id",
    "time": seconds_sql("NEW.timestamp"), "user_id": "NEW.user_id", "flags": _FLAGS, "text_id": "NEW.text_id",
    "size": "NEW.size", "sha1": "CASE WHEN NEW.sha1 IS NOT NULL THEN NEW.sha1 WHEN NEW.text_id IS NOT NULL THEN 0 END",
}  # fmt: skip
_OF_THE_TEXT = ("size", "sha1")  # may be NULL in favour of the text's own, as long as that stays


_SET = ", ".join(
    f"{column} = iif(NEW.{column} IS OLD.{column} AND NEW.text_id IS OLD.text_id, {column}, {value})"
    if column in _OF_THE_TEXT
    else f"{column} = {value}"
    for column, value in _PLAIN.items()
)
REVISION_TRIGGERS = (
    trigger_sql(
        "texts",
        "UPDATE",
        "UPDATE text_rows SET text_id = NEW.text_id, length = NEW.length, base_id = NEW.base_id, data = NEW.data,"
        " chain_length = NEW.chain_length, chain_depth = NEW.chain_depth,"
        f" encoding = {_number('NEW.encoding', ENCODINGS)},"
        " sha1 = iif(NEW.sha1 IS OLD.sha1, sha1, CAST(NEW.sha1 AS BLOB)) WHERE text_id = OLD.text_id;",
    ),
    trigger_sql("texts", "DELETE", "DELETE FROM text_rows WHERE text_id = OLD.text_id;"),
    trigger_sql("revisions", "DELETE", "DELETE FROM revision_rows WHERE rev_id = OLD.rev_id;"),
    trigger_sql(
        "revisions",
        "UPDATE",
        f"UPDATE revision_rows SET {_SET} WHERE rev_id = OLD.rev_id;{_set_strings(' AND NEW.{0} IS NOT OLD.{0}')}",
    ),
    trigger_sql(
        "revisions",
        "INSERT",
        f"INSERT INTO revision_rows ({', '.join(_PLAIN)}, observed_at) SELECT {', '.join(_PLAIN.values())}, 0;"
        f"{_set_strings('')}",
    ),
)
