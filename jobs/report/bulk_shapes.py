"""Sentences about bulk changes in which things took another shape: templates for links, two fields for one, dates."""

from __future__ import annotations

from jobs.report.bulk_story import BulkStory
from jobs.report.language import Language


class ShapeSentences:
    """Says what became what; ``{before}``, ``{after}`` and ``{other}`` are left to be filled in."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def what(self, bulk: BulkStory) -> str | None:
        """The half of a sentence behind "On 5 pages"; None where nothing took another shape."""
        say = self.lang.say
        fixed = {
            "split": lambda: say("the field {before} was split into {after} and {other}"),
            "joined": lambda: say("the fields {before} and {other} were put together as {after}"),
            "moved": lambda: say("the value of the field {before} was moved to the field {after}"),
            "shown category": lambda: say("the category {before} became a mere link to the page of the category"),
            "hidden category": lambda: say("a link to the page of the category {before} became the category itself"),
            "dates": lambda: say("dates were written in another form, such as {before} as {after}"),
            "sort key": lambda: self._sort_key(bulk),
        }.get(bulk.what)
        return fixed() if fixed else self._links(bulk)

    def _sort_key(self, bulk: BulkStory) -> str:
        say = self.lang.say
        if not bulk.after:
            return say("the sort key of the category {before} was removed")
        if bulk.other:
            return {
                "{title}": say("the sort key of the category {before} was replaced by the title of the page"),
                "{key}": say("the sort key of the category {before} was replaced by another one"),
            }.get(bulk.after, say("the sort key of the category {before} was replaced by {after}"))
        return {
            "{title}": say("the category {before} was given the title of the page as sort key"),
            "{key}": say("the category {before} was given a sort key"),
        }.get(bulk.after, say("the category {before} was given the sort key {after}"))

    def _links(self, bulk: BulkStory) -> str | None:
        number_of, times = self.lang.number_of, bulk.times
        told = {
            "to template": lambda: number_of(
                "one link to {before} was replaced by the wiki template {after}",
                "{n} links to {before} were replaced by the wiki template {after}",
                times,
            ),
            "from template": lambda: number_of(
                "one use of the wiki template {before} was replaced by a link to {after}",
                "{n} uses of the wiki template {before} were replaced by links to {after}",
                times,
            ),
            "lower case": lambda: number_of(
                "the address of one link to {before} was put in lower case",
                "the addresses of {n} links to {before} were put in lower case",
                times,
            ),
            "upper case": lambda: number_of(
                "the address of one link to {before} was put in upper case",
                "the addresses of {n} links to {before} were put in upper case",
                times,
            ),
            "zeros": lambda: number_of(
                "the number in one link to {before} was filled up with zeros",
                "the numbers in {n} links to {before} were filled up with zeros",
                times,
            ),
            "no zeros": lambda: number_of(
                "the number in one link to {before} lost its leading zeros",
                "the numbers in {n} links to {before} lost their leading zeros",
                times,
            ),
        }.get(bulk.what)
        return told() if told else None
