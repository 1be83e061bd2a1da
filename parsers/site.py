"""The vocabulary of one wiki: namespaces, magic words, redirect words, interwiki prefixes, linktrail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parsers import vocabulary

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")
_BLANKS = re.compile("[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normalise_spaces(title: str) -> str:
    """A title as MediaWiki stores it: no bidi marks, underscores and runs of blanks as one space.

    The characters are those of MediaWikiTitleCodec::splitTitleString.
    """
    if title.isascii() and "_" not in title and "  " not in title and title.isprintable():
        return title.strip(" ")
    return _BLANKS.sub(" ", _MARKS.sub("", title)).strip(" ")


@dataclass(frozen=True, slots=True)
class Site:
    """What has to be known of a wiki to read its wikitext.

    ``names`` maps a namespace id to the name in the wiki's language; ``namespaces`` maps every name and alias,
    lower-case with spaces, to its id. ``double_underscores`` maps ``__words__`` (lower-case), ``functions``
    maps the names of parser functions (with ``#`` where they have one) and ``variables`` the exact names of
    variables (in lower case also those in which case does not matter), each to the canonical name. ``paper_hosts``
    are parts of host names of council information systems.
    """

    names: Mapping[int, str]
    namespaces: Mapping[str, int]
    subpages: frozenset[int]
    case_sensitive: frozenset[int]
    redirect_words: tuple[str, ...]
    double_underscores: Mapping[str, str]
    functions: Mapping[str, str]
    variables: Mapping[str, str]
    interwiki: frozenset[str]
    languages: frozenset[str]
    linktrail: re.Pattern[str]
    extension_tags: frozenset[str]
    paper_hosts: tuple[str, ...] = vocabulary.PAPER_HOSTS

    @classmethod
    def default(cls) -> Site:
        """A German wiki that also knows the English words, for text whose wiki is not known."""
        return _DEFAULT

    @classmethod
    def from_siteinfo(cls, siteinfo: Mapping[str, Any]) -> Site:
        """The vocabulary that a wiki states of itself.

        ``siteinfo`` is the ``query`` object of ``action=query&meta=siteinfo`` with
        ``siprop=general|namespaces|namespacealiases|magicwords|interwikimap|extensiontags`` in either
        ``formatversion``. A part that is missing is taken from the defaults.
        """
        general = siteinfo.get("general") or {}
        entries = _values(siteinfo.get("namespaces"))
        names = {int(entry["id"]): _name(entry) for entry in entries} or dict(vocabulary.GERMAN)
        aliases = [(int(entry["id"]), _name(entry)) for entry in _values(siteinfo.get("namespacealiases"))]
        aliases += [(int(entry["id"]), str(entry.get("canonical", ""))) for entry in entries]
        if siteinfo.get("namespacealiases") is None:
            # A dump names its namespaces and no alias; the English names hold on every wiki all the same.
            aliases += _default_aliases()
        states_subpages = any("subpages" in entry for entry in entries)
        subpages = (
            {int(e["id"]) for e in entries if e.get("subpages", False) is not False} if states_subpages else names
        )
        words = _magic_words(_values(siteinfo.get("magicwords")))
        interwiki = _values(siteinfo.get("interwikimap"))
        prefixes = {str(entry["prefix"]).lower() for entry in interwiki}
        spoken = {str(entry["prefix"]).lower() for entry in interwiki if _is_language(entry)}
        tags = {str(tag).strip("<>/ ").lower() for tag in siteinfo.get("extensiontags") or ()}
        return cls(
            names=names,
            namespaces=_lookup(names, aliases),
            subpages=frozenset(subpages),
            case_sensitive=_case_sensitive(general, entries),
            redirect_words=words.get("redirect") or vocabulary.REDIRECT_WORDS,
            double_underscores=_double_underscores(words),
            functions=_functions(words),
            variables=_variables(words),
            interwiki=frozenset(prefixes if interwiki else vocabulary.INTERWIKI | vocabulary.LANGUAGES),
            languages=frozenset(spoken if interwiki else vocabulary.LANGUAGES),
            linktrail=_linktrail(str(general.get("linktrail") or "")),
            extension_tags=vocabulary.EXTENSION_TAGS | tags,
        )

    def namespace_id(self, prefix: str) -> int | None:
        """The id of the namespace that a name or alias means, or None."""
        return self.namespaces.get(normalise_spaces(prefix).lower())

    def split_title(self, title: str) -> tuple[int, str]:
        """Namespace id and the name without its prefix; only a known prefix counts as one."""
        cleaned = normalise_spaces(title)
        prefix, colon, rest = cleaned.partition(":")
        namespace = self.namespace_id(prefix) if colon and prefix else None
        if namespace is None or not rest.strip(" "):
            return 0, self.capitalise(cleaned, 0)
        return namespace, self.capitalise(rest.strip(" "), namespace)

    def full_title(self, namespace: int, name: str) -> str:
        """The title as the wiki writes it: prefix in the wiki's language, spaces, first letter as it counts."""
        cleaned = self.capitalise(normalise_spaces(name), namespace)
        prefix = self.names.get(namespace, "")
        return f"{prefix}:{cleaned}" if prefix else cleaned

    def capitalise(self, name: str, namespace: int) -> str:
        """The name with its first letter as this wiki stores it (``$wgCapitalLinks``)."""
        if namespace in self.case_sensitive or not name:
            return name
        first = name[0].upper()
        # PHP's ucfirst changes one character into one: "ß" stays
        return first + name[1:] if len(first) == 1 else name


def _values(part: Any) -> list[Mapping[str, Any]]:
    """The entries of a siteinfo part, which is a list or an object keyed by id."""
    if isinstance(part, Mapping):
        part = list(part.values())
    return [entry for entry in part or () if isinstance(entry, Mapping)]


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name", entry.get("alias", entry.get("*", ""))))


def _is_language(entry: Mapping[str, Any]) -> bool:
    return "language" in entry or entry.get("extralanglink", False) is not False


def _default_aliases() -> list[tuple[int, str]]:
    both = (vocabulary.ENGLISH, vocabulary.ALIASES)
    return [(number, name) for table in both for number, name in table]


def _lookup(names: Mapping[int, str], aliases: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Names win over aliases, as in Language::getNsIndex."""
    found = {normalise_spaces(alias).lower(): number for number, alias in aliases if alias}
    found.update({normalise_spaces(name).lower(): number for number, name in names.items() if name})
    return found


def _case_sensitive(general: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> frozenset[int]:
    if entries:
        return frozenset(int(entry["id"]) for entry in entries if entry.get("case") == "case-sensitive")
    everywhere = general.get("case") == "case-sensitive"
    return frozenset(number for number, _ in vocabulary.ENGLISH) | {0} if everywhere else frozenset()


def _magic_words(entries: list[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {str(entry.get("name")): tuple(map(str, entry.get("aliases") or ())) for entry in entries}


def _double_underscores(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = dict(vocabulary.DOUBLE_UNDERSCORES)
    for name, aliases in words.items():
        for alias in aliases:
            if alias.startswith("__") and alias.endswith("__"):
                found[alias.lower()] = f"__{name.upper()}__"
    return found


def _functions(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = dict(vocabulary.FUNCTIONS)
    for name, aliases in words.items():
        canonical = found.get(name) or found.get("#" + name)
        for alias in aliases:
            plain = alias.rstrip(":").lower()
            if canonical and plain and not alias.startswith("__"):
                found["#" + plain if canonical.startswith("#") else plain] = canonical
    return found


def _variables(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = dict(vocabulary.VARIABLES)
    for name, aliases in words.items():
        canonical = name.upper()
        if canonical in found:
            found.update(dict.fromkeys((alias.rstrip(":") for alias in aliases), canonical))
    return found


def _linktrail(pattern: str) -> re.Pattern[str]:
    """The characters after a link that belong to its label, from MediaWiki's PCRE ``/^([a-z]+)(.*)$/sD``."""
    match = re.match(r"/\^\((.+?)\)\(\.\*\)\$?/", pattern)
    if not match:
        return _GERMAN_TRAIL
    group = re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", lambda m: re.escape(chr(int(m[1], 16))), match[1])
    flags = re.IGNORECASE if "i" in pattern.rpartition("/")[2] else re.NOFLAG
    try:
        return re.compile(group, flags)
    except re.error:  # PCRE has classes that Python has not (\p{L})
        return re.compile(r"[^\W\d_]+")


_GERMAN_TRAIL = re.compile("[äöüßa-z]+")
_DEFAULT = Site.from_siteinfo({})
