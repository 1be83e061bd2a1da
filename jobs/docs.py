"""Generates the reference pages of ``docs/``, from the database and the command line themselves.

``python -m jobs.docs`` writes them; with ``--check`` it only says whether they are current (for ``make check``).
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import click

from jobs.cli import COMMANDS, LazyGroup, cli
from jobs.config import Config
from parsers.record_schema import record_schema
from storage.database import Database, open_database

DOCS = Path(__file__).resolve().parent.parent / "docs"
_COLUMN = re.compile(r"^\s+(?P<name>\w+) (?P<type>INTEGER|TEXT|BLOB)\b.*?,? -- (?P<meaning>.+)$")
_SHOWN = re.compile(r"^\s+.+ AS (?P<name>\w+),? -- (?P<meaning>.+)$")  # a column of a view
_INNER = re.compile(
    r"strings|change_steps|bulk_signatures|bulk_pages|\w+_(?:rows|items)"
)  # what views or searches rest on


def schema_page() -> str:
    """``docs/schema.md``: every table, column and view of a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "wiki.db", create=True)
        try:
            return "\n".join(["# The database", "", *_SCHEMA_INTRODUCTION, *_views(db), *_tables(db)]) + "\n"
        finally:
            db.close()


_SCHEMA_INTRODUCTION = """\
One file holds one wiki; `ATTACH` several to compare them. Times are ISO 8601 UTC with `Z`. Tables are STRICT, foreign
keys are on, the journal is a write-ahead log: readers never wait for a run.

This page is made from the database itself: `python -m jobs.docs`.
""".split("\n")


_REVISIONS_INTRODUCTION = """\
These are views over compact tables, and are read like tables; statements that change them work, too.
""".split("\n")


_HISTORY_INTRODUCTION = """\
Intervals are the whole of the history: an item is stored once for as long as it holds. What held at the time `:t`:

```sql
SELECT * FROM infobox_history WHERE valid_from <= :t AND (valid_to IS NULL OR valid_to > :t);
```

Changes are what was observed and are never rewritten. Intervals are what the wiki says today; they are built anew for
a page whose history changed behind us (an import, a merge, a restore).

These are views, and are read like tables: each string is kept once in the file, long texts as what differs from an
earlier one, so that a history of many revisions stays small.
""".split("\n")


def _tables(db: Database) -> list[str]:
    lines = ["## Tables", ""]
    rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%' ORDER BY rowid")
    inner = [
        "## Inner tables",
        "",
        "What the views of pages, revisions, history and changes are made of; read those rather than these.",
        "",
    ]
    for name, sql in rows.fetchall():
        head, *body = sql.split("\n")
        meaning = _sentence(head.split(" -- ", 1)[1])
        if _INNER.fullmatch(name):
            inner.append(f"- `{name}`: {meaning[0].lower()}{meaning[1:]}")
        else:
            lines += [f"### {name}", "", meaning, "", *_columns(db, name, body, _COLUMN)]
    return lines + inner


def _columns(db: Database, name: str, body: list[str], form: re.Pattern[str]) -> list[str]:
    found = [match.groupdict() for line in body if (match := form.match(line))]
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})").fetchall()]
    if [column["name"] for column in found] != columns:
        raise ValueError(f"a column of {name} has no explanation: {columns}")
    heads = list(form.groupindex)
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [f"| `{c['name']}` | {' | '.join(_cell(c[head]) for head in heads[1:])} |" for c in found]
    return [*lines, ""]


def _views(db: Database) -> list[str]:
    revisions = ["## Pages, revisions and texts", "", *_REVISIONS_INTRODUCTION]
    history = ["## History and changes", "", *_HISTORY_INTRODUCTION]
    current = [
        "## Views of what stands now",
        "",
        "Besides these there is one view per infobox, `record_konzeption`: a row a page, a column a field.",
        "",
    ]
    for name, sql in db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid").fetchall():
        head, *body = sql.split("\n")
        lines = [f"### {name}", "", _sentence(head.split(" -- ", 1)[1]), ""]
        if name in ("pages", "revisions", "texts"):
            revisions += [*lines, *_columns(db, name, body, _SHOWN)]
        elif name in ("changes", "reverts") or name.endswith("_history"):
            history += [*lines, *_columns(db, name, body, _SHOWN)]
        else:
            columns = ", ".join(f"`{row[1]}`" for row in db.execute(f"PRAGMA table_info({name})").fetchall())
            current += [*lines, f"Columns: {columns}.", ""]
    return [*revisions, *history, *current]


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")


