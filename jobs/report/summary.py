"""Sentences about the whole report: its title, its period, the paragraph on top, and each bulk change."""

from __future__ import annotations

from jobs.report.addresses import WikiAddresses
from jobs.report.bulk_sentences import BulkSentences
from jobs.report.language import Language, Piece, Rich, upper_first
from jobs.report.not_read import not_read_reason
from jobs.report.sentences import PageSentences
from jobs.report.story import Story
from jobs.report.timeline import first_day, last_day, starts_day
from jobs.report.undone import UndoneSentences

_BULK_ON_TOP = 3  # bulk changes told in the paragraph on top; it has to stay one paragraph


class Summary:
    """Says what the story holds as a whole."""

    def __init__(self, story: Story, lang: Language) -> None:
        self.story = story
        self.data = story.data
        self.lang = lang
        self.pages = PageSentences(lang, WikiAddresses(story.data.page_base))
        self.bulk = BulkSentences(lang, self.pages, story.limits.cases)
        self.undone = UndoneSentences(self.pages, story.undone)

    def title(self) -> str:
        return self.lang.say("What changed in the wiki {site}", site=self.data.site_name)

    def period(self) -> str:
        """The period in words, beginning with a capital."""
        return upper_first(self._period())

    def _period(self) -> str:
        """By days where it starts or ends at midnight, else by times."""
        since, until, lang = self.data.since, self.data.until, self.lang
        zone = lang.zone
        if since and until and not self.data.since_last_report and starts_day(since, zone) and starts_day(until, zone):
            last = last_day(until, zone)
            return lang.days(min(first_day(since, zone), last), last)
        start = end = ""
        if since:
            start = lang.calendar_day(first_day(since, zone)) if starts_day(since, zone) else lang.moment(since)
        if until:
            end = lang.calendar_day(last_day(until, zone)) if starts_day(until, zone) else lang.moment(until)
        if start and self.data.since_last_report:
            if end:
                return lang.say("since the last report of {since}, up to {until}", since=start, until=end)
            return lang.say("since the last report of {since}", since=start)
        if start and end:
            return lang.say("{since} to {until}", since=start, until=end)
        if start:
            return lang.say("since {since}", since=start)
        return lang.say("up to {until}", until=end) if end else lang.say("the whole history")

    def paragraph(self) -> list[Rich]:
        """The paragraph on top, sentence by sentence."""
        if self.story.is_empty:
            texts = (*self._nothing(), self.undone.summary(), self.freshness())
            return [self.lang.rich(text) for text in texts if text]
        sentences = [self.lang.rich(self._pages_changed())]
        if events := self._events():
            sentences.append(self.lang.rich(events))
        sentences += [self.bulk.sentence(bulk) for bulk in self.story.bulk[:_BULK_ON_TOP]]
        if rest := self.story.bulk[_BULK_ON_TOP:]:
            sentences.append(self.lang.rich(self.bulk.rest(rest)))
        sentences += [
            self.lang.rich(text) for text in (self._content(), self._cosmetic(), self.undone.summary()) if text
        ]
        return sentences

    def _nothing(self) -> list[str]:
        lines = [self.lang.say("Nothing changed in the wiki in this period.")]
        if saved := self.data.revisions_in_period:
            lines.append(
                upper_first(
                    self.lang.number_of(
                        "One new version was saved, but its content is the same.",
                        "{n} new versions were saved, but their content is the same.",
                        saved,
                    )
                )
            )
        return lines

    def freshness(self) -> str:
        """How up to date the data are, and whether that covers the period."""
        at, until = self.data.last_sync_at, self.data.until
        if at is None:
            return self.lang.say("It is not known when the data of this report were last compared with the wiki.")
        text = self.lang.say(
            "The data of this report were last compared with the wiki on {when}.", when=self.lang.moment(at)
        )
        if until and at < until:
            text += " " + self.lang.say("What happened after that is not in this report.")
        return text

    def _pages_changed(self) -> str:
        totals = self.story.totals
        if not totals.edits:
            return self.lang.number_of(
                "In this period one page changed.", "In this period {n} pages changed.", totals.pages
            )
        edits = self.lang.number_of("one edit", "{n} edits", totals.edits)
        return self.lang.number_of(
            "In this period one page changed, in {edits}.",
            "In this period {n} pages changed, in {edits}.",
            totals.pages,
            edits=edits,
        )

    def _events(self) -> str | None:
        totals, number_of = self.story.totals, self.lang.number_of
        parts = [
            text
            for number, text in (
                (totals.created, number_of("one page was created", "{n} pages were created", totals.created)),
                (totals.deleted, number_of("one page was deleted", "{n} pages were deleted", totals.deleted)),
                (
                    totals.restored,
                    number_of("one page was restored", "{n} pages were restored", totals.restored),
                ),
                (totals.moved, number_of("one page was moved", "{n} pages were moved", totals.moved)),
            )
            if number
        ]
        return upper_first(self.lang.enumerate(parts)) + "." if parts else None

    def _content(self) -> str | None:
        """How many pages changed in content apart from bulk changes and new pages, and what changed there."""
        totals = self.story.totals
        if not totals.content:
            return None
        items = self.lang.enumerate([self.pages.entries.items(kind, number) for kind, number in totals.content_items])
        if self.story.bulk or totals.created or totals.deleted:
            return self.lang.number_of(
                "Apart from that, the content of one page changed: {items}.",
                "Apart from that, the content of {n} pages changed: {items}.",
                totals.content,
                items=items,
            )
        number = sum(number for _, number in totals.content_items)
        return self.lang.number_of("What changed: {items}.", "What changed: {items}.", number, items=items)

    def _cosmetic(self) -> str | None:
        number = self.story.totals.cosmetic_only
        if not number:
            return None
        return self.lang.number_of(
            "On one page only the appearance changed.", "On {n} pages only the appearance changed.", number
        )

    def figures(self) -> list[tuple[str, int]]:
        """The figures on top by name; those of rare events only where there are any."""
        totals, say, number_of = self.story.totals, self.lang.say, self.lang.number_of
        always = [
            (number_of("page changed", "pages changed", totals.pages), totals.pages),
            (number_of("edit", "edits", totals.edits), totals.edits),
        ]
        rare = [
            (say("created"), totals.created),
            (say("deleted"), totals.deleted),
            (say("restored"), totals.restored),
            (say("moved"), totals.moved),
            (number_of("bulk change", "bulk changes", len(self.story.bulk)), len(self.story.bulk)),
        ]
        return always + [(name, number) for name, number in rare if number]

    def undone_items(self) -> list[Rich]:
        """What came to nothing, a line for each page and return, as many as the report lists of anything."""
        items: list[Rich] = []
        limit = self.story.limits.cases
        for story in self.story.undone[:limit]:
            href = self.pages.wiki.diff(story.title, story.rev_from, story.revisions[-2])
            link = (Piece(" "), Piece(self.lang.say("Comparison in the wiki"), "link", href)) if href else ()
            items.append((self.pages.page(story.title), Piece(f": {self.undone.line(story)}"), *link))
        if (rest := len(self.story.undone) - limit) > 0:
            items.append(self.lang.rich(self.lang.number_of("… and one more", "… and {n} more", rest)))
        return items

    def chart_text(self) -> str:
        """The chart in a sentence, for those who cannot see it."""
        timeline = self.story.timeline
        if timeline is None:
            return ""
        busiest = max(timeline.bars, key=lambda bar: bar.total)
        total = sum(bar.total for bar in timeline.bars)
        return upper_first(
            self.lang.number_of(
                "One edit between {first} and {last}.",
                "{n} edits between {first} and {last}; the highest bar counts {most}: {when}.",
                total,
                first=self.lang.bar_name(timeline.bars[0].start, timeline.step),
                last=self.lang.bar_name(timeline.bars[-1].start, timeline.step),
                most=self.lang.number_of("one edit", "{n} edits", busiest.total),
                when=self.lang.bar_name(busiest.start, timeline.step),
            )
        )

    def omitted(self) -> str | None:
        """What the report leaves out for its length, and where it is."""
        if not self.story.hidden_pages:
            return None
        changes = self.lang.number_of("one change", "{n} changes", self.story.hidden_changes)
        return self.lang.number_of(
            "To keep this report readable, one page with {changes} is not told in detail. "
            "Everything is in the table “changes” of the database.",
            "To keep this report readable, {n} pages with {changes} are not told in detail. "
            "Everything is in the table “changes” of the database.",
            self.story.hidden_pages,
            changes=changes,
        )

    def not_read(self) -> list[str]:
        """What could not be read, by sort and number."""
        found = sorted(self.data.not_read.items())
        return [f"{not_read_reason(code, self.lang)} ({self.lang.number(n)} ×)" for code, n in found if n]

    def mirror(self) -> list[str]:
        """What the report was made from."""
        lines = [] if self.story.is_empty else [self.freshness()]
        if self.data.pages_total:
            lines.append(
                self.lang.number_of("The data cover one page.", "The data cover {n} pages.", self.data.pages_total)
            )
        if self.data.source:
            lines.append(self.lang.say("Source: {source}", source=self.data.source))
        if self.data.by_pages:
            lines.append(
                self.lang.say(
                    "The data are not provably exact: the wiki's programming interface (API) is off, so they were read "
                    "from the wiki's pages."
                )
            )
        lines.append(self.lang.say("Report made on {when}.", when=self.lang.moment(self.data.generated_at)))
        return lines
