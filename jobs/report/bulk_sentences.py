"""Sentences about one bulk change: what became what, and which pages fell out of line."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.report.bulk_shapes import ShapeSentences
from jobs.report.bulk_story import BulkStory, CaseStory
from jobs.report.entry_sentences import quoted
from jobs.report.language import Language, Piece, Rich, upper_first
from jobs.report.sentences import PageSentences


class BulkSentences:
    """Says what the story holds about bulk changes."""

    def __init__(self, lang: Language, pages: PageSentences, limit: int) -> None:
        self.lang = lang
        self.pages = pages
        self.limit = limit
        self.shapes = ShapeSentences(lang)

    def sentence(self, bulk: BulkStory) -> Rich:
        """One bulk change in one sentence, with what went wrong in it."""
        text = self._change(bulk)
        flaws = (self.missed(bulk), self.differing(bulk), self.returned(bulk))
        text = "; ".join([text, *filter(None, flaws)]) + "."
        names = {"before": bulk.before, "after": bulk.after, "other": bulk.other}
        return self.lang.rich(text, **{key: self._name(bulk, name) for key, name in names.items()})

    def rest(self, bulks: Sequence[BulkStory]) -> str:
        """How many more bulk changes there were, with what went wrong in any of them."""
        text = self.lang.number_of("There was one more bulk change", "There were {n} more bulk changes", len(bulks))
        missed = {case.title for bulk in bulks for case in bulk.stragglers}
        numbers = {case.title for bulk in bulks if bulk.keys_are_numbers for case in bulk.new_exceptions}
        others = {case.title for bulk in bulks if not bulk.keys_are_numbers for case in bulk.new_exceptions}
        returned = {case.title for bulk in bulks for case in bulk.new_regressions}
        flaws = (
            self._missed(len(missed)),
            self._differing(len(numbers), are_numbers=True),
            self._differing(len(others), are_numbers=False),
            self._returned(len(returned)),
        )
        return "; ".join([text, *filter(None, flaws)]) + "."

    def _change(self, bulk: BulkStory) -> str:
        """What became what; where more lies outside the period, how much it is by now."""
        number_of, say = self.lang.number_of, self.lang.say
        if bulk.is_partial:
            return say(
                "In this period, {what} on {pages} ({total})",
                what=self._what(bulk),
                pages=number_of("one page", "{n} pages", bulk.pages_in_period),
                total=self._total(bulk),
            )
        where = number_of("On one page", "On {n} pages", bulk.pages)
        return say("{where}, {what}", where=where, what=self._what(bulk))

    def _total(self, bulk: BulkStory) -> str:
        times = bulk.occurrences // bulk.rows_each
        return self.lang.say("so far {items}", items=self._items_on_pages(bulk, times, bulk.pages))

    def _items_on_pages(self, bulk: BulkStory, items: int, pages: int) -> str:
        on_pages = self.lang.number_of("one page", "{n} pages", pages)
        if bulk.swapped:
            return on_pages
        return self.lang.say("{items} on {pages}", items=self.pages.entries.items(bulk.kind, items), pages=on_pages)

    def _name(self, bulk: BulkStory, name: str) -> Piece:
        is_address = bulk.kind == "link" and not (bulk.what == "to template" and name == bulk.after)
        return Piece(name, "address") if is_address else quoted(name)

    def _what(self, bulk: BulkStory) -> str:
        say, number_of, times = self.lang.say, self.lang.number_of, bulk.times
        if special := self.shapes.what(bulk):
            return special
        if not bulk.before:
            return say("{after} was added")
        if not bulk.after:
            return say("{before} was removed")
        return {
            "host": lambda: number_of(
                "one link was moved from {before} to {after}",
                "{n} links were moved from {before} to {after}",
                times,
            ),
            "address": lambda: number_of(
                "one link to {before} was given a new address",
                "{n} links to {before} were given a new address",
                times,
            ),
            "field": lambda: say("the field {before} was renamed {after}"),
            "value": lambda: (
                say("in the field {other}, {before} was replaced by {after}")
                if bulk.other
                else say("the field value {before} was replaced by {after}")
            ),
            "category": lambda: say("the category {before} was replaced by {after}"),
            "section": lambda: say("the section heading {before} was changed to {after}"),
            "template": lambda: say("the wiki template {before} was replaced by {after}"),
        }.get(bulk.what, lambda: say("{before} was replaced by {after}"))()

    def missed(self, bulk: BulkStory) -> str | None:
        """That pages still hold the old form."""
        return self._missed(bulk.straggler_pages)

    def _missed(self, number: int) -> str | None:
        return self.lang.number_of("one page was missed", "{n} pages were missed", number) if number else None

    def differing(self, bulk: BulkStory) -> str | None:
        """That the rule was applied but something else came out on some pages."""
        return self._differing(bulk.exception_pages, are_numbers=bulk.keys_are_numbers)

    def _differing(self, number: int, *, are_numbers: bool) -> str | None:
        number_of = self.lang.number_of
        if not number:
            return None
        if are_numbers:
            return number_of(
                "on one page the number no longer matches",
                "on {n} pages the number no longer matches",
                number,
            )
        return number_of(
            "on one page the result is a different one", "on {n} pages the result is a different one", number
        )

    def outside(self, bulk: BulkStory) -> str | None:
        """That other pages came out differently, before or after the period."""
        number = bulk.outside_exception_pages
        if not number:
            return None
        return upper_first(
            self.lang.number_of(
                "one page with a different result lies outside this period.",
                "{n} pages with a different result lie outside this period.",
                number,
            )
        )

    def returned(self, bulk: BulkStory) -> str | None:
        """That pages went back to the old form."""
        return self._returned(bulk.regression_pages)

    def _returned(self, number: int) -> str | None:
        if not number:
            return None
        return self.lang.number_of(
            "one page went back to the old form later", "{n} pages went back to the old form later", number
        )

    def checked(self, bulk: BulkStory) -> str | None:
        """What the check of each old address against its new one says."""
        if (found := bulk.verification) is None:
            return None
        number_of, say = self.lang.number_of, self.lang.say
        total = found.addresses
        if found.matched == total:
            text = number_of(
                "The one old address has its counterpart.", "All {n} old addresses have their counterpart.", total
            )
        else:
            matched = number_of("one has its counterpart", "{n} have their counterpart", found.matched)
            flaws = (
                number_of("one was dropped", "{n} were dropped", len(found.dropped)) if found.dropped else "",
                self._altered(bulk, len(found.altered)) if found.altered else "",
                number_of("one is still the old one", "{n} are still the old ones", len(found.left))
                if found.left
                else "",
            )
            text = say(
                "{of}, {matched}; {flaws}.",
                of=number_of("Of one old address", "Of {n} old addresses", total),
                matched=matched if found.matched else say("none has its counterpart"),
                flaws=self.lang.enumerate([flaw for flaw in flaws if flaw]),
            )
        if more := len(found.duplicated):
            text += " " + upper_first(
                number_of(
                    "one address now stands on its page more often than before.",
                    "{n} addresses now stand on their page more often than before.",
                    more,
                )
            )
        return text

    def _altered(self, bulk: BulkStory, number: int) -> str:
        if bulk.keys_are_numbers:
            return self.lang.number_of("one has a different number", "{n} have different numbers", number)
        return self.lang.number_of("one leads somewhere else", "{n} lead somewhere else", number)

    def verdict(self, case: CaseStory) -> str:
        """What became of a checked address, in a word or two."""
        say = self.lang.say
        if case.times is not None:
            return self.lang.number_of("once", "{n} times", case.times)
        return {"dropped": say("dropped"), "altered": say("altered")}.get(case.verdict or "", say("still the old one"))

    def title(self, bulk: BulkStory) -> Rich:
        """The heading of a bulk change."""
        say, number = self.lang.say, str(bulk.number)
        if bulk.what == "address" and bulk.before == bulk.after:
            return self.lang.rich(
                say("Bulk change {number}: new addresses at {host}", number=number), host=bulk.before or "–"
            )
        sort = {
            "field": say("field name"),
            "value": bulk.other,
            "section": say("section heading"),
            "category": say("category"),
            "template": say("wiki template"),
        }.get(bulk.what)
        head = say("Bulk change {number}: {before} → {after}", number=number)
        if sort:
            head = say("Bulk change {number}: {before} → {after} ({sort})", number=number)
        by_pattern = bulk.what != "dates" and self.shapes.what(bulk) is not None
        before, after = (bulk.pattern_before, bulk.pattern_after) if by_pattern else (bulk.before, bulk.after)
        return self.lang.rich(head, sort=sort or "", before=before or "–", after=after or "–")

    def facts(self, bulk: BulkStory) -> list[str]:
        """How much it was, when, and who did it."""
        lang = self.lang
        first, last = lang.as_local(bulk.first_in_period_at), lang.as_local(bulk.last_in_period_at)
        amount = self._items_on_pages(bulk, bulk.times, bulk.pages_in_period)
        facts = [upper_first(amount), lang.days(first.date(), last.date())]
        if bulk.is_partial:
            facts.insert(1, self._total(bulk))
        return [*facts, self.pages.names(bulk.users)] if bulk.users else facts

    def key_names(self, bulk: BulkStory) -> tuple[str, str]:
        """What to call the two columns of what the rule should have preserved."""
        say = self.lang.say
        if bulk.keys_are_numbers:
            return say("old number"), say("new number")
        return say("before"), say("after")

    def mixed(self, bulk: BulkStory) -> Rich | None:
        """The pages where the same edit changed something else as well."""
        if not bulk.mixed:
            return None
        shown = [self.pages.page(title) for title in bulk.mixed[: self.limit]]
        names = self.lang.enumerate([f"{{page{at}}}" for at in range(len(shown))])
        head = self.lang.number_of(
            "On one page the same edit changed something else as well: {pages}",
            "On {n} pages the same edit changed something else as well: {pages}",
            len(bulk.mixed),
        )
        return self.lang.rich(head.replace("{pages}", names), **{f"page{at}": piece for at, piece in enumerate(shown)})
