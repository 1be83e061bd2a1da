"""What the target of a link or the name of a template means: normalised titles, interwiki prefixes, fragments."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from parsers import vocabulary
from parsers.addresses import SCHEMES
from parsers.entities import decode_entities
from parsers.immutable import dataclass
from parsers.site import Site, normalise_spaces
from parsers.unicode_form import nfc

MEDIA, SPECIAL, FILE, TEMPLATE, CATEGORY = -2, -1, 6, 10, 14

# MediaWikiTitleCodec::getTitleInvalidRegex: what no title may hold
_INVALID = re.compile(r"[\x00-\x1f<>\[\]{}|\x7f\ufffd\ufdd0-\ufdef]|%[0-9A-Fa-f]{2}|&(?:#\d+|#x[0-9A-Fa-f]+|\w+);")
_INVALID_ELSEWHERE = re.compile(r"[<>\[\]{}|]")  # in a title of another wiki
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_RELATIVE_PARTS = re.compile(r"^\.{1,2}(?:/|$)|/\.{1,2}(?:/|$)")
_ADDRESS = re.compile(rf"(?i:{SCHEMES}|//)")
_UP = re.compile(r"(?:\.\./)+")
_MAX_BYTES = 255


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads. ``title`` is full, without fragment; of an interwiki link, ``prefix:rest``.

    ``forced`` is true after a leading colon, which makes a plain link of a file, category or language link.
    """

    title: str
    namespace: int
    fragment: str | None
    interwiki: str | None
    forced: bool

    @property
    def full(self) -> str:
        return f"{self.title}#{self.fragment}" if self.fragment else self.title


@dataclass(frozen=True, slots=True)
class RedirectLine:
    """What makes a page a redirect: its link, which ends with it, from ``start`` to ``end``."""

    target: Target
    start: int
    end: int
    relative: bool


def is_relative(raw: str) -> bool:
    """Whether a link target means something only together with the title of its page."""
    return raw.strip(" ").startswith(("#", "/", "../")) or not raw.strip(" ")


def is_address(raw: str) -> bool:
    """Whether what stands in double brackets is an address, which no page title may be (handleInternalLinks2)."""
    return _ADDRESS.match(raw) is not None


def resolve(raw: str, page: str, site: Site) -> Target | None:
    """The target of ``[[raw]]`` on ``page``, or None where MediaWiki shows the brackets as text.

    Follows Title::newFromText and Linker::normalizeSubpageLink. ``raw`` has no comments any more.
    """
    return None if is_address(raw) else resolve_title(raw, page, site)


def resolve_title(raw: str, page: str, site: Site) -> Target | None:
    """The same where an address is a title like any other: on the line that makes a redirect."""
    text = decode(raw)
    cleaned = normalise_spaces(text)
    forced = cleaned.startswith(":")
    if forced:
        cleaned = cleaned[1:].lstrip(" ")
        if cleaned.startswith(":"):
            return None
    elif cleaned.startswith(("/", "../")):
        joined = _join_subpage(cleaned, page, site)
        if joined is None:
            return None
        cleaned = joined
    body, hash_sign, fragment = cleaned.partition("#")
    body = body.rstrip(" ")
    anchor = fragment.strip(" ") if hash_sign else None
    if not body:
        return None if anchor is None or forced else _on_page(page, anchor, site)
    return _absolute(body, anchor or None, forced, site)


def _on_page(page: str, anchor: str, site: Site) -> Target:
    namespace, name = site.split_title(page)
    return Target(site.full_title(namespace, name), namespace, anchor or None, None, False)


def _absolute(body: str, anchor: str | None, forced: bool, site: Site) -> Target | None:
    prefix, colon, rest = body.partition(":")
    namespace = 0
    if colon:
        key = prefix.strip(" ").lower()
        found = site.namespaces.get(key)
        if found is not None:
            namespace, body = found, rest.strip(" ")
        elif key in site.interwiki:
            if _INVALID_ELSEWHERE.search(rest):
                return None
            return Target(f"{key}:{rest.strip(' ')}", 0, anchor, key, forced)
    if not body or body.startswith(":") or not is_valid_name(body):
        return None
    return Target(site.full_title(namespace, body), namespace, anchor, None, forced)


