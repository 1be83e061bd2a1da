"""Link targets, template names and parameter names."""

from __future__ import annotations

import pytest

from parsers.site import Site
from parsers.titles import called_name, parameter_name, resolve

SITE = Site.default()


@pytest.mark.parametrize(
    ("raw", "full"),
    [
        ("köln_(Stadt)", "Köln (Stadt)"),
        ("Wohnen#Ziele im Quartier", "Wohnen#Ziele im Quartier"),
        ("Stadtstruktur %26 Stadtgestalt", "Stadtstruktur & Stadtgestalt"),
        ("A &amp; B", "A & B"),
        (":Kategorie:a", "Kategorie:A"),
        ("\u200eVorlage: x", "Vorlage:X"),
        ("W:Rat", "w:Rat"),
        ("Konzept:ISTEK", "Konzept:ISTEK"),
        ("#A", "Plan/Teil#A"),
        ("../", "Plan"),
        ("../W#x", "Plan/W#x"),
        ("/U/", "Plan/Teil/U"),
    ],
)
def test_target(raw: str, full: str) -> None:
    target = resolve(raw, "Plan/Teil", SITE)
    assert target is not None
    assert target.full == full


@pytest.mark.parametrize(
    "raw", ["", " ", "a<b", "a{b", "Kategorie:", "::a", "a/../b", "..", "../../../x", "~~~", "x" * 256]
)
def test_no_title(raw: str) -> None:
    assert resolve(raw, "Plan/Teil", SITE) is None


@pytest.mark.parametrize(
    ("written", "called"),
    [
        (" vorlage:Infobox_Rat\n", (None, "Infobox Rat")),
        ("subst:x", (None, "X")),
        ("#wenn: 1", ("#if", None)),
        ("#neu:1", ("#neu", None)),
        ("SEITENNAME", ("PAGENAME", None)),
        ("Seitenname", (None, "Seitenname")),
        ("a\nb", (None, None)),
        ("Senior:innen", (None, "Senior:innen")),
    ],
)
def test_what_braces_call(written: str, called: tuple[str | None, str | None]) -> None:
    assert called_name(written, SITE, "Seite") == called


def test_parameter_names_are_keys() -> None:
    assert parameter_name(" Zusta\u0308n\u00addig\u200bkeit\u00a0 neu ") == "Zuständigkeit neu"
