"""Sentences about one page: its edits, its events, and what is said of it in the overview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from jobs.report.addresses import WikiAddresses
from jobs.report.entry_sentences import EntrySentences, quoted
from jobs.report.language import Language, Piece, Rich, upper_first
from jobs.report.page_story import EditStory, MemberStory, PageStory

_SECTION_COMMENT = re.compile(r"/\*\s*(.*?)\s*\*/\s*")  # how MediaWiki notes the edited section in a summary
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")


class PageSentences:
    """Says what the story holds about pages and edits."""

    def __init__(self, lang: Language, wiki: WikiAddresses) -> None:
        self.lang = lang
        self.wiki = wiki
        self.entries = EntrySentences(lang)

    def page(self, title: str) -> Piece:
        """The page's title, leading to the page."""
        return Piece(title, "page", self.wiki.page(title))

    def comment(self, comment: str) -> Rich:
        """An edit summary, MediaWiki's note of the edited section told in words."""
        section = _SECTION_COMMENT.match(comment)
        rest = _LINK.sub(r"\1", _SECTION_COMMENT.sub("", comment)).strip()
        parts: Rich = ()
        if section and section[1]:
            parts += self.lang.rich(self.lang.say("Section {name}"), name=quoted(section[1]))
        if rest:
            parts += (
                *((Piece(" · "),) if parts else ()),
                *self.lang.rich(self.lang.say("Note: {text}"), text=quoted(rest, 300)),
            )
        return parts

    def user(self, user: str | None) -> str:
        return user if user is not None else self.lang.say("name hidden")

    def who(self, page: PageStory) -> str:
        """Who edited the page, at most three by name."""
        return self.names(page.users or (self.user(None),))

    def names(self, users: Sequence[str]) -> str:
        """Users, at most three by name."""
        names = list(users)
        if len(names) > 3:
            names = [*names[:3], self.lang.number_of("one more", "{n} more", len(names) - 3)]
        return self.lang.enumerate(names)

    def brought(self, edit: EditStory) -> str | None:
        """What a new page brought with it."""
        counts = [self.entries.items(kind, number) for kind, number in edit.contents]
        return self.lang.say("It began with {list}.", list=self.lang.enumerate(counts)) if counts else None

    def returned(self, edit: EditStory) -> str | None:
        """That an edit brought back an earlier version, and whose; None when it did not."""
        if edit.returned is None:
            return None
        return self.lang.number_of(
            "Returned to the version of {when} by {user}; one edit was undone.",
            "Returned to the version of {when} by {user}; {n} edits were undone.",
            edit.returned.undone,
            when=self.lang.moment(edit.returned.timestamp),
            user=self.user(edit.returned.user),
        )

    def events(self, page: PageStory) -> list[str]:
        """The page's events in a word or two each."""
        say = self.lang.say
        words = {
            "created": say("created"),
            "deleted": say("deleted"),
            "restored": say("restored"),
            "moved": say("moved"),
            "protected": say("protection changed"),
        }
        return [words.get(event, event) for event in dict.fromkeys(page.events)]

    def gist(self, page: PageStory) -> str:
        """What happened to the page, in a few words for the overview."""
        counts = Counter(entry.kind for entry in page.content)
        parts = self.events(page)
        parts += [self.entries.items(kind, number) for kind, number in counts.items()]
        parts += self.bulk_parts(page.bulk_numbers)
        if page.cosmetic and not parts:
            parts.append(self.lang.say("appearance only"))
        return upper_first(", ".join(parts))

    def members(self, edit: EditStory) -> list[Rich]:
        """What bulk changes did in this edit, one line each; the number only where there are several."""
        lines = [self._member(member, alone=len(edit.bulk_numbers) < 2) for member in edit.members]
        if edit.members_left_out:
            rest = self.lang.number_of("… and one more", "… and {n} more", edit.members_left_out)
            lines.append((Piece(rest),))
        return lines

    def _member(self, member: MemberStory, *, alone: bool) -> Rich:
        line = self.entries.member(member.entry)
        return line if alone else (*line, Piece(f" ({self.bulk_part(member.number)})"))

    def bulk_part(self, number: int) -> str:
        return self.lang.say("part of bulk change {number}", number=str(number))

    def bulk_parts(self, numbers: Sequence[int]) -> list[str]:
        """The bulk changes that something was part of, in one phrase; nothing where there are none."""
        if len(numbers) < 2:
            return [self.bulk_part(number) for number in numbers]
        listed = self.lang.enumerate([str(number) for number in numbers])
        return [self.lang.say("part of the bulk changes {numbers}", numbers=listed)]

    def cosmetic(self, page: PageStory) -> str | None:
        """The folded changes of appearance: how many, and of which sort."""
        if not page.cosmetic:
            return None
        total = sum(number for _, number in page.cosmetic)
        reasons = self.lang.enumerate([self.reason(reason) for reason, _ in page.cosmetic])
        return self.lang.number_of(
            "Appearance only: one change ({reasons})",
            "Appearance only: {n} changes ({reasons})",
            total,
            reasons=reasons,
        )

    def reason(self, reason: str) -> str:
        say = self.lang.say
        return {
            "whitespace": say("spacing"),
            "markup": say("bold, italics and the like"),
            "order": say("order"),
            "case": say("upper and lower case"),
            "typography": say("typography"),
            "notation": say("the way dates are written"),
            "label": say("text of a link"),
            "icon-link": say("link of an icon"),
            "other": say("other"),
        }.get(reason, reason)

    def left_out(self, page: PageStory) -> str | None:
        """That a page had more changes than are shown."""
        if not page.left_out:
            return None
        return upper_first(
            self.lang.number_of(
                "One more change of this page is in the table “changes” of the database.",
                "{n} more changes of this page are in the table “changes” of the database.",
                page.left_out,
            )
        )
