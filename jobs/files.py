"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def becoming(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to: at the end it becomes ``path``, after a fault it is removed.

    An OSError that names no file, as of a full disk, is raised anew with the name of this one.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if error.filename is not None and error.filename != str(part):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # on a disk that is read-only, even what is not there cannot be removed
            part.unlink()
