"""The action API: one request, checked; queries with continuation; what the wiki says of itself.

Manuals: API:Data formats (formatversion=2), API:Continue, API:Errors and warnings, Manual:Maxlag parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scraper.abilities import Abilities
from scraper.answers import read_answer
from scraper.errors import (
    LATER,
    ApiError,
    Damaged,
    Endless,
    MembersOnly,
    Temporary,
    UnexpectedAnswer,
    UnknownModel,
    one_line,
)
from scraper.patience import Patience, retry_after
from scraper.session import Session

Params = Mapping[str, str | int]
Point = frozenset[tuple[str, str | int]]  # where a list goes on
SITEINFO: Params = {
    "meta": "siteinfo",
    "siprop": "general|namespaces|namespacealiases|magicwords|interwikimap|extensiontags|statistics",
}
PASSING = {"maxlag", "readonly", "ratelimited", "badtoken"}
INTERNAL = "internal_api_error_"  # before the name of what PHP raised
DENIED = {"readapidenied", "permissiondenied", "mwoauth-invalid-authorization"}
TRIES = 3  # for an answer that is none
MOST_PARTS = 1000  # of one batch; a batch has 500 rows at most
ACCOUNT = "set WIKITRAIL_USER and WIKITRAIL_PASSWORD to a bot password (Special:BotPasswords)"
HARMLESS = ("This result was truncated because it would otherwise",)


@dataclass(slots=True)
class Api:
    """A wiki's ``api.php``. ``warnings`` collects what the wiki warned of, each once, in order; ``landed`` is where
    the last answer came from, after redirects. With ``anywhere`` these may lead to another host; ``tries`` is for
    answers that are none, ``can`` is what may be asked, ``lost_models`` are content models that the wiki was found not
    to know any more."""

    session: Session
    url: str
    warnings: list[str] = field(default_factory=list)
    can: Abilities = field(default_factory=Abilities)
    anywhere: bool = False
    tries: int = TRIES
    lost_models: set[str] = field(default_factory=set)
    landed: str = ""

    def request(self, params: Params) -> dict[str, Any]:
        """One answer of the API as a dict, after all checks.

        Raises ApiError for an error that the API reports (UnknownModel for one of texts that no extension knows),
        MembersOnly when reading needs rights, Temporary when the wiki stays read-locked, lagged or limited or goes on
        failing inside, UnexpectedAnswer when the answer is no API answer.
        """
        full: dict[str, str | int] = {
            **self.can.known(params),
            "format": "json",
            "formatversion": 2,
            "maxlag": self.session.manners.maxlag,
            "curtimestamp": 1,  # an answer that tells the time was made by the API, and for this request
        }
        patience = self.session.patience()
        strange = 0
        while True:
            answer = self.session.ask(self.url, full, anywhere=self.anywhere)
            try:
                data = read_answer(answer, self.url)
            except (Damaged, UnexpectedAnswer) as fault:
                strange += 1
                if strange >= (TRIES if isinstance(fault, Damaged) else self.tries):
                    raise
                patience.wait(f"{self.url} does not answer as an API", fault=fault)
                continue
            self.landed = answer.url
            error = data.get("error")
            if error is None:
                self._note_warnings(data)
                return data
            code, info = str(error.get("code", "unknown")), one_line(str(error.get("info", "")))
            if code in PASSING:
                patience.wait(f"{self.url} is busy ({code}: {info})", retry_after(answer.headers))
            elif code.startswith(INTERNAL):
                self._wait_for_inside(patience, code, info)
            elif code in DENIED:
                raise MembersOnly(f"{self.url} lets nobody read without an account ({info}); {ACCOUNT}.")
            else:
                raise ApiError(code, f"{self.url} reports an error: {info or code} ({code}).")

    def _wait_for_inside(self, patience: Patience, code: str, info: str) -> None:
        """Wait after a failure inside the wiki: an outage looks the same as a damaged text. Raises UnknownModel."""
        what = f"{self.url} fails inside ({code}: {info})"
        lasting = f"{what}, each time it is asked; tell the wiki's operator, whose log says more."
        if "UnknownContentModel" in code:
            raise UnknownModel(code, lasting)
        patience.wait(what, fault=Temporary(lasting))

    def query(
        self,
        params: Params,
        continued: Mapping[str, str | int] | None = None,
        *,
        whole: bool = False,
        seen: set[Point] | None = None,
    ) -> Iterator[Batch]:
        """All answers of one ``action=query``, each complete, from ``continued`` on.

        Every further request is made of the original parameters and the latest ``continue`` alone. Parts of an
        answer that the wiki split are put together before they are handed out; with ``whole`` Split is raised.
        ``seen`` are the points of a list that were passed; who asks for it in several queries keeps them.

        Raises Stuck when a row does not fit into an answer, Endless for a list in circles, Damaged when the end is
        reached without what was asked.
        """
        latest: Mapping[str, str | int] = continued or {}
        seen = set() if seen is None else seen
        seen.add(point_of(latest))
        lacking = set() if continued else _lists_of(params)
        parts: list[dict[str, Any]] = []
        while True:
            answer = self.request({"action": "query", **params, **latest})
            parts.append(answer)
            lacking -= answer.get("query", {}).keys()
            following = answer.get("continue")
            bare = "query" not in answer and bool(_warnings_of(answer))
            lost = "generator" in params and bool(answer.get("batchcomplete")) and not _goes_on(following)
            if bare or lost or (following is None and (lacking or not answer.get("batchcomplete"))):
                raise Damaged(self._left_out(lacking, answer))
            if whole and following is not None and not answer.get("batchcomplete"):
                raise Split(f"{self.url} sends more in one answer than is asked for at once.")
            if following is not None:
                key = point_of(following)
                if following == latest:
                    raise Stuck(self.url, join_parts(parts))
                if key in seen or len(parts) == MOST_PARTS:
                    raise Endless(self.url)
                seen.add(key)
            if answer.get("batchcomplete") or following is None:
                yield Batch(join_parts(parts), following, str(answer.get("curtimestamp", "")))
                parts = []
            if following is None:
                return
            latest = following

    def _left_out(self, lacking: set[str], answer: Mapping[str, Any]) -> str:
        what = f"without what was asked for ({', '.join(sorted(lacking))})" if lacking else "that ends in the middle"
        warned = f"; it warns: {one_line(' '.join(_warnings_of(answer)))}" if answer.get("warnings") else ""
        return f"{self.url} sent an answer {what}{warned}; {LATER}"

    def _note_warnings(self, answer: Mapping[str, Any]) -> None:
        for line in _warnings_of(answer):
            if line not in self.warnings:
                self.warnings.append(line)


class Split(UnexpectedAnswer):
    """An answer was split that is to come whole: less is to be asked for at once."""


class Stuck(Damaged):
    """A row is too large for the wiki's limit, so that it sends the same part again; ``result`` is what came before.

    https://www.mediawiki.org/wiki/Manual:$wgAPIMaxResultSize
    """

    def __init__(self, url: str, result: dict[str, Any]) -> None:
        super().__init__(
            f"{url} sends the same part of a list again and again; try again later, and if it stays so, ask the wiki's "
            "operator to raise $wgAPIMaxResultSize."
        )
        self.result = result


def point_of(following: Mapping[str, str | int]) -> Point:
    """A ``continue`` object as a value to compare."""
    return frozenset(following.items())


def _lists_of(params: Params) -> set[str]:
    """The keys that an answer in full has: each list, and the general part of siteinfo."""
    lists = set(str(params["list"]).split("|")) if "list" in params else set()
    return lists | ({"general", "namespaces"} if params.get("meta") == "siteinfo" else set())


def _goes_on(following: Mapping[str, str | int] | None) -> bool:
    """Whether a generator that goes on says where; without its own key the wiki takes it for finished."""
    return following is None or any(key.startswith("g") and key.endswith("continue") for key in following)


def _warnings_of(answer: Mapping[str, Any]) -> list[str]:
    texts = [
        (module, str(warning.get("warnings", warning) if isinstance(warning, dict) else warning))
        for module, warning in answer.get("warnings", {}).items()
    ]
    return [f"{module}: {one_line(text, 500)}" for module, text in texts if not text.startswith(HARMLESS)]


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
    rows = {
        name: {r["revid"]: r for r in [*known.get(name, []), *page.get(name, [])]}
        for name in ("revisions", "deletedrevisions")
    }
    known.update(page)
    known.update({name: list(by_id.values()) for name, by_id in rows.items() if by_id})