def _sentence(text: str) -> str:
    text = _cell(text)
    return text[0].upper() + text[1:]


def commands_page() -> str:
    """``docs/commands.md``: the help of every command."""
    lines = ["# The command line", "", "What `wikitrail --help` and `wikitrail COMMAND --help` print.", ""]
    context = click.Context(cli, info_name="wikitrail", max_content_width=100, terminal_width=100)
    lines += ["```text", cli.get_help(context), "```", ""]
    assert isinstance(cli, LazyGroup)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        nested = click.Context(command, info_name=name, parent=context, max_content_width=100, terminal_width=100)
        lines += [f"## {name}", "", "```text", command.get_help(nested), "```", ""]
    return "\n".join(lines)


def configuration_page() -> str:
    """``docs/configuration.md``: every setting with its default."""
    lines = ["# Configuration", "", *_CONFIGURATION_INTRODUCTION, "| setting | default | meaning |", "|---|---|---|"]
    for section in fields(Config):
        if isinstance(section.default_factory, type):
            for setting in fields(section.default_factory):
                name = f"{section.name}.{setting.name}"
                lines.append(f"| `{name}` | {_default(setting.default)} | {_sentence(setting.metadata['help'])} |")
        else:
            lines.append(f"| `{section.name}` | {_default(section.default)} | {_sentence(section.metadata['help'])} |")
    return "\n".join([*lines, "", *_ACCOUNTS])


_CONFIGURATION_INTRODUCTION = """\
`wikitrail.toml` is read from the current folder, or from where `--config` points. `wikitrail init URL` writes one with
comments. A setting `wiki.url` stands as `url = "…"` under `[wiki]`. An unknown or mistyped setting stops every command
with exit code 2 and the nearest known name.
""".split("\n")


_ACCOUNTS = """\
## Reading as an account

A wiki that only members may read, and one where an account may have ten times as much at once, is read as an account:

    export WIKITRAIL_USER='Nora Feld@spiegel' WIKITRAIL_PASSWORD='…'

or with both in a file, a line each, that `wiki.login_file` names and that nobody else may read (`chmod 600`). The file
is used for the host of `wiki.url` alone. Secrets never stand in the configuration, the database or a message.

- Make a **bot password** at Special:BotPasswords of the wiki, with the grant “Basic rights”, and “High-volume editing”
  if the account has the right `apihighlimits` (members of the group bot have it). It then gets 500 texts and 5,000
  entries of a list in one request, in place of 50 and 500. Where texts are long, less is asked for at once.
- Each request is sure of its account (`assert`, `assertuser`); a login that is lost half-way is made again.
- A login costs three requests. It is kept for the next run in a file beside the database (`wiki.db.session`, readable
  by you alone; cookies, and no password), so that a run with nothing new stays one request while the wiki remembers
  it: an hour after the last request by MediaWiki's default.
- A mirror shows what the public may read: what the wiki hides from it (revision deletion, the log of suppressions)
  is hidden in the mirror too, also where the account may see it.
- A bot password holds in the API alone. The rare text that the API alters (Unicode normalisation of an imported page)
  is asked for at `index.php`, which on a members-only wiki takes the password of the account itself.
""".split("\n")


def _default(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def record_schema_page() -> str:
    """``docs/record.schema.json``: the JSON Schema of what ``wikitrail parse`` prints."""
    return json.dumps(record_schema(), ensure_ascii=False, indent=1) + "\n"


PAGES = {
    "schema.md": schema_page,
    "commands.md": commands_page,
    "configuration.md": configuration_page,
    "record.schema.json": record_schema_page,
}


def main() -> int:
    """Write the pages, or with ``--check`` compare them; 1 when one is not current."""
    stale = []
    for name, make in PAGES.items():
        path, wanted = DOCS / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(wanted, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"Not current: {', '.join(stale)}; run “make docs”.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
