"""A real MediaWiki for tests: what users do to it as methods, and what it then holds as plain values.

A fresh German wiki takes a tenth of a second: it is a copy of one that is installed once. What the code
under test asks is logged (``requests``); what this helper itself does is not.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from xml.sax.saxutils import escape

import requests

from tests.mediawiki_server import (
    ADMIN,
    OWN_HEADER,
    PASSWORD,
    Request,
    Server,
    WikiError,
    install,
)
from tests.mediawiki_truth import Truth, read_truth

__all__ = [
    "ADMIN",
    "BOT_PASSWORD",
    "PASSWORD",
    "DumpRevision",
    "MediaWiki",
    "Request",
    "WikiError",
    "dump_xml",
    "install",
]

BOT_PASSWORD = "0123456789abcdefghijklmnopqrstuv"  # the script wants 32 characters

_READ_ACTIONS = {"compare", "expandtemplates", "paraminfo", "parse", "query"}

Param = str | int | bool | Path | Sequence[str | int] | None


@dataclass(frozen=True, slots=True)
class DumpRevision:
    """One revision for ``dump_xml``; ``timestamp`` is ISO 8601 with ``Z``, ``user`` a name or an address."""

    timestamp: str
    user: str
    text: str
    comment: str = ""
    minor: bool = False


class MediaWiki(Server):
    """One wiki; ``Server`` tells of its folder and settings, the request log and maintenance scripts.

    Users named in calls are created when first seen; None is an unregistered editor (127.0.0.1). Calls that
    the wiki refuses raise WikiError.
    """

    def __init__(self, template: Path, folder: Path, *, settings: str = "") -> None:
        super().__init__(template, folder, settings=settings)
        self.namespaces: dict[int, str] = {}
        self._sessions: dict[str | None, tuple[requests.Session, str]] = {}

    def start(self) -> Self:
        """Serve the wiki and wait until it answers; after ``stop`` it comes back at the same address."""
        self.serve()
        try:
            info = self.api("query", user=None, meta="siteinfo", siprop="namespaces")
        except WikiError:  # members only
            info = self.api("query", meta="siteinfo", siprop="namespaces")
        self.namespaces = {int(key): value["name"] for key, value in info["query"]["namespaces"].items()}
        return self

    def stop(self) -> None:
        """End the server and its workers; the database stays."""
        for session, _ in self._sessions.values():
            session.close()
        self._sessions.clear()
        super().stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Asking

    def api(
        self,
        action: str,
        *,
        user: str | None = ADMIN,
        **params: Param,
    ) -> Any:
        """Call the action API and return its answer (formatversion 2).

        Actions that write get their token. False and None are left out, sequences joined, paths uploaded. A name that
        is taken here gets an underscore: ``user_`` is the API's ``user``.
        """
        session, token = self._session(user)
        if action not in _READ_ACTIONS and "token" not in params:
            params["token"] = token
        return self._post(session, {"action": action, **{key.rstrip("_"): value for key, value in params.items()}})

    def _post(self, session: requests.Session, params: Mapping[str, Param]) -> Any:
        data = {"format": "json", "formatversion": "2"}
        files = {}
        for key, value in params.items():
            if isinstance(value, Path):
                files[key] = value.read_bytes()
            elif value is not None and value is not False:
                data[key] = _encode(value)
        response = session.post(self.api_url, data=data, files=files or None, timeout=60)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise WikiError(f"{params['action']}: {answer['error']['code']}: {answer['error']['info']}")
        return answer

    def _session(self, user: str | None) -> tuple[requests.Session, str]:
        if user not in self._sessions:
            session = requests.Session()
            session.trust_env = False  # no proxy between tests and loopback
            session.headers[OWN_HEADER] = "1"
            if user is not None:
                if user != ADMIN:
                    self._create_account(user)
                self._log_in(session, user)
            token = "+\\" if user is None else self._token(session, "csrf")
            self._sessions[user] = (session, token)
        return self._sessions[user]

    def _token(self, session: requests.Session, kind: str) -> str:
        answer = self._post(session, {"action": "query", "meta": "tokens", "type": kind})
        return str(answer["query"]["tokens"][f"{kind}token"])

    def _log_in(self, session: requests.Session, user: str) -> None:
        token = self._token(session, "login")
        account = {"username": user, "password": PASSWORD, "loginreturnurl": self.url}
        answer = self._post(session, {"action": "clientlogin", "logintoken": token, **account})
        if answer["clientlogin"]["status"] != "PASS":
            raise WikiError(f"login of {user}: {answer['clientlogin']}")

    def _create_account(self, user: str) -> None:
        known = self.api("query", list="users", ususers=user)["query"]["users"][0]
        if "userid" in known:  # from before a restart
            return
        token = self._token(self._session(ADMIN)[0], "createaccount")
        answer = self.api(
            "createaccount",
            createtoken=token,
            token=None,
            createreturnurl=self.url,
            username=user,
            password=PASSWORD,
            retype=PASSWORD,
        )
        if answer["createaccount"]["status"] != "PASS":
            raise WikiError(f"account {user}: {answer['createaccount']}")

    # Changing

    def edit(
        self,
        title: str,
        text: str,
        *,
        user: str | None = ADMIN,
        summary: str = "",
        minor: bool = False,
        **more: Param,
    ) -> int:
        """Save a page; return its latest revision id, also when nothing changed. ``more``: API parameters."""
        answer = self.api("edit", user=user, title=title, text=text, summary=summary, minor=minor, **more)["edit"]
        if answer["result"] != "Success":
            raise WikiError(f"edit of {title}: {answer}")
        return int(answer["newrevid"]) if "newrevid" in answer else self.latest(title)

    def latest(self, title: str) -> int:
        """The id of the current revision of a page."""
        page = self.api("query", titles=title, prop="info")["query"]["pages"][0]
        return int(page["lastrevid"])

    def move(
        self,
        old: str,
        new: str,
        *,
        redirect: bool = True,
        talk: bool = False,
        reason: str = "",
        user: str = ADMIN,
    ) -> None:
        """Rename a page; ``talk`` moves its talk page too."""
        self.api("move", user=user, **{"from": old}, to=new, noredirect=not redirect, movetalk=talk, reason=reason)

    def delete(self, title: str, *, reason: str = "", user: str = ADMIN) -> None:
        """Delete a page with all of its revisions."""
        self.api("delete", user=user, title=title, reason=reason)

    def undelete(self, title: str, *, timestamps: Sequence[str] = (), reason: str = "", user: str = ADMIN) -> None:
        """Restore a page, or only its revisions of the given times."""
        self.api("undelete", user=user, title=title, timestamps=timestamps or None, reason=reason)

    def protect(
        self, title: str, level: str = "sysop", *, kind: str = "edit", reason: str = "", user: str = ADMIN
    ) -> None:
        """Allow ``kind`` (edit, move) to a group only; ``all`` lifts it."""
        self.api("protect", user=user, title=title, protections=f"{kind}={level}", reason=reason)

    def revision_delete(
        self,
        *rev_ids: int,
        hide: Sequence[str] = ("content",),
        show: Sequence[str] = (),
        suppress: bool = False,
        user: str = ADMIN,
    ) -> None:
        """Hide or show ``content``, ``comment``, ``user`` of revisions; ``suppress``: from sysops as well."""
        self.api(
            "revisiondelete",
            user=user,
            type="revision",
            ids=rev_ids,
            hide=hide or None,
            show=show or None,
            suppress="yes" if suppress else "nochange",
        )

    def merge(self, source: str, target: str, *, timestamp: str | None = None, user: str = ADMIN) -> None:
        """Merge the history of ``source`` (up to ``timestamp``) into the older history of ``target``."""
        self.api("mergehistory", user=user, **{"from": source}, to=target, timestamp=timestamp)

    def import_xml(self, path: Path, *, logged: bool = False) -> None:
        """Import an export file: silently by the maintenance script, or ``logged`` as Special:Import does."""
        if not logged:
            self.maintenance("importDump", str(path))
            return
        self.api("import", xml=path, interwikiprefix="fremd", fullhistory=True, assignknownusers=True)

    def rename_user(self, old: str, new: str) -> None:
        """Give a registered editor another name (extension Renameuser, to be loaded by the settings)."""
        self._session(old)
        session, token = self._session(ADMIN)
        form = {"title": "Special:Renameuser", "oldusername": old, "newusername": new, "token": token}
        form |= {"movepages": "0", "confirmaction": "1"}
        session.post(f"{self.url}/index.php", data=form, timeout=60).raise_for_status()
        users = self.api("query", list="users", ususers=[old, new])["query"]["users"]
        if ["userid" in user for user in users] != [False, True]:
            raise WikiError(f"rename of {old} to {new}: refused: {users}")
        self._sessions.pop(old)[0].close()

    def script(self, php: str, *arguments: str) -> None:
        """Run lines of PHP as a maintenance script of this wiki; ``$argv`` ends with the arguments."""
        (self.folder / "script.php").write_text(
            f"<?php require_once '{self.tree.code}/maintenance/Maintenance.php';\n"
            "class Script extends Maintenance { public function execute() { global $argv; " + php + " } }\n"
            "$maintClass = Script::class; require_once RUN_MAINTENANCE_IF_MAIN;\n"
        )
        self.maintenance(str(self.folder / "script"), *arguments)

    def statement(self, sql: str, *values: object) -> None:
        """Change the wiki's own database, as its administrators can."""
        with closing(sqlite3.connect(self.db_path, timeout=20)) as connection, connection:
            connection.execute(sql, values)

    def bot_password(self, user: str = ADMIN, *, app: str = "spiegel", grants: str = "basic,highvolume") -> str:
        """Give an account a bot password (BOT_PASSWORD) with these grants; the name to log in with."""
        if user != ADMIN:
            self._session(user)
        self.maintenance("createBotPassword", "--appid", app, "--grants", grants, user, BOT_PASSWORD)
        return f"{user}@{app}"

    def run_jobs(self) -> None:
        """Do the work that MediaWiki puts off."""
        self.maintenance("runJobs")

    def truth(self) -> Truth:
        """All pages, revisions, archived revisions and log entries, read from the wiki's own database."""
        return read_truth(self.db_path, self.namespaces, lambda stdin: self.maintenance("fetchText", stdin=stdin))


def dump_xml(pages: Mapping[str, Sequence[DumpRevision]]) -> str:
    """An export file of these histories, for ``import_xml``: the way to revisions with given times."""
    out = ['<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">']
    for title, revisions in pages.items():
        out.append(f"<page><title>{escape(title)}</title>")
        for rev in revisions:
            tag = "ip" if re.fullmatch(r"[\d.]+", rev.user) else "username"
            out.append(
                f"<revision><timestamp>{rev.timestamp}</timestamp>"
                f"<contributor><{tag}>{escape(rev.user)}</{tag}></contributor>{'<minor/>' * rev.minor}"
                f"<comment>{escape(rev.comment)}</comment><model>wikitext</model><format>text/x-wiki</format>"
                f'<text xml:space="preserve">{escape(rev.text)}</text></revision>'
            )
        out.append("</page>")
    return "\n".join([*out, "</mediawiki>\n"])


def _encode(value: str | int | Sequence[str | int]) -> str:
    if value is True:
        return "1"
    return str(value) if isinstance(value, str | int) else "|".join(map(str, value))
