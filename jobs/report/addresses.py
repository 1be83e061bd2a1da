"""Addresses on the wiki, and which addresses may be made clickable."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from jobs.report.page_story import EditStory, PageStory


def safe_href(url: str | None) -> str | None:
    """The address if it is a web address, else None: ``javascript:`` and the like stay text.

    An address must name a host and hold no blanks, quotes or controls, which browsers read in their own way.
    """
    if not url or any(char <= " " or char in "\"'<>`\\" or char == "\x7f" for char in url):
        return None
    try:
        parts = urlsplit(url)
        valid = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if valid else None


class WikiAddresses:
    """Builds addresses of pages and of the wiki's own diffs (Manual:Parameters to index.php)."""

    def __init__(self, page_base: str | None) -> None:
        self._base = safe_href(page_base)

    def page(self, title: str) -> str | None:
        """The page as it is now."""
        return f"{self._base}?title={_encode(title)}" if self._base else None

    def diff(self, title: str, rev_from: int | None, rev_to: int | None) -> str | None:
        """The wiki's own comparison of two revisions, or the revision itself where it is the first."""
        if not self._base or rev_to is None:
            return None
        if rev_from is None or rev_from == rev_to:
            return f"{self._base}?title={_encode(title)}&oldid={rev_to}"
        return f"{self._base}?title={_encode(title)}&diff={rev_to}&oldid={rev_from}"

    def edit(self, page: PageStory, edit: EditStory) -> str | None:
        """The wiki's comparison for one edit; None for a deleted page, whose revisions cannot be seen."""
        return None if page.is_deleted else self.diff(page.title, edit.rev_from, edit.rev_to)


def _encode(title: str) -> str:
    return quote(title.replace(" ", "_"), safe="/:,")
