"""Schema migrations, in order, each applied once in a transaction of its own."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from parsers.bulk_signatures import SIGNATURES
from storage.schema import BULK_ADDRESSES, LOG_STATES, OTHER_DIGESTS, TABLES, VIEWS
from storage.schema_items import ITEM_TABLES, ITEM_VIEWS
from storage.schema_pages import PAGE_TABLES, PAGE_TRIGGERS, PAGE_VIEWS
from storage.schema_reverts import REVERTS_VIEW
from storage.schema_revisions import REVISION_TABLES, REVISION_TRIGGERS, REVISION_VIEWS

migrations = Migrations("wikitrail")


def _execute_all(db: Database, script: str) -> None:
    """Run a script statement by statement: ``executescript`` would commit the migration's transaction."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_design(db: Database) -> None:
    """Everything that the design names."""
    _execute_all(db, PAGE_TABLES)
    _execute_all(db, TABLES)
    _execute_all(db, REVISION_TABLES)
    _execute_all(db, ITEM_TABLES)
    _execute_all(db, PAGE_VIEWS)
    _execute_all(db, REVISION_VIEWS)
    for trigger in (*PAGE_TRIGGERS, *REVISION_TRIGGERS):
        db.execute(trigger)
    _execute_all(db, ITEM_VIEWS)
    _execute_all(db, VIEWS)


@migrations()
def m002_bulk_addresses(db: Database) -> None:
    """What became of each old address of a bulk change, and what is remembered of the search."""
    _execute_all(db, BULK_ADDRESSES)
    db.execute(  # a file without changes needs none to be signed later
        "INSERT INTO sync_state (key, value) SELECT 'bulk_signatures', ? WHERE NOT EXISTS (SELECT 1 FROM change_steps)",
        [str(SIGNATURES)],
    )


@migrations()
def m003_reverts(db: Database) -> None:
    """The view of edits that brought back an earlier text."""
    _execute_all(db, REVERTS_VIEW)


@migrations()
def m004_log_states(db: Database) -> None:
    """Log entries that the wiki has no more are kept, marked."""
    _execute_all(db, LOG_STATES)


@migrations()
def m005_other_digests(db: Database) -> None:
    """Texts that are the wiki's, though it states another digest, are remembered."""
    _execute_all(db, OTHER_DIGESTS)
