"""Infoboxes of two revisions: boxes paired by name and likeness, fields by name, renamed fields by value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.compare_sides import Sources
from parsers.compare_source import Line, MaskedSource, shorten_both
from parsers.noise import MARKUP, ORDER, WHITESPACE, markup_noise_reason, noise_reason
from parsers.record import Field, Infobox, Record, Span

# Two boxes of different name are one that was swapped when they share at least this part of their fields.
_SWAP_SHARE = 0.5
_MAX_PAIRS = 400


class FieldChanges:
    """Changes of infoboxes, and the spans of fields whose text they tell, so that links there are not told again."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.told_before: list[Span] = []
        self.told_after: list[Span] = []


def compare_infoboxes(before: Record, after: Record) -> FieldChanges:
    """Fields added, removed, changed and renamed, and boxes that were swapped for one of another name.

    ``before`` and ``after`` hold the field's text. A field that stands there with nothing in it has the empty
    text: filling it is ``changed`` from it; writing or deleting such an empty line is cosmetic. A renamed field
    holds the old and the new name; it is told where as many fields went as came with one value. A box that comes
    or goes is told by its fields, or by itself when they are all empty.
    """
    found = FieldChanges()
    if before.infoboxes == after.infoboxes:
        return found
    pairs = pair_infoboxes(before.infoboxes, after.infoboxes)
    paths_before, paths_after = instance_paths(before.infoboxes), instance_paths(after.infoboxes)
    for old, new in pairs:
        path = paths_after[new.span]
        if old.name != new.name:
            found.changes.append(Change("infobox", "renamed", path, old.name, new.name))
        _compare_fields(old, new, path, found)
    for box in _rest(before.infoboxes, [old for old, _ in pairs]):
        found.changes += _one_sided(box, paths_before[box.span], "removed")
        found.told_before += [field.span for field in _with_text(box)]
    for box in _rest(after.infoboxes, [new for _, new in pairs]):
        found.changes += _one_sided(box, paths_after[box.span], "added")
        found.told_after += [field.span for field in _with_text(box)]
    return found


def compare_box_sources(sources: Sources) -> list[Change]:
    """Boxes that say the same in other wikitext: told once a field, or once a box, with the raw text.

    For boxes with changed links to be told apart, links that are told must be masked in ``sources`` by now.
    """
    changes = []
    before, after = sources.before.record, sources.after.record
    paths = instance_paths(after.infoboxes)
    for old, new in pair_infoboxes(before.infoboxes, after.infoboxes):
        if sources.before.slice(old.span) == sources.after.slice(new.span):
            continue
        path = paths[new.span]
        for field_old, field_new in _same_fields(old, new):
            if field_old.text == field_new.text and field_old.raw.strip() != field_new.raw.strip():
                if difference := sources.difference((field_old.span, field_new.span)):
                    reason = sources.noise_reason(difference)
                    significance = COSMETIC if reason else SUBSTANTIVE
                    raw = field_old.raw.strip(), field_new.raw.strip()
                    where = f"{path}/{field_new.name}"
                    changes.append(Change("infobox", "changed", where, *raw, significance, reason))
                sources.before.mask(_filled(field_old))
                sources.after.mask(_filled(field_new))
        if old.name != new.name:
            _mask_name(sources.before, old)
            _mask_name(sources.after, new)
        _mask_told(sources.before, old, new)
        _mask_told(sources.after, new, old)
        if layout := _layout_change(sources, old, new, path):
            changes.append(layout)
    return changes


def pair_infoboxes(before: Sequence[Infobox], after: Sequence[Infobox]) -> list[tuple[Infobox, Infobox]]:
    """Boxes of one name in order, or by equal fields where their number changed; then swapped boxes."""
    by_name: defaultdict[str, tuple[list[Infobox], list[Infobox]]] = defaultdict(lambda: ([], []))
    for box in before:
        by_name[box.name][0].append(box)
    for box in after:
        by_name[box.name][1].append(box)
    pairs = []
    for olds, news in by_name.values():
        pairs += list(zip(olds, news, strict=True)) if len(olds) == len(news) == 1 else _likest(olds, news, 0.0)
    olds, news = _rest(before, [old for old, _ in pairs]), _rest(after, [new for _, new in pairs])
    return pairs + _likest(olds, news, _SWAP_SHARE) if olds and news else pairs


