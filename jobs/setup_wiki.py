"""``init``: probes a wiki and writes a commented configuration for it."""

from __future__ import annotations

import re
import tomllib
from contextlib import closing
from pathlib import Path

from jobs.account import account_for, is_exposed
from jobs.contact import first_contact, make_session
from jobs.errors import UsageError
from jobs.files import becoming
from jobs.pages_sync import find_wiki
from jobs.settings import DEFAULT_DATABASE, Settings
from scraper.abilities import NEWEST, SLOTS_SINCE
from scraper.discover import Found
from scraper.find_pages import FoundPages
from scraper.login import MemberApi, open_api

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
# login_file = "login.txt"    # user name and (bot) password, a line each; or set WIKITRAIL_USER, WIKITRAIL_PASSWORD
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


def init_wiki(settings: Settings, url: str, path: Path, *, force: bool) -> tuple[Found | FoundPages, list[str]]:
    """Write ``path`` for the wiki that has a page at ``url``; what was found, and what is to be known of it.

    Raises UsageError when the file exists and ``force`` is not given.
    """
    if path.exists() and not force:
        raise UsageError(f"{path} exists; give --force to write it anew, or another name with --config.")
    account = account_for(settings, url)
    opener = (lambda session, api: open_api(session, api, account)) if account else None
    with closing(make_session(settings)) as session, first_contact(session):
        found = find_wiki(session, url, opener)
    general = found.siteinfo.get("general", {})
    text = TEMPLATE.format(
        database=DEFAULT_DATABASE,
        url=_toml_string(address_of(found)),
        language="de" if str(general.get("lang", "")).startswith("de") else "en",
    )
    tomllib.loads(text)
    with becoming(path) as part:
        part.write_text(text, encoding="utf-8")
    return found, [*(_access(found) if isinstance(found, Found) else ()), *_limits(found)]


def _toml_string(text: str) -> str:
    """A TOML basic string: https://toml.io/en/v1.0.0#string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04X}", escaped) + '"'


def address_of(found: Found | FoundPages) -> str:
    """The address by which the wiki is read: of its API, or of ``index.php`` where that is off."""
    return found.api.url if isinstance(found, Found) else found.source.index.url


def _access(found: Found) -> list[str]:
    """Who reads, and what that costs."""
    can, api = found.api.can, found.api
    edits = found.siteinfo.get("statistics", {}).get("edits")
    first = f"; the first run takes about {int(edits) // can.batch + 5} requests" if edits else ""
    if not isinstance(api, MemberApi):
        return [f"It can be read without an account, {can.batch} texts a request{first}."]
    only = "Only members may read it; " if found.members_only else ""
    lines = [f"{only}read as {api.user}, {can.batch} texts a request{first}."]
    if not can.high_limits:
        lines.append(
            "An account with the right apihighlimits (a bot; grant “High-volume editing” for its password) needs ten "
            "times fewer requests."
        )
    if found.members_only and can.api_alone:
        lines.append(
            "A bot password holds in the API alone: a text that the API alters (Unicode normalisation) can be had with "
            "the password of the account itself."
        )
    if is_exposed(api.url):
        lines.append("The password goes to this address unprotected; give its https address if there is one.")
    return lines


def _limits(found: Found | FoundPages) -> list[str]:
    """What a mirror of this wiki cannot do, one sentence each."""
    limits = ["Texts, names and summaries that the wiki hides from the public are kept as hidden, whoever reads."]
    if isinstance(found, FoundPages):
        limits += found.limits
    elif found.api.can.version < SLOTS_SINCE:
        limits.append("Its version has no slots; a revision is its one text.")
    elif found.api.can.version == NEWEST:
        limits.append("It does not tell its version; it is asked as if it were the newest.")
    if not found.siteinfo.get("statistics"):
        limits.append("The wiki does not tell how many revisions it has, so the first run shows no percentage.")
    return limits
