"""What the inline markup of masked wikitext is made of: the tokens, and what single ones show."""

from __future__ import annotations

import re

from parsers.addresses import ADDRESS, SCHEMES
from parsers.entities import ENTITY, character_of
from parsers.masks import INERT_QUOTE
from parsers.titles import Target

TAG_NAME = re.compile(r"</?([A-Za-z0-9]+)")
# Each begins with a character outside of groups, so that a search skips to the next of these characters.
_TOKENS = (
    r"\[\[(?P<target>[^\[\]|\n\ufdd2]++)(?:\|(?P<label>[^\[\]\n]*+))?\]\]"
    rf"|\[(?P<url>(?i:{SCHEMES}|//){ADDRESS})[^\S\n]*+(?P<text>[^\[\]\n]*+)\]"
    rf"|\[(?P<open>\[|(?=(?i:{SCHEMES}|//)))"
    rf"|&(?P<entity>{ENTITY.removeprefix('&')})"
    r"|<(?P<tag>/?[A-Za-z][A-Za-z0-9]{0,15}(?:[\s/\ufdd0-\ufdef][^<>]*+)?>)"
    r"|<(?P<angle>/?[A-Za-z][A-Za-z0-9]++(?![@:.]))"
    r"|_(?P<magic>_\w{1,60}?__)"
)
TOKEN = re.compile(_TOKENS)
TOKEN_OR_ADDRESS = re.compile(rf"{_TOKENS}|(?P<bare>\b(?i:{SCHEMES}){ADDRESS})")  # cannot skip: three times as slow
MARKUP = re.compile(r"[\[<&:/_]")  # without which there is no token
_URL_END = re.compile("''|&[lg]t;")  # Parser::handleExternalLinks


def parted_address(url: str) -> tuple[str, str, str]:
    """What follows a scheme in single brackets, where quotes or an entity of "<" or ">" end the address."""
    end = _URL_END.search(url)
    return (url[: end.start()], end[0], url[end.end() :]) if end else (url, "", "")


def shown_character(match: re.Match[str]) -> str:
    """The character that an entity stands for; a quote makes nothing bold."""
    return (character_of(match[0]) or match[0]).replace("'", INERT_QUOTE)


def decoded_entities(text: str) -> str:
    """The text with the characters that its entities stand for."""
    return re.sub(ENTITY, shown_character, text) if "&" in text else text


def default_label(raw: str, target: Target) -> str:
    """What a link without a label shows: its target as written, a relative one without its slash or dots."""
    shown = raw.strip(" ")
    if shown.startswith("../") and shown.strip("./"):
        return shown.removesuffix("/").rpartition("/")[2] if shown.endswith("/") else target.full
    if shown.startswith("../"):
        return target.full
    if shown.startswith("/") and shown.endswith("/") and not target.title.startswith("/"):
        return shown.strip("/") or target.full
    return raw.removeprefix(":")
