"""``init``: probes a wiki and writes a commented configuration for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from jobs.errors import UsageError
from jobs.settings import DEFAULT_DATABASE, Settings
from jobs.sync import make_session
from scraper.discover import Found, find_api

TEMPLATE = """\
# wikitrail configuration: docs/configuration.md explains every setting.

database = "{database}"          # relative to the folder of this file

[wiki]
url = {url}
contact = ""                  # an e-mail address or web page for the wiki's operator, sent with each request
delay = 0.0                   # seconds between two requests
timeout = 60.0                # seconds of silence after which a request is made again
max_wait = 30.0               # seconds to wait at most for one answer (busy wiki, Retry-After)
maxlag = 5                    # seconds of replication lag that the wiki's servers may have
# infoboxes = ["Konzeption"]  # templates to read as infoboxes, where the usual rule does not find them

[report]
directory = "reports"         # "run" writes here when something changed
formats = ["html"]            # of: html, md, txt, json
languages = ["{language}"]            # of: de, en
timezone = "Europe/Berlin"

[schedule]
cron = "0 6 * * *"            # minute hour day month weekday: when "schedule" runs
timezone = "Europe/Berlin"

[status]
max_age = "26h"               # "status" fails when the last good run is older: a number with m, h or d
"""


def init_wiki(settings: Settings, url: str, path: Path, *, force: bool) -> tuple[Found, list[str]]:
    """Write ``path`` for the wiki that has a page at ``url``; what was found, and what will not work.

    Raises UsageError when the file exists and ``force`` is not given.
    """
    if path.exists() and not force:
        raise UsageError(f"{path} exists; give --force to write it anew, or another name with --config.")
    found = find_api(make_session(settings), url)
    general = found.siteinfo.get("general", {})
    text = TEMPLATE.format(
        database=DEFAULT_DATABASE,
        url=_toml_string(found.api.url),
        language="de" if str(general.get("lang", "")).startswith("de") else "en",
    )
    tomllib.loads(text)
    path.write_text(text, encoding="utf-8")
    return found, _limits(found)


def _toml_string(text: str) -> str:
    """A TOML basic string: https://toml.io/en/v1.0.0#string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04X}", escaped) + '"'


def _limits(found: Found) -> list[str]:
    """What an anonymous mirror of this wiki cannot do, one sentence each."""
    limits = ["Texts, names and summaries that the wiki hides are kept as hidden."]
    if not found.siteinfo.get("statistics"):
        limits.append("The wiki does not tell how many revisions it has, so the first run shows no percentage.")
    return limits
