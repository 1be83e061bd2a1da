"""Schema migrations, in order, each applied once in a transaction of its own."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.schema import HISTORY_INDEXES, TABLES, VIEWS

migrations = Migrations("wikitrail")


def _execute_all(db: Database, script: str) -> None:
    """Run a script statement by statement: ``executescript`` would commit the migration's transaction."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_tables_and_views(db: Database) -> None:
    """Everything that the design names."""
    _execute_all(db, TABLES)
    _execute_all(db, HISTORY_INDEXES)
    _execute_all(db, VIEWS)
