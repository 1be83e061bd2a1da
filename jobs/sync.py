"""Fills the database, from a wiki (``sync``) or from dumps (``import``); both end with bulk changes and views."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from jobs.audit import Difference, audit, mend_texts
from jobs.derive import Deriver, reader_for
from jobs.dump_import import import_dump
from jobs.errors import UsageError
from jobs.exactness import is_read_from_pages
from jobs.identity import check_same_wiki
from jobs.mirror import Mirror
from jobs.pages_sync import audit_pages, came_from_pages, complete_log, find_wiki, goes_on_with_pages, sync_pages
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from parsers.bulk import find_bulk_changes
from scraper.api import Api
from scraper.discover import find_api
from scraper.fetch import Fetcher
from scraper.find_pages import FoundPages
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
    if is_read_from_pages(held):
        found = audit_pages(run, settings, session)
        finish(run, always=bool(found))
        return found
    deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
    with Progress("revisions compared", standing(run.db).revisions, quiet=settings.quiet) as progress:
        mirror = Mirror(run.db, Fetcher(Api(session, held["api_url"])), deriver, run.now, progress, run.counts)
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

    A wiki whose API is off is read through its pages, unless the database was filled by the API.
    Raises UsageError when none names one, OtherWiki when the database mirrors another, and what the wiki raises.
    """
    session = make_session(settings)
    run.traffic = session.traffic
    contact = None
    if not goes_on_with_pages(run.db, url or settings.config.wiki.url, full=full):
        contact = _contact(run, settings, session, url)
    if contact is None or isinstance(contact, FoundPages):
        sync_pages(run, settings, session, contact, full=full)
        finish(run)
        return
    api, wiki_now = contact
    quiet = settings.quiet
    reader = reader_for(run.db, settings.config.wiki.infoboxes)
    deriver = Deriver(run.db, reader, run.run_id, run.now)
    try:
        with Progress("revisions", store.get_state(run.db, "expected"), quiet=quiet) as progress:
            Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts).run(wiki_now, full=full)
            if came_from_pages(run.db):
                complete_log(run.db, Fetcher(api))
    finally:
        run.warnings += api.warnings
        _count(run, deriver)
    finish(run)


def _contact(run: Run, settings: Settings, session: Session, url: str | None) -> tuple[Api, str] | FoundPages:
    """The wiki's API and clock, or its pages. A wiki that the database knows is asked nothing: the delta does that."""
    held = store.load_site(run.db)
    by_pages = is_read_from_pages(held)
    address = url or settings.config.wiki.url or (str(store.get_state(run.db, "address")) if by_pages else None)
    known = held["api_url"] if held and not by_pages else None
    if known and (not address or address == store.get_state(run.db, "address")):
        return Api(session, str(known)), run.now
    if not address:
        raise UsageError("No wiki is named: give the address of one of its pages, as in “wikitrail sync https://…”.")
    patient = session.manners
    session.manners = replace(patient, max_wait=min(patient.max_wait, FIRST_CONTACT_WAIT))
    found = find_wiki(session, address) if known is None else find_api(session, address)
    session.manners = patient
    if isinstance(found, FoundPages):
        store.set_state(run.db, "address", address)
        return found
    check_same_wiki(run.db, found.siteinfo, urlsplit(found.api.url).netloc)
    with run.db.atomic():
        store.save_site(run.db, found.api.url, found.siteinfo, run.now)
        store.set_state(run.db, "address", address)
        store.set_state(run.db, "expected", found.siteinfo.get("statistics", {}).get("edits"))
    return found.api, found.now


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
