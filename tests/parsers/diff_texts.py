"""A page that goes through every kind of edit, for tests of diff pages: each text follows from the one before."""

from __future__ import annotations

import unicodedata

_START = """\
{{Konzeption
|Räumlicher Geltungsbereich=Gesamtstadt
|Art=Konzept
|Zuständigkeit=Bereich 7-1 / Beispielamt
|Jahr der Veröffentlichung=2019
}}
== Themenfeld(er) ==
{| class="wikitable"
! Feld !! Stand
|-
| Wohnen || offen
|}
== Kurzbeschreibung ==
Das Konzept beschreibt, wie die Stadt mit ihren Brachen umgehen will. Es nennt Flächen, Fristen und Zuständige.

Ein zweiter Absatz, der weit genug ist, um als verschoben erkannt zu werden, steht zunächst hier oben.

== Ziele ==
* Flächen erfassen
* Eigentümer ansprechen
* Zwischennutzung ermöglichen

== Links ==
* [http://alt.beispiel.example/bi/vo020.asp?VOLFDNR=4711 Vorlage - B/99/0001-01]
-
[[Kategorie:Stadtentwicklung]]"""


def edited_texts() -> list[str]:
    """The texts in order; neighbours always differ."""
    texts = [_START]

    def edit(old: str, new: str) -> None:
        assert old in texts[-1], old
        texts.append(texts[-1].replace(old, new, 1))

    edit("* Eigentümer ansprechen\n", "* Eigentümer ansprechen\n* Altlasten prüfen\n")  # a line added
    edit("* Flächen erfassen\n", "")  # a line deleted
    edit("Fristen und Zuständige", "Termine und alle Zuständigen")  # words of a line
    edit("|Jahr der Veröffentlichung=2019", "|Jahr der Veröffentlichung=2024")  # a template's line
    moved = "Ein zweiter Absatz, der weit genug ist, um als verschoben erkannt zu werden, steht zunächst hier oben."
    texts.append(texts[-1].replace(moved + "\n\n", "").replace("== Links ==\n", f"== Links ==\n{moved}\n\n"))
    moved_words = moved.replace("zunächst hier oben", "nun wieder weiter oben")  # moved and rewritten
    texts.append(texts[-1].replace(moved + "\n\n", "").replace("== Ziele ==\n", f"{moved_words}\n\n== Ziele ==\n"))
    edit("* Altlasten prüfen\n", "* Altlasten prüfen   \n")  # blanks at the end of a line
    edit("* Altlasten prüfen   \n", "* Altlasten prüfen\t\n")  # a tab
    edit("* Altlasten prüfen\t\n", "  * Altlasten prüfen\n")  # blanks before it
    edit("== Ziele ==\n", "== Ziele ==\n\n\n")  # empty lines added
    edit("== Ziele ==\n\n\n", "== Ziele ==\n \n")  # an empty line becomes a blank
    edit("| Wohnen || offen\n", "| Wohnen || offen\n|-\n| Verkehr || &nbsp; || 1&2\n")  # a row of a table, entities
    edit("\n-\n", "\n<ins>kein Tag</ins> <!-- nichts --> &lt;del&gt; \"a\" 'b' <br>\n")  # HTML as text
    edit("<ins>kein Tag</ins>", '<ins class="diffchange">kein Tag</ins><td class="diff-marker">−</td>')
    edit("http://alt.beispiel.example/bi/vo020.asp?", "http://neu.beispiel.example/vo020?")  # an address
    edit("Brachen umgehen", unicodedata.normalize("NFD", "Bräche") + " umgehen")  # letters the API would compose
    edit("will. Es nennt", "will.  Es   nennt")  # runs of blanks within a line
    edit("will.  Es   nennt", "will. Es nennt")
    edit("Es nennt", "Es\u00a0nennt")  # a no-break space between letters
    edit("Das Konzept", "+ − - Das\u200b\u00adKonzept \U0001f3d7")  # signs of markers, invisible ones, beyond the BMP
    texts.append(texts[-1].replace("* ", "# "))  # every line of a list
    edit("# Zwischennutzung ermöglichen", "# Zwischennutzung\n# ermöglichen\n\n# und fördern")  # a line split
    edit("# Zwischennutzung\n# ermöglichen\n\n# und fördern", "# Zwischennutzung ermöglichen und fördern")  # joined
    edit("== Links ==", f"== Verweise ==\n{'Ein langer Satz mit vielen Wörtern. ' * 300}")  # a very long line
    edit("vielen Wörtern. Ein", "vielen anderen Wörtern. Ein")  # one word in it
    texts.append("\n".join(f"Zeile {number}" for number in range(1, 1300)) + "\n" + texts[-1])  # numbers above 1,000
    edit("Zeile 3\n", "Zeile drei\n")
    edit("Zeile 1234\n", "Zeile zwölfhundertvierunddreißig\n")
    edit("[[Kategorie:Stadtentwicklung]]", "[[Kategorie:Stadtentwicklung]]\n[[Kategorie:Wohnen]]")  # at the end
    texts.append("Ein ganz anderer Text.\n\n Er ist kurz.")  # a whole page replaced
    texts.append("")
    texts.append("Wieder da.")
    return texts
