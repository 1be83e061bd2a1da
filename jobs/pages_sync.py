"""When a wiki is read through its pages instead of its API, and a run that does so."""

from __future__ import annotations

from urllib.parse import urlsplit

from jobs.audit import Difference
from jobs.derive import Deriver
from jobs.exactness import NOT_EXACT, is_read_from_pages
from jobs.identity import check_same_wiki
from jobs.odd_texts import odd_sentences
from jobs.page_reader import reader_for
from jobs.pages_mirror import PagesMirror
from jobs.pages_writer import PagesWriter
from jobs.progress import Progress
from jobs.runner import Run
from jobs.settings import Settings
from jobs.wording import counted, few
from scraper.discover import Found, Opener, find_api
from scraper.errors import AccessDenied, ApiOff, MembersOnly, NotAWiki, WikiError
from scraper.fetch import Fetcher
from scraper.find_pages import FoundPages, find_pages
from scraper.html_page import IndexPhp
from scraper.pages import PageSource
from scraper.session import Session
from storage import lookup
from storage import mirror as store
from storage.audit import damaged_revisions
from storage.database import Database
from storage.queries import standing


def find_wiki(session: Session, address: str, log_in: Opener | None = None) -> Found | FoundPages:
    """The wiki that has a page at ``address``, by its API, or through its pages where that is off.

    Raises what ``find_api`` does where neither works.
    """
    try:
        return find_api(session, address, log_in)
    except MembersOnly:
        raise
    except (ApiOff, AccessDenied, NotAWiki) as fault:
        return pages_instead(session, address, fault)


def pages_instead(session: Session, address: str, fault: WikiError) -> FoundPages:
    """The same wiki through its pages. Raises ``fault`` where that is no way either."""
    if isinstance(fault, ApiOff) or urlsplit(address).path.endswith("/api.php"):
        try:
            return find_pages(session, address)
        except (NotAWiki, AccessDenied):
            raise fault from None
    raise fault


def sync_pages(run: Run, settings: Settings, session: Session, found: FoundPages | None, *, full: bool) -> None:
    """One run through the wiki's pages; ``found`` at first contact, None later on."""
    if found is not None:
        with run.db.atomic():
            check_same_wiki(run.db, found.siteinfo, urlsplit(found.source.index.url).netloc)
            store.save_site(run.db, found.source.index.url, found.siteinfo, run.now)
            store.set_state(run.db, "expected", found.siteinfo.get("statistics", {}).get("edits"))
    with Progress("revisions", store.get_state(run.db, "expected"), quiet=settings.quiet) as progress:
        mirror = _mirror(run, settings, session, progress)
        try:
            mirror.run(full=full)
        finally:
            _count(run, mirror)


def audit_pages(run: Run, settings: Settings, session: Session) -> list[Difference]:
    """Read everything again; what differed from the mirror, all of it repaired."""
    run.traffic = session.traffic
    damaged = sorted(damaged_revisions(run.db))
    with Progress("revisions compared", standing(run.db).revisions, quiet=settings.quiet) as progress:
        mirror = _mirror(run, settings, session, progress)
        try:
            mirror.audit()
        finally:
            _count(run, mirror)
    found = [Difference("revision", rev_id, "text", "damaged", "sound") for rev_id in damaged]
    return found + mirror.writer.differences


def _mirror(run: Run, settings: Settings, session: Session, progress: Progress) -> PagesMirror:
    site = store.load_site(run.db) or {}
    names = store.get_state(run.db, "special_pages") or {}
    index = IndexPhp(session, str(site["api_url"]), names, shown=lookup.newest_with_text(run.db))
    source = PageSource(index, bool(site["siteinfo"]["mirror"].get("exports")))
    deriver = Deriver(run.db, reader_for(run.db, settings.config.wiki.infoboxes), run.run_id, run.now)
    return PagesMirror(PagesWriter(run.db, source, deriver, run.now, progress, run.counts))


def _count(run: Run, mirror: PagesMirror) -> None:
    with run.db.atomic():
        store.set_state(run.db, "special_pages", mirror.writer.source.index.names)
    unreadable = sorted(mirror.unreadable)
    if unreadable:
        pages = counted(len(unreadable), "page is", "pages are")
        run.warnings.append(f"{pages} listed and not shown by the wiki: {few(unreadable)}; tell its operator.")
    run.warnings += [*mirror.warnings, *odd_sentences(mirror.writer.odd), NOT_EXACT]
    run.changes = mirror.writer.deriver.changes
    run.pages_changed = len(mirror.writer.deriver.pages_changed)


def goes_on_with_pages(db: Database, address: str | None, *, full: bool) -> bool:
    """Whether a run needs to find nothing: the file is read from pages, and nobody names another address.

    A full run looks whether the API is open by now.
    """
    known = is_read_from_pages(store.load_site(db)) and not full
    return known and (not address or address == store.get_state(db, "address"))


def came_from_pages(db: Database) -> bool:
    """Whether a mirror that is now read by the API was read from pages before, as a whole or in part."""
    return any(store.get_state(db, key) is not None for key in ("pages_cursor", "pages_backfill"))


def complete_log(db: Database, fetcher: Fetcher) -> None:
    """Write all log entries as the API states them: pages leave out some details. Nothing is announced again."""
    with db.atomic():
        for events in fetcher.log():
            store.save_log_events(db, events)
        for key in ("pages_cursor", "pages_backfill", "special_pages"):
            store.set_state(db, key, None)
