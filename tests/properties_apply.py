"""Applies the changes of a revision to the record before it, kind by kind: what comes out is the record after it.

A row of changes holds what a reader would name, which is not all that a record holds. What can be checked is said with
each kind; everything that is checked is exact, so that a change that is missing, wrong or told twice is a fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape

from parsers.bulk_founding import plain_field
from parsers.change import Change
from parsers.compare_fields import instance_paths
from parsers.compare_links import address_of
from parsers.compare_papers import paper_name
from parsers.compare_source import shorten_both
from parsers.items import section_path
from parsers.record import Field, Infobox, Link, Paper, Record, Section, Span

_WORD = re.compile(r"\w+|[^\w\s]")

Told = Sequence[Change]


def faults(before: Record, after: Record, told: Told) -> Iterator[str]:
    """What the changes between two records of wikitext do not account for, or account for twice."""
    yield from _repeated(before, after, told)
    yield from _categories(before, after, [c for c in told if c.kind == "category"])
    yield from _redirect(before, after, [c for c in told if c.kind == "redirect"])
    yield from _fields(before, after, [c for c in told if c.kind == "infobox"])
    yield from _links(before, after, told)
    yield from _files(before, after, told)
    yield from _templates(before, after, [c for c in told if c.kind == "template"])
    yield from _papers(before, after, [c for c in told if c.kind == "paper"])
    yield from _sections(before, after, told)


def _repeated(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Of what stands on a page once, no row comes twice; the others may stand there again.

    A box that went bears its number of before, one that stayed that of after: two of a name may share a path.
    """
    boxes = Counter(box.name for box in before.infoboxes) | Counter(box.name for box in after.infoboxes)
    rows = Counter(c for c in told if c.kind in ("infobox", "category", "redirect", "paper", "page"))
    for change, count in rows.items():
        box, _ = _split(change.path, boxes)
        if count > (max(boxes[box], 1) if change.kind == "infobox" else 1):
            yield f"told {count} times: {change}"


