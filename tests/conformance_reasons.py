"""Why a record may differ from what MediaWiki says of a text: every reason that is accepted, each with its sign."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance_judge import Text

_BAD_NOTE = re.compile(r"<ref\s+name\s*=\s*(?:\d+\s*[/>]|[^\"'>/]*\s[^\"'=>/]*[/>])", re.IGNORECASE)
_COMPUTED_KEY = re.compile(r"\[\[[^\[\]|]*\|[^\[\]]*\{\{")
_TAGGED_HEADING = re.compile(
    r"[^\s>][ \t]*<h[1-6]\b|</h[1-6]\s*>[ \t]*[^\s<]|<h([1-6])\b[^\n]*</h(?!\1)", re.IGNORECASE
)
_NESTED_NOTE = re.compile(r"<ref\b[^>]*(?<!/)>(?:(?!</ref).)*<ref\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """What our record says otherwise than MediaWiki: ``side`` is ``missed`` or ``extra``."""

    text: Text
    facet: str
    side: str
    finding: tuple[str, ...]
    codes: tuple[str, ...]

    def __str__(self) -> str:
        fault = f" ({self.text.fault})" if self.text.fault else ""
        told = f"diagnostics: {', '.join(self.codes)}" if self.codes else "no diagnostic"
        return f"{self.side} {_short(repr(self.finding))} in {self.text.name}{fault}; {told}"


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:80]} … {text[-80:]}"


def _computed(one: Difference) -> bool:
    if one.facet in ("templates", "parameters"):
        return bool(re.match(r"\{\{[^|}]*\{\{", one.finding[1]))
    return "dynamic-target" in one.codes and one.facet in ("links", "files", "categories", "external")


def _recovered(one: Difference) -> bool:
    if one.facet in ("links", "files", "external") and one.side == "missed":
        return False
    return "unclosed-link" in one.codes and "{{" in one.text.text


def _note_in_heading(one: Difference) -> bool:
    return one.facet == "headings" and bool(re.search(r"^=.*<ref.*=\s*$", one.text.text, re.MULTILINE))


REASONS: dict[str, Callable[[Difference], bool]] = {
    "a name or target that a template or variable computes; flagged where a target depends on it": _computed,
    "a sort key that a template or variable computes is told as written": (
        lambda one: one.facet == "categories" and bool(_COMPUTED_KEY.search(one.text.text))
    ),
    "double brackets that are never closed do not end the template around them; flagged unclosed-link": _recovered,
    "double brackets around a heading or the row of a table are text; flagged unclosed-link": (
        lambda one: "unclosed-link" in one.codes and one.facet in ("links", "files")
    ),
    "templates more than 100 deep are not read; flagged depth-limit": lambda one: "depth-limit" in one.codes,
    "a table in a parameter keeps its pipes; flagged table-in-parameter": lambda one: "table-in-parameter" in one.codes,
    "an address in a parameter keeps its equals sign; flagged url-split-at-equals": (
        lambda one: "url-split-at-equals" in one.codes
    ),
    "braces before which -{ is never closed are still a template; flagged unclosed-variant": (
        lambda one: one.side == "extra" and "unclosed-variant" in one.codes
    ),
    "an address in a line of a gallery ends before the pipe": (
        lambda one: one.facet == "external" and "<gallery" in one.text.text and "|" in one.text.text
    ),
    "a heading in tags that shares its line with other text begins no section": (
        lambda one: one.facet == "headings" and bool(_TAGGED_HEADING.search(one.text.text))
    ),
    "MediaWiki counts the number of a note as part of its heading": _note_in_heading,
    "the Cite extension shows no note with a name that it refuses, or in another one": (
        lambda one: bool(_BAD_NOTE.search(one.text.text) or _NESTED_NOTE.search(one.text.text))
    ),
}


def reason_for(one: Difference) -> str | None:
    """Why this difference is accepted, or None where it is not."""
    return next((reason for reason, applies in REASONS.items() if applies(one)), None)