def instance_paths(boxes: Iterable[Infobox]) -> dict[Span, str]:
    """The name of each box, ``Name#2`` for the second of that name, by span."""
    seen: Counter[str] = Counter()
    paths = {}
    for box in boxes:
        seen[box.name] += 1
        paths[box.span] = box.name if seen[box.name] == 1 else f"{box.name}#{seen[box.name]}"
    return paths


def _rest(boxes: Sequence[Infobox], paired: Sequence[Infobox]) -> list[Infobox]:
    spans = {box.span for box in paired}
    return [box for box in boxes if box.span not in spans]


def _likest(olds: Sequence[Infobox], news: Sequence[Infobox], least: float) -> list[tuple[Infobox, Infobox]]:
    """Pair greedily by the share of fields in common; equal shares, and very many boxes, go in order of the page."""
    if len(olds) * len(news) > _MAX_PAIRS:
        return [(old, new) for old, new in zip(olds, news, strict=False) if _share(old, new) >= least]
    scored = sorted((-_share(old, new), i, j) for i, old in enumerate(olds) for j, new in enumerate(news))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for share, i, j in scored:
        if -share >= least and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return [(olds[i], news[j]) for i, j in pairs.items()]


def _share(old: Infobox, new: Infobox) -> float:
    """How much two boxes have in common: names of fields count once, names with their values once more."""
    names = {f.name for f in old.fields}, {f.name for f in new.fields}
    values = {(f.name, f.text) for f in old.fields}, {(f.name, f.text) for f in new.fields}
    most = max(len(names[0]), len(names[1]), 1)
    return (len(names[0] & names[1]) + len(values[0] & values[1])) / (2 * most)


def _last_of_each(box: Infobox) -> dict[str, Field]:
    """Of a repeated parameter the last one counts, as in MediaWiki."""
    return {field.name: field for field in box.fields}


def _same_fields(old: Infobox, new: Infobox) -> Iterator[tuple[Field, Field]]:
    fields_new = _last_of_each(new)
    for name, field in _last_of_each(old).items():
        if name in fields_new:
            yield field, fields_new[name]


def _compare_fields(old: Infobox, new: Infobox, path: str, found: FieldChanges) -> None:
    fields_old, fields_new = _last_of_each(old), _last_of_each(new)
    gone = [field for name, field in fields_old.items() if name not in fields_new]
    come = [field for name, field in fields_new.items() if name not in fields_old]
    for field_old, field_new in _renamed(gone, come):
        gone.remove(field_old)
        come.remove(field_new)
        found.told_before.append(field_old.span)
        found.told_after.append(field_new.span)
        found.changes.append(Change("infobox", "renamed", f"{path}/{field_new.name}", field_old.name, field_new.name))
    for field in gone:
        found.told_before += [field.span] if field.text else []
        found.changes.append(_field_change("removed", f"{path}/{field.name}", field.text, None))
    for name, field in fields_new.items():
        was = fields_old.get(name)
        if field in come:
            found.changes.append(_field_change("added", f"{path}/{name}", None, field.text))
        elif was and was.text != field.text:
            found.told_before += [was.span] if was.text else []
            found.changes.append(_field_change("changed", f"{path}/{name}", was.text, field.text))
        else:
            continue
        found.told_after += [field.span] if field.text else []


