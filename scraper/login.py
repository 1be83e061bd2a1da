"""Asks a wiki's API as one of its accounts: logs in, is sure of it in every request, logs in again when it is lost.

Manuals: API:Login, Manual:Bot passwords, API:Assert. A bot password holds in the API alone, and not in index.php.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scraper.abilities import Abilities
from scraper.answers import read_answer
from scraper.api import TRIES, Api, Params
from scraper.errors import (
    LATER,
    AccessDenied,
    ApiError,
    Damaged,
    LoginFailed,
    MembersOnly,
    Refused,
    Temporary,
    UnexpectedAnswer,
)
from scraper.session import Session

LOST = {"assertuserfailed", "assertnameduserfailed"}  # nobody is logged in, or somebody else
HOW = "WIKITRAIL_USER and WIKITRAIL_PASSWORD; a bot password is made at Special:BotPasswords of the wiki"


@dataclass(frozen=True, slots=True)
class Account:
    """A user name (``Name@bot`` for a bot password) and its password, which no message and no log shows."""

    name: str
    password: str = field(repr=False)

    @property
    def is_bot(self) -> bool:
        """Whether this is a bot password."""
        return "@" in self.name


@dataclass(frozen=True, slots=True)
class Kept:
    """A login that may be used again: for which API and account, as which user, with which cookies."""

    url: str
    account: str
    user: str
    high_limits: bool
    sees_deleted: bool
    cookies: tuple[Mapping[str, Any], ...] = field(repr=False)


def no_keeping(_: Kept) -> None:
    """For those who do not keep a login."""


@dataclass(slots=True, kw_only=True)
class MemberApi(Api):
    """An ``Api`` that asks as ``account``; ``keep`` gets each new login. Made by ``open_api``."""

    account: Account
    keep: Callable[[Kept], None] = no_keeping
    user: str = ""  # the account as the wiki names it

    def request(self, params: Params) -> dict[str, Any]:
        """As ``Api.request``; logs in again, once, when the wiki no longer knows who asks."""
        try:
            return self._as_user(params)
        except (AccessDenied, ApiError) as error:
            if isinstance(error, ApiError) and error.code not in LOST:
                raise
        self.log_in()
        try:
            return self._as_user(params)
        except ApiError as error:
            raise self._forgotten(error) from error
        except MembersOnly as error:
            raise AccessDenied(f"{self.url} does not let {self.account.name} read; ask the wiki's operator.") from error

    def _as_user(self, params: Params) -> dict[str, Any]:
        return Api.request(self, {**params, "assert": "user", "assertuser": self.user})

    def _forgotten(self, error: ApiError) -> Exception:
        """What an error says that comes right after a login."""
        if error.code not in LOST:
            return error
        return Forgotten(f"{self.url} forgets at once who has logged in; tell the wiki's operator.")

    def log_in(self) -> None:
        """Log in, and see which rights that gives: three requests.

        Raises LoginFailed when the wiki does not take the account, Temporary when it asks to wait.
        """
        patience, tries = self.session.patience(), 0
        rights: list[str] | None = None
        while rights is None:
            try:
                self.user = self._try_login()
                rights = self._rights()
            except Refused:
                raise
            except (Damaged, Forgotten, UnexpectedAnswer) as fault:
                tries += 1
                if tries == TRIES:
                    raise
                patience.wait(f"{self.url} does not answer to a login", fault=fault)
        high_limits, sees_deleted = "apihighlimits" in rights, "deletedhistory" in rights
        self.can = replace(self.can, high_limits=high_limits, sees_deleted=sees_deleted)
        cookies = [
            {key: getattr(cookie, key) for key in ("name", "value", "domain", "path", "secure", "expires")}
            for cookie in self.session.cookies
        ]
        self.keep(Kept(self.url, self.account.name, self.user, high_limits, sees_deleted, tuple(cookies)))

    def _try_login(self) -> str:
        """Who has logged in. A token is good for one login, so that all begins anew where an answer was lost.

        Where the session had sent the login again, the wiki says to an account that it does not know the token, and
        to a bot password that it is logged in already (Aborted).
        """
        self.session.cookies.clear()
        answer = Api.request(self, {"action": "query", "meta": "tokens", "type": "login"})
        token = _part(_part(answer, "query", self.url), "tokens", self.url).get("logintoken")
        if not token or not isinstance(token, str):
            raise _damaged(self.url)
        return _user_of(self._post_login(token), self.url, self.account)

    def _rights(self) -> list[str]:
        """What the account may do. Raises LoginFailed when it may not even read."""
        rights: Any = []
        try:
            info = self._as_user({"action": "query", "meta": "userinfo", "uiprop": "rights"})
            rights = _part(_part(info, "query", self.url), "userinfo", self.url).get("rights")
        except MembersOnly:
            pass
        except ApiError as error:
            raise self._forgotten(error) from error
        if not isinstance(rights, list):
            raise _damaged(self.url)
        if "read" not in rights:
            raise LoginFailed(
                f"{self.account.name} may log in at {self.url} and not read; give its bot password the grant “Basic "
                "rights” at Special:BotPasswords."
            )
        return rights

    def _post_login(self, token: str) -> Mapping[str, Any]:
        params: Params = {
            "action": "login", "lgname": self.account.name, "lgpassword": self.account.password, "lgtoken": token,
            "format": "json", "formatversion": 2, "curtimestamp": 1,
        }  # fmt: skip
        response = self.session.ask(self.url, params, post=True)
        if 300 <= response.status_code < 400:
            raise Refused(f"{self.url} redirects a login; give the address that it leads to, such as https.")
        return read_answer(response, self.url)


class Forgotten(LoginFailed):
    """The wiki does not know the token that it gave: it lost the session, or an answer was lost on the way."""


def _part(data: Mapping[str, Any], key: str, url: str) -> Mapping[str, Any]:
    """An object in an answer. Raises Damaged when it is none."""
    found = data.get(key)
    if not isinstance(found, dict):
        raise _damaged(url)
    return found


def _damaged(url: str) -> Damaged:
    return Damaged(f"{url} answered to a login with damaged data; {LATER}")


def _user_of(answer: Mapping[str, Any], url: str, account: Account) -> str:
    """Who has logged in; what the wiki says instead becomes a sentence that says what to do."""
    if error := answer.get("error"):
        raise Temporary(f"{url} takes no login at the moment ({error.get('info', error)}); try again later.")
    login = _part(answer, "login", url)
    result, reason = str(login.get("result", "")), str(login.get("reason", "")).strip()
    if result == "Success" and login.get("lgusername"):
        return str(login["lgusername"])
    if result in ("", "Success"):
        raise _damaged(url)
    said = f" ({reason.rstrip('.')})" if reason else ""
    if result == "Throttled" or "too many" in reason.lower():
        raise Temporary(f"{url} has seen too many logins of {account.name}{said}; try again later.")
    if result == "Aborted" and not account.is_bot:
        raise LoginFailed(
            f"{url} lets {account.name} log in with a bot password alone{said}; make one at Special:BotPasswords "
            f"and set {HOW.partition(';')[0]}."
        )
    if result in ("NeedToken", "WrongToken", "Aborted") or "session" in reason.lower():
        raise Forgotten(f"{url} does not keep the cookies of a login{said}; tell the wiki's operator.")
    raise LoginFailed(f"{url} does not let {account.name} log in{said or f' ({result})'}; check {HOW}.")


def open_api(
    session: Session,
    url: str,
    account: Account | None,
    kept: Kept | None = None,
    keep: Callable[[Kept], None] = no_keeping,
) -> Api:
    """The API at ``url``, as ``account`` if there is one: with the ``kept`` login where it fits, else logged in."""
    if account is None:
        return Api(session, url)
    api = MemberApi(session=session, url=url, account=account, keep=keep, can=Abilities(api_alone=account.is_bot))
    if kept is None or (kept.url, kept.account) != (url, account.name):
        api.log_in()
        return api
    for cookie in kept.cookies:
        session.cookies.set(**cookie)
    api.user = kept.user
    api.can = replace(api.can, high_limits=kept.high_limits, sees_deleted=kept.sees_deleted)
    return api
