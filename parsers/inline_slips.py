"""Slips in links and running text that MediaWiki reads without a word, as something that was hardly meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from parsers.addresses import SCHEMES
from parsers.images import WORDS, Options
from parsers.masks import links_in, unmask
from parsers.site import Site
from parsers.titles import CATEGORY, FILE

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{2,5}\Z")
# A size or a named option that sticks to what stands before it, or lost its equals sign
_STUCK = re.compile(
    r"[^\W\d_](?<!\dx)\d+(?:x\d+)?px|\S(?:link|alt)=|\A(?:\S*px\S+|(?:link|thumb|mini|left|right|links|rechts|rahmenlos|hochkant)[A-ZÄÖÜ])"
)
# A size without its unit, or with another one; a name that no option has; one with a colon for its equals sign
_NEARLY_OPTION = re.compile(
    r"\d{2,3}|\S*\dpx|\d+ ?x ?\d+ ?p?x?|\d+ ?(?:p|xp|pixe?l?|pt|em|%)|[A-Za-z]{3,}=.*|(?:link|alt|verweis)[:;].*"
)
_OPTION_WORDS = WORDS | {"thumb", "thumbnail", "mini", "miniatur", "frame", "framed", "gerahmt"}
_LEAST_OPTION, _LEAST_NAMESPACE = 4, 5  # letters; of shorter words too many are alike
_MAX_TITLE = 255  # bytes, of which a character has one at least
_DAMAGED = {CATEGORY: "damaged-category", FILE: "damaged-picture"}
# The name of a namespace and what stands in place of its colon: ``CategoryHarbour``, ``Datei.Ufer.png``
_PREFIX = re.compile(r"(?P<name>[^\W\d_][^\W\d_A-ZÄÖÜ]+)(?:(?P<mark> ?[:;.,])|(?=[A-ZÄÖÜ])) ?(?=\w)")
_SINGLE_BRACKETS = re.compile(r"(?<!\[)\[(\w+):[^\[\]\n]+\](?!\])")
_SINGLE_BRACES = re.compile(r"(?<!\{)\{(?!\{)[^\W\d_][^{}|\n]{0,80}\|[^{}\n]*=[^{}\n]*\}(?!\})")
_PIPE = re.compile(r"[^\s|\[\]]*\w(\|)\w|\w ?(\|)\s*\Z")
# ``http//``, ``http:/``, ``https;//``, ``htps://``, ``ttp://`` and a host without its scheme in brackets
_NO_SCHEME = re.compile(
    rf"(?:(?<=[\s(„>\[|])|^)(?:(?!{SCHEMES})h{{0,2}}t{{1,3}}[pa]{{0,3}}s?(?:[:;,.]?//|[:;,.]/)|(?<=\[)www\.)[^\s\[\]|]*",
    re.IGNORECASE,
)
_TWO_SCHEMES = re.compile(r"https?://(?:https?|www)(?:[:;,.]?/|:)", re.IGNORECASE)
# Two equals signs together, or none between the name of a paper's key and its value
_EQUALS = re.compile(r"[?&](?:\w+==\w|(?i:[TV]OLFDNR|_*KVONR)\w)")
_BRACKET_IN_ADDRESS = re.compile(r"(?i:https?)://[^\s\[\]|<>\"]*\[(?!\[|(?i:https?):)[^\[\]\n]*\]")
# A target and the label that stuck to it: Amt#Ziel 1Netz, LothringenLothrìnge, Amt (Bau)Bauamt
_JOINED_FRAGMENT = re.compile(r"#.*[a-zäöüß\d][A-ZÄÖÜ][a-zäöüß]{2}")
_JOINED_TITLE = re.compile(r"[^\W\d_A-ZÄÖÜ](?=[A-ZÄÖÜ])")
_SAME_AGAIN = re.compile(r"\b(\w{3})[^|]{0,80}[^\W\d_A-ZÄÖÜ](?=[A-ZÄÖÜ])(?i:\1)")
_BEHIND_BRACKET = re.compile(r" \([^()]*\)[^\W\d_]")
_LEAST_TWICE = 5  # letters of a word that stands twice: Elsässischelsässisch
# A pipe that was to part address and label; in a query it may belong there (``?titles=A|B``)
_PIPE_FOR_LABEL = re.compile(r"[^?]*\|(?:[^\W\d]|$)|.*(?:\d\|[^\W\d_]|\|$)", re.DOTALL)


def has_extension(title: str) -> bool:
    """Whether the name of a file has an ending, which a wiki asks of each (Manual:$wgFileExtensions)."""
    return _EXTENSION.search(title) is not None


def is_damaged_picture(title: str, options: Options) -> bool:
    """Whether a file's name has no ending, or an option is none: misspelt, stuck to another, or shown nowhere."""
    captions = [unmask(caption).strip() for caption in (options.caption, *(text for text, _ in options.unseen))]
    return (
        not has_extension(title)
        or options.link.startswith("=")
        or options.loses
        or any("[" not in caption and (_STUCK.search(caption) or _is_nearly_option(caption)) for caption in captions)
    )