def gallery_file(raw: str, site: Site) -> str | None:
    """The full title of the file that a line of a gallery names, with or without prefix; None if it names none."""
    name = normalise_spaces(decode(raw)).partition("#")[0].rstrip(" ")
    namespace, rest = site.split_title(name.removeprefix(":"))
    if namespace != FILE and (namespace or name.startswith(":")):
        return None
    rest = rest if namespace else name
    return site.full_title(FILE, rest) if rest and is_valid_name(rest) else None


def is_valid_name(name: str) -> bool:
    """Whether a page may bear this name (Manual:Page title)."""
    if _INVALID.search(name) or _RELATIVE_PARTS.search(name) or "~~~" in name:
        return False
    return len(name) <= _MAX_BYTES // 4 or len(name.encode("utf-8", "surrogatepass")) <= _MAX_BYTES


def decode(raw: str) -> str:
    """A target as written without percent signs and entities that stand for characters."""
    if "%" not in raw and "&" not in raw:
        return raw
    decoded = _ESCAPES.sub(_unescape_percent, raw) if "%" in raw else raw
    return nfc(decode_entities(decoded)) if "&" in decoded else decoded


def _unescape_percent(match: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _join_subpage(raw: str, page: str, site: Site) -> str | None:
    """The absolute form of ``/Sub``, ``../Sibling`` and ``../``; unchanged where the namespace has no subpages."""
    namespace, name = site.split_title(page)
    if namespace not in site.subpages:
        return None if raw.startswith("../") else raw
    path, hash_sign, fragment = raw.partition("#")
    path = path.rstrip(" ")
    suffix = hash_sign + fragment
    if path.startswith("/"):
        return f"{site.full_title(namespace, name)}/{path[1:].rstrip('/').strip(' ')}{suffix}"
    parts = name.split("/")
    up = _UP.match(path)
    if up:
        path = path[up.end() :]
        parts = parts[: -(up.end() // len("../"))]
    if not parts:
        return None
    child = path.rstrip("/").strip(" ")
    joined = "/".join([*parts, child]) if child else "/".join(parts)
    return site.full_title(namespace, joined) + suffix


def template_name(raw: str, site: Site) -> str | None:
    """The normalised name of a template: no namespace prefix, spaces, first letter; None if no title at all.

    A page of another namespace that is used as a template keeps its prefix, one of the main namespace its colon.
    """
    cleaned = normalise_spaces(decode(raw) if "&" in raw else raw).partition("#")[0].rstrip(" ")
    forced = cleaned.startswith(":")
    body = cleaned[1:].lstrip(" ") if forced else cleaned
    if not body or "\n" in raw.strip() or not is_valid_name(body):
        return None
    namespace, name = site.split_title(body)
    if name.startswith(":"):
        return None
    if namespace == TEMPLATE:
        return name
    if namespace:
        return site.full_title(namespace, name)
    return f":{name}" if forced else site.capitalise(body, TEMPLATE)


_MODIFIERS = ("subst:", "safesubst:", "msgnw:", "msg:", "raw:")


def called_name(written: str, site: Site, page: str) -> tuple[str | None, str | None]:
    """What ``{{written}}`` calls on a page: a parser function or variable, or a template, by its normalised name."""
    name = written.strip()
    head, colon, _ = name.partition(":")
    key = head.lower()  # without what stands before its colon there is no function (Parser::callParserFunction)
    if colon and (key in site.functions or (key.startswith("#") and not key[-1].isspace())):
        return site.functions.get(key, key), None
    variable = site.variables.get(name) or site.variables.get(name.lower())
    if colon and variable is None:
        variable = site.variables.get(head)
        variable = variable if variable in vocabulary.WITH_ARGUMENT else None
    if variable is not None:
        return variable, None
    for modifier in _MODIFIERS:
        if name.lower().startswith(modifier):
            return called_name(name[len(modifier) :], site, page)
    if name.startswith(("/", "../")):
        joined = _join_subpage(name, page, site)
        name = name if joined in (name, None) else f":{joined}"
    return None, template_name(name, site)


def parameter_name(raw: str) -> str:
    """The name of a parameter as a key: trimmed, without invisible characters, spaces as one blank, NFC."""
    plain = _INVISIBLE.sub("", raw) if not raw.isascii() else raw
    return nfc(" ".join(plain.split()))
