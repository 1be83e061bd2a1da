"""The report as JSON, for programs: the same story as the other forms, with stable keys."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from jobs.report.addresses import WikiAddresses
from jobs.report.bulk_story import BulkStory
from jobs.report.language import Language
from jobs.report.page_story import EditStory, PageStory
from jobs.report.story import Story
from jobs.report.summary import Summary

FORMAT = 1


def render_json(story: Story, lang: Language) -> str:
    """The report as one JSON object, in UTF-8, that ends with a line break.

    Only ``title`` and ``summary`` depend on the language. Keys do not change within one ``format`` number;
    more may come. The limits of the other forms hold for ``pages`` too; ``omitted`` counts what they cut.
    """
    return json.dumps(_report(story, lang), ensure_ascii=False, indent=2) + "\n"


def _report(story: Story, lang: Language) -> dict[str, Any]:
    data, summary = story.data, Summary(story, lang)
    wiki = WikiAddresses(data.page_base)
    detailed = {page.page_id for page in story.detailed}
    left_out = {page.page_id for page in story.pages if page.is_told} - detailed
    return {
        "format": FORMAT,
        "language": lang.code,
        "title": summary.title(),
        "summary": " ".join(map(lang.plain, summary.paragraph())),
        "site": data.site_name,
        "period": {
            "since": data.since,
            "until": data.until,
            "timezone": data.timezone,
            "since_last_report": data.since_last_report,
        },
        "generated_at": data.generated_at,
        "totals": _without(asdict(story.totals), "content_items")
        | {"content_items": dict(story.totals.content_items), "revisions": data.revisions_in_period},
        "timeline": _timeline(story),
        "bulk_changes": [_bulk(bulk, wiki) for bulk in story.bulk],
        "pages": [_page(page, wiki) for page in story.pages if page.page_id not in left_out],
        "undone": [asdict(undone) for undone in story.undone],
        "omitted": {"pages": story.hidden_pages, "changes": story.hidden_changes},
        "mirror": {
            "pages": data.pages_total,
            "last_sync_at": data.last_sync_at,
            "source": data.source,
            "by_pages": data.by_pages,
        },
        "not_read": dict(sorted(data.not_read.items())),
        "warnings": list(data.warnings),
    }


def _timeline(story: Story) -> dict[str, Any] | None:
    if story.timeline is None:
        return None
    bars = [{"start": bar.start.isoformat(), "bulk": bar.bulk, "other": bar.other} for bar in story.timeline.bars]
    return {"step": story.timeline.step, "bars": bars}


def _bulk(bulk: BulkStory, wiki: WikiAddresses) -> dict[str, Any]:
    told = _without(asdict(bulk), "keys_are_numbers", "other", "rows_each", "swapped", "what")
    for name in ("exceptions", "stragglers", "regressions"):
        for case in told[name]:
            del case["times"], case["verdict"]
            case["url"] = wiki.page(case["title"])
    if checked := told["verification"]:
        for name in ("dropped", "altered", "duplicated", "left"):
            for case in checked[name]:
                case["url"] = wiki.page(case["title"])
    return told


def _page(page: PageStory, wiki: WikiAddresses) -> dict[str, Any]:
    return {
        "page_id": page.page_id,
        "title": page.title,
        "url": wiki.page(page.title),
        "events": list(page.events),
        "bulk_numbers": list(page.bulk_numbers),
        "last_at": page.last_at,
        "users": list(page.users),
        "edits": [_edit(page, edit, wiki) for edit in page.edits],
        "cosmetic": dict(page.cosmetic),
        "left_out": page.left_out,
    }


def _edit(page: PageStory, edit: EditStory, wiki: WikiAddresses) -> dict[str, Any]:
    told = _without(asdict(edit), "contents")
    told["contents"] = dict(edit.contents)
    told["diff_url"] = wiki.edit(page, edit)
    return told


def _without(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}
