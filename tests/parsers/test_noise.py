"""Noise: harmless differences are named, all others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.noise import markup_noise_reason, noise_reason


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("ein  Wort\n\n\nmehr", "ein Wort\nmehr ", "whitespace"),
        ('"Ziel"', "„Ziel“", "typography"),
        ("2015-2020", "2015–2020", "typography"),
        ("2015 - 2020", "2015–2020", "typography"),
        ("z. B. 50 %", "z.B. 50%", "typography"),
        ("Stadt\u00adteil B/16/5505\u201101", "Stadtteil B/16/5505-01", "typography"),
        ("warten...", "warten…", "typography"),
        ("Altes_Rathaus", "Altes Rathaus", "typography"),
        ("· \u00a0Wege\n· Räder", "Wege\nRäder", "typography"),
        ("- Wege\n– Räder", "Wege\nRäder", "typography"),
        ("Bürger·innen", "Bürgerinnen", None),
        ("- 5 Grad", "5 Grad", None),
        ("das „ziel“", 'das "Ziel"', "case"),
        ("01.07.2024", "1. Juli 2024", "notation"),
        ("1. Juli 2024", "2024-07-01", "notation"),
        ("1.7.2024", "01.07.2024", "notation"),
        ("Beschluss vom 01.07.2024 und vom 2. März 2019", "Beschluss vom 1. Juli 2024 und vom 2019-03-02", "notation"),
        ("01.07.2024", "2. Juli 2024", None),
        ("31.02.2024", "2024-02-31", None),
        ("Stand 01.07.2024", "Beschluss 1. Juli 2024", None),
        ("eins\nzwei\ndrei", "drei\neins\nzwei", "order"),
        ("Osterfeld, Sterkrade", "Sterkrade, Osterfeld", "order"),
        ("gleich", "gleich", None),
        ("Stadt teil", "Stadtteil", None),
        ("1,5 Mio.", "5,1 Mio.", None),
        ("10", "100", None),
        ("Ja", "Ja.", None),
        ("-", "", None),
        ("m²", "m2", None),
        ("5 €", "5 $", None),
        ("Der Rat, nicht der Ausschuss", "Der Rat nicht, der Ausschuss", None),
    ],
)
def test_text(before: str, after: str, reason: str | None) -> None:
    assert noise_reason(before, after) == reason
    assert noise_reason(after, before) == reason


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("'''Wort'''", "Wort", "markup"),
        ("''Wort''", "'''Wort'''", "markup"),
        ("<small>Wort</small>", "Wort", "markup"),
        ("* Wort", "# Wort", "markup"),
        ("== Wort ==", "=== Wort ===", "markup"),
        ("Wort<!-- Notiz -->", "Wort", "markup"),
        ("Wort<br />Tat", "Wort Tat", "markup"),
        ("Wort<br>Tat", "WortTat", None),
        ("Wort\n----\nTat", "Wort\nTat", "markup"),
        ("<div>Wort</div>", "Wort", "markup"),
        ("Wort<!-- Notiz", "Wort", "markup"),
        ('{| class="a"\n| Wort\n|}', '{| class="b"\n| Wort\n|}', "markup"),
        ('{|\n| style="x" | Wort\n|}', "{|\n| Wort\n|}", "markup"),
        ("__KEIN_INHALTSVERZEICHNIS__\nWort", "Wort", "markup"),
        ("[[Ort|Wort]]", "Wort", "markup"),
        ("Wort  Wort", "Wort Wort", "whitespace"),
        ('"Wort"', "„Wort“", "typography"),
        ("50&nbsp;%", "50\u00a0%", "markup"),
        ("50&nbsp;%", "50 %", "whitespace"),
        ("50&nbsp;%", "'''50''' %", "markup"),
        ("M&auml;rz &#8211; Mai", "März – Mai", "markup"),
        ("2015&ndash;2020", "2015-2020", "typography"),
        ("a &lt; b", "a < b", "markup"),
        ("&lt;b&gt;Wort", "<b>Wort", None),
        ("&auml;", "ö", None),
        ("* eins\n* zwei", "* zwei\n* eins", "order"),
        ("'''Wort'''", "'''Tat'''", None),
        ("Wort", "Wort<ref>Quelle</ref>", None),
        ("<ref>Quelle 1</ref>", "<ref>Quelle 2</ref>", None),
        ("Wort<ref>Quelle</ref>", "Wort Quelle", None),
        ("Wort", 'Wort<ref name="a" />', None),
        ('Wort<ref name="a" />', "Wort<ref name=b />", "markup"),
        ("Wort<ref>Eins 1</ref><ref>Zwei 2</ref>", "Wort<ref>Zwei 2</ref><ref>Eins 1</ref>", "order"),
        ("{{#ask:A}}", "{{#ask:B}}", None),
    ],
)
def test_wikitext(before: str, after: str, reason: str | None) -> None:
    assert markup_noise_reason(before, after) == reason
    assert markup_noise_reason(after, before) == reason


@given(st.text(alphabet="abAB \n.,-–„", max_size=30), st.text(alphabet="abAB \n.,-–„", max_size=30))
def test_noise_never_adds_or_drops_a_letter(before: str, after: str) -> None:
    if noise_reason(before, after):
        letters = [sorted(c.lower() for c in text if c.isalpha()) for text in (before, after)]
        assert letters[0] == letters[1]
