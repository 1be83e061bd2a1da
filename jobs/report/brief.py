"""The opening paragraph alone, as plain text: for a terminal."""

from __future__ import annotations

from jobs.report.data import ReportData
from jobs.report.language import Language
from jobs.report.story import tell
from jobs.report.summary import Summary
from jobs.report.text import _Writer


def brief(data: ReportData, lang: str) -> str:
    """What happened, in one paragraph of plain words."""
    language = Language(lang, data.timezone)
    writer = _Writer(language)
    return writer._wrap(" ".join(writer._line(sentence) for sentence in Summary(tell(data), language).paragraph()))
