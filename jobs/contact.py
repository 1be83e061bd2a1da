"""How a run gets to the wiki: which one, by its API or through its pages, as which account."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from jobs.account import account_for, is_exposed, kept_path, load_kept, save_kept
from jobs.errors import UsageError
from jobs.exactness import is_read_from_pages
from jobs.identity import check_same_wiki
from jobs.pages_sync import find_wiki
from jobs.progress import note
from jobs.runner import Run
from jobs.settings import Settings
from jobs.vocabulary import save_site
from scraper.abilities import version_of
from scraper.api import Api
from scraper.discover import Found, Opener, find_api
from scraper.find_pages import FoundPages
from scraper.login import Account, open_api
from scraper.patience import Manners
from scraper.session import Session
from storage import mirror as store
from storage.database import opened_database

FIRST_CONTACT_WAIT = 8.0  # seconds: somebody at a terminal may have mistyped the address
NO_WIKI = (
    "No wiki is named: give the address of one of its pages, as in “wikitrail sync https://…”; "
    "“wikitrail init https://…” writes a configuration for it."
)


def make_session(settings: Settings) -> Session:
    """A session with the manners of the configuration; what it waits for is told on a terminal, elsewhere with -v."""
    wiki = settings.config.wiki
    manners = Manners(
        delay=wiki.delay,
        max_wait=wiki.max_wait,
        reach_wait=wiki.max_wait,
        timeout=wiki.timeout,
        maxlag=wiki.maxlag,
        contact=wiki.contact,
    )
    told = settings.verbose or (sys.stderr.isatty() and not settings.quiet)
    return Session(manners, tell=note if told else lambda sentence: None)


@contextmanager
def first_contact(session: Session) -> Iterator[None]:
    """A time in which nobody waits long for a host that was never reached: its address may be mistyped."""
    patient = session.manners
    session.manners = replace(patient, reach_wait=min(patient.max_wait, FIRST_CONTACT_WAIT))
    yield
    session.manners = patient


def check_wiki_named(settings: Settings, url: str | None = None) -> None:
    """Raises UsageError where no wiki is named and there is no database that may know one; none is made for that."""
    if not url and not settings.config.wiki.url and not settings.database.exists():
        raise UsageError(NO_WIKI)


def check_wiki_known(settings: Settings) -> None:
    """Raises UsageError where neither the configuration nor the database knows a wiki to ask."""
    check_wiki_named(settings)
    if settings.config.wiki.url:
        return
    with opened_database(settings.database) as db:
        held = store.load_site(db)
    if held is None or not (held["api_url"] or is_read_from_pages(held)):
        raise UsageError(NO_WIKI)


def find_or_open(run: Run, settings: Settings, session: Session, url: str | None) -> Api | FoundPages:
    """The wiki's API, or its pages. A wiki that the database knows is asked nothing here: the delta does that."""
    held = store.load_site(run.db)
    by_pages = is_read_from_pages(held)
    address = url or settings.config.wiki.url or (str(store.get_state(run.db, "address")) if by_pages else None)
    if held and held["api_url"] and not by_pages:
        if not address or address in (store.get_state(run.db, "address"), held["api_url"]):
            return open_known(run, settings, session, held)
        find: Callable[[Session, str, Opener | None], Found | FoundPages] = find_api
    else:
        find = find_wiki
    if not address:
        raise UsageError(NO_WIKI)
    account = account_for(settings, address)
    with first_contact(session):
        found = find(session, address, _opener(run, settings, account) if account else None)
    if isinstance(found, FoundPages):
        store.set_state(run.db, "address", address)
        return found
    check_same_wiki(run.db, found.siteinfo, urlsplit(found.api.url).netloc)
    with run.db.atomic():
        save_site(run.db, found.api.url, found.siteinfo, run.now)
        store.set_state(run.db, "address", address)
        store.set_state(run.db, "expected", found.siteinfo.get("statistics", {}).get("edits"))
    return found.api


def open_known(run: Run, settings: Settings, session: Session, held: Mapping[str, Any]) -> Api:
    """The API of a wiki that the database knows, as the account for it if there is one."""
    url = str(held["api_url"])
    account = account_for(settings, url)
    api = _opener(run, settings, account)(session, url) if account else Api(session, url)
    api.can = replace(api.can, version=version_of(str(held["generator"])))
    return api


def _opener(run: Run, settings: Settings, account: Account) -> Opener:
    """How a wiki is opened as an account; the login is kept beside the database for the next run."""
    path = kept_path(settings.database)

    def log_in(session: Session, url: str) -> Api:
        if is_exposed(url):
            run.warnings.append(f"The password of {account.name} goes to {url} unprotected; use https if it is there.")
        return open_api(session, url, account, load_kept(path), lambda kept: save_kept(path, kept))

    return log_in
