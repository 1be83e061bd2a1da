"""What holds of any two texts: nothing for equal ones, something for others, and links that add up."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.compare import compare
from parsers.compare_links import address_of
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from tests.parsers.compared import changes, read

PIECES = [
    "Ein Satz über die Stadt.",
    "==Lage==\n",
    "==Ziele==\n",
    "===Zahlen===\n",
    "* Punkt eins\n",
    "'''fett'''",
    " ",
    "\n",
    "\n\n",
    "-",
    "[[Wohnen]]",
    "[[Wohnen#Ziele|hier]]",
    "[[Sport|hier]]",
    "[[Datei:A.png|rahmenlos]]",
    "[[Datei:A.png|rahmenlos|link=Sport]]",
    "[http://a.example/x?VOLFDNR=1 Vorlage B/16/0001]",
    "[http://b.example/x?VOLFDNR=1 Vorlage B/16/0001]",
    "http://a.example/bloß",
    "[[Kategorie:Rad]]",
    "[[Category:Rad|x]]",
    "[[de:Rad]]",
    "{{Konzeption|Art=Plan|Amt=[[Amt]]}}",
    "{{Konzeption\n|Art=Bericht}}",
    "{{Hinweis|x}}",
    "{{Hinweis|",
    "{|\n| a || b\n|}\n",
    "<!-- Notiz -->",
    "<ref>Quelle</ref>",
    "__NOTOC__",
    "{{DEFAULTSORT:X}}",
    "#REDIRECT [[Ziel]]\n",
    "<nowiki>==",
]
WIKITEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(WIKITEXT)
def test_equal_texts_have_no_changes(text: str) -> None:
    assert compare(read(text), Reader(Site.default()).read(text, "Radkonzept")) == []


@settings(max_examples=400)
@given(WIKITEXT, WIKITEXT)
def test_different_texts_have_changes_that_are_sound(before: str, after: str) -> None:
    told = changes(before, after)
    assert bool(told) == (before != after)
    for change in told:
        assert (change.significance == "cosmetic") == (change.noise_reason is not None)
        assert (change.before is None) == (change.action == "added") or change.kind == "category"
        assert (change.after is None) == (change.action == "removed") or change.kind == "category"
        if change.action in ("changed", "renamed") and change.kind != "link":
            assert change.before != change.after


@given(WIKITEXT, WIKITEXT)
def test_what_came_and_went_is_told_the_other_way_round_backwards(before: str, after: str) -> None:
    def one_sided(old: str, new: str, action: str) -> Counter[tuple[str, str | None]]:
        told = changes(old, new)
        return Counter((c.kind, c.before or c.after) for c in told if c.action == action and c.kind == "category")

    assert one_sided(before, after, "added") == one_sided(after, before, "removed")


@settings(max_examples=400)
@given(WIKITEXT, WIKITEXT)
def test_links_add_up(before: str, after: str) -> None:
    """The addresses before, less what is told as gone, with what is told as come, are the addresses after.

    The link of a redirect is told as the redirect.
    """
    old, new = read(before), read(after)
    if old.infoboxes or new.infoboxes:
        return  # links of a field may be told by the field
    addresses = Counter(address_of(link) for link in old.links if link.span not in _files(old))
    for change in compare(old, new):
        if change.kind in ("link", "redirect") and change.action in ("added", "removed", "changed"):
            addresses.subtract([change.before] if change.before else [])
            addresses.update([change.after] if change.after else [])
    assert +addresses == Counter(address_of(link) for link in new.links if link.span not in _files(new))


def _files(record: Record) -> set[tuple[int, int]]:
    return {link.span for link in record.links if link.kind == "file"}
