"""Finds the API of a wiki from the address of any of its pages.

MediaWiki names it in the head of each page, ``<link rel="EditURI">`` (Really Simple Discovery); where that is
missing the usual places are tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from scraper.abilities import check_version, version_of
from scraper.api import ACCOUNT, SITEINFO, TRIES, Api
from scraper.errors import (
    AccessDenied,
    ApiError,
    ApiOff,
    BadAddress,
    Damaged,
    LoginFailed,
    MembersOnly,
    NotAWiki,
    Refused,
    UnexpectedAnswer,
)
from scraper.session import Session, stays

Opener = Callable[[Session, str], Api]  # an API as one of the wiki's accounts


@dataclass(frozen=True, slots=True)
class Found:
    """A wiki that was found: its API, its siteinfo (the ``query`` object), and its clock (ISO 8601 UTC).

    ``members_only`` says that nobody may read it without an account.
    """

    api: Api
    siteinfo: dict[str, Any]
    now: str
    members_only: bool = False


def find_api(session: Session, address: str, log_in: Opener | None = None) -> Found:
    """The API of the wiki that has a page at ``address``, with what the wiki says of itself.

    ``log_in`` opens the API as an account, once it is known to be one: no password goes anywhere else, nor to
    another host than that of ``address``. Raises BadAddress, NotAWiki, ApiOff, TooOld, AccessDenied, LoginFailed or
    Temporary, each with a sentence that says what to do.
    """
    url = check_address(address)
    if urlsplit(url).path.endswith("/api.php"):
        return _checked(session, _bare(url), address, log_in)
    is_wiki, named = False, None
    denied: AccessDenied | None = None
    damaged: Damaged | None = None
    try:
        response = session.ask(url, anywhere=True)
        is_wiki, named = _read_head(response.url, response.text)
    except AccessDenied as error:
        denied = error
    for candidate in [named] if named else _usual_places(url):
        try:
            return _checked(session, candidate, address, log_in, tries=TRIES if named else 1)
        except MembersOnly:
            raise
        except AccessDenied as error:
            denied = error
        except Damaged as error:
            damaged = error
        except NotAWiki:
            continue
    if damaged:
        raise damaged
    if denied and not is_wiki:
        raise denied
    if is_wiki:
        raise ApiOff(
            f"{address} is a MediaWiki, but its API cannot be used ({'HTTP 403' if denied else 'no answer'}); "
            "ask the operator to allow api.php, or import an XML export with “wikitrail import”."
        )
    raise NotAWiki(f"There is no MediaWiki at {address}; give the address of any page of the wiki.")


def check_address(address: str) -> str:
    """The address without its fragment. Raises BadAddress unless it is http or https with a host."""
    parts = None
    try:
        parts = urlsplit(address.strip())
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:  # half an IPv6 address, or a port that is no number
        fine = False
    if parts and fine and (parts.username or parts.password):
        raise BadAddress(
            f"The address of {parts.hostname} holds a user name or password; put them into ~/.netrc instead."
        )
    if parts and fine and not re.search(r"\s", parts.netloc):
        return urlunsplit(parts._replace(fragment=""))
    looks_like_host = re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?(/.*)?", address.strip())
    hint = f"; did you mean https://{address.strip()} ?" if looks_like_host else "; it begins with http:// or https://."
    raise BadAddress(f"“{address}” is not an address of a wiki page{hint}")


def _read_head(base: str, html: str) -> tuple[bool, str | None]:
    """Whether a page was made by MediaWiki, and the address of the API that it names."""
    soup = BeautifulSoup(html, "lxml")
    generator = soup.select_one("meta[name=generator]")
    is_wiki = generator is not None and str(generator.get("content", "")).startswith("MediaWiki")
    link = soup.select_one("link[rel=EditURI][href]")
    if link is None:
        return is_wiki, None
    parts = urlsplit(urljoin(base, str(link["href"])))
    if not parts.path.endswith("api.php") or parts.scheme not in ("http", "https"):
        return is_wiki, None
    return True, _bare(urlunsplit(parts))


def _usual_places(url: str) -> Iterator[str]:
    """Addresses at which ``api.php`` usually lies (Manual:Short URL), nearest first."""
    parts = urlsplit(url)
    before_script = re.sub(r"/(index|load|api)\.php.*$", "", parts.path)
    folders = [before_script.rstrip("/")] if before_script != parts.path else []
    for folder in dict.fromkeys([*folders, "", "/w", "/mediawiki", "/wiki"]):
        yield urlunsplit((parts.scheme, parts.netloc, f"{folder}/api.php", "", ""))


def _checked(session: Session, url: str, address: str, log_in: Opener | None, tries: int = 1) -> Found:
    """The API at ``url``, if it answers as one; else NotAWiki, or MembersOnly when it wants an account."""
    probe = Api(session, url, anywhere=True, tries=tries)
    api = None
    try:
        answer = probe.request({"action": "query", **SITEINFO})
    except MembersOnly as error:
        if log_in is None:
            raise MembersOnly(f"{url} lets nobody read without an account; {ACCOUNT}.") from error
        api = log_in(session, _for_password(probe.landed, address))
        answer = api.request({"action": "query", **SITEINFO})
    except UnexpectedAnswer as error:
        if isinstance(error, Refused) and tries == TRIES:  # the wiki itself names this API, so it is not off
            raise
        raise NotAWiki(
            f"{address} does not answer as a MediaWiki API; give the address of any page of the wiki."
        ) from error
    except ApiError as error:
        raise ApiOff(f"{error} Ask the wiki's operator, or import an XML export with “wikitrail import”.") from error
    siteinfo = answer.get("query", {})
    general = siteinfo.get("general")
    generator = str(general.get("generator", "")) if isinstance(general, dict) else ""
    if not generator.startswith("MediaWiki"):
        raise NotAWiki(f"{address} does not answer as a MediaWiki API; give the address of any page of the wiki.")
    check_version(generator)
    members_only = api is not None
    if api is None:
        api = log_in(session, _for_password(probe.landed, address)) if log_in else Api(session, _bare(probe.landed))
    api.can = replace(api.can, version=version_of(generator))
    return Found(api, siteinfo, str(answer["curtimestamp"]), members_only)


def _for_password(landed: str, address: str) -> str:
    """The API that redirects and links led to. Raises LoginFailed unless it is where the user wanted to go."""
    if not stays(address, landed):
        raise LoginFailed(
            f"{address} leads to {_bare(landed)}, and a password goes only to the place that was named; if the wiki is "
            "there, give that address itself."
        )
    return _bare(landed)


def _bare(url: str) -> str:
    """An address without its query."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
