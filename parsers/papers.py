"""Council papers (Vorlagen, Drucksachen) that a text cites: their numbers and what identifies them in an address."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from urllib.parse import parse_qsl, urlsplit

from parsers.addresses import address_host
from parsers.entities import decode_entities
from parsers.masks import unmask
from parsers.record import Link, Paper, PaperKey, Span
from parsers.site import Site

# The parameter that identifies a paper: Allris VOLFDNR (of an agenda item TOLFDNR), SessionNet kvonr
_KEYS = ("VOLFDNR", "TOLFDNR", "__KVONR", "KVONR")
_KEY_VALUE = re.compile(r"\w+(?:[.:~-]\w+)*")  # what follows it is of the label or the sentence: 13572|Vorlage
_DASH = "[-\u2010-\u2015\u2212]"
# Numbers that are a paper's wherever they stand: B/16/5505-01, DS/1246/V, VO/4679/2016; the first also with blanks
_CERTAIN = (
    rf"(?:[A-Zab] ?/ ?\d{{2}} ?/ ?\d{{3,5}}"
    rf"(?:{_DASH}\d{{1,3}}(?:/\d|{_DASH}[A-Z]\d)?| ?{_DASH} ?0\d(?!\.\d)|/0\d)?"
    rf"|[A-Z]/\d{{4}}/\d{{4}}|(?:DS|VO|BV|MV|AN|AF|IV)/\d{{2,5}}/(?:[IVX]{{1,5}}|\d{{2,4}})(?:{_DASH}\d{{1,3}})?)"
)
# Numbers that are one only beside a word that says so: 2012/0367, VI-0989, 16051-09-E1, 1234/2019
_POSSIBLE = (
    rf"(?:\d{{4}}/\d{{3,5}}(?:{_DASH}\d{{1,3}})?|[IVX]{{1,5}}{_DASH}[A-Z]{{0,3}}{_DASH}?\d{{3,5}}(?:/\d{{2,4}})?"
    rf"|\d{{4,5}}{_DASH}\d{{2}}(?:{_DASH}[A-Z]\d)?|\d{{2,5}}/\d{{2,4}}(?:{_DASH}\d{{1,3}})?)"
)
_WORD = (
    r"(?:Beschluss|Beratungs|Mitteilungs|Rats|Informations|Verwaltungs|Sitzungs)?"
    r"(?:[Vv]orlagen?|[Dd]rucksachen?|Drs\.?|DS|[BM]V(?= ?\d{4}/\d{4})|[Aa]ntrag|[Aa]nfrage)"
)
_NUMBER = re.compile(
    rf"(?<![\w/])(?<!LT-)(?<!BT-)(?<!tags-)(?:(?P<certain>{_CERTAIN})|{_WORD}[\s:,]*(?:(?:Nr\.?|[Nn]ummer|{_DASH})[\s:]*)*(?P<possible>{_POSSIBLE}))"
    rf"(?![\w/]|{_DASH}\d)"
)
_FURTHER = re.compile(rf"\s?(?:,|;|&|und|sowie)\s?(?P<possible>{_POSSIBLE})(?![\w/]|{_DASH}\d)")
_ANY = re.compile(rf"(?<![\w/])(?<!Sitzung ){_POSSIBLE}(?![\w/])")
_YEARS = re.compile(r"((?:19|20)\d\d)/((?:19|20)?\d\d)")
_MONTH = re.compile(r"(?:0[1-9]|1[0-2])/(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")
_JOINT = re.compile("[/\u2010-\u2015\u2212-] ?[A-Z]{0,3}[\u2010-\u2015\u2212-]?\\d")  # every number has one
_TROUBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def plain_characters(text: str) -> str:
    """Text without invisible characters, with every blank as a blank: ``B/16/5505\u201101`` and the like."""
    if text.isascii() or not _UNUSUAL.search(text):
        return text
    return _TROUBLE.sub("", text).translate(_BLANKS)


_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"), " ")
_UNUSUAL = re.compile(f"[{''.join(map(chr, _BLANKS))}]|{_TROUBLE.pattern}")
_DASHES = dict.fromkeys((*range(8208, 8214), 8722), "-")


def find_papers(text: str, links: tuple[Link, ...], site: Site) -> tuple[Paper, ...]:
    """The papers that one line cites, in order. ``text`` is the line as seen, ``links`` are its links.

    A linked paper has its number from the label, or else from the text beside the link when that holds as many
    numbers as there are such links. Numbers that no link claims are papers without an address.
    """
    numbers = _numbers(text)
    if not numbers and not links:
        return ()
    cited = [(link, paper_key(link.url, site)) for link in links if link.kind == "external" and link.url]
    if not (numbers or cited):
        return ()
    found: list[Paper] = []
    waiting: list[int] = []
    for link, key in cited:
        own = _label_number(link.label, known=key is not None)
        if own in numbers:
            numbers.remove(own)
        if own is None and key is None:
            continue
        if own is None:
            waiting.append(len(found))
        found.append(Paper(own, link.url, key, 0))
    if waiting and len(waiting) == len(numbers):
        for index, number in zip(waiting, numbers, strict=True):
            found[index] = Paper(number, found[index].url, found[index].key, 0)
        numbers = []
    if not numbers:
        return tuple(found)
    claimed = {paper.number for paper in found}
    return (*found, *(Paper(number, None, None, 0) for number in dict.fromkeys(numbers) if number not in claimed))


def join_in_rows(cited: list[tuple[int, Paper]], rows: Iterable[Span]) -> list[tuple[int, Paper]]:
    """Papers in order, each with its place; a row of a table that cites one number and links to one paper cites one."""
    joined: dict[int, tuple[int, Paper] | None] = {}
    for start, end in rows:
        low, high = (bisect_left(cited, place, key=itemgetter(0)) for place in (start, end))
        if high - low == 2:
            papers = [paper for _, paper in cited[low:high]]
            numbers = [paper.number for paper in papers if paper.number is not None and paper.url is None]
            links = [paper for paper in papers if paper.number is None and paper.key is not None]
            if numbers and links:
                joined[low] = (cited[low][0], replace(links[0], number=numbers[0]))
                joined[low + 1] = None
    merged = (joined.get(index, entry) for index, entry in enumerate(cited))
    return [entry for entry in merged if entry is not None] if joined else cited


def _numbers(text: str) -> list[str]:
    plain = plain_characters(text)
    if not _JOINT.search(plain):
        return []
    found: list[str] = []
    for match in _NUMBER.finditer(plain):
        if match["possible"] and _are_years(match["possible"]):
            continue
        certain = match["certain"]
        number = certain[0].upper() + certain[1:] if certain else match["possible"]
        found.append(number.translate(_DASHES).replace(" ", ""))
        further = _FURTHER.match(plain, match.end()) if match["possible"] else None
        while further and _DIGIT.sub("0", further["possible"]) == _DIGIT.sub("0", match["possible"]):
            found.append(further["possible"].translate(_DASHES))
            further = _FURTHER.match(plain, further.end())
    return found


def _label_number(label: str, *, known: bool) -> str | None:
    """The number in a label; in that of a link known to lead to a paper, any form will do."""
    found = _numbers(label)
    if found:
        return found[0]
    if not known:
        return None
    plain = plain_characters(label)
    numbers = (match[0] for match in _ANY.finditer(plain))
    number = next((one for one in numbers if not (_are_years(one) or _MONTH.fullmatch(one))), None)
    return number.translate(_DASHES) if number else None


def _are_years(number: str) -> bool:
    """Whether it is two years of which the second follows the first: 2020/2021, 2020/21."""
    years = _YEARS.fullmatch(number)
    return years is not None and (int(years[1]) + 1) % 100 == int(years[2]) % 100


@lru_cache(maxsize=10_000)
def _query(url: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(urlsplit(decode_entities(unmask(url))).query)
    except ValueError:
        return {}
    return {name.upper(): value for name, value in reversed(pairs)}


def paper_key(url: str, site: Site) -> PaperKey | None:
    """What identifies the paper that an address leads to, within its system; None for other addresses."""
    if "=" not in url:
        return None
    values = _query(url)
    for name in _KEYS:
        value = _KEY_VALUE.match(_TROUBLE.sub("", values.get(name, "")).strip())
        if value and (name != "TOLFDNR" or _is_paper_host(url, site) or "/to0" in url):
            return PaperKey(name.lower() if "KVONR" in name else name, value[0])
    return None


def _is_paper_host(url: str, site: Site) -> bool:
    host = address_host(url) or ""
    return any(part in host for part in site.paper_hosts)