def _layout_change(sources: Sources, old: Infobox, new: Infobox, path: str) -> Change | None:
    """What differs in two boxes whose fields are equal, or told: blanks, the order of fields, comments."""
    if _common_names(old, new) != _common_names(new, old):
        written = sources.before.slice(old.span), sources.after.slice(new.span)
        return Change("infobox", "changed", path, *shorten_both(*written), COSMETIC, ORDER)
    difference = sources.difference((old.span, new.span))
    if difference is None:
        return None
    shown = [_shown(lines) for lines in zip(*difference.blocks, strict=True)]
    is_blank = "".join(shown[0].split()) == "".join(shown[1].split())
    reason = WHITESPACE if is_blank else markup_noise_reason(*shown)
    return Change("infobox", "changed", path, difference.before, difference.after, COSMETIC, reason or MARKUP)


def _common_names(box: Infobox, other: Infobox) -> list[str]:
    """The fields that both have, in the order of the first."""
    names = {field.name for field in other.fields}
    return list(dict.fromkeys(field.name for field in box.fields if field.name in names))


def _shown(blocks: Iterable[Sequence[Line]]) -> str:
    return "\n".join(line.text for lines in blocks for line in lines)


def _filled(field: Field) -> Span:
    """The span of a value without the blanks around it."""
    start = field.span[0] + len(field.raw) - len(field.raw.lstrip())
    return start, start + len(field.raw.strip())


def _mask_name(source: MaskedSource, box: Infobox) -> None:
    """Mask the name of a template that got another one, which is told."""
    start = box.span[0] + 2
    name = source.slice((start, box.span[1])).partition("|")[0].rstrip("}").rstrip()
    if box.kind == "template" and name:
        source.mask((start, start + len(name)))


def _mask_told(source: MaskedSource, box: Infobox, other: Infobox) -> None:
    """Mask the fields of a box that have another text in the other box; one that it lacks together with its name."""
    texts = {field.name: field.text for field in other.fields}
    for field in box.fields:
        if field.name not in texts:
            source.mask(_with_mark(source.text, box, field))
        elif texts[field.name] != field.text:
            start, end = _filled(field)
            value = source.slice((start, end))
            while value.endswith("-->") and "<!--" in value:  # a comment behind it is not told
                value = value[: value.rindex("<!--")].rstrip()
            source.mask((start, start + len(value)))


def _with_mark(text: str, box: Infobox, field: Field) -> Span:
    """The span of a field with the pipe before its name, or with the marks of its row."""
    start, end = field.span
    mark = {"template": "|", "wikitable": "|-", "html": "<tr"}[box.kind]
    found = text.rfind(mark, box.span[0], start)
    close = text.find("</tr>", end, box.span[1]) if box.kind == "html" else -1
    return (start if found < 0 else found), (end if close < 0 else close + len("</tr>"))


def _field_change(action: str, path: str, before: str | None, after: str | None) -> Change:
    # An empty line of the form says nothing, whether it stands there or not.
    reason = noise_reason(before or "", after or "") if before and after else None if before or after else MARKUP
    return Change("infobox", action, path, before, after, COSMETIC if reason else SUBSTANTIVE, reason)


def _renamed(gone: Sequence[Field], come: Sequence[Field]) -> list[tuple[Field, Field]]:
    """Fields of one value under another name; where as many came as went with a value, in the order of the box."""
    by_text: defaultdict[str, tuple[list[Field], list[Field]]] = defaultdict(lambda: ([], []))
    for at, fields in enumerate((gone, come)):
        for field in fields:
            by_text[field.text][at].append(field)
    return [
        pair
        for text, (olds, news) in by_text.items()
        if text and len(olds) == len(news)
        for pair in zip(olds, news, strict=True)
    ]


def _with_text(box: Infobox) -> list[Field]:
    """The fields that tell what stands in them; the links and files of one that shows no text are told themselves."""
    return [field for field in _last_of_each(box).values() if field.text]


def _one_sided(box: Infobox, path: str, action: str) -> list[Change]:
    texts = [(f"{path}/{field.name}", field.text) for field in _with_text(box)] or [(path, "")]
    if action == "added":
        return [Change("infobox", action, where, None, text) for where, text in texts]
    return [Change("infobox", action, where, text, None) for where, text in texts]
