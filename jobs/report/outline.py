"""The report as a plain sequence of blocks: what the text and Markdown forms have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.report.bulk_story import BulkStory, CaseStory
from jobs.report.entry_sentences import address
from jobs.report.fold import Entry
from jobs.report.language import Language, Piece, Rich, upper_first
from jobs.report.page_story import EditStory, PageStory
from jobs.report.sentences import PageSentences
from jobs.report.story import Story
from jobs.report.summary import Summary


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4."""

    level: int
    text: Rich


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; pieces may hold line breaks of the wiki's text."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Bullets:
    """Items, each a first line and the lines that belong under it."""

    items: tuple[tuple[Rich, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; ``compact`` rows fit on a line where there is no room for a grid."""

    head: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by name: edits apart from bulk changes, and edits in them; empty bars are left out."""

    head: tuple[str, str, str]
    bars: tuple[tuple[str, int, int], ...]


Block = Heading | Paragraph | Bullets | Table | Chart


def outline(story: Story, lang: Language) -> Iterator[Block]:
    """The whole report, block by block."""
    summary = Summary(story, lang)
    yield Heading(1, _plain(summary.title()))
    yield Paragraph(_plain(summary.period()))
    yield Paragraph(_sentences(summary.paragraph()))
    if story.timeline:
        yield Heading(2, _plain(lang.say("When it happened")))
        bars = tuple(
            (lang.bar_name(b.start, story.timeline.step), b.other, b.bulk) for b in story.timeline.bars if b.total
        )
        yield Chart((lang.say("Time"), lang.say("other edits"), lang.say("edits in bulk changes")), bars)
    if story.bulk:
        yield Heading(2, _plain(lang.say("Changes across many pages")))
        for bulk in story.bulk:
            yield from _outline_bulk(bulk, summary)
    if story.pages:
        yield Heading(2, _plain(lang.say("All pages at a glance")))
        yield from _outline_overview(story, summary.pages)
    if story.detailed:
        yield Heading(2, _plain(lang.say("Page by page")))
        if omitted := summary.omitted():
            yield Paragraph(_plain(omitted))
        if any(entry.words for page in story.detailed for entry in page.entries):
            yield Paragraph(_legend(lang))
        for page in story.detailed:
            yield from _outline_page(page, summary.pages)
    if story.undone:
        yield Heading(2, _plain(summary.undone.title()))
        yield Bullets(tuple((item,) for item in summary.undone_items()))
    yield from _outline_end(summary)


def _outline_bulk(bulk: BulkStory, summary: Summary) -> Iterator[Block]:
    lang, pages, sentences = summary.lang, summary.pages, summary.bulk
    limit = summary.story.limits.cases
    yield Heading(3, sentences.title(bulk))
    yield Paragraph(_plain(" · ".join(sentences.facts(bulk))))
    if bulk.has_pattern:
        yield Paragraph((Piece(lang.say("Rule") + ": "), Piece(bulk.rule, "code")))
    if differing := sentences.differing(bulk):
        yield Heading(4, _plain(upper_first(differing)))
        head = (lang.say("Page"), *sentences.key_names(bulk))
        yield Table(head, tuple(_exception_row(case, bulk, pages) for case in bulk.new_exceptions[:limit]))
        yield from _rest(len(bulk.new_exceptions) - limit, lang)
    if outside := sentences.outside(bulk):
        yield Paragraph(_plain(outside))
    named = ((sentences.missed(bulk), bulk.stragglers), (sentences.returned(bulk), bulk.new_regressions))
    for title, cases in named:
        if title:
            yield Heading(4, _plain(upper_first(title)))
            yield Bullets(tuple(((pages.page(c.title),), case_value(c, bulk)) for c in cases[:limit]))
            yield from _rest(len(cases) - limit, lang)
    yield from _outline_check(bulk, summary)
    if mixed := sentences.mixed(bulk):
        yield Paragraph(mixed)
    if bulk.members:
        yield Heading(4, _plain(lang.say("Pages")))
        yield Bullets(tuple(((pages.page(m.title),),) for m in bulk.members[:limit]))
        yield from _rest(len(bulk.members) - limit, lang)


def _outline_check(bulk: BulkStory, summary: Summary) -> Iterator[Block]:
    """The check of the addresses, with those that are named in no other list."""
    lang, limit = summary.lang, summary.story.limits.cases
    checked = summary.bulk.checked(bulk)
    if checked is None:
        return
    yield Heading(4, _plain(lang.say("Check of the addresses")))
    yield Paragraph(_plain(upper_first(checked)))
    cases = bulk.checked_cases
    if cases:
        yield Bullets(tuple(((summary.pages.page(c.title),), checked_value(c, summary)) for c in cases[:limit]))
    yield from _rest(len(cases) - limit, lang)


def checked_value(case: CaseStory, summary: Summary) -> Rich:
    """An old address that has no counterpart, with what stands in its place; or one that stands several times."""
    label: Rich = (Piece(case.label, "quote"), Piece(": ")) if case.label else ()
    note = Piece(f" ({summary.bulk.verdict(case)})")
    if case.times is not None:
        return (*label, *address(case.after or ""), note)
    after = (Piece(" → "), *address(case.after)) if case.after else ()
    return (*label, *address(case.before), *after, note)


def _exception_row(case: CaseStory, bulk: BulkStory, pages: PageSentences) -> tuple[Rich, ...]:
    page: Rich = (pages.page(case.title),)
    if case.label:
        page += (Piece(", "), Piece(case.label, "quote"))
    if case.old_key and case.new_key:
        return page, _plain(case.old_key), _plain(case.new_key)
    value = pages.entries.value
    return page, value(case.before, bulk.kind), value(case.after, bulk.kind)


def case_value(case: CaseStory, bulk: BulkStory) -> Rich:
    """What stands, or stood again, on a page that a bulk change names."""
    shown = case.after if case.after is not None else case.before
    value = address(shown) if bulk.kind == "link" else _plain(shown)
    label = case.label or (bulk.before if bulk.what == "field" else None)  # a field is known by its name
    return (Piece(label, "quote"), Piece(": "), *value) if label else value


def _rest(number: int, lang: Language) -> Iterator[Block]:
    if number > 0:
        yield Paragraph(_plain(lang.number_of("… and one more", "… and {n} more", number)))


def _outline_overview(story: Story, pages: PageSentences) -> Iterator[Block]:
    lang = pages.lang
    head = (lang.say("Page"), lang.say("What happened"), lang.say("Last edit"), lang.say("By"))
    rows = (
        (
            (pages.page(p.title),),
            _plain(pages.gist(p)),
            _plain(lang.short_day(p.last_at)),
            _plain(pages.who(p)),
        )
        for p in story.pages[: story.limits.overview]
    )
    yield Table(head, tuple(rows), compact=True)
    yield from _rest(len(story.pages) - story.limits.overview, lang)


def _legend(lang: Language) -> Rich:
    return lang.rich(
        lang.say("Removed words stand in {removed}, new words in {added}."),
        removed=Piece("…", "delete"),
        added=Piece("…", "insert"),
    )


def _outline_page(page: PageStory, pages: PageSentences) -> Iterator[Block]:
    yield Heading(3, (pages.page(page.title),))
    for edit in page.edits:
        yield from _outline_edit(page, edit, pages)
    for note in (pages.left_out(page), pages.cosmetic(page)):
        if note:
            yield Paragraph(_plain(note))


def _outline_edit(page: PageStory, edit: EditStory, pages: PageSentences) -> Iterator[Block]:
    lang = pages.lang
    yield Heading(4, _plain(f"{lang.moment(edit.timestamp)} · {pages.user(edit.user)}"))
    notes: list[Rich] = [_plain(upper_first(part)) for part in pages.bulk_parts(edit.bulk_numbers)]
    if returned := pages.returned(edit):
        notes.insert(0, _plain(returned))
    if comment := pages.comment(edit.comment or ""):
        notes.insert(0, comment)
    if href := pages.wiki.edit(page, edit):
        notes.append((Piece(lang.say("Comparison in the wiki"), "link", href),))
    for note in notes:
        yield Paragraph(note)
    if members := pages.members(edit):
        yield Bullets(tuple((member,) for member in members))
    first = [_entry_lines(entry, pages) for entry in edit.first_entries]
    if first and (brought := pages.brought(edit)):
        first[0] += (_plain(brought),)
    if first:
        yield Bullets(tuple(first))
    if edit.fields:
        yield _field_table(edit, pages)
    if edit.other_entries:
        yield Bullets(tuple(_entry_lines(entry, pages) for entry in edit.other_entries))


def _field_table(edit: EditStory, pages: PageSentences) -> Table:
    """Old and new values; of a new page, the values alone."""
    say, values_of = pages.lang.say, pages.entries.field_values
    if edit.is_whole_page:
        rows = ((_plain(entry.field_name), values_of(entry)[1]) for entry in edit.fields)
        return Table((say("Field"), say("Value")), tuple(rows))
    changed = ((_plain(entry.field_name), *values_of(entry)) for entry in edit.fields)
    return Table((say("Field"), say("before"), say("after")), tuple(changed))


def _entry_lines(entry: Entry, pages: PageSentences) -> tuple[Rich, ...]:
    details = (_detail_line(*detail) for detail in pages.entries.details(entry))
    return (pages.entries.entry(entry), *details)


def _detail_line(name: str, value: Rich) -> Rich:
    return (Piece(f"{name}: "), *value) if name else value


def _outline_end(summary: Summary) -> Iterator[Block]:
    lang = summary.lang
    if warnings := summary.data.warnings:
        yield Heading(2, _plain(lang.say("Notes")))
        yield Bullets(tuple((_plain(warning),) for warning in warnings))
    if not_read := summary.not_read():
        yield Heading(2, _plain(lang.say("What could not be read for certain")))
        yield Bullets(tuple((_plain(line),) for line in not_read))
    yield Heading(2, _plain(lang.say("About this report")))
    yield Bullets(tuple((_plain(line),) for line in summary.mirror()))


def _sentences(parts: Sequence[Rich]) -> Rich:
    joined: list[Piece] = []
    for part in parts:
        joined += [*([Piece(" ")] if joined else []), *part]
    return tuple(joined)


def _plain(text: str) -> Rich:
    return (Piece(text),)
