"""What a diagnostic of the parser means to a reader of the report."""

from __future__ import annotations

from jobs.report.language import Language


def not_read_reason(code: str, lang: Language) -> str:
    """A plain sentence, without its full stop, for a code of ``parsers.diagnostics``; an unknown code as it is."""
    say = lang.say
    return {
        "depth-limit": say("Wiki templates are nested so deeply that the innermost were not read"),
        "duplicate-parameter": say("A field is given twice; the last value counts"),
        "dynamic-target": say("The address of a link is made by a wiki template and was not read"),
        "invalid-template-name": say("Double braces hold something that cannot be the name of a wiki template"),
        "long-link": say("A text in square brackets is too long to be a link"),
        "more-diagnostics": say("There is more on a page than is counted here"),
        "recovered-infobox": say("An infobox is not closed; its fields were read as far as it seems to go"),
        "stray-braces": say("Closing braces stand alone and show as text on the page"),
        "table-in-parameter": say("A table stands inside a field, so that the field may be cut off wrongly"),
        "unclosed-comment": say("A hidden comment is not closed and hides the rest of the page"),
        "unclosed-link": say("The square brackets of a link are not closed"),
        "unclosed-table": say("A table is not closed"),
        "unclosed-tag": say("A formatting tag is not closed"),
        "unclosed-template": say("A wiki template is not closed and shows as text on the page"),
        "url-split-at-equals": say("An address is cut at its equals sign because a field name is missing"),
    }.get(code, code)
