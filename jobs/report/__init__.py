"""The change report: from stored changes to a page that can be read without knowing what wikitext is."""

from __future__ import annotations

from jobs.report.as_json import render_json
from jobs.report.data import BulkEntry, Limits, ReportData
from jobs.report.html import render_html
from jobs.report.language import LANGUAGES, Language
from jobs.report.markdown import render_markdown
from jobs.report.story import Story, tell
from jobs.report.text import render_brief, render_text

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "BulkEntry",
    "Limits",
    "ReportData",
    "Story",
    "render_brief",
    "render_report",
    "tell",
]

_RENDERERS = {"html": render_html, "md": render_markdown, "txt": render_text, "json": render_json}
FORMATS = tuple(_RENDERERS)


def render_report(data: ReportData, format: str, lang: str, limits: Limits | None = None) -> str:
    """The report in one of ``FORMATS`` and one of ``LANGUAGES``; all hold the same.

    Raises ValueError for a format or language that is not there, and ``zoneinfo.ZoneInfoNotFoundError`` for
    an unknown time zone.
    """
    if format not in _RENDERERS:
        raise ValueError(f"no report format {format!r}; choose one of {', '.join(FORMATS)}")
    return _RENDERERS[format](tell(data, limits), Language(lang, data.timezone))
