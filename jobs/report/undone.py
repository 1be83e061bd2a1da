"""Edits that were made and undone within the period: which they are, to be told in one line each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from jobs.report.excerpt import clean, clean_or_none
from jobs.report.language import upper_first
from jobs.report.sentences import PageSentences
from parsers.change import PageChange, Revert


@dataclass(frozen=True, slots=True)
class UndoneStory:
    """Edits of one page that came to nothing: ``rev_to`` brought back the text of ``rev_from``.

    ``edits`` counts those that were undone, ``revisions`` are theirs and of the edits that undid them; ``users`` made
    the undone ones, ``undone_by`` and ``undone_at`` tell of the last. Names are None when hidden.
    """

    page_id: int
    title: str
    rev_from: int
    rev_to: int
    edits: int
    users: tuple[str | None, ...]
    undone_by: str | None
    undone_at: str
    revisions: tuple[int, ...]


def find_undone(
    changes: Sequence[PageChange], reverts: Mapping[int, Revert], in_bulk: Collection[int]
) -> list[UndoneStory]:
    """Where each of the edits that a return undid is among ``changes``, which are in the order of time.

    Edits of a bulk change (``in_bulk`` holds change_ids) and those that made a page are left to be told.
    """
    by_page: dict[int, dict[int, list[PageChange]]] = {}
    for change in changes:
        if change.rev_to is not None:
            by_page.setdefault(change.page_id, {}).setdefault(change.rev_to, []).append(change)
    found: list[UndoneStory] = []
    for edits in by_page.values():
        order = list(edits)
        first = len(order)  # of the edits that are told by now
        for at in range(len(order) - 1, 0, -1):  # from the last on: one return may lie within another's edits
            revert = reverts.get(order[at])
            if revert is None or not 0 <= at - revert.undone < first:
                continue  # it reaches back before the period, or lies within what is told
            chain = order[at - revert.undone : at + 1]
            if edits[chain[0]][0].rev_from != revert.reverted_to or not _may_fold(edits, chain, in_bulk):
                continue
            found.append(_story(edits, chain, revert))
            first = at - revert.undone
    return sorted(found, key=lambda story: story.undone_at)


def _may_fold(edits: Mapping[int, Sequence[PageChange]], chain: Iterable[int], in_bulk: Collection[int]) -> bool:
    return not any(c.change_id in in_bulk or c.change.kind == "page" for rev_id in chain for c in edits[rev_id])


def _story(edits: Mapping[int, Sequence[PageChange]], chain: Sequence[int], revert: Revert) -> UndoneStory:
    last = edits[chain[-1]][0]
    users = dict.fromkeys(edits[rev_id][0].user for rev_id in chain[:-1])
    return UndoneStory(
        page_id=last.page_id,
        title=clean(last.title),
        rev_from=revert.reverted_to,
        rev_to=chain[-1],
        edits=len(chain) - 1,
        users=tuple(map(clean_or_none, users)),
        undone_by=clean_or_none(last.user),
        undone_at=last.timestamp,
        revisions=tuple(chain),
    )


class UndoneSentences:
    """Says what was made and undone."""

    def __init__(self, pages: PageSentences, undone: Sequence[UndoneStory]) -> None:
        self.lang = pages.lang
        self.pages = pages
        self.undone = undone

    def title(self) -> str:
        return self.lang.say("Made and undone")

    def summary(self) -> str | None:
        """How many edits came to nothing, for the paragraph on top; None when there are none."""
        number = sum(story.edits for story in self.undone)
        if not number:
            return None
        return upper_first(
            self.lang.number_of(
                "One edit was made and undone in this period; it is not told in detail.",
                "{n} edits were made and undone in this period; they are not told in detail.",
                number,
            )
        )

    def line(self, story: UndoneStory) -> str:
        """What came to nothing on a page, after its title."""
        user = self.pages.user
        values = {
            "users": self.pages.names([*map(user, story.users)]),
            "user": user(story.undone_by),
            "when": self.lang.moment(story.undone_at),
        }
        if story.users == (story.undone_by,):
            return upper_first(
                self.lang.number_of(
                    "one edit by {users}, who undid it on {when}.",
                    "{n} edits by {users}, who undid them, at last on {when}.",
                    story.edits,
                    **values,
                )
            )
        return upper_first(
            self.lang.number_of(
                "one edit by {users}, undone by {user} on {when}.",
                "{n} edits by {users}, undone by {user}, at last on {when}.",
                story.edits,
                **values,
            )
        )