def _is_nearly_option(caption: str) -> bool:
    if _NEARLY_OPTION.fullmatch(caption):
        return True
    lower = caption.lower()
    if lower in _OPTION_WORDS:
        return True
    return (
        caption == lower
        and len(caption) >= _LEAST_OPTION
        and any(OSA.distance(caption, word, score_cutoff=1) <= 1 for word in _OPTION_WORDS)
    )


def is_damaged_address(address: str) -> bool:
    """Whether the address of a link holds two schemes, two equals signs together, or the pipe before its label."""
    return bool(
        _EQUALS.search(address) or _TWO_SCHEMES.match(address) or ("|" in address and _PIPE_FOR_LABEL.match(address))
    )


def pipe_slips(piece: str) -> Iterator[tuple[str, int, int]]:
    """Code, start and end of single pipes between letters."""
    if "|" in piece and "{" not in piece:  # of a template that is never closed, or a language variant
        links = links_in(piece, 0)[::-1]
        for match in _PIPE.finditer(piece):
            while links and links[-1][1] <= match.start():
                links.pop()
            if "://" not in match[0] and not (links and links[-1][0] < match.start()):
                yield "pipe-in-text", *match.span(match.lastindex or 0)


def _is_joined(target: str) -> bool:
    """Whether a label seems to stick to its target, as no pipe parts them."""
    if "#" in target and _JOINED_FRAGMENT.search(target):
        return True
    if ")" in target and _BEHIND_BRACKET.search(target):
        return True
    if _JOINED_TITLE.search(target):
        return _SAME_AGAIN.search(target) is not None
    half, odd = divmod(len(target), 2)
    return not odd and half >= _LEAST_TWICE and target[:half].lower() == target[half:].lower()


def target_slip(target: str, label: str | None, site: Site) -> str | None:
    """The code of a target that was to be a category or a file (its namespace is misspelt or lost its colon), or whose
    label sticks to it.
    """
    if target.count("(") != target.count(")") or (label is None and _is_joined(target[:_MAX_TITLE])):
        return "damaged-link"
    prefix = _PREFIX.match(target)
    if prefix is None:
        return None
    name, mark = prefix["name"].lower(), prefix["mark"]
    if mark and mark[-1] == ":":
        if len(name) < _LEAST_NAMESPACE - 1:
            return None
        return next((code for word, code in _words(site) if OSA.distance(name, word, score_cutoff=1) <= 1), None)
    code = _DAMAGED.get(site.namespaces.get(name, 0))
    # there are pages named Bild.de and ImageMagick
    return code if code == _DAMAGED[CATEGORY] or _EXTENSION.search(target, prefix.end() + 1) else None


def _words(site: Site) -> Iterator[tuple[str, str]]:
    for word, namespace in site.namespaces.items():
        if namespace in _DAMAGED and len(word) >= _LEAST_NAMESPACE:
            yield word, _DAMAGED[namespace]


def mark_slips(piece: str, site: Site) -> Iterator[tuple[str, int, int]]:
    """Code, start and end of what is text for the lack of a mark: addresses whose scheme is damaged, one bracket for
    two around a category or a file, one brace for two around a template.
    """
    if "//" in piece or ":/" in piece or "[www." in piece.lower():
        for match in _NO_SCHEME.finditer(piece):
            yield "damaged-link", *match.span()
    if "[" in piece:
        for match in _BRACKET_IN_ADDRESS.finditer(piece):
            yield "damaged-link", *match.span()
        for match in _SINGLE_BRACKETS.finditer(piece):
            if code := _DAMAGED.get(site.namespaces.get(match[1].lower(), 0)):
                yield code, *match.span()
    if "{" in piece:
        for match in _SINGLE_BRACES.finditer(piece):
            yield "stray-braces", *match.span()
