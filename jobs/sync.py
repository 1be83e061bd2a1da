"""Fills the database, from a wiki (``sync``) or from dumps (``import``); both end with bulk changes and views."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from jobs.audit import Difference, audit, mend_texts
from jobs.backfill import bring_up_to_date
from jobs.bulk_search import refresh_bulk_changes
from jobs.contact import find_or_open, make_session, open_known
from jobs.derive import Deriver
from jobs.dump_import import import_dump
from jobs.errors import UsageError
from jobs.exactness import is_read_from_pages
from jobs.mirror import Mirror
from jobs.odd_texts import odd_sentences
from jobs.page_reader import reader_for
from jobs.pages_sync import audit_pages, came_from_pages, complete_log, goes_on_with_pages, sync_pages
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from jobs.vocabulary import read_again
from jobs.wording import counted
from jobs.workers import Workers
from parsers.memory import without_collection
from scraper.api import Api
from scraper.errors import DumpError
from scraper.fetch import Fetcher
from scraper.find_pages import FoundPages
from scraper.session import Session
from storage import mirror as store
from storage.queries import standing
from storage.runs import any_broke_off
from storage.wide_views import refresh_wide_views


def audit_wiki(run: Run, settings: Settings) -> list[Difference]:
    """Compare mirror and wiki both ways, after a sync; differences are repaired and returned.

    Raises UsageError when the database was made from dumps alone.
    """
    held = store.load_site(run.db)
    if held is None or held["api_url"] is None:
        raise UsageError("The database was not made from a wiki; run “wikitrail sync URL” first.")
    with closing(make_session(settings)) as session:
        run.traffic = session.traffic
        if is_read_from_pages(held):
            found = audit_pages(run, settings, session)
        else:
            found = _audit_by_api(run, settings, session, open_known(run, settings, session, held))
    finish(run, settings, always=bool(found))
    return found


def _audit_by_api(run: Run, settings: Settings, session: Session, api: Api) -> list[Difference]:
    def mirror(progress: Progress) -> Mirror:
        deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
        return Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts, odd=odd)

    odd: dict[int, str] = {}
    with Progress("texts mended", quiet=settings.quiet) as progress:
        found = mend_texts(mirror(progress))
    _sync(run, settings, None, session, full=False)
    with Progress("revisions compared", standing(run.db).revisions, quiet=settings.quiet) as progress:
        new = mirror(progress)  # what the other remembers of pages is out of date
        new.take_siteinfo()
        found += audit(new)
        if _read_again(run, new.deriver):
            finish(run, settings, always=True)
    run.warnings += [warning for warning in api.warnings + odd_sentences(odd) if warning not in run.warnings]
    return found


def sync(run: Run, settings: Settings, url: str | None, *, full: bool) -> None:
    """Mirror the wiki of ``url``, of the configuration, or of the database, in this order.

    A wiki whose API is off is read through its pages, unless the database was filled by the API.
    Raises UsageError when none names one, OtherWiki when the database mirrors another, and what the wiki raises.
    """
    with closing(make_session(settings)) as session:
        run.traffic = session.traffic
        _sync(run, settings, url, session, full=full)


def _sync(run: Run, settings: Settings, url: str | None, session: Session, *, full: bool) -> None:
    contact = None
    if not goes_on_with_pages(run.db, url or settings.config.wiki.url, full=full):
        contact = find_or_open(run, settings, session, url)
    if contact is None or isinstance(contact, FoundPages):
        sync_pages(run, settings, session, contact, full=full)
        finish(run, settings)
        return
    api = contact
    quiet, wiki = settings.quiet, settings.config.wiki
    reader = reader_for(run.db, wiki.infoboxes)
    deriver = Deriver(run.db, reader, run.run_id, run.now)
    odd: dict[int, str] = {}
    try:
        expected = store.get_state(run.db, "expected")
        workers = Workers(wiki.workers, run.path, wiki.infoboxes, run.run_id, run.now)
        with Progress("revisions", expected, quiet=quiet) as progress, workers, without_collection():
            run.since = store.get_state(run.db, "cursor")
            mirror = Mirror(run.db, Fetcher(api), deriver, run.now, progress, run.counts, odd=odd)
            bring_up_to_date(mirror, workers, full=full)
            if from_pages := came_from_pages(run.db):
                complete_log(run.db, Fetcher(api))
            mended = audit(mirror) if store.get_state(run.db, "doubted") else []
            # pages do not say all of a wiki's words: what they did not say has not changed
            otherwise = read_again(run.db, deriver) if from_pages else _read_again(run, deriver)
    finally:
        run.warnings += api.warnings + odd_sentences(odd)
        _count(run, deriver)
    finish(run, settings, always=bool(mended or otherwise))


def _read_again(run: Run, deriver: Deriver) -> int:
    """Read the pages anew if the wiki has other words now, and say so."""
    read = read_again(run.db, deriver)
    if read:
        pages = counted(read, "page was", "pages were")
        run.warnings.append(
            "The wiki's language, namespaces, magic words or interwiki prefixes are not those by which texts were read "
            f"before: {pages} read anew."
        )
    return read


def import_dumps(
    run: Run, settings: Settings, dumps: list[Path], *, since: str | None = None, until: str | None = None
) -> int:
    """Bring exports into the database, one after the other; ``since`` and ``until`` limit what is taken.

    Returns how many log entries were new. A file that breaks off does not keep the others out; raises DumpError at
    the end then, with all that broke off.
    """
    infoboxes = settings.config.wiki.infoboxes
    deriver = Deriver(run.db, reader_for(run.db, infoboxes), run.run_id, run.now)
    faults: list[DumpError] = []
    logged = 0
    try:
        for path in dumps:
            try:
                with Progress(path.name, quiet=settings.quiet) as progress, without_collection():
                    logged += import_dump(
                        run.db, path, deriver, run.now, progress, run.counts, infoboxes,
                        since=since, until=until, warnings=run.warnings,
                    )  # fmt: skip
            except DumpError as fault:
                faults.append(fault)
    finally:
        _count(run, deriver)
    finish(run, settings)
    if faults:
        kept = (
            f" {counted(run.counts.revisions, 'new revision was', 'new revisions were')} imported."
            if run.counts.revisions
            else ""
        )
        raise DumpError("\n".join(map(str, faults)) + kept) from faults[0]
    return logged


def _count(run: Run, deriver: Deriver) -> None:
    run.changes = deriver.changes
    run.pages_changed = len(deriver.pages_changed)


def finish(run: Run, settings: Settings, *, always: bool = False) -> None:
    """What rests on the whole database: bulk changes and the wide views; also what a run before left undone."""
    names = settings.config.wiki.renamed_fields
    renamed = {name: list(earlier) for name, earlier in names.items()} if names else None
    otherwise_named = renamed != store.get_state(run.db, "renamed_fields")
    left = any_broke_off(run.db, store.get_state(run.db, "finished") or 0, run.run_id)
    if always or left or otherwise_named or run.changes or run.counts.revisions:
        with run.db.atomic():
            store.set_state(run.db, "finished", run.run_id)
            store.set_state(run.db, "renamed_fields", renamed)
            refresh_bulk_changes(run.db)
            refresh_wide_views(run.db, renamed)
