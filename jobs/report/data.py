"""What a change report is made from: plain values that the jobs gather and the report only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from parsers.change import BulkChange, PageChange, Revert


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """A bulk change together with the id under which it is stored (``changes.bulk_id`` points to it)."""

    bulk_id: int
    change: BulkChange


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report tells.

    All times are ISO 8601 UTC with ``Z``; they are shown in ``timezone`` (an IANA name). The period runs
    from ``since`` (included) to ``until`` (excluded); None leaves that end open. ``page_base`` is the
    address of the wiki's script (``https://host/index.php``), from which links to pages and to the wiki's
    own diffs are built; None makes a report without such links. ``source`` is where the mirror was filled
    from, an address or the name of a dump. ``since_last_report``: the period is what happened since the last
    report, which was made at ``since``. ``pages_total`` counts the live pages of the mirror,
    ``revisions_in_period`` its revisions between ``since`` and ``until``, changed or not.
    ``not_read`` counts, by diagnostic code, what could not be read on the pages of this report.
    ``warnings`` are sentences of the last run, shown as they are. ``by_pages``: the wiki's API is off and the mirror
    was read from its pages, so that it is not provably exact. ``reverts`` are the edits among ``changes`` that brought
    back an earlier text, by revision id; ``fold_undone``: edits that were made and undone within the period are told
    in one line each.
    """

    site_name: str
    page_base: str | None
    since: str | None
    until: str | None
    generated_at: str
    changes: tuple[PageChange, ...]
    bulk: tuple[BulkEntry, ...] = ()
    pages_total: int = 0
    revisions_in_period: int = 0
    last_sync_at: str | None = None
    source: str = ""
    not_read: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    timezone: str = "Europe/Berlin"
    since_last_report: bool = False
    by_pages: bool = False
    reverts: Mapping[int, Revert] = field(default_factory=dict)
    fold_undone: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a report shows before it counts the rest and points to the database.

    ``pages`` are pages with details, ``entries`` the entries told of one page, ``overview`` the rows of the
    table of all pages, ``cases`` the pages, exceptions or stragglers listed of one bulk change, ``context``
    the characters kept on either side of a difference, ``text`` those of one added or removed text;
    ``members`` are the changes of bulk changes shown of one page.
    """

    pages: int = 250
    entries: int = 60
    overview: int = 500
    cases: int = 100
    context: int = 70
    text: int = 600
    members: int = 10
