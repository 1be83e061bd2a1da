"""The vocabulary of a wiki, as siteinfo states it and by default."""

from __future__ import annotations

from typing import Any

import pytest

from parsers.reader import Reader
from parsers.site import Site

SITEINFO: dict[str, Any] = {
    "general": {"linktrail": "/^([a-zé]+)(.*)$/sD", "case": "first-letter"},
    "namespaces": {
        "0": {"id": 0, "case": "first-letter", "name": "", "subpages": False, "content": True},
        "6": {"id": 6, "case": "first-letter", "name": "Fichier", "canonical": "File", "subpages": False},
        "14": {"id": 14, "case": "first-letter", "name": "Catégorie", "canonical": "Category", "subpages": False},
        "100": {"id": 100, "case": "case-sensitive", "name": "Konzept", "canonical": "Konzept", "subpages": True},
    },
    "namespacealiases": [{"id": 6, "alias": "Picture"}],
    "magicwords": [
        {"name": "redirect", "aliases": ["#REDIRECTION", "#REDIRECT"], "case-sensitive": False},
        {"name": "notoc", "aliases": ["__AUCUNSOMMAIRE__", "__NOTOC__"], "case-sensitive": False},
        {"name": "defaultsort", "aliases": ["DEFAULTSORT:", "CLEFDETRI:"], "case-sensitive": True},
        {"name": "pagename", "aliases": ["NOMPAGE", "PAGENAME"], "case-sensitive": True},
    ],
    "interwikimap": [{"prefix": "de", "language": "Deutsch", "url": "u"}, {"prefix": "stadt", "url": "u"}],
}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kategorie:wohnen", (14, "Wohnen")),
        ("category:_Wohnen_ und__Bauen", (14, "Wohnen und Bauen")),
        ("BILD:x.jpg", (6, "X.jpg")),
        ("Benutzer_Diskussion:eva", (3, "Eva")),
        ("Senior:innenplan", (0, "Senior:innenplan")),
        ("ßtadt", (0, "ßtadt")),
        ("Kategorie:", (0, "Kategorie:")),
    ],
)
def test_default_site_splits_titles(title: str, expected: tuple[int, str]) -> None:
    assert Site.default().split_title(title) == expected


def test_full_title_has_the_prefix_of_the_wiki() -> None:
    assert Site.default().full_title(14, "wohnen_im Alter") == "Kategorie:Wohnen im Alter"
    assert Site.from_siteinfo(SITEINFO).full_title(6, "a.png") == "Fichier:A.png"


def test_siteinfo_names_namespaces_and_their_case() -> None:
    site = Site.from_siteinfo(SITEINFO)
    assert site.split_title("Konzept:ISTEK") == (100, "ISTEK")
    assert site.split_title("konzept:iSTEK") == (100, "iSTEK")
    assert site.split_title("Picture:a") == site.split_title("file:A") == (6, "A")
    assert site.split_title("Kategorie:A") == (0, "Kategorie:A")


def test_text_is_read_with_the_words_of_siteinfo() -> None:
    reader = Reader(Site.from_siteinfo(SITEINFO))
    record = reader.read(
        "[[catégorie:a]] [[stadt:b]] [[de:c]] [[en:d]] [[e]]é __AUCUNSOMMAIRE__ {{CLEFDETRI:z}} [[/f]]", "S"
    )
    assert [category.name for category in record.categories] == ["A"]
    assert [(link.kind, link.target, link.label) for link in record.links] == [
        ("interwiki", "stadt:b", "stadt:b"),
        ("interwiki", "de:c", ""),
        ("internal", "En:d", "en:d"),
        ("internal", "E", "eé"),
        ("internal", "/f", "/f"),
    ]
    assert [(word.name, word.value) for word in record.magic] == [("__NOTOC__", None), ("DEFAULTSORT", "z")]
    assert reader.read("#redirection [[B]]", "A").redirect is not None
    assert reader.read("#WEITERLEITUNG [[B]]", "A").redirect is None


def test_older_siteinfo_is_understood() -> None:
    old: dict[str, Any] = {
        "general": {"case": "case-sensitive"},
        "namespaces": {
            "0": {"id": 0, "case": "case-sensitive", "*": ""},
            "14": {"id": 14, "*": "Rubrik", "subpages": ""},
        },
        "namespacealiases": [{"id": 14, "*": "R"}],
    }
    site = Site.from_siteinfo(old)
    assert site.split_title("r:x") == (14, "X")
    assert site.split_title("klein") == (0, "klein")
    assert site.subpages == {14}


def test_without_siteinfo_the_default_is_used() -> None:
    assert Site.from_siteinfo({}) == Site.default()


def test_a_linktrail_that_python_cannot_read_means_letters() -> None:
    site = Site.from_siteinfo({"general": {"linktrail": "/^(\\p{L}+)(.*)$/sDu"}})
    trail = site.linktrail.match("ärz9")
    assert trail is not None
    assert trail[0] == "ärz"
