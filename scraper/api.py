"""The action API: one request, checked; queries with continuation; what the wiki says of itself.

Manuals: API:Data formats (formatversion=2), API:Continue, API:Errors and warnings, Manual:Maxlag parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scraper.abilities import Abilities
from scraper.errors import ApiError, MembersOnly, UnexpectedAnswer
from scraper.session import Patience, Session, retry_after

Params = Mapping[str, str | int]
SITEINFO: Params = {
    "meta": "siteinfo",
    "siprop": "general|namespaces|namespacealiases|magicwords|interwikimap|extensiontags|statistics",
    "curtimestamp": 1,
}
PASSING = {
    "maxlag",
    "readonly",
    "ratelimited",
    "internal_api_error_DBQueryError",
    "internal_api_error_DBConnectionError",
}
DENIED = {"readapidenied", "permissiondenied", "assertuserfailed", "mwoauth-invalid-authorization"}
GARBAGE_TRIES = 3
ACCOUNT = "set WIKITRAIL_USER and WIKITRAIL_PASSWORD to a bot password (Special:BotPasswords)"
HARMLESS = ("This result was truncated because it would otherwise",)


@dataclass(slots=True)
class Api:
    """A wiki's ``api.php``. ``warnings`` collects what the wiki warned of, each once, in order;
    ``can`` is what may be asked of it."""

    session: Session
    url: str
    warnings: list[str] = field(default_factory=list)
    can: Abilities = field(default_factory=Abilities)

    def request(self, params: Params) -> dict[str, Any]:
        """One answer of the API as a dict, after all checks.

        Raises ApiError for an error that the API reports, MembersOnly when reading needs rights, Temporary when
        the wiki stays read-locked, lagged or limited, UnexpectedAnswer when the answer is no API answer.
        """
        full: dict[str, str | int] = {
            **self.can.known(params),
            "format": "json",
            "formatversion": 2,
            "maxlag": self.session.manners.maxlag,
        }
        patience = Patience(self.session)
        garbage = 0
        while True:
            response = self.session.ask(self.url, full)
            try:
                answer = response.json()
            except ValueError:
                answer = None
            if not isinstance(answer, dict) or response.status_code == 404:
                garbage += 1
                if garbage == GARBAGE_TRIES:
                    raise UnexpectedAnswer(
                        f"{self.url} answered with {_describe(response.text)} instead of API data; "
                        "open the address in a browser to see what stands in the way."
                    )
                patience.wait(f"{self.url} does not answer as an API")
                continue
            error = answer.get("error")
            if error is None:
                self._note_warnings(answer)
                return answer
            code, info = str(error.get("code", "unknown")), str(error.get("info", ""))
            if code in PASSING:
                patience.wait(f"{self.url} is busy ({code}: {info})", error.get("lag") and retry_after(response))
            elif code in DENIED:
                raise MembersOnly(f"{self.url} lets nobody read without an account ({info}); {ACCOUNT}.")
            else:
                raise ApiError(code, f"{self.url} reports an error: {info or code} ({code}).")

    def query(
        self, params: Params, continued: Mapping[str, str | int] | None = None, *, whole: bool = False
    ) -> Iterator[Batch]:
        """All answers of one ``action=query``, each complete, from ``continued`` on.

        Every further request is made of the original parameters and the latest ``continue`` alone. Parts of an
        answer that the wiki split are put together before they are handed out; with ``whole`` Split is raised.
        """
        latest: Mapping[str, str | int] = continued or {}
        parts: list[dict[str, Any]] = []
        while True:
            answer = self.request({"action": "query", **params, **latest})
            if "query" not in answer and "batchcomplete" not in answer and "continue" not in answer:
                raise UnexpectedAnswer(f"{self.url} sent an answer with no result in it; try again later.")
            parts.append(answer)
            following = answer.get("continue")
            if following is not None and following == latest:
                raise UnexpectedAnswer(
                    f"{self.url} sends the same part of a list again and again; a page may be too large for it."
                )
            if whole and following is not None and not answer.get("batchcomplete"):
                raise Split(f"{self.url} sends more in one answer than is asked for at once.")
            if answer.get("batchcomplete") or following is None:
                yield Batch(join_parts(parts), following, str(answer.get("curtimestamp", "")))
                parts = []
            if following is None:
                return
            latest = following

    def _note_warnings(self, answer: Mapping[str, Any]) -> None:
        for module, warning in answer.get("warnings", {}).items():
            text = str(warning.get("warnings", warning))
            line = f"{module}: {text}"
            if not text.startswith(HARMLESS) and line not in self.warnings:
                self.warnings.append(line)


class Split(UnexpectedAnswer):
    """An answer was split that is to come whole: less is to be asked for at once."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One complete answer: the ``query`` object, where to go on (None at the end), the wiki's clock if asked."""

    result: dict[str, Any]
    following: Mapping[str, str | int] | None
    now: str


def join_parts(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The ``query`` objects of a split answer as one: lists joined, pages and revisions merged by id."""
    whole: dict[str, Any] = {}
    pages: dict[Any, dict[str, Any]] = {}
    for part in parts:
        for key, value in part.get("query", {}).items():
            if key == "pages":
                for page in value:
                    _join_page(pages, page)
            elif isinstance(value, list) and key in whole:
                whole[key] = whole[key] + value
            else:
                whole[key] = value
    if pages:
        whole["pages"] = list(pages.values())
    return whole


def _join_page(pages: dict[Any, dict[str, Any]], page: dict[str, Any]) -> None:
    known = pages.setdefault(page.get("pageid", page.get("title")), {})
    revisions = {r["revid"]: r for r in [*known.get("revisions", []), *page.get("revisions", [])]}
    known.update(page)
    if revisions:
        known["revisions"] = list(revisions.values())


def _describe(body: str) -> str:
    start = body.lstrip()[:200].lower()
    if not start:
        return "nothing"
    return "an HTML page" if start.startswith(("<!doctype", "<html", "<head", "<body", "<")) else "something"
