"""Options that every command takes, before or after its name, and the settings that follow from them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from jobs.errors import UsageError
from jobs.settings import DEFAULT_CONFIG, DEFAULT_DATABASE, Settings, load_settings

_SHARED = (
    click.option("--config", type=click.Path(path_type=Path), help=f"Configuration; ./{DEFAULT_CONFIG} if it exists."),
    click.option(
        "--db", type=click.Path(path_type=Path), help=f"Database; that of the configuration, else ./{DEFAULT_DATABASE}."
    ),
    click.option("-v", "--verbose", is_flag=True, help="Say more, and show where an unforeseen fault came from."),
    click.option("-q", "--quiet", is_flag=True, help="No talk but errors; results are printed all the same."),
)
_YEARS = range(1000, 3000)  # that have four digits, as times are compared, and no end of the calendar near


def shared_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take the shared options; what stands nearest to the end of the line counts."""

    @functools.wraps(function)
    def wrapper(config: Path | None, db: Path | None, verbose: bool, quiet: bool, **rest: Any) -> Any:
        given = click.get_current_context().ensure_object(dict)
        given.update({k: v for k, v in {"config": config, "db": db, "verbose": verbose, "quiet": quiet}.items() if v})
        return function(**rest)

    for option in reversed(_SHARED):
        wrapper = option(wrapper)
    return wrapper


def current_settings() -> Settings:
    """The settings of the command that is running. Raises ConfigError."""
    given = click.get_current_context().ensure_object(dict)
    return load_settings(
        given.get("config"), given.get("db"), quiet=given.get("quiet", False), verbose=given.get("verbose", False)
    )


def given_config_path() -> Path:
    """The configuration file that was named, or the usual one, whether it exists or not."""
    return click.get_current_context().ensure_object(dict).get("config") or Path(DEFAULT_CONFIG)


def say(text: str, settings: Settings | None = None) -> None:
    """Talk, on stderr; nothing when quiet."""
    if settings is None or not settings.quiet:
        click.echo(text, err=True)


class Moment(click.ParamType[str]):
    """A moment: ``2024-07-01``, ``2024-07-01T08:30``, with ``Z`` or an offset, or an age such as ``7d`` or ``12h``.

    Without an offset it is UTC; a day counts from its beginning. The value is ISO 8601 UTC with ``Z``.
    """

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the moment, or fail with how to write one."""
        moment: datetime | None
        try:
            if age := re.fullmatch(r"(\d+)([mhd])", value):
                unit = {"m": "minutes", "h": "hours", "d": "days"}[age[2]]
                moment = datetime.now(UTC) - timedelta(**{unit: int(age[1])})
            else:
                moment = datetime.fromisoformat(value)
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"“{value}” is no time; write 2024-07-01, 2024-07-01T08:30Z, or an age such as 7d or 12h.")
        except OverflowError:
            moment = None
        if moment is None or moment.year not in _YEARS:
            self.fail(f"“{value}” is not within the years {_YEARS[0]} to {_YEARS[-1]}.")
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


MOMENT = Moment()


def check_period(since: str | None, until: str | None) -> None:
    """Raises UsageError for a period that ends before it begins."""
    if since and since == until:
        raise UsageError(f"The period ends when it begins ({since}); --until is the moment after the last one meant.")
    if since and until and since > until:
        raise UsageError(f"The period ends ({until}) before it begins ({since}); swap --since and --until.")
