"""Fills the database, from a wiki (``sync``) or from dumps (``import``); both end with bulk changes and views."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from jobs.audit import Difference, audit, mend_texts
from jobs.derive import Deriver
from jobs.dump_import import import_dump
from jobs.errors import UsageError
from jobs.identity import check_same_wiki
from jobs.mirror import Mirror
from jobs.page_reader import reader_for
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from parsers.bulk import find_bulk_changes
from scraper.api import Api
from scraper.discover import find_api
from scraper.fetch import Fetcher
from scraper.patience import Manners
from scraper.session import Session
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
    deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
    with (
        Progress("revisions", quiet=settings.quiet) as progress,
        asking(run, settings, progress) as session,
    ):
        api = Api(session, held["api_url"])
        mirror = Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts)
        found = mend_texts(mirror)
        _sync(run, settings, None, session, progress, full=False)
        progress.stage("revisions compared", standing(run.db).revisions)
        found += audit(mirror)
        run.warnings += [warning for warning in api.warnings if warning not in run.warnings]
    finish(run, always=bool(found))
    return found


@contextmanager
def asking(run: Run, settings: Settings, progress: Progress) -> Iterator[Session]:
    """A session whose traffic is the run's; what it waits for is told on a terminal, and elsewhere with -v."""
    session = make_session(settings)
    session.traffic = run.traffic
    session.tell = lambda sentence: progress.note(sentence, always=settings.verbose)
    try:
        yield session
    finally:
        session.close()


def make_session(settings: Settings) -> Session:
    """A session with the manners of the configuration."""
    wiki = settings.config.wiki
    return Session(
        Manners(
            delay=wiki.delay,
            max_wait=wiki.max_wait,
            reach_wait=wiki.max_wait,
            timeout=wiki.timeout,
            maxlag=wiki.maxlag,
            contact=wiki.contact,
        )
    )


def sync(run: Run, settings: Settings, url: str | None, *, full: bool) -> None:
    """Mirror the wiki of ``url``, of the configuration, or of the database, in this order.

    Raises UsageError when none names one, OtherWiki when the database mirrors another, and what the wiki raises.
    """
    with (
        Progress("revisions", quiet=settings.quiet) as progress,
        asking(run, settings, progress) as session,
    ):
        _sync(run, settings, url, session, progress, full=full)
    finish(run)


def _sync(run: Run, settings: Settings, url: str | None, session: Session, progress: Progress, *, full: bool) -> None:
    api, wiki_now = _contact(run, settings, session, url)
    progress.stage("revisions", store.get_state(run.db, "expected"))
    deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
    try:
        Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts).run(wiki_now, full=full)
    finally:
        run.warnings += api.warnings
        _count(run, deriver)


def _contact(run: Run, settings: Settings, session: Session, url: str | None) -> tuple[Api, str]:
    """The wiki's API and clock. A wiki that the database knows is asked nothing here: the delta does that."""
    held = store.load_site(run.db)
    address = url or settings.config.wiki.url
    known = held["api_url"] if held else None
    if known and (not address or address == store.get_state(run.db, "address")):
        return Api(session, str(known)), run.now
    if not address:
        raise UsageError("No wiki is named: give the address of one of its pages, as in “wikitrail sync https://…”.")
    patient = session.manners
    session.manners = replace(patient, reach_wait=min(patient.max_wait, FIRST_CONTACT_WAIT))
    found = find_api(session, address)
    session.manners = patient
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
