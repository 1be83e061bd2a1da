"""What a diagnostic of the parser means to a reader of the report."""

from __future__ import annotations

from jobs.report.language import Language


def not_read_reason(code: str, lang: Language) -> str:
    """A plain sentence, without its full stop, for a code of ``parsers.diagnostics``; an unknown code as it is."""
    say = lang.say
    return {
        "damaged-category": say("A category shows as text on the page, or text sticks to it"),
        "damaged-attribute": say("A setting in the layout of a page has wrong quotation marks, or none"),
        "damaged-link": say("A link is damaged, or has brackets or marks that do not belong to it"),
        "damaged-picture": say("The name or an option of a picture is damaged or misspelt"),
        "damaged-redirect": say("A page looks like a redirect and leads nowhere"),
        "depth-limit": say("Wiki templates are nested so deeply that the innermost were not read"),
        "doubled-equals": say("A field value begins with an equals sign, which is perhaps written twice"),
        "doubled-pipe": say("Two vertical bars stand together in a link, a picture or an infobox"),
        "doubled-table-mark": say("Two marks of a table stand on one line, of which only the first counts"),
        "duplicate-parameter": say("A field is given twice; the last value counts"),
        "dynamic-target": say("The address of a link is made by a wiki template and was not read"),
        "heading-in-field": say("A heading stands inside a field; the infobox perhaps ends too late"),
        "invalid-link-target": say("Square brackets hold something that cannot be the target of a link"),
        "invalid-template-name": say("Double braces hold something that cannot be the name of a wiki template"),
        "link-in-option": say("The link of a picture holds square brackets; the picture perhaps ends too late"),
        "long-link": say("A text in square brackets is too long to be a link"),
        "lost-row-mark": say("A line in a table looks like a row that lost its vertical bar"),
        "lost-cell-text": say("A text before a vertical bar in a cell of a table does not show on the page"),
        "missing-colon": say("A command in double braces lacks the colon behind its name"),
        "missing-pipe": say(
            "A field or a table cell holds what looks like the next one; a vertical bar is perhaps missing"
        ),
        "more-diagnostics": say("There is more on a page than is counted here"),
        "nested-comment": say("A hidden comment begins inside another one, which was perhaps to end before"),
        "nested-link": say("A link stands inside another one; the outer brackets show as text on the page"),
        "nested-too-large": say("Wiki templates inside one another are too large; the inner ones were not told apart"),
        "no-heading": say("A line begins or ends like a heading, but does not do both"),
        "odd-character": say("A text holds control characters or what is left of damaged ones"),
        "paths-too-long": say("The headings are too long to be repeated with every section"),
        "pipe-in-text": say("A single vertical bar shows as text on the page"),
        "recovered-infobox": say("An infobox is not closed; its fields were read as far as it seems to go"),
        "stray-braces": say("Closing braces stand alone and show as text on the page"),
        "stray-brackets": say("Closing square brackets stand alone and show as text on the page"),
        "stray-cell": say("A row or cell of a table stands outside of every table"),
        "stray-comment-end": say("The end of a hidden comment stands alone and shows as text on the page"),
        "stray-html-tag": say("A closing formatting tag stands alone"),
        "stray-pipe": say("A line begins like a cell of a table, but stands in no table"),
        "stray-table-end": say("The end of a table stands alone"),
        "table-in-parameter": say("A table stands inside a field, so that the field may be cut off wrongly"),
        "tag-without-end": say("The angle bracket that ends a formatting tag is missing"),
        "too-many-parameters": say("A wiki template has so many fields that the last ones were not told apart"),
        "unclosed-comment": say("A hidden comment is not closed and hides the rest of the page"),
        "unclosed-external-link": say("The square brackets of an address are not closed"),
        "unclosed-html-tag": say("A formatting tag lacks its end; the wiki decides where it ends"),
        "unclosed-inclusion": say("A passage that is meant for other pages alone never ends and hides the rest"),
        "unclosed-link": say("The square brackets of a link are not closed"),
        "unclosed-quotes": say("Bold or italics do not end on the line where they begin"),
        "unclosed-table": say("A table is not closed"),
        "unclosed-tag": say("A formatting tag is not closed"),
        "unclosed-template": say("A wiki template is not closed and shows as text on the page"),
        "unclosed-variant": say("A passage in several forms of the language is not closed"),
        "uneven-brackets": say("The square brackets in a wiki function do not come in pairs"),
        "uneven-heading": say("A heading has more equals signs on one side than on the other"),
        "unnamed-field": say("A value in an infobox has no field name; an equals sign is perhaps missing"),
        "unknown-tag": say("Angle brackets hold something that no wiki knows; they show as text on the page"),
        "url-split-at-equals": say("An address is cut at its equals sign because a field name is missing"),
    }.get(code, code)