def _categories(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Names, all of them; sort keys of those that stayed (the row of one that came does not hold it)."""
    held = {c.name: c.sort_key for c in before.categories}
    wanted = {c.name: c.sort_key for c in after.categories}
    for c in told:
        if c.action == "changed":
            if c.label is None or held.get(c.label) != c.before:
                yield f"no such sort key: {c}"
            else:
                held[c.label] = c.after
        elif c.action == "removed":
            if held.pop(c.before or "", False) is False:
                yield f"was not there: {c}"
        elif (c.after or "") in held:
            yield f"was there: {c}"
        else:
            held[c.after or ""] = wanted.get(c.after or "")
    if held != wanted:
        yield f"categories: {held} and not {wanted}"


def _redirect(before: Record, after: Record, told: Told) -> Iterator[str]:
    held, wanted = _redirect_title(before), _redirect_title(after)
    for c in told:
        if c.before != held:
            yield f"no such redirect: {c}"
        held = c.after
    if held != wanted:
        yield f"redirect: {held} and not {wanted}"


def _redirect_title(record: Record) -> str | None:
    if record.redirect is None:
        return None
    return record.redirect.target + (f"#{record.redirect.fragment}" if record.redirect.fragment else "")


# Infoboxes


def _fields(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Fields with their values, by the box that they stand in where a page has one of each name; else as a bag.

    An empty field of a box that came or went whole has no row, nor has one of a box that went elsewhere in a bag.
    """
    boxes = *instance_paths(before.infoboxes).values(), *instance_paths(after.infoboxes).values()
    if any("#" in path for path in boxes):
        yield from _bag_of_fields(before, after, told)
        return
    held, wanted = _values(before.infoboxes), _values(after.infoboxes)
    names = {box.name for box in (*before.infoboxes, *after.infoboxes)}
    swapped: set[str] = set()
    for c in told:
        box, field = _split(c.path, names)
        key = box, field or ""
        if c.action == "renamed" and c.after != (box if field is None else field):
            yield f"another name: {c}"
        if c.action == "renamed" and field is None:
            for old, value in [(key, value) for key, value in held.items() if key[0] == c.before]:
                del held[old]
                held[box, old[1]] = value
            swapped.add(box)
        elif field is None:
            continue  # the layout, or a box with no values
        elif c.action == "renamed":
            if (box, c.before or "") not in held:
                yield f"was not there: {c}"
            held[key] = held.pop((box, c.before or ""), ("", ""))
        elif c.action == "removed":
            if held.pop(key, (None, ""))[0] != c.before:
                yield f"was not there: {c}"
        elif c.action == "added":
            if key in held:
                yield f"was there: {c}"
            held[key] = c.after or "", ""
        else:
            yield from _changed_value(c, held, wanted, key)
    stayed = {box.name for box in before.infoboxes} & {box.name for box in after.infoboxes} | swapped
    result = {key: value for key, (value, _) in held.items() if value or key[0] in stayed}
    should = {key: value for key, (value, _) in wanted.items() if value or key[0] in stayed}
    if result != should:
        yield f"fields: {dict(result.items() ^ should.items())}"


def _changed_value(
    c: Change, held: dict[tuple[str, str], tuple[str, str]], wanted: Mapping[tuple[str, str], tuple[str, str]],
    key: tuple[str, str],
) -> Iterator[str]:  # fmt: skip
    """A row of one field: its text, or its wikitext where that alone differs."""
    old, new = held.get(key, ("", "")), wanted.get(key, ("", ""))
    at = 1 if old[0] == new[0] else 0
    if old[at] != c.before:
        yield f"no such value: {c}"
    elif at == 0:
        held[key] = c.after or "", ""
    elif new[at] != c.after:
        yield f"no such value: {c}"


def _bag_of_fields(before: Record, after: Record, told: Told) -> Iterator[str]:
    held, wanted = _bag(before.infoboxes), _bag(after.infoboxes)
    names = {box.name for box in (*before.infoboxes, *after.infoboxes)}
    if any(c.action == "renamed" and _split(c.path, names)[1] is None for c in told):
        return  # which of several boxes of a name got another one is not in a row
    raw = {(box.name, f.name, f.raw.strip()) for box in before.infoboxes for f in box.fields}
    reads_as = {(box.name, f.name, f.raw.strip()): f.text for box in after.infoboxes for f in box.fields}
    for c in told:
        box, field = _split(c.path, names)
        if field is None:
            continue
        if c.action == "renamed":
            values = [v for b, f, v in held - wanted if (b, f) == (box, c.before)]
            value = next((v for v in values if (box, field, v) in wanted - held), values[0] if values else None)
            if value is None:
                yield f"was not there: {c}"
                continue
            held.subtract([(box, c.before or "", value)])
            held.update([(box, field, value)])
            continue
        in_words = held[box, field, c.before or ""] > 0 and reads_as.get((box, field, c.after or "")) != c.before
        if c.action == "changed" and not in_words and (box, field, c.before) in raw:
            continue  # wikitext that reads the same
        held.subtract([(box, field, c.before)] if c.before else [])
        held.update([(box, field, c.after)] if c.after else [])
    if +held != wanted or -held:
        yield f"fields: {held - wanted} too many, {wanted - held} missing"


def _bag(boxes: Iterable[Infobox]) -> Counter[tuple[str, str, str]]:
    return Counter((box.name, f.name, f.text) for box in boxes for f in _last(box).values() if f.text)


def _values(boxes: Iterable[Infobox]) -> dict[tuple[str, str], tuple[str, str]]:
    return {(box.name, f.name): (f.text, f.raw.strip()) for box in boxes for f in _last(box).values()}


def _last(box: Infobox) -> dict[str, Field]:
    return {field.name: field for field in box.fields}


def _split(path: str, names: Iterable[str]) -> tuple[str, str | None]:
    """Box and field of a path, None for the box itself; a second box of a name counts as its name."""
    for name in sorted(names, key=len, reverse=True):
        if path.startswith(name):
            number, bar, field = path[len(name) :].partition("/")
            if not number or (number[0] == "#" and number[1:].isdigit()):
                return name, field if bar else None
    return path, None


# Links and files


def _links(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Addresses as a bag; those of fields that are told by their values may differ, as their rows hold no links."""
    rows = [c for c in told if c.kind in ("link", "redirect")]
    held = Counter(address_of(link) for link in _shown_links(before))
    wanted = Counter(address_of(link) for link in _shown_links(after))
    yield from _bag_faults(held, wanted, rows, _told_by_fields(before, told, 0), _told_by_fields(after, told, 1))
    named = Counter((address_of(link), link.label) for link in _shown_links(after))
    rows_named = Counter((c.after, c.label or "") for c in rows if c.kind == "link" and c.after is not None)
    yield from (f"no such link: {link}" for link in rows_named - named)


def _files(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Titles as a bag; a row that tells another presentation holds wikitext and changes nothing here."""
    held = Counter(address_of(link) for link in before.links if link.kind == "file")
    wanted = Counter(address_of(link) for link in after.links if link.kind == "file")
    written = _written_files(before), _written_files(after)
    rows = [c for c in told if c.kind == "file" and (c.action != "changed" or (c.before in held and c.after in wanted))]
    for c in told:
        if c.kind == "file" and c not in rows and (c.before not in written[0] or c.after not in written[1]):
            yield f"no such file: {c}"
    yield from _bag_faults(held, wanted, rows, _told_by_fields(before, told, 0), _told_by_fields(after, told, 1))


def _written_files(record: Record) -> set[str]:
    return {record.source[link.span[0] : link.span[1]] for link in record.links if link.kind == "file"}


def _bag_faults(
    held: Counter[str], wanted: Counter[str], rows: Told, may_go: Counter[str], may_come: Counter[str]
) -> Iterator[str]:
    for c in rows:
        held.subtract([c.before] if c.before is not None else [])
        held.update([c.after] if c.after is not None else [])
    over, under = held.copy(), wanted.copy()
    over.subtract(wanted)
    under.subtract(held)
    if wrong := (+over - may_go) + (+under - may_come):
        yield f"addresses: {dict(wrong)}"


def _shown_links(record: Record) -> list[Link]:
    """Links without those that an icon leads to, which are told of the icon."""
    files = {link.span for link in record.links if link.kind == "file"}
    return [link for link in record.links if link.kind != "file" and link.span not in files]


def _told_by_fields(record: Record, told: Told, side: int) -> Counter[str]:
    """The addresses in fields that have a row of their own."""
    boxes = [c for c in told if c.kind == "infobox"]  # a second box of a name may be the first one of the other side
    paths = {plain_field(c.path) for c in boxes if c.action != "renamed"}
    renamed = {plain_field(c.path): (c.before, c.after)[side] or "" for c in boxes if c.action == "renamed"}
    spans: list[Span] = []
    for box in record.infoboxes:
        names = {box.name, *(path for path, as_named in renamed.items() if as_named == box.name)}
        for field in box.fields:
            was = {f"{n}/{field.name}" for n in names} | {
                p for p, as_named in renamed.items() if as_named == field.name
            }
            if not paths.isdisjoint(was) or not renamed.keys().isdisjoint(was) or box.name in paths:
                spans.append(field.span)
    inside = (link for link in record.links if any(a <= link.span[0] and link.span[1] <= b for a, b in spans))
    return Counter(address_of(link) for link in inside)


# Templates


def _templates(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Names as a bag, of uses in no other one and in no box; what came and went stands there as it is written.

    Whether another parameter gives the use after it is not in a row that is cut, or where a link inside is told.
    """
    held, wanted = _template_uses(before), _template_uses(after)
    names = Counter(name for name, _ in held)
    for c in told:
        if c.action == "renamed":
            names.subtract([c.before or ""])
            names.update([c.after or ""])
        elif c.action != "changed":
            uses, shown = (held, c.before) if c.action == "removed" else (wanted, c.after)
            name = next((name for name, written in uses if written == shown), None)
            if name is None:
                yield f"no such use: {c}"
            elif c.action == "removed":
                names.subtract([name])
            else:
                names.update([name])
        elif (c.before or "").startswith("{{") and not any(w.startswith((c.before or "")[:900]) for _, w in held):
            yield f"no such use: {c}"
    if +names != Counter(name for name, _ in wanted) or -names:
        yield f"templates: {names} and not {wanted}"


def _template_uses(record: Record) -> list[tuple[str, str]]:
    """Name and wikitext, as much of it as a row holds."""
    found: list[tuple[str, str]] = []
    end = 0
    boxes = [box.span for box in record.infoboxes]
    for use in sorted(record.templates, key=lambda use: (use.span[0], -use.span[1])):
        start, stop = use.span
        if start >= end and not any(a <= start and stop <= b for a, b in boxes):
            found.append((use.name, shorten_both(record.source[start:stop], "", 1000)[0]))
            end = stop
    return found


# Papers


def _papers(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Which papers are cited, by number and key; one of which more or less was said has no row."""
    held, wanted = _identities(before.papers), _identities(after.papers)
    gone, come = held.keys() - wanted.keys(), wanted.keys() - held.keys()
    named_gone = Counter(c.before for c in told if c.before is not None)
    named_come = Counter(c.after for c in told if c.after is not None)
    for side, named, papers, others in (("before", named_gone, held, wanted), ("after", named_come, wanted, held)):
        changed = gone if side == "before" else come
        names = Counter(paper_name(papers[identity]) for identity in changed if not _is_known(identity, others))
        if names != named:
            yield f"papers {side}: {named - names} too many, {names - named} missing"


Identity = tuple[str | None, tuple[str, str] | None]


def _identities(papers: Iterable[Paper]) -> dict[Identity, Paper]:
    found: dict[Identity, Paper] = {}
    for p in papers:
        key = (p.key.name, p.key.value) if p.key else None if p.number else ("", p.url or "")
        found.setdefault((p.number, key), p)
    return found


def _is_known(identity: Identity, others: Mapping[Identity, Paper]) -> bool:
    """Whether the other revision cites it with less or more said: the number alone, or the key alone."""
    number, key = identity
    same_number = [k for n, k in others if number is not None and n == number]
    same_key = [n for n, k in others if key is not None and k == key]
    return (bool(same_number) and (key is None or set(same_number) == {None})) or (
        bool(same_key) and (number is None or set(same_key) == {None})
    )


# Sections


def _sections(before: Record, after: Record, told: Told) -> Iterator[str]:
    """Their paths, and the text of each.

    Where lines moved from one to another, the words of both as bags, since a row does not say where they went in. Pages
    where two sections have one path are left out: a row could be of either.
    """
    paths_before = {section_path(s): s for s in before.sections}
    paths_after = {section_path(s): s for s in after.sections}
    if len(paths_before) < len(before.sections) or len(paths_after) < len(after.sections):
        return
    outline = [c for c in told if c.kind == "section" and c.action != "changed"]
    removed = {c.path: c.before for c in outline if c.action == "removed"}
    added = {c.path: c.after for c in outline if c.action == "added"}
    was = _earlier_paths(after, outline)
    stayed = {was[path] for path in paths_after if path not in added}
    if stayed | removed.keys() != paths_before.keys() or len(stayed) + len(removed) != len(paths_before):
        yield f"sections: {sorted(stayed | removed.keys())} and not {sorted(paths_before)}"
        return
    yield from (f"no such text: {path}" for path, text in removed.items() if paths_before[path].text != text)
    yield from (f"no such text: {path}" for path, text in added.items() if paths_after[path].text != text)
    for path, section in paths_after.items():
        if path not in added:
            yield from _text_faults(paths_before[was[path]], section, (was[path], path), told)


def _earlier_paths(after: Record, outline: Told) -> dict[str, str]:
    """The path that each section of the later revision had; a moved one says it, a renamed one its title."""
    moved = {c.path: c.label or "" for c in outline if c.action == "moved"}
    renamed = {c.path: c.before or "" for c in outline if c.action == "renamed"}
    was: dict[str, str] = {}
    above: list[Section] = []
    for section in after.sections:
        while above and above[-1].level >= section.level:
            above.pop()
        path = section_path(section)
        title = renamed.get(path, section.title)
        over = was[section_path(above[-1])] if above else ""
        was[path] = moved.get(path, f"{over} / {title}" if above else title)
        if section.index:
            above.append(section)
    return was


def _text_faults(old: Section, new: Section, paths: tuple[str, str], told: Told) -> Iterator[str]:
    rows = [c for c in told if c.kind == "section" and c.action == "changed" and c.path == paths[1]]
    whole = [c for c in rows if (c.before, c.after) == (old.text, new.text)]
    if len(whole) > 1:
        yield f"told {len(whole)} times: {whole[0]}"
    if whole or _squash(old.text) == _squash(new.text):
        return
    everywhere = once = old.text  # an address or title may also stand beside its links
    for c in told:
        was, now = c.before or "", c.after or ""
        if c.kind == "link" and c.action == "changed" and c.label in (now, unescape(now)):
            shown = was if was in old.text else unescape(was)
            everywhere = everywhere.replace(shown, c.label)
            once = once.replace(shown, c.label, c.path == paths[1])
    wanted = Counter(_WORD.findall(new.text))
    if wanted not in (_words(everywhere, old, new, paths, told), _words(once, old, new, paths, told)):
        yield f"text of {paths[1]!r}: {old.text!r} → {new.text!r}"


def _words(text: str, old: Section, new: Section, paths: tuple[str, str], told: Told) -> Counter[str]:
    """The words of a section after what fields and moved lines did to it; a count below zero is a fault."""
    words = Counter(_WORD.findall(text))

    def replace(before: str | None, after: str | None) -> None:
        words.subtract(_WORD.findall(before or ""))
        words.update(_WORD.findall(after or ""))

    for c in told:
        name = c.path.rpartition("/")[2]  # of a field, which a box that is a table shows as a row
        if c.action == "renamed" and c.kind == "infobox" and (label := _label(c.before, old.text)):
            replace(label, _label(c.after, new.text))
        elif c.kind == "infobox":
            replace(_row(name, c.before, old.text), _row(name, c.after, new.text))
        elif (c.kind, c.action) == ("text", "moved"):
            replace(c.before if c.label == paths[0] else None, c.after if c.path == paths[1] else None)
    return Counter({word: count for word, count in words.items() if count})


def _row(name: str, value: str | None, text: str) -> str:
    """The row of a field in the text of a section, where it stands there."""
    rows = (f"{name}\t{value}", f"{name}:\t{value}") if value else ()
    return next((row for row in rows if _squash(row) in _squash(text)), "")


def _label(name: str | None, text: str) -> str:
    """The name of a field as a row of the text begins with it, where one does; a label may have a colon."""
    return next((label for label in (f"{name}", f"{name}:") if f"{label}\t" in text), "")


def _squash(text: str) -> str:
    return " ".join(text.split())
