"""The forms of an address beside the written one: percent-encoded, and with its host in punycode."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

import idna

from parsers.entities import decode_entities
from parsers.masks import unmask
from parsers.plain_text import drop_comments
from parsers.record import AddressForms

# RFC 3986, appendix B; "mailto" and the like have no "//"
_PARTS = re.compile(r"(?s)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?(?P<slashes>//(?P<authority>[^/?#]*))?(?P<rest>.*)")
_AUTHORITY = re.compile(r"(?s)(?P<user>.*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^:]*)(?P<port>:.*)?")
_NUMERIC = re.compile(r"\[[0-9A-Fa-f:.]+\]")  # IPv6
# A percent sign that encodes nothing (RFC 3986, 2.1)
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_RESERVED = ":/?#@!$&'()*+,;=%~"  # RFC 3986, 2.2, but for square brackets: they stand around IPv6 hosts only
_MAILBOX = re.compile(r"(?s)(?P<user>[^?]*@)(?P<host>[^?,;@]+)(?P<rest>.*)")  # RFC 6068, one recipient
_MAX_ADDRESS = 20_000


@lru_cache(maxsize=20_000)
def address_forms(url: str) -> AddressForms | None:
    """The forms of an address as written in wikitext, with entities decoded and comments gone.

    What is encoded already is not encoded again. None where the address is not known before the page is rendered
    (a template stands in it), or is longer than any server takes.
    """
    plain = decode_entities(drop_comments(unmask(url)))
    if "{{" in plain or len(plain) > _MAX_ADDRESS:
        return None
    parts = _PARTS.fullmatch(plain)
    assert parts is not None  # any text fits
    scheme, rest = parts["scheme"] or "", parts["rest"]
    user, host, port = "", "", ""
    if parts["slashes"] is not None:
        authority = _AUTHORITY.fullmatch(parts["authority"])
        if authority:
            user, host, port = f"//{authority['user'] or ''}", authority["host"], authority["port"] or ""
        else:
            user = parts["slashes"]
    elif scheme.lower() == "mailto:" and (mailbox := _MAILBOX.fullmatch(rest)):
        user, host, rest = mailbox["user"], mailbox["host"], mailbox["rest"]
    head, tail = f"{scheme}{_percent(user)}", f"{_percent(port)}{_percent(rest)}"
    if not host:
        whole = head + tail
        return AddressForms(whole, whole, None)
    punycode = _punycode(host)
    percent = host if _NUMERIC.fullmatch(host) else _percent(host)
    return AddressForms(head + percent + tail, None if punycode is None else head + punycode + tail, punycode)


def _percent(text: str) -> str:
    """Text as UTF-8 with all that an address may not hold percent-encoded (RFC 3987, 3.1)."""
    return quote(_LONE_PERCENT.sub("%25", text), safe=_RESERVED, errors="surrogatepass")


def _punycode(host: str) -> str | None:
    """A host in ASCII and lower case (IDNA 2008 with the mapping of UTS 46); None where it cannot be a name."""
    plain = unquote(host)
    if plain.isascii():
        return plain.lower() if _percent(plain) == plain or _NUMERIC.fullmatch(plain) else None
    try:
        return idna.encode(plain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
