"""Which fault means which exit code: the one place where errors become sentences on stderr."""

from __future__ import annotations

from jobs.config import ConfigError
from scraper.errors import BadAddress, LoginFailed, Temporary, WikiError
from storage.errors import DatabaseBusy, MissingDatabase, NewerDatabase, NotOurDatabase, OtherWiki, StorageError

DONE, FAILED, USAGE, TEMPORARY, INTERRUPTED = 0, 1, 2, 75, 130


class UsageError(Exception):
    """The command cannot be carried out as it was given; the message says how to give it."""


class Locked(Exception):
    """Another run works on the same database."""


EXPECTED = (WikiError, StorageError, ConfigError, UsageError, Locked)


def exit_code(error: Exception) -> int:
    """The exit code that the design gives to a fault."""
    if isinstance(error, (Temporary, DatabaseBusy, Locked)):
        return TEMPORARY
    usage = (
        BadAddress,
        LoginFailed,
        ConfigError,
        UsageError,
        OtherWiki,
        NotOurDatabase,
        NewerDatabase,
        MissingDatabase,
    )
    return USAGE if isinstance(error, usage) else FAILED
