"""The report as one self-contained HTML file: no script, nothing loaded, all wiki text escaped."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from jobs.report.language import Language, Piece, Rich, upper_first
from jobs.report.outline import case_value, checked_value
from jobs.report.story import Story
from jobs.report.summary import Summary

_OPEN_PAGES = 20  # with more pages than this, each is folded up and opened by the reader


def render_html(story: Story, lang: Language) -> str:
    """The report as an HTML document. It states a policy that lets a browser load and run nothing."""
    summary = Summary(story, lang)
    template = _environment().get_template("report.html.j2")
    return template.render(
        story=story,
        summary=summary,
        pages=summary.pages,
        lang=lang,
        say=lang.say,
        number_of=lang.number_of,
        rich=lambda rich: _render_rich(rich, lang),
        case_value=case_value,
        checked_value=lambda case: checked_value(case, summary),
        upper_first=upper_first,
        sentences=summary.bulk,
        detailed_ids={page.page_id for page in story.detailed},
        open_pages=len(story.detailed) <= _OPEN_PAGES,
    )


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("jobs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render_rich(rich: Rich, lang: Language) -> Markup:
    return Markup("").join(_render_piece(piece, lang) for piece in rich)


def _render_piece(piece: Piece, lang: Language) -> Markup:
    """One piece as HTML; ``Markup.format`` escapes what it fills in."""
    match piece.kind:
        case "quote":
            start, end = lang.quotes
            return Markup("{}{}{}").format(start, _render_link(piece) if piece.href else _bdi(piece.text), end)
        case "insert":
            return Markup('<ins><span class="vh">{} </span>{}</ins>').format(lang.say("[new:]"), piece.text)
        case "delete":
            return Markup('<del><span class="vh">{} </span>{}</del>').format(lang.say("[removed:]"), piece.text)
        case "gap":
            return Markup('<span class="gap">{}</span>').format(piece.text)
        case "note":
            return Markup('<em class="note">{}</em>').format(piece.text)
        case "code":
            return Markup("<code>{}</code>").format(piece.text)
        case "page" | "address" | "link":
            return _render_link(piece)
    return Markup("{}").format(piece.text)


def _bdi(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(text)


def _render_link(piece: Piece) -> Markup:
    kind = {"page": "title", "address": "address"}.get(piece.kind, "link")
    if not piece.href:
        return Markup('<bdi class="{}">{}</bdi>').format(kind, piece.text)
    return Markup('<a class="{}" href="{}" rel="noopener noreferrer nofollow"><bdi>{}</bdi></a>').format(
        kind, piece.href, piece.text
    )
