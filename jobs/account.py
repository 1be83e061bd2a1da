"""Which account a wiki is read with: user name and password, and the login that is kept between runs.

Both come from the environment, or from a file that the configuration names; never from the configuration itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from jobs.config import ConfigError
from jobs.settings import Settings
from scraper.login import Account, Kept

USER, PASSWORD = "WIKITRAIL_USER", "WIKITRAIL_PASSWORD"
OTHERS = 0o077  # what the group and everybody else may do with a file


def account_for(settings: Settings, address: str, environment: Mapping[str, str] = os.environ) -> Account | None:
    """The account for the wiki at ``address``, or None. Raises ConfigError when it is named by half.

    The file of the configuration is for the wiki of the configuration, and for no other host.
    """
    name, password = environment.get(USER, ""), environment.get(PASSWORD, "")
    if bool(name) != bool(password):
        raise ConfigError(f"{USER if name else PASSWORD} is set, and {PASSWORD if name else USER} is not; set both.")
    if name:
        return Account(name, password)
    wiki = settings.config.wiki
    if not wiki.login_file or _host(address) != _host(wiki.url or address):
        return None
    return _read_account(settings.place(wiki.login_file))


def _read_account(path: Path) -> Account:
    try:
        if path.exists() and not (path.is_file() or path.is_fifo()):
            raise ConfigError(f"{path}, which “wiki.login_file” names, is no file; write name and password into one.")
        if os.name == "posix" and path.stat().st_mode & OTHERS:
            raise ConfigError(f"{path} holds a password, and others may read it; run “chmod 600 {path}”.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise ConfigError(f"{path}, which “wiki.login_file” names, cannot be read ({reason}).") from error
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) != 2:
        raise ConfigError(f"{path} is to hold two lines: the user name, and the password.")
    return Account(*filled)


def _host(address: str) -> str | None:
    return urlsplit(address).hostname


def is_exposed(address: str) -> bool:
    """Whether a password that goes there can be read on the way."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def kept_path(database: Path) -> Path:
    """Where the login for a database is kept: cookies, and no password."""
    return Path(f"{database}.session")


def load_kept(path: Path) -> Kept | None:
    """The login that was kept, if it is whole and nobody else could have read it."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        if os.name != "posix" or not path.stat().st_mode & OTHERS:
            data = json.loads(path.read_text(encoding="utf-8"))
            return Kept(**{**data, "cookies": tuple(data["cookies"])})
    return None


def save_kept(path: Path, kept: Kept) -> None:
    """Keep a login, readable by us alone; where that cannot be done the next run logs in anew."""
    fresh = path.with_name(f"{path.name}.new")
    with suppress(OSError):
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(kept), file)
        fresh.replace(path)
