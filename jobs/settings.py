"""What the command line and the configuration say together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jobs.config import Config, ScheduleConfig, load_config

DEFAULT_CONFIG = "wikitrail.toml"
DEFAULT_DATABASE = "wiki.db"


@dataclass(frozen=True, slots=True)
class Settings:
    """``folder`` is what relative paths of the configuration start from; ``quiet`` silences talk on stderr."""

    config: Config
    folder: Path
    database: Path
    quiet: bool = False
    verbose: bool = False

    def place(self, name: str) -> Path:
        """A file or folder that the configuration names."""
        return _place(self.folder, name)


def load_settings(config: Path | None, database: Path | None, *, quiet: bool, verbose: bool) -> Settings:
    """Settings from an explicit configuration, else from ``./wikitrail.toml`` if it exists, else the defaults."""
    path = config or Path(DEFAULT_CONFIG)
    loaded = load_config(path) if config is not None or path.exists() else Config(database=DEFAULT_DATABASE)
    if loaded.schedule.cron != ScheduleConfig().cron:
        from jobs.schedule import make_trigger  # only here: the scheduler takes long to import

        make_trigger(loaded.schedule)
    folder = path.parent
    return Settings(loaded, folder, _place(folder, loaded.database) if database is None else database, quiet, verbose)


def _place(folder: Path, name: str) -> Path:
    """A file that the configuration names; ``~`` is a home, which no shell has put there yet."""
    return folder / os.path.expanduser(name)  # noqa: PTH111 -- Path.expanduser raises where there is no such user
