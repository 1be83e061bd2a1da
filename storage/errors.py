"""What can be wrong with a database file, each as one sentence for the user."""

from __future__ import annotations


class StorageError(Exception):
    """Base of all storage errors; the message says what to do."""


class NotOurDatabase(StorageError):
    """The file is no SQLite database, or one that another program made."""


class NewerDatabase(StorageError):
    """A newer version of wikitrail has changed the schema."""


class MissingDatabase(StorageError):
    """The file does not exist, and the command only reads."""


class OtherWiki(StorageError):
    """What is to be written comes from another wiki than the one that the file mirrors."""


class DatabaseFull(StorageError):
    """The disk, or a quota, is full; nothing of the batch was written."""


class DatabaseBusy(StorageError):
    """Another process holds the file's write lock."""


class DamagedDatabase(StorageError):
    """The file is a SQLite database whose content SQLite cannot make sense of."""


class DamagedText(StorageError):
    """A stored text does not have the digest that it was stored under."""


class UnknownRevision(StorageError):
    """No such revision, or its text is not held."""
