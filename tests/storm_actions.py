"""What people do to a wiki in a storm: one method an operation, whose arguments are plain values."""

from __future__ import annotations

import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from jobs.sweep import MOST_LATE
from scraper.fetch import BATCH
from tests.mediawiki import ADMIN, DumpRevision, MediaWiki, WikiError, dump_xml
from tests.storm_checks import Checker
from tests.storm_scenes import HIDEABLE, TAG, Op
from tests.storm_texts import text_of
from tests.wikitrail import rows

SETTINGS = """
if ( is_dir( "$IP/extensions/Renameuser" ) ) { wfLoadExtension( 'Renameuser' ); }
$wgGroupPermissions['sysop']['renameuser'] = true;
$wgGroupPermissions['sysop']['deletechangetags'] = true;
$wgEnableUploads = true;
$wgUploadDirectory = __DIR__ . '/uploads';
"""

# What MediaWiki itself fails at: 1.43 at some moves
_FAULTS_OF_WIKIS = ("InsertQueryBuilder::execute can't have empty $rows",)


@dataclass(slots=True)
class Storm:
    """Carries out operations on a wiki and syncs a mirror of it; every sync is checked.

    Operations that the wiki refuses change nothing and are counted, so any part of a sequence can be left out.
    """

    wiki: MediaWiki
    checker: Checker
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    suppressed: bool = False  # whether anything was hidden from sysops as well
    _highest: int = 0  # revision id before the operation
    _files: Iterator[int] = field(default_factory=count)

    def do(self, op: Op) -> None:
        """One operation."""
        name, *arguments = op
        (self._highest,) = rows(self.wiki.db_path, "SELECT max(rev_id) FROM revision")[0]
        try:
            ACTIONS[name](self, *arguments)
            self.done[name] += 1
        except WikiError as error:
            if "internal_api_error" in str(error) and not any(fault in str(error) for fault in _FAULTS_OF_WIKIS):
                raise
            self.refused[f"{name}: {str(error).split(':')[1].strip()}"] += 1

    # What people do

    def sync(self, full: bool = False) -> None:
        self.checker.sync(full=full)

    def cut(self, steps: int) -> None:
        self.checker.cut(steps)

    def audit(self) -> None:
        """A sync and an audit, which finds nothing where the wiki has logged everything."""
        self.checker.audit()

    def meanwhile(self, steps: int, *op: Any) -> None:
        """A run during which, before its so many-th request, somebody does something."""
        self.checker.meanwhile(steps, lambda: self.do(op))

    def pause(self, seconds: float) -> None:
        """Let so much time pass that the next run does not list again what was before."""
        time.sleep(seconds)

    def edit(self, title: str, number: int, user: str | None = ADMIN, tagged: bool = False) -> None:
        text = text_of(title, number)
        minor = number % 3 == 0 and user is not None
        tags = TAG if tagged else None
        self._edited(self.wiki.edit(title, text, user=user, summary=f"Text {number}", minor=minor, tags=tags))

    def restate(self, title: str, back: int) -> None:
        """Save an earlier text again: a null edit (0) or a revert to the revision that is ``back`` steps ago."""
        revisions = self._history(title, "content")
        if revisions:
            text = revisions[-1 - min(back, len(revisions) - 1)]["slots"]["main"].get("content", "")
            self._edited(self.wiki.edit(title, text, summary=f"{back} zurück", nocreate=True))

    def move(self, old: str, new: str, redirect: bool, subpages: bool) -> None:
        target = {"from": old, "to": new}
        self.wiki.api("move", **target, noredirect=not redirect, movesubpages=subpages, movetalk=subpages)

    def delete(self, title: str) -> None:
        # What is imported behind so many ids that are gone, with an old time and unlogged, an audit alone finds.
        self.checker.unlogged |= len(self._history(title, "ids")) > BATCH - MOST_LATE
        self.wiki.delete(title, reason="weg")

    def restore(self, title: str, first: int, number: int) -> None:
        """Restore ``number`` of the archived revisions from the ``first`` on; all of them when that is 0."""
        times = [revision["timestamp"] for revision in self._archived(title)]
        chosen = sorted(set(times[first : first + number] if times else []))
        if number and not chosen:
            raise WikiError("restore: nothing: there")
        self.wiki.undelete(title, timestamps=chosen if number else ())

    def merge(self, source: str, target: str, upto: int | None) -> None:
        revisions = self._history(source, "timestamp")
        stamp = revisions[min(upto, len(revisions) - 1)]["timestamp"] if upto is not None and revisions else None
        self.wiki.merge(source, target, timestamp=stamp)

    def import_old(self, title: str, logged: bool, *versions: tuple[str, int]) -> None:
        """Import versions (timestamp, text number) of a page; by command line the wiki logs nothing."""
        path = self.wiki.folder / f"storm-{next(self._files)}.xml"
        revisions = [DumpRevision(at, "Ada Berg", text_of(title, number), "alt") for at, number in versions]
        path.write_text(dump_xml({title: revisions}), encoding="utf-8")
        self.wiki.import_xml(path, logged=logged)

    def hide(self, title: str, index: int, *what: str) -> None:
        revisions = self._history(title, "ids")[:-1]  # the text of the current one cannot be hidden
        self.checker.unlogged |= self.suppressed  # what was suppressed is hidden and shown unseen
        if revisions:
            self.wiki.revision_delete(revisions[index % len(revisions)]["revid"], hide=what)

    def show(self, title: str, index: int, *what: str) -> None:
        hidden = [r for r in self._history(title, "ids|user|comment") if "userhidden" in r or "commenthidden" in r]
        revisions = hidden or self._history(title, "ids")
        self.checker.unlogged |= self.suppressed
        if revisions:
            self.wiki.revision_delete(revisions[index % len(revisions)]["revid"], hide=(), show=what)

    def hide_archived(self, title: str, index: int, hide: bool, *what: str) -> None:
        """The same for a revision of a deleted page, which comes back so when it is restored."""
        revisions = self._archived(title)
        if not revisions:
            raise WikiError("hide_archived: nothing: there")
        self.checker.unlogged |= self.suppressed
        stamp = "".join(c for c in revisions[index % len(revisions)]["timestamp"] if c.isdigit())
        hidden, shown = (what, None) if hide else (None, what)
        self.wiki.api("revisiondelete", type="archive", target=title, ids=stamp, hide=hidden, show=shown)

    def protect(self, title: str, kind: str, level: str, expiry: str = "infinite", cascade: bool = False) -> None:
        self.wiki.api("protect", title=title, protections=f"{kind}={level}", expiry=expiry, cascade=cascade)

    def suppress(self, title: str, index: int, hide: bool, *what: str) -> None:
        """Hide a revision from sysops as well, or show it: the wiki's public log says nothing of it."""
        revisions = self._history(title, "ids")[:-1]
        if revisions:
            revision = revisions[index % len(revisions)]["revid"]
            self.checker.unlogged = self.suppressed = True
            hidden, shown = (what, None) if hide else (None, what)
            suppress = "yes" if hide else "no"
            self.wiki.api("revisiondelete", type="revision", ids=revision, hide=hidden, show=shown, suppress=suppress)

    def suppress_log(self, back: int, *what: str) -> None:
        entries = self.wiki.api("query", list="logevents", leprop="ids", lelimit=back + 1)["query"]["logevents"]
        self.checker.unlogged = self.suppressed = True
        self.wiki.api("revisiondelete", type="logging", ids=entries[-1]["logid"], hide=what, suppress="yes")

    def hide_log(self, back: int, *what: str) -> None:
        """Hide parts of the last but so many log entry, or show it whole again."""
        entries = self.wiki.api("query", list="logevents", leprop="ids", lelimit=back + 1)["query"]["logevents"]
        changed = {"hide": what} if what else {"show": HIDEABLE}
        self.checker.unlogged |= self.suppressed
        self.wiki.api("revisiondelete", type="logging", ids=entries[-1]["logid"], **changed)

    def lose_log(self) -> None:
        """Remove the last entry that tells of a new page from the wiki's own database, as scripts do."""
        self.checker.unlogged = True
        self.wiki.statement(
            "DELETE FROM logging WHERE log_id = (SELECT max(log_id) FROM logging WHERE log_type = 'create')"
        )

    def burst(self, title: str, number: int) -> None:
        """Import so many revisions by command line: ids run far ahead, and the times are old."""
        self.import_old(title, False, *((f"2012-01-01T00:{n // 60:02}:{n % 60:02}Z", n) for n in range(number)))

    def change_model(self, title: str, model: str) -> None:
        self.wiki.api("changecontentmodel", title=title, model=model, summary="anderes Modell")

    def tag(self, title: str, index: int, add: bool) -> None:
        revisions = self._history(title, "ids")
        if revisions:
            revision = revisions[index % len(revisions)]["revid"]
            self.wiki.api("tag", revid=revision, **{"add" if add else "remove": TAG})

    def tag_unlogged(self, title: str, index: int) -> None:
        """Tag a revision by a maintenance script, which logs nothing."""
        revisions = self._history(title, "ids")
        if revisions:
            self.checker.unlogged = True
            path = self.wiki.folder / f"storm-{next(self._files)}.txt"
            path.write_text(str(revisions[index % len(revisions)]["revid"]), encoding="utf-8")
            tagging = "[ $tag, $file ] = array_slice( $argv, -2 );"
            tagging += " ChangeTags::addTags( [ $tag ], null, (int)file_get_contents( $file ) );"
            self.wiki.script(tagging, TAG, str(path))

    def drop_tag(self) -> None:
        """Remove the tag from all that bear it; it can be used again."""
        self.wiki.api("managetags", operation="delete", tag=TAG, ignorewarnings=True)
        time.sleep(1.5)  # so long may the wiki's cache say that the tag is there (WANObjectCache::INTERIM_KEY_TTL)
        self.wiki.api("managetags", operation="create", tag=TAG)

    def run_jobs(self) -> None:
        """Do what the wiki put off: it tags what was reverted, and logs nothing."""
        self.checker.unlogged = True
        self.wiki.run_jobs()

    def rollback(self, title: str) -> None:
        user = self._history(title, "user")[-1:]
        if user and "user" in user[0]:
            token = self.wiki.api("query", meta="tokens", type="rollback")["query"]["tokens"]["rollbacktoken"]
            answer = self.wiki.api("rollback", title=title, user_=user[0]["user"], token=token)
            self._edited(int(answer["rollback"]["revid"]))

    def undo(self, title: str, back: int) -> None:
        revisions = self._history(title, "ids")
        if revisions:
            undone = revisions[-1 - min(back, len(revisions) - 1)]["revid"]
            answer = self.wiki.api("edit", title=title, undo=undone, nocreate=True)["edit"]
            self._edited(int(answer.get("newrevid") or self.wiki.latest(title)))

    def rename_user(self, old: str, new: str) -> None:
        self.wiki.rename_user(old, new)

    def block(self, user: str) -> None:
        """Block and unblock somebody: log entries that concern no page."""
        self.wiki.api("block", user_=user, expiry="1 day")
        self.wiki.api("unblock", user_=user)

    def upload(self, title: str, number: int) -> None:
        """Upload a file, or another version of it."""
        path = self.wiki.folder / f"storm-{next(self._files)}.png"
        path.write_bytes(picture(number))
        self.wiki.api("upload", filename=title.partition(":")[2], file=path, text=f"Bild {number}", ignorewarnings=True)

    def delete_version(self, title: str) -> None:
        """Delete an old version of a file; its page stays as it is."""
        found = self.wiki.api("query", titles=title, prop="imageinfo", iiprop="archivename", iilimit=10)
        versions = found["query"]["pages"][0].get("imageinfo", [])
        for name in [version["archivename"] for version in versions if "archivename" in version][:1]:
            self.wiki.api("delete", title=title, oldimage=name, reason="alte Fassung")

    def restore_version(self, title: str) -> None:
        """Restore a deleted version of a file, and nothing of its page."""
        stored = title.partition(":")[2].replace(" ", "_")
        for (file_id,) in rows(self.wiki.db_path, "SELECT fa_id FROM filearchive WHERE fa_name = ? LIMIT 1", stored):
            self.wiki.api("undelete", title=title, fileids=file_id)

    def reuse_ids(self) -> None:
        """Let the next page have the id of one that was deleted, as some databases do after a restart."""
        self.wiki.statement("UPDATE sqlite_sequence SET seq = (SELECT max(page_id) FROM page) WHERE name = 'page'")

    def script(self, name: str, said: str, *arguments: str) -> None:
        """Run a maintenance script with ``said`` as its input; some log nothing of what they do, or remove for good."""
        before = self._kept()
        self.checker.unlogged = True
        try:
            self.wiki.maintenance(name, *arguments, stdin=said.encode())
        except WikiError as error:
            raise WikiError(f"script: {name}: refused") from error
        finally:
            self.checker.purged |= before - self._kept()

    def _kept(self) -> set[int]:
        """Ids of the revisions that the wiki shows or could restore."""
        kept = rows(self.wiki.db_path, "SELECT rev_id FROM revision UNION SELECT ar_rev_id FROM archive")
        return {rev_id for (rev_id,) in kept}

    def _edited(self, rev_id: int) -> None:
        if rev_id > self._highest:  # a null edit makes no revision
            self.checker.edited.add(rev_id)

    def _history(self, title: str, props: str) -> list[dict[str, Any]]:
        """The revisions of a live page, oldest first."""
        answer = self.wiki.api(
            "query", titles=title, prop="revisions", rvprop=props, rvslots="main", rvlimit=50, rvdir="newer"
        )
        revisions: list[dict[str, Any]] = answer["query"]["pages"][0].get("revisions", [])
        return revisions

    def _archived(self, title: str) -> list[dict[str, Any]]:
        """The archived revisions of a title, oldest first."""
        answer = self.wiki.api("query", titles=title, prop="deletedrevisions", drvprop="ids|timestamp", drvlimit=50)
        revisions: list[dict[str, Any]] = answer["query"]["pages"][0].get("deletedrevisions", [])
        return revisions[::-1]


def picture(number: int) -> bytes:
    """A PNG of one pixel, whose shade is the number's."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(bytes([0, number % 256]))), (b"IEND", b"")
    chunks = (struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


ACTIONS: dict[str, Callable[..., None]] = {
    name: method for name, method in vars(Storm).items() if callable(method) and name[0] != "_" and name != "do"
}
