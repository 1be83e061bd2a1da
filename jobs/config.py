"""Reads ``wikitrail.toml``: what each setting means, its default, and a clear word about what is wrong in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ConfigError(Exception):
    """The configuration cannot be used; the message names file, setting and remedy."""


def setting(default: Any, help: str) -> Any:
    """A setting with its default and what it means; ``docs/configuration.md`` is made from these."""
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True, slots=True)
class WikiConfig:
    """``[wiki]``: where it is and how to treat it."""

    url: str = setting("", "address of any page of the wiki, or of its api.php")
    contact: str = setting("", "e-mail address or web page for the wiki's operator, sent in the User-Agent")
    delay: float = setting(0.0, "seconds between two requests")
    timeout: float = setting(60.0, "seconds of silence after which a request counts as lost and is made again")
    max_wait: float = setting(30.0, "seconds to wait at most for one answer: retries, Retry-After, lag")
    login_file: str = setting(
        "", "file with a user name and a password, a line each, instead of WIKITRAIL_USER and WIKITRAIL_PASSWORD"
    )
    maxlag: int = setting(5, "seconds of replication lag that the wiki's servers may have (maxlag)")
    workers: int | None = setting(
        None,
        "processes that read the history of a first run; by default one for 4,000 revisions, one a core and 4 at most",
    )
    infoboxes: tuple[str, ...] | None = setting(
        None, "templates to read as infoboxes; by default the parser's rule decides"
    )
    renamed_fields: Mapping[str, tuple[str, ...]] | None = setting(
        None,
        "earlier names of infobox fields, which the `record_…` views show in one column with today's, such as"
        ' `Zuständigkeit = ["Amt"]`; `"Konzeption/Zuständigkeit"` means the field of that infobox alone',
    )


@dataclass(frozen=True, slots=True)
class ReportConfig:
    """``[report]``: what ``report`` and ``run`` write."""

    directory: str = setting(
        "reports", "folder that `run` writes reports into, relative to the configuration; ~ is a home"
    )
    formats: tuple[str, ...] = setting(("html",), "any of html, md, txt, json")
    languages: tuple[str, ...] = setting(("de",), "any of de, en")
    timezone: str = setting("Europe/Berlin", "in which the report shows times")
    fold_undone: bool = setting(
        True, "whether edits that were made and undone within the period of a report are told in one line each"
    )


@dataclass(frozen=True, slots=True)
class ScheduleConfig:
    """``[schedule]``: when the daemon runs, as a cron expression of five fields."""

    cron: str = setting("0 6 * * *", "minute, hour, day, month, weekday at which `schedule` runs")
    timezone: str = setting("Europe/Berlin", "in which the cron expression is meant")


@dataclass(frozen=True, slots=True)
class StatusConfig:
    """``[status]``: how old the last good run may be: a number with m, h or d."""

    max_age: str = setting("26h", "`status` fails when the last good run is older: a number with m, h or d")


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration. ``database`` is relative to the folder of the file."""

    database: str = setting("wiki.db", "the SQLite file, relative to the configuration; ~ is a home")
    wiki: WikiConfig = field(default_factory=WikiConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    status: StatusConfig = field(default_factory=StatusConfig)


def load_config(path: Path) -> Config:
    """The configuration in a TOML file. Raises ConfigError with one sentence."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no configuration {path}; “wikitrail init URL” writes one.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not in UTF-8; save it so in your editor.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from error
    config: Config = _build(Config, data, path, "")
    _check_values(config, path)
    return config


def _build(kind: type[Any], data: dict[str, Any], path: Path, where: str) -> Any:
    hints = get_type_hints(kind)
    values = {}
    for key, value in data.items():
        name = f"{where}{key}"
        if key not in hints:
            raise ConfigError(f"{path}: there is no setting “{name}”{_nearest(key, isinstance(value, dict))}")
        if is_dataclass(hints[key]):
            if not isinstance(value, dict):
                raise ConfigError(f"{path}: “{name}” is a section; write [{name}] on a line of its own.")
            values[key] = _build(hints[key], value, path, f"{name}.")
        else:
            values[key] = _typed(hints[key], value, path, name)
    return kind(**values)


def _nearest(key: str, is_section: bool) -> str:
    """The known settings that a mistyped one may mean, wherever they stand; for a section, the known sections."""
    known = {}
    for section in fields(Config):
        if not is_section or isinstance(section.default_factory, type):
            known[section.name] = section.name
        if not is_section and isinstance(section.default_factory, type):
            known |= {setting.name: f"{section.name}.{setting.name}" for setting in fields(section.default_factory)}
    near = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean “{known[near[0]]}”?" if near else ", and none like it; docs/configuration.md lists them."


def _typed(hint: Any, value: Any, path: Path, name: str) -> Any:
    if isinstance(hint, UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is Mapping:
        if isinstance(value, dict):
            return {key: _typed(get_args(hint)[1], names, path, f"{name}.{key}") for key, names in value.items()}
        wanted = f"a section; write [{name}] on a line of its own"
    elif get_origin(hint) is tuple:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        wanted = 'a list of texts, such as ["html", "md"]'
    elif hint is bool:
        if isinstance(value, bool):
            return value
        wanted = "true or false"
    elif hint is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
            return float(value)
        wanted = "a number that is not negative"
    elif hint is int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        wanted = "a whole number that is not negative"
    else:
        if isinstance(value, str):
            return value
        wanted = "a text in quotes"
    raise ConfigError(f"{path}: “{name}” is to be {wanted}, and is {value!r}.")


DAY = 86_400  # seconds: nothing is waited for longer, and much longer times no clock can hold
MOST_WORKERS = 64
FORMATS = ("html", "md", "txt", "json")
LANGUAGES = ("de", "en")


def _check_values(config: Config, path: Path) -> None:
    if not config.database.strip():
        raise ConfigError(f"{path}: “database” is empty; name a file, such as wiki.db.")
    for name, file in (("database", config.database), ("report.directory", config.report.directory)):
        if "\0" in file:
            raise ConfigError(f"{path}: “{name}” holds a NUL character, which no file name may have.")
    if not config.wiki.contact.isprintable():
        raise ConfigError(f"{path}: “wiki.contact” is to be one line without control characters.")
    _check_manners(config.wiki, path)
    for name, given, allowed in (
        ("report.formats", config.report.formats, FORMATS),
        ("report.languages", config.report.languages, LANGUAGES),
    ):
        for value in given:
            if value not in allowed:
                raise ConfigError(f"{path}: “{name}” knows {', '.join(allowed)}, and not “{value}”.")
        if not given:
            raise ConfigError(f"{path}: “{name}” is empty; choose from {', '.join(allowed)}.")
    for name, zone in (("report.timezone", config.report.timezone), ("schedule.timezone", config.schedule.timezone)):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(f"{path}: “{name}” is no time zone ({zone}); write it like Europe/Berlin.") from error
    try:
        seconds_of(config.status.max_age)
    except ValueError as error:
        raise ConfigError(f"{path}: “status.max_age” is {error}.") from error


def _check_manners(wiki: WikiConfig, path: Path) -> None:
    if not wiki.timeout:
        raise ConfigError(f"{path}: “wiki.timeout” is to be more than 0, such as 60.")
    for name, most in (("delay", DAY), ("timeout", DAY), ("max_wait", DAY), ("maxlag", DAY), ("workers", MOST_WORKERS)):
        if (getattr(wiki, name) or 0) > most:
            raise ConfigError(f"{path}: “wiki.{name}” is to be {most} at most.")


def seconds_of(age: str) -> int:
    """Seconds of an age such as 90m, 26h or 7d. Raises ValueError that says how to write one."""
    found = re.fullmatch(r"\s*(\d+)\s*([mhd])\s*", age)
    if not found:
        raise ValueError(f"“{age}”, and is to be a number with m, h or d, such as 26h")
    return int(found[1]) * {"m": 60, "h": 3600, "d": 86400}[found[2]]
