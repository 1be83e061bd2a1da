"""Fills the database, from a wiki (``sync``) or from dumps (``import``); both end with bulk changes and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.account import account_for, is_exposed, kept_path, load_kept, save_kept
from jobs.audit import Difference, audit, mend_texts
from jobs.derive import Deriver, reader_for
from jobs.dump_import import import_dump
from jobs.errors import UsageError
from jobs.identity import check_same_wiki
from jobs.mirror import Mirror
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from parsers.bulk import find_bulk_changes
from scraper.abilities import version_of
from scraper.api import Api
from scraper.discover import find_api
from scraper.fetch import Fetcher
from scraper.login import Account, open_api
from scraper.session import Manners, Session
from storage import mirror as store
from storage.changes import ChangeFilter, load_changes, load_current_items, replace_bulk_changes
from storage.queries import standing
from storage.wide_views import refresh_wide_views

FIRST_CONTACT_WAIT = 8.0  # seconds: somebody at a terminal may have mistyped the address


def audit_wiki(run: Run, settings: Settings) -> list[Difference]:
    """Compare mirror and wiki both ways, after a sync; differences are repaired and returned.

    Raises UsageError when the database was made from dumps alone.
    """
    held = store.load_site(run.db)
    if held is None or held["api_url"] is None:
        raise UsageError("The database was not made from a wiki; run “wikitrail sync URL” first.")
    session = make_session(settings)
    api = _open_known(run, settings, session, held)
    deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
    with Progress("revisions compared", standing(run.db).revisions, quiet=settings.quiet) as progress:
        mirror = Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts)
        found = mend_texts(mirror)
        sync(run, settings, None, full=False)
        found += audit(mirror)
    run.traffic.add(session.traffic)
    finish(run, always=bool(found))
    return found


def make_session(settings: Settings) -> Session:
    """A session with the manners of the configuration."""
    wiki = settings.config.wiki
    return Session(Manners(delay=wiki.delay, max_wait=wiki.max_wait, maxlag=wiki.maxlag, contact=wiki.contact))


def sync(run: Run, settings: Settings, url: str | None, *, full: bool) -> None:
    """Mirror the wiki of ``url``, of the configuration, or of the database, in this order.

    Raises UsageError when none names one, OtherWiki when the database mirrors another, and what the wiki raises.
    """
    session = make_session(settings)
    run.traffic = session.traffic
    api, wiki_now = _contact(run, settings, session, url)
    quiet = settings.quiet
    reader = reader_for(run.db, settings.config.wiki.infoboxes)
    deriver = Deriver(run.db, reader, run.run_id, run.now)
    try:
        with Progress("revisions", store.get_state(run.db, "expected"), quiet=quiet) as progress:
            Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts).run(wiki_now, full=full)
    finally:
        run.warnings += api.warnings
        _count(run, deriver)
    finish(run)


def _contact(run: Run, settings: Settings, session: Session, url: str | None) -> tuple[Api, str]:
    """The wiki's API and clock. A wiki that the database knows is asked nothing here: the delta does that."""
    held = store.load_site(run.db)
    address = url or settings.config.wiki.url
    if held and held["api_url"] and (not address or address == store.get_state(run.db, "address")):
        return _open_known(run, settings, session, held), run.now
    if not address:
        raise UsageError("No wiki is named: give the address of one of its pages, as in “wikitrail sync https://…”.")
    patient = session.manners
    session.manners = replace(patient, max_wait=min(patient.max_wait, FIRST_CONTACT_WAIT))
    account = account_for(settings, address)
    found = find_api(session, address, _opener(run, settings, account) if account else None)
    session.manners = patient
    check_same_wiki(run.db, found.siteinfo, urlsplit(found.api.url).netloc)
    with run.db.atomic():
        store.save_site(run.db, found.api.url, found.siteinfo, run.now)
        store.set_state(run.db, "address", address)
        store.set_state(run.db, "expected", found.siteinfo.get("statistics", {}).get("edits"))
    return found.api, found.now


def _open_known(run: Run, settings: Settings, session: Session, held: Mapping[str, Any]) -> Api:
    """The API of a wiki that the database knows, as the account for it if there is one."""
    url = str(held["api_url"])
    account = account_for(settings, url)
    api = _opener(run, settings, account)(session, url) if account else Api(session, url)
    api.can = replace(api.can, version=version_of(str(held["generator"])))
    return api


def _opener(run: Run, settings: Settings, account: Account) -> Callable[[Session, str], Api]:
    """How a wiki is opened as an account; the login is kept beside the database for the next run."""
    path = kept_path(settings.database)

    def log_in(session: Session, url: str) -> Api:
        if is_exposed(url):
            run.warnings.append(f"The password of {account.name} goes to {url} unprotected; use https if it is there.")
        return open_api(session, url, account, load_kept(path), lambda kept: save_kept(path, kept))

    return log_in


def import_dumps(
    run: Run, settings: Settings, dumps: list[Path], *, since: str | None = None, until: str | None = None
) -> None:
    """Bring exports into the database, one after the other; ``since`` and ``until`` limit the revisions taken."""
    infoboxes = settings.config.wiki.infoboxes
    deriver = Deriver(run.db, reader_for(run.db, infoboxes), run.run_id, run.now)
    try:
        for path in dumps:
            with Progress(path.name, quiet=settings.quiet) as progress:
                import_dump(run.db, path, deriver, run.now, progress, run.counts, infoboxes, since=since, until=until)
    finally:
        _count(run, deriver)
    finish(run)


def _count(run: Run, deriver: Deriver) -> None:
    run.changes = deriver.changes
    run.pages_changed = len(deriver.pages_changed)


def finish(run: Run, *, always: bool = False) -> None:
    """What rests on the whole database: bulk changes and the wide views."""
    if always or run.changes or run.counts.revisions:
        with run.db.atomic():
            found = find_bulk_changes(load_changes(run.db, ChangeFilter(texts=False)), load_current_items(run.db))
            replace_bulk_changes(run.db, found)
            refresh_wide_views(run.db)
