"""Addresses in wikitext: where they end, and which host they name."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from parsers.masks import GONE, unmask

# $wgUrlProtocols as MediaWiki ships it
SCHEMES = (
    "https?://|ftps?://|sftp://|ssh://|ircs?://|git://|svn://|redis://|gopher://|telnet://|nntp://|worldwind://|mms://|"
    "mailto:|matrix:|tel:|sms:|sips?:|xmpp:|news:|urn:|geo:|magnet:|bitcoin:"
)
# What every address has: the slashes of its scheme, or the last letter of a scheme that has none, and a colon
SCHEME_COLON = re.compile(r":(?://|(?<=[LNOPSTX]:)\S)", re.IGNORECASE)
# Parser::EXT_LINK_URL_CLASS and EXT_LINK_ADDR; stand-ins of comments and templates count as part of an address
_CHARACTER = '[^\\[\\]<>"\x00-\x20\x7f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufffd\ufdd2\ufdd3\ufdee]'
ADDRESS = rf"(?:\[[0-9A-Fa-f:.]+\]|{_CHARACTER}){_CHARACTER}*+"

_STARTS = re.compile(rf"(?i:{SCHEMES}|//)")
# Parser::makeFreeExternalLink: entities of "<", ">" and a blank end an address
_ENDING_ENTITY = re.compile(r"&(?:lt|gt|nbsp|#x0*(?:3[CcEe]|[Aa]0)|#0*(?:60|62|160));")
_LAST_ENTITY = re.compile(r"&(?:[a-z]+|#x[0-9a-f]+|#[0-9]+);$", re.IGNORECASE)


def free_address(found: str) -> str:
    """The address at the start of ``found`` without the punctuation that follows it in a sentence; "" if none.

    A closing bracket is punctuation unless the address has an opening one (Parser::makeFreeExternalLink).
    """
    scheme = _STARTS.match(found)
    if scheme is None:
        return ""
    address = found.partition("''")[0].rstrip(GONE)
    ending = _ENDING_ENTITY.search(address)
    if ending:
        address = address[: ending.start()]
    punctuation = ",;\\.:!?" if "(" in address else ",;\\.:!?)"
    shorter = address.rstrip(punctuation)
    if (
        len(shorter) < len(address)
        and address[len(shorter)] == ";"
        and _LAST_ENTITY.search(address[: len(shorter) + 1])
    ):
        shorter = address[: len(shorter) + 1]
    return shorter if len(shorter) > scheme.end() else ""


@lru_cache(maxsize=20_000)
def address_host(url: str) -> str | None:
    """The lower-case host of an address, an IPv6 one without brackets; None where it names none."""
    plain = unmask(url)
    try:
        host = urlsplit(plain if not plain.startswith("//") else f"http:{plain}").hostname
    except ValueError:
        return None
    host = (host or "").partition("|")[0].rstrip(".")  # a pipe was to part it from a label
    return host.lower() or None
